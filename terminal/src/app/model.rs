//! Everything the screens show: one struct, changed only by [`update`](super::keys) and drawn only from what it holds.

use std::collections::HashMap;

use countersign_core::approval::Prompt;
use countersign_core::authenticator::{
    AccountRow, AccountState, CardState, CodeRow, EndedBefore, EntryId, Lock, RequestCard, SlotKind, Snapshot,
};
use countersign_protocol::{RequestId, UnixSeconds, Verdict};
use jiff::tz::TimeZone;

use super::bindings::Place;
use super::field::Field;
use super::form::{Form, Purpose};
use super::look::{Look, Sign};
use super::screens::{Pad, Screen, Shut};
use crate::platform::Typed;
use crate::words::{Said, Words};

/// What the app is shown in.
#[derive(Clone)]
pub struct Setting {
    /// In which language.
    pub words: Words,
    /// In which colours and characters.
    pub look: Look,
    /// Where the person is, for times of the day.
    pub zone: TimeZone,
    /// Whether a keyring runs; else what opens the vault is typed.
    pub has_keyring: bool,
    /// Whether who makes a vault is asked for a second way into it.
    pub offers_unlock_code: bool,
    /// Lines of whoever shows the app that stand above it, where there is room for both.
    pub above: Vec<String>,
}

impl Setting {
    /// As language, terminal and zone of the environment have it, for a vault that is thrown away: its key store lasts
    /// as long as it does.
    #[must_use]
    pub fn of_environment() -> Self {
        let look = Look::of_environment(|name| std::env::var(name).ok());
        let (words, zone) = (Words::of_environment(), TimeZone::system());
        Self { words, look, zone, has_keyring: true, offers_unlock_code: false, above: Vec::new() }
    }
}

/// All that is shown at one moment.
pub(crate) struct Model {
    pub(crate) setting: Setting,
    pub(crate) now: UnixSeconds,
    pub(crate) snapshot: Snapshot,
    pub(crate) codes: HashMap<EntryId, CodeRow>,
    /// What this device is called at its servers; None while that is locked.
    pub(crate) device_name: Option<String>,
    /// The requests that ended before this run of the app and can still be reported, newest first.
    pub(crate) ended_before: Vec<EndedBefore>,
    /// The screens above the list, the one that has the keys last.
    pub(crate) screens: Vec<Screen>,
    pub(crate) list: List,
    /// What is being waited for.
    pub(crate) busy: Option<String>,
    /// What there is to say about what the person did last.
    pub(crate) said: Option<(Sign, Said)>,
}

/// The list of waiting requests and accounts.
#[derive(Default)]
pub(crate) struct List {
    pub(crate) chosen: Option<Item>,
    /// What is searched for; None while nobody searches.
    pub(crate) search: Option<Field>,
}

/// What can be chosen in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    Request(EntryId, RequestId),
    Account(EntryId),
}

impl Model {
    pub(crate) fn new(setting: Setting, now: UnixSeconds, snapshot: Snapshot) -> Self {
        let mut model = Self {
            setting,
            now,
            snapshot,
            codes: HashMap::new(),
            device_name: None,
            ended_before: Vec::new(),
            screens: Vec::new(),
            list: List::default(),
            busy: None,
            said: None,
        };
        model.follow_lock();
        model.choose_what_waits(&[]);
        model
    }

    pub(crate) fn words(&self) -> Words {
        self.setting.words
    }

    pub(crate) fn look(&self) -> Look {
        self.setting.look
    }

    /// Takes a newer snapshot and its codes.
    pub(crate) fn see(&mut self, snapshot: Snapshot, codes: Vec<CodeRow>) {
        let waited: Vec<_> = self.waiting().map(item).collect();
        self.snapshot = snapshot;
        self.codes = codes.into_iter().map(|row| (row.id, row)).collect();
        self.follow_lock();
        self.choose_what_waits(&waited);
        let accounts = &self.snapshot.accounts;
        let is_there = |id: &EntryId| accounts.iter().any(|row| row.id == *id);
        self.screens.retain(|screen| screen.account().is_none_or(|id| is_there(&id)));
    }

    /// A locked vault has no screens but those that open it.
    pub(crate) fn follow_lock(&mut self) {
        match self.snapshot.lock {
            Lock::Open => self.screens.retain(|screen| !screen.is_unlock()),
            Lock::SecretsLocked => {}
            // One that opens it is there already; what it is for may be more than the lock tells.
            _ if !self.screens.is_empty() && self.screens.iter().all(Screen::is_unlock) => {}
            Lock::Locked => {
                self.screens.clear();
                self.ask_to_unlock();
            }
            Lock::KeyDropped => {
                self.screens.clear();
                self.shut(Shut::KeyGone);
            }
        }
    }

