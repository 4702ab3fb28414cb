//! Enrolment: the text of a code or what a person typed in, an [`Offer`] out.
//!
//! An offer cannot be wrong: whoever holds one can add the account. Everything else is a [`Refusal`], a plain word for
//! which each shell has a text; codes of other apps are refused by name. Any fault in secret, algorithm, digits, period
//! or counter is refused and never put right, because a guess gives codes that look right and are not. Names are only
//! shown, so they are cleaned instead of refused. No error repeats any of the text.
//!
//! ```text
//! QrText ─► read ─┬─ otpauth://totp | hotp | steam ─► Offer::Codes
//!                 ├─ countersign://activate ────────► Offer::Activation
//!                 ├─ phonefactor:, duo:, … ─────────► Refusal by name
//!                 └─ anything else ─────────────────► Refusal
//! typed code and address ─► read_typed ─► Offer::TypedActivation
//! typed key ─► CodesOffer::typed ─► Offer::Codes
//! ```
//!
//! ```
//! use countersign_core::enrolment::{self, Offer, Refusal};
//!
//! let offer = enrolment::read("otpauth://totp/Example:alice@example.com?secret=JBSWY3DPEHPK3PXP&issuer=Example");
//! let Ok(Offer::Codes(codes)) = offer else { panic!("an offer of codes") };
//! assert_eq!(codes.issuer.map(|name| name.to_string()).as_deref(), Some("Example"));
//!
//! let foreign = enrolment::read("phonefactor://activate_account?code=123456789&url=https%3A%2F%2Fexample.com");
//! assert_eq!(foreign.err(), Some(Refusal::MicrosoftActivation));
//! ```

mod activation;
mod foreign;
mod offer;
mod otpauth;
mod refusal;

pub use activation::{TypedActivation, read_typed};
pub use offer::{CodesOffer, Offer, TypedKey, TypedKind};
pub use refusal::Refusal;

/// No QR code holds as many bytes (ISO/IEC 18004: 4,296 characters at most); a longer link was pasted by mistake.
const MOST_BYTES: usize = 8192;

/// Reads the text of a scanned or pasted code, or a link that was opened.
///
/// # Errors
/// [`Refusal`] says what it is instead, or what is wrong with it.
pub fn read(text: &str) -> Result<Offer, Refusal> {
    let text = text.trim();
    if text.len() > MOST_BYTES {
        return Err(Refusal::TooLong);
    }
    let (scheme, rest) = foreign::scheme(text).ok_or(Refusal::NoAccount)?;
    match (scheme.as_str(), rest.strip_prefix("//")) {
        ("otpauth", Some(rest)) => otpauth::read(rest).map(Offer::Codes),
        ("countersign", Some(_)) => activation::read_link(text).map(Offer::Activation),
        _ => Err(foreign::name(&scheme, rest)),
    }
}

#[cfg(test)]
mod tests;
