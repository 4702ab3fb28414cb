//! What a phone lends to the core. The core calls these from threads of its own and holds no lock meanwhile; a call may
//! block until a person has acted, so whoever needs the main thread switches to it inside.

use std::sync::Arc;

use countersign_core::ports::{self, KeyPurpose, MadeKey, SignFor, Ticket, Untrusted};
use countersign_core::vault::{self, Compartment};
use countersign_protocol::{Presence, Storage};
use zeroize::Zeroizing;

/// What a port may answer instead. Any other exception or error of a shell counts as `Failed`.
#[derive(Debug, thiserror::Error, uniffi::Error)]
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
    /// Anything else.
    #[error("failed with code {code}")]
    Failed {
        /// The platform's own number.
        code: i32,
    },
}

/// The key of one of the vault's files, on its way to the key store or back; wiped when dropped.
pub struct VaultKey(Zeroizing<Vec<u8>>);

uniffi::custom_type!(
    /// The key of one of the vault's files: 32 bytes, a secret. It belongs in the platform's key store and nowhere else.
    VaultKey, Vec<u8>, {
        lower: |key| key.0.to_vec(),
        try_lift: |bytes| Ok(VaultKey(Zeroizing::new(bytes))),
    }
);

/// Keeps the keys of the vault's two files, and the number of each file's newest generation.
#[uniffi::export(foreign)]
pub trait KeyStore: Send + Sync {
    /// The key of a file; `Missing` when none was kept.
    fn key(&self, of: Compartment) -> Result<VaultKey, PortError>;

    /// Keeps the key of a file in place of the one before.
    fn keep_key(&self, of: Compartment, key: VaultKey) -> Result<(), PortError>;

    /// The number of a file's newest generation; none when none was kept.
    fn generation(&self, of: Compartment) -> Result<Option<u64>, PortError>;

    /// Keeps that number, after the file was written.
    fn keep_generation(&self, of: Compartment, generation: u64) -> Result<(), PortError>;

    /// Forgets key and number of a file; forgetting what is not there is no error. Called on a first start, since a key
    /// store may outlive the app: one that does destroys the accounts' keys of an earlier installation, too.
    fn forget(&self, of: Compartment) -> Result<(), PortError>;
}

/// Makes and uses the keys of accounts in the platform's key store: P-256.
#[uniffi::export(foreign)]
pub trait DeviceKeys: Send + Sync {
    /// Makes a key. `challenge` goes into the platform's attestation of it, where there is one.
    fn make(&self, purpose: KeyPurpose, challenge: Vec<u8>) -> Result<MadeKey, PortError>;

    /// Signs with ECDSA over SHA-256; gives the signature in DER (RFC 3279, section 2.2.3). A key for approvals asks for
    /// the person first and blocks until there is an answer, or until `give_up` with this ticket.
    fn sign(
        &self,
        handle: String,
        message: Vec<u8>,
        what_for: SignFor,
        ticket: u64,
    ) -> Result<Vec<u8>, PortError>;

    /// Takes the question away from the person: the request has ended.
    fn give_up(&self, ticket: u64) -> Result<(), PortError>;

    /// Destroys a key; one that is not there is no error.
    fn destroy(&self, handle: String) -> Result<(), PortError>;
}

/// Judges a chain of certificates as the system would.
#[uniffi::export(foreign)]
pub trait PlatformTrust: Send + Sync {
    /// Whether the system trusts this chain: certificates in DER, leaf first. The core checks name and signatures by
    /// itself; `host` is for systems that ask. An error counts as no.
    fn trusts(&self, chain: Vec<Vec<u8>>, host: String) -> Result<bool, PortError>;
}

/// Is told that a newer snapshot is there.
#[uniffi::export(foreign)]
pub trait Listener: Send + Sync {
    /// Look again. Comes from one thread, coalesced; says nothing else, so a missed call loses nothing.
    fn newer(&self) -> Result<(), PortError>;
}

/// What a key is for, which decides whether it asks for the person.
#[uniffi::remote(Enum)]
pub enum KeyPurpose {
    /// Signs all calls but approve, in the background and on a locked phone.
    Device,
    /// Signs approve and nothing else; asks for the person at each use, where the platform can.
    Approval,
}

