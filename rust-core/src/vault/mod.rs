//! The vault: accounts in, sealed bytes on disk, and back.
//!
//! Two compartments, a sealed file each: [`Contacts`], which a locked phone needs, and [`Secrets`], which opens only
//! for the person. Each is sealed under a random key of its own, and that key is wrapped in one to three slots.
//! The module knows neither key store nor network nor clock: keys, randomness and times are passed in.
//!
//! ```text
//! open:   contacts.vault ─► header ─► slot + key ─► file key ─► body ─► Contacts
//! change: lock ─► read again if another wrote ─► apply to a copy ─► seal ─► new file, flushed ─► rename
//!              ─► memory follows ─► flush ─► let go
//! ```
//!
//! What a change confirmed is on the disk; what it did not confirm may be there or not, but never half of a file.
//! Readers take no lock. Everything here may wait for the disk or for another process: not for a thread that draws.
//!
//! The format is stated to the byte in `docs/vault-format.md`.

mod body;
mod change;
mod cipher;
mod compartment;
mod disk;
mod error;
mod folder;
mod header;
mod held;
mod json;
mod key;
mod making;
mod sealed;
mod slot;
mod unlock;
mod unlock_code;

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use countersign_protocol::Random;

use disk::{Disk, SystemDisk};
use folder::Folder;
use header::Header;
use held::Held;
use slot::Slot;

pub use body::{
    Activating, CodeEntry, CodeHash, CodeKind, Contacts, EndedRequest, EntryId, HeldKey, KeyHandle,
    OutgoingAnswer, OutgoingRemoval, SecretBytes, Secrets, Server, SoftwareKey, Told, WorkAccount, WorkState,
};
pub use change::Order;
pub use compartment::Compartment;
pub use error::{Damage, VaultError};
pub use key::{Passphrase, VaultKey};
pub use making::FirstStart;
pub use slot::{NewSlot, Opener, PassphraseCost, SlotKind};
pub use unlock_code::{MalformedCode, UnlockCode};

/// The vault in one folder. Any number of these, in any number of processes, may work on the same folder.
pub struct Vault {
    folder: Folder,
    random: Arc<dyn Random>,
    /// Held by the one thread of this process that writes or reads anew; what it guards is `contacts` and `secrets`
    /// keeping up with the disk. Reading them takes no part in it.
    turn: Mutex<()>,
    contacts: Held<Contacts>,
    secrets: Held<Secrets>,
    may_write: bool,
}

/// Which generation of a file is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Generation {
    /// Rises with each write: what the key store is to keep, after the write.
    pub number: u64,
    /// The key store, or this object, has seen a newer one: somebody put an older file in its place. It is open all
    /// the same, and the person is to be told. The next write makes it the newest.
    pub is_older: bool,
}

impl Vault {
    /// The vault in this folder. Touches nothing yet; the folder is made by the first write.
    #[must_use]
    pub fn new(folder: PathBuf, random: Arc<dyn Random>) -> Self {
        Self::on(folder, random, Box::new(SystemDisk))
    }

    /// The vault in this folder, to be read alone. It makes no file and takes no lock, so whoever holds this may be
    /// stopped at any moment: what would write is refused by [`VaultError::ReadingAlone`], but for [`Vault::learn`].
    #[must_use]
    pub fn reading_alone(folder: PathBuf, random: Arc<dyn Random>) -> Self {
        Self { may_write: false, ..Self::new(folder, random) }
    }

    /// Whether this object may write at all.
    #[must_use]
    pub fn may_write(&self) -> bool {
        self.may_write
    }

    fn on(folder: PathBuf, random: Arc<dyn Random>, disk: Box<dyn Disk>) -> Self {
        Self {
            folder: Folder::new(folder, disk),
            random,
            turn: Mutex::new(()),
            contacts: Held::nothing(),
            secrets: Held::nothing(),
            may_write: true,
        }
    }

    /// The contacts as this object knows them; [`Vault::refresh`] has it look for newer ones.
    ///
    /// # Errors
    /// [`VaultError::Locked`].
    pub fn contacts(&self) -> Result<Arc<Contacts>, VaultError> {
        let open = self.contacts.get().ok_or(VaultError::Locked(Compartment::Contacts))?;
        Ok(Arc::clone(&open.state))
    }

    /// The secrets as this object knows them. Let go of them soon: locking wipes what nobody holds any more.
    ///
    /// # Errors
    /// [`VaultError::Locked`].
    pub fn secrets(&self) -> Result<Arc<Secrets>, VaultError> {
        let open = self.secrets.get().ok_or(VaultError::Locked(Compartment::Secrets))?;
        Ok(Arc::clone(&open.state))
    }

    /// Which generation of a compartment is open; None while it is locked.
    #[must_use]
    pub fn generation(&self, compartment: Compartment) -> Option<Generation> {
        match compartment {
            Compartment::Contacts => self.contacts.get().map(|open| open.generation()),
            Compartment::Secrets => self.secrets.get().map(|open| open.generation()),
        }
    }

    /// Of which compartments an older file was opened since this was asked last: somebody put it back.
    #[must_use]
    pub fn take_older(&self) -> Vec<Compartment> {
        let was_older = |compartment: &Compartment| match compartment {
            Compartment::Contacts => self.contacts.take_was_older(),
            Compartment::Secrets => self.secrets.take_was_older(),
        };
        Compartment::ALL.into_iter().filter(was_older).collect()
    }

    /// The number of a file's newest generation: what the key store is to keep. That of the file, where another process
    /// wrote; but never less than what is open here, or a file that was put back would be taken for the newest. None
    /// where the file cannot be read and nothing is open.
    #[must_use]
    pub fn newest_generation(&self, compartment: Compartment) -> Option<u64> {
        let front = self.folder.read_front(compartment).ok();
        let on_disk = front.and_then(|front| Header::read(compartment, &front).ok());
        let on_disk = on_disk.map(|(header, _)| header.generation);
        on_disk.max(self.generation(compartment).map(|open| open.number))
    }

    /// By what the vault opens: the kinds of slots that both files have. Of a damaged file the generation before it
    /// counts, and of one that has none nothing is asked. Needs no key.
    ///
    /// # Errors
    /// [`VaultError::Missing`] on a first start, [`VaultError::NewerVersion`], [`VaultError::Unreadable`].
    pub fn ways(&self) -> Result<Vec<SlotKind>, VaultError> {
        let mut ways: Option<Vec<SlotKind>> = None;
        for compartment in Compartment::ALL {
            let Some(slots) = self.readable_slots(compartment)? else { continue };
            ways = Some(match ways {
                Some(ways) => ways.into_iter().filter(|kind| slots.contains(kind)).collect(),
                None => slots,
            });
        }
        Ok(ways.unwrap_or_default())
    }

    fn readable_slots(&self, compartment: Compartment) -> Result<Option<Vec<SlotKind>>, VaultError> {
        let slots = |file: &[u8]| {
            let (header, _) = Header::read(compartment, file)?;
            Ok::<_, VaultError>(header.slots().iter().map(Slot::kind).collect())
        };
        match self.folder.read(compartment).and_then(|file| slots(&file)) {
            Err(VaultError::Damaged { .. }) => {
                let previous = self.folder.read_previous(compartment)?;
                Ok(previous.and_then(|file| slots(&file).ok()))
            }
            read => read.map(Some),
        }
    }
}
