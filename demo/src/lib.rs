//! The demo: server, demo persons and terminal app beside each other, and the walk that uses all of it by itself.
//!
//! Nothing here is a rule of phone or server: it presses what a person would press, on the real pages, with the real
//! core over a real vault, and says what both sides show.

pub mod beside;
pub mod browser;
pub mod clock;
pub mod phone;
pub mod picture;
pub mod scene;
pub mod walk;
pub mod world;
