//! "Let's test it": the test request of an enrolment, and a code instead of it.

use super::frame::{Frame, Progress};
use super::number::Number;
use super::paths::Enrolment;
use super::rail::{Rail, StepState};
use super::words::Whole as _;
use super::{asset::Asset, icon::Icon, paths};
use askama::Template;

/// "Let's test it" (S26).
#[derive(Template)]
#[template(path = "test.html")]
pub struct Test<'a> {
    /// What stands around it.
    pub frame: &'a Frame<'a>,
    /// The rail.
    pub rail: Rail<'a>,
    /// Where this page is: Next and "Send again" lead here.
    pub page: &'a str,
    /// A code instead, where it would do (I2).
    pub code: Option<&'a str>,
    /// What the script asks.
    pub progress: Progress<'a>,
    /// The phone that is tested.
    pub phone: &'a str,
    /// How the request stands.
    pub state: TestState<'a>,
}

/// How a test request stands.
#[derive(Clone, Copy)]
pub enum TestState<'a> {
    /// It waits.
    Waiting {
        /// Its number.
        number: Number<'a>,
        /// Whether Next was pressed before the phone answered (I4).
        not_yet: bool,
    },
    /// Denied.
    Denied,
    /// Not answered in so many seconds.
    Expired(u64),
    /// Approved with another number.
    Wrong,
    /// It has ended otherwise.
    Cancelled,
    /// Another browser's request waits (rule 6), for at most so many seconds.
    OtherWaiting(u64),
}

impl Test<'_> {
    fn again(&self) -> u64 {
        match self.state {
            TestState::OtherWaiting(seconds) => seconds,
            _ => 0,
        }
    }

    fn expired(&self) -> bool {
        matches!(self.state, TestState::Expired(_))
    }
}

/// "Use a code instead" (I2): the phone then makes codes only, until a test is approved.
#[derive(Template)]
#[template(path = "test_code.html")]
pub struct TestCode<'a> {
    /// What stands around it.
    pub frame: &'a Frame<'a>,
    /// The rail.
    pub rail: Rail<'a>,
    /// Where the steps are.
    pub at: Enrolment,
    /// The phone that is tested.
    pub phone: &'a str,
    /// How its codes are made.
    pub form: CodeShape,
    /// What was wrong with the last one.
    pub wrong: Option<WrongCode>,
}

impl TestCode<'_> {
    fn action(&self) -> &'static str {
        self.at.code.unwrap_or(self.at.test)
    }
}

/// How the codes of an account are made.
#[derive(Clone, Copy)]
pub struct CodeShape {
    /// How many digits.
    pub digits: u8,
    /// Every how many seconds a new one.
    pub period: u32,
}

/// Why a one-time code was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrongCode {
    /// It is not the code.
    Wrong,
    /// It has not the form of a code.
    NotDigits,
    /// It was taken before.
    Used,
    /// The most wrong codes in an hour were typed.
    TooMany,
}

impl WrongCode {
    /// The id of its text.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Wrong => "code-wrong",
            Self::NotDigits => "code-not-digits",
            Self::Used => "code-used",
            Self::TooMany => "code-too-many",
        }
    }
}
