//! The first call of a phone: its keys, and what it says of itself.

use serde::{Deserialize, Serialize};

use crate::bytes::{MalformedBytes, decode, encode};
use crate::calls::call;
use crate::jws::{Payload, SelfSigned, Version, present};
use crate::{ActivationCode, Call, CallId, List, PublicKey, ServerId, Text, Thumbprint, UnixSeconds, WakeUp};

call!(Activation, "activation", 24_576, crate::ActivationReply, agrees: Activation::agrees);

/// The first call of a phone: proves its device key and the single-use code (step 2).
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Activation {
    v: Version,
    /// The thumbprint of the device key.
    pub iss: Thumbprint,
    /// The server that the QR code named.
    pub aud: ServerId,
    /// When, by the phone's clock; of several calls with one key the newest counts.
    pub iat: UnixSeconds,
    /// Its id.
    pub jti: CallId,
    /// The single-use code.
    pub code: ActivationCode,
    /// The keys of the account on this phone.
    pub keys: ActivationKeys,
    /// Optional parts that the phone speaks.
    pub can: List<Can, 0, 8>,
    /// What the phone is called: its model.
    pub name: Text<64>,
    /// What it runs on.
    pub platform: Platform,
    /// The app's version.
    pub app: Text<64>,
    /// Where it can be woken.
    pub wakes: List<WakeUp, 0, 3>,
}

/// The keys of one account on one phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActivationKeys {
    /// Signs all calls but approve; without a person.
    pub device: Attested,
    /// Signs approve, and nothing else.
    pub approval: Attested,
    /// The phone's half of the agreement on the secret of one-time codes.
    pub agreement: PublicKey,
}

/// A key, its grade by the phone's own word, and the platform's attestation of it where there is one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attested {
    /// The public key.
    pub key: PublicKey,
    /// Where the private key is kept.
    pub storage: Storage,
    /// Whether it asks for the person.
    pub presence: Presence,
    /// The chain of certificates, leaf first, each DER in base64url. The challenge of its leaf is SHA-256 over
    /// `<server id>.<code>`.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub attestation: Option<List<Certificate, 1, 6>>,
}

/// A certificate of an attestation, in DER; on the wire in base64url.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Certificate(Vec<u8>);

impl Certificate {
    /// From its DER; the other side refuses an empty one.
    #[must_use]
    pub fn from_der(der: Vec<u8>) -> Self {
        Self(der)
    }
}

impl TryFrom<String> for Certificate {
    type Error = MalformedBytes;
    fn try_from(text: String) -> Result<Self, MalformedBytes> {
        let der = decode(&text)?;
        if der.is_empty() { Err(MalformedBytes) } else { Ok(Self(der)) }
    }
}

impl From<Certificate> for String {
    fn from(certificate: Certificate) -> Self {
        encode(&certificate.0)
    }
}

/// Where a private key is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Storage {
    /// In a chip that does not give it out.
    Hardware,
    /// In a file or in memory, sealed.
    Software,
}

/// Whether a key asks for the person before it signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// At each use.
    EachUse,
    /// Never.
    None,
}

/// What a phone runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Platform {
    /// Android.
    Android,
    /// iOS.
    Ios,
    /// The terminal app.
    Terminal,
}

/// What a phone says of itself when it is added.
#[derive(Clone, Debug)]
pub struct PhoneDescription {
    /// What it is called: its model.
    pub name: Text<64>,
    /// What it runs on.
    pub platform: Platform,
    /// The app's version.
    pub app: Text<64>,
    /// Where it can be woken.
    pub wakes: List<WakeUp, 0, 3>,
}

impl Activation {
    /// An activation of version 1.
    #[must_use]
    pub fn new(
        aud: ServerId,
        iat: UnixSeconds,
        jti: CallId,
        code: ActivationCode,
        keys: ActivationKeys,
        phone: PhoneDescription,
    ) -> Self {
        let PhoneDescription { name, platform, app, wakes } = phone;
        let iss = keys.device.key.thumbprint();
        Self { v: Version, iss, aud, iat, jti, code, keys, can: List::default(), name, platform, app, wakes }
    }

    fn agrees(&self) -> bool {
        let keys = &self.keys;
        let differ = keys.device.key != keys.approval.key
            && keys.device.key != keys.agreement
            && keys.approval.key != keys.agreement;
        // A device key works on a locked phone, so it cannot ask for the person.
        differ && keys.device.presence == Presence::None && self.iss == keys.device.key.thumbprint()
    }
}

impl SelfSigned for Activation {
    fn key(&self) -> &PublicKey {
        &self.keys.device.key
    }
}

/// The word of an optional part that the phone speaks: 1 to 32 of `a-z`, `0-9` and `_`. Version 1 has no such part.
///
/// A reader passes over the words that it does not know: were they refused, a phone that speaks a new part could talk
/// to no server that does not.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Can(String);

impl Can {
    /// The word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Can {
    type Error = &'static str;
    fn try_from(word: String) -> Result<Self, Self::Error> {
        let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if (1..=32).contains(&word.len()) && word.bytes().all(is_letter) {
            Ok(Self(word))
        } else {
            Err("not the word of a part")
        }
    }
}

impl From<Can> for String {
    fn from(can: Can) -> Self {
        can.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_parts_that_are_not_known_are_passed_over() {
        let can = |json: &str| serde_json::from_str::<List<Can, 0, 8>>(json).is_ok();
        assert!(can("[]") && can(r#"["passkeys","part_2"]"#));
        assert!(!can(r#"[""]"#) && !can(r#"["Passkeys"]"#) && !can("[null]"));
    }
}
