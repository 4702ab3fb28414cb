//! Adding the app to the account: the same pages in the wizard and on Security info.

use super::frame::{Frame, Progress};
use super::paths::Enrolment;
use super::phone::Grade;
use super::qr::Qr;
use super::rail::{Rail, StepState};
use super::{asset::Asset, icon::Icon, paths};
use askama::Template;

/// "Set up your account" (S16): what to do on the phone. Stays as long as it takes.
#[derive(Template)]
#[template(path = "prepare.html")]
pub struct Prepare<'a> {
    /// What stands around it.
    pub frame: &'a Frame<'a>,
    /// The rail.
    pub rail: Rail<'a>,
    /// Where the steps are.
    pub at: Enrolment,
}

/// "Scan the QR code" (S23), waiting for the phone.
#[derive(Template)]
#[template(path = "scan.html")]
pub struct Scan<'a> {
    /// What stands around it.
    pub frame: &'a Frame<'a>,
    /// The rail.
    pub rail: Rail<'a>,
    /// Where the steps are.
    pub at: Enrolment,
    /// What the script asks.
    pub progress: Progress<'a>,
    /// The link that the QR code holds.
    pub qr: &'a Qr,
    /// The same link for an app on this device (I7).
    pub link: &'a str,
    /// Whose account it adds.
    pub account: &'a str,
    /// For how many seconds the code is good.
    pub left: u64,
    /// Whether Next was pressed before the phone was done (I4).
    pub not_yet: bool,
}

/// "Can't scan the QR image?" (S25): code and URL to type.
#[derive(Template)]
#[template(path = "typed.html")]
pub struct Typed<'a> {
    /// What stands around it.
    pub frame: &'a Frame<'a>,
    /// The rail.
    pub rail: Rail<'a>,
    /// Where the steps are.
    pub at: Enrolment,
    /// What the script asks.
    pub progress: Progress<'a>,
    /// The code, in groups of four.
    pub code: &'a str,
    /// The server's origin.
    pub url: &'a str,
    /// What names the server's own certificate, in groups of four. None where it has a public one.
    pub pin: Option<&'a str>,
    /// For how many seconds the code is good.
    pub left: u64,
    /// Whether Next was pressed before the phone was done (I4).
    pub not_yet: bool,
}

/// The code can no longer be scanned (I3), or the enrolment has ended.
#[derive(Template)]
#[template(path = "code_ended.html")]
pub struct CodeEnded<'a> {
    /// What stands around it.
    pub frame: &'a Frame<'a>,
    /// The rail.
    pub rail: Rail<'a>,
    /// Where the steps are.
    pub at: Enrolment,
    /// Why.
    pub why: Ending<'a>,
}

/// Why an activation's code is of no more use.
#[derive(Clone, Copy)]
pub enum Ending<'a> {
    /// Ten minutes are over.
    Expired,
    /// A second phone tried it after this one.
    Used {
        /// The phone that was first.
        phone: &'a str,
        /// The phone that came later.
        other: &'a str,
        /// The address of the page that compares, for who knows that now.
        compare: &'a str,
    },
    /// The person said that the phone is not theirs.
    NotMine {
        /// The phone that was removed.
        phone: &'a str,
    },
    /// The phone, or the app on it, gave up the account again.
    Gone {
        /// Its name.
        phone: &'a str,
    },
    /// The fifth test request ended without approval.
    TooManyTests,
    /// It was not finished within 30 minutes.
    NotFinished,
    /// So many codes were made that this session has to wait, in seconds.
    TooManyCodes(u64),
    /// The account has five phones.
    TooManyPhones,
}

/// "Is this your phone?": the check of eight characters.
#[derive(Template)]
#[template(path = "check.html")]
pub struct Check<'a> {
    /// What stands around it.
    pub frame: &'a Frame<'a>,
    /// The rail.
    pub rail: Rail<'a>,
    /// Where the steps are.
    pub at: Enrolment,
    /// The eight characters, 4 and 4.
    pub check: &'a str,
    /// What the phone says it is called.
    pub phone: &'a str,
    /// What it runs on.
    pub platform: &'a str,
    /// How its key is kept.
    pub grade: Grade,
    /// When it scanned the code, in Unix seconds.
    pub scanned: u64,
}

impl Check<'_> {
    fn spelled(&self) -> String {
        self.check
            .split_whitespace()
            .flat_map(str::chars)
            .flat_map(|c| [c, ' '])
            .collect::<String>()
            .trim_end()
            .to_owned()
    }
}

/// "Add sign-in method": proved, not yet saved (S67).
#[derive(Template)]
#[template(path = "save.html")]
pub struct Save<'a> {
    /// What stands around it.
    pub frame: &'a Frame<'a>,
    /// The rail.
    pub rail: Rail<'a>,
    /// The phone.
    pub phone: &'a str,
}

/// "Your app is connected" (S29).
#[derive(Template)]
#[template(path = "connected.html")]
pub struct Connected<'a> {
    /// What stands around it.
    pub frame: &'a Frame<'a>,
    /// The rail.
    pub rail: Rail<'a>,
    /// The phone.
    pub phone: &'a str,
    /// The account's user name.
    pub account: &'a str,
    /// Whether it proved itself by a code alone, and so makes codes only (I2).
    pub codes_only: bool,
    /// Whether sign-ins offer first what it does.
    pub is_default: bool,
    /// The id of the name of the method that comes next.
    pub then: Option<&'static str>,
    /// Where Next leads.
    pub next: &'a str,
}
