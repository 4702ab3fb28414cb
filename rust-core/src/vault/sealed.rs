use zeroize::Zeroizing;

use super::body::Body;
use super::cipher::{self, Fresh, NotAuthentic, TAG_LEN};
use super::disk::FILE_LIMIT;
use super::header::Header;
use super::json;
use super::slot::Slot;
use super::{Damage, VaultError, VaultKey};

/// Keeps the keys that seal bodies apart from those that open slots.
const PURPOSE: &[u8] = b"countersign vault 1 body";

/// A file's bytes, ready to be written: header and sealed body.
pub(super) struct SealedFile {
    pub(super) header: Vec<u8>,
    pub(super) body: Vec<u8>,
}

/// Seals a state under the key of its file.
pub(super) fn seal<B: Body>(
    state: &B,
    generation: u64,
    fresh: Fresh,
    slots: Vec<Slot>,
    key: &VaultKey,
) -> Result<(Header, SealedFile), VaultError> {
    let header = Header::new(generation, fresh, slots).ok_or(VaultError::LastSlot(B::COMPARTMENT))?;
    let bytes = header.bytes(B::COMPARTMENT);
    let too_large = VaultError::TooLarge(B::COMPARTMENT);
    let Some(mut body) = json::write(state, TAG_LEN) else { return Err(too_large) };
    let whole = bytes.len().saturating_add(body.len()).saturating_add(TAG_LEN);
    if u64::try_from(whole).map_or(true, |whole| whole > FILE_LIMIT) {
        return Err(too_large);
    }
    let Some(tag) = cipher::seal(key.expose(), PURPOSE, &fresh, &bytes, &mut body) else {
        return Err(too_large);
    };
    // From here on the buffer holds nothing secret.
    let mut body = std::mem::take(&mut *body);
    body.extend_from_slice(&tag);
    Ok((header, SealedFile { header: bytes, body }))
}

/// Opens the body of a file whose header, of this length, was read.
pub(super) fn open<B: Body>(
    header: &Header,
    len: usize,
    file: Vec<u8>,
    key: &VaultKey,
) -> Result<B, VaultError> {
    let mut file = Zeroizing::new(file);
    let damaged = |fault| VaultError::damaged(B::COMPARTMENT, fault);
    let (data, sealed) = file.split_at_mut_checked(len).ok_or(damaged(Damage::Header))?;
    let plain = cipher::open(key.expose(), PURPOSE, &header.fresh, data, sealed)
        .map_err(|NotAuthentic| damaged(Damage::Body))?;
    json::read(plain).map_err(damaged)
}
