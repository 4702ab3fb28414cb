//! The object of the shells over a real vault in a throw-away folder, without a network.

mod codes;

use std::path::Path;
use std::sync::Arc;

use countersign_protocol::{Clock, List, PhoneDescription, Platform, SystemRandom, Text, UnixSeconds};

use super::*;
use crate::ports::{PortError, Untrusted};
use crate::vault::{CodeEntry, CodeHash, CodeKind, Compartment, NewSlot, SecretBytes, VaultKey};

const NOW: u64 = 1_800_000_007;

/// What keeps the keys of a vault that was made with them.
struct Keeps([u8; 32]);

impl KeyStore for Keeps {
    fn key(&self, _: Compartment) -> Result<VaultKey, PortError> {
        VaultKey::from_bytes(&self.0).ok_or(PortError::Missing)
    }
    fn keep_key(&self, _: Compartment, _: &VaultKey) -> Result<(), PortError> {
        Err(PortError::Failed(0))
    }
    fn generation(&self, _: Compartment) -> Result<Option<u64>, PortError> {
        Ok(None)
    }
    fn keep_generation(&self, _: Compartment, _: u64) -> Result<(), PortError> {
        Ok(())
    }
    fn forget(&self, _: Compartment) -> Result<(), PortError> {
        Ok(())
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
    Authenticator::open(folder.to_owned(), Role::App, phone, ports, given).unwrap()
}

fn wait<T>(work: impl Future<Output = T>) -> T {
    Builder::new_current_thread().build().unwrap().block_on(work)
}

/// An open vault with these codes.
fn with_codes(codes: Vec<CodeEntry>) -> (tempfile::TempDir, Arc<Authenticator>) {
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::new(folder.path().to_owned(), Arc::new(SystemRandom));
    for of in Compartment::ALL {
        vault.create(of, &[NewSlot::KeyStore(&Keeps([7; 32]).key(of).unwrap())]).unwrap();
    }
    vault.change_secrets(|secrets| secrets.codes = codes).unwrap();
    let authenticator = open(folder.path(), Arc::new(Keeps([7; 32])));
    wait(authenticator.unlock(UnlockWith::KeyStore)).unwrap();
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
