//! The ways into a vault that is shut, the second way, and the way on without one.

use countersign_core::authenticator::SlotKind;
use zeroize::Zeroizing;

use super::*;
use crate::platform::Typed;

const KEYRING: &[SlotKind] = &[SlotKind::KeyStore];
const BOTH: &[SlotKind] = &[SlotKind::KeyStore, SlotKind::UnlockCode];
const PASSPHRASE: &[SlotKind] = &[SlotKind::Passphrase];

/// A vault that is shut and opens so.
fn locked(lock: Lock, opens_with: &[SlotKind]) -> Snapshot {
    Snapshot { lock, accounts: Vec::new(), opens_with: opens_with.to_vec(), ..snapshot() }
}

fn shut(has_keyring: bool, snapshot: Snapshot) -> Model {
    Model::new(Setting { has_keyring, ..setting(ALL) }, at(NOW), snapshot)
}

fn unlocked(model: &mut Model, result: Result<(), CoreError>) -> Option<Effect> {
    done(model, Done::Unlocked { is_new: false, result })
}

fn fault(fault: VaultFault) -> Result<(), CoreError> {
    Err(CoreError::Vault(fault))
}

fn purpose(model: &Model) -> Option<Purpose> {
    match model.screens.last() {
        Some(Screen::Form(form)) => Some(form.purpose),
        _ => None,
    }
}

fn why(model: &Model) -> Option<Shut> {
    match model.screens.last() {
        Some(Screen::Shut(why)) => Some(*why),
        _ => None,
    }
}

#[test]
fn a_locked_vault_leaves_no_way_past_its_screen() {
    let mut model = shut(false, locked(Lock::Locked, PASSPHRASE));
    for code in [KeyCode::Esc, KeyCode::Char('a'), KeyCode::Char('/')] {
        assert!(press(&mut model, key(code)).is_none());
        assert!(model.screens.iter().all(Screen::is_unlock) && !model.screens.is_empty());
    }
    type_keys(&mut model, "words");
    let unlock = press(&mut model, key(KeyCode::Enter));
    assert!(matches!(unlock, Some(Effect::Unlock(UnlockWith::Passphrase(_)))));
    assert!(press(&mut model, key(KeyCode::Enter)).is_none(), "one try at a time");
    unlocked(&mut model, fault(VaultFault::WrongSecret));
    let shown = text(&model, 80, 24);
    assert!(shown.contains("That does not open your accounts") && !shown.contains('•'), "{shown}");
    model.see(snapshot(), codes());
    assert!(model.screens.is_empty(), "open is open, whoever opened it");
}

#[test]
fn what_opens_the_vault_decides_what_is_asked_for() {
    use SlotKind::{Passphrase, UnlockCode};
    let ask = |has_keyring, ways: &[SlotKind]| purpose(&shut(has_keyring, locked(Lock::Locked, ways)));
    assert_eq!(ask(false, PASSPHRASE), Some(Purpose::Unlock(Typed::Passphrase)));
    assert_eq!(ask(true, PASSPHRASE), Some(Purpose::Unlock(Typed::Passphrase)), "a keyring that came later");
    assert_eq!(ask(false, &[Passphrase, UnlockCode]), Some(Purpose::Unlock(Typed::Either)));
    assert_eq!(ask(false, BOTH), Some(Purpose::Unlock(Typed::UnlockCode)));
    assert_eq!(ask(true, BOTH), None, "the keyring opens it");
    let first = Snapshot { is_first_start: true, ..locked(Lock::Locked, &[]) };
    assert_eq!(purpose(&shut(false, first.clone())), Some(Purpose::NewPassphrase));
    assert_eq!(why(&shut(true, first)), Some(Shut::Locked));
}

#[test]
fn a_vault_of_the_keyring_asks_for_no_passphrase_where_none_runs() {
    let mut model = shut(false, locked(Lock::Locked, KEYRING));
    assert_eq!((why(&model), model.screens.len()), (Some(Shut::NoKeyring), 1));
    let shown = text(&model, 80, 24);
    assert!(shown.contains("Only the keyring opens your accounts"), "{shown}");
    assert!(press(&mut model, key(KeyCode::Enter)).is_none());
    assert!(type_keys(&mut model, "s").is_empty(), "the key may be in its keyring still");
    assert_eq!(why(&model), Some(Shut::NoKeyring));
    assert!(matches!(press(&mut model, key(KeyCode::Char('q'))), Some(Effect::Quit)));
}

#[test]
fn a_keyring_that_has_lost_the_key_leads_to_the_unlock_code_where_one_was_made() {
    let mut model = shut(true, locked(Lock::Locked, BOTH));
    assert!(matches!(press(&mut model, key(KeyCode::Enter)), Some(Effect::Unlock(UnlockWith::KeyStore))));
    unlocked(&mut model, fault(VaultFault::KeyMissing));
    model.see(locked(Lock::KeyDropped, BOTH), Vec::new());
    assert_eq!(purpose(&model), Some(Purpose::Recover(Typed::UnlockCode)));
    type_keys(&mut model, "code");
    let unlock = press(&mut model, key(KeyCode::Enter));
    assert!(matches!(unlock, Some(Effect::Unlock(UnlockWith::UnlockCode(_)))));
    unlocked(&mut model, fault(VaultFault::WrongSecret));
    // Who has lost it as well goes back from the form, and starts over from there.
    press(&mut model, key(KeyCode::Esc));
    assert_eq!(why(&model), Some(Shut::KeyGone));
    press(&mut model, key(KeyCode::Enter));
    assert_eq!(purpose(&model), Some(Purpose::Recover(Typed::UnlockCode)));
    // The same on a start at which the key is known to be gone.
    let model = shut(true, locked(Lock::KeyDropped, BOTH));
    assert_eq!(purpose(&model), Some(Purpose::Recover(Typed::UnlockCode)));
}

