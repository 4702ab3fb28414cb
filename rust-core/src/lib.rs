//! The app's brain.

pub mod enrolment;
pub mod otp;
pub mod vault;
