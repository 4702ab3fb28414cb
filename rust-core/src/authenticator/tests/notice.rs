//! A notice extension: what it may see, and that no byte in the folder and no key changes for it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::PathBuf;
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, SystemTime};

use super::*;
use crate::vault::Activating;

const READ_ONLY: CoreError = CoreError::Storage(StorageFault::ReadOnly);

/// Everything that is in a folder, and when each file was changed; None where there is none.
type Seen = Option<BTreeMap<PathBuf, (SystemTime, Option<Vec<u8>>)>>;

fn see(folder: &Path) -> Seen {
    let mut seen = BTreeMap::new();
    let times = |path: &Path| fs::metadata(path).unwrap().modified().unwrap();
    for file in fs::read_dir(folder).ok()? {
        let path = file.unwrap().path();
        let bytes = path.is_file().then(|| fs::read(&path).unwrap());
        seen.insert(path.clone(), (times(&path), bytes));
    }
    seen.insert(folder.to_owned(), (times(folder), None));
    Some(seen)
}

/// Everything that a shell can have the core do, and that each that would change something is refused.
fn do_everything(notice: &Authenticator, with: fn() -> UnlockWith) {
    let entry = notice.snapshot().accounts.first().map_or_else(|| EntryId::make(&SystemRandom), |row| row.id);
    let offer = "otpauth://totp/x?secret=JBSWY3DPEHPK3PXP".to_owned();
    let offer = wait(notice.read_offer(offer)).unwrap();
    let request = RequestId::make(&SystemRandom);
    let refused = [
        wait(notice.add(offer, None)).err(),
        wait(notice.edit(entry, Change::Name("Mine".to_owned()))).err(),
        wait(notice.edit(entry, Change::NextCode)).err(),
        wait(notice.remove(entry)).err(),
        wait(notice.name_phone("Mine".to_owned())).err(),
        wait(notice.answer(entry, request, Decision::Deny)).err(),
        wait(notice.answer(entry, request, Decision::Report)).err(),
        wait(notice.make_unlock_code()).err(),
        wait(notice.start_over()).err(),
        wait(notice.restore_previous(with())).err(),
    ];
    assert_eq!(refused, [const { Some(READ_ONLY) }; 10]);
    let _ = wait(notice.refresh());
    wait(notice.set_active(true));
    wait(notice.set_active(false));
    for told in notice.snapshot().notices {
        notice.dismiss(told);
    }
    let _ = (notice.codes(&[entry]), notice.phone_name(), notice.ended_before(), notice.diagnostics());
    // What an unlocking leaves to be done behind it.
    let core = Arc::clone(&notice.core);
    wait(async move { notice.runtime.as_ref().unwrap().spawn(core.take_up_what_is_left()).await.unwrap() });
}

/// Opens a vault as a notice extension does, has it do everything before and after an unlocking, and says how that went.
fn stays_as_it_is(
    folder: &Path,
    key_store: &Arc<Keeps>,
    with: fn() -> UnlockWith,
) -> (Lock, Result<(), CoreError>) {
    let (before, changes) = (see(folder), key_store.changes.load(Ordering::Acquire));
    let keys = key_store.keys.lock().unwrap().clone();
    // Somebody who writes was stopped in the midst of it; long after a test has failed, the lock goes.
    let lock = File::open(folder.join("writer.lock")).inspect(|lock| lock.lock().unwrap());
    let (_done, is_done) = channel::<()>();
    thread::spawn(move || (is_done.recv_timeout(Duration::from_secs(20)), lock));
    let notice = open_as(Role::Notice, folder, key_store.clone());
    let state = notice.snapshot().lock;
    do_everything(&notice, with);
    let unlocked = wait(notice.unlock(with()));
    do_everything(&notice, with);
    notice.lock();
    assert_eq!(see(folder), before);
    assert_eq!(key_store.changes.load(Ordering::Acquire), changes);
    assert_eq!(*key_store.keys.lock().unwrap(), keys);
    assert!(!notice.snapshot().notices.contains(&Notice::StorageFailed), "nothing was to be written");
    (state, unlocked)
}

/// A vault with an account, and with all that an app tidies up when it unlocks.
fn untidy() -> (tempfile::TempDir, Arc<Keeps>, UnlockCode) {
    let (folder, key_store) = (tempfile::tempdir().unwrap(), Arc::new(Keeps::default()));
    let app = open(folder.path(), key_store.clone());
    wait(app.unlock(UnlockWith::KeyStore)).unwrap();
    let unlock_code = wait(app.make_unlock_code()).unwrap();
    let (cut, nobody) = (EntryId::make(&SystemRandom), EntryId::make(&SystemRandom));
    app.core
        .vault
        .change_contacts(|contacts| {
            contacts.activating.push(Activating {
                entry: cut,
                since: UnixSeconds::EPOCH,
                keys: vec![crate::vault::KeyHandle::new("cut".to_owned())],
            });
            contacts.dead_keys.push(crate::vault::KeyHandle::new("dead".to_owned()));
        })
        .unwrap();
    app.core
        .vault
        .change_secrets(|secrets| {
            secrets.codes.extend([code(6), CodeEntry { entry: Some(nobody), ..code(6) }]);
        })
        .unwrap();
    (folder, key_store, unlock_code)
}

