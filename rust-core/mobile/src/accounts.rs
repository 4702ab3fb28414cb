use countersign_core::authenticator::{
    AccountRow, AccountState, Change, CodeKind, EntryId as AccountId, Removed,
};
use countersign_protocol::{RemovalReason, UnixSeconds};

/// One account in the list.
#[uniffi::remote(Record)]
pub struct AccountRow {
    /// The account, as long as it is there.
    pub id: AccountId,
    /// The organisation or issuer; empty when a codes-only account names none.
    pub organisation: String,
    /// The person's own name for it, shown in place of the organisation's in lists, never on a card.
    pub name: Option<String>,
    /// The person's name there.
    pub account: String,
    /// The host of the server; none for an account that has only codes. Never shown apart from `organisation`.
    pub host: Option<String>,
    /// What state it is in.
    pub state: AccountState,
    /// Whether it makes codes, and how.
    pub codes: CodeKind,
    /// The organisation's help desk.
    pub help_desk: Option<String>,
    /// Whether the account's server could not be reached lately.
    pub unreachable: bool,
    /// The account whose organisation has the same name and another server: the person is told, with both hosts.
    pub same_name_as: Option<AccountId>,
}

/// The state of an account.
#[uniffi::remote(Enum)]
pub enum AccountState {
    /// A work account whose check, eight characters in two groups, is to be compared with the page, and whose test is to
    /// be approved.
    Pending { check: String },
    /// A work account that is asked and may approve.
    Ready,
    /// It makes codes and approves nothing.
    CodesOnly,
    /// Requests are paused until then, by this phone's clock; codes stay.
    Paused { until: UnixSeconds },
    /// Its keys are gone or refused: it has to be set up again.
    SetUpAgain,
    /// The server says that this phone was removed.
    Removed { reason: RemovalReason },
    /// Its entry cannot be read.
    Damaged,
}

/// Who or what removed a phone from the account.
#[uniffi::remote(Enum)]
pub enum RemovalReason {
    /// The phone itself.
    Phone,
    /// The person, on the Security info page.
    Person,
    /// The help desk.
    HelpDesk,
    /// The same account was added to the same phone again.
    Replaced,
    /// "No, it is not mine" on the page that shows the check.
    Check,
    /// Set-up was not finished in time.
    Unsaved,
    /// It was added through a sign-in that was reported.
    Report,
}

/// A change to an account's entry.
#[uniffi::remote(Enum)]
pub enum Change {
    /// The person's own name for it; empty takes the server's or issuer's again.
    Name(#[uniffi(name = "name")] String),
    /// The next code of one that is counted.
    NextCode,
}

/// What became of a removal.
#[uniffi::remote(Enum)]
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
