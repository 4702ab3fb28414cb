//! What the screens make of an effect that is done.

use std::path::Path;

use countersign_core::authenticator::{AccountState, CoreError, EntryId, Outcome, UnlockWith, VaultFault};
use countersign_protocol::RequestId;

use super::events::{Done, Effect};
use super::form::{Form, Purpose};
use super::keys::add;
use super::look::Sign;
use super::model::{Item, Model, name};
use super::screens::{Found, Pad, Screen, Shut};
use crate::words::Said;

/// Takes what came of an effect. The snapshot is that of after it.
pub(crate) fn done(model: &mut Model, done: Done) -> Option<Effect> {
    model.busy = None;
    match done {
        Done::Unlocked { is_new, result } => unlocked(model, is_new, result),
        Done::Coded(Ok(code)) => {
            model.screens.retain(|screen| !matches!(screen, Screen::OfferCode));
            model.screens.push(Screen::UnlockCode(code));
        }
        Done::StartedOver(Ok(folder)) => return started_over(model, &folder),
        Done::Read(Ok(found)) => return read(model, found),
        Done::Read(Err(said)) => refuse(model, said),
        Done::Added(Ok(id)) => added(model, id),
        Done::Named(Ok(())) => {
            let is_name =
                |screen: &Screen| matches!(screen, Screen::Form(Form { purpose: Purpose::Name(_), .. }));
            model.screens.retain(|screen| !is_name(screen));
        }
        Done::Removed { name, host, result: Ok(removed) } => {
            model.screens.clear();
            let said = model.words().removed(removed, &name, host.as_deref());
            model.said = Some((Sign::No, said));
        }
        Done::Added(Err(CoreError::Cancelled)) => {
            model.said = Some((Sign::No, model.words().said("given-up", &[])));
        }
        Done::Refreshed(Ok(())) => refreshed(model),
        Done::Answered { account, request, result: Ok(outcome) } => {
            answered(model, account, request, &outcome);
        }
        Done::DeviceNamed(Ok(())) => device_named(model),
        Done::Counted(Ok(())) => {}
        Done::Named(Err(CoreError::Typed)) | Done::DeviceNamed(Err(CoreError::Typed)) => {
            let said = model.words().name_refused();
            refuse(model, said);
        }
        Done::Coded(Err(error))
        | Done::StartedOver(Err(error))
        | Done::Added(Err(error))
        | Done::Answered { result: Err(error), .. }
        | Done::Refreshed(Err(error))
        | Done::Named(Err(error))
        | Done::DeviceNamed(Err(error))
        | Done::Counted(Err(error))
        | Done::Removed { result: Err(error), .. } => {
            let said = model.words().error(&error);
            refuse(model, said);
        }
    }
    None
}

/// Whoever asked for requests hears that none waits; what does, and which server is silent, is in the list.
fn refreshed(model: &mut Model) {
    let accounts = &model.snapshot.accounts;
    let id = if accounts.iter().all(|row| row.host.is_none()) {
        "nobody-to-ask"
    } else if model.waiting().next().is_some() || accounts.iter().any(|row| row.unreachable) {
        return;
    } else {
        "nothing-waits"
    };
    model.said = Some((Sign::Over, model.words().said(id, &[])));
}

/// A card tells by itself what came of it; of a request from before this run there is none.
fn answered(model: &mut Model, account: EntryId, request: RequestId, outcome: &Outcome) {
    if model.card(&Pad::new(account, request)).is_none() {
        model.said = Some((Sign::Bad, model.words().reported_late(outcome)));
    }
}

fn device_named(model: &mut Model) {
    let is_name = |screen: &Screen| matches!(screen, Screen::Form(Form { purpose: Purpose::DeviceName, .. }));
    model.screens.retain(|screen| !is_name(screen));
    if let Some(name) = model.device_name.clone() {
        let mut said = model.words().said("device-named", &[("name", name.into())]);
        if model.snapshot.accounts.iter().all(|row| row.host.is_none()) {
            said.todo = model.words().text("device-named.nobody");
        }
        model.said = Some((Sign::Good, said));
    }
}

fn unlocked(model: &mut Model, is_new: bool, result: Result<(), CoreError>) {
    match result {
        Ok(()) => {
            model.screens.retain(|screen| !screen.is_unlock());
            if is_new && model.setting.offers_unlock_code {
                model.screens.push(Screen::OfferCode);
            }
        }
        // The keyring runs and has no key for this vault: something else may open it.
        Err(CoreError::Vault(VaultFault::KeyMissing)) => model.shut(Shut::KeyGone),
        Err(CoreError::Vault(VaultFault::Damaged)) if !asks_to_restore(model) => model.shut(Shut::Damaged),
        // The person has said that the last change may be lost, and there is nothing before it.
        Err(CoreError::Vault(VaultFault::Damaged)) => {
            let said = model.words().said("nothing-before", &[]);
            refuse(model, said);
        }
        Err(error) => {
            let said = model.words().error(&error);
            refuse(model, said);
        }
    }
}

fn asks_to_restore(model: &Model) -> bool {
    match model.screens.last() {
        Some(Screen::Shut(why)) => *why == Shut::Damaged,
        Some(Screen::Form(form)) => matches!(form.purpose, Purpose::Restore(_)),
        _ => false,
    }
}

/// There is no vault now: what a first start asks for is next.
fn started_over(model: &mut Model, folder: &Path) -> Option<Effect> {
    model.screens.clear();
    model.follow_lock();
    let folder = folder.display().to_string();
    model.said = Some((Sign::Over, model.words().said("started-over", &[("folder", folder.into())])));
    if !model.opens_by_keyring() {
        return None;
    }
    model.busy = Some(model.words().text("unlocking"));
    Some(Effect::Unlock(UnlockWith::KeyStore))
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
