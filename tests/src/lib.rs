//! What the tests share.

/// The key of both files of a vault that `vault_writer` writes.
pub const VAULT_KEY: [u8; 32] = [0x42; 32];
