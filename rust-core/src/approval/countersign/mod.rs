//! Our own dialect: `docs/push-protocol.md`.

mod reply;
mod request;
mod statement;

#[cfg(test)]
pub(crate) use {request::tests::shown, statement::tests::Server as TestServer};

pub(crate) use reply::{ReplyRefused, read_reply};
pub(crate) use request::{RequestRefused, SignInRequest};
pub(crate) use statement::{Statement, StatementRefused};
