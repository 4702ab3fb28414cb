//! Compact JWS with ES256 (RFC 7515, RFC 7518) and nothing else, following RFC 8725.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::bytes::{Hash, Thumbprint, decode, encode, hash};
use crate::key::{KeyRefused, PublicKey, Signature, SoftwareKey};

/// What may be carried by a JWS of this protocol.
pub trait Payload: Serialize + DeserializeOwned {
    /// The header's `typ`, which no other kind has (RFC 8725, section 3.11).
    const TYP: &'static str;
    /// The most bytes a JWS of this kind may have.
    const LIMIT: usize;

    /// Whether members agree with each other; each by itself is right already.
    fn is_coherent(&self) -> bool {
        true
    }
}

/// A payload that carries the key it is signed by: it proves possession, not identity.
pub trait SelfSigned: Payload {
    /// The key inside.
    fn key(&self) -> &PublicKey;
}

/// Why a JWS was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is longer than its kind may be.
    #[error("longer than its kind may be")]
    TooLong,
    /// It is not three parts of canonical base64url, or the signature has not 64 bytes.
    #[error("not a compact JWS")]
    Form,
    /// The header is not exactly `alg`, `typ`, `kid` with the expected values.
    #[error("an unexpected header")]
    Header,
    /// The payload is of another version of the protocol.
    #[error("of version {0} of the protocol")]
    Version(u64),
    /// A member of the payload is missing, unknown, doubled or out of its range.
    #[error("a payload that version 1 does not know")]
    Payload,
    /// The key is not the one that the header names.
    #[error("of another key")]
    Key,
    /// The signature does not hold.
    #[error("a signature that does not hold")]
    Signature,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    typ: String,
    kid: Thumbprint,
}

const ALG: &str = "ES256";

/// A payload on its way to be signed.
pub struct Draft<P> {
    signed: String,
    payload: PhantomData<P>,
}

impl<P: Payload> Draft<P> {
    /// Writes header and payload; `kid` is the thumbprint of the key that will sign.
    ///
    /// # Errors
    /// [`Refusal::Payload`] or [`Refusal::TooLong`] when the other side would refuse it.
    pub fn new(payload: &P, kid: Thumbprint) -> Result<Self, Refusal> {
        let header = Header { alg: ALG.to_owned(), typ: P::TYP.to_owned(), kid };
        let header = serde_json::to_vec(&header).map_err(|_| Refusal::Header)?;
        let body = serde_json::to_vec(payload).map_err(|_| Refusal::Payload)?;
        // Members are public and some are plain numbers, so a payload may say what the other side does not take.
        read_payload::<P>(&body)?;
        let signed = format!("{}.{}", encode(&header), encode(&body));
        // A dot and the 86 characters of the signature come behind.
        if signed.len() + 87 > P::LIMIT {
            Err(Refusal::TooLong)
        } else {
            Ok(Self { signed, payload: PhantomData })
        }
    }

    /// The bytes to be signed: `header.payload`.
    #[must_use]
    pub fn message(&self) -> &[u8] {
        self.signed.as_bytes()
    }

    /// SHA-256 over `header.payload`: the hash of the JWS, whatever its signature.
    #[must_use]
    pub fn hash(&self) -> Hash {
        hash(self.message())
    }

    /// Puts the signature behind.
    #[must_use]
    pub fn seal(self, signature: &Signature) -> String {
        format!("{}.{}", self.signed, encode(signature.as_bytes()))
    }

    /// Signs with a key in memory.
    ///
    /// # Errors
    /// [`KeyRefused`] when the operating system gives no randomness.
    pub fn sign(self, key: &SoftwareKey) -> Result<String, KeyRefused> {
        let signature = key.sign(self.message())?;
        Ok(self.seal(&signature))
    }
}

/// Without what it says: codes and numbers are in it.
impl<P> fmt::Debug for Draft<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Draft(..)")
    }
}

/// A JWS that has the form of its kind. What it says stays closed until [`verify`](Self::verify).
pub struct Unverified<P> {
    signed: String,
    signature: Signature,
    kid: Thumbprint,
    payload: P,
}

