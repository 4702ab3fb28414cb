//! The ways to open a file.

use super::*;

fn passphrase(text: &str) -> Passphrase {
    Passphrase::new(Zeroizing::new(text.to_owned()))
}

/// A vault whose secrets open in all three ways.
fn vault_with_all_slots() -> (tempfile::TempDir, Vault, Keys, Passphrase, UnlockCode) {
    let (folder, vault, keys) = new_vault();
    let (phrase, code) = (passphrase("correct horse"), UnlockCode::make(&SystemRandom));
    let make = [NewSlot::UnlockCode(&code), NewSlot::Passphrase(&phrase, PassphraseCost::LEAST)];
    vault.change_slots(&[Compartment::Secrets], &make, &[]).unwrap();
    (folder, vault, keys, phrase, code)
}

#[test]
fn each_slot_opens_the_file_by_itself() {
    let (folder, vault, keys, phrase, unlock_code) = vault_with_all_slots();
    vault.change_secrets(|secrets| secrets.codes.push(code(entry(), None))).unwrap();
    let openers =
        [Opener::KeyStore(&keys.secrets), Opener::Passphrase(&phrase), Opener::UnlockCode(&unlock_code)];
    for opener in openers {
        let other = vault_in(folder.path());
        other.unlock(Compartment::Secrets, opener, None).unwrap();
        assert_eq!(other.secrets().unwrap().codes.len(), 1);
        other.change_secrets(|secrets| secrets.codes[0].order += 1).unwrap();
    }
    let kinds = [SlotKind::KeyStore, SlotKind::Passphrase, SlotKind::UnlockCode];
    assert_eq!(slots(&vault, Compartment::Secrets), kinds);
    assert_eq!(slots(&vault, Compartment::Contacts), [SlotKind::KeyStore]);
}

#[test]
fn a_wrong_key_is_told_from_damage_and_from_a_missing_slot() {
    let (folder, _, keys, ..) = vault_with_all_slots();
    let vault = vault_in(folder.path());
    let (phrase, code) = (passphrase("Correct horse"), UnlockCode::make(&SystemRandom));
    let wrong = [Opener::KeyStore(&keys.contacts), Opener::Passphrase(&phrase), Opener::UnlockCode(&code)];
    for opener in wrong {
        let refused = vault.unlock(Compartment::Secrets, opener, None);
        let is_right_refusal = matches!(refused, Err(VaultError::WrongKey { compartment: Compartment::Secrets, kind }) if kind == opener.kind());
        assert!(is_right_refusal, "{refused:?}");
        assert!(matches!(vault.secrets(), Err(VaultError::Locked(_))));
    }
    let refused = vault.unlock(Compartment::Contacts, Opener::Passphrase(&phrase), None);
    assert!(matches!(
        refused,
        Err(VaultError::NoSlot { compartment: Compartment::Contacts, kind: SlotKind::Passphrase })
    ));
}

#[test]
fn no_file_opens_with_a_slot_that_was_replaced_or_removed() {
    let (folder, vault, keys, old_phrase, unlock_code) = vault_with_all_slots();
    let new_phrase = passphrase("battery staple");
    // One that was put aside as damaged has the old slots, too.
    std::fs::copy(folder.path().join("secrets.vault"), folder.path().join("secrets.damaged")).unwrap();
    let make = [NewSlot::Passphrase(&new_phrase, PassphraseCost::LEAST)];
    vault.change_slots(&[Compartment::Secrets], &make, &[SlotKind::UnlockCode]).unwrap();
    let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path()).collect();
    let secrets = files.iter().filter(|path| path.file_stem().is_some_and(|stem| stem == "secrets"));
    let mut looked_at = 0;
    for path in secrets {
        let elsewhere = tempfile::tempdir().unwrap();
        std::fs::copy(path, elsewhere.path().join("secrets.vault")).unwrap();
        let other = vault_in(elsewhere.path());
        assert!(
            other.unlock(Compartment::Secrets, Opener::Passphrase(&old_phrase), None).is_err(),
            "{path:?}"
        );
        assert!(
            other.unlock(Compartment::Secrets, Opener::UnlockCode(&unlock_code), None).is_err(),
            "{path:?}"
        );
        other.unlock(Compartment::Secrets, Opener::Passphrase(&new_phrase), None).unwrap();
        other.unlock(Compartment::Secrets, Opener::KeyStore(&keys.secrets), None).unwrap();
        looked_at += 1;
    }
    assert_eq!(looked_at, 2, "the newest and the previous generation");
}

#[test]
fn the_last_slot_cannot_go_nor_one_that_is_not_there() {
    let (folder, vault, keys) = new_vault();
    let before = std::fs::read(folder.path().join("contacts.vault")).unwrap();
    let last = vault.change_slots(&[Compartment::Contacts], &[], &[SlotKind::KeyStore]);
    assert!(matches!(last, Err(VaultError::LastSlot(Compartment::Contacts))));
    let absent = vault.change_slots(&[Compartment::Contacts], &[], &[SlotKind::UnlockCode]);
    assert!(matches!(absent, Err(VaultError::NoSlot { kind: SlotKind::UnlockCode, .. })));
    let new = vault_in(&folder.path().join("new"));
    let none = new.first_start().unwrap().unwrap().create(&[], &[]);
    assert!(matches!(none, Err(VaultError::LastSlot(_))));
    assert_eq!(std::fs::read(folder.path().join("contacts.vault")).unwrap(), before);
    // Exchanging the only one in one step is possible.
    let code = UnlockCode::make(&SystemRandom);
    vault
        .change_slots(&[Compartment::Contacts], &[NewSlot::UnlockCode(&code)], &[SlotKind::KeyStore])
        .unwrap();
    assert_eq!(slots(&vault, Compartment::Contacts), [SlotKind::UnlockCode]);
    drop(keys);
}

#[test]
fn slots_of_a_locked_file_cannot_be_changed() {
    let (_folder, vault, _) = new_vault();
    vault.lock(Compartment::Contacts);
    let code = UnlockCode::make(&SystemRandom);
    let refused = vault.change_slots(&[Compartment::Contacts], &[NewSlot::UnlockCode(&code)], &[]);
    assert!(matches!(refused, Err(VaultError::Locked(Compartment::Contacts))));
}

#[test]
fn a_cost_out_of_bounds_is_refused_when_it_is_set() {
    for (memory_kib, passes, lanes) in [
        (7, 1, 1),
        (15, 1, 2),
        (256 * 1024 + 1, 1, 1),
        (u32::MAX, 1, 1),
        (64, 0, 1),
        (64, 11, 1),
        (64, 1, 0),
        (64, 1, 5),
    ] {
        assert!(matches!(PassphraseCost::new(memory_kib, passes, lanes), Err(VaultError::Cost)));
    }
    assert_eq!(PassphraseCost::new(8, 1, 1).unwrap(), PassphraseCost::LEAST);
    assert_eq!(PassphraseCost::new(65_536, 3, 1).unwrap(), PassphraseCost::DEFAULT);
}
