//! Opening a vault and adding one account to it, at 10, 1,000 and 10,000 accounts.
//!
//! `add_one` waits for the disk three times; `disk_alone` writes as many bytes with the same flushes and nothing else.
//! `add_one_in_memory` is the vault's own time: its folder lies where a flush waits for nothing, if the system has such
//! a place.

#![expect(clippy::expect_used, reason = "a bench that cannot go on ends")]

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use countersign_core::vault::{
    CodeEntry, CodeHash, CodeKind, Compartment, EntryId, NewSlot, Opener, SecretBytes, Secrets, Vault,
    VaultKey,
};
use countersign_protocol::SystemRandom;
use divan::{Bencher, black_box};

const ACCOUNTS: [u32; 3] = [10, 1_000, 10_000];

fn main() {
    divan::main();
}

#[divan::bench(args = ACCOUNTS)]
fn open(bencher: Bencher<'_, '_>, accounts: u32) {
    let folder = tempfile::tempdir().expect("a folder");
    let (key, _vault) = vault_of(accounts, folder.path());
    bencher.bench_local(|| {
        let vault = Vault::new(folder.path().to_owned(), Arc::new(SystemRandom));
        vault.unlock(Compartment::Secrets, Opener::KeyStore(&key), None).expect("the vault opens");
        black_box(vault)
    });
}

#[divan::bench(args = ACCOUNTS)]
fn add_one(bencher: Bencher<'_, '_>, accounts: u32) {
    let folder = tempfile::tempdir().expect("a folder");
    add_one_in(bencher, accounts, folder.path());
}

#[divan::bench(args = ACCOUNTS)]
fn add_one_in_memory(bencher: Bencher<'_, '_>, accounts: u32) {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    add_one_in(bencher, accounts, folder.expect("a folder").path());
}

fn add_one_in(bencher: Bencher<'_, '_>, accounts: u32, folder: &Path) {
    let (_key, vault) = vault_of(accounts, folder);
    bencher.bench_local(|| {
        let change = |secrets: &mut Secrets| {
            // What the call before added goes, so that the number stays.
            secrets.codes.truncate(accounts as usize);
            secrets.codes.push(code(accounts));
        };
        vault.change_secrets(change).expect("the vault is written");
    });
}

#[divan::bench(args = ACCOUNTS)]
fn disk_alone(bencher: Bencher<'_, '_>, accounts: u32) {
    let folder = tempfile::tempdir().expect("a folder");
    vault_of(accounts, folder.path());
    let path = |name: &str| folder.path().join(name);
    let bytes = std::fs::read(path("secrets.vault")).expect("the file is there");
    bencher.bench_local(|| {
        for (new, old) in [("b.new", "b"), ("a.new", "a")] {
            write(&path(new), &bytes);
            std::fs::rename(path(new), path(old)).expect("the file is renamed");
        }
        File::open(folder.path()).and_then(|folder| folder.sync_all()).expect("the folder is flushed");
    });
}

fn write(path: &Path, bytes: &[u8]) {
    let mut file = File::create(path).expect("a new file");
    file.write_all(bytes).and_then(|()| file.sync_all()).expect("the file is written");
}

fn vault_of(accounts: u32, folder: &Path) -> (VaultKey, Vault) {
    let key = VaultKey::make(&SystemRandom);
    let vault = Vault::new(folder.to_owned(), Arc::new(SystemRandom));
    let slots = [NewSlot::KeyStore(&key)];
    let first = vault.first_start().expect("the folder is read").expect("a new vault");
    first.create(&slots, &slots).expect("a new vault");
    vault.change_secrets(|secrets| secrets.codes = (0..accounts).map(code).collect()).expect("accounts");
    (key, vault)
}

fn code(order: u32) -> CodeEntry {
    CodeEntry {
        id: EntryId::make(&SystemRandom),
        entry: None,
        issuer: Some("Halden College".to_owned()),
        account: "mira.okafor@halden.example".to_owned(),
        name: None,
        kind: CodeKind::Totp { hash: CodeHash::Sha1, digits: 6, period: 30 },
        secret: SecretBytes::new(b"12345678901234567890".to_vec().into()),
        order,
    }
}