    /// Whether the keyring is asked to open the vault, or to keep the keys of a new one.
    pub(crate) fn opens_by_keyring(&self) -> bool {
        let ways = &self.snapshot.opens_with;
        // Where nothing can be read, the keyring's answer is as good as any, and nothing is typed for it.
        self.setting.has_keyring && (ways.is_empty() || ways.contains(&SlotKind::KeyStore))
    }

    /// What can be typed to open the vault.
    pub(crate) fn typed(&self) -> Option<Typed> {
        Typed::of(&self.snapshot.opens_with)
    }

    /// Puts up the screen that opens a locked vault.
    pub(crate) fn ask_to_unlock(&mut self) {
        let purpose = match self.typed() {
            _ if self.opens_by_keyring() => return self.shut(Shut::Locked),
            _ if self.snapshot.is_first_start => Purpose::NewPassphrase,
            Some(typed) => Purpose::Unlock(typed),
            None if self.snapshot.opens_with.is_empty() => return self.shut(Shut::Damaged),
            None => return self.shut(Shut::NoKeyring),
        };
        self.screens.push(Screen::Form(Form::new(purpose, self.words())));
    }

    /// Says why the vault is shut, and asks for what opens it nevertheless.
    pub(crate) fn shut(&mut self, why: Shut) {
        self.screens.retain(|screen| !screen.is_unlock());
        self.screens.push(Screen::Shut(why));
        self.ask_for_what_is_typed(why);
    }

    /// The form behind the screen that says why the vault is shut, where something can be typed.
    pub(crate) fn ask_for_what_is_typed(&mut self, why: Shut) {
        let purpose = match (why, self.typed()) {
            (Shut::KeyGone, Some(typed)) => Purpose::Recover(typed),
            (Shut::Damaged, Some(typed)) if !self.opens_by_keyring() => Purpose::Restore(typed),
            _ => return,
        };
        self.screens.push(Screen::Form(Form::new(purpose, self.words())));
    }

    /// A request that has just come is chosen in the list, so that Enter opens it; nobody who searches is disturbed.
    fn choose_what_waits(&mut self, waited: &[Item]) {
        let new = self.waiting().map(item).find(|item| !waited.contains(item));
        if new.is_some() && self.list.search.is_none() {
            self.list.chosen = new;
        }
    }

