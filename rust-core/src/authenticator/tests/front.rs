//! The app comes to the front.

use super::*;

#[test]
fn an_app_that_comes_to_the_front_sees_what_another_process_wrote_meanwhile() {
    let (folder, key_store) = (tempfile::tempdir().unwrap(), Arc::new(Keeps::default()));
    let opened = || {
        let authenticator = open(folder.path(), key_store.clone());
        wait(authenticator.unlock(UnlockWith::KeyStore)).unwrap();
        authenticator
    };
    let (app, other) = (opened(), opened());
    wait(app.set_active(true));
    wait(app.set_active(false));
    other.core.vault.change_secrets(|secrets| secrets.codes.push(code(6))).unwrap();
    let before = app.snapshot().revision;
    assert_eq!(app.snapshot().accounts.len(), 0, "nobody has looked");
    wait(app.set_active(true));
    assert_eq!(app.snapshot().accounts.len(), 1);
    assert!(app.snapshot().revision > before, "the shell hears of it");
}
