use serde::{Deserialize, Serialize};

use super::{EntryId, KeyHandle, SecretBytes, secret};

/// The second compartment: what opens only for the person.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secrets {
    /// One-time codes: whole codes-only accounts, and the codes of work accounts.
    pub codes: Vec<CodeEntry>,
    /// Approval keys, where the platform keeps none.
    pub approval_keys: Vec<SoftwareKey>,
}

/// What makes one-time codes.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeEntry {
    /// What this phone knows it by.
    pub id: EntryId,
    /// The work account that it belongs to; without one it is an account of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<EntryId>,
    /// Who issued it, if its offer said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// The name of the account at its issuer.
    pub account: String,
    /// The person's own name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How codes are made.
    pub kind: CodeKind,
    /// What codes are made from.
    #[serde(with = "secret")]
    pub secret: SecretBytes,
    /// Its place among all accounts, work accounts included; equal places stand in the order of adding.
    pub order: u32,
}

/// How codes are made. Kept as they were offered: whether they can be made is judged by who makes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case", deny_unknown_fields)]
pub enum CodeKind {
    /// By time (RFC 6238).
    Totp {
        /// The hash of the HMAC.
        hash: CodeHash,
        /// Digits of a code.
        digits: u8,
        /// Seconds that a code is good for.
        period: u32,
    },
    /// By a counter (RFC 4226).
    Hotp {
        /// The hash of the HMAC.
        hash: CodeHash,
        /// Digits of a code.
        digits: u8,
        /// The counter of the next code.
        counter: u64,
    },
    /// Steam Guard: five characters every 30 seconds.
    Steam,
}

/// The hash of the HMAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CodeHash {
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

/// A private key that no hardware keeps.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SoftwareKey {
    /// The account that it belongs to; it goes when that account is gone.
    pub entry: EntryId,
    /// What it is called, as a key of a key store is.
    pub handle: KeyHandle,
    /// The key, in PKCS #8 (RFC 5208).
    #[serde(with = "secret")]
    pub pkcs8: SecretBytes,
}

impl Secrets {
    /// The code entry that this phone knows by this id.
    #[must_use]
    pub fn code(&self, id: EntryId) -> Option<&CodeEntry> {
        self.codes.iter().find(|code| code.id == id)
    }

    /// The code entry that this phone knows by this id, to be changed.
    pub fn code_mut(&mut self, id: EntryId) -> Option<&mut CodeEntry> {
        self.codes.iter_mut().find(|code| code.id == id)
    }

    /// Forgets a codes-only account, or everything that belongs to a work account.
    pub fn forget(&mut self, entry: EntryId) {
        self.codes.retain(|code| code.id != entry && code.entry != Some(entry));
        self.approval_keys.retain(|key| key.entry != entry);
    }
}
