//! Making a vault where there is none, and putting one aside.

use std::path::PathBuf;
use std::sync::Arc;

use super::body::Body;
use super::change::{Staged, Turn};
use super::cipher::Fresh;
use super::folder::{FIRST, Previous};
use super::held::Open;
use super::{Compartment, Contacts, NewSlot, Secrets, Vault, VaultError, VaultKey, sealed};

/// The right to make the vault: there is none, and no other process makes one until this is dropped.
///
/// So of two that start at once, one makes keys and files, and the other finds a vault to open. It is the one thing
/// under the vault's lock during which a key store may be asked.
pub struct FirstStart<'a> {
    turn: Turn<'a>,
}

impl Vault {
    /// None where there is a vault. One whose making was cut is made to its end by this.
    ///
    /// # Errors
    /// What reading and writing refuse.
    pub fn first_start(&self) -> Result<Option<FirstStart<'_>>, VaultError> {
        if self.folder.is_whole()? {
            return Ok(None);
        }
        let turn = self.take_turn()?;
        if self.folder.is_empty()? {
            return Ok(Some(FirstStart { turn }));
        }
        self.folder.finish_making(&turn.lock)?;
        Ok(None)
    }

    /// Puts all files aside, in a folder of their own within the vault's, and says which: for a person who starts over.
    /// Nothing is deleted: what opened the files opens them there.
    ///
    /// # Errors
    /// What writing refuses. What was not moved yet is where it was.
    pub fn set_aside(&self) -> Result<PathBuf, VaultError> {
        let turn = self.take_turn()?;
        Compartment::ALL.into_iter().for_each(|compartment| self.lock(compartment));
        self.folder.set_aside(&turn.lock)
    }
}

impl FirstStart<'_> {
    /// Whether there is a vault that was put aside: what a key store has may be the only thing that opens it.
    ///
    /// # Errors
    /// What reading refuses.
    pub fn has_set_aside(&self) -> Result<bool, VaultError> {
        self.turn.vault.folder.has_set_aside()
    }

    /// Makes both files, empty, and leaves them open: with these slots contacts, with those secrets.
    ///
    /// # Errors
    /// [`VaultError::LastSlot`] without a slot; what writing refuses.
    pub fn create(self, contacts: &[NewSlot<'_>], secrets: &[NewSlot<'_>]) -> Result<(), VaultError> {
        let files = [self.stage::<Secrets>(secrets)?, self.stage::<Contacts>(contacts)?];
        self.turn.write_new(files)
    }

    fn stage<B: Body>(&self, slots: &[NewSlot<'_>]) -> Result<Staged<'_>, VaultError> {
        let vault = self.turn.vault;
        let key = Arc::new(VaultKey::make(&*vault.random));
        let wrap = |slot: &NewSlot<'_>| slot.prepare(&*vault.random)?.wrap(B::COMPARTMENT, &key);
        let slots = slots.iter().map(wrap).collect::<Result<Vec<_>, _>>()?;
        let (header, file) = sealed::seal(&B::default(), FIRST, Fresh::make(&*vault.random), slots, &key)?;
        let open = Arc::new(Open::new(B::default(), header, key, FIRST));
        Ok(Staged::new::<B>(file, Previous::Replaced, || B::held(vault).put(Some(open))))
    }
}
