//! All that a person can see, pulled by a shell as plain data.

use countersign_protocol::{Kind, RemovalReason, RequestId, UnixSeconds, Verdict};

use super::EntryId;
use crate::approval::Prompt;
use crate::vault::{Compartment, SlotKind};

/// What there is to see at one moment. What changes after it has a higher revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// Grows with each change.
    pub revision: u64,
    /// Whether secrets are open.
    pub lock: Lock,
    /// Whether there is no vault yet.
    pub is_first_start: bool,
    /// By what the vault opens; nothing on a first start, and where no file of it can be read.
    pub opens_with: Vec<SlotKind>,
    /// The accounts, in the person's order.
    pub accounts: Vec<AccountRow>,
    /// The cards of requests: those that wait first, then how others ended, newest first.
    pub requests: Vec<RequestCard>,
    /// What the person should know about the vault.
    pub notices: Vec<Notice>,
}

/// Whether the vault is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lock {
    /// Everything is open.
    Open,
    /// Requests can be fetched, denied and shown; codes, approvals and reports need
    /// [`unlock`](super::Authenticator::unlock).
    SecretsLocked,
    /// Nothing is open.
    Locked,
    /// The platform has dropped the key: what else `opens_with` has opens the vault.
    KeyDropped,
}

/// Something to tell until the person has read it: [`dismiss`](super::Authenticator::dismiss).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Notice {
    /// The file is from an earlier day than the key store remembers.
    OlderGeneration(Compartment),
    /// The last write failed: what was there is there, what was new is not kept.
    StorageFailed,
    /// A server sent a request that is not genuine; it is not shown.
    NotGenuine,
}

/// One account in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRow {
    /// The entry, as long as it is there.
    pub id: EntryId,
    /// The organisation or issuer; empty when a codes-only account names none.
    pub organisation: String,
    /// The person's own name for the entry, where there is one: shown in place of the organisation's in lists, never
    /// on a card.
    pub name: Option<String>,
    /// The person's name there.
    pub account: String,
    /// The host of the server in ASCII form; None for an account that has only codes. Never shown apart from
    /// `organisation`.
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
    pub same_name_as: Option<EntryId>,
}

/// The state of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountState {
    /// A work account whose check is to be compared with the page, and whose test is to be approved.
    Pending {
        /// The eight characters in two groups.
        check: String,
    },
    /// A work account that is asked and may approve.
    Ready,
    /// A work account that makes codes and approves nothing until a test was approved, or an account that has only
    /// codes.
    CodesOnly,
    /// Requests are paused until then, by this phone's clock; codes stay.
    Paused {
        /// When it ends.
        until: UnixSeconds,
    },
    /// Its keys are gone or refused: it has to be set up again.
    SetUpAgain,
    /// The server says that this phone was removed.
    Removed {
        /// By whom or why.
        reason: RemovalReason,
    },
    /// Its entry cannot be read.
    Damaged,
}

/// Whether an account makes codes, and what moves them on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CodeKind {
    /// It makes none.
    None,
    /// Time.
    Timed,
    /// The person, by asking for the next (HOTP).
    Counted,
}

/// A request that ended before this run of the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndedBefore {
    /// Which request.
    pub id: RequestId,
    /// The account it came to.
    pub account_id: EntryId,
    /// When it ended, by the phone's clock.
    pub ended: UnixSeconds,
}

/// The card of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestCard {
    /// Which request.
    pub id: RequestId,
    /// The account it came to.
    pub account_id: EntryId,
    /// What an approval opens.
    pub kind: Kind,
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
    /// When it was made, by this phone's clock.
    pub issued: UnixSeconds,
    /// When it ends unanswered, by this phone's clock.
    pub valid_until: UnixSeconds,
    /// How far it is.
    pub state: CardState,
}

/// How far a card is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CardState {
    /// It waits for the person.
    Waiting,
    /// The answer is on its way.
    Sending,
    /// The server has spoken.
    Ended {
        /// How.
        verdict: Verdict,
        /// The other phone, where it was first.
        phone: Option<String>,
    },
    /// Sent until a minute after expiry without a verdict: the sign-in page shows what counts.
    NotConfirmed,
}

/// The codes of one account.
#[derive(Clone, PartialEq, Eq)]
pub struct CodeRow {
    /// Which account.
    pub id: EntryId,
    /// The code that counts now; None for one that is counted and was not asked for yet.
    pub code: Option<String>,
    /// The one after it; None where codes are counted.
    pub next: Option<String>,
    /// When `code` ends, by this phone's clock; None where codes are counted.
    pub valid_until: Option<UnixSeconds>,
    /// When `next` ends.
    pub next_valid_until: Option<UnixSeconds>,
    /// Why there is no code.
    pub fault: Option<CodeFault>,
}

/// Why an account that makes codes shows none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CodeFault {
    /// Secrets are locked.
    Locked,
    /// The entry cannot be read.
    Damaged,
}

/// Without the codes.
impl std::fmt::Debug for CodeRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CodeRow").field("id", &self.id).field("fault", &self.fault).finish_non_exhaustive()
    }
}
