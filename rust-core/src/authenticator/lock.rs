//! Opening the vault and letting go of it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use zeroize::Zeroizing;

use super::core::Core;
use super::diagnostics::Event;
use super::error::no_slot;
use super::{CoreError, Lock, VaultFault, vault_error};
use crate::ports::PortError;
use crate::vault::{
    Compartment, FirstStart, Generation, NewSlot, Opener, Passphrase, SlotKind, UnlockCode, Vault, VaultError,
};

/// What opens the vault.
pub enum UnlockWith {
    /// The platform's key store; it may ask for the person.
    KeyStore,
    /// What the person typed. On a first start it becomes the passphrase.
    Passphrase(Zeroizing<String>),
    /// The code that the person wrote down.
    UnlockCode(Zeroizing<String>),
}

/// Without what was typed.
impl std::fmt::Debug for UnlockWith {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::KeyStore => "KeyStore",
            Self::Passphrase(_) => "Passphrase",
            Self::UnlockCode(_) => "UnlockCode",
        })
    }
}

enum Secret {
    KeyStore,
    Passphrase(Passphrase),
    UnlockCode(UnlockCode),
}

impl Secret {
    fn kind(&self) -> SlotKind {
        match self {
            Self::KeyStore => SlotKind::KeyStore,
            Self::Passphrase(_) => SlotKind::Passphrase,
            Self::UnlockCode(_) => SlotKind::UnlockCode,
        }
    }
}

/// What is in the folder, as it was found when the vault was opened, made or put aside last: so that whoever only looks
/// waits for no disk.
#[derive(Clone, Default)]
pub(super) struct Found {
    /// Whether there is a vault at all.
    pub(super) is_there: bool,
    /// By what it opens.
    pub(super) ways: Vec<SlotKind>,
}

impl Core {
    pub(super) fn lock_state(&self) -> Lock {
        match (self.vault.contacts().is_ok(), self.vault.secrets().is_ok()) {
            (true, true) => Lock::Open,
            _ if self.key_dropped.load(Ordering::Acquire) => Lock::KeyDropped,
            (true, false) => Lock::SecretsLocked,
            (false, _) => Lock::Locked,
        }
    }

    /// Looks what is in the folder.
    pub(super) fn find_vault(&self) -> Result<Found, CoreError> {
        let found = match self.vault.ways() {
            Ok(ways) => Found { is_there: true, ways },
            Err(VaultError::Missing(_)) => Found::default(),
            Err(error) => return Err(vault_error(error)),
        };
        self.live().found = found.clone();
        Ok(found)
    }

    /// Opens the contacts with the key store, as a locked phone does. What does not open stays shut: `unlock` says why.
    pub(super) fn open_contacts(&self) -> Result<(), CoreError> {
        if !self.find_vault()?.ways.contains(&SlotKind::KeyStore) {
            return Ok(());
        }
        match self.open_one(Compartment::Contacts, &Secret::KeyStore, Vault::unlock) {
            // What is damaged is said by `unlock`, so that a shell can offer what was before.
            Err(
                CoreError::Key(PortError::Unsupported | PortError::NotNow | PortError::Cancelled)
                | CoreError::Vault(VaultFault::Damaged),
            ) => Ok(()),
            Err(CoreError::Vault(VaultFault::KeyMissing)) => {
                self.key_dropped.store(true, Ordering::Release);
                Ok(())
            }
            other => other,
        }
    }

    /// Opens everything; makes the vault on a first start. Where `restore`, a damaged file gives way to the generation
    /// before it.
    pub(super) async fn unlock(self: &Arc<Self>, with: UnlockWith, restore: bool) -> Result<(), CoreError> {
        let result = self.off(move |core| core.unlock_now(with, restore)).await;
        self.note(if result.is_ok() { Event::Unlocked } else { Event::UnlockFailed });
        if result.is_ok() {
            self.accounts_changed.notify_one();
            self.unlocked.send_replace(());
            // What an earlier run left on its way; whoever unlocks does not wait for it.
            tokio::spawn(Arc::clone(self).take_up_what_is_left());
        }
        self.publish();
        result
    }

    pub(super) async fn take_up_what_is_left(self: Arc<Self>) {
        if self.may_write().is_ok() {
            self.sweep_activating().await;
            self.destroy_dead_keys().await;
            self.deliver_kept_answers();
            self.deliver_kept_removals().await;
        }
    }

