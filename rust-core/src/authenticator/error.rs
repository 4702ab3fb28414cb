use countersign_protocol::ProblemCode;

use crate::approval::countersign::StatementRefused;
use crate::enrolment::Refusal;
use crate::net::NoReply;
use crate::ports::PortError;
use crate::vault::{SlotKind, VaultError};

/// What a shell is told when something did not work: one variant for each thing that a person would do next.
///
/// It carries stable codes and names of hosts, never a secret and never a text to show.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CoreError {
    /// What was scanned or typed is no account.
    #[error("no account: {0}")]
    Offer(Refusal),
    /// The server did not answer.
    #[error("{host} does not answer")]
    Unreachable {
        /// Which.
        host: String,
    },
    /// The server answered with a problem; nothing that is kept was changed.
    #[error("{host} answers {code:?}")]
    Server {
        /// Which.
        host: String,
        /// The stable word.
        code: ProblemCode,
    },
    /// What answered is not the server that was enrolled with, or none that the system trusts.
    #[error("{host} is not to be trusted: {why:?}")]
    Untrusted {
        /// Which.
        host: String,
        /// Why.
        why: Distrust,
    },
    /// This phone's clock and the server's are apart, even when tried twice.
    #[error("the clock is {minutes} minutes off")]
    Clock {
        /// How far this phone is ahead; negative when behind.
        minutes: i64,
    },
    /// It needs the vault unlocked.
    #[error("the vault is locked")]
    Locked,
    /// The vault does not open.
    #[error("the vault does not open: {0:?}")]
    Vault(VaultFault),
    /// The disk took nothing: the vault is as it was.
    #[error("the vault was not written: {0:?}")]
    Storage(StorageFault),
    /// The platform's key store.
    #[error("a key: {0}")]
    Key(PortError),
    /// The account or request is not there any more, or not in a state for this.
    #[error("gone")]
    Gone,
    /// What was typed is not what was asked for: the number's digits, a name too long.
    #[error("typed wrongly")]
    Typed,
    /// Given up by the caller.
    #[error("cancelled")]
    Cancelled,
}

/// Why a server is not trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Distrust {
    /// The system does not trust its certificate, and no key of it is known.
    Certificate,
    /// It has another TLS key than the QR code or the statement names.
    TlsKey,
    /// It did not sign with the key of the server that was enrolled with.
    Identity,
    /// It sent something that is not of this protocol, or not for this phone.
    Reply,
}

/// Why the vault does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VaultFault {
    /// The key store has lost its key: another way opens it where there is one, or the person starts over.
    KeyMissing,
    /// It does not open by a passphrase.
    NoPassphrase,
    /// No unlock code was made for it.
    NoUnlockCode,
    /// The key store has no part in it.
    NoKey,
    /// This passphrase or unlock code is not the one.
    WrongSecret,
    /// It cannot be read.
    Damaged,
    /// A newer Countersign wrote it.
    Newer,
}

/// Why the disk took nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StorageFault {
    /// It is full.
    Full,
    /// It may not be written.
    ReadOnly,
    /// Anything else.
    Failed,
}

/// What the vault refused.
pub(super) fn vault(error: VaultError) -> CoreError {
    match error {
        VaultError::Locked(_) | VaultError::Missing(_) => CoreError::Locked,
        VaultError::NoSlot { kind, .. } => no_slot(kind),
        VaultError::WrongKey { .. } => CoreError::Vault(VaultFault::WrongSecret),
        VaultError::Damaged { .. } => CoreError::Vault(VaultFault::Damaged),
        VaultError::NewerVersion { .. } => CoreError::Vault(VaultFault::Newer),
        VaultError::StorageFull(_) => CoreError::Storage(StorageFault::Full),
        VaultError::ReadOnly(_) | VaultError::ReadingAlone => CoreError::Storage(StorageFault::ReadOnly),
        VaultError::LastSlot(_)
        | VaultError::Cost
        | VaultError::TooLarge(_)
        | VaultError::Unreadable(_)
        | VaultError::Storage(_) => CoreError::Storage(StorageFault::Failed),
    }
}

/// A way in that this vault does not have.
pub(super) fn no_slot(kind: SlotKind) -> CoreError {
    CoreError::Vault(match kind {
        SlotKind::KeyStore => VaultFault::NoKey,
        SlotKind::Passphrase => VaultFault::NoPassphrase,
        SlotKind::UnlockCode => VaultFault::NoUnlockCode,
    })
}

/// Why a server gave no reply.
pub(super) fn no_reply(host: &str, no_reply: NoReply) -> CoreError {
    let host = host.to_owned();
    match no_reply {
        NoReply::Unreachable => CoreError::Unreachable { host },
        NoReply::Certificate => CoreError::Untrusted { host, why: Distrust::Certificate },
        NoReply::TlsKey => CoreError::Untrusted { host, why: Distrust::TlsKey },
        NoReply::Problem { code, .. } => CoreError::Server { host, code },
        NoReply::Foreign => CoreError::Untrusted { host, why: Distrust::Reply },
    }
}

/// Why a server statement was not taken.
pub(super) fn statement_refused(host: &str, refused: StatementRefused) -> CoreError {
    let why = match refused {
        StatementRefused::Form(_) => Distrust::Reply,
        StatementRefused::OtherServer | StatementRefused::Older => Distrust::Identity,
    };
    CoreError::Untrusted { host: host.to_owned(), why }
}
