use super::base32;

/// The secret that an issuer and this phone share: 1 to 1,024 bytes, wiped when dropped.
///
/// RFC 4226 (section 4, R6) asks for 16 bytes; many issuers give 10, some fewer, and the person cannot change that.
pub struct Secret(totp_rs::Secret);

/// Why a secret is none. Nothing of it is in the error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretRefused {
    /// It has no byte at all.
    #[error("the secret is empty")]
    Empty,
    /// It has over 1,024 bytes; no issuer gives that much, and HMAC gains nothing above its block of 128 bytes.
    #[error("the secret is too long")]
    TooLong,
    /// A character is not one of base 32: A to Z and 2 to 7.
    #[error("character {position} of the secret is not one of base 32")]
    Character {
        /// Counted from 1, blanks and hyphens included.
        position: usize,
    },
    /// No number of whole bytes has so many characters: at least one is missing or too many.
    #[error("no secret has this number of characters")]
    Length,
    /// There is padding in the middle, or too much or too little of it.
    #[error("the padding of the secret is wrong")]
    Padding,
    /// The last character says more than fits a whole byte: most likely one is missing or mistyped.
    #[error("the last character of the secret is wrong")]
    TrailingBits,
}

impl Secret {
    /// The most bytes of a secret.
    pub const MOST_BYTES: usize = 1024;

    /// A secret of these bytes; the caller wipes its own copy.
    ///
    /// # Errors
    /// [`SecretRefused::Empty`] and [`SecretRefused::TooLong`].
    pub fn new(bytes: &[u8]) -> Result<Self, SecretRefused> {
        if bytes.is_empty() {
            Err(SecretRefused::Empty)
        } else if bytes.len() > Self::MOST_BYTES {
            Err(SecretRefused::TooLong)
        } else {
            Ok(Self(totp_rs::Secret::from(bytes)))
        }
    }

    /// Reads base 32 (RFC 4648, section 6) as issuers show it and people copy it: in either case, with blanks and
    /// hyphens, with its padding or without.
    ///
    /// # Errors
    /// [`SecretRefused`] says what is wrong.
    pub fn from_base32(text: &str) -> Result<Self, SecretRefused> {
        Self::new(&base32::decode(text)?)
    }

    /// The bytes.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        self.0.as_bytes()
    }

    pub(super) fn into_inner(self) -> totp_rs::Secret {
        self.0
    }
}
