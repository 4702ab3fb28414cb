//! What opens the vault, what does not, and the ways on from there.

use std::fs::{self, File, TryLockError};

use super::*;

const PHRASE: &str = "five words of mine here";

fn phrase() -> UnlockWith {
    UnlockWith::Passphrase(PHRASE.to_owned().into())
}

fn unlock(authenticator: &Authenticator, with: UnlockWith) -> Result<(), VaultFault> {
    match wait(authenticator.unlock(with)) {
        Ok(()) => Ok(()),
        Err(CoreError::Vault(fault)) => Err(fault),
        Err(other) => panic!("{other}"),
    }
}

/// A folder with a vault of a key store, in which there is one account.
fn kept() -> (tempfile::TempDir, Arc<Keeps>) {
    let (folder, key_store) = (tempfile::tempdir().unwrap(), Arc::new(Keeps::default()));
    let authenticator = open(folder.path(), key_store.clone());
    unlock(&authenticator, UnlockWith::KeyStore).unwrap();
    authenticator.core.vault.change_secrets(|secrets| secrets.codes.push(code(6))).unwrap();
    (folder, key_store)
}

fn accounts(authenticator: &Authenticator) -> usize {
    authenticator.snapshot().accounts.len()
}

#[test]
fn looking_at_the_state_never_looks_at_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let vault = folder.path().join("vault");
    let authenticator = open(&vault, Arc::new(Keeps::default()));
    assert!(authenticator.snapshot().is_first_start);
    unlock(&authenticator, UnlockWith::KeyStore).unwrap();
    fs::remove_dir_all(vault).unwrap();
    let snapshot = authenticator.snapshot();
    assert!(!snapshot.is_first_start && snapshot.opens_with == [SlotKind::KeyStore]);
}

#[test]
fn of_two_first_starts_at_once_neither_takes_the_key_of_the_other() {
    let (folder, key_store) = (tempfile::tempdir().unwrap(), Arc::new(Keeps::default()));
    let [one, other] = [(); 2].map(|()| open(folder.path(), key_store.clone()));
    let (lock, late) = (folder.path().join("writer.lock"), Arc::clone(&other));
    *key_store.before_keeping.lock().unwrap() = Some(Box::new(move || {
        // The other process starts now, unless it has to wait until this one is done.
        let lock = File::open(lock).map(|lock| lock.try_lock());
        if !matches!(lock, Ok(Err(TryLockError::WouldBlock))) {
            std::thread::spawn(move || unlock(&late, UnlockWith::KeyStore)).join().unwrap().unwrap();
        }
    }));
    unlock(&one, UnlockWith::KeyStore).unwrap();
    one.core.vault.change_secrets(|secrets| secrets.codes.push(code(6))).unwrap();
    unlock(&other, UnlockWith::KeyStore).unwrap();
    let later = open(folder.path(), key_store);
    unlock(&later, UnlockWith::KeyStore).unwrap();
    assert_eq!((accounts(&later), later.snapshot().notices), (1, Vec::new()));
}

#[test]
fn half_a_vault_is_told_as_damaged_and_left_as_it_is() {
    for gone in ["contacts", "secrets"] {
        let (folder, key_store) = kept();
        for ending in ["vault", "previous"] {
            let _ = fs::remove_file(folder.path().join(format!("{gone}.{ending}")));
        }
        let authenticator = open(folder.path(), key_store.clone());
        assert!(!authenticator.snapshot().is_first_start);
        assert_eq!(unlock(&authenticator, UnlockWith::KeyStore), Err(VaultFault::Damaged), "{gone}");
        let restored = wait(authenticator.restore_previous(UnlockWith::KeyStore));
        assert_eq!(restored, Err(CoreError::Vault(VaultFault::Damaged)), "there is nothing before either");
        assert!(!fs::exists(folder.path().join(format!("{gone}.vault"))).unwrap());
    }
}

#[test]
fn what_no_slot_is_there_for_is_told_apart_from_what_is_wrong() {
    let (folder, key_store) = kept();
    let desktop = open(folder.path(), key_store.clone());
    let code = UnlockCode::make(&SystemRandom).expose();
    for there in [desktop, open(folder.path(), Arc::new(NoKeyStore::default()))] {
        assert_eq!(unlock(&there, phrase()), Err(VaultFault::NoPassphrase));
        let refused = unlock(&there, UnlockWith::UnlockCode(code.clone()));
        assert_eq!(refused, Err(VaultFault::NoUnlockCode));
    }
    // And a key store that has no part in a vault has not lost its key.
    let folder = tempfile::tempdir().unwrap();
    unlock(&open(folder.path(), Arc::new(NoKeyStore::default())), phrase()).unwrap();
    let desktop = open(folder.path(), key_store);
    assert_eq!(desktop.snapshot().lock, Lock::Locked);
    assert_eq!(desktop.snapshot().opens_with, [SlotKind::Passphrase]);
    let refused = unlock(&desktop, UnlockWith::KeyStore);
    assert_eq!(refused, Err(VaultFault::NoKey));
    let wrong = unlock(&desktop, UnlockWith::Passphrase("five words of yours".to_owned().into()));
    assert_eq!(wrong, Err(VaultFault::WrongSecret));
    unlock(&desktop, phrase()).unwrap();
}