#[test]
fn a_lost_key_without_an_unlock_code_asks_for_nothing_that_does_not_exist() {
    let mut model = shut(true, locked(Lock::KeyDropped, KEYRING));
    assert_eq!(why(&model), Some(Shut::KeyGone));
    let shown = text(&model, 80, 24);
    assert!(shown.contains("no unlock code was made") && !shown.contains("Passphrase"), "{shown}");
    assert!(matches!(press(&mut model, key(KeyCode::Enter)), Some(Effect::Unlock(UnlockWith::KeyStore))));
    unlocked(&mut model, fault(VaultFault::KeyMissing));
    assert_eq!((why(&model), model.screens.len()), (Some(Shut::KeyGone), 1));
}

#[test]
fn starting_over_asks_first_and_leads_to_a_new_vault() {
    let mut model = shut(true, locked(Lock::KeyDropped, KEYRING));
    type_keys(&mut model, "s");
    for code in [KeyCode::Enter, KeyCode::Char('y'), KeyCode::Char(' ')] {
        assert!(press(&mut model, key(code)).is_none(), "{code:?}");
        assert!(matches!(model.screens.last(), Some(Screen::StartOver)));
    }
    press(&mut model, key(KeyCode::Esc));
    assert_eq!(why(&model), Some(Shut::KeyGone));
    type_keys(&mut model, "s");
    assert!(matches!(press(&mut model, key(KeyCode::Char('s'))), Some(Effect::StartOver)));
    assert!(press(&mut model, key(KeyCode::Char('s'))).is_none(), "once");
    let first = Snapshot { is_first_start: true, ..locked(Lock::Locked, &[]) };
    model.see(first.clone(), Vec::new());
    let next = done(&mut model, Done::StartedOver(Ok("/home/mira/vault/aside-1".into())));
    assert!(
        matches!(next, Some(Effect::Unlock(UnlockWith::KeyStore))),
        "the keyring keeps the keys of the new one"
    );
    assert!(text(&model, 80, 24).contains("Making") || model.busy.is_some());
    model.busy = None;
    assert!(text(&model, 80, 24).contains("/home/mira/vault/aside-1"));

    // Where no keyring runs, a new passphrase is chosen.
    let mut model = shut(false, locked(Lock::Locked, &[]));
    assert_eq!(why(&model), Some(Shut::Damaged), "no file of it can be read");
    type_keys(&mut model, "s");
    press(&mut model, key(KeyCode::Char('s')));
    model.see(first, Vec::new());
    assert!(done(&mut model, Done::StartedOver(Ok("/aside-1".into()))).is_none());
    assert_eq!(purpose(&model), Some(Purpose::NewPassphrase));
}

#[test]
fn a_damaged_vault_is_opened_as_it_was_before_only_when_the_person_says_so() {
    for (has_keyring, ways) in [(true, KEYRING), (false, PASSPHRASE)] {
        let locked = locked(Lock::Locked, ways);
        let mut model = shut(has_keyring, locked.clone());
        assert!(unlocked(&mut model, fault(VaultFault::Damaged)).is_none());
        model.see(locked, Vec::new());
        assert!(text(&model, 80, 24).contains("What that change did is lost then"));
        if !has_keyring {
            type_keys(&mut model, "words");
        }
        assert!(matches!(press(&mut model, key(KeyCode::Enter)), Some(Effect::Restore(_))), "{has_keyring}");
        assert!(unlocked(&mut model, fault(VaultFault::Damaged)).is_none());
        assert!(text(&model, 80, 24).contains("There is nothing before it that opens"));
        if !has_keyring {
            press(&mut model, key(KeyCode::Esc));
        }
        type_keys(&mut model, "s");
        assert!(matches!(model.screens.last(), Some(Screen::StartOver)));
    }
}

#[test]
fn who_makes_a_vault_of_the_keyring_is_asked_once_for_a_second_way() {
    let made = |offers_unlock_code, is_new| {
        let mut model = with(Vec::new());
        model.setting.offers_unlock_code = offers_unlock_code;
        done(&mut model, Done::Unlocked { is_new, result: Ok(()) });
        model
    };
    assert!(made(true, false).screens.is_empty() && made(false, true).screens.is_empty());
    let mut model = made(true, true);
    assert!(matches!(model.screens.as_slice(), [Screen::OfferCode]));
    press(&mut model, key(KeyCode::Esc));
    assert!(model.screens.is_empty());
    // And whenever it wants one.
    type_keys(&mut model, "k");
    assert!(matches!(press(&mut model, key(KeyCode::Enter)), Some(Effect::MakeUnlockCode)));
    assert!(press(&mut model, key(KeyCode::Enter)).is_none(), "a second would make the first worthless");
    let code = "0123-4567-89AB-CDEF-GHJK-MNPQ-RSM6";
    done(&mut model, Done::Coded(Ok(Zeroizing::new(code.to_owned()))));
    for code in [KeyCode::Esc, KeyCode::Char('q'), KeyCode::Backspace] {
        assert!(press(&mut model, key(code)).is_none());
    }
    assert!(text(&model, 40, 12).contains(code), "it is shown whole");
    press(&mut model, key(KeyCode::Enter));
    assert!(model.screens.is_empty());
}

#[test]
fn a_locked_vault_makes_no_unlock_code() {
    let mut model = model(Snapshot { lock: Lock::SecretsLocked, ..snapshot() }, ALL);
    assert!(type_keys(&mut model, "k").is_empty() && model.screens.is_empty());
}
