//! The keys before a vault that is shut, and around the second way into it.

use super::*;

/// On the screen that says why the vault is shut.
pub(super) fn before_shut(model: &mut Model, why: Shut, key: KeyEvent) -> Option<Effect> {
    model.screens.push(Screen::Shut(why));
    match (why, key.code) {
        (_, KeyCode::Char('q')) => Some(Effect::Quit),
        (Shut::KeyGone | Shut::Damaged, KeyCode::Char('s')) => {
            model.screens.push(Screen::StartOver);
            None
        }
        (_, KeyCode::Enter) if model.busy.is_some() => None,
        (Shut::Locked, KeyCode::Enter) => unlock(model),
        (Shut::KeyGone, KeyCode::Enter) if model.typed().is_none() => unlock(model),
        (Shut::Damaged, KeyCode::Enter) if model.opens_by_keyring() => {
            model.busy = Some(model.words().text("unlocking"));
            Some(Effect::Restore(UnlockWith::KeyStore))
        }
        (Shut::KeyGone | Shut::Damaged, KeyCode::Enter) => {
            model.ask_for_what_is_typed(why);
            None
        }
        _ => None,
    }
}

/// Whether a vault that does not open is to be put aside.
pub(super) fn on_start_over(model: &mut Model, key: KeyEvent) -> Option<Effect> {
    if key.code == KeyCode::Esc {
        return None;
    }
    model.screens.push(Screen::StartOver);
    if key.code != KeyCode::Char('s') || model.busy.is_some() {
        return None;
    }
    model.busy = Some(model.words().text("starting-over"));
    Some(Effect::StartOver)
}

/// Whether an unlock code is to be made.
pub(super) fn on_offer_of_code(model: &mut Model, key: KeyEvent) -> Option<Effect> {
    if key.code == KeyCode::Esc {
        return None;
    }
    model.screens.push(Screen::OfferCode);
    if key.code != KeyCode::Enter || model.busy.is_some() {
        return None;
    }
    model.busy = Some(model.words().text("making-code"));
    Some(Effect::MakeUnlockCode)
}

pub(super) fn unlock(model: &mut Model) -> Option<Effect> {
    if model.opens_by_keyring() {
        model.busy = Some(model.words().text("unlocking"));
        return Some(Effect::Unlock(UnlockWith::KeyStore));
    }
    model.ask_to_unlock();
    None
}
