use std::io;

use super::{Compartment, SlotKind};

/// Why the vault did not do what was asked. After every one of these the files are what they were before,
/// or hold a whole later generation.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// There is no file of a vault at all: a first start.
    #[error("the {0} file does not exist yet")]
    Missing(Compartment),
    /// The compartment is not open: unlock it first.
    #[error("the {0} file is not unlocked")]
    Locked(Compartment),
    /// The file is not what was written. Its previous generation may still open: [`super::Vault::restore_previous`].
    #[error("the {compartment} file is damaged: {fault}")]
    Damaged {
        /// Which file.
        compartment: Compartment,
        /// What is wrong with it.
        fault: Damage,
    },
    /// A later version of the app wrote the file; it is left as it is.
    #[error("the {compartment} file has version {version}, newer than this app knows")]
    NewerVersion {
        /// Which file.
        compartment: Compartment,
        /// The version it says it has.
        version: u16,
    },
    /// The file has no slot of this kind: another way to open it must be used.
    #[error("the {compartment} file has no {kind} slot")]
    NoSlot {
        /// Which file.
        compartment: Compartment,
        /// The kind of slot asked for.
        kind: SlotKind,
    },
    /// The file is sound, but this key, passphrase or code is not the one of its slot.
    #[error("the {kind} slot of the {compartment} file does not open with this")]
    WrongKey {
        /// Which file.
        compartment: Compartment,
        /// The kind of slot tried.
        kind: SlotKind,
    },
    /// The change would leave the file without any slot, so that nobody could ever open it.
    #[error("the {0} file must keep one slot")]
    LastSlot(Compartment),
    /// A cost of Argon2id outside of the bounds ([`super::PassphraseCost`]).
    #[error("the cost of the passphrase is out of bounds")]
    Cost,
    /// The state has become larger than a file may be.
    #[error("the {0} file would become too large")]
    TooLarge(Compartment),
    /// The disk or the quota is full. What was there is untouched.
    #[error("the storage is full")]
    StorageFull(#[source] io::Error),
    /// The folder may not be written. What was there is untouched.
    #[error("the storage cannot be written")]
    ReadOnly(#[source] io::Error),
    /// This vault was opened to be read alone.
    #[error("the vault is only read here")]
    ReadingAlone,
    /// The files cannot be read: the platform still keeps them shut, or the storage fails.
    #[error("the storage cannot be read")]
    Unreadable(#[source] io::Error),
    /// Any other fault of the storage while writing.
    #[error("the storage failed")]
    Storage(#[source] io::Error),
}

impl VaultError {
    /// Sorts what the system said while something was written.
    pub(super) fn writing(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                Self::StorageFull(error)
            }
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => Self::ReadOnly(error),
            _ => Self::Storage(error),
        }
    }

    pub(super) fn damaged(compartment: Compartment, fault: Damage) -> Self {
        Self::Damaged { compartment, fault }
    }
}

/// What is wrong with a damaged file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// The file is gone, while its previous generation or the other compartment is there.
    #[error("it is gone, but not the whole vault")]
    Gone,
    /// Larger than any vault.
    #[error("it is too large")]
    Size,
    /// It does not begin like a vault, or is of the other compartment.
    #[error("it is no vault of this compartment")]
    Kind,
    /// Its header is cut off, contradicts itself or does not match its checksum.
    #[error("its header is not whole")]
    Header,
    /// Its body is not what was sealed under its key and header.
    #[error("its body is not what was sealed")]
    Body,
    /// Its body was sealed by this key, but is no state that this version writes.
    #[error("its content does not read (line {line}, column {column})")]
    Content {
        /// Line of the JSON text, from 1.
        line: usize,
        /// Column of the JSON text, from 1.
        column: usize,
    },
}
