use std::fmt;

use argon2::{Algorithm, Argon2, Params, Version};
use countersign_protocol::Random;
use zeroize::Zeroizing;

use super::cipher::{self, Fresh, NotAuthentic, TAG_LEN};
use super::{Compartment, Passphrase, UnlockCode, VaultError, VaultKey, header};

/// Bytes of a slot in the file.
pub(super) const SLOT_LEN: usize = 105;
/// Keeps the keys that open slots apart from those that seal bodies.
const PURPOSE: &[u8] = b"countersign vault 1 slot";
const WRAPPED_LEN: usize = 32 + TAG_LEN;

/// The ways to open a file. It has at most one slot of each kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SlotKind {
    /// A key that the platform's key store keeps.
    KeyStore,
    /// A passphrase, stretched by Argon2id.
    Passphrase,
    /// An unlock code of 130 random bits.
    UnlockCode,
}

impl SlotKind {
    const fn number(self) -> u8 {
        match self {
            Self::KeyStore => 1,
            Self::Passphrase => 2,
            Self::UnlockCode => 3,
        }
    }

    fn of_number(number: u8) -> Option<Self> {
        [Self::KeyStore, Self::Passphrase, Self::UnlockCode].into_iter().find(|kind| kind.number() == number)
    }
}

impl fmt::Display for SlotKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::KeyStore => "key store",
            Self::Passphrase => "passphrase",
            Self::UnlockCode => "unlock code",
        })
    }
}

/// What Argon2id costs (RFC 9106): memory in KiB, passes, lanes.
///
/// Bounded both ways, because it is read from a file before anything in that file is known to be genuine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PassphraseCost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl PassphraseCost {
    /// What the app uses: 64 MiB, 3 passes, 1 lane; 0.2 s on a desktop.
    pub const DEFAULT: Self = Self { memory_kib: 64 * 1024, passes: 3, lanes: 1 };
    /// The least that is taken, for tests.
    pub const LEAST: Self = Self { memory_kib: 8, passes: 1, lanes: 1 };

    /// # Errors
    /// [`VaultError::Cost`] unless memory is 8 KiB to 256 MiB, passes 1 to 10, lanes 1 to 4 (with 8 KiB each).
    pub fn new(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self, VaultError> {
        let is_bounded = (8..=256 * 1024).contains(&memory_kib)
            && (1..=10).contains(&passes)
            && (1..=4).contains(&lanes)
            && memory_kib >= 8 * lanes;
        if is_bounded { Ok(Self { memory_kib, passes, lanes }) } else { Err(VaultError::Cost) }
    }

    fn stretch(self, passphrase: &Passphrase, salt: &[u8; 32]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let params =
            Params::new(self.memory_kib, self.passes, self.lanes, None).map_err(|_| VaultError::Cost)?;
        let mut stretched = Zeroizing::new(vec![0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.expose(), salt, &mut stretched)
            .map_err(|_| VaultError::Cost)?;
        Ok(stretched)
    }
}

/// What opens a file.
#[derive(Clone, Copy)]
pub enum Opener<'a> {
    /// The key that the platform's key store kept.
    KeyStore(&'a VaultKey),
    /// What the person typed. Takes as long as the cost in the file says.
    Passphrase(&'a Passphrase),
    /// The code that the person wrote down.
    UnlockCode(&'a UnlockCode),
}

impl Opener<'_> {
    /// The kind of slot it opens.
    #[must_use]
    pub fn kind(&self) -> SlotKind {
        match self {
            Self::KeyStore(_) => SlotKind::KeyStore,
            Self::Passphrase(_) => SlotKind::Passphrase,
            Self::UnlockCode(_) => SlotKind::UnlockCode,
        }
    }
}

/// A slot to be made.
#[derive(Clone, Copy)]
pub enum NewSlot<'a> {
    /// For a key that the key store keeps already: a slot for a key that is lost opens nothing.
    KeyStore(&'a VaultKey),
    /// For a passphrase.
    Passphrase(&'a Passphrase, PassphraseCost),
    /// For a code that the person was shown.
    UnlockCode(&'a UnlockCode),
}

impl NewSlot<'_> {
    fn opener(&self) -> Opener<'_> {
        match self {
            Self::KeyStore(key) => Opener::KeyStore(key),
            Self::Passphrase(passphrase, _) => Opener::Passphrase(passphrase),
            Self::UnlockCode(code) => Opener::UnlockCode(code),
        }
    }

    fn cost(&self) -> Option<PassphraseCost> {
        match self {
            Self::Passphrase(_, cost) => Some(*cost),
            Self::KeyStore(_) | Self::UnlockCode(_) => None,
        }
    }

    /// Does what takes time, before the vault's lock is taken.
    pub(super) fn prepare(&self, random: &dyn Random) -> Result<PreparedSlot, VaultError> {
        let fresh = Fresh::make(random);
        let opener = self.opener();
        let lock = SlotLock { kind: opener.kind(), cost: self.cost(), fresh };
        Ok(PreparedSlot { key: lock.key(&opener)?, lock })
    }
}

/// A slot whose key is derived and which lacks only what it is to wrap.
pub(super) struct PreparedSlot {
    lock: SlotLock,
    key: Zeroizing<Vec<u8>>,
}

impl PreparedSlot {
    pub(super) fn wrap(&self, compartment: Compartment, file_key: &VaultKey) -> Result<Slot, VaultError> {
        let mut wrapped = [0; WRAPPED_LEN];
        let (key, tag) = wrapped.split_at_mut(32);
        key.copy_from_slice(file_key.expose());
        let sealed = cipher::seal(&self.key, PURPOSE, &self.lock.fresh, &self.lock.bound(compartment), key);
        tag.copy_from_slice(&sealed.ok_or(VaultError::TooLarge(compartment))?);
        Ok(Slot { lock: self.lock, wrapped })
    }
}

/// The file's key, sealed under the key of one way to open it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Slot {
    lock: SlotLock,
    wrapped: [u8; WRAPPED_LEN],
}

/// What lies open of a slot: how its key is made.
#[derive(Clone, Copy, PartialEq, Eq)]
struct SlotLock {
    kind: SlotKind,
    cost: Option<PassphraseCost>,
    fresh: Fresh,
}

impl SlotLock {
    fn key(&self, opener: &Opener<'_>) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        Ok(match opener {
            Opener::KeyStore(key) => Zeroizing::new(key.expose().to_vec()),
            Opener::Passphrase(passphrase) => {
                self.cost.ok_or(VaultError::Cost)?.stretch(passphrase, &self.fresh.salt)?
            }
            Opener::UnlockCode(code) => Zeroizing::new(code.expose_symbols().to_vec()),
        })
    }

    fn put(&self, to: &mut Vec<u8>) {
        to.push(self.kind.number());
        let cost = self.cost.map_or([0; 3], |cost| [cost.memory_kib, cost.passes, cost.lanes]);
        to.extend(cost.iter().flat_map(|part| part.to_be_bytes()));
        to.extend_from_slice(&self.fresh.salt);
        to.extend_from_slice(&self.fresh.nonce);
    }

    /// The associated data: a slot of one file or kind is none of another.
    fn bound(&self, compartment: Compartment) -> Vec<u8> {
        let mut bound = header::beginning(compartment);
        self.put(&mut bound);
        bound
    }
}

