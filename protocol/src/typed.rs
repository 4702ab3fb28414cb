//! What "Can't scan the QR image?" gives a person to type (S25).

use std::fmt;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroize;

use crate::{Alphabet, Hash, Random};

const ALPHABET: Alphabet = Alphabet::DISTINCT;

/// What a person typed: capitals, without blanks and hyphens. None unless it is `length` characters of the 31.
fn typed(text: &str, length: usize) -> Option<String> {
    let mut plain = String::with_capacity(length);
    for c in text.chars().filter(|c| !c.is_whitespace() && *c != '-') {
        let c = c.to_ascii_uppercase();
        if !ALPHABET.has(c) {
            return None;
        }
        plain.push(c);
    }
    (plain.len() == length).then_some(plain)
}

/// The typed form of an activation code: 12 of 31 characters, 59 bits. Wiped when dropped.
#[derive(Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct TypedCode(String);

impl TypedCode {
    /// A new one, each equally likely.
    #[must_use]
    pub fn make(random: &dyn Random) -> Self {
        let mut code = String::with_capacity(12);
        while code.len() < 12 {
            code.push(ALPHABET.draw(random));
        }
        Self(code)
    }

    /// What a person typed, blanks and hyphens dropped; None unless 12 of the characters are left.
    #[must_use]
    pub fn typed(text: &str) -> Option<Self> {
        typed(text, 12).map(Self)
    }

    /// The twelve characters without gaps.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for TypedCode {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        match typed(&text, 12) {
            Some(plain) if plain == text => Ok(Self(text)),
            _ => Err("a typed code has 12 characters of the alphabet"),
        }
    }
}

impl PartialEq for TypedCode {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Drop for TypedCode {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for TypedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TypedCode(..)")
    }
}

/// What is typed behind a `#` where a server's certificate is not public: 16 characters, the first 16 bytes of the
/// TLS key's hash each modulo 31. Some 79 bits: enough that nobody makes another key for it in an activation's life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedPin(String);

impl TypedPin {
    /// Of the SHA-256 of a TLS key's SubjectPublicKeyInfo.
    #[must_use]
    pub fn of(tls_key: &Hash) -> Self {
        let character = |byte: &u8| char::from(ALPHABET.character(usize::from(*byte)));
        Self(tls_key.as_bytes().iter().take(16).map(character).collect())
    }

    /// What a person typed, blanks and hyphens dropped; None unless 16 of the characters are left.
    #[must_use]
    pub fn typed(text: &str) -> Option<Self> {
        typed(text, 16).map(Self)
    }

    /// The sixteen characters without gaps.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a TLS key is the one that was typed.
    #[must_use]
    pub fn matches(&self, tls_key: &Hash) -> bool {
        *self == Self::of(tls_key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemRandom;

    #[test]
    fn s25_a_typed_code_is_read_however_it_is_typed() {
        let code = TypedCode::make(&SystemRandom);
        let (first, rest) = code.expose().split_at(4);
        assert_eq!(TypedCode::typed(&format!(" {} {}", first.to_lowercase(), rest)).unwrap(), code);
        assert_eq!(TypedCode::typed(&format!("{first}-{rest}")).unwrap(), code);
    }

    #[test]
    fn what_is_not_twelve_of_the_characters_is_no_code() {
        for wrong in [
            "",
            "ABCDEFGHJKM",
            "ABCDEFGHJKMN2",
            "ABCDEFGHJKML",
            "ABCDEFGHJKM0",
            "ABCDEFGHJKM1",
            "ÄBCDEFGHJKMN",
        ] {
            assert!(TypedCode::typed(wrong).is_none(), "{wrong}");
        }
        assert!(TypedCode::try_from("abcdefghjkmn".to_owned()).is_err(), "on the wire it is in capitals");
    }

    #[test]
    fn a_pin_matches_its_key_only() {
        let pin = TypedPin::of(&crate::hash(b"key"));
        assert_eq!(TypedPin::typed(&pin.as_str().to_lowercase()), Some(pin.clone()));
        assert!(pin.matches(&crate::hash(b"key")) && !pin.matches(&crate::hash(b"kez")));
    }
}
