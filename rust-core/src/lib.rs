//! The app's brain.

pub mod vault;
