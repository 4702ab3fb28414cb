//! The one way to write.

use std::sync::{Arc, MutexGuard, PoisonError};

use super::body::Body;
use super::cipher::Fresh;
use super::folder::{Previous, WriteLock};
use super::held::Open;
use super::sealed::{self, SealedFile};
use super::slot::{PreparedSlot, Slot};
use super::{Compartment, Contacts, Damage, Header, NewSlot, Secrets, SlotKind, Vault, VaultError};

/// Which file of a change to both is written first, so that a cut in between leaves what [`Vault::unlock`] sweeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Secrets first: an account that is seen has its secrets.
    Adding,
    /// Contacts first: an account whose secrets are gone is not seen.
    Removing,
}

impl Vault {
    /// Changes the contacts. Needs no secrets, so that a locked phone can do it.
    ///
    /// `change` gets the newest state, another process's writes included, and its result is handed on. What it leaves
    /// unchanged is not written: so it refuses by changing nothing. It runs under the vault's lock: no network, no
    /// key store and no waiting in there, and no call of this object.
    ///
    /// # Errors
    /// [`VaultError::Locked`]; what reading and writing refuse. Memory and disk are then as before; only if the last
    /// flush failed is the change there, for both, though not confirmed.
    pub fn change_contacts<T>(&self, change: impl FnOnce(&mut Contacts) -> T) -> Result<T, VaultError> {
        self.change_one(change)
    }

    /// Changes the secrets, in the manner of [`Vault::change_contacts`].
    ///
    /// # Errors
    /// As there.
    pub fn change_secrets<T>(&self, change: impl FnOnce(&mut Secrets) -> T) -> Result<T, VaultError> {
        self.change_one(change)
    }

    /// Changes both under one lock, in the manner of [`Vault::change_contacts`].
    ///
    /// Both files are written and flushed before the first takes effect, so want of space stops both. A cut between
    /// the two leaves the first alone changed.
    ///
    /// # Errors
    /// As there.
    pub fn change_both<T>(
        &self,
        order: Order,
        change: impl FnOnce(&mut Contacts, &mut Secrets) -> T,
    ) -> Result<T, VaultError> {
        let turn = self.take_turn()?;
        let mut contacts = turn.draft::<Contacts>()?;
        let mut secrets = turn.draft::<Secrets>()?;
        let answer = change(&mut contacts.state, &mut secrets.state);
        let (contacts, secrets) = (contacts.stage()?, secrets.stage()?);
        let files = match order {
            Order::Adding => [secrets, contacts],
            Order::Removing => [contacts, secrets],
        };
        turn.write(files.into_iter().flatten().collect())?;
        Ok(answer)
    }

    /// Changes the contacts by what a server said, which it says again to whoever asks: in the manner of
    /// [`Vault::change_contacts`], and where this vault is read alone, in memory until the file is another.
    ///
    /// # Errors
    /// As there.
    pub fn learn<T>(&self, change: impl FnOnce(&mut Contacts) -> T) -> Result<T, VaultError> {
        if self.may_write {
            return self.change_contacts(change);
        }
        let _here = self.take_turn_here();
        let base = self.newest::<Contacts>()?;
        let mut state = Contacts::clone(&base.state);
        let answer = change(&mut state);
        self.contacts.follow(Arc::new(base.holding(state)));
        Ok(answer)
    }

    /// Makes slots in these files, replacing those of the same kinds, and removes others, all at once.
    ///
    /// Afterwards no file in the folder opens with a slot that was replaced or removed. Whoever copied a file before
    /// and has what opened it has the file's key, as with every vault of this kind.
    ///
    /// # Errors
    /// [`VaultError::LastSlot`] if none would be left; [`VaultError::NoSlot`] if one to be removed is not there; as
    /// [`Vault::change_contacts`].
    pub fn change_slots(
        &self,
        of: &[Compartment],
        make: &[NewSlot<'_>],
        remove: &[SlotKind],
    ) -> Result<(), VaultError> {
        let prepared = make.iter().map(|slot| slot.prepare(&*self.random)).collect::<Result<Vec<_>, _>>()?;
        let turn = self.take_turn()?;
        let staged = of.iter().map(|compartment| match compartment {
            Compartment::Contacts => turn.draft::<Contacts>()?.stage_slots(&prepared, remove),
            Compartment::Secrets => turn.draft::<Secrets>()?.stage_slots(&prepared, remove),
        });
        let staged = staged.collect::<Result<Vec<_>, _>>()?;
        for compartment in of {
            self.folder.remove_damaged(*compartment, &turn.lock)?;
        }
        turn.write(staged)
    }

    fn change_one<B: Body, T>(&self, change: impl FnOnce(&mut B) -> T) -> Result<T, VaultError> {
        let turn = self.take_turn()?;
        let mut draft = turn.draft::<B>()?;
        let answer = change(&mut draft.state);
        turn.write(draft.stage()?.into_iter().collect())?;
        Ok(answer)
    }

    pub(super) fn take_turn(&self) -> Result<Turn<'_>, VaultError> {
        if !self.may_write {
            return Err(VaultError::ReadingAlone);
        }
        let here = self.take_turn_here();
        Ok(Turn { lock: self.folder.lock()?, vault: self, _here: here })
    }

