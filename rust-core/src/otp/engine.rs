use std::fmt::Write as _;

use zeroize::Zeroizing;

use super::{Algorithm, CodeText, Digits, Secret};

/// HMAC and truncation of one secret, by totp-rs: the secret, and how its codes look.
pub(super) struct Engine {
    totp: totp_rs::Totp,
    look: Look,
}

#[derive(Clone, Copy)]
enum Look {
    /// Written by totp-rs: 6 to 9 digits, or Steam's characters.
    Token,
    /// Ten digits, which overflow the 32 bits that totp-rs counts in.
    TenDigits,
}

impl Engine {
    pub(super) fn digits(secret: Secret, algorithm: Algorithm, digits: Digits) -> Self {
        let look = if digits.get() == 10 { Look::TenDigits } else { Look::Token };
        Self { totp: build(secret, algorithm.into(), digits.get()), look }
    }

    pub(super) fn steam(secret: Secret) -> Self {
        Self { totp: build(secret, totp_rs::Algorithm::Steam, 5), look: Look::Token }
    }

    pub(super) fn secret(&self) -> &[u8] {
        self.totp.secret().as_bytes()
    }

    pub(super) fn code(&self, counter: u64) -> CodeText {
        // Room for all from the start: growing would leave a copy behind. Writing to a String cannot fail.
        let mut text = Zeroizing::new(String::with_capacity(10));
        let _ = match self.look {
            Look::Token => write!(text, "{}", self.totp.generate(counter)),
            Look::TenDigits => write!(text, "{:010}", truncated(self.totp.sign(counter).as_ref())),
        };
        CodeText::new(text)
    }
}

/// The strict `build` refuses the 10 bytes that many issuers give, so all that it checks is in our types instead. With
/// a step of 1 the time that totp-rs is asked for is the counter.
fn build(secret: Secret, algorithm: totp_rs::Algorithm, digits: u8) -> totp_rs::Totp {
    totp_rs::Builder::new()
        .with_secret(secret.into_inner())
        .with_algorithm(algorithm)
        .with_digits(digits)
        .with_step_duration(1)
        .build_noncompliant()
}

/// Dynamic truncation (RFC 4226, section 5.3): 31 bits from where the last four bits of the HMAC point to.
fn truncated(hmac: &[u8]) -> u32 {
    let offset = hmac.last().map_or(0, |last| usize::from(last & 0xf));
    let bytes = hmac.get(offset..).and_then(|rest| rest.first_chunk()).copied().unwrap_or_default();
    u32::from_be_bytes(bytes) & 0x7fff_ffff
}
