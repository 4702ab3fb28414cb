//! The object of the shells over a real vault in a throw-away folder, without a network.

mod codes;
mod front;
mod generations;
mod lock;
mod notice;
mod statements;

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use countersign_protocol::{Clock, List, PhoneDescription, Platform, SystemRandom, Text, UnixSeconds};

use super::*;
use crate::ports::{PortError, Untrusted};
use crate::vault::{CodeEntry, CodeHash, CodeKind, Compartment, SecretBytes, VaultKey};

const NOW: u64 = 1_800_000_007;

/// A key store in memory, and what happens before it keeps a key or a number.
#[derive(Default)]
struct Keeps {
    keys: Mutex<HashMap<Compartment, [u8; 32]>>,
    generations: Mutex<HashMap<Compartment, u64>>,
    before_keeping: Happens,
    before_number: Happens,
    /// How often it was told to keep or to forget something.
    changes: AtomicUsize,
}

type Happens = Mutex<Option<Box<dyn FnOnce() + Send>>>;

fn happen(happens: &Happens) {
    let happens = happens.lock().unwrap().take();
    if let Some(happens) = happens {
        happens();
    }
}

impl Keeps {
    fn lose(&self) {
        self.keys.lock().unwrap().clear();
    }
}

impl KeyStore for Keeps {
    fn key(&self, of: Compartment) -> Result<VaultKey, PortError> {
        let key = self.keys.lock().unwrap().get(&of).copied().ok_or(PortError::Missing)?;
        Ok(VaultKey::from_bytes(&key).unwrap())
    }
    fn keep_key(&self, of: Compartment, key: &VaultKey) -> Result<(), PortError> {
        happen(&self.before_keeping);
        self.changes.fetch_add(1, Ordering::AcqRel);
        self.keys.lock().unwrap().insert(of, *key.expose());
        Ok(())
    }
    fn generation(&self, of: Compartment) -> Result<Option<u64>, PortError> {
        Ok(self.generations.lock().unwrap().get(&of).copied())
    }
    fn keep_generation(&self, of: Compartment, generation: u64) -> Result<(), PortError> {
        happen(&self.before_number);
        self.changes.fetch_add(1, Ordering::AcqRel);
        self.generations.lock().unwrap().insert(of, generation);
        Ok(())
    }
    fn forget(&self, of: Compartment) -> Result<(), PortError> {
        self.changes.fetch_add(1, Ordering::AcqRel);
        self.keys.lock().unwrap().remove(&of);
        self.generations.lock().unwrap().remove(&of);
        Ok(())
    }
}

/// What a desktop without a keyring answers.
#[derive(Default)]
struct NoKeyStore {
    /// How many numbers it was to keep.
    offered: AtomicUsize,
}

impl KeyStore for NoKeyStore {
    fn key(&self, _: Compartment) -> Result<VaultKey, PortError> {
        Err(PortError::Unsupported)
    }
    fn keep_key(&self, _: Compartment, _: &VaultKey) -> Result<(), PortError> {
        Err(PortError::Unsupported)
    }
    fn generation(&self, _: Compartment) -> Result<Option<u64>, PortError> {
        Err(PortError::Unsupported)
    }
    fn keep_generation(&self, _: Compartment, _: u64) -> Result<(), PortError> {
        self.offered.fetch_add(1, Ordering::AcqRel);
        Err(PortError::Unsupported)
    }
    fn forget(&self, _: Compartment) -> Result<(), PortError> {
        Err(PortError::Unsupported)
    }
}

struct Nobody;

impl PlatformTrust for Nobody {
    fn check(&self, _: &[Vec<u8>], _: &str) -> Result<(), Untrusted> {
        Err(Untrusted)
    }
}

impl Listener for Nobody {
    fn newer(&self) {}
}

impl Clock for Nobody {
    fn now(&self) -> UnixSeconds {
        UnixSeconds::new(NOW).unwrap()
    }
}

fn open(folder: &Path, key_store: Arc<dyn KeyStore>) -> Arc<Authenticator> {
    open_as(Role::App, folder, key_store)
}

fn open_as(role: Role, folder: &Path, key_store: Arc<dyn KeyStore>) -> Arc<Authenticator> {
    // Another test of this process may have been first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let phone = PhoneDescription {
        name: Text::new("Fairphone 5").unwrap(),
        platform: Platform::Android,
        app: Text::new("1.0.0").unwrap(),
        wakes: List::default(),
    };
    let ports = Ports { key_store, device_keys: None, trust: Arc::new(Nobody), listener: Arc::new(Nobody) };
    let given = Given {
        clock: Arc::new(Nobody),
        random: Arc::new(SystemRandom),
        passphrase_cost: PassphraseCost::LEAST,
    };
    Authenticator::open(folder.to_owned(), role, phone, ports, given).unwrap()
}

fn wait<T>(work: impl Future<Output = T>) -> T {
    Builder::new_current_thread().build().unwrap().block_on(work)
}

/// An open vault with these codes.
fn with_codes(codes: Vec<CodeEntry>) -> (tempfile::TempDir, Arc<Authenticator>) {
    let folder = tempfile::tempdir().unwrap();
    let authenticator = open(folder.path(), Arc::new(Keeps::default()));
    wait(authenticator.unlock(UnlockWith::KeyStore)).unwrap();
    authenticator.core.vault.change_secrets(|secrets| secrets.codes = codes).unwrap();
    (folder, authenticator)
}

fn code(digits: u8) -> CodeEntry {
    CodeEntry {
        id: EntryId::make(&SystemRandom),
        entry: None,
        issuer: Some("Halden College".to_owned()),
        account: "mira.okafor".to_owned(),
        name: None,
        kind: CodeKind::Totp { hash: CodeHash::Sha1, digits, period: 30 },
        secret: SecretBytes::new(b"12345678901234567890".to_vec().into()),
        order: 0,
    }
}
