//! Opening the vault for this process: its folder, its keyring, its passphrase.

use std::path::PathBuf;
use std::sync::Arc;

use countersign_core::authenticator::{
    Authenticator, CoreError, Given, Lock, Ports, Role, UnlockWith, VaultFault,
};
use countersign_core::ports::Listener;
use countersign_core::vault::PassphraseCost;
use countersign_protocol::{Clock, SystemClock, SystemRandom};
use zeroize::Zeroizing;

use super::{Exit, Failure};
use crate::platform::{
    Keyring, LEAST_CHARACTERS, PassphraseSource, SystemTrust, default_folder, this_computer,
};
use crate::words::Words;

/// What becomes of a damaged file.
#[derive(Clone, Copy)]
enum Damaged {
    Refused,
    AsBefore,
}

/// The app of this computer, opened as far as it goes without a person.
pub struct Opened {
    /// The core.
    pub authenticator: Arc<Authenticator>,
    /// Whether a keyring keeps the vault's keys.
    pub has_keyring: bool,
    /// The clock that the core was given.
    pub clock: Arc<dyn Clock>,
}

impl Opened {
    /// Opens the vault in this folder or the usual one. Who names a file descriptor for the passphrase has no keyring:
    /// a script must not make the desktop ask.
    ///
    /// # Errors
    /// [`Failure`]: the file is damaged or newer, or there is no place for one.
    pub fn new(
        folder: Option<PathBuf>,
        has_descriptor: bool,
        listener: Arc<dyn Listener>,
        words: Words,
    ) -> Result<Self, Failure> {
        let failed = |id: &str| Failure::new(Exit::Failed, words.said(id, &[]));
        let folder = folder.or_else(default_folder).ok_or_else(|| failed("no-folder"))?;
        let phone = this_computer(words).ok_or_else(|| failed("no-folder"))?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let keyring =
            if has_descriptor { Keyring::none() } else { Keyring::of_folder(&folder, &SystemRandom) };
        let has_keyring = keyring.works();
        let ports = Ports {
            key_store: Arc::new(keyring),
            device_keys: None,
            trust: Arc::new(SystemTrust::new(Arc::clone(&clock))),
            listener,
        };
        let given = Given {
            clock: Arc::clone(&clock),
            random: Arc::new(SystemRandom),
            passphrase_cost: PassphraseCost::DEFAULT,
        };
        let authenticator = Authenticator::open(folder, Role::App, phone, ports, given)
            .map_err(|error| Failure::of_core(&error, words))?;
        Ok(Self { authenticator, has_keyring, clock })
    }

    /// Opens everything: by the keyring, or by a passphrase where none runs or the keyring has lost its key.
    ///
    /// # Errors
    /// [`Failure`] with [`Exit::Locked`].
    pub async fn unlock(&self, source: PassphraseSource, words: Words) -> Result<(), Failure> {
        self.open(source, Damaged::Refused, words).await
    }

    /// As [`unlock`](Self::unlock), and where a file is damaged as it was before its last change.
    ///
    /// # Errors
    /// [`Failure`] with [`Exit::Locked`].
    pub async fn restore(&self, source: PassphraseSource, words: Words) -> Result<(), Failure> {
        self.open(source, Damaged::AsBefore, words).await
    }

    async fn open(&self, source: PassphraseSource, damaged: Damaged, words: Words) -> Result<(), Failure> {
        if self.authenticator.snapshot().lock == Lock::Open {
            return Ok(());
        }
        if self.has_keyring {
            match self.open_with(UnlockWith::KeyStore, damaged).await {
                Err(CoreError::Vault(VaultFault::KeyMissing)) => {}
                other => return other.map_err(|error| Failure::of_core(&error, words)),
            }
        }
        let passphrase = if self.authenticator.snapshot().is_first_start {
            new_passphrase(source, words)?
        } else {
            read(source, &words.text("out-passphrase"), words)?
        };
        let unlocked = self.open_with(UnlockWith::Passphrase(passphrase), damaged).await;
        unlocked.map_err(|error| Failure::of_core(&error, words))
    }

    async fn open_with(&self, with: UnlockWith, damaged: Damaged) -> Result<(), CoreError> {
        match damaged {
            Damaged::Refused => self.authenticator.unlock(with).await,
            Damaged::AsBefore => self.authenticator.restore_previous(with).await,
        }
    }
}

/// A passphrase for a vault that is not there yet: long enough, and from a person twice.
fn new_passphrase(source: PassphraseSource, words: Words) -> Result<Zeroizing<String>, Failure> {
    let locked = |said| Failure::new(Exit::Locked, said);
    let least = [("least", i64::try_from(LEAST_CHARACTERS).unwrap_or(i64::MAX).into())];
    let first = read(source, &words.with("out-passphrase-new", &least), words)?;
    if first.chars().count() < LEAST_CHARACTERS {
        return Err(locked(words.said("passphrase-short", &least)));
    }
    if source == PassphraseSource::Person
        && *read(source, &words.text("out-passphrase-again"), words)? != *first
    {
        return Err(locked(words.said("passphrase-differ", &[])));
    }
    Ok(first)
}

fn read(source: PassphraseSource, ask: &str, words: Words) -> Result<Zeroizing<String>, Failure> {
    source.read(ask).map_err(|_| {
        let id = match source {
            PassphraseSource::Person => "no-passphrase-here",
            PassphraseSource::Descriptor(_) => "passphrase-fd-failed",
        };
        Failure::new(Exit::Locked, words.said(id, &[]))
    })
}
