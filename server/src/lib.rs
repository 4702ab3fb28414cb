//! The server an organisation runs.
#![expect(dead_code, reason = "the listeners that use the service follow")]

mod api;
mod config;
mod keys;
mod methods;
pub mod pages;
mod rules;
mod service;
mod site;
mod store;

pub use config::{Config, ConfigRefused, Mistake, Organisation, PagesUrl, TlsFiles, Urls};
pub use methods::app::requests::{Ask, Outcome, RequestView};
pub use methods::app::set_up::{CodeView, Proof, SetUp, ShowCode, TypedView};
pub use rules::{ClientAddress, CodePolicy, Policy};
pub use service::*;
pub use store::{Listening, StoreFailed};