#[test]
fn a_notice_changes_nothing_of_a_vault_that_it_reads() {
    let (folder, key_store, _) = untidy();
    let seen = stays_as_it_is(folder.path(), &key_store, || UnlockWith::KeyStore);
    assert_eq!(seen, (Lock::SecretsLocked, Ok(())));
    // The same vault in an app: there was something to tidy up, and the account is there to be changed.
    let (before, app) = (see(folder.path()), open(folder.path(), key_store));
    wait(app.unlock(UnlockWith::KeyStore)).unwrap();
    assert_eq!(app.snapshot().accounts.len(), 1);
    assert_ne!(see(folder.path()), before);
}

#[test]
fn a_notice_makes_nothing_where_there_is_no_vault() {
    let (folder, key_store) = (tempfile::tempdir().unwrap(), Arc::new(Keeps::default()));
    for folder in [folder.path().to_owned(), folder.path().join("not there")] {
        let seen = stays_as_it_is(&folder, &key_store, || UnlockWith::KeyStore);
        assert_eq!(seen, (Lock::Locked, Err(READ_ONLY)));
    }
    assert!(key_store.keys.lock().unwrap().is_empty());
}

#[test]
fn a_notice_makes_no_vault_to_its_end() {
    let (folder, key_store, _) = untidy();
    // As a cut leaves it: the one file is there, and of the other what was to become it.
    let path = |name: &str| folder.path().join(name);
    let (fresh, keys) = (tempfile::tempdir().unwrap(), Arc::new(Keeps::default()));
    wait(open(fresh.path(), keys.clone()).unlock(UnlockWith::KeyStore)).unwrap();
    for name in ["contacts.previous", "secrets.previous"] {
        let _ = fs::remove_file(path(name));
    }
    fs::rename(path("contacts.vault"), path("contacts.aside")).unwrap();
    fs::copy(fresh.path().join("contacts.vault"), path("contacts.new")).unwrap();
    let (_, unlocked) = stays_as_it_is(folder.path(), &key_store, || UnlockWith::KeyStore);
    assert_eq!(unlocked, Err(READ_ONLY));
    assert!(!fs::exists(path("contacts.vault")).unwrap());
}

#[test]
fn a_notice_gives_a_key_store_that_lost_its_key_none_again() {
    let (folder, key_store, unlock_code) = untidy();
    key_store.lose();
    let (state, unlocked) = stays_as_it_is(folder.path(), &key_store, || UnlockWith::KeyStore);
    assert_eq!((state, unlocked), (Lock::KeyDropped, Err(CoreError::Vault(VaultFault::KeyMissing))));
    let notice = open_as(Role::Notice, folder.path(), key_store.clone());
    let before = see(folder.path());
    wait(notice.unlock(UnlockWith::UnlockCode(unlock_code.expose()))).unwrap();
    assert_eq!(notice.snapshot().lock, Lock::Open);
    assert!(key_store.keys.lock().unwrap().is_empty() && see(folder.path()) == before);
}

#[test]
fn a_notice_puts_nothing_back_where_a_file_is_damaged() {
    let (folder, key_store, _) = untidy();
    fs::write(folder.path().join("secrets.vault"), b"nothing").unwrap();
    let (state, unlocked) = stays_as_it_is(folder.path(), &key_store, || UnlockWith::KeyStore);
    assert_eq!(state, Lock::SecretsLocked);
    assert_eq!(unlocked, Err(CoreError::Vault(VaultFault::Damaged)));
}

#[test]
fn what_a_notice_learns_holds_until_the_file_is_another() {
    let (folder, key_store, _) = untidy();
    let (app, notice) =
        (open(folder.path(), key_store.clone()), open_as(Role::Notice, folder.path(), key_store.clone()));
    let named = |authenticator: &Authenticator| authenticator.phone_name().unwrap();
    let name = Some(Text::new("Learnt").unwrap());
    let changes = key_store.changes.load(Ordering::Acquire);
    wait(notice.core.learn(move |contacts| contacts.phone_name = name)).unwrap();
    assert_eq!(key_store.changes.load(Ordering::Acquire), changes, "no file, and no number of one");
    wait(notice.refresh()).unwrap();
    wait(app.refresh()).unwrap();
    assert_eq!((named(&notice).as_str(), named(&app).as_str()), ("Learnt", "Fairphone 5"));
    wait(app.name_phone("Written".to_owned())).unwrap();
    assert_eq!(named(&notice), "Learnt", "nobody has looked");
    wait(notice.refresh()).unwrap();
    assert_eq!(named(&notice), "Written");
}
