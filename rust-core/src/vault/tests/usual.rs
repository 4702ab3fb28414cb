//! Nothing goes wrong.

use super::*;

#[test]
fn an_added_account_is_there_after_opening_again_with_every_part_of_it() {
    let (folder, vault, keys) = new_vault();
    vault.change_both(Order::Adding, every_part).unwrap();
    let again = another(folder.path(), &keys);
    assert!(again.contacts().unwrap() == vault.contacts().unwrap());
    assert!(again.secrets().unwrap() == vault.secrets().unwrap());
    assert_eq!(again.secrets().unwrap().codes[5].secret.expose(), b"12345678901234567890");
}

#[test]
fn a_locked_phone_writes_contacts_without_the_key_of_secrets() {
    let (folder, vault, keys) = new_vault();
    let account = entry();
    add(&vault, account).unwrap();
    let locked = vault_in(folder.path());
    locked.unlock(Compartment::Contacts, keys.opener(Compartment::Contacts), None).unwrap();
    let ended =
        EndedRequest { entry: account, request: RequestId::from_bytes([9; 16]), at: time(5), hash: None };
    let secrets_before = std::fs::read(folder.path().join("secrets.vault")).unwrap();
    locked.change_contacts(|contacts| contacts.ended.push(ended.clone())).unwrap();
    assert!(matches!(locked.secrets(), Err(VaultError::Locked(Compartment::Secrets))));
    assert!(matches!(locked.change_secrets(|_| ()), Err(VaultError::Locked(Compartment::Secrets))));
    assert!(matches!(
        locked.change_both(Order::Adding, |_, _| ()),
        Err(VaultError::Locked(Compartment::Secrets))
    ));
    assert_eq!(std::fs::read(folder.path().join("secrets.vault")).unwrap(), secrets_before);
    assert!(another(folder.path(), &keys).contacts().unwrap().ended == [ended]);
}

#[test]
fn locking_forgets_and_a_write_under_way_does_not_bring_it_back() {
    let (folder, vault, keys) = new_vault();
    let account = entry();
    vault
        .change_both(Order::Adding, |contacts, secrets| {
            contacts.accounts.push(work_account(account));
            secrets.codes.push(code(entry(), Some(account)));
            secrets.approval_keys.push(software_key(account));
            vault.lock(Compartment::Secrets);
        })
        .unwrap();
    assert!(matches!(vault.secrets(), Err(VaultError::Locked(Compartment::Secrets))));
    assert!(vault.generation(Compartment::Secrets).is_none());
    assert_eq!(has(&another(folder.path(), &keys), account), (true, true));
}

#[test]
fn what_is_left_unchanged_is_not_written() {
    let (folder, vault, keys) = new_vault();
    add(&vault, entry()).unwrap();
    let before = Compartment::ALL.map(|compartment| vault.generation(compartment));
    let is_there = vault.change_contacts(|contacts| contacts.account_mut(entry()).is_some()).unwrap();
    assert!(!is_there);
    vault.change_both(Order::Removing, |_, _| ()).unwrap();
    let after = Compartment::ALL.map(|compartment| vault.generation(compartment));
    assert_eq!(before, after);
    // A change of one in a change of both writes that one alone.
    vault.change_both(Order::Removing, |contacts, _| contacts.accounts.clear()).unwrap();
    assert_eq!(vault.generation(Compartment::Contacts).unwrap().number, before[0].unwrap().number + 1);
    assert_eq!(vault.generation(Compartment::Secrets), before[1]);
    drop(another(folder.path(), &keys));
}

#[test]
fn each_write_raises_the_generation_and_keeps_the_generation_before() {
    let (folder, vault, keys) = new_vault();
    for number in 2..6 {
        let before = std::fs::read(folder.path().join("secrets.vault")).unwrap();
        vault.change_secrets(|secrets| secrets.codes.push(code(entry(), None))).unwrap();
        assert_eq!(vault.generation(Compartment::Secrets), Some(Generation { number, is_older: false }));
        assert_eq!(std::fs::read(folder.path().join("secrets.previous")).unwrap(), before);
    }
    drop(keys);
}

