use countersign_protocol::{Presence, Storage};

use super::PortError;

/// Makes and uses the keys of accounts in the platform's key store. P-256 only, so far.
pub trait DeviceKeys: Send + Sync {
    /// Makes a key. `challenge` goes into the platform's attestation of it, where there is one.
    ///
    /// # Errors
    /// [`PortError`].
    fn make(&self, purpose: KeyPurpose, challenge: &[u8]) -> Result<MadeKey, PortError>;

    /// Signs with ECDSA over SHA-256; gives the signature in DER (RFC 3279, section 2.2.3). A key for approvals asks
    /// for the person first and blocks until there is an answer, or until [`give_up`](Self::give_up) with this ticket.
    ///
    /// # Errors
    /// [`PortError`].
    fn sign(
        &self,
        handle: &str,
        message: &[u8],
        what_for: SignFor,
        ticket: Ticket,
    ) -> Result<Vec<u8>, PortError>;

    /// Takes the question away from the person: the request has ended.
    fn give_up(&self, ticket: Ticket);

    /// Destroys a key; one that is not there is no error.
    ///
    /// # Errors
    /// [`PortError`].
    fn destroy(&self, handle: &str) -> Result<(), PortError>;
}

/// Names one call of [`DeviceKeys::sign`], so that it can be given up from another thread.
pub type Ticket = u64;

/// What a key is for, which decides whether it asks for the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyPurpose {
    /// Signs all calls but approve, in the background and on a locked phone.
    Device,
    /// Signs approve and nothing else; asks for the person at each use, where the platform can.
    Approval,
}

/// The reason that a platform's sheet shows: an enum, so that the words are the shell's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignFor {
    /// A call that needs nobody.
    Call,
    /// The approval of a sign-in request.
    Approval,
}

/// A key that was made.
#[derive(Clone, Debug)]
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
