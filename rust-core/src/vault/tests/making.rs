//! A vault is made once and whole, and put aside without a loss.

use super::disk::{Fault, TestDisk};
use super::*;

fn vault_on(disk: &TestDisk) -> Vault {
    Vault::on("vault".into(), Arc::new(SystemRandom), Box::new(disk.clone()))
}

#[test]
fn a_vault_is_made_once() {
    let (folder, vault, keys) = new_vault();
    assert!(vault.first_start().unwrap().is_none());
    assert!(vault_in(folder.path()).first_start().unwrap().is_none());
    add(&vault, entry()).unwrap();
    assert_eq!(another(folder.path(), &keys).contacts().unwrap().accounts.len(), 1);
}

#[test]
fn nobody_makes_a_vault_while_another_has_the_right_to() {
    let above = tempfile::tempdir().unwrap();
    let folder = above.path().join("vault");
    let (one, other, keys) = (vault_in(&folder), vault_in(&folder), Keys::make());
    let first = one.first_start().unwrap().unwrap();
    let lock = std::fs::File::open(folder.join("writer.lock")).unwrap();
    assert!(matches!(lock.try_lock(), Err(std::fs::TryLockError::WouldBlock)), "who comes second waits");
    first.create(&[NewSlot::KeyStore(&keys.contacts)], &[NewSlot::KeyStore(&keys.secrets)]).unwrap();
    lock.try_lock().unwrap();
    lock.unlock().unwrap();
    assert!(other.first_start().unwrap().is_none(), "and finds the vault of who came first");
    keys.unlock(&other).unwrap();
}

#[test]
fn one_file_without_the_other_is_damage_and_no_first_start() {
    for (gone, left) in
        [(Compartment::Contacts, Compartment::Secrets), (Compartment::Secrets, Compartment::Contacts)]
    {
        let (folder, vault, keys) = new_vault();
        add(&vault, entry()).unwrap();
        for ending in ["vault", "previous"] {
            std::fs::remove_file(folder.path().join(format!("{gone}.{ending}"))).unwrap();
        }
        let kept = std::fs::read(folder.path().join(format!("{left}.vault"))).unwrap();
        let vault = vault_in(folder.path());
        assert!(vault.first_start().unwrap().is_none());
        for refused in [
            vault.unlock(gone, keys.opener(gone), None),
            vault.restore_previous(gone, keys.opener(gone), None),
        ] {
            assert!(matches!(refused, Err(VaultError::Damaged { fault: Damage::Gone, .. })), "{refused:?}");
        }
        vault.unlock(left, keys.opener(left), None).unwrap();
        assert_eq!(
            std::fs::read(folder.path().join(format!("{left}.vault"))).unwrap(),
            kept,
            "nothing is swept"
        );
    }
}

#[test]
fn a_cut_while_the_vault_is_made_leaves_none_or_an_empty_one() {
    for step in 0.. {
        let (disk, keys) = (TestDisk::default(), Keys::make());
        let vault = vault_on(&disk);
        disk.fault_at(step, Fault::Cut);
        let is_confirmed = vault.first_start().is_ok_and(|first| {
            let slots = [[NewSlot::KeyStore(&keys.contacts)], [NewSlot::KeyStore(&keys.secrets)]];
            first.unwrap().create(&slots[0], &slots[1]).is_ok()
        });
        for left in disk.after_a_cut() {
            let vault = vault_on(&left);
            match vault.first_start().unwrap() {
                None => keys.unlock(&vault).unwrap(),
                Some(_) if is_confirmed => panic!("what was made is gone"),
                Some(first) => first
                    .create(&[NewSlot::KeyStore(&keys.contacts)], &[NewSlot::KeyStore(&keys.secrets)])
                    .unwrap(),
            }
            add(&vault, entry()).unwrap();
        }
        if is_confirmed {
            assert!(step > 10, "to make a vault has more steps than {step}");
            return;
        }
    }
}

