//! What the log tells an administrator: one line for each thing that happens to a sign-in, a phone or a setting.
//!
//! A line names the person by user name and account, the address that it came from, phones and requests by their ids. It
//! has nothing that opens anything (passwords, numbers, codes, cookies, keys) and nothing that somebody typed: who types
//! a password where the user name belongs does not find it in a log. What was written is told after its commit.
//!
//! What anybody can have refused as often as they like has a line when it begins, then at most one a minute for each
//! person, which says how often: nobody fills the log until it drops what counts.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countersign_protocol::{AccountId, DeviceId, Kind, RemovalReason, RequestId, Text};
use tracing::field::display;

use crate::rules::request::State;
use crate::rules::{ClientAddress, SignInMethod};

/// One line.
#[derive(Clone)]
pub(crate) struct Line {
    /// Whom it is about: user name and account. None where a name was typed that nobody has.
    pub(crate) person: Option<(Text<128>, AccountId)>,
    /// Where it came from, as far as somebody asked for it just now.
    pub(crate) address: Option<ClientAddress>,
    pub(crate) what: Happened,
}

/// What happened. Times are seconds from now.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Happened {
    /// User name and password do not match.
    WrongPassword,
    /// A password was not looked at, because there were too many wrong ones.
    PasswordsLocked { seconds: u64 },
    /// A password or an activation was not looked at, because too many waited for it.
    Busy,
    /// All was proved, at last by this method.
    SignedIn { method: SignInMethod },
    /// The session ended, by its person or by what took it back.
    SignedOut,
    /// A one-time code was right: it proves a sign-in, or opens Security info for changes.
    Code { phone: DeviceId },
    /// A one-time code was not right.
    WrongCode { left: usize },
    /// A one-time code was right, and had been used.
    UsedCode,
    /// A one-time code was not looked at, because there were too many wrong ones.
    CodesLocked { seconds: u64 },
    /// Phones are asked.
    Asked { request: RequestId, kind: Kind, phones: usize },
    /// Phones are not asked: there were too many requests, or a report pauses them.
    NotAsked { kind: Kind, why: &'static str, seconds: u64 },
    /// A request has ended.
    Ended { request: RequestId, kind: Kind, state: State },
    /// A phone came with the code of a QR code; it is not added yet.
    PhoneCame { phone: DeviceId },
    /// A phone is one of the person's.
    PhoneAdded { phone: DeviceId, codes_only: bool },
    /// A phone is none of the person's any more, or never became one.
    PhoneRemoved { phone: DeviceId, reason: RemovalReason },
    /// What a sign-in offers first from now on, by choice or because phones came and went.
    Default { method: Option<SignInMethod> },
    /// Requests are not paused any more.
    PauseLifted,
}

impl Happened {
    /// What is refused here, if it can be asked for again and again without an end.
    fn refusal(&self) -> Option<&'static str> {
        match self {
            Self::PasswordsLocked { .. } => Some("passwords"),
            Self::CodesLocked { .. } => Some("codes"),
            Self::NotAsked { why, .. } => Some(why),
            Self::Busy => Some("turns"),
            _ => None,
        }
    }
}

/// The log of what happens.
#[derive(Clone, Default)]
pub(crate) struct Journal(Arc<Mutex<HashMap<Refused, Held>>>);

/// Who was refused what. Whoever is nobody is one.
type Refused = (Option<AccountId>, &'static str);

/// A refusal that was told, and what came since.
struct Held {
    newest: Line,
    again: u64,
    /// Whether its line is younger than the minute that runs.
    is_new: bool,
}

impl Journal {
    /// Writes a line, unless it says again what a line of the last minute said.
    pub(crate) fn write(&self, line: &Line) {
        let Some(refusal) = line.what.refusal() else { return line.put(None) };
        let person = line.person.as_ref().map(|(_, account)| *account);
        match self.held().entry((person, refusal)) {
            Entry::Occupied(mut held) => {
                let held = held.get_mut();
                held.newest = line.clone();
                held.again = held.again.saturating_add(1);
            }
            Entry::Vacant(place) => {
                line.put(None);
                place.insert(Held { newest: line.clone(), again: 0, is_new: true });
            }
        }
    }

    /// A minute is over: tells how often something was refused again since its line before.
    pub(crate) fn minute(&self) {
        self.held().retain(|_, held| {
            if std::mem::take(&mut held.is_new) {
                return true;
            }
            let again = std::mem::take(&mut held.again);
            if again > 0 {
                held.newest.put(Some(again));
            }
            again > 0
        });
    }

    fn held(&self) -> MutexGuard<'_, HashMap<Refused, Held>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the lines are filtered by in `RUST_LOG`.
const TARGET: &str = "countersign::journal";

impl Line {
    /// Writes it to the log, with how often it happened again since its line before. What an administrator may have to
    /// act on is a warning.
    fn put(&self, again: Option<u64>) {
        let user = self.person.as_ref().map(|(user, _)| user.as_str());
        let account = self.person.as_ref().map(|(_, account)| display(account));
        let address = self.address.map(display);
        macro_rules! line {
            ($level:ident, $($rest:tt)+) => {
                tracing::$level!(target: TARGET, user, account, address, $($rest)+)
            };
        }
        match self.what {
            Happened::WrongPassword => line!(info, "wrong password"),
            Happened::PasswordsLocked { seconds } => {
                line!(warn, seconds, again, "too many wrong passwords");
            }
            Happened::Busy => line!(warn, again, "turned away: too many wait"),
            Happened::SignedIn { method } => line!(info, %method, "signed in"),
            Happened::SignedOut => line!(info, "session ended"),
            Happened::Code { phone } => line!(info, %phone, "code accepted"),
            Happened::WrongCode { left } => line!(info, left, "wrong code"),
            Happened::UsedCode => line!(info, "code used before"),
            Happened::CodesLocked { seconds } => line!(warn, seconds, again, "too many wrong codes"),
            Happened::Asked { request, kind, phones } => line!(info, %request, ?kind, phones, "request sent"),
            Happened::NotAsked { kind, why, seconds } => {
                line!(warn, ?kind, why, seconds, again, "no request sent");
            }
            Happened::Ended { request, kind, state } => match state {
                State::Waiting => {}
                State::Approved(phone) => line!(info, %request, ?kind, %phone, "request approved"),
                State::Denied(phone) => line!(info, %request, ?kind, %phone, "request denied"),
                State::WrongNumber(phone) => line!(warn, %request, ?kind, %phone, "wrong number"),
                State::Reported(phone) => {
                    line!(warn, %request, ?kind, %phone, "request reported: it was not them")
                }
                State::Expired => line!(info, %request, ?kind, "request expired"),
                State::Cancelled => line!(info, %request, ?kind, "request cancelled"),
            },
            Happened::PhoneCame { phone } => line!(info, %phone, "phone came"),
            Happened::PhoneAdded { phone, codes_only } => line!(info, %phone, codes_only, "phone added"),
            Happened::PhoneRemoved { phone, reason } => line!(info, %phone, ?reason, "phone removed"),
            Happened::Default { method } => line!(info, method = method.map(display), "default method"),
            Happened::PauseLifted => line!(info, "pause lifted"),
        }
    }
}
