//! What each key does on each screen.
//!
//! ```text
//! shut ─ s ─► start over
//! list ─ Enter on a request ─► card ─ digits, Enter ─► sent ─► ended
//!   │                            ├ d ─► denied
//!   │                            ├ n ─► reported
//!   │                            └ once it has ended: n ─► report it? ─ r ─► reported
//!   ├ k ─► offer ─► unlock code
//!   ├ Enter on an account ─► account ─ s ─► settings ─► name | remove
//!   └ a ─► type ─► how ─► form ─► (which one?) ─► added ─► check
//! ```
//!
//! Esc goes back one screen and changes nothing; Ctrl O opens a request that waits, from every screen. `y` is bound to nothing: there is no key that only agrees.

mod adding;
mod card;
mod list;

use countersign_core::authenticator::{CardState, Change, CodeKind, Decision, Lock, UnlockWith};
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::events::Effect;
use super::field::Field;
use super::form::{Filled, Form, Pressed, Purpose};
use super::look::Sign;
use super::model::{Item, Model, digits, name};
use super::screens::{Found, Leads, Menu, MenuOf, Pad, Screen, Shut};

use adding::{in_choice, in_form, in_menu};
use card::on_card;
use list::in_list;

pub(crate) use adding::add;
pub(crate) use card::can_report;

/// How far a page moves.
const PAGE: usize = 8;

/// Takes a key.
pub(crate) fn press(model: &mut Model, key: KeyEvent) -> Option<Effect> {
    if key.kind == KeyEventKind::Release {
        return None;
    }
    if key.modifiers.contains(KeyModifiers::CONTROL) && matches!(key.code, KeyCode::Char('c' | 'q')) {
        return Some(Effect::Quit);
    }
    model.said = None;
    if key.modifiers.contains(KeyModifiers::CONTROL) && key.code == KeyCode::Char('o') {
        let other = model.waiting_elsewhere().map(|card| Pad::new(card.account_id, card.id));
        model.screens.extend(other.map(Screen::Card));
        return None;
    }
    if key.code == KeyCode::Char('?') && !model.screens.last().is_none_or(Screen::takes_question_mark) {
        model.screens.push(Screen::Keys { scroll: 0 });
        return None;
    }
    // The screen is taken out while it decides, and put back unless it is left.
    let Some(screen) = model.screens.pop() else { return in_list(model, key) };
    match screen {
        Screen::Shut(why) => {
            model.screens.push(Screen::Shut(why));
            shut(model, why, key)
        }
        Screen::StartOver => match key.code {
            KeyCode::Esc | KeyCode::Char('k') => None,
            KeyCode::Char('s') if model.busy.is_none() => {
                model.screens.push(Screen::StartOver);
                model.busy = Some(model.words().text("starting-over"));
                Some(Effect::StartOver)
            }
            _ => {
                model.screens.push(Screen::StartOver);
                None
            }
        },
        Screen::OfferCode => match key.code {
            KeyCode::Esc => None,
            KeyCode::Enter if model.busy.is_none() => {
                model.screens.push(Screen::OfferCode);
                model.busy = Some(model.words().text("making-code"));
                Some(Effect::MakeUnlockCode)
            }
            _ => {
                model.screens.push(Screen::OfferCode);
                None
            }
        },
        // It is shown this once, so no other key leaves it.
        Screen::UnlockCode(code) => {
            if key.code != KeyCode::Enter {
                model.screens.push(Screen::UnlockCode(code));
            }
            None
        }
        Screen::Form(form) => in_form(model, form, key),
        Screen::Menu(menu) => in_menu(model, menu, key),
        Screen::Choose { found, at } => in_choice(model, found, at, key),
        Screen::Check(id) => match key.code {
            KeyCode::Esc => None,
            KeyCode::Char('n') => remove(model, id),
            code => {
                model.screens.push(Screen::Check(id));
                if code == KeyCode::Enter {
                    open_waiting(model);
                }
                None
            }
        },
        Screen::Card(pad) => on_card(model, pad, key),
        Screen::Report(pad) => match key.code {
            KeyCode::Esc | KeyCode::Char('k') => None,
            KeyCode::Char('r') => {
                let (account, request) = (pad.account, pad.request);
                Some(Effect::Answer { account, request, decision: Decision::Report })
            }
            _ => {
                model.screens.push(Screen::Report(pad));
                None
            }
        },
        Screen::Account(id) => {
            let codes = model.account(id).map(|row| row.codes);
            match key.code {
                KeyCode::Esc | KeyCode::Left => return None,
                KeyCode::Char('s') => {
                    model.screens.extend([Screen::Account(id), Screen::Settings { account: id, at: 0 }]);
                    return None;
                }
                KeyCode::Char('h') => {
                    model.screens.push(Screen::Account(id));
                    return Some(Effect::Diagnostics);
                }
                _ => model.screens.push(Screen::Account(id)),
            }
            match key.code {
                KeyCode::Enter => {
                    open_waiting(model);
                    None
                }
                KeyCode::Char('n') if codes == Some(CodeKind::Counted) => {
                    Some(Effect::Edit { account: id, change: Change::NextCode })
                }
                KeyCode::Char('r') => refresh(model),
                KeyCode::Char('u') if model.snapshot.lock != Lock::Open => unlock(model),
                _ => None,
            }
        }
        Screen::Settings { account, at } => {
            match key.code {
                KeyCode::Esc | KeyCode::Left => return None,
                KeyCode::Up => model.screens.push(Screen::Settings { account, at: at.saturating_sub(1) }),
                KeyCode::Down => model.screens.push(Screen::Settings { account, at: (at + 1).min(1) }),
                KeyCode::Enter => {
                    model.screens.push(Screen::Settings { account, at });
                    let now = model.account(account).map(|row| name(row, model.words())).unwrap_or_default();
                    let next = if at == 0 {
                        let mut form = Form::new(Purpose::Name(account), model.words());
                        if let Some(field) = form.field() {
                            field.set(&now);
                        }
                        Screen::Form(form)
                    } else {
                        Screen::Remove(account)
                    };
                    model.screens.push(next);
                }
                _ => model.screens.push(Screen::Settings { account, at }),
            }
            None
        }
        Screen::Remove(id) => match key.code {
            KeyCode::Esc | KeyCode::Char('k') => None,
            KeyCode::Char('r') => remove(model, id),
            _ => {
                model.screens.push(Screen::Remove(id));
                None
            }
        },
        Screen::HelpDesk { text, scroll } => {
            if let Some(scroll) = scrolled(scroll, key) {
                model.screens.push(Screen::HelpDesk { text, scroll });
            }
            None
        }
        Screen::Keys { scroll } => {
            if let Some(scroll) = scrolled(scroll, key) {
                model.screens.push(Screen::Keys { scroll });
            }
            None
        }
    }
}

