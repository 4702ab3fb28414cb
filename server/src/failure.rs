//! What goes wrong on our side, whoever asked.

use crate::store::{StoreFailed, WriteFailed};

/// Something went wrong on our side: nothing was changed, the person may try again.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreFailed),
    /// A key could not sign, or a payload could not be written.
    #[error("a reply could not be signed: {0}")]
    Signing(&'static str),
    /// The keys were never made: `init` comes first.
    #[error("this server has no key file or no keys: run init first")]
    NotMade,
    /// A password could not be hashed.
    #[error("a password could not be hashed")]
    Hashing,
    /// A trusted proxy did not say whom it passes on.
    #[error("a trusted proxy named no client in X-Forwarded-For")]
    NoClient,
    /// There is a database and no key file: a new one would open nothing of it.
    #[error("{0} is missing, and what is sealed in the database opens with no other key file: put it back")]
    KeyFileGone(String),
}

impl WriteFailed for Failure {
    fn is_changed(&self) -> bool {
        matches!(self, Self::Store(failed) if failed.is_changed())
    }
}