/// The reason that a platform's sheet shows; the words are the shell's.
#[uniffi::remote(Enum)]
pub enum SignFor {
    /// A call that needs nobody.
    Call,
    /// The approval of a sign-in request.
    Approval,
}

/// A key that was made.
#[uniffi::remote(Record)]
pub struct MadeKey {
    /// The shell's own name for it.
    pub handle: String,
    /// The public half: a SubjectPublicKeyInfo in DER (RFC 5480).
    pub public_spki: Vec<u8>,
    /// Where it is kept.
    pub storage: Storage,
    /// Whether it asks for the person.
    pub presence: Presence,
    /// The platform's attestation: certificates in DER, leaf first; empty where there is none.
    pub attestation: Vec<Vec<u8>>,
}

/// Where a private key is kept.
#[uniffi::remote(Enum)]
pub enum Storage {
    /// In a chip that does not give it out.
    Hardware,
    /// In a file or in memory, sealed.
    Software,
}

/// Whether a key asks for the person before it signs.
#[uniffi::remote(Enum)]
pub enum Presence {
    /// At each use.
    EachUse,
    /// Never.
    None,
}

/// A port of a shell, as the core knows it.
pub(crate) struct Lent<P: ?Sized>(pub(crate) Arc<P>);

impl ports::KeyStore for Lent<dyn KeyStore> {
    fn key(&self, of: Compartment) -> Result<vault::VaultKey, ports::PortError> {
        let key = self.0.key(of)?;
        // Something else lies in its place.
        vault::VaultKey::from_bytes(&key.0).ok_or(ports::PortError::Invalidated)
    }

    fn keep_key(&self, of: Compartment, key: &vault::VaultKey) -> Result<(), ports::PortError> {
        let key = VaultKey(Zeroizing::new(key.expose().to_vec()));
        Ok(self.0.keep_key(of, key)?)
    }

    fn generation(&self, of: Compartment) -> Result<Option<u64>, ports::PortError> {
        Ok(self.0.generation(of)?)
    }

    fn keep_generation(&self, of: Compartment, generation: u64) -> Result<(), ports::PortError> {
        Ok(self.0.keep_generation(of, generation)?)
    }

    fn forget(&self, of: Compartment) -> Result<(), ports::PortError> {
        Ok(self.0.forget(of)?)
    }
}

impl ports::DeviceKeys for Lent<dyn DeviceKeys> {
    fn make(&self, purpose: KeyPurpose, challenge: &[u8]) -> Result<MadeKey, ports::PortError> {
        Ok(self.0.make(purpose, challenge.to_vec())?)
    }

    fn sign(
        &self,
        handle: &str,
        message: &[u8],
        what_for: SignFor,
        ticket: Ticket,
    ) -> Result<Vec<u8>, ports::PortError> {
        Ok(self.0.sign(handle.to_owned(), message.to_vec(), what_for, ticket)?)
    }

    fn give_up(&self, ticket: Ticket) {
        // The question goes away or stays; the request has ended all the same.
        let _ = self.0.give_up(ticket);
    }

    fn destroy(&self, handle: &str) -> Result<(), ports::PortError> {
        Ok(self.0.destroy(handle.to_owned())?)
    }
}

impl ports::PlatformTrust for Lent<dyn PlatformTrust> {
    fn check(&self, chain: &[Vec<u8>], host: &str) -> Result<(), Untrusted> {
        match self.0.trusts(chain.to_vec(), host.to_owned()) {
            Ok(true) => Ok(()),
            Ok(false) | Err(_) => Err(Untrusted),
        }
    }
}

impl ports::Listener for Lent<dyn Listener> {
    fn newer(&self) {
        // A shell that fails to look now looks at the next change.
        let _ = self.0.newer();
    }
}

/// What a shell threw that is not a [`PortError`]. Its words stay there: they may be personal.
impl From<uniffi::UnexpectedUniFFICallbackError> for PortError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Failed { code: 0 }
    }
}

impl From<PortError> for ports::PortError {
    fn from(error: PortError) -> Self {
        match error {
            PortError::Cancelled => Self::Cancelled,
            PortError::NotNow => Self::NotNow,
            PortError::Invalidated => Self::Invalidated,
            PortError::Missing => Self::Missing,
            PortError::Unsupported => Self::Unsupported,
            PortError::Failed { code } => Self::Failed(code),
        }
    }
}
