//! The keys in the list.

use super::*;

pub(super) fn in_list(model: &mut Model, key: KeyEvent) -> Option<Effect> {
    match (&mut model.list.search, key.code) {
        (_, KeyCode::Up) => step(model, -1),
        (_, KeyCode::Down) => step(model, 1),
        (_, KeyCode::PageUp) => step(model, -page()),
        (_, KeyCode::PageDown) => step(model, page()),
        (_, KeyCode::Enter) => match model.chosen() {
            Some(Item::Request(account, request)) => {
                model.screens.push(Screen::Card(Pad::new(account, request)))
            }
            Some(Item::Account(id)) => {
                let is_pending = model.account(id).is_some_and(is_pending);
                model.screens.push(if is_pending { Screen::Check(id) } else { Screen::Account(id) });
            }
            None => {}
        },
        (search @ Some(_), KeyCode::Esc) => *search = None,
        (Some(search), _) => {
            search.press(key);
        }
        (None, KeyCode::Home) => step(model, isize::MIN),
        (None, KeyCode::End) => step(model, isize::MAX),
        (None, KeyCode::Char('/')) => model.list.search = Some(Field::line("search")),
        (None, KeyCode::Char('a')) => {
            model.screens.push(Screen::Menu(Menu { of: MenuOf::Type, at: 0 }));
            // Nothing is added to a locked vault: better said before all is filled in.
            return if model.snapshot.lock == Lock::Open { None } else { unlock(model) };
        }
        (None, KeyCode::Char('e')) => model.screens.push(Screen::Endings { of: None, at: 0 }),
        (None, KeyCode::Char('t')) => ask_device_name(model),
        (None, KeyCode::Char('?')) => model.screens.push(Screen::Keys { scroll: 0 }),
        (None, KeyCode::Char('h')) => return Some(Effect::Diagnostics),
        (None, KeyCode::Char('r')) => return refresh(model),
        (None, KeyCode::Char('l')) => return Some(Effect::Lock),
        (None, KeyCode::Char('x')) if !model.snapshot.notices.is_empty() => return Some(Effect::Dismiss),
        (None, KeyCode::Char('u')) if model.snapshot.lock != Lock::Open => return unlock(model),
        (None, KeyCode::Char('k')) if model.snapshot.lock == Lock::Open => {
            model.screens.push(Screen::OfferCode);
        }
        (None, KeyCode::Char('q')) => return Some(Effect::Quit),
        (None, _) => {}
    }
    None
}

fn step(model: &mut Model, by: isize) {
    let items = model.items();
    let now = model.chosen().and_then(|chosen| items.iter().position(|item| *item == chosen)).unwrap_or(0);
    let last = items.len().saturating_sub(1);
    model.list.chosen = items.get(now.saturating_add_signed(by).min(last)).copied();
}

fn page() -> isize {
    isize::try_from(PAGE).unwrap_or(1)
}

/// Whether an account waits for its page.
pub(super) fn is_pending(row: &countersign_core::authenticator::AccountRow) -> bool {
    matches!(row.state, countersign_core::authenticator::AccountState::Pending { .. })
}
