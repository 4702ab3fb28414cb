//! Several processes, or threads, on one vault.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use super::*;

#[test]
fn writers_with_a_vault_each_lose_no_update() {
    let (folder, _, keys) = new_vault();
    let (folder, keys) = (folder.path(), &keys);
    thread::scope(|scope| {
        for writer in 0..4_u32 {
            scope.spawn(move || {
                let vault = another(folder, keys);
                for number in 0..15 {
                    let entry = entry();
                    match number % 3 {
                        0 => add(&vault, entry).unwrap(),
                        1 => vault
                            .change_contacts(|contacts| contacts.accounts.push(work_account(entry)))
                            .unwrap(),
                        _ => vault
                            .change_secrets(|secrets| {
                                secrets.codes.push(CodeEntry { order: writer, ..code(entry, None) });
                            })
                            .unwrap(),
                    }
                }
            });
        }
    });
    let vault = another(folder, keys);
    assert_eq!(vault.contacts().unwrap().accounts.len(), 4 * 10);
    assert_eq!(vault.secrets().unwrap().codes.len(), 4 * 10);
    assert_eq!(vault.generation(Compartment::Contacts).unwrap().number, 1 + 40);
    assert_eq!(vault.generation(Compartment::Secrets).unwrap().number, 1 + 40);
}

#[test]
fn threads_with_one_vault_lose_no_update() {
    let (folder, vault, keys) = new_vault();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..10).for_each(|_| add(&vault, entry()).unwrap()));
        }
    });
    assert_eq!(vault.contacts().unwrap().accounts.len(), 40);
    assert!(another(folder.path(), &keys).contacts().unwrap() == vault.contacts().unwrap());
}

#[test]
fn readers_see_whole_generations_while_others_write() {
    let (folder, vault, keys) = new_vault();
    let (folder, keys) = (folder.path(), &keys);
    let (done, is_done) = channel::<()>();
    thread::scope(|scope| {
        scope.spawn(move || {
            for _ in 0..40 {
                let entry = entry();
                add(&vault, entry).unwrap();
                remove(&vault, entry).unwrap();
            }
            drop(done);
        });
        let mut last = 0;
        while is_done.try_recv() == Err(std::sync::mpsc::TryRecvError::Empty) {
            let reader = vault_in(folder);
            let seen =
                reader.unlock(Compartment::Contacts, keys.opener(Compartment::Contacts), None).unwrap();
            assert!(seen.number >= last, "a reader never goes back");
            last = seen.number;
            assert_eq!(reader.contacts().unwrap().accounts.len(), usize::from(seen.number.is_multiple_of(2)));
        }
    });
}

#[test]
fn a_change_sees_what_another_process_wrote_and_refresh_tells_of_it() {
    let (folder, vault, keys) = new_vault();
    let other = another(folder.path(), &keys);
    assert!(!vault.refresh().unwrap());
    let account = entry();
    add(&other, account).unwrap();
    assert_eq!(has(&vault, account), (false, false), "reading alone does not look at the disk");
    assert!(vault.refresh().unwrap());
    assert_eq!(has(&vault, account), (true, true));
    assert!(!vault.refresh().unwrap());
    // A change needs no refresh before it, and the other's account stays.
    remove(&other, account).unwrap();
    let is_there = vault.change_contacts(|contacts| contacts.has(account)).unwrap();
    assert!(!is_there, "a flow that waited finds its account gone");
    assert_eq!(vault.generation(Compartment::Contacts), other.generation(Compartment::Contacts));
}

#[test]
fn refreshing_opens_nothing_that_is_locked() {
    let (folder, vault, keys) = new_vault();
    vault.lock(Compartment::Secrets);
    add(&another(folder.path(), &keys), entry()).unwrap();
    assert!(vault.refresh().unwrap());
    assert_eq!(vault.contacts().unwrap().accounts.len(), 1);
    assert!(matches!(vault.secrets(), Err(VaultError::Locked(_))));
}

#[test]
fn a_writer_waits_for_the_other_and_a_reader_does_not() {
    let (folder, vault, keys) = new_vault();
    let held = std::fs::File::open(folder.path().join("writer.lock")).unwrap();
    held.lock().unwrap();
    let (done, is_done) = channel();
    thread::scope(move |scope| {
        // In here, so that a failing test lets go of the lock before it waits for the thread.
        let held = held;
        scope.spawn(move || done.send(add(&vault, entry())).unwrap());
        assert!(matches!(is_done.recv_timeout(Duration::from_millis(200)), Err(RecvTimeoutError::Timeout)));
        let reader = another(folder.path(), &keys);
        assert!(!reader.refresh().unwrap());
        assert!(reader.contacts().unwrap().accounts.is_empty());
        held.unlock().unwrap();
        is_done.recv_timeout(Duration::from_secs(60)).unwrap().unwrap();
        assert!(reader.refresh().unwrap());
        assert_eq!(reader.contacts().unwrap().accounts.len(), 1);
    });
}

#[test]
fn reading_what_is_held_does_not_wait_for_a_write() {
    let (_folder, vault, _) = new_vault();
    vault
        .change_contacts(|contacts| {
            contacts.accounts.push(work_account(entry()));
            thread::scope(|scope| {
                let read = scope.spawn(|| vault.contacts().unwrap().accounts.len());
                assert_eq!(read.join().unwrap(), 0, "what is not on the disk is not seen");
            });
        })
        .unwrap();
    assert_eq!(vault.contacts().unwrap().accounts.len(), 1);
}

#[test]
fn a_change_that_panics_changes_nothing_and_keeps_nobody_out() {
    let (folder, vault, keys) = new_vault();
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        vault.change_contacts(|contacts| {
            contacts.accounts.push(work_account(entry()));
            panic!("a fault in the rule");
        })
    }));
    assert!(panicked.is_err());
    assert!(vault.contacts().unwrap().accounts.is_empty());
    add(&another(folder.path(), &keys), entry()).unwrap();
    add(&vault, entry()).unwrap();
    assert_eq!(vault.contacts().unwrap().accounts.len(), 2);
}
