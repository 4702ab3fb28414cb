//! Opening the vault and letting go of it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use zeroize::Zeroizing;

use super::core::Core;
use super::diagnostics::Event;
use super::{CoreError, Lock, Notice, VaultFault, vault_error};
use crate::ports::PortError;
use crate::vault::{
    Compartment, Generation, NewSlot, Opener, Passphrase, SlotKind, UnlockCode, Vault, VaultError, VaultKey,
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

impl Core {
    pub(super) fn lock_state(&self) -> Lock {
        match (self.vault.contacts().is_ok(), self.vault.secrets().is_ok()) {
            (true, true) => Lock::Open,
            _ if self.key_dropped.load(Ordering::Acquire) => Lock::KeyDropped,
            (true, false) => Lock::SecretsLocked,
            (false, _) => Lock::Locked,
        }
    }

    /// Whether there is a vault in the folder at all.
    pub(super) fn is_first_start(&self) -> bool {
        Compartment::ALL.iter().all(|of| matches!(self.vault.slots(*of), Err(VaultError::Missing(_))))
    }

    /// Opens the contacts with the key store, as a locked phone does. What does not open stays shut: `unlock` says why.
    pub(super) fn open_contacts(&self) -> Result<(), CoreError> {
        let opened = self.open_one(Compartment::Contacts, &Secret::KeyStore);
        match opened {
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
            self.key_dropped.store(false, Ordering::Release);
            self.accounts_changed.notify_one();
            self.unlocked.send_replace(());
            let core = Arc::clone(self);
            // What an earlier run left on its way; whoever unlocks does not wait for it.
            tokio::spawn(async move {
                core.sweep_activating().await;
                core.destroy_dead_keys().await;
                core.deliver_kept_answers();
                core.deliver_kept_removals().await;
            });
        }
        self.publish();
        result
    }

    fn unlock_now(&self, with: UnlockWith, restore: bool) -> Result<(), CoreError> {
        let secret = match with {
            UnlockWith::KeyStore => Secret::KeyStore,
            UnlockWith::Passphrase(typed) => Secret::Passphrase(Passphrase::new(typed)),
            UnlockWith::UnlockCode(typed) => Secret::UnlockCode(
                UnlockCode::typed(&typed).map_err(|_| CoreError::Vault(VaultFault::WrongSecret))?,
            ),
        };
        if self.is_first_start() {
            self.forget_earlier();
        }
        for compartment in Compartment::ALL {
            match self.open_one(compartment, &secret) {
                Err(CoreError::Vault(VaultFault::Damaged)) if restore => {
                    self.open_there(compartment, &secret, Vault::restore_previous)?;
                }
                opened => opened?,
            }
        }
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

    fn open_one(&self, compartment: Compartment, secret: &Secret) -> Result<(), CoreError> {
        if self.vault.generation(compartment).is_some() {
            return Ok(());
        }
        match self.vault.slots(compartment) {
            Ok(_) => self.open_there(compartment, secret, Vault::unlock),
            Err(VaultError::Missing(_)) => self.create(compartment, secret),
            Err(error) => Err(vault_error(error)),
        }
    }

    fn open_there(
        &self,
        compartment: Compartment,
        secret: &Secret,
        open: fn(&Vault, Compartment, Opener<'_>, Option<u64>) -> Result<Generation, VaultError>,
    ) -> Result<(), CoreError> {
        let newest_known = self.key_store.generation(compartment);
        self.without_key_store.store(newest_known == Err(PortError::Unsupported), Ordering::Release);
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
        let generation = open(&self.vault, compartment, opener, newest_known.unwrap_or(None)).map_err(
            |error| match error {
                // The key store has a key, and it is not this file's: the one that was is gone.
                VaultError::WrongKey { kind: SlotKind::KeyStore, .. }
                | VaultError::NoSlot { kind: SlotKind::KeyStore, .. } => {
                    CoreError::Vault(VaultFault::KeyMissing)
                }
                error => vault_error(error),
            },
        )?;
        if generation.is_older {
            self.note(Event::OlderGeneration);
            self.tell(Notice::OlderGeneration(compartment));
        }
        Ok(())
    }

    /// The key store keeps the key before the file needs it, so that no cut leaves a file that nothing opens.
    fn create(&self, compartment: Compartment, secret: &Secret) -> Result<(), CoreError> {
        let key;
        let slot = match secret {
            Secret::KeyStore => {
                key = VaultKey::make(&*self.random);
                self.key_store.keep_key(compartment, &key).map_err(CoreError::Key)?;
                NewSlot::KeyStore(&key)
            }
            Secret::Passphrase(passphrase) => NewSlot::Passphrase(passphrase, self.passphrase_cost),
            // There is no code yet for a vault that is not there.
            Secret::UnlockCode(_) => return Err(CoreError::Vault(VaultFault::WrongSecret)),
        };
        let created = self.vault.create(compartment, &[slot]).map(|_| ());
        match created {
            // Another process was first.
            Err(VaultError::Exists(_)) => self.open_there(compartment, secret, Vault::unlock),
            Err(error) => Err(vault_error(error)),
            Ok(()) => self.written(Ok(()), &[compartment]),
        }
    }

    /// Lets go of the secrets; where one passphrase opens both files, of everything. Calls no port, so it never waits.
    pub(super) fn lock(&self) {
        self.vault.lock(Compartment::Secrets);
        if self.without_key_store.load(Ordering::Acquire) {
            self.vault.lock(Compartment::Contacts);
        }
        self.note(Event::Locked);
        self.publish();
    }
}
