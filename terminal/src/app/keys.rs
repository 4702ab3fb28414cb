//! What each key does on each screen.
//!
//! ```text
//! shut ─ s ─► start over
//! list ─ Enter on a request ─► card ─ digits, Enter ─► sent ─► ended
//!   │                            ├ d ─► denied
//!   │                            ├ n ─► reported
//!   │                            └ once it has ended: n ─► report it? ─ r ─► reported
//!   ├ k ─► offer ─► unlock code
//!   ├ n ─► name of this device
//!   ├ e ─► ended requests ─ Enter ─► ended | report it?
//!   ├ Enter on an account ─► account ─ s ─► settings ─► name | name of this device | remove
//!   └ a ─► type ─► how ─► form ─► (which one?) ─► added ─► check
//! ```
//!
//! Esc goes back one screen and changes nothing; Ctrl O opens a request that waits, from every screen. `y` is bound to
//! nothing: there is no key that only agrees. What each place binds stands in [`bindings`](super::bindings).

mod account;
mod adding;
mod card;
mod list;
mod shut;

use countersign_core::authenticator::{CardState, Change, CodeKind, Decision, EntryId, Lock, UnlockWith};
use countersign_protocol::RequestId;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::bindings::Place;
use super::events::Effect;
use super::field::Field;
use super::form::{Filled, Form, Pressed, Purpose};
use super::look::Sign;
use super::model::{Item, Model, digits, name};
use super::screens::{Found, Leads, Menu, MenuOf, Pad, Screen, SettingRow, Shut};

use account::{in_settings, on_account, on_removal};
use adding::{in_choice, in_form, in_menu, on_check};
use card::{in_endings, on_card, on_report};
use list::in_list;
use shut::{before_shut, on_offer_of_code, on_start_over, unlock};

pub(crate) use adding::add;
pub(crate) use card::can_report;

/// How far a page moves.
const PAGE: usize = 8;

/// Takes a key.
pub(crate) fn press(model: &mut Model, key: KeyEvent) -> Option<Effect> {
    if key.kind == KeyEventKind::Release {
        return None;
    }
    let is_control = key.modifiers.contains(KeyModifiers::CONTROL);
    if is_control && key.code == KeyCode::Char('c') {
        return Some(Effect::Quit);
    }
    model.said = None;
    if is_control && key.code == KeyCode::Char('o') {
        let other = model.waiting_to_open().map(|card| Pad::new(card.account_id, card.id));
        model.screens.extend(other.map(Screen::Card));
        return None;
    }
    let is_typed = matches!(model.place(model.screens.last()), Place::Form | Place::Search);
    let is_plain = !key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
    if !is_typed && !is_plain {
        return None;
    }
    if key.code == KeyCode::Char('?') && !model.screens.last().is_none_or(Screen::takes_question_mark) {
        model.screens.push(Screen::Keys { scroll: 0 });
        return None;
    }
    // The screen is taken out while it decides, and put back unless it is left.
    let Some(screen) = model.screens.pop() else { return in_list(model, key) };
    match screen {
        Screen::Shut(why) => before_shut(model, why, key),
        Screen::StartOver => on_start_over(model, key),
        Screen::OfferCode => on_offer_of_code(model, key),
        Screen::UnlockCode(code) => {
            // It is shown this once, so no other key leaves it.
            if key.code != KeyCode::Enter {
                model.screens.push(Screen::UnlockCode(code));
            }
            None
        }
        Screen::Form(form) => in_form(model, form, key),
        Screen::Menu(menu) => in_menu(model, menu, key),
        Screen::Choose { found, at } => in_choice(model, found, at, key),
        Screen::Check(id) => on_check(model, id, key),
        Screen::Card(pad) => on_card(model, pad, key),
        Screen::Endings { of, at } => in_endings(model, of, at, key),
        Screen::Report { account, request } => on_report(model, account, request, key),
        Screen::Account(id) => on_account(model, id, key),
        Screen::Settings { account, at } => in_settings(model, account, at, key),
        Screen::Remove(id) => on_removal(model, id, key),
        Screen::HelpDesk { text, scroll } => {
            if let Some(scroll) = scrolled(scroll, key) {
                model.screens.push(Screen::HelpDesk { text, scroll });
            }
            None
        }
        Screen::Keys { scroll } => {
            if let Some(scroll) = scrolled(scroll, key).filter(|_| key.code != KeyCode::Char('?')) {
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

/// Asks what this device is to be called.
fn ask_device_name(model: &mut Model) {
    // Not while it cannot be known.
    let Some(now) = model.device_name.clone() else { return };
    let mut form = Form::new(Purpose::DeviceName, model.words());
    if let Some(field) = form.field() {
        field.set(&now);
    }
    model.screens.push(Screen::Form(form));
}

fn refresh(model: &mut Model) -> Option<Effect> {
    if model.busy.is_some() {
        return None;
    }
    model.busy = Some(model.words().text("checking"));
    Some(Effect::Refresh)
}

/// Where a page of text stands after this key; None when it is left.
fn scrolled(scroll: usize, key: KeyEvent) -> Option<usize> {
    match key.code {
        KeyCode::Esc => None,
        KeyCode::Down => Some(scroll + 1),
        KeyCode::PageDown => Some(scroll + PAGE),
        KeyCode::Up => Some(scroll.saturating_sub(1)),
        KeyCode::PageUp => Some(scroll.saturating_sub(PAGE)),
        _ => Some(scroll),
    }
}

#[cfg(test)]
mod tests;
