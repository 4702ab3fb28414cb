use std::fmt;

use countersign_core::approval::Prompt;
use countersign_core::authenticator::{self as core, CardState, EntryId as AccountId, Outcome, RequestCard};
use countersign_protocol::{Digits, Kind as RequestKind, RequestId, UnixSeconds, Verdict};

uniffi::custom_type!(
    /// How many digits the number has, 2 to 8.
    Digits, u8, {
        remote,
        lower: |digits| digits.get(),
        try_lift: |digits| Digits::new(digits).ok_or_else(|| uniffi::deps::anyhow::anyhow!("not 2 to 8 digits")),
    }
);

/// The card of one request. It never changes but in `state`: another request is another card.
#[uniffi::remote(Record)]
pub struct RequestCard {
    /// Which request.
    pub id: RequestId,
    /// The account it came to.
    pub account_id: AccountId,
    /// What an approval opens.
    pub kind: RequestKind,
    /// What the person is asked for.
    pub prompt: Prompt,
    /// Who asks.
    pub organisation: String,
    /// The server's host; never shown apart from `organisation`.
    pub host: String,
    /// For whom.
    pub account: String,
    /// What the person signs in to.
    pub application: String,
    /// The address that asks.
    pub address: Option<String>,
    /// Where it is.
    pub place: Option<String>,
    /// On what.
    pub browser: Option<String>,
    /// Whether the person has signed in with that browser before.
    pub known: bool,
    /// Why, in the application's words.
    pub reason: Option<String>,
    /// When it was made.
    pub issued: UnixSeconds,
    /// When it ends unanswered.
    pub valid_until: UnixSeconds,
    /// How far it is.
    pub state: CardState,
}

/// What an approval opens.
#[uniffi::remote(Enum)]
pub enum RequestKind {
    /// One sign-in.
    SignIn,
    /// Nothing but the proof that the phone works.
    Test,
    /// The reset of a forgotten password.
    Reset,
    /// Security info, for changes, for ten minutes.
    Method,
}

/// What a person is asked for.
#[uniffi::remote(Enum)]
pub enum Prompt {
    /// Type the number that the sign-in page shows; it has so many digits.
    TypeNumber(#[uniffi(name = "digits")] Digits),
}

/// How far a card is.
#[uniffi::remote(Enum)]
pub enum CardState {
    /// It waits for the person.
    Waiting,
    /// The answer is on its way.
    Sending,
    /// The server has spoken; with the other phone, where it was first.
    Ended { verdict: Verdict, phone: Option<String> },
    /// Sent until a minute after expiry without a verdict: the sign-in page shows what counts.
    NotConfirmed,
}

/// How a request ended.
#[uniffi::remote(Enum)]
pub enum Verdict {
    /// The right number: the sign-in goes on.
    Approved,
    /// The person denied.
    Denied,
    /// A number has one try, and this was not it.
    WrongNumber,
    /// Too late.
    Expired,
    /// The sign-in had ended before.
    Cancelled,
    /// Another phone of the person was first.
    AnsweredElsewhere,
    /// "No, it's not me."
    Reported,
}

/// What a person decided on a card.
#[derive(uniffi::Enum)]
#[uniffi::export(Debug)]
pub enum Decision {
    /// Yes, with the number.
    Approve {
        /// As it was typed: digits of any script, blanks between them.
        typed: String,
    },
    /// No.
    Deny,
    /// No, it's not me.
    Report,
}

/// Without what was typed.
impl fmt::Debug for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Approve { .. } => "Approve",
            Self::Deny => "Deny",
            Self::Report => "Report",
        })
    }
}

impl From<Decision> for core::Decision {
    fn from(decision: Decision) -> Self {
        match decision {
            Decision::Approve { typed } => Self::Approve { typed },
            Decision::Deny => Self::Deny,
            Decision::Report => Self::Report,
        }
    }
}

/// A request that ended before this run of the app. It has no card any more; it can still be reported.
#[derive(uniffi::Record)]
pub struct EndedRequest {
    /// The account it came to.
    pub account_id: AccountId,
    /// Which request.
    pub id: RequestId,
    /// When it ended, by the phone's clock.
    pub ended: UnixSeconds,
}

/// How an answer ended.
#[uniffi::remote(Enum)]
pub enum Outcome {
    /// The server has spoken; with the other phone, where it was first.
    #[uniffi(name = "Ended")]
    Verdict { verdict: Verdict, phone: Option<String> },
    /// Sent until a minute after expiry without a verdict.
    NotConfirmed,
}
