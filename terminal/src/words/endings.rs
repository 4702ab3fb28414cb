//! How a request ended, in the words of its kind.

use countersign_core::authenticator::{CardState, Outcome, RequestCard};
use countersign_protocol::{Kind, Verdict};
use countersign_texts::Value;

use super::{Said, Words};
use crate::app::Sign;

/// How a request ended.
pub(crate) struct Ending {
    /// What the sign before it says.
    pub(crate) sign: Sign,
    /// What happened, and what to do; its code is the protocol's word.
    pub(crate) said: Said,
}

impl Words {
    /// How this card ended; None while it has not.
    pub(crate) fn ending(self, card: &RequestCard) -> Option<Ending> {
        match &card.state {
            CardState::Waiting | CardState::Sending => None,
            CardState::Ended { verdict, phone } => Some(self.verdict(*verdict, phone.as_deref(), card)),
            CardState::NotConfirmed => {
                Some(Ending { sign: Sign::Wait, said: self.said("not-confirmed", &[]) })
            }
        }
    }

    /// What became of the report of a request of which only the id was left.
    pub(crate) fn reported_late(self, outcome: &Outcome) -> Said {
        match outcome {
            Outcome::Verdict { verdict: Verdict::Reported, .. } => Said {
                code: "reported".to_owned(),
                happened: self.text("verdict-reported"),
                todo: self.text("verdict-reported.method"),
            },
            Outcome::Verdict { .. } => self.said("report-late", &[]),
            Outcome::NotConfirmed => self.said("not-confirmed", &[]),
        }
    }

    fn verdict(self, verdict: Verdict, phone: Option<&str>, card: &RequestCard) -> Ending {
        let values = [
            ("application", Value::from(&card.application)),
            ("organisation", Value::from(&card.organisation)),
        ];
        let said = |code: &str, happened: &str, todo: &str| Said {
            code: code.to_owned(),
            happened: self.with(happened, &values),
            todo: self.with(todo, &values),
        };
        match verdict {
            Verdict::Approved => Ending {
                sign: Sign::Good,
                said: said(
                    "approved",
                    "verdict-approved",
                    match card.kind {
                        Kind::SignIn => "verdict-approved.do",
                        Kind::Test => "verdict-approved.test",
                        Kind::Method => "verdict-approved.method",
                        Kind::Reset => "verdict-approved.reset",
                    },
                ),
            },
            Verdict::Denied => Ending {
                sign: Sign::No,
                said: said(
                    "denied",
                    "verdict-denied",
                    match card.kind {
                        Kind::SignIn => "verdict-denied.do",
                        Kind::Test | Kind::Method | Kind::Reset => "verdict-denied.other",
                    },
                ),
            },
            Verdict::WrongNumber => Ending {
                sign: Sign::Bad,
                said: said("wrong_number", "verdict-wrong-number", "verdict-wrong-number.do"),
            },
            Verdict::Expired => {
                Ending { sign: Sign::Wait, said: said("expired", "verdict-expired", "verdict-expired.do") }
            }
            // Also how a request ends that was not needed: the person typed a code instead.
            Verdict::Cancelled => Ending {
                sign: Sign::Over,
                said: said(
                    "cancelled",
                    match card.kind {
                        Kind::SignIn => "verdict-cancelled",
                        Kind::Test | Kind::Method | Kind::Reset => "verdict-cancelled.other",
                    },
                    "verdict-cancelled.do",
                ),
            },
            Verdict::AnsweredElsewhere => Ending {
                sign: Sign::Over,
                said: Said {
                    happened: match phone {
                        Some(phone) => self.with("verdict-answered-elsewhere", &[("phone", phone.into())]),
                        None => self.text("verdict-answered-elsewhere.any"),
                    },
                    ..said(
                        "answered_elsewhere",
                        "verdict-answered-elsewhere",
                        "verdict-answered-elsewhere.do",
                    )
                },
            },
            Verdict::Reported => Ending {
                sign: Sign::Bad,
                said: said(
                    "reported",
                    "verdict-reported",
                    match card.kind {
                        Kind::SignIn => "verdict-reported.do",
                        Kind::Test => "verdict-reported.test",
                        Kind::Method => "verdict-reported.method",
                        Kind::Reset => "verdict-reported.reset",
                    },
                ),
            },
        }
    }
}