#[test]
fn an_unlock_code_opens_what_the_key_store_has_lost_and_the_key_store_gets_a_key_again() {
    let (folder, key_store) = kept();
    let authenticator = open(folder.path(), key_store.clone());
    assert!(matches!(wait(authenticator.make_unlock_code()), Err(CoreError::Locked)), "only for who is in");
    unlock(&authenticator, UnlockWith::KeyStore).unwrap();
    let older = wait(authenticator.make_unlock_code()).unwrap();
    let code = wait(authenticator.make_unlock_code()).unwrap();
    assert_eq!(authenticator.snapshot().opens_with, [SlotKind::KeyStore, SlotKind::UnlockCode]);
    drop(authenticator);

    key_store.lose();
    let authenticator = open(folder.path(), key_store.clone());
    assert_eq!(authenticator.snapshot().lock, Lock::KeyDropped);
    assert_eq!(unlock(&authenticator, UnlockWith::KeyStore), Err(VaultFault::KeyMissing));
    let refused = unlock(&authenticator, UnlockWith::UnlockCode(older.expose()));
    assert_eq!(refused, Err(VaultFault::WrongSecret), "a newer one has taken its place");
    unlock(&authenticator, UnlockWith::UnlockCode(code.expose())).unwrap();
    assert_eq!((authenticator.snapshot().lock, accounts(&authenticator)), (Lock::Open, 1));
    drop(authenticator);

    let authenticator = open(folder.path(), key_store.clone());
    unlock(&authenticator, UnlockWith::KeyStore).unwrap();
    assert_eq!(accounts(&authenticator), 1);
    drop(authenticator);
    // Also where the key store has a key, but that of another vault.
    key_store.keys.lock().unwrap().values_mut().for_each(|key| *key = [7; 32]);
    let authenticator = open(folder.path(), key_store.clone());
    assert_eq!(unlock(&authenticator, UnlockWith::KeyStore), Err(VaultFault::KeyMissing));
    unlock(&authenticator, UnlockWith::UnlockCode(code.expose())).unwrap();
    unlock(&open(folder.path(), key_store), UnlockWith::KeyStore).unwrap();
}

#[test]
fn an_unlock_code_opens_a_key_stores_vault_where_no_key_store_runs() {
    let (folder, key_store) = kept();
    let authenticator = open(folder.path(), key_store.clone());
    unlock(&authenticator, UnlockWith::KeyStore).unwrap();
    let code = wait(authenticator.make_unlock_code()).unwrap();
    let elsewhere = open(folder.path(), Arc::new(NoKeyStore::default()));
    assert_eq!(elsewhere.snapshot().lock, Lock::Locked);
    unlock(&elsewhere, UnlockWith::UnlockCode(code.expose())).unwrap();
    assert_eq!(accounts(&elsewhere), 1);
    elsewhere.lock();
    assert_eq!(elsewhere.snapshot().lock, Lock::Locked, "what was typed opened the contacts, too");
    drop(authenticator);
    unlock(&open(folder.path(), key_store), UnlockWith::KeyStore).unwrap();
}

#[test]
fn who_has_no_way_in_left_starts_over_and_loses_no_file() {
    let (folder, key_store) = kept();
    let secrets = fs::read(folder.path().join("secrets.vault")).unwrap();
    key_store.lose();
    let authenticator = open(folder.path(), key_store.clone());
    assert_eq!(authenticator.snapshot().opens_with, [SlotKind::KeyStore]);
    let aside = wait(authenticator.start_over()).unwrap();
    assert!(authenticator.snapshot().is_first_start && authenticator.snapshot().lock == Lock::Locked);
    assert!(
        matches!(wait(authenticator.start_over()), Err(CoreError::Gone)),
        "there is nothing to put aside"
    );
    assert_eq!(fs::read(aside.join("secrets.vault")).unwrap(), secrets);
    unlock(&authenticator, UnlockWith::KeyStore).unwrap();
    assert_eq!((authenticator.snapshot().lock, accounts(&authenticator)), (Lock::Open, 0));
    assert!(matches!(wait(authenticator.start_over()), Err(CoreError::Gone)), "a vault that opens stays");
    drop(authenticator);
    let authenticator = open(folder.path(), key_store);
    assert_eq!(authenticator.snapshot().lock, Lock::SecretsLocked);
    assert!(matches!(wait(authenticator.start_over()), Err(CoreError::Gone)));
}

#[test]
fn a_damaged_vault_that_was_put_aside_keeps_the_key_that_opened_it() {
    let (folder, key_store) = kept();
    let key = key_store.keys.lock().unwrap()[&Compartment::Secrets];
    fs::write(folder.path().join("secrets.vault"), b"nothing").unwrap();
    fs::write(folder.path().join("secrets.previous"), b"nothing").unwrap();
    let authenticator = open(folder.path(), key_store.clone());
    assert_eq!(unlock(&authenticator, UnlockWith::KeyStore), Err(VaultFault::Damaged));
    wait(authenticator.start_over()).unwrap();
    unlock(&authenticator, UnlockWith::KeyStore).unwrap();
    assert_eq!(key_store.keys.lock().unwrap()[&Compartment::Secrets], key);
    assert_eq!(authenticator.snapshot().notices, [], "a new file is no older one");
    drop(authenticator);
    let authenticator = open(folder.path(), key_store);
    unlock(&authenticator, UnlockWith::KeyStore).unwrap();
    assert_eq!(authenticator.snapshot().notices, []);
}
