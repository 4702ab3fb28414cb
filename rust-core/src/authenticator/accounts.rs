//! The list of accounts: its rows, names, and the way out of it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::{CallId, Removal, Text, TextRefused, UnixSeconds};

use super::codes::makes_codes;
use super::core::Core;
use super::diagnostics::Event;
use super::names::same_names;
use super::{AccountRow, AccountState, CodeKind, CoreError};
use crate::approval::countersign::Statement;
use crate::ports::PortError;
use crate::vault::{self, CodeEntry, EntryId, Order, OutgoingRemoval, WorkAccount, WorkState};

/// What became of a removal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Removed {
    /// Only this app knew the account.
    Here,
    /// The server has taken it.
    HereAndThere,
    /// The server will hear of it when it can be reached; until then the phone is listed there.
    ServerHearsLater,
    /// The keys were gone, so nobody can tell the server but the person: the phone is listed there until then.
    ServerDoesNotKnow,
}

/// A change to an account's entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The person's own name for it; empty takes the server's or issuer's again.
    Name(String),
    /// The next code of one that is counted (RFC 4226).
    NextCode,
}

impl Core {
    /// The rows of the list, in the person's order.
    pub(super) fn rows(&self) -> Vec<AccountRow> {
        let Ok(contacts) = self.vault.contacts() else { return Vec::new() };
        let secrets = self.vault.secrets().ok();
        let codes = secrets.as_ref().map_or(&[][..], |secrets| &secrets.codes);
        let owned: HashMap<_, _> = codes.iter().filter_map(|code| Some((code.entry?, code))).collect();
        let unreachable = self.live().unreachable.clone();
        let now = self.now();
        let same_names = same_names(&contacts.accounts);
        let work = contacts.accounts.iter().map(|account| {
            let code = owned.get(&account.entry).copied();
            let offset = contacts.server(account.server).map_or(0, |server| server.clock_offset);
            let state = shown_state(&account.state, offset, now);
            let row = AccountRow {
                unreachable: unreachable.contains(&account.entry),
                same_name_as: same_names.get(&account.entry).copied(),
                ..work_row(account, state, code)
            };
            (account.order, row)
        });
        let alone =
            codes.iter().filter(|code| code.entry.is_none()).map(|code| (code.order, codes_row(code)));
        let mut rows: Vec<_> = work.chain(alone).collect();
        rows.sort_by_key(|(order, _)| *order);
        rows.into_iter().map(|(_, row)| row).collect()
    }

    /// The place behind all others.
    pub(super) fn last_order(contacts: &vault::Contacts, secrets: &vault::Secrets) -> u32 {
        let work = contacts.accounts.iter().map(|account| account.order);
        let codes = secrets.codes.iter().map(|code| code.order);
        work.chain(codes).max().map_or(0, |last| last.saturating_add(1))
    }

    pub(super) async fn edit(self: &Arc<Self>, entry: EntryId, change: Change) -> Result<(), CoreError> {
        let is_work = self.contacts()?.account(entry).is_some();
        let is_done = match change {
            Change::Name(name) => {
                let name = typed_name(&name)?.map(String::from);
                if is_work {
                    self.change_contacts(move |contacts| contacts.account_mut(entry).map(|it| it.name = name))
                        .await?
                } else {
                    self.change_secrets(move |secrets| secrets.code_mut(entry).map(|it| it.name = name))
                        .await?
                }
            }
            Change::NextCode => {
                let next = self.change_secrets(move |secrets| next_code(secrets.code_mut(entry)?)).await?;
                next.map(|counter| {
                    self.live().asked.insert(entry, counter);
                    self.publish();
                })
            }
        };
        is_done.ok_or(CoreError::Gone)
    }

    /// Takes an account out of the app (S71): the keys go, and of a work account only the signed removal stays until
    /// the server has taken it. Works offline (S68).
    pub(super) async fn remove(self: &Arc<Self>, entry: EntryId) -> Result<Removed, CoreError> {
        if self.contacts()?.account(entry).is_none() {
            let gone = self.change_secrets(move |secrets| {
                let was = secrets.codes.len();
                secrets.forget(entry);
                secrets.codes.len() < was
            });
            return if gone.await? { Ok(Removed::Here) } else { Err(CoreError::Gone) };
        }
        let (removal, without) = self.take_out(entry).await?;
        let Some(removal) = removal else { return Ok(without) };
        Ok(match self.deliver_removal(removal).await {
            Ok(()) => Removed::HereAndThere,
            Err(_) => {
                self.removal_kept.notify_one();
                without
            }
        })
    }

    /// Takes a work account out of the app, and gives what its server is to be told and has to be sent yet, with how
    /// far the removal has come until it is.
    pub(super) async fn take_out(
        self: &Arc<Self>,
        entry: EntryId,
    ) -> Result<(Option<OutgoingRemoval>, Removed), CoreError> {
        let account = self.account(entry)?;
        let (removal, without) = match (&account.state, self.line(&account)) {
            (WorkState::Removed { .. }, _) => (None, Removed::Here),
            (_, Err(_)) => (None, Removed::ServerDoesNotKnow),
            (_, Ok(line)) => match self.sign_removal(&account, &line.statement).await {
                Ok(removal) => (Some(removal), Removed::ServerHearsLater),
                // A key that is gone never signs again. One that does not sign now may later: nothing is forgotten.
                Err(CoreError::Key(PortError::Missing | PortError::Invalidated)) => {
                    (None, Removed::ServerDoesNotKnow)
                }
                Err(error) => return Err(error),
            },
        };
        self.forget(entry, removal.clone()).await?;
        self.note(Event::Removed);
        Ok((removal, without))
    }

