//! What the screens make of an effect that is done.

use countersign_core::authenticator::{AccountState, CoreError, EntryId, VaultFault};

use super::events::{Done, Effect};
use super::form::{Form, Purpose};
use super::keys::add;
use super::look::Sign;
use super::model::{Item, Model, name};
use super::screens::{Found, Screen};
use crate::words::Said;

/// Takes what came of an effect. The snapshot is that of after it.
pub(crate) fn done(model: &mut Model, done: Done) -> Option<Effect> {
    model.busy = None;
    match done {
        Done::Unlocked(result) => unlocked(model, result),
        Done::Read(Ok(found)) => return read(model, found),
        Done::Read(Err(said)) => refuse(model, said),
        Done::Added(Ok(id)) => added(model, id),
        Done::Named(Ok(())) => {
            model.screens.pop();
        }
        Done::Removed { name, host, result: Ok(removed) } => {
            model.screens.clear();
            let said = model.words().removed(removed, &name, host.as_deref());
            model.said = Some((Sign::No, said));
        }
        Done::Added(Err(CoreError::Cancelled)) => {
            model.said = Some((Sign::No, model.words().said("given-up", &[])));
        }
        Done::Answered(Ok(_)) | Done::Refreshed(Ok(())) | Done::Counted(Ok(())) => {}
        Done::Added(Err(error))
        | Done::Answered(Err(error))
        | Done::Refreshed(Err(error))
        | Done::Named(Err(error))
        | Done::Counted(Err(error))
        | Done::Removed { result: Err(error), .. } => {
            let said = model.words().error(&error);
            refuse(model, said);
        }
    }
    None
}

fn unlocked(model: &mut Model, result: Result<(), CoreError>) {
    match result {
        Ok(()) => model.screens.retain(|screen| !screen.is_unlock()),
        // The keyring runs and has no key for this vault: something else may open it.
        Err(CoreError::Vault(VaultFault::KeyMissing)) if model.setting.has_keyring => {
            model.screens.retain(|screen| !screen.is_unlock());
            model.screens.push(Screen::Form(Form::new(Purpose::Recover, model.words())));
        }
        // Once the person has said that the last change may be lost, another damage is told like any other fault.
        Err(CoreError::Vault(VaultFault::Damaged)) if !asks_to_restore(model) => {
            let screen = if model.setting.has_keyring {
                Screen::Locked { is_damaged: true }
            } else {
                Screen::Form(Form::new(Purpose::Restore, model.words()))
            };
            model.screens.retain(|screen| !screen.is_unlock());
            model.screens.push(screen);
        }
        Err(error) => {
            let said = model.words().error(&error);
            refuse(model, said);
        }
    }
}

fn asks_to_restore(model: &Model) -> bool {
    match model.screens.last() {
        Some(Screen::Locked { is_damaged }) => *is_damaged,
        Some(Screen::Form(form)) => form.purpose == Purpose::Restore,
        _ => false,
    }
}

fn read(model: &mut Model, found: Vec<Found>) -> Option<Effect> {
    if !matches!(model.screens.last(), Some(Screen::Form(_))) {
        return None; // The person has left meanwhile.
    }
    match found.as_slice() {
        [] => {}
        [one] => match &one.refused {
            Some(said) => refuse(model, said.clone()),
            // A picture is of what the person looks at; a link can come from anybody.
            None if is_link(model) => model.screens.push(Screen::Choose { found, at: 0 }),
            None => return add(model, one),
        },
        _ => model.screens.push(Screen::Choose { found, at: 0 }),
    }
    None
}

fn is_link(model: &Model) -> bool {
    matches!(model.screens.last(), Some(Screen::Form(form)) if form.purpose == Purpose::Link)
}

fn added(model: &mut Model, id: EntryId) {
    model.screens.clear();
    model.list.search = None;
    model.list.chosen = Some(Item::Account(id));
    let Some(row) = model.account(id) else { return };
    if matches!(row.state, AccountState::Pending { .. }) {
        model.screens.push(Screen::Check(id));
    } else {
        let name = name(row, model.words());
        model.said = Some((Sign::Good, model.words().said("added-codes", &[("name", name.into())])));
    }
}

/// Says what was wrong where the person is looking: in the form, or below the list.
fn refuse(model: &mut Model, said: Said) {
    match model.screens.last_mut() {
        Some(Screen::Form(form)) => form.refuse(said),
        _ => model.said = Some((Sign::Bad, said)),
    }
}