impl Slot {
    pub(super) fn kind(&self) -> SlotKind {
        self.lock.kind
    }

    pub(super) fn put(&self, to: &mut Vec<u8>) {
        self.lock.put(to);
        to.extend_from_slice(&self.wrapped);
    }

    /// None if the bytes are no slot that this version writes.
    pub(super) fn read(bytes: &[u8; SLOT_LEN]) -> Option<Self> {
        let (kind, rest) = bytes.split_first()?;
        let (memory_kib, rest) = number(rest)?;
        let (passes, rest) = number(rest)?;
        let (lanes, rest) = number(rest)?;
        let (salt, rest) = rest.split_first_chunk()?;
        let (nonce, wrapped) = rest.split_first_chunk()?;
        let kind = SlotKind::of_number(*kind)?;
        let cost = match kind {
            SlotKind::Passphrase => Some(PassphraseCost::new(memory_kib, passes, lanes).ok()?),
            _ if [memory_kib, passes, lanes] == [0; 3] => None,
            _ => return None,
        };
        let lock = SlotLock { kind, cost, fresh: Fresh { salt: *salt, nonce: *nonce } };
        Some(Self { lock, wrapped: wrapped.try_into().ok()? })
    }

    pub(super) fn unwrap_key(
        &self,
        compartment: Compartment,
        opener: &Opener<'_>,
    ) -> Result<VaultKey, VaultError> {
        let wrong = || VaultError::WrongKey { compartment, kind: self.kind() };
        let key = self.lock.key(opener)?;
        let mut wrapped = Zeroizing::new(self.wrapped);
        let opened =
            cipher::open(&key, PURPOSE, &self.lock.fresh, &self.lock.bound(compartment), wrapped.as_mut())
                .map_err(|NotAuthentic| wrong())?;
        VaultKey::from_bytes(opened).ok_or_else(wrong)
    }
}

fn number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    bytes.split_first_chunk().map(|(number, rest)| (u32::from_be_bytes(*number), rest))
}
