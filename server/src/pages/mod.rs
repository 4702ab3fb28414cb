//! What people see in the browser: each page is a struct with what it shows, and renders to HTML.
//!
//! Pure: no clock, no store, no request. The handlers know which page it is; a page knows how it looks. All words are
//! in `texts/en/server.ftl`, all shapes in `templates/`, all looks in `assets/countersign.css`. Pages need no script;
//! `assets/live.js` lets them go on by themselves. There is no inline script and no inline style, so that the
//! content security policy can refuse both.
//!
//! ```text
//! state of the store ─► handlers ─► SignIn, Prompt, Scan, Approve, … ─► template + words ─► HTML
//! ```

mod approve;
mod asset;
mod ending;
mod enrolment;
mod frame;
mod icon;
mod method;
mod number;
pub mod paths;
mod phone;
mod qr;
mod rail;
mod security_info;
mod sign_in;
mod test;
#[cfg(test)]
mod tests;
mod time;
mod wizard;
mod words;

pub use approve::{Approve, ApproveCode, ApproveState, Proved, ToRequest};
pub use askama::Template;
pub use asset::Asset;
pub use ending::{NoMethod, NoMethodReason, Problem, Stopped, Trouble};
pub use enrolment::{Check, CodeEnded, Connected, Ending, Prepare, Save, Scan, Typed};
pub use frame::{Frame, Person, Progress};
pub use icon::Icon;
pub use method::{ListedMethod, method_name};
pub use number::Number;
pub use phone::{Grade, platform_name};
pub use qr::{Qr, TooLong};
pub use rail::{Asked, Asking, Method, OwnAccount, Rail, Steps};
pub use security_info::{Account, AddMethod, DeletePhone, LastMethod, ListedPhone, Notice, SecurityInfo};
pub use sign_in::{After, SignIn, SignOut};
pub use test::{CodeShape, Test, TestCode, TestState, WrongCode};
pub use wizard::{GetApp, Prompt, Success};
pub use words::Words;

pub use crate::rules::{Lifting, SignInMethod};
