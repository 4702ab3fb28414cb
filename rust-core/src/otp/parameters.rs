use std::fmt;
use std::str::FromStr;

/// The hash of the HMAC (RFC 6238, section 1.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// HMAC-SHA-1; what everyone means who does not say.
    #[default]
    Sha1,
    /// HMAC-SHA-256.
    Sha256,
    /// HMAC-SHA-512.
    Sha512,
}

/// A hash that one-time codes are not made with here. It is never taken for SHA-1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("one-time codes are made with SHA1, SHA256 or SHA512")]
pub struct UnknownAlgorithm;

impl Algorithm {
    /// Its name in the Key URI Format.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Sha512 => "SHA512",
        }
    }
}

/// Takes the names of the Key URI Format in either case, and the same with the hyphen of FIPS 180.
impl FromStr for Algorithm {
    type Err = UnknownAlgorithm;
    fn from_str(name: &str) -> Result<Self, UnknownAlgorithm> {
        match name.to_ascii_uppercase().as_str() {
            "SHA1" | "SHA-1" => Ok(Self::Sha1),
            "SHA256" | "SHA-256" => Ok(Self::Sha256),
            "SHA512" | "SHA-512" => Ok(Self::Sha512),
            _ => Err(UnknownAlgorithm),
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl From<Algorithm> for totp_rs::Algorithm {
    fn from(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Sha1 => Self::SHA1,
            Algorithm::Sha256 => Self::SHA256,
            Algorithm::Sha512 => Self::SHA512,
        }
    }
}

/// How many digits a code has: 6 to 10.
///
/// RFC 4226 (section 5.3) has 6 to 8; ten is the most that its 31 bits fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digits(u8);

/// A number of digits below 6 or above 10.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a code has 6 to 10 digits")]
pub struct DigitsOutOfRange;

impl Digits {
    /// What everyone means who does not say.
    pub const SIX: Self = Self(6);

    /// # Errors
    /// [`DigitsOutOfRange`] below 6 and above 10.
    pub fn new(digits: u8) -> Result<Self, DigitsOutOfRange> {
        if (6..=10).contains(&digits) { Ok(Self(digits)) } else { Err(DigitsOutOfRange) }
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> u8 {
        self.0
    }
}

/// How long a code is good for: 1 to 300 seconds (the time step X of RFC 6238, section 4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period(u16);

/// A period of no time, or of more than five minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a code is good for 1 to 300 seconds")]
pub struct PeriodOutOfRange;

impl Period {
    /// What everyone means who does not say.
    pub const THIRTY_SECONDS: Self = Self(30);

    /// # Errors
    /// [`PeriodOutOfRange`] for 0 and above 300.
    pub fn new(seconds: u32) -> Result<Self, PeriodOutOfRange> {
        match u16::try_from(seconds) {
            Ok(seconds @ 1..=300) => Ok(Self(seconds)),
            _ => Err(PeriodOutOfRange),
        }
    }

    /// The seconds, at least 1.
    #[must_use]
    pub fn seconds(self) -> u64 {
        u64::from(self.0)
    }
}

/// The moving factor of a code by counter (RFC 4226, section 5.1). Not a secret, but a code is good once, so it only
/// ever grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Counter(u64);

impl Counter {
    /// Any number of 64 bits is a counter.
    #[must_use]
    pub fn new(counter: u64) -> Self {
        Self(counter)
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0
    }
}
