//! Public keys, signatures, and keys that live in memory.

use std::fmt;

use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, UnparsedPublicKey,
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::bytes::{Thumbprint, decode_array, encode, hash};

/// What precedes the 65 bytes of a point in the SubjectPublicKeyInfo of a P-256 key (RFC 5480, section 2).
const SPKI_PREFIX: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
    0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// A key, a signature or their encoding is not what P-256 needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a P-256 key or signature in the expected form")]
pub struct KeyRefused;

/// A P-256 public key; written as a JWK of exactly `kty`, `crv`, `x`, `y` (RFC 7518, section 6.2.1).
///
/// A point that is not on the curve can be written this way; it verifies no signature and takes part in no agreement.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Jwk", into = "Jwk")]
pub struct PublicKey {
    x: [u8; 32],
    y: [u8; 32],
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Jwk {
    crv: Curve,
    kty: KeyType,
    x: String,
    y: String,
}

#[derive(Serialize, Deserialize)]
enum Curve {
    #[serde(rename = "P-256")]
    P256,
}

#[derive(Serialize, Deserialize)]
enum KeyType {
    #[serde(rename = "EC")]
    Ec,
}

impl PublicKey {
    /// From an uncompressed point (SEC 1, section 2.3.3).
    ///
    /// # Errors
    /// [`KeyRefused`] when it is not 65 bytes that begin with 4.
    pub fn from_point(point: &[u8]) -> Result<Self, KeyRefused> {
        let (Some((4, rest)), 65) = (point.split_first(), point.len()) else { return Err(KeyRefused) };
        let (x, y) = rest.split_at_checked(32).ok_or(KeyRefused)?;
        Ok(Self { x: x.try_into().map_err(|_| KeyRefused)?, y: y.try_into().map_err(|_| KeyRefused)? })
    }

    /// From a SubjectPublicKeyInfo in DER, as key stores hand it out.
    ///
    /// # Errors
    /// [`KeyRefused`] for every other kind of key.
    pub fn from_spki(der: &[u8]) -> Result<Self, KeyRefused> {
        Self::from_point(der.strip_prefix(&SPKI_PREFIX).ok_or(KeyRefused)?)
    }

    /// The uncompressed point, 65 bytes.
    #[must_use]
    pub fn point(&self) -> Vec<u8> {
        [&[4_u8][..], &self.x, &self.y].concat()
    }

    /// The SubjectPublicKeyInfo in DER.
    #[must_use]
    pub fn spki(&self) -> Vec<u8> {
        [&SPKI_PREFIX[..], &self.point()].concat()
    }

    /// SHA-256 over the canonical JWK (RFC 7638).
    #[must_use]
    pub fn thumbprint(&self) -> Thumbprint {
        let jwk =
            format!(r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#, encode(&self.x), encode(&self.y));
        Thumbprint::from_bytes(*hash(jwk.as_bytes()).as_bytes())
    }

    pub(crate) fn verifies(&self, message: &[u8], signature: &Signature) -> bool {
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, self.point()).verify(message, &signature.0).is_ok()
    }
}

impl TryFrom<Jwk> for PublicKey {
    type Error = KeyRefused;
    fn try_from(jwk: Jwk) -> Result<Self, KeyRefused> {
        let coordinate = |text: &str| decode_array(text).map_err(|_| KeyRefused);
        Ok(Self { x: coordinate(&jwk.x)?, y: coordinate(&jwk.y)? })
    }
}

impl From<PublicKey> for Jwk {
    fn from(key: PublicKey) -> Self {
        Self { crv: Curve::P256, kty: KeyType::Ec, x: encode(&key.x), y: encode(&key.y) }
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.thumbprint())
    }
}

/// An ES256 signature: r and s, 32 bytes each (RFC 7518, section 3.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature([u8; 64]);

impl Signature {
    /// From r and s, 64 bytes.
    ///
    /// # Errors
    /// [`KeyRefused`] for another length.
    pub fn from_fixed(bytes: &[u8]) -> Result<Self, KeyRefused> {
        bytes.try_into().map(Self).map_err(|_| KeyRefused)
    }

    /// From the DER that platform key stores give (RFC 3279, section 2.2.3): `SEQUENCE { INTEGER r, INTEGER s }`.
    ///
    /// # Errors
    /// [`KeyRefused`] unless it is that, minimal, positive and with nothing behind it.
    pub fn from_der(der: &[u8]) -> Result<Self, KeyRefused> {
        let (body, behind) = der_value(der, 0x30)?;
        let (r, rest) = der_value(body, 0x02)?;
        let (s, end) = der_value(rest, 0x02)?;
        if !behind.is_empty() || !end.is_empty() {
            return Err(KeyRefused);
        }
        Self::from_fixed(&[fixed_integer(r)?, fixed_integer(s)?].concat())
    }

    /// r and s.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }
}

/// Splits one value with a one-byte length off its neighbours; no value here is longer than 127 bytes.
fn der_value(der: &[u8], tag: u8) -> Result<(&[u8], &[u8]), KeyRefused> {
    match der {
        [found, length @ 0..=127, rest @ ..] if *found == tag => {
            rest.split_at_checked(usize::from(*length)).ok_or(KeyRefused)
        }
        _ => Err(KeyRefused),
    }
}