impl<P: Payload> Unverified<P> {
    /// Reads a JWS.
    ///
    /// # Errors
    /// [`Refusal`] says what is wrong; for another version of the protocol, which.
    pub fn parse(jws: &str) -> Result<Self, Refusal> {
        if jws.len() > P::LIMIT {
            return Err(Refusal::TooLong);
        }
        let (signed, signature) = jws.rsplit_once('.').ok_or(Refusal::Form)?;
        let (header, payload) = signed.split_once('.').ok_or(Refusal::Form)?;
        let signature = decode(signature).map_err(|_| Refusal::Form)?;
        let signature = Signature::from_fixed(&signature).map_err(|_| Refusal::Form)?;
        let header = decode(header).map_err(|_| Refusal::Form)?;
        let header: Header = read(&header).ok_or(Refusal::Header)?;
        if header.alg != ALG || header.typ != P::TYP {
            return Err(Refusal::Header);
        }
        let payload = decode(payload).map_err(|_| Refusal::Form)?;
        let payload = read_payload(&payload)?;
        Ok(Self { signed: signed.to_owned(), signature, kid: header.kid, payload })
    }

    /// The thumbprint of the key that is said to have signed: for looking that key up.
    #[must_use]
    pub fn kid(&self) -> Thumbprint {
        self.kid
    }

    /// SHA-256 over `header.payload` as received.
    #[must_use]
    pub fn hash(&self) -> Hash {
        hash(self.signed.as_bytes())
    }

    /// What it says, unproven: only for finding the key by which it is proven.
    pub(crate) fn claimed(&self) -> &P {
        &self.payload
    }

    /// Opens what it says, when this key has signed it.
    ///
    /// # Errors
    /// [`Refusal::Key`] or [`Refusal::Signature`].
    pub fn verify(self, key: &PublicKey) -> Result<Verified<P>, Refusal> {
        if key.thumbprint() != self.kid {
            Err(Refusal::Key)
        } else if !key.verifies(self.signed.as_bytes(), &self.signature) {
            Err(Refusal::Signature)
        } else {
            Ok(Verified { hash: self.hash(), kid: self.kid, payload: self.payload })
        }
    }

    /// Opens what it says, when one of these keys has signed it.
    ///
    /// # Errors
    /// [`Refusal::Key`] when none is the one it names, or [`Refusal::Signature`].
    pub fn verify_any(self, keys: &[PublicKey]) -> Result<Verified<P>, Refusal> {
        let key = keys.iter().find(|key| key.thumbprint() == self.kid).ok_or(Refusal::Key)?;
        self.verify(key)
    }
}

/// Without what it says: codes and numbers are in it, and nothing of it is proven.
impl<P> fmt::Debug for Unverified<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unverified({})", self.kid)
    }
}

impl<P: SelfSigned> Unverified<P> {
    /// Opens what it says, when the key that it carries has signed it.
    ///
    /// # Errors
    /// [`Refusal::Key`] or [`Refusal::Signature`].
    pub fn verify_inside(self) -> Result<Verified<P>, Refusal> {
        let key = *self.claimed().key();
        self.verify(&key)
    }
}

/// Reads JSON that says what `T` would write, and in the same forms. serde by itself also takes an array for an object
/// and `{"deny":null}` for `"deny"`: what one reader takes and another refuses must not be signed.
fn read<T: Serialize + DeserializeOwned>(json: &[u8]) -> Option<T> {
    let read: T = serde_json::from_slice(json).ok()?;
    let plain: serde_json::Value = serde_json::from_slice(json).ok()?;
    (serde_json::to_value(&read).ok()? == plain).then_some(read)
}

fn read_payload<P: Payload>(json: &[u8]) -> Result<P, Refusal> {
    let payload: P = read(json).ok_or_else(|| version_or_payload(json))?;
    if payload.is_coherent() { Ok(payload) } else { Err(Refusal::Payload) }
}

