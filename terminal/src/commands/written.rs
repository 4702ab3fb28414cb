//! What commands write: lines for a person, or JSON for a program. Its shape is in `docs/terminal.md`.

use countersign_core::approval::Prompt;
use countersign_core::authenticator::{
    AccountRow, AccountState, CodeFault, CodeKind, CodeRow, CoreError, Offer, OfferView, Outcome, Removed,
    RequestCard,
};
use countersign_protocol::{Kind, RemovalReason, RequestId, Verdict};
use serde::Serialize;

use crate::app::name;
use crate::words::{Said, Words};

/// An account.
#[derive(Serialize)]
pub(crate) struct Account {
    pub(crate) id: String,
    name: String,
    organisation: String,
    account: String,
    host: Option<String>,
    state: &'static str,
    /// While it is pending: what to compare with the page.
    pub(crate) check: Option<String>,
    /// While it is paused: until when.
    until: Option<u64>,
    /// After it was removed by its server: why.
    reason: Option<RemovalReason>,
    codes: &'static str,
    help_desk: Option<String>,
    unreachable: bool,
    /// The account of another server whose organisation has the same name.
    same_name_as: Option<String>,
}

/// One of several codes in a picture.
#[derive(Serialize)]
pub(crate) struct Choice {
    /// What `--choose` takes.
    choose: usize,
    organisation: Option<String>,
    account: Option<String>,
    host: Option<String>,
    /// Why it cannot be added.
    error: Option<String>,
}

/// A code.
#[derive(Serialize)]
pub(crate) struct Code {
    id: String,
    name: String,
    account: String,
    code: Option<String>,
    next: Option<String>,
    valid_until: Option<u64>,
    next_valid_until: Option<u64>,
    fault: Option<&'static str>,
}

/// A request that waits.
#[derive(Serialize)]
pub(crate) struct Request {
    id: String,
    account_id: String,
    kind: Kind,
    digits: u8,
    organisation: String,
    host: String,
    account: String,
    application: String,
    address: Option<String>,
    place: Option<String>,
    browser: Option<String>,
    known_browser: bool,
    reason: Option<String>,
    issued: u64,
    valid_until: u64,
}

/// How a request ended.
#[derive(Serialize)]
pub(crate) struct Answered {
    request: String,
    /// The protocol's word, or `not_confirmed`.
    verdict: Option<Verdict>,
    confirmed: bool,
    phone: Option<String>,
    happened: String,
    todo: String,
}

/// What became of a removal.
#[derive(Serialize)]
pub(crate) struct Gone {
    pub(crate) id: String,
    pub(crate) server: &'static str,
}

/// What went wrong, or should be known.
#[derive(Serialize)]
pub(crate) struct Fault<'a> {
    code: &'a str,
    happened: &'a str,
    todo: &'a str,
}

impl Account {
    pub(crate) fn of(row: &AccountRow, words: Words) -> Self {
        let (state, check, until, reason) = match &row.state {
            AccountState::Pending { check } => ("pending", Some(check.clone()), None, None),
            AccountState::Ready => ("ready", None, None, None),
            AccountState::CodesOnly => ("codes_only", None, None, None),
            AccountState::Paused { until } => ("paused", None, Some(until.get()), None),
            AccountState::SetUpAgain => ("set_up_again", None, None, None),
            AccountState::Removed { reason } => ("removed", None, None, Some(*reason)),
            AccountState::Damaged => ("damaged", None, None, None),
        };
        Self {
            id: row.id.to_string(),
            name: name(row, words),
            organisation: row.organisation.clone(),
            account: row.account.clone(),
            host: row.host.clone(),
            state,
            check,
            until,
            reason,
            codes: match row.codes {
                CodeKind::None => "none",
                CodeKind::Timed => "timed",
                CodeKind::Counted => "counted",
            },
            help_desk: row.help_desk.clone(),
            unreachable: row.unreachable,
            same_name_as: row.same_name_as.map(|same| same.to_string()),
        }
    }
}

impl Choice {
    pub(crate) fn of(choose: usize, read: Result<&Offer, &CoreError>, words: Words) -> Self {
        let nothing = Self { choose, organisation: None, account: None, host: None, error: None };
        match read.map(Offer::view) {
            Ok(OfferView::Work { host, .. }) => Self { host: Some(host.clone()), ..nothing },
            Ok(OfferView::Codes { issuer, account, .. }) => {
                Self { organisation: issuer.clone(), account: account.clone(), ..nothing }
            }
            Err(error) => Self { error: Some(words.error(error).happened), ..nothing },
        }
    }

    pub(crate) fn line(&self, words: Words) -> String {
        let names = [&self.organisation, &self.host, &self.account, &self.error];
        let beside = |first: String, second: &String| {
            words.with("beside", &[("name", first.into()), ("second", second.into())])
        };
        let name = names.into_iter().flatten().fold(None, |line: Option<String>, name| {
            Some(line.map_or_else(|| name.clone(), |line| beside(line, name)))
        });
        format!("{}  {}", self.choose, name.unwrap_or_else(|| words.text("issuer-unknown")))
    }
}

impl Code {
    pub(crate) fn of(row: &AccountRow, code: &CodeRow, words: Words) -> Self {
        Self {
            id: row.id.to_string(),
            name: name(row, words),
            account: row.account.clone(),
            code: code.code.clone(),
            next: code.next.clone(),
            valid_until: code.valid_until.map(countersign_protocol::UnixSeconds::get),
            next_valid_until: code.next_valid_until.map(countersign_protocol::UnixSeconds::get),
            fault: code.fault.map(|fault| match fault {
                CodeFault::Locked => "locked",
                CodeFault::Damaged => "damaged",
            }),
        }
    }
}

impl Request {
    pub(crate) fn of(card: &RequestCard) -> Self {
        let Prompt::TypeNumber(digits) = card.prompt;
        Self {
            id: card.id.to_string(),
            account_id: card.account_id.to_string(),
            kind: card.kind,
            digits: digits.get(),
            organisation: card.organisation.clone(),
            host: card.host.clone(),
            account: card.account.clone(),
            application: card.application.clone(),
            address: card.address.clone(),
            place: card.place.clone(),
            browser: card.browser.clone(),
            known_browser: card.known,
            reason: card.reason.clone(),
            issued: card.issued.get(),
            valid_until: card.valid_until.get(),
        }
    }
}

impl Answered {
    pub(crate) fn of(request: RequestId, outcome: &Outcome, said: &Said) -> Self {
        let (verdict, phone) = match outcome {
            Outcome::Verdict { verdict, phone } => (Some(*verdict), phone.clone()),
            Outcome::NotConfirmed => (None, None),
        };
        Self {
            request: request.to_string(),
            verdict,
            confirmed: verdict.is_some(),
            phone,
            happened: said.happened.clone(),
            todo: said.todo.clone(),
        }
    }
}

impl Gone {
    pub(crate) fn of(row: &AccountRow, removed: Removed) -> Self {
        let server = match removed {
            Removed::Here => "not_asked",
            Removed::HereAndThere => "told",
            Removed::ServerHearsLater => "told_later",
            Removed::ServerDoesNotKnow => "not_told",
        };
        Self { id: row.id.to_string(), server }
    }
}

impl<'a> Fault<'a> {
    pub(crate) fn of(said: &'a Said) -> Self {
        Self { code: &said.code, happened: &said.happened, todo: &said.todo }
    }
}
