//! The number of each file's newest generation, which the key store keeps: a file that was put back has a lower one.
//!
//! The number is kept after the file was written: a cut in between leaves a file that is newer than its number.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::core::Core;
use super::diagnostics::Event;
use super::snapshot::Notice;
use crate::ports::PortError;
use crate::vault::Compartment;

/// What is known of the numbers that the key store has.
#[derive(Default)]
pub(super) struct Generations {
    /// There is a key store: found out when the vault is opened or made.
    has_key_store: AtomicBool,
    /// What this process has kept last, of contacts and of secrets; no file has the number 0.
    kept: [AtomicU64; 2],
}

impl Generations {
    fn kept(&self, of: Compartment) -> &AtomicU64 {
        let [contacts, secrets] = &self.kept;
        match of {
            Compartment::Contacts => contacts,
            Compartment::Secrets => secrets,
        }
    }
}

impl Core {
    /// The number that the key store has for a file that is being opened, where there is one; and whether there is a key
    /// store to keep numbers from now on.
    pub(super) fn known_generation(&self, of: Compartment) -> Option<u64> {
        let known = self.key_store.generation(of);
        self.generations.has_key_store.store(known != Err(PortError::Unsupported), Ordering::Release);
        known.unwrap_or(None)
    }

    /// Tells the person of files that were put back: at the start, and under the running app.
    pub(super) fn tell_of_older_files(&self) {
        for compartment in self.vault.take_older() {
            self.note(Event::OlderGeneration);
            self.tell(Notice::OlderGeneration(compartment));
        }
    }

    /// Keeps the numbers of files that were written, unless they are kept.
    ///
    /// No lock is held while the key store is asked, so another process, or thread, that wrote later may have been
    /// first with its higher number. Whoever keeps a number therefore looks at the file again until it has that one: the
    /// last to keep has always looked after.
    pub(super) fn keep_generations(&self, touched: &[Compartment]) {
        // What is only learnt here has written no file; a number would be that of another process.
        if self.may_write().is_err() || !self.generations.has_key_store.load(Ordering::Acquire) {
            return;
        }
        for of in touched.iter().copied() {
            let mut kept = self.generations.kept(of).load(Ordering::Acquire);
            while let Some(newest) = self.vault.newest_generation(of).filter(|newest| *newest != kept) {
                if self.key_store.keep_generation(of, newest).is_err() {
                    self.note(Event::KeyStoreFailed);
                    break;
                }
                self.generations.kept(of).store(newest, Ordering::Release);
                kept = newest;
            }
        }
    }
}
