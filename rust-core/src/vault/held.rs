use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockWriteGuard};

use super::body::Body;
use super::header::Header;
use super::slot::Slot;
use super::{Generation, VaultKey};

/// What the vault has in memory of one compartment: nothing, or one whole generation.
///
/// A poisoned lock is no fault here: what it guards is only ever replaced whole.
pub(super) struct Held<B> {
    open: RwLock<Option<Arc<Open<B>>>>,
    /// An older generation took the place of a newer one, and nobody has asked since.
    was_older: AtomicBool,
}

/// One generation, opened. Never changed: a later one takes its place.
pub(super) struct Open<B> {
    pub(super) state: Arc<B>,
    pub(super) header: Header,
    pub(super) key: Arc<VaultKey>,
    /// The newest generation that was ever heard of; more than the header's if an older file was put back.
    pub(super) newest: u64,
}

impl<B: Body> Open<B> {
    pub(super) fn new(mut state: B, header: Header, key: Arc<VaultKey>, newest: u64) -> Self {
        let newest = newest.max(header.generation);
        if header.generation < newest {
            state.note_older();
        }
        Self { state: Arc::new(state), header, key, newest }
    }

    pub(super) fn generation(&self) -> Generation {
        Generation { number: self.header.generation, is_older: self.header.generation < self.newest }
    }

    /// The same generation, with this in memory in place of what the file has.
    pub(super) fn holding(&self, state: B) -> Self {
        let (header, key) = (self.header.clone(), Arc::clone(&self.key));
        Self { state: Arc::new(state), header, key, newest: self.newest }
    }

    pub(super) fn slots(&self) -> &[Slot] {
        self.header.slots()
    }
}

impl<B: Body> Held<B> {
    pub(super) const fn nothing() -> Self {
        Self { open: RwLock::new(None), was_older: AtomicBool::new(false) }
    }

    pub(super) fn get(&self) -> Option<Arc<Open<B>>> {
        self.open.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn put(&self, open: Option<Arc<Open<B>>>) {
        self.replace(&mut self.write(), open);
    }

    /// Puts a later generation in the place of one; does nothing if the compartment was locked meanwhile.
    pub(super) fn follow(&self, open: Arc<Open<B>>) {
        let mut held = self.write();
        if held.is_some() {
            self.replace(&mut held, Some(open));
        }
    }

    /// Whether an older generation was opened since this was asked last.
    pub(super) fn take_was_older(&self) -> bool {
        self.was_older.swap(false, Ordering::AcqRel)
    }

    fn replace(&self, held: &mut Option<Arc<Open<B>>>, open: Option<Arc<Open<B>>>) {
        let is_known = |open: &Open<B>| held.as_ref().is_some_and(|held| held.header == open.header);
        if open.as_ref().is_some_and(|open| open.generation().is_older && !is_known(open)) {
            self.was_older.store(true, Ordering::Release);
        }
        *held = open;
    }

    fn write(&self) -> RwLockWriteGuard<'_, Option<Arc<Open<B>>>> {
        self.open.write().unwrap_or_else(PoisonError::into_inner)
    }
}
