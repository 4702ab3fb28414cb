//! The storage refuses a step, and goes on working after it.

use std::cell::Cell;
use std::io::ErrorKind;

use super::disk::{Fault, TestDisk};
use super::*;
use crate::vault::disk::Disk as _;

fn vault_on(disk: &TestDisk) -> Vault {
    Vault::on("vault".into(), Arc::new(SystemRandom), Box::new(disk.clone()))
}

/// Lets each step of a change fail in turn and hands over what came of it.
fn with_every_failure(
    kind: ErrorKind,
    change: impl Fn(&Vault, EntryId) -> Result<(), VaultError>,
    look: impl Fn(Result<(), VaultError>, &TestDisk, &Vault, &Keys, EntryId),
) {
    for step in 0.. {
        let (disk, keys, account) = (TestDisk::default(), Keys::make(), entry());
        let vault = vault_on(&disk);
        keys.create(&vault).unwrap();
        add(&vault, account).unwrap();
        disk.fault_at(step, Fault::Fails(kind));
        let result = change(&vault, account);
        if !disk.was_reached() {
            assert!(step > 5 && result.is_ok());
            return;
        }
        look(result, &disk, &vault, &keys, account);
    }
}

fn assert_memory_is_the_disk(disk: &TestDisk, vault: &Vault, keys: &Keys) {
    // Opened apart, so that nothing is swept.
    let [contacts, secrets] = Compartment::ALL.map(|compartment| {
        let fresh = vault_on(disk);
        fresh.unlock(compartment, keys.opener(compartment), None).unwrap();
        assert_eq!(fresh.generation(compartment), vault.generation(compartment));
        fresh
    });
    assert!(contacts.contacts().unwrap() == vault.contacts().unwrap());
    assert!(secrets.secrets().unwrap() == vault.secrets().unwrap());
}

#[test]
fn what_fails_in_a_change_of_one_file_leaves_memory_and_disk_as_they_were() {
    for kind in [ErrorKind::StorageFull, ErrorKind::ReadOnlyFilesystem, ErrorKind::Other] {
        let unconfirmed = Cell::new(0);
        let note = |vault: &Vault, account| {
            vault.change_contacts(|contacts| contacts.account_mut(account).unwrap().state = WorkState::Ready)
        };
        with_every_failure(kind, note, |result, disk, vault, keys, account| {
            assert_memory_is_the_disk(disk, vault, keys);
            assert!(result.is_err());
            if vault.contacts().unwrap().account(account).unwrap().state == WorkState::Ready {
                unconfirmed.set(unconfirmed.get() + 1);
            }
            note(vault, account).unwrap();
            assert_memory_is_the_disk(disk, vault, keys);
        });
        assert_eq!(unconfirmed.get(), 1, "only the last flush can fail after the change took effect");
    }
}

#[test]
fn a_full_disk_in_a_change_of_both_leaves_no_file_behind_memory_and_the_next_try_works() {
    let (new, begun) = (entry(), Cell::new(0));
    with_every_failure(
        ErrorKind::StorageFull,
        |vault, _| add(vault, new),
        |result, disk, vault, keys, old| {
            assert!(matches!(result, Err(VaultError::StorageFull(_) | VaultError::Unreadable(_))));
            assert_eq!(has(vault, old), (true, true));
            assert_memory_is_the_disk(disk, vault, keys);
            if has(vault, new) != (false, false) {
                begun.set(begun.get() + 1);
            }
            // Trying again works, whatever the first try left.
            remove(vault, new).unwrap();
            add(vault, new).unwrap();
            assert_eq!(has(vault, new), (true, true));
            assert_memory_is_the_disk(disk, vault, keys);
        },
    );
    // The first flush, the second rename, the second flush: no step that takes space.
    assert_eq!(begun.get(), 3);
}

#[test]
fn a_read_only_disk_is_told_from_a_full_one() {
    with_every_failure(ErrorKind::ReadOnlyFilesystem, remove, |result, _, _, _, _| {
        assert!(matches!(result, Err(VaultError::ReadOnly(_) | VaultError::Unreadable(_))))
    });
}

#[test]
fn a_disk_that_cannot_be_written_still_opens() {
    let (disk, keys, account) = (TestDisk::default(), Keys::make(), entry());
    let vault = vault_on(&disk);
    keys.create(&vault).unwrap();
    add(&vault, account).unwrap();
    // Something to sweep, so that unlocking would like to write.
    vault.change_secrets(|secrets| secrets.codes.push(code(entry(), Some(entry())))).unwrap();
    let vault = vault_on(&disk);
    let reads_until_open = 4;
    disk.fault_at(reads_until_open, Fault::Cut);
    keys.unlock(&vault).unwrap();
    assert_eq!(has(&vault, account), (true, true));
    assert!(disk.was_reached());
}

#[test]
fn half_a_file_does_not_keep_the_space_of_a_full_disk() {
    for step in 0..8 {
        let (disk, keys) = (TestDisk::default(), Keys::make());
        let vault = vault_on(&disk);
        keys.create(&vault).unwrap();
        disk.fault_at(step, Fault::Fails(ErrorKind::StorageFull));
        add(&vault, entry()).unwrap_err();
        for (name, file) in disk.names() {
            let is_contacts = name.file_name().unwrap().to_string_lossy().starts_with("contacts");
            let compartment = if is_contacts { Compartment::Contacts } else { Compartment::Secrets };
            let alone = TestDisk::default();
            alone.write(&name.with_file_name(format!("{compartment}.vault")), [&file, &[]]).unwrap();
            vault_on(&alone).unlock(compartment, keys.opener(compartment), None).unwrap();
        }
    }
}
