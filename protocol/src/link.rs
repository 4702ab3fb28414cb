//! The link that the QR code of an activation holds.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroize;

use crate::bytes::{decode_array, encode};
use crate::{BaseUrl, Hash, Random, ServerId, TypedCode};

const PREFIX: &str = "countersign://activate?";
/// RFC 3986, section 2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The single-use code of an activation: 128 bits from a QR code, or the 12 characters that a person typed.
/// Wiped when dropped.
pub enum ActivationCode {
    /// From the QR code; 22 characters on the wire.
    Scanned([u8; 16]),
    /// Typed; 12 characters on the wire.
    Typed(TypedCode),
}

impl ActivationCode {
    /// A new code of 128 bits for a QR code.
    #[must_use]
    pub fn make(random: &dyn Random) -> Self {
        let mut bytes = [0; 16];
        random.fill(&mut bytes);
        Self::Scanned(bytes)
    }

    /// The code as it is on the wire: the only form that is hashed and compared.
    #[must_use]
    pub fn expose(&self) -> String {
        match self {
            Self::Scanned(bytes) => encode(bytes),
            Self::Typed(code) => code.expose().to_owned(),
        }
    }
}

impl TryFrom<String> for ActivationCode {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        if let Ok(bytes) = decode_array(&text) {
            Ok(Self::Scanned(bytes))
        } else {
            TypedCode::try_from(text).map(Self::Typed)
        }
    }
}

impl Serialize for ActivationCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.expose().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for ActivationCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl PartialEq for ActivationCode {
    fn eq(&self, other: &Self) -> bool {
        self.expose().as_bytes().ct_eq(other.expose().as_bytes()).into()
    }
}

impl Drop for ActivationCode {
    fn drop(&mut self) {
        if let Self::Scanned(bytes) = self {
            bytes.zeroize();
        }
    }
}

impl fmt::Debug for ActivationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ActivationCode(..)")
    }
}

/// What an activation's QR code says:
/// `countersign://activate?v=1&s=<base URL>&c=<code>&k=<server id>[&t=<hash of the TLS key>]`.
#[derive(Debug, PartialEq)]
pub struct ActivationLink {
    /// Where the server is.
    pub base: BaseUrl,
    /// The code, once.
    pub code: ActivationCode,
    /// Whose signature the phone insists on.
    pub server: ServerId,
    /// SHA-256 of the TLS key's SubjectPublicKeyInfo; stands in for chain and name.
    pub tls_key: Option<Hash>,
}

/// Why a link is no activation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkRefused {
    /// It is no activation link at all.
    #[error("not an activation link")]
    Foreign,
    /// It is of a later version of the protocol.
    #[error("of a later version")]
    Version,
    /// A parameter is missing, unknown, doubled or malformed.
    #[error("a damaged activation link")]
    Damaged,
}

impl ActivationLink {
    /// Reads a link.
    ///
    /// # Errors
    /// [`LinkRefused`]; nothing of the link is in it.
    pub fn parse(text: &str) -> Result<Self, LinkRefused> {
        let query = text.trim().strip_prefix(PREFIX).ok_or(LinkRefused::Foreign)?;
        let mut found = [("v", None), ("s", None), ("c", None), ("k", None), ("t", None)];
        let mut is_whole = true;
        for pair in query.split('&') {
            let slot = pair.split_once('=').and_then(|(name, value)| {
                let value = percent_decode_str(value).decode_utf8().ok()?.into_owned();
                let slot = found.iter_mut().find(|(known, _)| *known == name)?;
                slot.1.replace(value).is_none().then_some(())
            });
            is_whole &= slot.is_some();
        }
        let [(_, version), (_, base), (_, code), (_, server), (_, tls_key)] = found;
        match version {
            Some(version) if version == "1" => {}
            // A later version may have other parameters, so its number counts before they are looked at.
            Some(version) if version.bytes().all(|byte| byte.is_ascii_digit()) && !version.is_empty() => {
                return Err(LinkRefused::Version);
            }
            _ => return Err(LinkRefused::Damaged),
        }
        if !is_whole {
            return Err(LinkRefused::Damaged);
        }
        let needed = |value: Option<String>| value.ok_or(LinkRefused::Damaged);
        let code = ActivationCode::Scanned(decode_array(&needed(code)?).map_err(|_| LinkRefused::Damaged)?);
        Ok(Self {
            base: BaseUrl::new(needed(base)?).map_err(|_| LinkRefused::Damaged)?,
            code,
            server: needed(server)?.parse().map_err(|_| LinkRefused::Damaged)?,
            tls_key: tls_key.map(|hash| hash.parse().map_err(|_| LinkRefused::Damaged)).transpose()?,
        })
    }

    /// The link, for the QR code and the "open in the app" link of one browser session.
    #[must_use]
    pub fn expose(&self) -> String {
        let base = utf8_percent_encode(self.base.as_str(), RESERVED);
        let pin = self.tls_key.map(|hash| format!("&t={hash}")).unwrap_or_default();
        format!("{PREFIX}v=1&s={base}&c={}&k={}{pin}", self.code.expose(), self.server)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SystemRandom, hash};

    fn link() -> ActivationLink {
        ActivationLink {
            base: BaseUrl::new("https://signin.halden.example/cs").unwrap(),
            code: ActivationCode::make(&SystemRandom),
            server: ServerId::from_bytes([1; 32]),
            tls_key: Some(hash(b"key")),
        }
    }

    #[test]
    fn a_link_leads_back_to_itself() {
        let with_pin = link();
        assert_eq!(ActivationLink::parse(&with_pin.expose()).unwrap(), with_pin);
        let without = ActivationLink { tls_key: None, ..link() };
        assert_eq!(ActivationLink::parse(&without.expose()).unwrap(), without);
    }

    #[test]
    fn every_other_link_is_refused() {
        let good = link().expose();
        for (wrong, why) in [
            ("countersign://activate".to_owned(), LinkRefused::Foreign),
            (good.replace("activate", "add"), LinkRefused::Foreign),
            (good.replace("countersign:", "otpauth:"), LinkRefused::Foreign),
            (good.replace("v=1", "v=2&new=x"), LinkRefused::Version),
            (good.replace("v=1&", ""), LinkRefused::Damaged),
            (good.replace("v=1", "v="), LinkRefused::Damaged),
            (good.replace("&c=", "&d="), LinkRefused::Damaged),
            (good.replace("&c=", "&c=A"), LinkRefused::Damaged),
            (good.replace("&k=", "&k=A"), LinkRefused::Damaged),
            (good.replace("&t=", "&t=A"), LinkRefused::Damaged),
            (good.replace("https", "http"), LinkRefused::Damaged),
            (format!("{good}&x=1"), LinkRefused::Damaged),
            (format!("{good}&v=1"), LinkRefused::Damaged),
            (format!("{good}&"), LinkRefused::Damaged),
        ] {
            assert_eq!(ActivationLink::parse(&wrong).unwrap_err(), why, "{wrong}");
        }
    }

    #[test]
    fn debug_does_not_tell_the_code() {
        assert!(!format!("{:?}", link()).contains(&link().code.expose()));
        assert!(format!("{:?}", link()).contains("ActivationCode(..)"));
    }
}