    fn unlock_now(&self, with: UnlockWith, restore: bool) -> Result<(), CoreError> {
        let secret = match with {
            UnlockWith::KeyStore => Secret::KeyStore,
            UnlockWith::Passphrase(typed) => Secret::Passphrase(Passphrase::new(typed)),
            UnlockWith::UnlockCode(typed) => Secret::UnlockCode(
                UnlockCode::typed(&typed).map_err(|_| CoreError::Vault(VaultFault::WrongSecret))?,
            ),
        };
        let opened = match self.vault.first_start().map_err(vault_error)? {
            Some(first) => self.make(first, &secret),
            None => self.open_all(&secret, restore),
        };
        // What was made, or what another process made meanwhile.
        self.find_vault()?;
        match opened {
            Ok(()) => {
                let was_dropped = self.key_dropped.swap(false, Ordering::AcqRel);
                if was_dropped && secret.kind() != SlotKind::KeyStore && self.may_write().is_ok() {
                    self.mend_key_store();
                }
            }
            Err(CoreError::Vault(VaultFault::KeyMissing)) => self.key_dropped.store(true, Ordering::Release),
            Err(_) => {}
        }
        let is_damaged = opened == Err(CoreError::Vault(VaultFault::Damaged));
        self.is_damaged.store(is_damaged, Ordering::Release);
        opened
    }

    fn open_all(&self, secret: &Secret, restore: bool) -> Result<(), CoreError> {
        if self.lock_state() == Lock::Open {
            return Ok(());
        }
        let ways = self.find_vault()?.ways;
        if !ways.is_empty() && !ways.contains(&secret.kind()) {
            return Err(no_slot(secret.kind()));
        }
        for compartment in Compartment::ALL {
            match self.open_one(compartment, secret, Vault::unlock) {
                Err(CoreError::Vault(VaultFault::Damaged)) if restore => {
                    self.open_one(compartment, secret, Vault::restore_previous)?;
                }
                opened => opened?,
            }
        }
        Ok(())
    }

    fn open_one(
        &self,
        compartment: Compartment,
        secret: &Secret,
        open: fn(&Vault, Compartment, Opener<'_>, Option<u64>) -> Result<Generation, VaultError>,
    ) -> Result<(), CoreError> {
        if self.vault.generation(compartment).is_some() {
            return Ok(());
        }
        let key;
        let opener = match secret {
            Secret::KeyStore => {
                key = match self.key_store.key(compartment) {
                    Ok(key) => key,
                    // A key that is gone for good is recovery; one that is refused now is not.
                    Err(PortError::Missing | PortError::Invalidated) => {
                        return Err(CoreError::Vault(VaultFault::KeyMissing));
                    }
                    Err(error) => return Err(CoreError::Key(error)),
                };
                Opener::KeyStore(&key)
            }
            Secret::Passphrase(passphrase) => Opener::Passphrase(passphrase),
            Secret::UnlockCode(code) => Opener::UnlockCode(code),
        };
        let newest_known = self.known_generation(compartment);
        open(&self.vault, compartment, opener, newest_known).map_err(|error| match error {
            // The key store has a key, and it is not this file's: the one that was is gone.
            VaultError::WrongKey { kind: SlotKind::KeyStore, .. } => CoreError::Vault(VaultFault::KeyMissing),
            error => vault_error(error),
        })?;
        self.opened(compartment, secret);
        self.tell_of_older_files();
        Ok(())
    }

    fn opened(&self, compartment: Compartment, secret: &Secret) {
        if compartment == Compartment::Contacts {
            self.typed_open.store(secret.kind() != SlotKind::KeyStore, Ordering::Release);
        }
    }

    /// The key store keeps the keys before the files need them, so that no cut leaves a file that nothing opens.
    fn make(&self, first: FirstStart<'_>, secret: &Secret) -> Result<(), CoreError> {
        if !first.has_set_aside().map_err(vault_error)? {
            self.forget_earlier();
        }
        // There is none yet, or that of what was put aside, which is no older file of this vault.
        let _ = self.known_generation(Compartment::Contacts);
        let created = match secret {
            Secret::KeyStore => {
                let key = |of| self.kept_or_new_key(of).map_err(CoreError::Key);
                let (contacts, secrets) = (key(Compartment::Contacts)?, key(Compartment::Secrets)?);
                first.create(&[NewSlot::KeyStore(&contacts)], &[NewSlot::KeyStore(&secrets)])
            }
            Secret::Passphrase(passphrase) => {
                let slots = [NewSlot::Passphrase(passphrase, self.passphrase_cost)];
                first.create(&slots, &slots)
            }
            // There is no code yet for a vault that is not there.
            Secret::UnlockCode(_) => return Err(no_slot(SlotKind::UnlockCode)),
        };
        self.written(created, &Compartment::ALL)?;
        self.opened(Compartment::Contacts, secret);
        Ok(())
    }

    /// A key store may outlive the app: what an earlier installation left there is of no vault any more.
    fn forget_earlier(&self) {
        for compartment in Compartment::ALL {
            if !matches!(self.key_store.forget(compartment), Ok(()) | Err(PortError::Unsupported)) {
                self.note(Event::KeyStoreFailed);
            }
        }
    }

    /// Lets go of the secrets; where the person typed what opened the contacts, of everything. Calls no port, so it
    /// never waits.
    pub(super) fn lock(&self) {
        self.vault.lock(Compartment::Secrets);
        if self.typed_open.load(Ordering::Acquire) {
            self.vault.lock(Compartment::Contacts);
        }
        self.note(Event::Locked);
        self.publish();
    }
}
