//! The screens above the list.

use countersign_core::authenticator::{AccountRow, EntryId};
use countersign_protocol::{Number, RequestId};
use zeroize::Zeroizing;

use super::form::{Form, Purpose};
use crate::words::Said;

/// A screen.
pub(crate) enum Screen {
    /// The vault is shut, and this is why.
    Shut(Shut),
    /// Whether a vault that does not open is to be put aside.
    StartOver,
    /// Whether an unlock code is to be made.
    OfferCode,
    /// The code, shown this once.
    UnlockCode(Zeroizing<String>),
    /// Something to be filled in.
    Form(Form),
    /// Some of a few ways to go on.
    Menu(Menu),
    /// One of several codes in a picture.
    Choose { found: Vec<Found>, at: usize },
    /// The eight characters, to be compared with the page.
    Check(EntryId),
    /// A request: its number, and after that how it ended.
    Card(Pad),
    /// The requests that have ended, of one account or of all.
    Endings { of: Option<EntryId>, at: usize },
    /// Whether a request that has ended is to be reported.
    Report { account: EntryId, request: RequestId },
    /// An account.
    Account(EntryId),
    /// Its settings.
    Settings { account: EntryId, at: usize },
    /// Whether it is to be removed.
    Remove(EntryId),
    /// Whom to call, and what to hand over.
    HelpDesk { text: String, scroll: usize },
    /// Which key does what.
    Keys { scroll: usize },
}

/// Why the vault is shut, where it is not something typed that opens it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shut {
    /// The keyring is to open it.
    Locked,
    /// Only a keyring opens it, and none runs here.
    NoKeyring,
    /// The keyring has lost its key.
    KeyGone,
    /// A file of it is damaged; what was there before the last change may open.
    Damaged,
}

/// What can be chosen among the settings of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SettingRow {
    /// The person's own name for the account.
    Name,
    /// What this device is called at its servers.
    Device,
    /// Remove account.
    Remove,
}

/// A menu and what is chosen in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Menu {
    pub(crate) of: MenuOf,
    pub(crate) at: usize,
}

/// The menus on the way to a new account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MenuOf {
    /// What kind of account (S19).
    Type,
    /// How a work or school account is added.
    Work,
    /// How another account is added.
    Other,
}

/// An entry of a menu: the id of its text, and where it leads.
pub(crate) type Entry = (&'static str, Leads);

/// Where an entry of a menu leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leads {
    Menu(MenuOf),
    Form(Purpose),
}

/// One code of a picture, as it could be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// Its place among what was read, by which it is added.
    pub(crate) place: usize,
    /// Who offers the account; None where only the server knows.
    pub(crate) organisation: Option<String>,
    /// The name of the account.
    pub(crate) account: Option<String>,
    /// The server, for a work account.
    pub(crate) host: Option<String>,
    /// Why it cannot be added.
    pub(crate) refused: Option<Said>,
}

/// A request's card, and what was typed on it.
pub(crate) struct Pad {
    pub(crate) account: EntryId,
    pub(crate) request: RequestId,
    /// ASCII digits, as many as fit the request.
    pub(crate) typed: Zeroizing<String>,
}

impl Screen {
    /// The account that this screen is about; it goes when that account goes.
    pub(crate) fn account(&self) -> Option<EntryId> {
        match self {
            Self::Card(pad) => Some(pad.account),
            Self::Report { account, .. } => Some(*account),
            Self::Endings { of, .. } => *of,
            Self::Check(id) | Self::Account(id) | Self::Remove(id) => Some(*id),
            Self::Settings { account, .. } => Some(*account),
            Self::Form(Form { purpose: Purpose::Name(id), .. }) => Some(*id),
            Self::Shut(_)
            | Self::StartOver
            | Self::OfferCode
            | Self::UnlockCode(_)
            | Self::Form(_)
            | Self::Menu(_)
            | Self::Choose { .. }
            | Self::HelpDesk { .. }
            | Self::Keys { .. } => None,
        }
    }

    /// Whether `?` means something else on it than the list of keys.
    pub(crate) fn takes_question_mark(&self) -> bool {
        matches!(self, Self::Shut(_) | Self::Form(_) | Self::Keys { .. })
    }

    /// Whether it opens the vault.
    pub(crate) fn is_unlock(&self) -> bool {
        match self {
            Self::Shut(_) | Self::StartOver => true,
            Self::Form(form) => form.purpose.opens_vault(),
            _ => false,
        }
    }
}

impl SettingRow {
    /// Those of an account: one without a server tells nobody what this device is called.
    pub(crate) fn of(row: &AccountRow) -> &'static [Self] {
        if row.host.is_some() {
            &[Self::Name, Self::Device, Self::Remove]
        } else {
            &[Self::Name, Self::Remove]
        }
    }
}

impl MenuOf {
    pub(crate) fn entries(self) -> &'static [Entry] {
        match self {
            Self::Type => &[("add-work", Leads::Menu(Self::Work)), ("add-other", Leads::Menu(Self::Other))],
            Self::Work => &[
                ("add-picture", Leads::Form(Purpose::Picture { is_work: true })),
                ("add-typed", Leads::Form(Purpose::Typed)),
                ("add-link", Leads::Form(Purpose::Link)),
            ],
            Self::Other => &[
                ("add-picture", Leads::Form(Purpose::Picture { is_work: false })),
                ("add-key", Leads::Form(Purpose::Key)),
                ("add-link", Leads::Form(Purpose::Link)),
            ],
        }
    }
}

impl Pad {
    pub(crate) fn new(account: EntryId, request: RequestId) -> Self {
        Self { account, request, typed: Zeroizing::new(String::with_capacity(8)) }
    }

    /// Types a digit of any script. False when it is none, or when all are there.
    pub(crate) fn type_digit(&mut self, c: char, digits: usize) -> bool {
        // A number has at least two digits, so one is read behind another.
        let Some(number) = Number::typed(&format!("0{c}")) else { return false };
        if self.typed.len() >= digits {
            return false;
        }
        self.typed.extend(number.expose().chars().skip(1));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_every_script_are_typed_and_nothing_else() {
        let mut pad = Pad::new("AAAAAAAAAAAAAAAAAAAAAA".parse().unwrap(), RequestId::from_bytes([7; 16]));
        for c in ['3', 'y', '٨', ' ', '½', '1', '9'] {
            pad.type_digit(c, 3);
        }
        assert_eq!(*pad.typed, "381");
    }
}
