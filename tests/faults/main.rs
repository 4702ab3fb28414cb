//! The parts under faults: killed processes, storage that runs out, readers that share no code with us.
//!
//! Needs more than Rust (Python for the vault's opener and the protocol's vectors, a POSIX shell), so it runs when named:
//! `cargo test --test faults`, and in `cargo xtask test rust`.

mod protocol_vectors;
mod server_killed;
mod vault_killed;
mod vault_opener;
mod vault_storage;
mod vault_writer;