    /// The requests that wait and have time left.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = &RequestCard> {
        self.snapshot.requests.iter().filter(|card| matches!(self.state(card), CardState::Waiting))
    }

    /// The requests that wait and are not on the screen, as long as they may be told.
    fn waiting_unopened(&self) -> impl Iterator<Item = &RequestCard> {
        let is_open = |card: &&RequestCard| match self.screens.last() {
            Some(Screen::Card(pad)) => item(card) == Item::Request(pad.account, pad.request),
            Some(Screen::Report { account, request }) => item(card) == Item::Request(*account, *request),
            _ => false,
        };
        let is_told = matches!(self.snapshot.lock, Lock::Open | Lock::SecretsLocked);
        self.waiting().filter(move |card| is_told && !is_open(card))
    }

    /// The first request that waits and is not what the screen is about.
    pub(crate) fn waiting_elsewhere(&self) -> Option<&RequestCard> {
        let checked = match self.screens.last() {
            Some(Screen::Check(id)) => Some(*id),
            _ => None,
        };
        self.waiting_unopened().find(|card| Some(card.account_id) != checked)
    }

    /// The request that the key for it opens: one that the screen is not about, else that of the check.
    pub(crate) fn waiting_to_open(&self) -> Option<&RequestCard> {
        self.waiting_elsewhere().or_else(|| self.waiting_unopened().next())
    }

    /// The requests that ended, newest first.
    pub(crate) fn ended(&self) -> impl Iterator<Item = &RequestCard> {
        let is_over = |card: &&RequestCard| {
            matches!(self.state(card), CardState::Ended { .. } | CardState::NotConfirmed)
        };
        self.snapshot.requests.iter().filter(is_over)
    }

    /// The requests that have ended, of one account or of all: those of this run, newest first, then those from before.
    pub(crate) fn endings(&self, of: Option<EntryId>) -> Vec<Item> {
        let before = self.ended_before.iter().map(|it| Item::Request(it.account_id, it.id));
        let all = self.ended().map(item).chain(before);
        all.filter(|item| of.is_none_or(|of| matches!(item, Item::Request(account, _) if *account == of)))
            .collect()
    }

    /// A request that ended before this run of the app.
    pub(crate) fn before(&self, account: EntryId, request: RequestId) -> Option<&EndedBefore> {
        self.ended_before.iter().find(|it| it.account_id == account && it.id == request)
    }

    /// Which keys a screen has; None is the list.
    pub(crate) fn place(&self, screen: Option<&Screen>) -> Place {
        match screen {
            None if self.list.search.is_some() => Place::Search,
            None => Place::List,
            Some(Screen::Shut(_)) => Place::Shut,
            Some(Screen::StartOver) => Place::StartOver,
            Some(Screen::OfferCode) => Place::OfferCode,
            Some(Screen::UnlockCode(_)) => Place::UnlockCode,
            Some(Screen::Form(_)) => Place::Form,
            Some(Screen::Menu(_) | Screen::Choose { .. }) => Place::Menu,
            Some(Screen::Check(_)) => Place::Check,
            Some(Screen::Card(pad)) => match self.card(pad).map(|card| card.state) {
                Some(CardState::Waiting) => Place::Request,
                _ => Place::Ended,
            },
            Some(Screen::Endings { .. }) => Place::Endings,
            Some(Screen::Report { .. }) => Place::Report,
            Some(Screen::Account(_)) => Place::Account,
            Some(Screen::Settings { .. }) => Place::Settings,
            Some(Screen::Remove(_)) => Place::Removal,
            Some(Screen::HelpDesk { .. } | Screen::Keys { .. }) => Place::Text,
        }
    }

    /// How far a card is at this second: the snapshot may be older than its expiry.
    pub(crate) fn state(&self, card: &RequestCard) -> CardState {
        if card.state == CardState::Waiting && card.valid_until <= self.now {
            CardState::Ended { verdict: Verdict::Expired, phone: None }
        } else {
            card.state.clone()
        }
    }

    pub(crate) fn card(&self, pad: &Pad) -> Option<RequestCard> {
        let card = self
            .snapshot
            .requests
            .iter()
            .find(|card| item(card) == Item::Request(pad.account, pad.request))?;
        Some(RequestCard { state: self.state(card), ..card.clone() })
    }

    pub(crate) fn account(&self, id: EntryId) -> Option<&AccountRow> {
        self.snapshot.accounts.iter().find(|row| row.id == id)
    }

    /// The accounts that the search leaves.
    pub(crate) fn found(&self) -> Vec<&AccountRow> {
        let wanted =
            self.list.search.as_ref().map_or(String::new(), |field| field.text().trim().to_lowercase());
        let fits = |text: &str| text.to_lowercase().contains(&wanted);
        let accounts = self.snapshot.accounts.iter();
        let all = accounts.filter(|row| {
            let names = [Some(&row.organisation), row.name.as_ref(), Some(&row.account), row.host.as_ref()];
            names.into_iter().flatten().any(|name| fits(name))
        });
        all.collect()
    }

    /// What can be chosen, in its order.
    pub(crate) fn items(&self) -> Vec<Item> {
        let requests = self.waiting().map(item);
        let requests: Vec<_> = if self.list.search.is_some() { Vec::new() } else { requests.collect() };
        requests.into_iter().chain(self.found().into_iter().map(|row| Item::Account(row.id))).collect()
    }

    /// What is chosen now: the first, where what was chosen is gone.
    pub(crate) fn chosen(&self) -> Option<Item> {
        let items = self.items();
        self.list.chosen.filter(|chosen| items.contains(chosen)).or(items.first().copied())
    }

    /// Whether something on the screen changes with the next second.
    pub(crate) fn is_counting(&self) -> bool {
        let has_time = |row: &CodeRow| row.valid_until.is_some();
        self.codes.values().any(has_time) || self.waiting().next().is_some()
    }

    /// Whether the snapshot or the codes are older than what the second calls for.
    pub(crate) fn is_stale(&self) -> bool {
        let is_over = |until: Option<UnixSeconds>| until.is_some_and(|until| until <= self.now);
        let pause = |row: &AccountRow| match row.state {
            AccountState::Paused { until } => Some(until),
            _ => None,
        };
        self.codes.values().any(|row| is_over(row.valid_until))
            || self.snapshot.accounts.iter().any(|row| is_over(pause(row)))
            || self
                .snapshot
                .requests
                .iter()
                .any(|card| card.state == CardState::Waiting && card.valid_until <= self.now)
    }
}

pub(crate) fn item(card: &RequestCard) -> Item {
    Item::Request(card.account_id, card.id)
}

/// How many digits the number of a request has.
pub(crate) fn digits(card: &RequestCard) -> usize {
    match card.prompt {
        Prompt::TypeNumber(digits) => usize::from(digits.get()),
    }
}

/// What a row is called: the person's own name for it, else the organisation's, else the account's.
pub(crate) fn name(row: &AccountRow, words: Words) -> String {
    let names = [row.name.as_deref(), Some(row.organisation.as_str()), Some(row.account.as_str())];
    names
        .into_iter()
        .flatten()
        .find(|name| !name.is_empty())
        .map_or_else(|| words.text("issuer-unknown"), str::to_owned)
}

/// What stands under the name: the account, unless it is the name already.
pub(crate) fn second_name(row: &AccountRow) -> &str {
    if row.organisation.is_empty() && row.name.is_none() { "" } else { &row.account }
}
