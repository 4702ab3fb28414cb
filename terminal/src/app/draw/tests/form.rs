//! Passphrases: what is typed and not shown.

use countersign_core::authenticator::SlotKind;

use super::super::super::model::Setting;
use super::super::super::screens::Shut;
use super::*;
use crate::platform::Typed;

#[test]
fn what_is_secret_is_not_shown_while_it_is_typed() {
    let locked = |is_first_start| Snapshot {
        lock: Lock::Locked,
        accounts: Vec::new(),
        is_first_start,
        opens_with: if is_first_start { Vec::new() } else { vec![SlotKind::Passphrase] },
        ..snapshot()
    };
    let of = |snapshot| {
        let mut setting = setting(ALL);
        setting.has_keyring = false;
        Model::new(setting, at(NOW), snapshot)
    };
    let mut model = of(locked(false));
    let Some(Screen::Form(form)) = model.screens.last_mut() else { panic!("a locked vault asks") };
    assert_eq!(form.purpose, Purpose::Unlock(Typed::Passphrase));
    form.fields[0].set("correct horse battery");
    assert!(!text(&model, 80, 24).contains("horse"));
    compare("unlock", &model, LEAST);
    compare("new-passphrase", &of(locked(true)), LEAST);
}

#[test]
fn a_vault_that_is_shut_says_why_and_what_there_is_to_do() {
    let shut = |has_keyring, lock, opens_with: &[SlotKind]| {
        let opens_with = opens_with.to_vec();
        let snapshot = Snapshot { lock, accounts: Vec::new(), opens_with, ..snapshot() };
        Model::new(Setting { has_keyring, ..setting(ALL) }, at(NOW), snapshot)
    };
    let (keyring, both) = ([SlotKind::KeyStore], [SlotKind::KeyStore, SlotKind::UnlockCode]);
    compare("recover", &shut(true, Lock::KeyDropped, &both), LEAST);
    compare("unlock-elsewhere", &shut(false, Lock::Locked, &both), LEAST);
    compare("no-keyring", &shut(false, Lock::Locked, &keyring), LEAST);
    compare("key-gone", &shut(true, Lock::KeyDropped, &keyring), USUAL);
    compare("start-over", &on(Screen::StartOver, shut(true, Lock::KeyDropped, &keyring)), LEAST);
    compare("damaged", &on(Screen::Shut(Shut::Damaged), shut(true, Lock::Locked, &keyring)), LEAST);
}

#[test]
fn this_device_is_named_in_a_form() {
    let mut name = form(Purpose::DeviceName, &["vm"]);
    name.refuse(Words::default().name_refused());
    compare("device-name", &on(Screen::Form(name), with(Vec::new())), LEAST);
    compare(
        "device-name-usual",
        &on(Screen::Form(form(Purpose::DeviceName, &["vm"])), with(Vec::new())),
        USUAL,
    );
}

#[test]
fn what_was_wrong_is_seen_whole_in_the_least_window() {
    let mut key = form(Purpose::Key, &["Gitforge", "mo", "1"]);
    key.at = 6;
    key.refuse(Words::default().refusal(countersign_core::enrolment::Refusal::SecretCharacter));
    compare("key-refused-least", &on(Screen::Form(key), with(Vec::new())), LEAST);
    let mut passphrase = form(Purpose::NewPassphrase, &["five words"]);
    passphrase.refuse(Words::default().said("passphrase-short", &[("least", 12.into())]));
    compare("new-passphrase-refused", &on(Screen::Form(passphrase), with(Vec::new())), LEAST);
}

#[test]
fn an_unlock_code_is_offered_and_shown_whole() {
    compare("offer-code", &on(Screen::OfferCode, with(Vec::new())), LEAST);
    let code = "0123-4567-89AB-CDEF-GHJK-MNPQ-RSM6".to_owned();
    compare("unlock-code", &on(Screen::UnlockCode(code.into()), with(Vec::new())), LEAST);
}
