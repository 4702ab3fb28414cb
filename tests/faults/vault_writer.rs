//! What the tests of the vault share: the process that writes, and what it said.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use countersign_core::vault::{Compartment, Opener, Vault, VaultKey};
use countersign_protocol::SystemRandom;
use countersign_tests::VAULT_KEY;

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_vault_writer");

pub(crate) fn writer(folder: &Path, count: &str) -> Command {
    let mut command = Command::new(PROGRAM);
    command.arg(folder).arg(count);
    command
}

pub(crate) fn open(folder: &Path) -> Vault {
    let vault = Vault::new(folder.to_owned(), Arc::new(SystemRandom));
    let key = VaultKey::from_bytes(&VAULT_KEY).unwrap();
    for compartment in Compartment::ALL {
        vault.unlock(compartment, Opener::KeyStore(&key), None).unwrap();
    }
    vault
}

/// What must be in the vault after everything that writers said, and what may be.
#[derive(Default)]
pub(crate) struct Said {
    confirmed: BTreeSet<String>,
    /// Began and was not confirmed.
    open: BTreeSet<String>,
}

impl Said {
    pub(crate) fn note(&mut self, line: &str) {
        let Some((what, entry)) = line.split_once(' ') else { return };
        let entry = entry.to_owned();
        match what {
            "adding" => {
                self.open.insert(entry);
            }
            "added" => {
                self.open.remove(&entry);
                self.confirmed.insert(entry);
            }
            "removing" => {
                self.confirmed.remove(&entry);
                self.open.insert(entry);
            }
            "removed" => {
                self.open.remove(&entry);
            }
            _ => {}
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.confirmed.len()
    }

    /// Each account is in both files or in neither, and nothing that was confirmed is undone.
    pub(crate) fn assert_holds(&self, vault: &Vault) {
        let (contacts, secrets) = (vault.contacts().unwrap(), vault.secrets().unwrap());
        let accounts: BTreeSet<_> =
            contacts.accounts.iter().map(|account| account.entry.to_string()).collect();
        let codes: BTreeSet<_> =
            secrets.codes.iter().filter_map(|code| code.entry).map(|entry| entry.to_string()).collect();
        let keys: BTreeSet<_> = secrets.approval_keys.iter().map(|key| key.entry.to_string()).collect();
        assert_eq!(accounts, codes);
        assert_eq!(accounts, keys);
        assert!(accounts.is_superset(&self.confirmed), "an account that was confirmed is lost");
        let surplus: BTreeSet<_> = accounts.difference(&self.confirmed).cloned().collect();
        assert!(surplus.is_subset(&self.open), "an account that was removed is back");
    }
}
