//! No secret crosses from the core to a shell, but the vault's keys on their way to the key store, finished codes, and
//! the app lock's unlock code. Holds the library that was built last to `rust-core/mobile/crossing.txt`.

#[cfg(test)]
mod claims;
#[cfg(test)]
mod list;