    /// Keeps the other threads of this process out, and no other process.
    pub(super) fn take_turn_here(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is on the disk now: what is held already, unless another process wrote.
    pub(super) fn newest<B: Body>(&self) -> Result<Arc<Open<B>>, VaultError> {
        let locked = || VaultError::Locked(B::COMPARTMENT);
        let held = B::held(self).get().ok_or_else(locked)?;
        let file = match self.folder.read(B::COMPARTMENT) {
            // Put aside.
            Err(VaultError::Missing(_)) => {
                B::held(self).put(None);
                return Err(locked());
            }
            file => file?,
        };
        let (header, len) = Header::read(B::COMPARTMENT, &file)?;
        if header == held.header {
            return Ok(held);
        }
        match sealed::open::<B>(&header, len, file, &held.key) {
            Ok(state) => {
                let newest = Arc::new(Open::new(state, header, Arc::clone(&held.key), held.newest));
                B::held(self).follow(Arc::clone(&newest));
                Ok(newest)
            }
            // Damaged, or made anew under another key: the next unlock finds out which.
            Err(VaultError::Damaged { fault: Damage::Body, .. }) => {
                B::held(self).put(None);
                Err(locked())
            }
            Err(other) => Err(other),
        }
    }
}

/// The right to write, from taking the lock to letting go.
pub(super) struct Turn<'a> {
    // Let go in this order: other processes first, then the other threads here.
    pub(super) lock: WriteLock,
    pub(super) vault: &'a Vault,
    _here: MutexGuard<'a, ()>,
}

/// A state to be changed, and what it was.
struct Draft<'a, B> {
    vault: &'a Vault,
    base: Arc<Open<B>>,
    state: B,
}

/// A sealed file to be written, and how memory follows.
pub(super) struct Staged<'a> {
    compartment: Compartment,
    file: SealedFile,
    previous: Previous,
    adopt: Box<dyn FnOnce() + 'a>,
}

impl<'a> Staged<'a> {
    pub(super) fn new<B: Body>(file: SealedFile, previous: Previous, adopt: impl FnOnce() + 'a) -> Self {
        Self { compartment: B::COMPARTMENT, file, previous, adopt: Box::new(adopt) }
    }
}

impl<'a> Turn<'a> {
    fn draft<B: Body>(&self) -> Result<Draft<'a, B>, VaultError> {
        let base = self.vault.newest::<B>()?;
        Ok(Draft { vault: self.vault, state: B::clone(&base.state), base })
    }

    /// Writes the files in this order. Memory follows each as soon as the disk has it.
    pub(super) fn write(&self, files: Vec<Staged<'_>>) -> Result<(), VaultError> {
        self.stage(&files)?;
        self.commit(files)
    }

    /// Writes the first generations: all of them last before the first takes effect, so that a cut in between leaves
    /// what [`Vault::first_start`] finishes.
    pub(super) fn write_new<const N: usize>(&self, files: [Staged<'_>; N]) -> Result<(), VaultError> {
        self.stage(&files)?;
        self.vault.folder.flush(&self.lock)?;
        self.commit(files)
    }

    fn stage(&self, files: &[Staged<'_>]) -> Result<(), VaultError> {
        let folder = &self.vault.folder;
        files.iter().try_for_each(|staged| {
            folder.stage(staged.compartment, &staged.file, staged.previous, &self.lock)
        })
    }

    fn commit<'s>(&self, files: impl IntoIterator<Item = Staged<'s>>) -> Result<(), VaultError> {
        let folder = &self.vault.folder;
        for staged in files {
            folder.commit(staged.compartment, &self.lock)?;
            (staged.adopt)();
            folder.flush(&self.lock)?;
        }
        Ok(())
    }
}

impl<'a, B: Body> Draft<'a, B> {
    /// None if nothing was changed.
    fn stage(self) -> Result<Option<Staged<'a>>, VaultError> {
        if self.state == *self.base.state {
            return Ok(None);
        }
        let slots = self.base.slots().to_vec();
        self.stage_with(slots, Previous::Replaced).map(Some)
    }

    fn stage_slots(self, make: &[PreparedSlot], remove: &[SlotKind]) -> Result<Staged<'a>, VaultError> {
        let compartment = B::COMPARTMENT;
        let mut slots = self.base.slots().to_vec();
        for kind in remove {
            let place = slots.iter().position(|slot| slot.kind() == *kind);
            slots.remove(place.ok_or(VaultError::NoSlot { compartment, kind: *kind })?);
        }
        for slot in make {
            let slot = slot.wrap(compartment, &self.base.key)?;
            slots.retain(|old| old.kind() != slot.kind());
            slots.push(slot);
        }
        self.stage_with(slots, Previous::Same)
    }

    fn stage_with(self, slots: Vec<Slot>, previous: Previous) -> Result<Staged<'a>, VaultError> {
        let Self { vault, base, state } = self;
        // Above every generation ever heard of, so that one that was put back is not taken for the newest again.
        let generation = base.newest.saturating_add(1);
        let fresh = Fresh::make(&*vault.random);
        let (header, file) = sealed::seal(&state, generation, fresh, slots, &base.key)?;
        let open = Arc::new(Open::new(state, header, Arc::clone(&base.key), generation));
        let adopt = move || B::held(vault).follow(open);
        Ok(Staged::new::<B>(file, previous, adopt))
    }
}
