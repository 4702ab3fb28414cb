use super::PortError;
use crate::vault::{Compartment, VaultKey};

/// Keeps the keys of the vault's two files, and the number of each file's newest generation.
///
/// The key of contacts opens without a person; that of secrets stands behind the app lock, where there is one.
/// Where nothing of the kind runs, every method answers [`PortError::Unsupported`], and passphrases open the files.
pub trait KeyStore: Send + Sync {
    /// The key of a file.
    ///
    /// # Errors
    /// [`PortError::Missing`] when none was kept.
    fn key(&self, of: Compartment) -> Result<VaultKey, PortError>;

    /// Keeps the key of a file in place of the one before.
    ///
    /// # Errors
    /// [`PortError`].
    fn keep_key(&self, of: Compartment, key: &VaultKey) -> Result<(), PortError>;

    /// The number of a file's newest generation; None when none was kept.
    ///
    /// # Errors
    /// [`PortError`].
    fn generation(&self, of: Compartment) -> Result<Option<u64>, PortError>;

    /// Keeps that number, after the file was written.
    ///
    /// # Errors
    /// [`PortError`].
    fn keep_generation(&self, of: Compartment, generation: u64) -> Result<(), PortError>;

    /// Forgets key and number of a file. Called on a first start, since a key store may outlive the app. One that holds
    /// the accounts' keys as well destroys those of an earlier installation, too.
    ///
    /// # Errors
    /// [`PortError`]; forgetting what is not there is no error.
    fn forget(&self, of: Compartment) -> Result<(), PortError>;
}
