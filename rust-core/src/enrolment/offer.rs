use std::fmt;

use countersign_protocol::{ActivationLink, Text};
use zeroize::Zeroizing;

use super::{Refusal, TypedActivation};
use crate::otp::{Algorithm, Counter, Digits, Generator, Hotp, Period, Secret, Steam, Totp};

/// An account that can be added.
#[derive(Debug)]
pub enum Offer {
    /// One-time codes of any issuer.
    Codes(CodesOffer),
    /// A work or school account, from the QR code of its server.
    Activation(ActivationLink),
    /// A work or school account, from what the person typed in place of the QR code (S25).
    TypedActivation(TypedActivation),
}

/// One-time codes and the names that they came with. The names are as their issuer wants them shown, not proven.
pub struct CodesOffer {
    /// Who issued the codes.
    pub issuer: Option<Text<64>>,
    /// The name of the account at its issuer.
    pub account: Option<Text<128>>,
    /// What makes the codes.
    pub generator: Generator,
}

/// What a person types who has no code to scan.
pub struct TypedKey {
    /// Who issued it, as the person names it.
    pub issuer: String,
    /// The name of the account at its issuer.
    pub account: String,
    /// The key in base 32 (RFC 4648, section 6), as sites show it: blanks and hyphens are passed over.
    pub key: Zeroizing<String>,
    /// What its codes are made by.
    pub kind: TypedKind,
}

/// What the codes of a typed key are made by, not yet looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypedKind {
    /// By time (RFC 6238).
    Time {
        /// The hash of its HMAC.
        algorithm: Algorithm,
        /// Of a code.
        digits: u8,
        /// Seconds that a code lasts.
        period: u32,
    },
    /// By a counter that begins at 0 (RFC 4226).
    Counter {
        /// The hash of its HMAC.
        algorithm: Algorithm,
        /// Of a code.
        digits: u8,
    },
    /// As Steam Guard makes them.
    Steam,
}

impl CodesOffer {
    /// Reads what a person typed.
    ///
    /// # Errors
    /// One of the [`Refusal`]s about a secret, its digits or its period.
    pub fn typed(typed: &TypedKey) -> Result<Self, Refusal> {
        // Room for all from the start: growing would leave a copy of a secret behind.
        let mut key = Zeroizing::new(String::with_capacity(typed.key.len()));
        key.extend(typed.key.chars().filter(|c| *c != '-'));
        let secret = Secret::from_base32(&key)?;
        let digits = |digits| Digits::new(digits).map_err(|_| Refusal::DigitsOutOfRange);
        let generator = match typed.kind {
            TypedKind::Time { algorithm, digits: of, period } => {
                let period = Period::new(period).map_err(|_| Refusal::PeriodOutOfRange)?;
                Generator::Totp(Totp::new(secret, algorithm, digits(of)?, period))
            }
            TypedKind::Counter { algorithm, digits: of } => {
                Generator::Hotp(Hotp::new(secret, algorithm, digits(of)?, Counter::new(0)))
            }
            TypedKind::Steam => Generator::Steam(Steam::new(secret)),
        };
        Ok(Self { issuer: Text::clean(&typed.issuer), account: Text::clean(&typed.account), generator })
    }
}

impl fmt::Debug for TypedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TypedKey").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl fmt::Debug for CodesOffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match &self.generator {
            Generator::Totp(_) => "totp",
            Generator::Hotp(_) => "hotp",
            Generator::Steam(_) => "steam",
        };
        f.debug_struct("CodesOffer").field("kind", &kind).finish_non_exhaustive()
    }
}
