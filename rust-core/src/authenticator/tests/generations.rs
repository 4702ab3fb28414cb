//! The number of the newest generation, which the key store keeps for all processes on one vault.

use super::*;

fn add(authenticator: &Authenticator) {
    let offer =
        wait(authenticator.read_offer("otpauth://totp/x?secret=JBSWY3DPEHPK3PXP".to_owned())).unwrap();
    wait(authenticator.add(offer, None)).unwrap();
}

fn number(key_store: &Keeps) -> u64 {
    key_store.generations.lock().unwrap()[&Compartment::Secrets]
}

#[test]
fn of_two_processes_that_write_at_once_the_later_number_stays() {
    let (folder, key_store) = (tempfile::tempdir().unwrap(), Arc::new(Keeps::default()));
    let [one, other] = [(); 2].map(|()| {
        let authenticator = open(folder.path(), key_store.clone());
        wait(authenticator.unlock(UnlockWith::KeyStore)).unwrap();
        authenticator
    });
    let before = number(&key_store);
    let late = Arc::clone(&other);
    // The one has written its file. Before its number is kept, the other writes twice and keeps its own.
    *key_store.before_number.lock().unwrap() = Some(Box::new(move || {
        std::thread::spawn(move || [(); 2].map(|()| add(&late))).join().unwrap();
    }));
    add(&one);
    assert_eq!(number(&key_store), before + 3);
    assert_eq!(other.core.vault.newest_generation(Compartment::Secrets), Some(before + 3));
    drop((one, other));
    // A number below the file's would let somebody put an older file in its place unseen.
    let later = open(folder.path(), key_store.clone());
    wait(later.unlock(UnlockWith::KeyStore)).unwrap();
    assert_eq!(later.snapshot().notices, []);
    assert_eq!(later.snapshot().accounts.len(), 3);
}

#[test]
fn a_number_that_is_kept_is_not_kept_again() {
    let (folder, key_store) = (tempfile::tempdir().unwrap(), Arc::new(Keeps::default()));
    let authenticator = open(folder.path(), key_store.clone());
    wait(authenticator.unlock(UnlockWith::KeyStore)).unwrap();
    let changes = || key_store.changes.load(Ordering::Acquire);
    let before = changes();
    add(&authenticator);
    assert_eq!(changes(), before + 1, "one number for one file that was written");
    // What leaves all as it is writes nothing.
    let contacts = wait(authenticator.core.change_contacts(|_| ()));
    assert_eq!((contacts, wait(authenticator.core.change_secrets(|_| ()))), (Ok(()), Ok(())));
    assert_eq!(changes(), before + 1);
}

#[test]
fn a_file_that_was_put_back_meanwhile_does_not_lower_the_number() {
    let (folder, key_store) = (tempfile::tempdir().unwrap(), Arc::new(Keeps::default()));
    let authenticator = open(folder.path(), key_store.clone());
    wait(authenticator.unlock(UnlockWith::KeyStore)).unwrap();
    let secrets = folder.path().join("secrets.vault");
    let older = std::fs::read(&secrets).unwrap();
    add(&authenticator);
    let before = number(&key_store);
    *key_store.before_number.lock().unwrap() =
        Some(Box::new(move || std::fs::write(secrets, older).unwrap()));
    add(&authenticator);
    assert_eq!(number(&key_store), before + 1);
    let later = open(folder.path(), key_store.clone());
    wait(later.unlock(UnlockWith::KeyStore)).unwrap();
    assert_eq!(later.snapshot().notices, [Notice::OlderGeneration(Compartment::Secrets)]);
}

#[test]
fn where_no_key_store_runs_no_number_is_offered_to_it() {
    let (folder, key_store) = (tempfile::tempdir().unwrap(), Arc::new(NoKeyStore::default()));
    let phrase = || UnlockWith::Passphrase("five words of mine here".to_owned().into());
    for _ in 0..2 {
        let authenticator = open(folder.path(), key_store.clone());
        wait(authenticator.unlock(phrase())).unwrap();
        add(&authenticator);
        assert!(!authenticator.diagnostics().contains("key_store_failed"));
    }
    assert_eq!(key_store.offered.load(Ordering::Acquire), 0);
}

#[test]
fn a_file_that_was_put_back_under_the_running_app_is_told_by_a_look_and_by_a_write() {
    for looks in [true, false] {
        let (folder, key_store) = (tempfile::tempdir().unwrap(), Arc::new(Keeps::default()));
        let authenticator = open(folder.path(), key_store);
        wait(authenticator.unlock(UnlockWith::KeyStore)).unwrap();
        let contacts = folder.path().join("contacts.vault");
        let older = std::fs::read(&contacts).unwrap();
        wait(authenticator.name_phone("Mira's".to_owned())).unwrap();
        std::fs::write(&contacts, older).unwrap();
        assert_eq!(authenticator.snapshot().notices, []);
        if looks {
            wait(authenticator.refresh()).unwrap();
        } else {
            wait(authenticator.name_phone("Jonas's".to_owned())).unwrap();
        }
        let told = [Notice::OlderGeneration(Compartment::Contacts)];
        assert_eq!(authenticator.snapshot().notices, told, "looks: {looks}");
        // Once: what is written then is the newest.
        authenticator.dismiss(told[0]);
        wait(authenticator.name_phone("Amal's".to_owned())).unwrap();
        wait(authenticator.refresh()).unwrap();
        assert_eq!(authenticator.snapshot().notices, []);
    }
}
