//! The phone of the walk and the journeys: the real core over a real vault in a folder, with ports that forget.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use countersign_core::authenticator::{
    AccountState, Authenticator, Given, Ports, RequestCard, Role, Snapshot, UnlockWith,
};
use countersign_core::ports::{DeviceKeys, KeyStore, Listener, PlatformTrust, PortError, Untrusted};
use countersign_core::vault::{Compartment, PassphraseCost, VaultKey};
use countersign_protocol::{Clock, List, PhoneDescription, Platform, Random, SystemRandom, Text};

use crate::browser::Fault;

/// The longest that anything here takes to be seen.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a phone is made of, apart from its vault. Kept by whoever wants to start the same phone again.
#[derive(Clone)]
pub struct Made {
    /// Keeps the vault's keys.
    pub key_store: Arc<dyn KeyStore>,
    /// What opens the vault where no key store does.
    pub passphrase: Option<&'static str>,
    /// Keeps the accounts' keys; None keeps them in the vault.
    pub device_keys: Option<Arc<dyn DeviceKeys>>,
    /// Judges certificates that nothing pins.
    pub trust: Arc<dyn PlatformTrust>,
    /// The phone's own clock.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// The app's version.
    pub app: String,
}

impl Made {
    /// A phone with a key store of its own that takes pinned servers only.
    pub fn with_clock(clock: Arc<dyn Clock>) -> Self {
        Self {
            key_store: Arc::new(ThrowAwayKeyStore::default()),
            passphrase: None,
            device_keys: None,
            trust: Arc::new(TrustsNobody),
            clock,
            random: Arc::new(SystemRandom),
            app: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

/// A phone in this process.
pub struct Phone {
    /// The core.
    pub authenticator: Arc<Authenticator>,
    newer: Arc<Newer>,
}

impl Phone {
    /// Opens the vault in a folder, and makes it on a first start.
    ///
    /// # Errors
    /// A [`Fault`] when the vault does not open.
    pub async fn open(folder: &Path, name: &str, made: Made) -> Result<Self, Fault> {
        let with = match made.passphrase {
            Some(passphrase) => UnlockWith::Passphrase(passphrase.to_owned().into()),
            None => UnlockWith::KeyStore,
        };
        let phone = Self::start(folder, name, made, Role::App)?;
        phone.authenticator.unlock(with).await.map_err(|error| error.to_string())?;
        Ok(phone)
    }

    /// The notice extension of a phone, which opens what a locked phone may see.
    ///
    /// # Errors
    /// A [`Fault`] when the vault is of a newer version.
    pub fn notice(folder: &Path, name: &str, made: Made) -> Result<Self, Fault> {
        Self::start(folder, name, made, Role::Notice)
    }

    fn start(folder: &Path, name: &str, made: Made, role: Role) -> Result<Self, Fault> {
        let Made { key_store, passphrase: _, device_keys, trust, clock, random, app } = made;
        let newer = Arc::new(Newer::default());
        let ports = Ports { key_store, device_keys, trust, listener: Arc::<Newer>::clone(&newer) };
        let given = Given { clock, random, passphrase_cost: PassphraseCost::LEAST };
        let described = describe(name, &app)?;
        let authenticator = Authenticator::open(folder.to_owned(), role, described, ports, given)
            .map_err(|error| error.to_string())?;
        Ok(Self { authenticator, newer })
    }

    /// Waits until the snapshot is as it should be, and gives what was looked for.
    ///
    /// # Errors
    /// A [`Fault`] with what was waited for when it did not come.
    pub async fn wait_for<T: Send + 'static>(
        &self,
        what: &str,
        look: impl Fn(&Snapshot) -> Option<T> + Send + 'static,
    ) -> Result<T, Fault> {
        let (authenticator, newer) = (Arc::clone(&self.authenticator), Arc::clone(&self.newer));
        let found = tokio::task::spawn_blocking(move || newer.until(|| look(&authenticator.snapshot())));
        let found = found.await.map_err(|error| error.to_string())?;
        found.ok_or_else(|| format!("the phone has no {what}; it shows {:?}", self.authenticator.snapshot()))
    }

    /// The card of the request that waits.
    ///
    /// # Errors
    /// A [`Fault`] when none comes.
    pub async fn request(&self) -> Result<RequestCard, Fault> {
        self.wait_for("waiting request", |snapshot| {
            let waiting = snapshot.requests.first()?;
            (waiting.state == countersign_core::authenticator::CardState::Waiting).then(|| waiting.clone())
        })
        .await
    }

    /// Waits for its only account to have this state.
    ///
    /// # Errors
    /// A [`Fault`] when it does not.
    pub async fn state(&self, state: AccountState) -> Result<(), Fault> {
        self.wait_for(&format!("account that is {state:?}"), move |snapshot| {
            snapshot.accounts.iter().any(|account| account.state == state).then_some(())
        })
        .await
    }
}

fn describe(name: &str, app: &str) -> Result<PhoneDescription, Fault> {
    let text = |text: &str| Text::new(text).map_err(|error| error.to_string());
    Ok(PhoneDescription {
        name: text(name)?,
        platform: Platform::Terminal,
        app: text(app)?,
        wakes: List::default(),
    })
}

/// A key store in memory: what it keeps lives as long as the throw-away folder beside it.
#[derive(Default)]
pub struct ThrowAwayKeyStore(Mutex<HashMap<Compartment, Kept>>);

#[derive(Default)]
struct Kept {
    key: Option<[u8; 32]>,
    generation: Option<u64>,
}

impl KeyStore for ThrowAwayKeyStore {
    fn key(&self, of: Compartment) -> Result<VaultKey, PortError> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = kept.get(&of).and_then(|kept| kept.key).ok_or(PortError::Missing)?;
        VaultKey::from_bytes(&key).ok_or(PortError::Invalidated)
    }

    fn keep_key(&self, of: Compartment, key: &VaultKey) -> Result<(), PortError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(of).or_default().key =
            Some(*key.expose());
        Ok(())
    }

    fn generation(&self, of: Compartment) -> Result<Option<u64>, PortError> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(kept.get(&of).and_then(|kept| kept.generation))
    }

    fn keep_generation(&self, of: Compartment, generation: u64) -> Result<(), PortError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(of).or_default().generation =
            Some(generation);
        Ok(())
    }

    fn forget(&self, of: Compartment) -> Result<(), PortError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&of);
        Ok(())
    }
}

/// The demo's server has its TLS key in the QR code, so that no certificate is ever left to the system.
struct TrustsNobody;

impl PlatformTrust for TrustsNobody {
    fn check(&self, _chain: &[Vec<u8>], _host: &str) -> Result<(), Untrusted> {
        Err(Untrusted)
    }
}

/// Wakes whoever waits for a newer snapshot.
#[derive(Default)]
struct Newer {
    told: Mutex<u64>,
    wake: Condvar,
}

impl Newer {
    /// Looks again after each newer snapshot, until something is found or patience is at its end.
    fn until<T>(&self, look: impl Fn() -> Option<T>) -> Option<T> {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let seen = *told;
            drop(told);
            if let Some(found) = look() {
                return Some(found);
            }
            told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
            if *told == seen {
                let (again, time) =
                    self.wake.wait_timeout(told, PATIENCE).unwrap_or_else(PoisonError::into_inner);
                told = again;
                if time.timed_out() {
                    drop(told);
                    return look();
                }
            }
        }
    }
}

impl Listener for Newer {
    fn newer(&self) {
        *self.told.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.wake.notify_all();
    }
}
