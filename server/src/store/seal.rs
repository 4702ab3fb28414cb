//! Secrets in rows: sealed with a key that is not in the database, bound to the row that they stand in.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use countersign_protocol::{Hash, Random};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Salt};
use zeroize::Zeroizing;

use super::StoreFailed;
use crate::mode;

/// Written before each sealed secret; a later form has another.
const FORM: u8 = 1;
const SALT: usize = 24;
const INFO: &[u8] = b"countersign sealed row v1";

/// The key of the key file.
pub(crate) struct Seal {
    key: Zeroizing<[u8; 32]>,
    random: Arc<dyn Random>,
}

/// Where a secret stands: it opens nowhere else.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    /// Table and column.
    pub(crate) column: &'static str,
    /// The row's id.
    pub(crate) row: &'a str,
}

impl Seal {
    /// Reads a key file, 32 bytes in base64url, that nobody but its owner can touch.
    pub(crate) fn read(path: &Path, random: Arc<dyn Random>) -> Result<Self, StoreFailed> {
        mode::refuse(path, mode::OTHERS_TOUCH, "others can read or write it; chmod 600 makes it private")
            .map_err(|source| failed(path, source))?;
        let text = Zeroizing::new(fs::read_to_string(path).map_err(|source| failed(path, source))?);
        let key: Hash = text
            .trim_end()
            .parse()
            .map_err(|_| failed(path, std::io::Error::other("not a key file of this server")))?;
        Ok(Self { key: Zeroizing::new(*key.as_bytes()), random })
    }

    /// Makes a key file that only its owner reads; refuses to replace one.
    pub(crate) fn make_file(path: &Path, random: &dyn Random) -> Result<(), StoreFailed> {
        let mut key = Zeroizing::new([0; 32]);
        random.fill(key.as_mut());
        let text = Zeroizing::new(format!("{}\n", Hash::from_bytes(*key)));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(|source| failed(path, source))?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(|source| failed(path, source))
    }

    /// Seals a secret for its place.
    pub(crate) fn seal(&self, place: Place<'_>, secret: &[u8]) -> Result<Vec<u8>, StoreFailed> {
        let mut sealed = vec![0; 1 + SALT];
        self.random.fill(&mut sealed);
        if let Some(form) = sealed.first_mut() {
            *form = FORM;
        }
        let key = self.key_of(sealed.get(1..).unwrap_or_default())?;
        let mut body = Zeroizing::new(secret.to_vec());
        let tag = key
            .seal_in_place_separate_tag(Self::nonce(), place.associated(), body.as_mut_slice())
            .map_err(|_| StoreFailed::Sealed)?;
        sealed.extend_from_slice(&body);
        sealed.extend_from_slice(tag.as_ref());
        Ok(sealed)
    }

    /// Opens a secret that was sealed for this place.
    pub(crate) fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, StoreFailed> {
        let Some((FORM, rest)) = sealed.split_first().map(|(form, rest)| (*form, rest)) else {
            return Err(StoreFailed::Sealed);
        };
        let (salt, body) = rest.split_at_checked(SALT).ok_or(StoreFailed::Sealed)?;
        let mut body = Zeroizing::new(body.to_vec());
        let length = self
            .key_of(salt)?
            .open_in_place(Self::nonce(), place.associated(), body.as_mut_slice())
            .map_err(|_| StoreFailed::Sealed)?
            .len();
        body.truncate(length);
        Ok(body)
    }

    /// A key for this one secret, so that a nonce can never come twice.
    fn key_of(&self, salt: &[u8]) -> Result<LessSafeKey, StoreFailed> {
        let derived = Salt::new(HKDF_SHA256, salt).extract(self.key.as_ref());
        let key = derived.expand(&[INFO], &CHACHA20_POLY1305).map_err(|_| StoreFailed::Sealed)?;
        Ok(LessSafeKey::new(UnboundKey::from(key)))
    }

    fn nonce() -> Nonce {
        Nonce::assume_unique_for_key([0; NONCE_LEN])
    }
}

impl Place<'_> {
    fn associated(self) -> Aad<Vec<u8>> {
        // No column has a slash in its name, so two places never have one text.
        Aad::from(format!("{}/{}", self.column, self.row).into_bytes())
    }
}

fn failed(path: &Path, source: std::io::Error) -> StoreFailed {
    StoreFailed::File { path: path.display().to_string(), source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use countersign_protocol::SystemRandom;

    const PLACE: Place<'static> = Place { column: "devices.code_secret", row: "one" };

    fn seal() -> Seal {
        let mut key = Zeroizing::new([0; 32]);
        SystemRandom.fill(key.as_mut());
        Seal { key, random: Arc::new(SystemRandom) }
    }

    #[test]
    fn a_secret_opens_in_its_place_with_its_key_only() {
        let (seal, other) = (seal(), self::seal());
        let sealed = seal.seal(PLACE, b"secret").unwrap();
        assert_eq!(seal.open(PLACE, &sealed).unwrap().as_slice(), b"secret");
        assert!(other.open(PLACE, &sealed).is_err());
        assert!(seal.open(Place { row: "two", ..PLACE }, &sealed).is_err());
        assert!(seal.open(Place { column: "keys.secret", ..PLACE }, &sealed).is_err());
    }

    #[test]
    fn a_flipped_bit_anywhere_is_found() {
        let seal = seal();
        let sealed = seal.seal(PLACE, b"secret").unwrap();
        for index in 0..sealed.len() {
            let mut flipped = sealed.clone();
            flipped[index] ^= 1;
            assert!(seal.open(PLACE, &flipped).is_err(), "byte {index}");
        }
        for length in 0..sealed.len() {
            assert!(seal.open(PLACE, &sealed[..length]).is_err(), "{length} bytes");
        }
    }

    #[test]
    fn the_same_secret_never_looks_the_same() {
        let seal = seal();
        assert_ne!(seal.seal(PLACE, b"secret").unwrap(), seal.seal(PLACE, b"secret").unwrap());
    }

    #[test]
    fn a_key_file_is_for_its_owner_alone_and_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        Seal::make_file(&path, &SystemRandom).unwrap();
        let seal = Seal::read(&path, Arc::new(SystemRandom)).unwrap();
        let sealed = seal.seal(PLACE, b"secret").unwrap();
        assert!(Seal::make_file(&path, &SystemRandom).is_err());
        let again = Seal::read(&path, Arc::new(SystemRandom)).unwrap();
        assert_eq!(again.open(PLACE, &sealed).unwrap().as_slice(), b"secret");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            for mode in [0o604, 0o640, 0o602, 0o644] {
                fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
                assert!(Seal::read(&path, Arc::new(SystemRandom)).is_err(), "{mode:o}");
            }
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }
        fs::write(&path, "short").unwrap();
        assert!(Seal::read(&path, Arc::new(SystemRandom)).is_err());
    }
}
