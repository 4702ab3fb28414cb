//! The server an organisation runs.

mod api;
mod cli;
mod config;
mod demo;
mod keys;
mod methods;
pub mod pages;
mod rules;
mod server;
mod service;
mod site;
mod state;
mod store;
#[cfg(test)]
mod tests;
mod tls;

pub use cli::run;
pub use config::{Config, ConfigRefused, Mistake, Organisation, PagesUrl, TlsFiles, Urls};
pub use demo::{Demo, DemoPerson};
pub use methods::app::requests::{Ask, Outcome, RequestView};
pub use methods::app::set_up::{CodeView, Proof, SetUp, ShowCode, TypedView};
pub use rules::{ClientAddress, CodePolicy, Policy};
pub use server::{Given, Running, Server, StartFailed};
pub use service::*;
pub use store::{Listening, StoreFailed};
pub use tls::TlsRefused;
