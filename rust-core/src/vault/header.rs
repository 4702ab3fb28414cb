use ring::digest::{SHA256, digest};

use super::cipher::Fresh;
use super::slot::{SLOT_LEN, Slot};
use super::{Compartment, Damage, SlotKind, VaultError};

/// The version of the whole file, body included: a new member of the body is a new version, so that an app that
/// would lose it on its next write refuses the file instead.
const VERSION: u16 = 1;
/// Not text: a transfer that changes line ends or drops the eighth bit shows at once.
const MAGIC: &[u8; 8] = b"\x89CSVLT\r\n";
const BEGINNING_LEN: usize = 11;
const CHECKSUM_LEN: usize = 32;
/// More bytes than the longest header has: three slots.
pub(super) const HEADER_LIMIT: u64 = 512;

/// What lies open at the front of a file. All of it is associated data of the body.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Header {
    /// Rises with each write.
    pub(super) generation: u64,
    /// Of the body. Drawn for each write, so that two headers are equal only if the files are.
    pub(super) fresh: Fresh,
    /// One to three, at most one of a kind, in the order of their kinds.
    slots: Vec<Slot>,
}

impl Header {
    /// None without a slot.
    pub(super) fn new(generation: u64, fresh: Fresh, mut slots: Vec<Slot>) -> Option<Self> {
        slots.sort_by_key(Slot::kind);
        (!slots.is_empty()).then_some(Self { generation, fresh, slots })
    }

    pub(super) fn slots(&self) -> &[Slot] {
        &self.slots
    }

    pub(super) fn slot(&self, kind: SlotKind) -> Option<&Slot> {
        self.slots.iter().find(|slot| slot.kind() == kind)
    }

    /// Its bytes as they stand in the file.
    pub(super) fn bytes(&self, compartment: Compartment) -> Vec<u8> {
        let mut bytes = beginning(compartment);
        bytes.extend_from_slice(&self.generation.to_be_bytes());
        bytes.extend_from_slice(&self.fresh.salt);
        bytes.extend_from_slice(&self.fresh.nonce);
        bytes.push(u8::try_from(self.slots.len()).unwrap_or(u8::MAX));
        for slot in &self.slots {
            slot.put(&mut bytes);
        }
        bytes.extend_from_slice(digest(&SHA256, &bytes).as_ref());
        bytes
    }

    /// Reads it off the front of a file and says how long it is.
    ///
    /// The version is looked at first, since nothing behind it is certain in a newer one. The checksum tells an
    /// accident from a wrong key; against intent there is the AEAD.
    pub(super) fn read(compartment: Compartment, file: &[u8]) -> Result<(Self, usize), VaultError> {
        let damaged = |fault| VaultError::damaged(compartment, fault);
        let (magic, rest) = file.split_first_chunk().ok_or(damaged(Damage::Header))?;
        if magic != MAGIC {
            return Err(damaged(Damage::Kind));
        }
        let (version, rest) = rest.split_first_chunk().ok_or(damaged(Damage::Header))?;
        match u16::from_be_bytes(*version) {
            VERSION => {}
            0 => return Err(damaged(Damage::Header)),
            version => return Err(VaultError::NewerVersion { compartment, version }),
        }
        let (of, rest) = rest.split_first().ok_or(damaged(Damage::Header))?;
        if *of != compartment.number() {
            return Err(damaged(Damage::Kind));
        }
        let (header, rest) = read_fields(rest).ok_or(damaged(Damage::Header))?;
        let (checksum, body) = rest.split_at_checked(CHECKSUM_LEN).ok_or(damaged(Damage::Header))?;
        let len = file.len().saturating_sub(body.len());
        let checked = file.get(..len.saturating_sub(CHECKSUM_LEN)).unwrap_or_default();
        if digest(&SHA256, checked).as_ref() == checksum {
            Ok((header, len))
        } else {
            Err(damaged(Damage::Header))
        }
    }
}

/// Magic, version and compartment: also the front of what a slot is bound to.
pub(super) fn beginning(compartment: Compartment) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(BEGINNING_LEN);
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&VERSION.to_be_bytes());
    bytes.push(compartment.number());
    bytes
}

fn read_fields(bytes: &[u8]) -> Option<(Header, &[u8])> {
    let (generation, rest) = bytes.split_first_chunk()?;
    let (salt, rest) = rest.split_first_chunk()?;
    let (nonce, rest) = rest.split_first_chunk()?;
    let (count, rest) = rest.split_first()?;
    let (slots, rest) = rest.split_at_checked(usize::from(*count).checked_mul(SLOT_LEN)?)?;
    let (slots, _) = slots.as_chunks();
    let slots = slots.iter().map(Slot::read).collect::<Option<Vec<_>>>()?;
    if slots.is_empty() || !slots.is_sorted_by(|one, next| one.kind() < next.kind()) {
        return None;
    }
    let generation = u64::from_be_bytes(*generation);
    Some((Header { generation, fresh: Fresh { salt: *salt, nonce: *nonce }, slots }, rest))
}
