//! Somebody, or a restored backup, puts an older file in the place of a newer one.

use super::*;

fn keep(folder: &Path, compartment: Compartment) -> Vec<u8> {
    std::fs::read(folder.join(format!("{compartment}.vault"))).unwrap()
}

fn put(folder: &Path, compartment: Compartment, file: &[u8]) {
    std::fs::write(folder.join(format!("{compartment}.vault")), file).unwrap();
}

#[test]
fn an_older_generation_than_the_key_store_knows_opens_and_is_told() {
    let (folder, vault, keys) = new_vault();
    let (one, other) = (entry(), entry());
    add(&vault, one).unwrap();
    let older = keep(folder.path(), Compartment::Contacts);
    add(&vault, other).unwrap();
    let known = vault.generation(Compartment::Contacts).unwrap();
    assert!(!known.is_older);
    put(folder.path(), Compartment::Contacts, &older);

    let vault = vault_in(folder.path());
    let opener = keys.opener(Compartment::Contacts);
    let opened = vault.unlock(Compartment::Contacts, opener, Some(known.number)).unwrap();
    assert_eq!(opened, Generation { number: known.number - 1, is_older: true });
    assert!(vault.contacts().unwrap().has(one) && !vault.contacts().unwrap().has(other));
    // The next write is newer than everything before it.
    vault.change_contacts(|contacts| contacts.account_mut(one).unwrap().state = WorkState::Ready).unwrap();
    let written = vault.generation(Compartment::Contacts).unwrap();
    assert_eq!(written, Generation { number: known.number + 1, is_older: false });
    let again = vault_in(folder.path()).unlock(Compartment::Contacts, opener, Some(written.number)).unwrap();
    assert!(!again.is_older);
}

#[test]
fn a_file_newer_than_the_key_store_knows_is_no_fault() {
    // Killed after the write and before the key store was told.
    let (folder, vault, keys) = new_vault();
    add(&vault, entry()).unwrap();
    for known in [None, Some(0), Some(1), Some(2)] {
        let opener = keys.opener(Compartment::Contacts);
        let opened = vault_in(folder.path()).unlock(Compartment::Contacts, opener, known).unwrap();
        assert_eq!(opened, Generation { number: 2, is_older: false }, "{known:?}");
    }
}

#[test]
fn an_older_file_put_back_under_a_running_app_is_told_too() {
    let (folder, vault, _) = new_vault();
    add(&vault, entry()).unwrap();
    let older = keep(folder.path(), Compartment::Secrets);
    add(&vault, entry()).unwrap();
    put(folder.path(), Compartment::Secrets, &older);
    assert!(vault.refresh().unwrap());
    assert_eq!(vault.generation(Compartment::Secrets), Some(Generation { number: 2, is_older: true }));
    vault.change_secrets(|secrets| secrets.codes.clear()).unwrap();
    assert_eq!(vault.generation(Compartment::Secrets), Some(Generation { number: 4, is_older: false }));
}

#[test]
fn an_account_that_an_older_contacts_file_lacks_keeps_its_codes() {
    let (folder, vault, keys) = new_vault();
    let (one, other) = (entry(), entry());
    add(&vault, one).unwrap();
    let older = keep(folder.path(), Compartment::Contacts);
    add(&vault, other).unwrap();
    let known = vault.generation(Compartment::Contacts).unwrap().number;
    put(folder.path(), Compartment::Contacts, &older);

    // Before the secrets are unlocked, contacts are written and the app is started anew: it is not forgotten.
    let vault = vault_in(folder.path());
    vault.unlock(Compartment::Contacts, keys.opener(Compartment::Contacts), Some(known)).unwrap();
    vault.change_contacts(|contacts| contacts.account_mut(one).unwrap().state = WorkState::Ready).unwrap();
    let vault = another(folder.path(), &keys);
    assert_eq!(has(&vault, one), (true, true));
    assert_eq!(has(&vault, other), (false, false));
    let secrets = vault.secrets().unwrap();
    assert_eq!(secrets.codes.iter().filter(|code| code.entry.is_none()).count(), 1);
    // After that, sweeping is what it was before.
    vault.change_contacts(|contacts| contacts.forget(one)).unwrap();
    let vault = another(folder.path(), &keys);
    assert_eq!(vault.secrets().unwrap().codes.len(), 1);
}

#[test]
fn a_codes_only_account_is_never_swept() {
    let (folder, vault, keys) = new_vault();
    vault.change_secrets(|secrets| secrets.codes.push(code(entry(), None))).unwrap();
    assert_eq!(another(folder.path(), &keys).secrets().unwrap().codes.len(), 1);
}

