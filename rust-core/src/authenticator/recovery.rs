//! The second way into the vault, and the way on when there is none.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::core::{Core, Live};
use super::diagnostics::Event;
use super::{CoreError, Lock, vault_error};
use crate::ports::PortError;
use crate::vault::{Compartment, NewSlot, UnlockCode, VaultKey};

impl Core {
    /// Makes an unlock code for the vault; one that was made before opens nothing any more.
    pub(super) async fn make_unlock_code(self: &Arc<Self>) -> Result<UnlockCode, CoreError> {
        self.off(|core| {
            core.secrets()?;
            let code = UnlockCode::make(&*core.random);
            let made = core.vault.change_slots(&Compartment::ALL, &[NewSlot::UnlockCode(&code)], &[]);
            core.written(made, &Compartment::ALL)?;
            core.find_vault()?;
            core.publish();
            Ok(code)
        })
        .await
    }

    /// Puts a vault that does not open aside, so that the next unlock makes a new one.
    pub(super) async fn start_over(self: &Arc<Self>) -> Result<PathBuf, CoreError> {
        self.off(|core| {
            let is_shut = match core.lock_state() {
                Lock::Open => false,
                Lock::SecretsLocked => core.is_damaged.load(Ordering::Acquire),
                Lock::Locked | Lock::KeyDropped => core.find_vault()?.is_there,
            };
            if !is_shut {
                return Err(CoreError::Gone);
            }
            let aside = core.vault.set_aside().map_err(vault_error)?;
            core.note(Event::StartedOver);
            core.key_dropped.store(false, Ordering::Release);
            core.is_damaged.store(false, Ordering::Release);
            *core.live() = Live::default();
            core.find_vault()?;
            core.accounts_changed.notify_one();
            core.publish();
            Ok(aside)
        })
        .await
    }

    /// What the key store has for a file, or a new key that it has from now on.
    pub(super) fn kept_or_new_key(&self, of: Compartment) -> Result<VaultKey, PortError> {
        match self.key_store.key(of) {
            Err(PortError::Missing | PortError::Invalidated) => {
                let key = VaultKey::make(&*self.random);
                self.key_store.keep_key(of, &key)?;
                Ok(key)
            }
            kept => kept,
        }
    }

    /// The vault was opened another way since the key store had lost its key: now it gets one again. Opening does not
    /// depend on it.
    pub(super) fn mend_key_store(&self) {
        for compartment in Compartment::ALL {
            let Ok(key) = self.kept_or_new_key(compartment) else {
                self.note(Event::KeyStoreFailed);
                return;
            };
            let changed = self.vault.change_slots(&[compartment], &[NewSlot::KeyStore(&key)], &[]);
            // What could not be written is in the snapshot, and the next unlock tries again.
            let _ = self.written(changed, &[compartment]);
        }
    }
}
