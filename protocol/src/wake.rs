//! Where a phone can be woken: a Web Push registration (RFC 8030, RFC 8291).

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::bytes::{decode_array, encode};

/// The most bytes of an endpoint.
const LIMIT: usize = 1000;

/// One registration for wake-ups. A wake-up carries nothing; the phone fetches the request itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WakeUp {
    /// Where the push service takes it.
    pub endpoint: WakeEndpoint,
    /// The phone's key for RFC 8291.
    pub p256dh: WebPushKey,
    /// The phone's authentication secret for RFC 8291.
    pub auth: WakeAuth,
}

/// The `https` URL of a push service for one registration: at most 1,000 bytes, no user, no fragment. Never logged.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WakeEndpoint(String);

impl WakeEndpoint {
    /// The URL.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for WakeEndpoint {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let is_plain = |url: &Url| {
            url.scheme() == "https"
                && url.username().is_empty()
                && url.password().is_none()
                && url.fragment().is_none()
                && url.as_str() == text
        };
        if text.len() <= LIMIT && Url::parse(&text).is_ok_and(|url| is_plain(&url)) {
            Ok(Self(text))
        } else {
            Err("not the endpoint of a push service")
        }
    }
}

impl From<WakeEndpoint> for String {
    fn from(endpoint: WakeEndpoint) -> Self {
        endpoint.0
    }
}

impl fmt::Debug for WakeEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WakeEndpoint(..)")
    }
}

/// A P-256 point as Web Push writes it: 65 bytes in base64url (87 characters).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WebPushKey([u8; 65]);

impl TryFrom<String> for WebPushKey {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        match decode_array::<65>(&text) {
            Ok(point) if point.first() == Some(&4) => Ok(Self(point)),
            _ => Err("not an uncompressed P-256 point"),
        }
    }
}

impl From<WebPushKey> for String {
    fn from(key: WebPushKey) -> Self {
        encode(&key.0)
    }
}

/// The 16 bytes of authentication secret of RFC 8291.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WakeAuth([u8; 16]);

impl TryFrom<String> for WakeAuth {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        decode_array(&text).map(Self).map_err(|_| "not 16 bytes")
    }
}

impl From<WakeAuth> for String {
    fn from(auth: WakeAuth) -> Self {
        encode(&auth.0)
    }
}

impl fmt::Debug for WakeAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WakeAuth(..)")
    }
}
