//! The process is killed, or the power cut, at each step of each kind of write.

use super::disk::{Fault, TestDisk};
use super::*;
use crate::vault::disk::Disk as _;

fn vault_on(disk: &TestDisk) -> Vault {
    Vault::on("vault".into(), Arc::new(SystemRandom), Box::new(disk.clone()))
}

fn opened(disk: &TestDisk, keys: &Keys) -> Vault {
    let vault = vault_on(disk);
    keys.unlock(&vault).unwrap();
    vault
}

/// A disk with a vault that has one account, its writes lasting.
fn disk_with_an_account() -> (TestDisk, Keys, EntryId) {
    let (disk, keys, account) = (TestDisk::default(), Keys::make(), entry());
    let vault = vault_on(&disk);
    keys.create(&vault).unwrap();
    add(&vault, account).unwrap();
    (disk.copy(), keys, account)
}

/// Does something with a cut at each of its steps in turn, and looks at every disk that the cut may leave, and at the
/// one that a kill without a cut leaves.
fn with_every_cut(
    start: &TestDisk,
    keys: &Keys,
    change: impl Fn(&Vault) -> Result<(), VaultError>,
    look: impl Fn(&TestDisk, bool),
) {
    for step in 0.. {
        let disk = start.copy();
        let vault = opened(&disk, keys);
        disk.fault_at(step, Fault::Cut);
        let is_confirmed = change(&vault).is_ok();
        for left in disk.after_a_cut() {
            look(&left, is_confirmed);
        }
        look(&disk.copy(), is_confirmed);
        if is_confirmed {
            assert!(step > 5, "a write has more steps than {step}");
            return;
        }
    }
}

#[test]
fn a_cut_in_a_change_leaves_the_old_or_the_new_state_and_never_loses_a_confirmed_one() {
    let (start, keys, account) = disk_with_an_account();
    let rename = |vault: &Vault| {
        vault.change_contacts(|contacts| {
            contacts.account_mut(account).unwrap().name = Some("Work".to_owned());
        })
    };
    with_every_cut(&start, &keys, rename, |left, is_confirmed| {
        let vault = opened(left, &keys);
        assert_eq!(has(&vault, account), (true, true));
        let name = vault.contacts().unwrap().account(account).unwrap().name.clone();
        assert!(name.as_deref() == Some("Work") || (name.is_none() && !is_confirmed));
    });
}

#[test]
fn a_cut_while_adding_leaves_the_account_whole_or_not_at_all() {
    let (start, keys, old) = disk_with_an_account();
    let new = entry();
    with_every_cut(
        &start,
        &keys,
        |vault| add(vault, new),
        |left, is_confirmed| {
            let vault = opened(left, &keys);
            assert_eq!(has(&vault, old), (true, true));
            let (is_in_contacts, is_in_secrets) = has(&vault, new);
            assert_eq!(is_in_contacts, is_in_secrets, "what was left over is swept by unlocking");
            assert!(is_in_contacts || !is_confirmed);
            // What the cut left lying is in nobody's way.
            add(&vault, entry()).unwrap();
        },
    );
}

#[test]
fn a_cut_while_removing_leaves_the_account_whole_or_not_at_all() {
    let (start, keys, old) = disk_with_an_account();
    with_every_cut(
        &start,
        &keys,
        |vault| remove(vault, old),
        |left, is_confirmed| {
            let vault = opened(left, &keys);
            let (is_in_contacts, is_in_secrets) = has(&vault, old);
            assert_eq!(is_in_contacts, is_in_secrets, "what was left over is swept by unlocking");
            assert!(!is_in_contacts || !is_confirmed);
        },
    );
}

#[test]
fn a_cut_while_sweeping_loses_nothing_else() {
    let (start, keys, old) = disk_with_an_account();
    let orphan = entry();
    let vault = opened(&start, &keys);
    vault.change_secrets(|secrets| secrets.codes.push(code(entry(), Some(orphan)))).unwrap();
    drop(vault);
    for step in 0..30 {
        let disk = start.copy();
        let vault = vault_on(&disk);
        disk.fault_at(step, Fault::Cut);
        let is_unlocked = keys.unlock(&vault).is_ok();
        for left in disk.after_a_cut() {
            let vault = opened(&left, &keys);
            assert_eq!(has(&vault, old), (true, true));
            assert!(vault.secrets().unwrap().codes.iter().all(|code| code.entry == Some(old)));
        }
        assert!(is_unlocked || step < 10, "a sweep that fails does not keep the vault shut");
    }
}

#[test]
fn a_cut_while_slots_change_leaves_a_file_that_opens_by_the_old_or_the_new_ones() {
    let (start, keys, account) = disk_with_an_account();
    let new_key = VaultKey::make(&SystemRandom);
    let replace =
        |vault: &Vault| vault.change_slots(&[Compartment::Secrets], &[NewSlot::KeyStore(&new_key)], &[]);
    with_every_cut(&start, &keys, replace, |left, is_confirmed| {
        let vault = vault_on(left);
        vault.unlock(Compartment::Contacts, keys.opener(Compartment::Contacts), None).unwrap();
        let by_old = vault.unlock(Compartment::Secrets, keys.opener(Compartment::Secrets), None);
        let by_new = vault.unlock(Compartment::Secrets, Opener::KeyStore(&new_key), None);
        assert!(by_old.is_ok() != by_new.is_ok());
        assert!(by_new.is_ok() || !is_confirmed);
        if by_new.is_ok() {
            assert_eq!(has(&vault, account), (true, true));
        }
    });
}

#[test]
fn a_cut_while_a_previous_generation_is_restored_leaves_it_to_be_restored_again() {
    let (start, keys, _) = disk_with_an_account();
    let damaged = start.copy();
    let (path, bytes) =
        damaged.names().into_iter().find(|(path, _)| path.ends_with("secrets.vault")).unwrap();
    damaged.write(&path, [&bytes[..bytes.len() - 1], &[]]).unwrap();
    for step in 0..20 {
        let disk = damaged.copy();
        let vault = vault_on(&disk);
        disk.fault_at(step, Fault::Cut);
        let is_restored =
            vault.restore_previous(Compartment::Secrets, keys.opener(Compartment::Secrets), None).is_ok();
        for left in disk.after_a_cut() {
            let vault = vault_on(&left);
            let opener = keys.opener(Compartment::Secrets);
            match vault.unlock(Compartment::Secrets, opener, None) {
                Ok(_) => {}
                Err(VaultError::Damaged { .. }) if !is_restored => {
                    vault.restore_previous(Compartment::Secrets, opener, None).unwrap();
                }
                Err(other) => panic!("{other}"),
            }
        }
    }
}
