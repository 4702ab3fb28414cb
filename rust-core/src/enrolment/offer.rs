use std::fmt;

use countersign_protocol::{ActivationLink, Text};

use super::{Refusal, TypedActivation};
use crate::otp::{Algorithm, Digits, Generator, Period, Secret, Totp};

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

impl CodesOffer {
    /// What a person types who has no code to scan: a secret in base 32, whose codes are by time and have what everyone
    /// means who does not say (SHA1, 6 digits, 30 s).
    ///
    /// # Errors
    /// One of the [`Refusal`]s about a secret.
    pub fn typed(issuer: &str, account: &str, secret: &str) -> Result<Self, Refusal> {
        let secret = Secret::from_base32(secret)?;
        let totp = Totp::new(secret, Algorithm::Sha1, Digits::SIX, Period::THIRTY_SECONDS);
        Ok(Self {
            issuer: Text::clean(issuer),
            account: Text::clean(account),
            generator: Generator::Totp(totp),
        })
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
