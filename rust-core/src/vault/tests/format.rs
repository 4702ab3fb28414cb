//! What is not the file that was written is refused, and left as it is.

use std::io::Write as _;

use super::*;
use crate::vault::body::Body;
use crate::vault::cipher::Fresh;

/// A vault's folder, its keys and the bytes of its contacts, which have one account and three slots.
fn written() -> (tempfile::TempDir, Keys, Vec<u8>) {
    let (folder, vault, keys) = new_vault();
    add(&vault, entry()).unwrap();
    let phrase = Passphrase::new(Zeroizing::new("correct horse".to_owned()));
    let make = [
        NewSlot::Passphrase(&phrase, PassphraseCost::LEAST),
        NewSlot::UnlockCode(&UnlockCode::make(&SystemRandom)),
    ];
    vault.change_slots(&[Compartment::Contacts], &make, &[]).unwrap();
    let file = std::fs::read(folder.path().join("contacts.vault")).unwrap();
    (folder, keys, file)
}

/// What comes of unlocking contacts with these bytes in the file's place, which must stay there.
fn unlock(folder: &Path, keys: &Keys, bytes: &[u8]) -> Result<Generation, VaultError> {
    let path = folder.join("contacts.vault");
    std::fs::File::create(&path).unwrap().write_all(bytes).unwrap();
    let vault = vault_in(folder);
    let result = vault.unlock(Compartment::Contacts, keys.opener(Compartment::Contacts), None);
    assert!(std::fs::read(&path).unwrap() == bytes, "opening writes nothing");
    assert_eq!(result.is_ok(), vault.contacts().is_ok());
    result
}

#[test]
fn a_flipped_bit_in_any_byte_is_refused_as_damage_or_a_newer_version() {
    let (folder, keys, file) = written();
    unlock(folder.path(), &keys, &file).unwrap();
    for place in 0..file.len() {
        let mut flipped = file.clone();
        flipped[place] ^= 1 << (place % 8);
        match unlock(folder.path(), &keys, &flipped) {
            Err(VaultError::Damaged { .. }) => assert!(!(8..10).contains(&place)),
            Err(VaultError::NewerVersion { .. }) => assert!((8..10).contains(&place)),
            other => panic!("byte {place}: {other:?}"),
        }
    }
}

#[test]
fn a_file_cut_off_anywhere_or_with_something_behind_it_is_refused_as_damage() {
    let (folder, keys, file) = written();
    for len in 0..file.len() {
        let refused = unlock(folder.path(), &keys, &file[..len]);
        assert!(matches!(refused, Err(VaultError::Damaged { .. })), "{len} bytes: {refused:?}");
    }
    let longer = [&file[..], &[0]].concat();
    assert!(matches!(
        unlock(folder.path(), &keys, &longer),
        Err(VaultError::Damaged { fault: Damage::Body, .. })
    ));
}

#[test]
fn a_newer_version_is_refused_as_such_and_left_as_it_is() {
    let (folder, keys, mut file) = written();
    for version in [2_u16, 3, 255, 256, u16::MAX] {
        file[8..10].copy_from_slice(&version.to_be_bytes());
        let refused = unlock(folder.path(), &keys, &file);
        assert!(matches!(refused, Err(VaultError::NewerVersion { version: told, .. }) if told == version));
    }
    let vault = vault_in(folder.path());
    let opener = keys.opener(Compartment::Contacts);
    let restored = vault.restore_previous(Compartment::Contacts, opener, None);
    assert!(matches!(restored, Err(VaultError::NewerVersion { .. })));
    assert!(vault.first_start().unwrap().is_none());
    assert_eq!(std::fs::read(folder.path().join("contacts.vault")).unwrap(), file);
}

#[test]
fn a_newer_version_written_by_another_process_stops_a_change() {
    let (folder, vault, _) = new_vault();
    let path = folder.path().join("contacts.vault");
    let mut file = std::fs::read(&path).unwrap();
    file[9] = 2;
    std::fs::write(&path, &file).unwrap();
    let refused = vault.change_contacts(|contacts| contacts.accounts.push(work_account(entry())));
    assert!(matches!(refused, Err(VaultError::NewerVersion { version: 2, .. })));
    assert!(matches!(vault.refresh(), Err(VaultError::NewerVersion { .. })));
    assert_eq!(std::fs::read(&path).unwrap(), file);
}

#[test]
fn the_file_of_the_other_compartment_is_refused() {
    let (folder, keys, _) = written();
    let secrets = std::fs::read(folder.path().join("secrets.vault")).unwrap();
    let refused = unlock(folder.path(), &keys, &secrets);
    assert!(matches!(refused, Err(VaultError::Damaged { fault: Damage::Kind, .. })));
}

#[test]
fn a_slot_taken_from_another_file_opens_nothing() {
    // The same key store key for both, so that only what the slot is bound to tells them apart.
    let (folder, vault, keys) = new_vault();
    vault.change_slots(&[Compartment::Secrets], &[NewSlot::KeyStore(&keys.contacts)], &[]).unwrap();
    let contacts = std::fs::read(folder.path().join("contacts.vault")).unwrap();
    let secrets = std::fs::read(folder.path().join("secrets.vault")).unwrap();
    let (slots, checksum) = (64, 64 + 105);
    let mut mixed = contacts.clone();
    mixed[slots..checksum].copy_from_slice(&secrets[slots..checksum]);
    let digest = ring::digest::digest(&ring::digest::SHA256, &mixed[..checksum]);
    mixed[checksum..checksum + 32].copy_from_slice(digest.as_ref());
    assert!(matches!(unlock(folder.path(), &keys, &mixed), Err(VaultError::WrongKey { .. })));
}

