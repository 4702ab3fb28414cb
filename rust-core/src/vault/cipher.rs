//! The one way in which anything in a vault is sealed: ChaCha20-Poly1305 (RFC 8439) under a subkey that HKDF-SHA256
//! (RFC 5869) makes anew for each sealing, so that a nonce drawn twice would do no harm.

use countersign_protocol::Random;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, Tag, UnboundKey};
use ring::hkdf::{HKDF_SHA256, KeyType, Salt};
use zeroize::Zeroizing;

/// Bytes that the tag of the AEAD adds.
pub(super) const TAG_LEN: usize = 16;

/// What is drawn for each sealing; lies open beside what is sealed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Fresh {
    /// Makes the subkey.
    pub(super) salt: [u8; 32],
    pub(super) nonce: [u8; NONCE_LEN],
}

impl Fresh {
    pub(super) fn make(random: &dyn Random) -> Self {
        let mut fresh = Self { salt: [0; 32], nonce: [0; NONCE_LEN] };
        random.fill(&mut fresh.salt);
        random.fill(&mut fresh.nonce);
        fresh
    }
}

/// It was not sealed by this key, with this associated data, or was changed since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotAuthentic;

/// Seals in place and gives the tag. `purpose` keeps the uses of one key apart.
pub(super) fn seal(
    key: &[u8],
    purpose: &[u8],
    fresh: &Fresh,
    data: &[u8],
    plain: &mut [u8],
) -> Option<[u8; TAG_LEN]> {
    let cipher = subkey(key, purpose, &fresh.salt)?;
    let nonce = Nonce::assume_unique_for_key(fresh.nonce);
    let tag: Tag = cipher.seal_in_place_separate_tag(nonce, Aad::from(data), plain).ok()?;
    tag.as_ref().try_into().ok()
}

/// Opens in place; what is opened stands at the front of `sealed`, the tag is left behind it.
pub(super) fn open<'a>(
    key: &[u8],
    purpose: &[u8],
    fresh: &Fresh,
    data: &[u8],
    sealed: &'a mut [u8],
) -> Result<&'a mut [u8], NotAuthentic> {
    let cipher = subkey(key, purpose, &fresh.salt).ok_or(NotAuthentic)?;
    let nonce = Nonce::assume_unique_for_key(fresh.nonce);
    cipher.open_in_place(nonce, Aad::from(data), sealed).map_err(|_| NotAuthentic)
}

fn subkey(key: &[u8], purpose: &[u8], salt: &[u8]) -> Option<LessSafeKey> {
    let mut bytes = Zeroizing::new([0; 32]);
    Salt::new(HKDF_SHA256, salt).extract(key).expand(&[purpose], KeyBytes).ok()?.fill(bytes.as_mut()).ok()?;
    UnboundKey::new(&CHACHA20_POLY1305, bytes.as_ref()).ok().map(LessSafeKey::new)
}

struct KeyBytes;

impl KeyType for KeyBytes {
    fn len(&self) -> usize {
        32
    }
}
