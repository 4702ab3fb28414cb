use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::{Error, Visitor};
use serde::{Deserializer, Serializer};
use zeroize::Zeroizing;

/// Bytes that must not be seen: the secret of one-time codes, a private key. Wiped with its last owner.
///
/// A clone shares the bytes and copies none, so that a state can be cloned for each change.
#[derive(Clone)]
pub struct SecretBytes(Arc<Zeroizing<Vec<u8>>>);

impl SecretBytes {
    /// Takes the bytes over.
    #[must_use]
    pub fn new(bytes: Zeroizing<Vec<u8>>) -> Self {
        Self(Arc::new(bytes))
    }

    /// The bytes.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

/// Only to find out whether a state was changed: both sides are the vault's own.
impl PartialEq for SecretBytes {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}

impl Eq for SecretBytes {}

/// Writes it into a sealed body, as unpadded base64url. By name in each field, so that it has no serde by default.
pub(super) fn serialize<S: Serializer>(secret: &SecretBytes, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&Zeroizing::new(URL_SAFE_NO_PAD.encode(secret.expose())))
}

/// Reads it from an opened body, straight from the wiped text.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretBytes, D::Error> {
    deserializer.deserialize_str(FromText)
}

struct FromText;

impl Visitor<'_> for FromText {
    type Value = SecretBytes;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unpadded base64url")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<SecretBytes, E> {
        // Room for all from the start: growing would leave a copy behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
        // The fault's own text would repeat a character of the secret.
        URL_SAFE_NO_PAD.decode_vec(text, &mut bytes).map_err(|_| E::custom("not base64url"))?;
        Ok(SecretBytes::new(bytes))
    }
}
