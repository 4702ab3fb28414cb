use std::fmt;

use countersign_core::authenticator::{self as core, CodeFault, CodeKind, EntryId as AccountId};
use countersign_protocol::UnixSeconds;

/// The codes of one account. A shell draws the countdown by itself and asks again when `valid_until` has come.
#[derive(uniffi::Record)]
#[uniffi::export(Debug)]
pub struct CodeRow {
    /// Which account.
    pub id: AccountId,
    /// The code that counts now; none for one that is counted and was not asked for yet.
    pub code: Option<String>,
    /// The one after it; none where codes are counted.
    pub next: Option<String>,
    /// When `code` ends; none where codes are counted.
    pub valid_until: Option<UnixSeconds>,
    /// When `next` ends.
    pub next_valid_until: Option<UnixSeconds>,
    /// Why there is no code.
    pub fault: Option<CodeFault>,
}

/// Without the codes: this is what a shell that logs a row would write.
impl fmt::Debug for CodeRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CodeRow").field("id", &self.id).field("fault", &self.fault).finish_non_exhaustive()
    }
}

impl From<core::CodeRow> for CodeRow {
    fn from(row: core::CodeRow) -> Self {
        let core::CodeRow { id, code, next, valid_until, next_valid_until, fault } = row;
        Self { id, code, next, valid_until, next_valid_until, fault }
    }
}

/// Why an account that makes codes shows none.
#[uniffi::remote(Enum)]
pub enum CodeFault {
    /// Secrets are locked.
    Locked,
    /// The entry cannot be read.
    Damaged,
}

/// Whether an account makes codes, and what moves them on.
#[uniffi::remote(Enum)]
pub enum CodeKind {
    /// It makes none.
    None,
    /// Time.
    Timed,
    /// The person, by asking for the next (HOTP).
    Counted,
}
