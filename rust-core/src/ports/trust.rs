/// Judges a chain of certificates as the system would. Name and signatures are checked by the core.
pub trait PlatformTrust: Send + Sync {
    /// `chain` is in DER, leaf first; `host` is the name that is asked for.
    ///
    /// # Errors
    /// [`Untrusted`].
    fn check(&self, chain: &[Vec<u8>], host: &str) -> Result<(), Untrusted>;
}

/// The system does not trust a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("the system does not trust this chain of certificates")]
pub struct Untrusted;
