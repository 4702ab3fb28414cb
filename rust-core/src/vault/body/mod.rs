//! What the two files hold, written as JSON. The names of its members are part of the format: `docs/vault-format.md`.
//!
//! Nothing here has a `Debug`: every part is personal or secret.

mod contacts;
mod entry;
mod secret;
mod secrets;
mod sweep;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::held::Held;
use super::{Compartment, Vault};

pub use contacts::{
    Activating, Contacts, EndedRequest, HeldKey, KeyHandle, OutgoingAnswer, OutgoingRemoval, Server, Told,
    WorkAccount, WorkState,
};
pub use entry::EntryId;
pub use secret::SecretBytes;
pub use secrets::{CodeEntry, CodeHash, CodeKind, Secrets, SoftwareKey};

/// The state of one compartment. Cloned for each change, so that a write that fails leaves the old one in place.
pub(super) trait Body: Serialize + DeserializeOwned + Clone + PartialEq + Default + 'static {
    const COMPARTMENT: Compartment;

    /// Where the vault holds it while it is open.
    fn held(vault: &Vault) -> &Held<Self>;

    /// Called when the file turns out to be older than one that was there before.
    fn note_older(&mut self) {}
}

impl Body for Contacts {
    const COMPARTMENT: Compartment = Compartment::Contacts;

    fn held(vault: &Vault) -> &Held<Self> {
        &vault.contacts
    }

    fn note_older(&mut self) {
        self.is_put_back = true;
    }
}

impl Body for Secrets {
    const COMPARTMENT: Compartment = Compartment::Secrets;

    fn held(vault: &Vault) -> &Held<Self> {
        &vault.secrets
    }
}
