use std::fmt;

/// The two parts of a vault: a sealed file each, with its own key, its own slots and its own generations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Compartment {
    /// What a locked phone needs to fetch and check a request.
    Contacts,
    /// Secrets of one-time codes and software approval keys.
    Secrets,
}

impl Compartment {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Contacts, Self::Secrets];

    /// The name of its file, without the ending.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Contacts => "contacts",
            Self::Secrets => "secrets",
        }
    }

    /// Its number in the header of the file.
    pub(super) const fn number(self) -> u8 {
        match self {
            Self::Contacts => 1,
            Self::Secrets => 2,
        }
    }
}

impl fmt::Display for Compartment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
