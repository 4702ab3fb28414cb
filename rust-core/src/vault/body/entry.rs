use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign_protocol::Random;
use serde::{Deserialize, Serialize};

/// What this phone knows an account by: 128 random bits, drawn here and told to nobody.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EntryId([u8; 16]);

/// A text that is not the canonical, unpadded base64url of 16 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the id of an entry")]
pub struct MalformedEntryId;

impl EntryId {
    /// A new one.
    #[must_use]
    pub fn make(random: &dyn Random) -> Self {
        let mut bytes = [0; 16];
        random.fill(&mut bytes);
        Self(bytes)
    }
}

impl FromStr for EntryId {
    type Err = MalformedEntryId;
    fn from_str(text: &str) -> Result<Self, MalformedEntryId> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| MalformedEntryId)?;
        bytes.try_into().map(Self).map_err(|_| MalformedEntryId)
    }
}

impl TryFrom<String> for EntryId {
    type Error = MalformedEntryId;
    fn try_from(text: String) -> Result<Self, MalformedEntryId> {
        text.parse()
    }
}

impl From<EntryId> for String {
    fn from(id: EntryId) -> Self {
        id.to_string()
    }
}

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EntryId({self})")
    }
}
