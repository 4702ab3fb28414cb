//! The app's brain: everything that is a rule on the phone.
//!
//! It keeps accounts, reads what a QR code says, makes one-time codes and answers sign-in requests. It refuses to
//! guess: what is not exactly right is an error with a stable code. It has no words for people, no `cfg` of a platform
//! and no socket outside of `net`.
//!
//! Adding an account:
//!
//! ```text
//! LumaFrame ─► qr ─► text ─► enrolment ─► Offer ─► vault ─► EntryId ─► otp ─► Code
//! ```
//!
//! Answering a sign-in request:
//!
//! ```text
//! poll ─► approval ─► checked request ─► Prompt ─► (the number) ─► signed answer ─► the server's verdict
//! ```
//!
//! A shell holds one [`authenticator::Authenticator`] and lends it the [`ports`].

pub mod approval;
pub mod authenticator;
pub mod enrolment;
mod net;
pub mod otp;
pub mod ports;
pub mod vault;
