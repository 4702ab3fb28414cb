//! The vault's keys in the desktop's keyring.

use std::fmt;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_core::ports::{KeyStore, PortError};
use countersign_core::vault::{Compartment, VaultKey};
use countersign_protocol::Random;
use keyring::{Entry, Error};
use zeroize::Zeroizing;

/// What the keyring lists our entries under. Part of the format: another name would not find what is kept.
const SERVICE: &str = "Countersign";

/// The desktop's keyring: Secret Service, Keychain, or Credential Manager.
///
/// Values are base64, since KDE's wallet keeps texts only. Names hold the folder, so that vaults in two folders do not
/// take each other's keys. Where no keyring answers, every method says [`PortError::Unsupported`].
pub struct Keyring {
    folder: Option<String>,
}

impl Keyring {
    /// The keyring for the vault in this folder. Whether one runs is found out by a trial (write, read, delete): a
    /// Secret Service that was never unlocked lets itself be opened, and then refuses everything. May block while the
    /// desktop asks for the keyring's password.
    #[must_use]
    pub fn of_folder(folder: &Path, random: &dyn Random) -> Self {
        let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf());
        let folder = folder.to_string_lossy().into_owned();
        let works = trial(&folder, random).is_ok();
        Self { folder: works.then_some(folder) }
    }

    /// None at all: passphrases open the vault.
    #[must_use]
    pub fn none() -> Self {
        Self { folder: None }
    }

    /// Whether a keyring answers.
    #[must_use]
    pub fn works(&self) -> bool {
        self.folder.is_some()
    }

    fn entry(&self, what: &str, of: Compartment) -> Result<Entry, PortError> {
        let folder = self.folder.as_deref().ok_or(PortError::Unsupported)?;
        Entry::new(SERVICE, &name(what, of.name(), folder)).map_err(|error| port_error(&error))
    }
}

impl KeyStore for Keyring {
    fn key(&self, of: Compartment) -> Result<VaultKey, PortError> {
        let text = Zeroizing::new(self.entry("key", of)?.get_password().map_err(|error| port_error(&error))?);
        let bytes = Zeroizing::new(STANDARD.decode(text.trim()).map_err(|_| PortError::Invalidated)?);
        VaultKey::from_bytes(&bytes).ok_or(PortError::Invalidated)
    }

    fn keep_key(&self, of: Compartment, key: &VaultKey) -> Result<(), PortError> {
        let text = Zeroizing::new(STANDARD.encode(key.expose()));
        self.entry("key", of)?.set_password(&text).map_err(|error| port_error(&error))
    }

    fn generation(&self, of: Compartment) -> Result<Option<u64>, PortError> {
        match self.entry("generation", of)?.get_password() {
            Ok(text) => Ok(text.trim().parse().ok()),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(port_error(&error)),
        }
    }

    fn keep_generation(&self, of: Compartment, generation: u64) -> Result<(), PortError> {
        let entry = self.entry("generation", of)?;
        entry.set_password(&generation.to_string()).map_err(|error| port_error(&error))
    }

    fn forget(&self, of: Compartment) -> Result<(), PortError> {
        for what in ["key", "generation"] {
            match self.entry(what, of)?.delete_credential() {
                Ok(()) | Err(Error::NoEntry) => {}
                Err(error) => return Err(port_error(&error)),
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring").field("works", &self.works()).finish_non_exhaustive()
    }
}

fn name(what: &str, of: &str, folder: &str) -> String {
    format!("{what} of {of} in {folder}")
}

fn trial(folder: &str, random: &dyn Random) -> Result<(), PortError> {
    let mut bytes = [0; 16];
    random.fill(&mut bytes);
    let written = STANDARD.encode(bytes);
    // Two processes that start at once must not delete each other's trial.
    let of = written.replace(['+', '/', '='], "");
    let entry = Entry::new(SERVICE, &name("trial", &of, folder)).map_err(|error| port_error(&error))?;
    entry.set_password(&written).map_err(|error| port_error(&error))?;
    let read = entry.get_password();
    let deleted = entry.delete_credential();
    let is_good = read.is_ok_and(|read| read == written) && deleted.is_ok();
    if is_good { Ok(()) } else { Err(PortError::Unsupported) }
}

/// The keyring's own errors carry texts; only what the person would do is told.
fn port_error(error: &Error) -> PortError {
    match error {
        Error::NoEntry => PortError::Missing,
        Error::NoStorageAccess(_) => PortError::NotNow,
        Error::NoDefaultStore => PortError::Unsupported,
        Error::BadEncoding(_) | Error::BadDataFormat(..) => PortError::Invalidated,
        Error::PlatformFailure(_) => PortError::Failed(1),
        Error::TooLong(..) => PortError::Failed(2),
        Error::Ambiguous(_) => PortError::Failed(3),
        // The list of keyring's errors is open.
        _ => PortError::Failed(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_keyring_every_method_says_unsupported() {
        let none = Keyring::none();
        for of in Compartment::ALL {
            assert_eq!(none.key(of).err(), Some(PortError::Unsupported));
            assert_eq!(none.generation(of), Err(PortError::Unsupported));
            assert_eq!(none.keep_generation(of, 7), Err(PortError::Unsupported));
            assert_eq!(none.forget(of), Err(PortError::Unsupported));
        }
    }

    #[test]
    fn vaults_in_two_folders_have_entries_of_their_own() {
        assert_ne!(name("key", "secrets", "/a"), name("key", "secrets", "/b"));
        assert_ne!(name("key", "secrets", "/a"), name("key", "contacts", "/a"));
        assert_ne!(name("key", "secrets", "/a"), name("generation", "secrets", "/a"));
    }
}
