use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use super::disk::{Disk, FILE_LIMIT};
use super::sealed::SealedFile;
use super::{Compartment, Damage, VaultError};

/// The files of a vault and the order of steps in which they change.
///
/// ```text
/// contacts.vault     the newest generation; always there once it was
/// contacts.previous  the one before it
/// contacts.new       being written; what a cut leaves of it is written over
/// contacts.damaged   what a restored previous generation stands in for
/// writer.lock        whoever writes holds its lock; never renamed, always empty
/// ```
pub(super) struct Folder {
    path: PathBuf,
    disk: Box<dyn Disk>,
}

/// The right to write. Ends when dropped, with the process at the latest.
pub(super) struct WriteLock(#[expect(dead_code, reason = "held for its drop")] File);

/// What takes the place of the previous generation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Previous {
    /// The generation that is written over.
    Replaced,
    /// The new generation itself: what is written over opens with a slot that must not open anything any more.
    Same,
}

impl Folder {
    pub(super) fn new(path: PathBuf, disk: Box<dyn Disk>) -> Self {
        Self { path, disk }
    }

    /// Waits for whoever else writes.
    pub(super) fn lock(&self) -> Result<WriteLock, VaultError> {
        self.disk.make_folder(&self.path).map_err(VaultError::writing)?;
        self.disk.lock(&self.path.join("writer.lock")).map(WriteLock).map_err(VaultError::writing)
    }

    /// The bytes of the newest generation.
    pub(super) fn read(&self, compartment: Compartment) -> Result<Vec<u8>, VaultError> {
        match self.bytes(compartment, "vault")? {
            Some(bytes) => Ok(bytes),
            None if self.bytes(compartment, "previous")?.is_some() => {
                Err(VaultError::damaged(compartment, Damage::Gone))
            }
            None => Err(VaultError::Missing(compartment)),
        }
    }

    /// The bytes of the generation before the newest, if there is one.
    pub(super) fn read_previous(&self, compartment: Compartment) -> Result<Option<Vec<u8>>, VaultError> {
        self.bytes(compartment, "previous")
    }

    /// Does all that can fail for want of space, before anything takes effect.
    pub(super) fn stage(
        &self,
        compartment: Compartment,
        file: &SealedFile,
        previous: Previous,
        _lock: &WriteLock,
    ) -> Result<(), VaultError> {
        self.write(compartment, "new", [&file.header, &file.body])?;
        match (previous, self.bytes(compartment, "vault")?) {
            (Previous::Replaced, Some(replaced)) => self.write(compartment, "previous.new", [&replaced, &[]]),
            (Previous::Same, _) => self.write(compartment, "previous.new", [&file.header, &file.body]),
            // The first generation, or one whose file is gone: what is there of a previous one stays.
            (Previous::Replaced, None) => return Ok(()),
        }?;
        self.rename(compartment, "previous.new", "previous")
    }

    /// Lets what was staged take effect. It lasts only after [`Folder::flush`].
    pub(super) fn commit(&self, compartment: Compartment, _lock: &WriteLock) -> Result<(), VaultError> {
        self.rename(compartment, "new", "vault")
    }

    /// Makes what was committed last.
    pub(super) fn flush(&self, _lock: &WriteLock) -> Result<(), VaultError> {
        self.disk.flush_folder(&self.path).map_err(VaultError::writing)
    }

    /// Puts the previous generation in the place of the newest, which is kept aside.
    pub(super) fn put_back(
        &self,
        compartment: Compartment,
        previous: &[u8],
        lock: &WriteLock,
    ) -> Result<(), VaultError> {
        self.write(compartment, "new", [previous, &[]])?;
        if let Some(damaged) = self.bytes(compartment, "vault")? {
            self.write(compartment, "damaged", [&damaged, &[]])?;
        }
        self.commit(compartment, lock)?;
        self.flush(lock)
    }

    /// Removes what a damaged file left aside: it opens with the slots it had then.
    pub(super) fn remove_damaged(
        &self,
        compartment: Compartment,
        _lock: &WriteLock,
    ) -> Result<(), VaultError> {
        self.disk.remove(&self.file(compartment, "damaged")).map_err(VaultError::writing)
    }

    /// Removes every file of a compartment.
    pub(super) fn erase(&self, compartment: Compartment, lock: &WriteLock) -> Result<(), VaultError> {
        for ending in ["new", "previous.new", "damaged", "previous"] {
            self.disk.remove(&self.file(compartment, ending)).map_err(VaultError::writing)?;
        }
        // The newest last, and after a flush: a previous generation alone would look like a vanished file.
        self.flush(lock)?;
        self.disk.remove(&self.file(compartment, "vault")).map_err(VaultError::writing)?;
        self.flush(lock)
    }

    fn bytes(&self, compartment: Compartment, ending: &str) -> Result<Option<Vec<u8>>, VaultError> {
        match self.disk.read(&self.file(compartment, ending)) {
            Ok(bytes) if u64::try_from(bytes.len()).is_ok_and(|len| len <= FILE_LIMIT) => Ok(Some(bytes)),
            Ok(_) => Err(VaultError::damaged(compartment, Damage::Size)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(VaultError::Unreadable(error)),
        }
    }

    fn write(&self, compartment: Compartment, ending: &str, parts: [&[u8]; 2]) -> Result<(), VaultError> {
        let path = self.file(compartment, ending);
        self.disk.write(&path, parts).map_err(|error| {
            // A half-written file takes up the space that a full disk lacks. If it cannot go, the next write goes over it.
            let _ = self.disk.remove(&path);
            VaultError::writing(error)
        })
    }

    fn rename(&self, compartment: Compartment, from: &str, to: &str) -> Result<(), VaultError> {
        let (from, to): (&Path, &Path) = (&self.file(compartment, from), &self.file(compartment, to));
        self.disk.rename(from, to).map_err(VaultError::writing)
    }

    fn file(&self, compartment: Compartment, ending: &str) -> PathBuf {
        self.path.join(format!("{}.{ending}", compartment.name()))
    }
}