#[test]
fn two_writes_of_one_state_have_nothing_sealed_in_common() {
    let (folder, vault, _) = new_vault();
    let file = || std::fs::read(folder.path().join("secrets.vault")).unwrap();
    vault.change_secrets(|secrets| secrets.codes.push(code(entry(), None))).unwrap();
    let first = file();
    vault.change_secrets(|secrets| secrets.codes.reverse()).unwrap();
    assert_eq!(file(), first, "an unchanged state is not written");
    vault.change_secrets(|secrets| secrets.codes[0].order = 1).unwrap();
    vault.change_secrets(|secrets| secrets.codes[0].order = 0).unwrap();
    let again = file();
    assert_eq!(first.len(), again.len());
    let body = first.len() - 200;
    let equal = first[body..].iter().zip(&again[body..]).filter(|(one, other)| one == other).count();
    assert!(equal < 20, "{equal} of 200 bytes are equal");
}

#[test]
fn no_file_shows_a_name_or_a_secret_in_clear() {
    let (folder, vault, _) = new_vault();
    add(&vault, entry()).unwrap();
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for clear in ["mira", "Halden", "accounts", "MTIzNDU2Nzg5MDEyMzQ1Njc4OTA", "12345678901234567890"] {
            assert!(!bytes.windows(clear.len()).any(|window| window == clear.as_bytes()), "{clear}");
        }
    }
}

#[cfg(unix)]
#[test]
fn files_and_folder_are_for_the_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let above = tempfile::tempdir().unwrap();
    let folder = above.path().join("a/b");
    let vault = vault_in(&folder);
    let keys = Keys::make();
    keys.create(&vault).unwrap();
    add(&vault, entry()).unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    let files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).collect();
    assert_eq!(files.len(), 5, "{files:?}");
    for file in files {
        assert_eq!(mode(&file), 0o600, "{file:?}");
    }
}

#[test]
fn a_first_start_finds_nothing_and_makes_nothing() {
    let above = tempfile::tempdir().unwrap();
    let vault = vault_in(&above.path().join("vault"));
    let keys = Keys::make();
    for compartment in Compartment::ALL {
        assert!(matches!(vault.ways(), Err(VaultError::Missing(_))));
        let unlocked = vault.unlock(compartment, keys.opener(compartment), None);
        assert!(matches!(unlocked, Err(VaultError::Missing(_))));
    }
    assert!(!above.path().join("vault").exists());
}

#[test]
fn forgetting_an_account_takes_what_only_it_needed() {
    let (_folder, vault, _) = new_vault();
    let (one, other) = (entry(), entry());
    add(&vault, one).unwrap();
    add(&vault, other).unwrap();
    vault
        .change_contacts(|contacts| {
            for entry in [one, other] {
                let request = RequestId::from_bytes([9; 16]);
                contacts.ended.push(EndedRequest { entry, request, at: time(5), hash: None });
                contacts.answers.push(OutgoingAnswer {
                    entry,
                    request,
                    jws: String::new(),
                    expires: time(6),
                });
                contacts.device_keys.push(software_key(entry));
            }
            let server = work_account(one).server;
            contacts.servers.push(Server { id: server, statement: String::new(), clock_offset: 0 });
        })
        .unwrap();
    remove(&vault, one).unwrap();
    let contacts = vault.contacts().unwrap();
    assert!(contacts.accounts.iter().all(|account| account.entry == other));
    assert_eq!((contacts.ended.len(), contacts.answers.len(), contacts.device_keys.len()), (1, 1, 1));
    assert_eq!(contacts.servers.len(), 1, "the other account needs it");
    remove(&vault, other).unwrap();
    assert!(*vault.contacts().unwrap() == Contacts::default());
    assert!(*vault.secrets().unwrap() == Secrets::default());
}

#[test]
fn old_endings_and_removals_are_forgotten_in_their_time() {
    let mut contacts = Contacts::default();
    let (day, now) = (24 * 60 * 60, time(100 * 24 * 60 * 60));
    for age in [0, 2 * day - 1, 2 * day, 30 * day - 1, 30 * day] {
        let at = now.minus(age);
        contacts.ended.push(EndedRequest {
            entry: entry(),
            request: RequestId::from_bytes([9; 16]),
            at,
            hash: None,
        });
        let base = BaseUrl::new("https://old.example").unwrap();
        let (jws, statement) = (String::new(), String::new());
        let (server, device) = (ServerId::from_bytes([3; 32]), DeviceId::from_bytes([4; 16]));
        let call = CallId::from_bytes([5; 16]);
        let entry = entry();
        contacts.removals.push(OutgoingRemoval {
            entry,
            server,
            device,
            call,
            jws,
            statement,
            base,
            since: at,
        });
    }
    contacts.forget_old(now);
    assert_eq!((contacts.ended.len(), contacts.removals.len()), (2, 4));
}
