//! The reviewed list.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::{env, fs};

use countersign_bindgen::{Crossing, Direction};

/// What a person who reviewed it says that a text or a byte string is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// No secret.
    Open,
    /// A key of the vault, to or from the key store.
    VaultKey,
    /// A code that a person reads off.
    FinishedCode,
    /// The code that opens the vault when the phone has dropped its key, shown once.
    UnlockCode,
    /// A secret that a person typed, scanned elsewhere or pasted.
    Typed,
}

impl Class {
    const NAMES: [(&str, Self); 5] = [
        ("open", Self::Open),
        ("vault-key", Self::VaultKey),
        ("finished-code", Self::FinishedCode),
        ("unlock-code", Self::UnlockCode),
        ("typed", Self::Typed),
    ];

    /// What a secret may do at most: three kinds go out, and what was typed never comes back.
    pub(crate) fn may_cross(self, direction: Direction) -> bool {
        match (self, direction) {
            (Self::Open | Self::VaultKey, _) => true,
            (Self::FinishedCode | Self::UnlockCode, direction) => direction == Direction::Out,
            (Self::Typed, direction) => direction == Direction::In,
        }
    }
}

/// A type that is a secret by its name is that secret wherever it stands.
pub(crate) fn class_of_kind(kind: &str) -> Option<Class> {
    match kind {
        "VaultKey" => Some(Class::VaultKey),
        "TypedSecret" => Some(Class::Typed),
        _ => None,
    }
}

/// Lines of `direction place kind class why`; a line that begins with `#` says something to the reader.
fn reviewed(list: &str) -> BTreeMap<Crossing, Class> {
    let lines = list.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| review(line).unwrap_or_else(|| panic!("not read: {line}"))).collect()
}

pub(crate) fn review(line: &str) -> Option<(Crossing, Class)> {
    let mut words = line.split_whitespace();
    let direction = match words.next()? {
        "out" => Direction::Out,
        "in" => Direction::In,
        _ => return None,
    };
    let (place, kind) = (words.next()?.to_owned(), words.next()?.to_owned());
    let class = words.next()?;
    let (_, class) = Class::NAMES.into_iter().find(|(name, _)| *name == class)?;
    // Without a reason nobody has looked.
    words.next()?;
    Some((Crossing { direction, place, kind }, class))
}

pub(crate) fn list() -> BTreeMap<Crossing, Class> {
    let path = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap()).join("../mobile/crossing.txt");
    reviewed(&fs::read_to_string(path).unwrap())
}
