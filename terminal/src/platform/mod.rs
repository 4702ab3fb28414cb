//! What the desktop owns: its keyring, its trusted roots, the place for a person's files, the person at the keyboard.

mod computer;
mod folder;
mod keyring;
mod passphrase;
mod trust;
mod typed;

pub use self::computer::this_computer;
pub use self::folder::default_folder;
pub use self::keyring::Keyring;
pub use self::passphrase::{LEAST_CHARACTERS, PassphraseSource};
pub use self::trust::SystemTrust;
pub(crate) use self::typed::Typed;