/// A DER integer as 32 big-endian bytes.
fn fixed_integer(value: &[u8]) -> Result<[u8; 32], KeyRefused> {
    let magnitude = match value {
        [0, rest @ ..] if rest.first().is_some_and(|high| *high >= 0x80) => rest,
        [0 | 0x80..=0xff, ..] | [] => return Err(KeyRefused),
        _ => value,
    };
    let mut fixed = [0; 32];
    let start = 32_usize.checked_sub(magnitude.len()).ok_or(KeyRefused)?;
    fixed.get_mut(start..).ok_or(KeyRefused)?.copy_from_slice(magnitude);
    Ok(fixed)
}

/// A P-256 private key in memory: a server's keys, and a phone's where no hardware keeps them.
pub struct SoftwareKey {
    pair: EcdsaKeyPair,
    public: PublicKey,
    pkcs8: Zeroizing<Vec<u8>>,
}

impl SoftwareKey {
    /// A new key.
    ///
    /// # Errors
    /// [`KeyRefused`] when the operating system gives no randomness.
    #[expect(
        clippy::disallowed_types,
        reason = "ring takes the randomness of keys from its own generator only"
    )]
    pub fn make() -> Result<Self, KeyRefused> {
        let random = ring::rand::SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random)
            .map_err(|_| KeyRefused)?;
        Self::from_pkcs8(Zeroizing::new(pkcs8.as_ref().to_vec()))
    }

    /// A key from its PKCS#8 (RFC 5208).
    ///
    /// # Errors
    /// [`KeyRefused`] when it is not that of a P-256 key.
    #[expect(
        clippy::disallowed_types,
        reason = "ring takes the randomness of signatures from its own generator only"
    )]
    pub fn from_pkcs8(pkcs8: Zeroizing<Vec<u8>>) -> Result<Self, KeyRefused> {
        let random = ring::rand::SystemRandom::new();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pkcs8, &random)
            .map_err(|_| KeyRefused)?;
        let public = PublicKey::from_point(pair.public_key().as_ref())?;
        Ok(Self { pair, public, pkcs8 })
    }

    /// The secret key as PKCS#8, to be sealed and kept.
    #[must_use]
    pub fn expose_pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Signs; each signature draws its own randomness.
    ///
    /// # Errors
    /// [`KeyRefused`] when the operating system gives no randomness.
    #[expect(
        clippy::disallowed_types,
        reason = "ring takes the randomness of signatures from its own generator only"
    )]
    pub fn sign(&self, message: &[u8]) -> Result<Signature, KeyRefused> {
        let signature = self.pair.sign(&ring::rand::SystemRandom::new(), message).map_err(|_| KeyRefused)?;
        Signature::from_fixed(signature.as_ref())
    }
}

/// The public half only.
impl fmt::Debug for SoftwareKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SoftwareKey({})", self.public.thumbprint())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jwk_of_other_members_is_refused() {
        let key = *SoftwareKey::make().unwrap().public();
        let jwk = serde_json::to_string(&key).unwrap();
        assert_eq!(serde_json::from_str::<PublicKey>(&jwk).unwrap(), key);
        for wrong in [
            jwk.replace("EC", "RSA"),
            jwk.replace("P-256", "P-384"),
            jwk.replace('{', r#"{"kid":"a","#),
            jwk.replace('{', r#"{"kty":"EC","#),
            jwk.replace(r#""crv":"P-256","#, ""),
            jwk.replace(r#""x":""#, r#""x":"A"#),
        ] {
            assert!(serde_json::from_str::<PublicKey>(&wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn spki_and_point_lead_back_to_the_key() {
        let key = *SoftwareKey::make().unwrap().public();
        assert_eq!(PublicKey::from_spki(&key.spki()), Ok(key));
        assert_eq!(PublicKey::from_point(&key.point()), Ok(key));
        assert_eq!(PublicKey::from_spki(&key.point()), Err(KeyRefused));
        assert_eq!(PublicKey::from_point(&key.point()[..64]), Err(KeyRefused));
    }

    #[test]
    fn a_der_signature_of_each_length_becomes_64_bytes() {
        let der = |r: &[u8], s: &[u8]| {
            let body =
                [&[2, u8::try_from(r.len()).unwrap()], r, &[2, u8::try_from(s.len()).unwrap()], s].concat();
            [&[0x30, u8::try_from(body.len()).unwrap()][..], &body].concat()
        };
        let high = [&[0_u8][..], &[0xff; 32]].concat();
        for (r, s) in [(&high[..], &[1_u8][..]), (&[1], &high), (&[0x7f; 32], &[0x7f; 31])] {
            let fixed = Signature::from_der(&der(r, s)).unwrap();
            assert!(fixed.as_bytes()[..32].ends_with(r.strip_prefix(&[0]).unwrap_or(r)));
            assert!(fixed.as_bytes()[32..].ends_with(s.strip_prefix(&[0]).unwrap_or(s)));
        }
        let good = der(&[1], &[1]);
        for wrong in [
            der(&[0, 1], &[1]),
            der(&[0x80], &[1]),
            der(&[], &[1]),
            der(&[1; 33], &[1]),
            [&good[..], &[0]].concat(),
            good[..good.len() - 1].to_vec(),
            vec![],
        ] {
            assert!(Signature::from_der(&wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_signature_holds_for_its_message_and_key_only() {
        let (key, other) = (SoftwareKey::make().unwrap(), SoftwareKey::make().unwrap());
        let signature = key.sign(b"message").unwrap();
        assert!(key.public().verifies(b"message", &signature));
        assert!(!key.public().verifies(b"massage", &signature));
        assert!(!other.public().verifies(b"message", &signature));
    }
}
