use countersign_protocol::Random;
use zeroize::Zeroizing;

/// A key of 256 bits that opens a compartment. It comes from the platform's key store and goes nowhere else.
///
/// Boxed, so that moving it leaves no copy behind; wiped when dropped.
pub struct VaultKey(Box<Zeroizing<[u8; 32]>>);

impl VaultKey {
    /// A new random key.
    #[must_use]
    pub fn make(random: &dyn Random) -> Self {
        let mut key = Self(Box::default());
        random.fill(key.0.as_mut_slice());
        key
    }

    /// The key that the key store kept. None unless it has 32 bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut key = Self(Box::default());
        if bytes.len() != key.0.len() {
            return None;
        }
        key.0.copy_from_slice(bytes);
        Some(key)
    }

    /// Its bytes, for the key store.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

/// A passphrase as a person typed it; wiped when dropped. How long it must be is a rule of who asks for it.
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// Takes what was typed.
    #[must_use]
    pub fn new(typed: Zeroizing<String>) -> Self {
        Self(typed)
    }

    pub(super) fn expose(&self) -> &[u8] {
        self.0.as_bytes()
    }
}
