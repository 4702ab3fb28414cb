//! The server an organisation runs.
#![expect(dead_code, reason = "the service that uses the rules follows")]

mod config;
pub mod pages;
mod rules;
mod service;
mod store;

pub use config::{Config, ConfigRefused, Mistake, Organisation, PagesUrl, TlsFiles, Urls};
pub use rules::{ClientAddress, CodePolicy, Policy};
pub use service::*;
pub use store::{Listening, StoreFailed};