/// Tells a later version of the protocol from a payload that is wrong.
fn version_or_payload(payload: &[u8]) -> Refusal {
    let version = |payload: serde_json::Value| payload.get("v")?.as_u64();
    match serde_json::from_slice(payload).ok().and_then(version) {
        Some(v) if v != crate::VERSION => Refusal::Version(v),
        _ => Refusal::Payload,
    }
}

/// A payload whose signature holds.
#[derive(Debug)]
pub struct Verified<P> {
    hash: Hash,
    kid: Thumbprint,
    payload: P,
}

impl<P> Verified<P> {
    /// SHA-256 over `header.payload` as received.
    #[must_use]
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// The thumbprint of the key that signed.
    #[must_use]
    pub fn kid(&self) -> Thumbprint {
        self.kid
    }

    /// The payload by value.
    #[must_use]
    pub fn into_payload(self) -> P {
        self.payload
    }
}

impl<P> Deref for Verified<P> {
    type Target = P;
    fn deref(&self) -> &P {
        &self.payload
    }
}

/// The member `v`: 1, and nothing else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub(crate) struct Version;

impl TryFrom<u64> for Version {
    type Error = &'static str;
    fn try_from(version: u64) -> Result<Self, Self::Error> {
        if version == crate::VERSION { Ok(Self) } else { Err("another version") }
    }
}

impl From<Version> for u64 {
    fn from(_: Version) -> Self {
        crate::VERSION
    }
}

/// For integers that have a range of their own; [`crate::clock::MAX`] is the largest of all.
pub(crate) fn within<'de, const MIN: u64, const MAX: u64, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: TryFrom<u64>,
    D: serde::Deserializer<'de>,
{
    let number = u64::deserialize(deserializer)?;
    let number = (MIN..=MAX).contains(&number).then_some(number).and_then(|number| T::try_from(number).ok());
    number.ok_or_else(|| serde::de::Error::custom("a number out of its range"))
}

/// For members that may be left out: present means a value, never null.
pub(crate) fn present<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: serde::Deserializer<'de>,
{
    T::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CallId, DeviceId, Removal, ServerId, UnixSeconds};

    fn removal() -> Removal {
        let time = UnixSeconds::new(1_800_000_000).unwrap();
        Removal::new(
            DeviceId::from_bytes([1; 16]),
            ServerId::from_bytes([2; 32]),
            time,
            CallId::from_bytes([3; 16]),
        )
    }

    fn parsed(header: &str, payload: &str) -> Result<Hash, Refusal> {
        let jws =
            format!("{}.{}.{}", encode(header.as_bytes()), encode(payload.as_bytes()), encode(&[1; 64]));
        Unverified::<Removal>::parse(&jws).map(|unverified| unverified.hash())
    }

    #[test]
    fn an_array_is_not_taken_for_an_object() {
        let kid = Thumbprint::from_bytes([4; 32]);
        let header = format!(r#"{{"alg":"ES256","typ":"countersign-removal+jwt","kid":"{kid}"}}"#);
        let listed_header = format!(r#"["ES256","countersign-removal+jwt","{kid}"]"#);
        let payload = serde_json::to_string(&removal()).unwrap();
        let Removal { iss, aud, iat, jti, .. } = removal();
        let listed_payload = format!(r#"[1,"{iss}","{aud}",{iat},"{jti}"]"#);
        assert!(parsed(&header, &payload).is_ok());
        assert_eq!(parsed(&listed_header, &payload), Err(Refusal::Header));
        assert_eq!(parsed(&header, &listed_payload), Err(Refusal::Payload));
        assert_eq!(parsed(&header, "[2]"), Err(Refusal::Payload));
        assert_eq!(parsed(&header, r#"{"v":2,"new":null}"#), Err(Refusal::Version(2)));
    }

    #[test]
    fn a_header_is_json_and_may_be_written_as_json_may() {
        let kid = Thumbprint::from_bytes([4; 32]);
        let payload = serde_json::to_string(&removal()).unwrap();
        let header = format!(r#"{{ "kid":"{kid}", "typ":"countersign-removal+jwt", "alg":"\u0045S256" }}"#);
        assert!(parsed(&header, &payload).is_ok());
    }
}
