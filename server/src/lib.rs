//! What an organisation runs: the sign-in prompt, the wizard, Security info, and the calls of its people's phones.
//!
//! It decides who is signed in and what a phone's answer opens, keeps everything in one folder, and signs what phones
//! act on. It refuses to send the number anywhere but to the page that asked, to approve anything without it, to let
//! a password alone add a second phone, and to write a secret to the disk or a log in clear.
//!
//! ```text
//! browser ─► site (handlers) ─► Service ─► rules ─► store ─► commit ─► wakes ─► site, api
//! phone ───► api  (calls) ────►    │         pure, time is a value
//!                                  └─► keys: requests and replies are signed
//! ```
//!
//! A server of the demo, in this process:
//!
//! ```
//! use countersign_server::{Demo, Given, HashingCost};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let folder = tempfile::tempdir()?;
//! let given = Given { hashing_cost: HashingCost::LEAST, ..Given::default() };
//! let demo = Demo::start(folder.path(), given).await?;
//! assert!(demo.running.pages_url().as_str().starts_with("http://localhost:"));
//! assert_eq!(demo.persons.len(), 3);
//! demo.running.shutdown().await;
//! # Ok(())
//! # }
//! ```

mod api;
mod cli;
mod config;
mod connections;
mod demo;
mod failure;
mod given;
mod ids;
mod journal;
mod keys;
mod methods;
mod mode;
pub mod pages;
mod rules;
mod running;
mod sent;
mod server;
mod service;
mod site;
mod state;
mod store;
#[cfg(test)]
mod tests;
mod tls;

pub use cli::run;
pub use config::{Config, ConfigRefused, Mistake, Organisation, PagesUrl, Urls};
pub use demo::{Demo, DemoPerson};
pub use failure::Failure;
pub use given::Given;
pub use ids::SessionId;
pub use methods::app::requests::{Ask, Outcome, RequestView};
pub use methods::app::set_up::{CodeView, Proof, SetUp, ShowCode, TypedView};
pub use rules::{ClientAddress, CodePolicy, Lifting, Policy, SignInMethod};
pub use running::{Broken, Running};
pub use server::{Server, StartFailed};
pub use service::*;
pub use state::Renaming;
pub use store::{Listening, StoreFailed};
pub use tls::{TlsFiles, TlsRefused};
