//! The authenticator app: adding a phone, asking it, its answers, its one-time codes.
//!
//! ```text
//! page: show_code ─► phone: activate ─► page: confirm_phone ─► phone: answer ─► page: save_phone
//! page: ask ─► phone: wait, answer ─► page: request, finish
//! ```

pub(crate) mod activate;
pub(crate) mod answer;
pub(crate) mod codes;
pub(crate) mod phones;
pub(crate) mod proof;
mod report;
pub(crate) mod requests;
pub(crate) mod set_up;
pub(crate) mod wait;
