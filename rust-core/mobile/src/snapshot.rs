use countersign_core::authenticator::{AccountRow, Lock, Notice, RequestCard, SlotKind, Snapshot};
use countersign_core::vault::Compartment;

/// All that a person can see at one moment.
#[uniffi::remote(Record)]
pub struct Snapshot {
    /// Grows with each change.
    pub revision: u64,
    /// Whether secrets are open.
    pub lock: Lock,
    /// Whether there is no vault yet.
    pub is_first_start: bool,
    /// By what the vault opens; nothing on a first start, and where no file of it can be read.
    pub opens_with: Vec<SlotKind>,
    /// The accounts, in the person's order.
    pub accounts: Vec<AccountRow>,
    /// The cards of requests: those that wait first, then how others ended, newest first.
    pub requests: Vec<RequestCard>,
    /// What the person should know about the vault.
    pub notices: Vec<Notice>,
}

/// Something to tell until the person has read it: `Authenticator.dismiss`.
#[uniffi::remote(Enum)]
pub enum Notice {
    /// The file is from an earlier day than the key store remembers.
    OlderGeneration(#[uniffi(name = "of")] Compartment),
    /// The last write failed: what was there is there, what was new is not kept.
    StorageFailed,
    /// A server sent a request that is not genuine; it is not shown.
    NotGenuine,
}

/// The two files of the vault.
#[uniffi::remote(Enum)]
pub enum Compartment {
    /// What a locked phone needs to fetch and check a request. Its key opens without a person.
    Contacts,
    /// Secrets of one-time codes. Its key stands behind the app lock.
    Secrets,
}
