//! Writes what the shells on phones are built from, out of the core's library for this machine: bindings for Kotlin and
//! Swift, and the list of what crosses between core and shell.
//!
//! It reads the library, never the sources, so it is built once and not again when the core changes. The library must
//! not be stripped: its description of itself is in its symbols.
//!
//! ```text
//! libcountersign_mobile.so ─┬─► bindings ─► org/countersign/core/….kt, CountersignCore.swift
//!                           └─► crossing ─► out AccountRow.organisation String, …
//! ```

mod bindings;
mod crossing;

pub use bindings::{write_kotlin, write_swift};
pub use crossing::{Crossing, Direction, crossings};

/// Why nothing was written: uniffi's own words, for whoever builds.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;
