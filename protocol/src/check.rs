use std::fmt;
use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use crate::{Alphabet, Thumbprint};

/// So many rounds that nobody finds keys with a given check while a person waits.
const ROUNDS: u32 = 100_000;
const SALT: &[u8] = b"countersign check v1";
const ALPHABET: Alphabet = Alphabet::CROCKFORD;

/// The eight characters that page and phone both show and a person compares, made of the three keys of an enrolment.
///
/// 40 bits of PBKDF2-HMAC-SHA256 (RFC 8018) over the thumbprints of identity, device and approval key. A proxy that
/// put its own keys in between shows another check.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Check(String);

impl Check {
    /// Takes some 20 milliseconds: not for a thread that draws.
    #[must_use]
    pub fn derive(identity: Thumbprint, device: Thumbprint, approval: Thumbprint) -> Self {
        let password = format!("{identity}.{device}.{approval}");
        let rounds = NonZeroU32::new(ROUNDS).unwrap_or(NonZeroU32::MIN);
        let mut bits = [0; 5];
        ring::pbkdf2::derive(ring::pbkdf2::PBKDF2_HMAC_SHA256, rounds, SALT, password.as_bytes(), &mut bits);
        let value = bits.iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
        let character = |index: u32| {
            let digit = value >> (35 - 5 * index) & 31;
            char::from(ALPHABET.character(usize::try_from(digit).unwrap_or_default()))
        };
        Self((0..8).map(character).collect())
    }

    /// The two groups of four in which it is shown.
    #[must_use]
    pub fn groups(&self) -> (&str, &str) {
        self.0.split_at_checked(4).unwrap_or((&self.0, ""))
    }
}

impl TryFrom<String> for Check {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.len() == 8 && text.chars().all(|c| ALPHABET.has(c)) {
            Ok(Self(text))
        } else {
            Err("a check has eight characters of Crockford's base 32")
        }
    }
}

impl From<Check> for String {
    fn from(check: Check) -> Self {
        check.0
    }
}

/// In two groups: `K7QF 2M9T`.
impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, second) = self.groups();
        write!(f, "{first} {second}")
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Check({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_other_key_gives_another_check() {
        let key = |byte| Thumbprint::from_bytes([byte; 32]);
        let check = Check::derive(key(1), key(2), key(3));
        for other in [
            Check::derive(key(9), key(2), key(3)),
            Check::derive(key(1), key(9), key(3)),
            Check::derive(key(1), key(2), key(9)),
            Check::derive(key(2), key(1), key(3)),
        ] {
            assert_ne!(check, other);
        }
        assert_eq!(check, Check::derive(key(1), key(2), key(3)));
        assert_eq!(Check::try_from(String::from(check.clone())), Ok(check));
    }
}
