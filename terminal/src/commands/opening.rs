//! Opening the vault for this process: its folder, its keyring, its passphrase.

use std::path::PathBuf;
use std::sync::Arc;

use countersign_core::authenticator::{
    Authenticator, CoreError, Given, Lock, Ports, Role, SlotKind, Snapshot, UnlockWith, VaultFault,
};
use countersign_core::ports::Listener;
use countersign_core::vault::PassphraseCost;
use countersign_protocol::{Clock, SystemClock, SystemRandom};
use zeroize::Zeroizing;

use super::{Exit, Failure};
use crate::platform::{
    Keyring, LEAST_CHARACTERS, PassphraseSource, SystemTrust, Typed, default_folder, this_computer,
};
use crate::words::Words;

/// The word of a vault that is damaged: after a try to restore it, there is nothing before it either.
const DAMAGED: &str = "vault_damaged";

/// What becomes of a damaged file.
#[derive(Clone, Copy)]
enum Damaged {
    Refused,
    AsBefore,
}

/// How the files were found.
#[derive(Clone, Copy)]
enum Found {
    Whole,
    /// What was there before the last change is in their place.
    Damaged,
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

    /// Opens everything: by the keyring, or where it does not open the vault by what does and can be typed.
    ///
    /// # Errors
    /// [`Failure`] with [`Exit::Locked`].
    pub async fn unlock(&self, source: PassphraseSource, words: Words) -> Result<(), Failure> {
        self.open(source, Damaged::Refused, words).await.map(|_| ())
    }

    /// Opens a damaged vault as it was before its last change. One that is whole is left as it is, and says so.
    ///
    /// # Errors
    /// [`Failure`] with [`Exit::Locked`], or with [`Exit::Failed`] where nothing is damaged.
    pub async fn restore(&self, source: PassphraseSource, words: Words) -> Result<(), Failure> {
        let whole = || Failure::new(Exit::Failed, words.said("not-damaged", &[]));
        if self.authenticator.snapshot().is_first_start {
            return Err(whole());
        }
        match self.open(source, Damaged::AsBefore, words).await {
            Ok(Found::Damaged) => Ok(()),
            Ok(Found::Whole) => Err(whole()),
            Err(failure) if failure.said.code == DAMAGED => {
                Err(Failure::new(failure.exit, words.said("nothing-before", &[])).by_command(words))
            }
            Err(failure) => Err(failure),
        }
    }

    /// Looks whether there is a vault that the keyring does not open. Nobody is asked for what could be typed.
    ///
    /// # Errors
    /// [`Failure`]: there is no vault, or it opens, or that is not known here.
    pub async fn does_not_open(&self, words: Words) -> Result<(), Failure> {
        let failed = |error: &CoreError| Failure::of_core(error, words);
        let refused = |id: &str| Failure::new(Exit::Failed, words.said(id, &[]));
        let snapshot = self.authenticator.snapshot();
        if snapshot.is_first_start {
            return Err(refused("no-vault"));
        }
        if self.is_of_keyring(&snapshot) {
            return match self.authenticator.unlock(UnlockWith::KeyStore).await {
                Ok(()) => Err(refused("vault-opens")),
                Err(CoreError::Vault(VaultFault::KeyMissing | VaultFault::Damaged)) => Ok(()),
                Err(error) => Err(failed(&error)),
            };
        }
        if snapshot.opens_with.contains(&SlotKind::KeyStore) {
            // Its keyring may have the key.
            return Err(failed(&CoreError::Vault(VaultFault::NoPassphrase)));
        }
        Ok(())
    }

    async fn open(&self, source: PassphraseSource, damaged: Damaged, words: Words) -> Result<Found, Failure> {
        let snapshot = self.authenticator.snapshot();
        if snapshot.lock == Lock::Open {
            return Ok(Found::Whole);
        }
        let failed = |error: &CoreError| Failure::of_core(error, words);
        let typed = Typed::of(&snapshot.opens_with);
        if self.is_of_keyring(&snapshot) {
            match self.open_with(|| UnlockWith::KeyStore, damaged).await {
                Err(CoreError::Vault(VaultFault::KeyMissing)) if typed.is_some() => {}
                other => return other.map_err(|error| failed(&error)),
            }
        }
        let (kind, typed) = match typed {
            _ if snapshot.is_first_start => (Typed::Passphrase, new_passphrase(source, words)?),
            Some(kind) => (kind, read(source, &words.text(asks(kind)), words)?),
            None if snapshot.opens_with.is_empty() => {
                return Err(failed(&CoreError::Vault(VaultFault::Damaged)));
            }
            None => return Err(failed(&CoreError::Vault(VaultFault::NoPassphrase))),
        };
        let with = || kind.read(typed.clone());
        self.open_with(with, damaged).await.map_err(|error| failed(&error))
    }

    /// Whether the keyring is to open this vault, or to keep the keys of a new one.
    fn is_of_keyring(&self, snapshot: &Snapshot) -> bool {
        let ways = &snapshot.opens_with;
        self.has_keyring && (ways.is_empty() || ways.contains(&SlotKind::KeyStore))
    }

    async fn open_with(&self, with: impl Fn() -> UnlockWith, damaged: Damaged) -> Result<Found, CoreError> {
        match (self.authenticator.unlock(with()).await, damaged) {
            (Err(CoreError::Vault(VaultFault::Damaged)), Damaged::AsBefore) => {
                self.authenticator.restore_previous(with()).await.map(|()| Found::Damaged)
            }
            (unlocked, _) => unlocked.map(|()| Found::Whole),
        }
    }
}

/// The id of the words that ask for it.
fn asks(typed: Typed) -> &'static str {
    match typed {
        Typed::Passphrase => "out-passphrase",
        Typed::UnlockCode => "out-unlock-code",
        Typed::Either => "out-passphrase-or-code",
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
    source.read(ask).map_err(|error| {
        let id = match source {
            _ if error.kind() == std::io::ErrorKind::UnexpectedEof => "passphrase-empty",
            PassphraseSource::Person => "no-passphrase-here",
            PassphraseSource::Descriptor(_) => "passphrase-fd-failed",
        };
        Failure::new(Exit::Locked, words.said(id, &[]))
    })
}
