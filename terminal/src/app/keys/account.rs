//! The keys on an account, in its settings, and on the question of its removal.

use super::*;

pub(super) fn on_account(model: &mut Model, id: EntryId, key: KeyEvent) -> Option<Effect> {
    if key.code == KeyCode::Esc {
        return None;
    }
    model.screens.push(Screen::Account(id));
    let row = model.account(id)?;
    let (codes, has_server) = (row.codes, row.host.is_some());
    match key.code {
        KeyCode::Char('s') => model.screens.push(Screen::Settings { account: id, at: 0 }),
        KeyCode::Char('n') if codes == CodeKind::Counted => {
            return Some(Effect::Edit { account: id, change: Change::NextCode });
        }
        KeyCode::Char('u') if model.snapshot.lock != Lock::Open => return unlock(model),
        KeyCode::Char('r') if has_server => return refresh(model),
        KeyCode::Char('e') if has_server => model.screens.push(Screen::Endings { of: Some(id), at: 0 }),
        KeyCode::Char('h') if has_server => return Some(Effect::Diagnostics),
        _ => {}
    }
    None
}

pub(super) fn in_settings(model: &mut Model, account: EntryId, at: usize, key: KeyEvent) -> Option<Effect> {
    let row = model.account(account)?;
    let (rows, now) = (SettingRow::of(row), name(row, model.words()));
    let at = match key.code {
        KeyCode::Esc => return None,
        KeyCode::Up => at.saturating_sub(1),
        KeyCode::Down => (at + 1).min(rows.len().saturating_sub(1)),
        _ => at,
    };
    model.screens.push(Screen::Settings { account, at });
    if key.code != KeyCode::Enter {
        return None;
    }
    match rows.get(at)? {
        SettingRow::Name => {
            let mut form = Form::new(Purpose::Name(account), model.words());
            if let Some(field) = form.field() {
                field.set(&now);
            }
            model.screens.push(Screen::Form(form));
        }
        SettingRow::Device => ask_device_name(model),
        SettingRow::Remove => model.screens.push(Screen::Remove(account)),
    }
    None
}

/// Whether an account is to be removed (S71).
pub(super) fn on_removal(model: &mut Model, id: EntryId, key: KeyEvent) -> Option<Effect> {
    match key.code {
        KeyCode::Esc | KeyCode::Char('k') => None,
        KeyCode::Char('r') => remove(model, id),
        _ => {
            model.screens.push(Screen::Remove(id));
            None
        }
    }
}

pub(super) fn remove(model: &mut Model, id: EntryId) -> Option<Effect> {
    let row = model.account(id)?;
    let effect = Effect::Remove { account: id, name: name(row, model.words()), host: row.host.clone() };
    Some(effect)
}
