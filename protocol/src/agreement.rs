use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use ring::hkdf::{HKDF_SHA256, KeyType, Salt};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::bytes::Hash;
use crate::key::{KeyRefused, PublicKey};

const INFO: &[u8] = b"countersign otp v1";

/// One side's half of the agreement on the secret of an account's one-time codes. Used once: agreeing takes it.
pub struct AgreementKey {
    private: EphemeralPrivateKey,
    public: PublicKey,
}

impl AgreementKey {
    /// A new key pair that never leaves memory.
    ///
    /// # Errors
    /// [`KeyRefused`] when the operating system gives no randomness.
    #[expect(
        clippy::disallowed_types,
        reason = "ring takes the randomness of keys from its own generator only"
    )]
    pub fn make() -> Result<Self, KeyRefused> {
        let random = ring::rand::SystemRandom::new();
        let private = EphemeralPrivateKey::generate(&ECDH_P256, &random).map_err(|_| KeyRefused)?;
        let public = private.compute_public_key().map_err(|_| KeyRefused)?;
        Ok(Self { public: PublicKey::from_point(public.as_ref())?, private })
    }

    /// The half that the other side is sent.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The secret that both sides derive: HKDF-SHA256 (RFC 5869) over ECDH, salted with the activation's hash.
    ///
    /// # Errors
    /// [`KeyRefused`] when the other key is not on the curve.
    pub fn agree(self, other: &PublicKey, activation: Hash) -> Result<CodeSecret, KeyRefused> {
        let other = UnparsedPublicKey::new(&ECDH_P256, other.point());
        agree_ephemeral(self.private, &other, |shared| CodeSecret::derive(shared, activation))
            .map_err(|_| KeyRefused)?
    }
}

struct Length20;

impl KeyType for Length20 {
    fn len(&self) -> usize {
        20
    }
}

/// The 20 bytes that an account's one-time codes are made of. Wiped when dropped; never on the wire.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct CodeSecret([u8; 20]);

impl CodeSecret {
    /// From what ECDH gave (the x coordinate of the shared point, 32 bytes: SEC 1, section 3.3.1) and the hash of the
    /// activation: HKDF-SHA256 (RFC 5869) with that salt and the info `countersign otp v1`.
    ///
    /// # Errors
    /// [`KeyRefused`] unless the shared secret has 32 bytes.
    pub fn derive(shared: &[u8], activation: Hash) -> Result<Self, KeyRefused> {
        let shared: &[u8; 32] = shared.try_into().map_err(|_| KeyRefused)?;
        let mut secret = Self([0; 20]);
        Salt::new(HKDF_SHA256, activation.as_bytes())
            .extract(shared)
            .expand(&[INFO], Length20)
            .and_then(|key| key.fill(&mut secret.0))
            .map_err(|_| KeyRefused)?;
        Ok(secret)
    }

    /// The bytes.
    #[must_use]
    pub fn expose(&self) -> &[u8; 20] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::hash;

    #[test]
    fn both_sides_derive_one_secret_and_another_activation_another() {
        let pair = || (AgreementKey::make().unwrap(), AgreementKey::make().unwrap());
        let (phone, server) = pair();
        let (phone_public, server_public) = (*phone.public(), *server.public());
        let on_phone = phone.agree(&server_public, hash(b"activation")).unwrap();
        let on_server = server.agree(&phone_public, hash(b"activation")).unwrap();
        assert_eq!(on_phone.expose(), on_server.expose());

        let (phone, server) = pair();
        let (phone_public, server_public) = (*phone.public(), *server.public());
        let on_phone = phone.agree(&server_public, hash(b"activation")).unwrap();
        let on_server = server.agree(&phone_public, hash(b"changed")).unwrap();
        assert_ne!(on_phone.expose(), on_server.expose());
    }

    #[test]
    fn a_point_off_the_curve_is_refused() {
        let off = PublicKey::from_point(&[&[4_u8][..], &[1; 64]].concat()).unwrap();
        assert!(AgreementKey::make().unwrap().agree(&off, hash(b"activation")).is_err());
    }
}