#[test]
fn what_an_enrolment_under_way_made_is_not_swept() {
    let (folder, vault, keys) = new_vault();
    let account = entry();
    vault
        .change_contacts(|contacts| {
            contacts.activating.push(Activating { entry: account, since: time(5), keys: Vec::new() });
        })
        .unwrap();
    vault.change_secrets(|secrets| secrets.approval_keys.push(software_key(account))).unwrap();
    assert_eq!(another(folder.path(), &keys).secrets().unwrap().approval_keys.len(), 1);
    vault.change_contacts(|contacts| contacts.forget(account)).unwrap();
    assert_eq!(another(folder.path(), &keys).secrets().unwrap().approval_keys.len(), 0);
}

#[test]
fn a_damaged_file_is_restored_from_its_previous_generation_when_asked() {
    let (folder, vault, keys) = new_vault();
    let (one, other) = (entry(), entry());
    add(&vault, one).unwrap();
    add(&vault, other).unwrap();
    let mut damaged = keep(folder.path(), Compartment::Contacts);
    *damaged.last_mut().unwrap() ^= 1;
    put(folder.path(), Compartment::Contacts, &damaged);

    let vault = vault_in(folder.path());
    let opener = keys.opener(Compartment::Contacts);
    let refused = vault.unlock(Compartment::Contacts, opener, None);
    assert!(matches!(refused, Err(VaultError::Damaged { fault: Damage::Body, .. })));
    assert_eq!(keep(folder.path(), Compartment::Contacts), damaged, "refusing changes nothing");
    let restored = vault.restore_previous(Compartment::Contacts, opener, None).unwrap();
    assert_eq!(restored, Generation { number: 2, is_older: true });
    assert_eq!(std::fs::read(folder.path().join("contacts.damaged")).unwrap(), damaged);
    vault.unlock(Compartment::Secrets, keys.opener(Compartment::Secrets), None).unwrap();
    assert_eq!(has(&vault, one), (true, true));
    assert_eq!(has(&vault, other), (false, false));
    assert_eq!(
        vault.secrets().unwrap().codes.len(),
        2,
        "the lost account's codes are an account of their own"
    );
    add(&vault, entry()).unwrap();
    keys.unlock(&vault_in(folder.path())).unwrap();
}

#[test]
fn a_vanished_file_is_told_from_a_first_start_and_restored() {
    let (folder, vault, keys) = new_vault();
    add(&vault, entry()).unwrap();
    std::fs::remove_file(folder.path().join("secrets.vault")).unwrap();
    let vault = vault_in(folder.path());
    let opener = keys.opener(Compartment::Secrets);
    let refused = vault.unlock(Compartment::Secrets, opener, None);
    assert!(matches!(refused, Err(VaultError::Damaged { fault: Damage::Gone, .. })));
    assert!(vault.first_start().unwrap().is_none());
    assert_eq!(vault.ways().unwrap(), [SlotKind::KeyStore], "the generation before still opens");
    assert!(vault.restore_previous(Compartment::Secrets, opener, Some(2)).unwrap().is_older);
}

#[test]
fn restoring_leaves_a_sound_file_alone_and_refuses_what_it_cannot_open() {
    let (folder, vault, keys) = new_vault();
    add(&vault, entry()).unwrap();
    let sound = keep(folder.path(), Compartment::Secrets);
    let vault = vault_in(folder.path());
    let wrong = vault.restore_previous(Compartment::Secrets, Opener::KeyStore(&keys.contacts), None);
    assert!(matches!(wrong, Err(VaultError::WrongKey { .. })));
    let opened =
        vault.restore_previous(Compartment::Secrets, keys.opener(Compartment::Secrets), None).unwrap();
    assert_eq!(opened, Generation { number: 2, is_older: false });
    assert_eq!(keep(folder.path(), Compartment::Secrets), sound);

    for name in ["secrets.vault", "secrets.previous"] {
        std::fs::write(folder.path().join(name), b"nothing").unwrap();
    }
    let both = vault.restore_previous(Compartment::Secrets, keys.opener(Compartment::Secrets), None);
    assert!(matches!(both, Err(VaultError::Damaged { .. })));
    std::fs::remove_file(folder.path().join("secrets.previous")).unwrap();
    let none = vault.restore_previous(Compartment::Secrets, keys.opener(Compartment::Secrets), None);
    assert!(matches!(none, Err(VaultError::Damaged { .. })));
}
