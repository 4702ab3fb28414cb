//! What a platform owns and a shell lends to the core. The core knows these traits and no platform.
//!
//! Every call is synchronous and may block while a person puts a finger on a sensor, so the core makes it on a
//! blocking thread of its own, holding no lock; but while a first start makes the vault's keys, no other process does.

mod device_keys;
mod key_store;
mod listener;
mod trust;

pub use device_keys::{DeviceKeys, KeyPurpose, MadeKey, SignFor, Ticket};
pub use key_store::KeyStore;
pub use listener::Listener;
pub use trust::{PlatformTrust, Untrusted};

/// What a port may answer instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum PortError {
    /// The person said no, or turned away.
    #[error("cancelled by the person")]
    Cancelled,
    /// Not while the phone is locked.
    #[error("not now, the phone is locked")]
    NotNow,
    /// The platform has dropped the key: a new fingerprint, a restored phone.
    #[error("invalidated by the platform")]
    Invalidated,
    /// There is no such key.
    #[error("missing")]
    Missing,
    /// The platform has nothing of the kind.
    #[error("unsupported")]
    Unsupported,
    /// Anything else, with the platform's own number.
    #[error("failed with code {0}")]
    Failed(i32),
}
