//! One-time codes as a shell asks for them, of an open vault, against the bare HMACs of ring, as many of them: each
//! account has a code and the next one, so two. Aim: within 1.5 times.

#![expect(clippy::expect_used, reason = "a bench that cannot go on ends")]

use std::sync::Arc;

use countersign_core::authenticator::{Authenticator, EntryId, Given, Ports, Role, UnlockWith};
use countersign_core::ports::{KeyStore, Listener, PlatformTrust, PortError, Untrusted};
use countersign_core::vault::{
    CodeEntry, CodeHash, CodeKind, Compartment, NewSlot, PassphraseCost, SecretBytes, Vault, VaultKey,
};
use countersign_protocol::{Clock, List, PhoneDescription, Platform, SystemRandom, Text, UnixSeconds};
use divan::{Bencher, black_box};
use ring::hmac;

/// Accounts of the usual hash, for which ring uses no instructions of the processor and totp-rs does; and of SHA-256,
/// where both do.
const CASES: [(CodeHash, u64); 4] =
    [(CodeHash::Sha1, 1), (CodeHash::Sha1, 100), (CodeHash::Sha1, 1_000), (CodeHash::Sha256, 1_000)];
const SECOND: u64 = 1_800_000_007;
const KEY: [u8; 32] = [7; 32];

fn main() {
    divan::main();
}

/// What a list on the screen takes: all its rows from one call.
#[divan::bench(args = CASES)]
fn codes_of_an_open_vault(bencher: Bencher<'_, '_>, (hash, accounts): (CodeHash, u64)) {
    let folder = tempfile::tempdir().expect("a folder");
    let (authenticator, ids) = opened(&folder, hash, accounts);
    bencher.bench_local(|| {
        let rows = authenticator.codes(black_box(&ids));
        assert!(rows.len() == ids.len() && rows.iter().all(|row| row.code.is_some()));
        black_box(rows)
    });
}

/// The measure: two HMACs an account and nothing else.
#[divan::bench(args = CASES)]
fn bare_hmacs(bencher: Bencher<'_, '_>, (hash, accounts): (CodeHash, u64)) {
    let secrets: Vec<_> = (0..accounts).map(secret).collect();
    let step = SECOND / 30;
    let algorithm = match hash {
        CodeHash::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        CodeHash::Sha256 => hmac::HMAC_SHA256,
        CodeHash::Sha512 => hmac::HMAC_SHA512,
    };
    bencher.bench_local(|| {
        for secret in &secrets {
            let key = hmac::Key::new(algorithm, black_box(secret));
            black_box(hmac::sign(&key, &black_box(step).to_be_bytes()));
            black_box(hmac::sign(&key, &black_box(step + 1).to_be_bytes()));
        }
    });
}

/// 20 bytes for each account, as many as issuers give.
fn secret(account: u64) -> [u8; 20] {
    let mut secret = [0x5c; 20];
    secret.iter_mut().zip(account.to_be_bytes()).for_each(|(byte, of_account)| *byte ^= of_account);
    secret
}

/// The app with so many accounts, unlocked.
fn opened(folder: &tempfile::TempDir, hash: CodeHash, accounts: u64) -> (Arc<Authenticator>, Vec<EntryId>) {
    // Another bench of this process may have been first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let codes: Vec<_> = (0..accounts).map(|account| code(hash, account)).collect();
    let ids = codes.iter().map(|code| code.id).collect();
    let vault = Vault::new(folder.path().to_owned(), Arc::new(SystemRandom));
    let key = VaultKey::from_bytes(&KEY).expect("a key of 32 bytes");
    let slots = [NewSlot::KeyStore(&key)];
    let first = vault.first_start().expect("the folder is read").expect("a new vault");
    first.create(&slots, &slots).expect("a new vault");
    vault.change_secrets(|secrets| secrets.codes = codes).expect("accounts");

    let ports = Ports {
        key_store: Arc::new(Desktop),
        device_keys: None,
        trust: Arc::new(Desktop),
        listener: Arc::new(Desktop),
    };
    let given = Given {
        clock: Arc::new(Desktop),
        random: Arc::new(SystemRandom),
        passphrase_cost: PassphraseCost::DEFAULT,
    };
    let phone = PhoneDescription {
        name: Text::new("desk").expect("a name"),
        platform: Platform::Terminal,
        app: Text::new("1.0.0").expect("a version"),
        wakes: List::default(),
    };
    let opened = Authenticator::open(folder.path().to_owned(), Role::App, phone, ports, given);
    let authenticator = opened.expect("the vault opens");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(authenticator.unlock(UnlockWith::KeyStore)).expect("the vault opens");
    (authenticator, ids)
}

fn code(hash: CodeHash, account: u64) -> CodeEntry {
    CodeEntry {
        id: EntryId::make(&SystemRandom),
        entry: None,
        issuer: Some("Halden College".to_owned()),
        account: "mira.okafor@halden.example".to_owned(),
        name: None,
        kind: CodeKind::Totp { hash, digits: 6, period: 30 },
        secret: SecretBytes::new(secret(account).to_vec().into()),
        order: 0,
    }
}

/// A desktop with one key, one time and no network.
struct Desktop;

impl KeyStore for Desktop {
    fn key(&self, _: Compartment) -> Result<VaultKey, PortError> {
        VaultKey::from_bytes(&KEY).ok_or(PortError::Missing)
    }
    fn keep_key(&self, _: Compartment, _: &VaultKey) -> Result<(), PortError> {
        Ok(())
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

impl PlatformTrust for Desktop {
    fn check(&self, _: &[Vec<u8>], _: &str) -> Result<(), Untrusted> {
        Err(Untrusted)
    }
}

impl Listener for Desktop {
    fn newer(&self) {}
}

impl Clock for Desktop {
    fn now(&self) -> UnixSeconds {
        UnixSeconds::new(SECOND).unwrap_or(UnixSeconds::EPOCH)
    }
}
