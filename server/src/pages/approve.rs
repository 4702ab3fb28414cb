//! "Approve it on your phone": a sign-in, or a change on Security info.

use super::frame::{Frame, Progress};
use super::number::Number;
use super::phone::only;
use super::rail::{Asked, Asking};
use super::test::{CodeShape, WrongCode};
use super::words::Whole as _;
use super::{asset::Asset, icon::Icon, paths};
use askama::Template;

/// "Approve it on your phone" (S54), "Approve the change on your phone" (rule 13), and how either ends.
#[derive(Template)]
#[template(path = "approve.html")]
pub struct Approve<'a> {
    /// What stands around it.
    pub frame: &'a Frame<'a>,
    /// What asks.
    pub asking: Asking<'a>,
    /// What the script asks.
    pub progress: Progress<'a>,
    /// The phones that may answer.
    pub phones: &'a [&'a str],
    /// How the request stands.
    pub state: ApproveState<'a>,
    /// Where this page is: Continue and "Send again" lead here.
    pub page: &'a str,
    /// A code instead, where it would do.
    pub code: Option<&'a str>,
}

/// The sign-in is proved, and waits for Continue: only a form ends it, since it changes the browser's cookie.
#[derive(Template)]
#[template(path = "proved.html")]
pub struct Proved<'a> {
    /// What stands around it.
    pub frame: &'a Frame<'a>,
    /// What the sign-in opens.
    pub application: &'a str,
}

/// How a request stands.
#[derive(Clone, Copy)]
pub enum ApproveState<'a> {
    /// It waits.
    Waiting {
        /// Its number.
        number: Number<'a>,
        /// Whether Continue was pressed before the phone answered.
        not_yet: bool,
    },
    /// Approved with another number.
    Wrong {
        /// In how many seconds the next may be sent.
        again: u64,
    },
    /// Denied.
    Denied {
        /// On which phone.
        phone: &'a str,
        /// In how many seconds the next may be sent.
        again: u64,
    },
    /// Not answered.
    Expired {
        /// How many seconds it lived.
        lived: u64,
        /// In how many seconds the next may be sent.
        again: u64,
    },
    /// It has ended otherwise: signed out elsewhere, the phone was removed.
    Cancelled {
        /// In how many seconds the next may be sent.
        again: u64,
    },
    /// Nothing waits yet: one was asked for a moment ago (rule 6).
    TooSoon {
        /// In how many seconds the next may be sent.
        again: u64,
    },
    /// Another browser's request waits (rule 6).
    OtherWaiting {
        /// For how many more seconds at most.
        again: u64,
    },
    /// Too many requests: they rest.
    TooOften {
        /// Until when, in Unix seconds.
        until: u64,
    },
    /// Requests are paused since a report.
    Paused {
        /// Until when, in Unix seconds.
        until: u64,
    },
}

impl Approve<'_> {
    fn is_change(&self) -> bool {
        matches!(self.asking.asked, Asked::Change { .. })
    }

    fn only_phone(&self) -> Option<&str> {
        only(self.phones)
    }
}

/// "Use a code instead" at a sign-in.
#[derive(Template)]
#[template(path = "approve_code.html")]
pub struct ApproveCode<'a> {
    /// What stands around it.
    pub frame: &'a Frame<'a>,
    /// What asks.
    pub asking: Asking<'a>,
    /// The phones that make codes.
    pub phones: &'a [&'a str],
    /// How their codes are made.
    pub form: CodeShape,
    /// What was wrong with the last one.
    pub wrong: Option<WrongCode>,
    /// Where this page is.
    pub page: &'a str,
    /// The way to the request, where a phone can be asked.
    pub request: Option<ToRequest<'a>>,
}

/// The way from a code to a request.
#[derive(Clone, Copy)]
pub enum ToRequest<'a> {
    /// Back to the one that was made.
    Back(&'a str),
    /// None was made: the code was offered first.
    Ask(&'a str),
}

impl ApproveCode<'_> {
    fn only_phone(&self) -> Option<&str> {
        only(self.phones)
    }
}
