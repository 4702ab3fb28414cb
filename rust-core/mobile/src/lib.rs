//! The core's face for Kotlin and Swift: what the shells on phones see of `countersign-core`, translated and no more.
//!
//! There is no rule in here. Each file has the name of the file of the core that it shows; types that a shell may see as
//! they are, are described once more with `#[uniffi::remote]`, and the compiler refuses a description that is not the
//! type. It lets no secret out but the vault's keys on their way to [`KeyStore`](ports::KeyStore) and finished codes:
//! `crossing.txt` lists every text and every byte string that crosses, and a test holds the built library to that list.
//! What a QR code says stays inside, too ([`QrText`](qr::QrText)).
//!
//! ```text
//! Kotlin, Swift ─► Authenticator ─► core ─► its own threads
//!      ▲                                        │
//!      └── KeyStore, DeviceKeys, PlatformTrust, Listener
//! ```
//!
//! Threads, cancelling and how the bindings are written: `docs/mobile-face.md`. Secrets that a shell hands in are wiped
//! on this side; uniffi's buffers on the way, and the strings of Kotlin and Swift, cannot be.

mod accounts;
mod adding;
mod authenticator;
mod codes;
mod error;
mod lock;
mod ports;
mod qr;
mod requests;
mod snapshot;
mod values;

uniffi::setup_scaffolding!();
