//! The app's brain.

pub mod otp;
pub mod vault;