type Change<'a> = &'a dyn Fn(&mut [u8]);

#[test]
fn hostile_headers_with_a_right_checksum_are_refused() {
    let (folder, keys, file) = written();
    let slot = |number: usize| 64 + number * 105;
    let header_len = slot(3);
    let change = |change: Change<'_>| {
        let mut bytes = file.clone();
        change(&mut bytes);
        let digest = ring::digest::digest(&ring::digest::SHA256, &bytes[..header_len]);
        bytes[header_len..header_len + 32].copy_from_slice(digest.as_ref());
        bytes
    };
    unlock(folder.path(), &keys, &change(&|_| {})).unwrap();
    let put = |at: usize, number: u32| {
        move |bytes: &mut [u8]| bytes[at..at + 4].copy_from_slice(&number.to_be_bytes())
    };
    let hostile: [(&str, Change<'_>); 12] = [
        ("no slot", &|bytes| bytes[63] = 0),
        ("more slots than the file has bytes", &|bytes| bytes[63] = 255),
        ("an unknown kind of slot", &|bytes| bytes[slot(0)] = 4),
        ("slot of kind 0", &|bytes| bytes[slot(0)] = 0),
        ("two slots of a kind", &|bytes| bytes[slot(2)] = 2),
        ("slots out of order", &|bytes| bytes[slot(0)] = 3),
        ("4 TiB of memory", &put(slot(1) + 1, u32::MAX)),
        ("more than 256 MiB of memory", &put(slot(1) + 1, 256 * 1024 + 1)),
        ("endless passes", &put(slot(1) + 5, u32::MAX)),
        ("no pass", &put(slot(1) + 5, 0)),
        ("endless lanes", &put(slot(1) + 9, u32::MAX)),
        ("a cost where there is none", &put(slot(0) + 1, 8)),
    ];
    for (what, hostile) in hostile {
        let refused = unlock(folder.path(), &keys, &change(hostile));
        assert!(
            matches!(refused, Err(VaultError::Damaged { fault: Damage::Header, .. })),
            "{what}: {refused:?}"
        );
    }
    // What passes as a header is still associated data of the body and of the slots.
    let generation = change(&|bytes| bytes[11 + 7] ^= 1);
    assert!(matches!(
        unlock(folder.path(), &keys, &generation),
        Err(VaultError::Damaged { fault: Damage::Body, .. })
    ));
    let other_slot = change(&|bytes| bytes[slot(2) + 50] ^= 1);
    assert!(matches!(
        unlock(folder.path(), &keys, &other_slot),
        Err(VaultError::Damaged { fault: Damage::Body, .. })
    ));
}

#[test]
fn an_endless_file_is_not_read() {
    let (folder, keys, _) = written();
    std::fs::File::create(folder.path().join("contacts.vault")).unwrap().set_len(1 << 32).unwrap();
    let refused =
        vault_in(folder.path()).unlock(Compartment::Contacts, keys.opener(Compartment::Contacts), None);
    assert!(matches!(refused, Err(VaultError::Damaged { fault: Damage::Size, .. })));
}

#[test]
fn a_state_too_large_for_a_file_is_refused_before_it_is_written() {
    let (folder, vault, _) = new_vault();
    let before = std::fs::read(folder.path().join("secrets.vault")).unwrap();
    let refused = vault.change_secrets(|secrets| {
        secrets.codes.push(CodeEntry { account: "a".repeat(64 << 20), ..code(entry(), None) });
    });
    assert!(matches!(refused, Err(VaultError::TooLarge(Compartment::Secrets))));
    assert!(vault.secrets().unwrap().codes.is_empty());
    assert_eq!(std::fs::read(folder.path().join("secrets.vault")).unwrap(), before);
}

/// Seals any text as the body of contacts.
#[derive(Clone, Default, PartialEq)]
struct Text(serde_json::Value);

impl serde::Serialize for Text {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> serde::Deserialize<'de> for Text {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde_json::Value::deserialize(deserializer).map(Self)
    }
}

impl Body for Text {
    const COMPARTMENT: Compartment = Compartment::Contacts;

    fn held(_: &Vault) -> &Held<Self> {
        panic!("it is only sealed")
    }
}

#[test]
fn a_body_with_a_member_that_is_not_known_is_refused_so_that_no_write_drops_it() {
    let (folder, _, _) = written();
    let keys = Keys::make();
    let seal = |body: serde_json::Value| {
        let key = VaultKey::make(&SystemRandom);
        let slot = NewSlot::KeyStore(&keys.contacts).prepare(&SystemRandom).unwrap();
        let slots = vec![slot.wrap(Compartment::Contacts, &key).unwrap()];
        let (_, file) = sealed::seal(&Text(body), 7, Fresh::make(&SystemRandom), slots, &key).unwrap();
        [file.header, file.body].concat()
    };
    let mut body =
        serde_json::to_value(Contacts { accounts: vec![work_account(entry())], ..Contacts::default() })
            .unwrap();
    unlock(folder.path(), &keys, &seal(body.clone())).unwrap();
    for path in ["", "/accounts/0", "/accounts/0/state", "/accounts/0/device_key"] {
        let mut later = body.clone();
        later.pointer_mut(path).unwrap()["later"] = true.into();
        let refused = unlock(folder.path(), &keys, &seal(later));
        assert!(matches!(refused, Err(VaultError::Damaged { fault: Damage::Content { .. }, .. })), "{path}");
    }
    body.as_object_mut().unwrap().remove("accounts");
    let refused = unlock(folder.path(), &keys, &seal(body));
    assert!(matches!(refused, Err(VaultError::Damaged { fault: Damage::Content { .. }, .. })));
}
