//! One-time codes: a secret and an instant or a counter in, a code with its validity out.
//!
//! Nothing is refused here, because the types cannot be wrong: a [`Secret`] has at least one byte, [`Digits`] are 6 to
//! 10, a [`Period`] is 1 to 300 s. Whoever makes one from outside gets an error that says what is wrong, never a value
//! that was cut to fit. The clock is passed in.
//!
//! ```
//! use countersign_core::otp::{Algorithm, Digits, Period, Secret, Totp};
//! use countersign_protocol::UnixSeconds;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let secret = Secret::from_base32("GEZDGNBVGY3TQOJQ GEZDGNBVGY3TQOJQ")?;
//! let totp = Totp::new(secret, Algorithm::Sha1, Digits::new(8)?, Period::new(30)?);
//! let code = totp.code_at(UnixSeconds::new(59)?); // RFC 6238, appendix B
//! assert_eq!(code.text.expose(), "94287082");
//! assert_eq!(code.valid_until, UnixSeconds::new(60)?);
//! # Ok(())
//! # }
//! ```

mod base32;
mod code;
mod engine;
mod generator;
mod parameters;
mod secret;

pub use code::{Code, CodeText};
pub use generator::{Generator, Hotp, Steam, Totp};
pub use parameters::{
    Algorithm, Counter, Digits, DigitsOutOfRange, Period, PeriodOutOfRange, UnknownAlgorithm,
};
pub use secret::{Secret, SecretRefused};

#[cfg(test)]
mod tests;