    pub(super) async fn sign_removal(
        self: &Arc<Self>,
        account: &WorkAccount,
        statement: &Statement,
    ) -> Result<OutgoingRemoval, CoreError> {
        let (at, id) = (self.now().shifted(self.clock_offset(account.server)), CallId::make(&*self.random));
        let removal = Removal::new(account.device, account.server, at, id);
        let signed = self.sign_with_device_key(account, removal, Duration::ZERO).await?;
        let statement = statement.jws().to_owned();
        let (entry, device, base, since) = (account.entry, account.device, account.base.clone(), self.now());
        let (server, jws) = (account.server, signed.jws);
        Ok(OutgoingRemoval { entry, server, device, call: id, jws, statement, base, since })
    }

    /// Forgets an account and destroys its keys. Secrets that are locked are swept when they open.
    pub(super) async fn forget(
        self: &Arc<Self>,
        entry: EntryId,
        removal: Option<OutgoingRemoval>,
    ) -> Result<(), CoreError> {
        let take = move |contacts: &mut vault::Contacts| {
            contacts.forget(entry);
            contacts.removals.extend(removal);
        };
        if self.vault.secrets().is_ok() {
            self.change_both(Order::Removing, move |contacts, secrets| {
                take(contacts);
                secrets.forget(entry);
            })
            .await?;
        } else {
            self.change_contacts(take).await?;
        }
        {
            let mut live = self.live();
            live.cards.forget(entry);
            live.inboxes.remove(&entry);
            live.unreachable.retain(|unreachable| *unreachable != entry);
        }
        self.ended.notify_waiters();
        self.publish();
        self.accounts_changed.notify_one();
        self.destroy_dead_keys().await;
        Ok(())
    }
}

/// A person's own name for an account or this phone, by the rule for names that servers give; None for the empty one.
pub(super) fn typed_name(typed: &str) -> Result<Option<Text<64>>, CoreError> {
    let typed = typed.trim();
    match Text::<64>::new(typed) {
        Ok(name) => Ok(Some(name)),
        Err(TextRefused::Blank) => Ok(None),
        // Some keyboards type a letter and its accent apart.
        Err(TextRefused::NotNormal) => Ok(Text::clean(typed)),
        Err(TextRefused::TooLong | TextRefused::Hidden) => Err(CoreError::Typed),
    }
}

/// The counter of the code that is asked for; the entry keeps that of the one after, before anybody sees the code.
fn next_code(code: &mut CodeEntry) -> Option<u64> {
    match &mut code.kind {
        vault::CodeKind::Hotp { counter, .. } => {
            let asked = *counter;
            *counter = counter.checked_add(1)?;
            Some(asked)
        }
        vault::CodeKind::Totp { .. } | vault::CodeKind::Steam => None,
    }
}

/// The state as a person sees it now: times by this phone's clock, and a pause whose time has come is over, whether or
/// not the server has been heard since.
fn shown_state(state: &WorkState, offset: i64, now: UnixSeconds) -> AccountState {
    match state {
        WorkState::Pending { check } => AccountState::Pending { check: check.to_string() },
        WorkState::Ready => AccountState::Ready,
        WorkState::CodesOnly => AccountState::CodesOnly,
        WorkState::Paused { until } => match until.shifted(offset.saturating_neg()) {
            until if until <= now => AccountState::Ready,
            until => AccountState::Paused { until },
        },
        WorkState::SetUpAgain => AccountState::SetUpAgain,
        WorkState::Removed { reason } => AccountState::Removed { reason: *reason },
    }
}

fn work_row(account: &WorkAccount, state: AccountState, code: Option<&CodeEntry>) -> AccountRow {
    let profile = &account.profile;
    AccountRow {
        id: account.entry,
        organisation: profile.organisation.to_string(),
        name: account.name.clone(),
        account: profile.account.to_string(),
        host: Some(account.base.host().to_owned()),
        state,
        codes: code.filter(|_| !account.state.is_removed()).map_or(CodeKind::None, |code| kind(&code.kind)),
        help_desk: profile.help_desk.as_ref().map(ToString::to_string),
        unreachable: false,
        same_name_as: None,
    }
}

fn codes_row(code: &CodeEntry) -> AccountRow {
    let (state, codes) = if makes_codes(code) {
        (AccountState::CodesOnly, kind(&code.kind))
    } else {
        (AccountState::Damaged, CodeKind::None)
    };
    AccountRow {
        id: code.id,
        organisation: code.issuer.clone().unwrap_or_default(),
        name: code.name.clone(),
        account: code.account.clone(),
        host: None,
        state,
        codes,
        help_desk: None,
        unreachable: false,
        same_name_as: None,
    }
}

fn kind(kind: &vault::CodeKind) -> CodeKind {
    match kind {
        vault::CodeKind::Totp { .. } | vault::CodeKind::Steam => CodeKind::Timed,
        vault::CodeKind::Hotp { .. } => CodeKind::Counted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_name_keeps_the_rule_for_names_that_servers_give() {
        let name = |typed: &str| typed_name(typed).map(|name| name.map(String::from));
        assert_eq!(name("  Work  "), Ok(Some("Work".to_owned())));
        assert_eq!((name(""), name(" \u{a0} ")), (Ok(None), Ok(None)));
        assert_eq!(name("Ho\u{308}gskolan"), Ok(Some("H\u{f6}gskolan".to_owned())));
        assert_eq!(name(&"a".repeat(64)), Ok(Some("a".repeat(64))));
        for refused in
            ["a".repeat(65), "a\nb".into(), "a\u{202e}b".into(), "a\u{200b}b".into(), "\u{2800}".into()]
        {
            assert_eq!(name(&refused), Err(CoreError::Typed), "{refused:?}");
        }
    }
}
