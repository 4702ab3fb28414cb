//! Opening, shutting and mending the files.

use std::sync::Arc;

use super::body::Body;
use super::held::Open;
use super::{
    Compartment, Contacts, Generation, Header, Opener, Order, Secrets, Vault, VaultError, VaultKey, sealed,
};

impl Vault {
    /// Opens a compartment. `newest_known` is the number that the key store keeps, where one runs.
    ///
    /// With both open, what a cut left over between the two files is swept.
    ///
    /// # Errors
    /// [`VaultError::Missing`] on a first start; [`VaultError::NoSlot`] and [`VaultError::WrongKey`]: another slot
    /// may open it; [`VaultError::Damaged`]: the previous generation may open; [`VaultError::NewerVersion`];
    /// [`VaultError::Unreadable`].
    pub fn unlock(
        &self,
        compartment: Compartment,
        opener: Opener<'_>,
        newest_known: Option<u64>,
    ) -> Result<Generation, VaultError> {
        let generation = match compartment {
            Compartment::Contacts => self.unlock_one::<Contacts>(opener, newest_known),
            Compartment::Secrets => self.unlock_one::<Secrets>(opener, newest_known),
        }?;
        self.sweep();
        Ok(generation)
    }

    /// Forgets a compartment and the key of its file. What is being written is still written.
    pub fn lock(&self, compartment: Compartment) {
        match compartment {
            Compartment::Contacts => self.contacts.put(None),
            Compartment::Secrets => self.secrets.put(None),
        }
    }

    /// Looks whether another process wrote, and says so. Takes no lock. Compartments that are locked stay locked.
    ///
    /// # Errors
    /// What reading refuses; what is in memory stays. [`VaultError::Locked`] if a file no longer opens by the key
    /// that opened it: then it is locked.
    pub fn refresh(&self) -> Result<bool, VaultError> {
        let _here = self.take_turn_here();
        let contacts = self.follow_the_disk::<Contacts>()?;
        Ok(self.follow_the_disk::<Secrets>()? || contacts)
    }

    /// Opens the previous generation of a damaged or vanished file and puts it in its place; the damaged one is kept
    /// aside. A file that is whole is opened as [`Vault::unlock`] does. What the last write changed is lost, so the
    /// person is to be asked before and told after.
    ///
    /// # Errors
    /// As [`Vault::unlock`], of the file itself if there is no previous generation, else of the previous one; what
    /// writing refuses.
    pub fn restore_previous(
        &self,
        compartment: Compartment,
        opener: Opener<'_>,
        newest_known: Option<u64>,
    ) -> Result<Generation, VaultError> {
        let generation = match compartment {
            Compartment::Contacts => self.restore_one::<Contacts>(opener, newest_known),
            Compartment::Secrets => self.restore_one::<Secrets>(opener, newest_known),
        }?;
        self.sweep();
        Ok(generation)
    }

    fn follow_the_disk<B: Body>(&self) -> Result<bool, VaultError> {
        let Some(before) = B::held(self).get() else { return Ok(false) };
        Ok(!Arc::ptr_eq(&before, &self.newest::<B>()?))
    }

    fn unlock_one<B: Body>(
        &self,
        opener: Opener<'_>,
        newest_known: Option<u64>,
    ) -> Result<Generation, VaultError> {
        let key = file_key::<B>(&self.folder.read(B::COMPARTMENT)?, opener)?;
        let _here = self.take_turn_here();
        // Read again: while the passphrase was stretched, a newer one may have come.
        self.install::<B>(self.folder.read(B::COMPARTMENT)?, key, newest_known)
    }

    fn restore_one<B: Body>(
        &self,
        opener: Opener<'_>,
        newest_known: Option<u64>,
    ) -> Result<Generation, VaultError> {
        let turn = self.take_turn()?;
        let fault = match self.folder.read(B::COMPARTMENT).and_then(|file| {
            let key = file_key::<B>(&file, opener)?;
            self.install::<B>(file, key, newest_known)
        }) {
            Err(fault @ VaultError::Damaged { .. }) => fault,
            other => return other,
        };
        let Some(previous) = self.folder.read_previous(B::COMPARTMENT)? else { return Err(fault) };
        let key = file_key::<B>(&previous, opener)?;
        let (header, len) = Header::read(B::COMPARTMENT, &previous)?;
        let state = sealed::open::<B>(&header, len, previous.clone(), &key)?;
        self.folder.put_back(B::COMPARTMENT, &previous, &turn.lock)?;
        // The lost generation was at least one newer, also where no key store keeps its number.
        let newest = header.generation.saturating_add(1).max(newest_known.unwrap_or_default());
        Ok(self.hold(Open::new(state, header, Arc::new(key), newest)))
    }

    fn install<B: Body>(
        &self,
        file: Vec<u8>,
        key: VaultKey,
        newest_known: Option<u64>,
    ) -> Result<Generation, VaultError> {
        let (header, len) = Header::read(B::COMPARTMENT, &file)?;
        let state = sealed::open::<B>(&header, len, file, &key)?;
        Ok(self.hold(Open::new(state, header, Arc::new(key), newest_known.unwrap_or_default())))
    }

    fn hold<B: Body>(&self, open: Open<B>) -> Generation {
        let generation = open.generation();
        B::held(self).put(Some(Arc::new(open)));
        generation
    }

    /// Unlocking does not depend on it: what could not be swept now is found again.
    fn sweep(&self) {
        let (Ok(contacts), Ok(secrets)) = (self.contacts(), self.secrets()) else { return };
        if secrets.needs_sweep(&contacts) {
            let _ = self.change_both(Order::Adding, |contacts, secrets| secrets.sweep(contacts));
        }
    }
}

fn file_key<B: Body>(file: &[u8], opener: Opener<'_>) -> Result<VaultKey, VaultError> {
    let (header, _) = Header::read(B::COMPARTMENT, file)?;
    let kind = opener.kind();
    let slot = header.slot(kind).ok_or(VaultError::NoSlot { compartment: B::COMPARTMENT, kind })?;
    slot.unwrap_key(B::COMPARTMENT, &opener)
}
