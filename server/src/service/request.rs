use std::fmt;

use countersign_protocol::{Kind, Number, RequestId, Text, UnixSeconds};

/// The newest request of a session, as its page shows it.
#[derive(Debug)]
pub struct RequestView {
    /// Which.
    pub id: RequestId,
    /// What an approval opens.
    pub kind: Kind,
    /// Where it is.
    pub outcome: Outcome,
    /// When it was made.
    pub made: UnixSeconds,
    /// When it is over unanswered.
    pub expires: UnixSeconds,
    /// The names of the phones that were asked.
    pub phones: Vec<Text<64>>,
    /// The name of the phone that answered, if one did.
    pub answered_by: Option<Text<64>>,
}

/// Where a request is.
#[derive(PartialEq, Eq)]
pub enum Outcome {
    /// It waits; the number is for this session's page alone.
    Waiting(Number),
    /// The right number was typed.
    Approved,
    /// A wrong number was typed.
    WrongNumber,
    /// "Deny".
    Denied,
    /// "No, it's not me."
    Reported,
    /// Nobody answered in time.
    Expired,
    /// The sign-in ended, or another request took its place.
    Cancelled,
}

/// What asking the phone led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// A request waits: the page shows it.
    Asked,
    /// One was made a moment ago; again from then on.
    TooSoon(UnixSeconds),
    /// Another session's request waits, until then at the latest.
    OtherWaiting(UnixSeconds),
    /// The count of requests is full until then.
    TooOften(UnixSeconds),
    /// A report pauses requests until then.
    Paused(UnixSeconds),
    /// That was the fifth test of this activation: the phone is not added.
    NoMoreTests,
    /// No phone can be asked, or the session may not ask here.
    NotNow,
}

impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Waiting(_) => "Waiting(..)",
            Self::Approved => "Approved",
            Self::WrongNumber => "WrongNumber",
            Self::Denied => "Denied",
            Self::Reported => "Reported",
            Self::Expired => "Expired",
            Self::Cancelled => "Cancelled",
        })
    }
}