#[test]
fn a_vault_that_was_put_aside_opens_there_and_leaves_room_for_a_new_one() {
    let (folder, vault, keys) = new_vault();
    let (account, new_keys) = (entry(), Keys::make());
    add(&vault, account).unwrap();
    assert!(std::fs::exists(folder.path().join("contacts.previous")).unwrap());
    let aside = vault.set_aside().unwrap();
    assert_eq!(aside, folder.path().join("aside-1"));
    assert!(vault.contacts().is_err() && vault.secrets().is_err());
    assert!(matches!(vault.ways(), Err(VaultError::Missing(_))));
    let first = vault.first_start().unwrap().unwrap();
    assert!(first.has_set_aside().unwrap());
    drop(first);
    new_keys.create(&vault).unwrap();
    assert!(vault.contacts().unwrap().accounts.is_empty());
    assert_eq!(has(&another(&aside, &keys), account), (true, true));
    assert!(std::fs::exists(aside.join("contacts.previous")).unwrap());
    assert_eq!(vault.set_aside().unwrap(), folder.path().join("aside-2"), "the next has a folder of its own");
    assert_eq!(has(&another(&aside, &keys), account), (true, true));
}

#[test]
fn a_cut_while_a_vault_is_put_aside_loses_no_file() {
    let (start, keys) = (TestDisk::default(), Keys::make());
    let vault = vault_on(&start);
    keys.create(&vault).unwrap();
    add(&vault, entry()).unwrap();
    let files = |disk: &TestDisk| {
        let names = disk.names();
        let mut files: Vec<_> = names.into_iter().filter(|(_, bytes)| !bytes.is_empty()).collect();
        files.sort_by(|(_, one), (_, other)| one.cmp(other));
        files.into_iter().map(|(_, bytes)| bytes).collect::<Vec<_>>()
    };
    let before = files(&start);
    assert_eq!(before.len(), 4);
    for step in 0.. {
        let disk = start.copy();
        let vault = vault_on(&disk);
        disk.fault_at(step, Fault::Cut);
        let is_confirmed = vault.set_aside().is_ok();
        for left in disk.after_a_cut() {
            assert_eq!(files(&left), before);
            let vault = vault_on(&left);
            if vault.first_start().unwrap().is_none() {
                assert!(!is_confirmed);
                vault.set_aside().unwrap();
            }
            assert!(vault.first_start().unwrap().is_some());
        }
        if is_confirmed {
            return;
        }
    }
}

#[test]
fn a_vault_that_another_process_put_aside_is_shut_not_brought_back() {
    let (folder, vault, keys) = new_vault();
    let other = another(folder.path(), &keys);
    other.set_aside().unwrap();
    let refused = vault.change_secrets(|secrets| secrets.codes.push(code(entry(), None)));
    assert!(matches!(refused, Err(VaultError::Locked(Compartment::Secrets))), "{refused:?}");
    let new_keys = Keys::make();
    new_keys.create(&other).unwrap();
    let file = std::fs::read(folder.path().join("contacts.vault")).unwrap();
    let refused = vault.change_contacts(|contacts| contacts.accounts.push(work_account(entry())));
    assert!(matches!(refused, Err(VaultError::Locked(Compartment::Contacts))));
    assert!(vault.contacts().is_err(), "what it held belongs to no file any more");
    let opener = keys.opener(Compartment::Secrets);
    let refused = vault.unlock(Compartment::Secrets, opener, None);
    assert!(matches!(refused, Err(VaultError::WrongKey { .. })));
    assert_eq!(std::fs::read(folder.path().join("contacts.vault")).unwrap(), file);
}

#[test]
fn the_ways_into_a_vault_are_those_that_both_files_have() {
    let (folder, vault, keys) = new_vault();
    assert_eq!(vault.ways().unwrap(), [SlotKind::KeyStore]);
    let code = UnlockCode::make(&SystemRandom);
    vault.change_slots(&[Compartment::Secrets], &[NewSlot::UnlockCode(&code)], &[]).unwrap();
    assert_eq!(vault.ways().unwrap(), [SlotKind::KeyStore]);
    vault.change_slots(&Compartment::ALL, &[NewSlot::UnlockCode(&code)], &[]).unwrap();
    let both = [SlotKind::KeyStore, SlotKind::UnlockCode];
    assert_eq!(vault.ways().unwrap(), both);
    // Of a file that is damaged beyond its slots, the generation before it says what opens it.
    std::fs::write(folder.path().join("secrets.vault"), b"nothing").unwrap();
    assert_eq!(vault_in(folder.path()).ways().unwrap(), both);
    for name in ["secrets.previous", "contacts.vault", "contacts.previous"] {
        std::fs::write(folder.path().join(name), b"nothing").unwrap();
    }
    assert_eq!(vault_in(folder.path()).ways().unwrap(), []);
    drop(keys);
}
