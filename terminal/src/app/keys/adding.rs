//! The keys on the way to a new account.

use super::account::remove;
use super::list::is_pending;
use super::*;

pub(super) fn in_menu(model: &mut Model, menu: Menu, key: KeyEvent) -> Option<Effect> {
    let last = menu.of.entries().len().saturating_sub(1);
    let at = match key.code {
        KeyCode::Esc => return None,
        KeyCode::Up => menu.at.saturating_sub(1),
        KeyCode::Down => (menu.at + 1).min(last),
        _ => menu.at,
    };
    model.screens.push(Screen::Menu(Menu { at, ..menu }));
    if key.code == KeyCode::Enter
        && let Some((_, leads)) = menu.of.entries().get(at)
    {
        let next = match *leads {
            Leads::Menu(of) => Screen::Menu(Menu { of, at: 0 }),
            Leads::Form(purpose) => Screen::Form(Form::new(purpose, model.words())),
        };
        model.screens.push(next);
    }
    None
}

pub(super) fn in_form(model: &mut Model, mut form: Form, key: KeyEvent) -> Option<Effect> {
    if key.code == KeyCode::Esc {
        // The form that opens a locked vault may have nothing behind it.
        if form.purpose.opens_vault()
            && model.screens.is_empty()
            && model.snapshot.lock != Lock::SecretsLocked
        {
            model.screens.push(Screen::Form(form));
        }
        return give_up(model);
    }
    let pressed = form.press(key, model.words());
    let typed = form.fields.first().map_or(String::new(), |field| field.text().to_owned());
    model.screens.push(Screen::Form(form));
    match pressed {
        Pressed::Stays => None,
        Pressed::Complete => Some(Effect::Complete(typed)),
        Pressed::Filled(_) if model.busy.is_some() => None,
        Pressed::Filled(filled) => Some(match filled {
            Filled::Unlock(with) => {
                model.busy = Some(model.words().text("unlocking"));
                Effect::Unlock(with)
            }
            Filled::Restore(with) => {
                model.busy = Some(model.words().text("unlocking"));
                Effect::Restore(with)
            }
            Filled::Picture(file) => {
                model.busy = Some(model.words().text("reading-picture"));
                Effect::ReadPicture(file)
            }
            Filled::Text(text) => Effect::ReadText(text),
            Filled::Key(typed) => Effect::ReadKey(typed),
            Filled::Typed { code, url } => Effect::ReadTyped { code, url },
            Filled::DeviceName(name) => {
                model.busy = Some(model.words().text("naming-device"));
                Effect::NameDevice(name)
            }
            Filled::Name { account, name } => Effect::Edit { account, change: Change::Name(name) },
        }),
    }
}

pub(super) fn in_choice(model: &mut Model, found: Vec<Found>, at: usize, key: KeyEvent) -> Option<Effect> {
    let last = found.len().saturating_sub(1);
    let at = match key.code {
        KeyCode::Esc => return give_up(model),
        KeyCode::Up => at.saturating_sub(1),
        KeyCode::Down => (at + 1).min(last),
        _ => at,
    };
    let chosen = found.get(at).cloned();
    model.screens.push(Screen::Choose { found, at });
    match (key.code, chosen) {
        (KeyCode::Enter, Some(chosen)) => add(model, &chosen),
        _ => None,
    }
}

/// Adds what was found, or says why not.
pub(crate) fn add(model: &mut Model, found: &Found) -> Option<Effect> {
    if let Some(said) = &found.refused {
        model.said = Some((Sign::Bad, said.clone()));
        return None;
    }
    if model.busy.is_some() {
        return None;
    }
    let words = model.words();
    model.busy = Some(match &found.host {
        Some(host) => words.with("asking-server", &[("host", host.into())]),
        None => words.text("adding"),
    });
    Some(Effect::Add(found.place))
}

/// On the eight characters that are compared with the page.
pub(super) fn on_check(model: &mut Model, id: EntryId, key: KeyEvent) -> Option<Effect> {
    if key.code == KeyCode::Esc {
        return None;
    }
    let is_pending = model.account(id).is_some_and(is_pending);
    if key.code == KeyCode::Char('n') && is_pending {
        return remove(model, id);
    }
    if key.code == KeyCode::Enter && !is_pending {
        return None;
    }
    model.screens.push(Screen::Check(id));
    if key.code == KeyCode::Enter {
        let test = model.waiting().find(|card| card.account_id == id);
        let test = test.map(|card| Pad::new(card.account_id, card.id));
        model.screens.extend(test.map(Screen::Card));
    }
    None
}

/// Whoever leaves while something is being added wants it no more.
fn give_up(model: &Model) -> Option<Effect> {
    model.busy.is_some().then_some(Effect::GiveUp)
}
