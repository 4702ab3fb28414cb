use std::fmt;

use countersign_core::authenticator::{self as core, Lock, SlotKind};

use crate::values::TypedSecret;

/// Whether the vault is open.
#[uniffi::remote(Enum)]
pub enum Lock {
    /// Everything is open.
    Open,
    /// Requests can be fetched, denied and shown; codes, approvals and reports need `unlock`.
    SecretsLocked,
    /// Nothing is open.
    Locked,
    /// The platform has dropped the key: what else `opens_with` has opens the vault.
    KeyDropped,
}

/// The ways to open the vault.
#[uniffi::remote(Enum)]
pub enum SlotKind {
    /// A key that the platform's key store keeps.
    KeyStore,
    /// A passphrase.
    Passphrase,
    /// An unlock code.
    UnlockCode,
}

/// What opens the vault.
#[derive(uniffi::Enum)]
#[uniffi::export(Debug)]
pub enum UnlockWith {
    /// The platform's key store; it may ask for the person.
    KeyStore,
    /// What the person typed. On a first start it becomes the passphrase.
    Passphrase {
        /// As it was typed.
        typed: TypedSecret,
    },
    /// The code that the person wrote down.
    UnlockCode {
        /// As it was typed.
        typed: TypedSecret,
    },
}

/// Without what was typed.
impl fmt::Debug for UnlockWith {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::KeyStore => "KeyStore",
            Self::Passphrase { .. } => "Passphrase",
            Self::UnlockCode { .. } => "UnlockCode",
        })
    }
}

impl From<UnlockWith> for core::UnlockWith {
    fn from(with: UnlockWith) -> Self {
        match with {
            UnlockWith::KeyStore => Self::KeyStore,
            UnlockWith::Passphrase { typed } => Self::Passphrase(typed),
            UnlockWith::UnlockCode { typed } => Self::UnlockCode(typed),
        }
    }
}