/// Takes a pasted text: into the field that is typed into, and nowhere else. A number is typed, never pasted.
pub(crate) fn paste(model: &mut Model, text: &str) {
    match model.screens.last_mut() {
        Some(Screen::Form(form)) => {
            if let Some(field) = form.field() {
                field.type_text(text.trim());
            }
        }
        None => {
            if let Some(search) = &mut model.list.search {
                search.type_text(text.trim());
            }
        }
        Some(_) => {}
    }
}

/// Puts the completed name of a file where it was begun.
pub(crate) fn complete(model: &mut Model, name: &str) {
    if let Some(Screen::Form(form)) = model.screens.last_mut()
        && matches!(form.purpose, Purpose::Picture { .. })
        && let Some(field) = form.field()
    {
        field.set(name);
    }
}

fn remove(model: &mut Model, id: countersign_core::authenticator::EntryId) -> Option<Effect> {
    let row = model.account(id)?;
    let effect = Effect::Remove { account: id, name: name(row, model.words()), host: row.host.clone() };
    Some(effect)
}

fn refresh(model: &mut Model) -> Option<Effect> {
    if model.busy.is_some() {
        return None;
    }
    model.busy = Some(model.words().text("checking"));
    Some(Effect::Refresh)
}

fn unlock(model: &mut Model) -> Option<Effect> {
    if model.opens_by_keyring() {
        model.busy = Some(model.words().text("unlocking"));
        return Some(Effect::Unlock(UnlockWith::KeyStore));
    }
    model.ask_to_unlock();
    None
}

/// On the screen that says why the vault is shut.
fn shut(model: &mut Model, why: Shut, key: KeyEvent) -> Option<Effect> {
    match (why, key.code) {
        (_, KeyCode::Char('q')) => Some(Effect::Quit),
        (Shut::KeyGone | Shut::Damaged, KeyCode::Char('s')) => {
            model.screens.push(Screen::StartOver);
            None
        }
        (_, KeyCode::Enter) if model.busy.is_some() => None,
        (Shut::Locked, KeyCode::Enter | KeyCode::Char('u')) => unlock(model),
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

/// Opens the first request that waits, if one does.
fn open_waiting(model: &mut Model) {
    let first = model.waiting().next().map(|card| Pad::new(card.account_id, card.id));
    model.screens.extend(first.map(Screen::Card));
}

/// Where a page of text stands after this key; None when it is left.
fn scrolled(scroll: usize, key: KeyEvent) -> Option<usize> {
    match key.code {
        KeyCode::Esc | KeyCode::Enter | KeyCode::Char('q' | '?') => None,
        KeyCode::Down => Some(scroll + 1),
        KeyCode::PageDown => Some(scroll + PAGE),
        KeyCode::Up => Some(scroll.saturating_sub(1)),
        KeyCode::PageUp => Some(scroll.saturating_sub(PAGE)),
        _ => Some(scroll),
    }
}

#[cfg(test)]
mod tests;
