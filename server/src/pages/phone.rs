//! Phones as pages name them.

use countersign_protocol::{Platform, Presence, Storage};

/// The id of a platform's name.
#[must_use]
pub fn platform_name(platform: Platform) -> &'static str {
    match platform {
        Platform::Android => "platform-android",
        Platform::Ios => "platform-ios",
        Platform::Terminal => "platform-terminal",
    }
}

/// How a phone keeps its approval key, by its own word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grade {
    /// In the security chip; asks for the person each time.
    ChipAsks,
    /// In the security chip; does not ask.
    Chip,
    /// In software.
    Software,
}

impl Grade {
    /// The grade of an approval key.
    #[must_use]
    pub fn of(storage: Storage, presence: Presence) -> Self {
        match (storage, presence) {
            (Storage::Hardware, Presence::EachUse) => Self::ChipAsks,
            (Storage::Hardware, Presence::None) => Self::Chip,
            (Storage::Software, _) => Self::Software,
        }
    }

    /// The id of what the check says of it.
    #[must_use]
    pub fn here(self) -> &'static str {
        match self {
            Self::ChipAsks => "grade-chip-asks",
            Self::Chip => "grade-chip",
            Self::Software => "grade-software",
        }
    }

    /// The id of what a list says of it.
    #[must_use]
    pub fn listed(self) -> &'static str {
        match self {
            Self::ChipAsks => "grade-chip-asks.listed",
            Self::Chip => "grade-chip.listed",
            Self::Software => "grade-software.listed",
        }
    }

    /// Whether the list marks it as weak.
    #[must_use]
    pub fn is_weak(self) -> bool {
        self == Self::Software
    }
}

/// The phone, if there is but one: a page then names it, else it says "one of your phones".
pub(super) fn only<'a>(phones: &[&'a str]) -> Option<&'a str> {
    match phones {
        [phone] => Some(phone),
        _ => None,
    }
}
