use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use super::disk::{Disk, FILE_LIMIT};
use super::header::HEADER_LIMIT;
use super::sealed::SealedFile;
use super::{Compartment, Damage, Header, VaultError};

/// The number of a file's first generation.
pub(super) const FIRST: u64 = 1;

/// The files of a vault and the order of steps in which they change.
///
/// ```text
/// contacts.vault     the newest generation; always there once it was
/// contacts.previous  the one before it
/// contacts.new       being written; what a cut leaves of it is written over, but for a first generation
/// contacts.damaged   what a restored previous generation stands in for
/// writer.lock        whoever writes holds its lock; never renamed, always empty
/// aside-1            a folder with the files of a vault in whose place a new one was to be made
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
            None if self.is_empty()? => Err(VaultError::Missing(compartment)),
            None => Err(VaultError::damaged(compartment, Damage::Gone)),
        }
    }

    /// The beginning of the newest generation, with the whole header in it.
    pub(super) fn read_front(&self, compartment: Compartment) -> io::Result<Vec<u8>> {
        self.disk.read(&self.file(compartment, "vault"), HEADER_LIMIT)
    }

    /// Whether there is no generation of either file: no vault.
    pub(super) fn is_empty(&self) -> Result<bool, VaultError> {
        Ok(!self.has_any(Compartment::Contacts)? && !self.has_any(Compartment::Secrets)?)
    }

    /// Whether both files are there.
    pub(super) fn is_whole(&self) -> Result<bool, VaultError> {
        Ok(self.has(Compartment::Contacts, "vault")? && self.has(Compartment::Secrets, "vault")?)
    }

    /// Where the making was cut, one file has its first generation and the other's lies ready.
    pub(super) fn finish_making(&self, lock: &WriteLock) -> Result<(), VaultError> {
        for compartment in Compartment::ALL {
            if self.has_any(compartment)? {
                continue;
            }
            let Some(new) = self.bytes(compartment, "new")? else { continue };
            if Header::read(compartment, &new).is_ok_and(|(header, _)| header.generation == FIRST) {
                self.commit(compartment, lock)?;
                self.flush(lock)?;
            }
        }
        Ok(())
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

    /// Moves every file but what a cut left into a new folder, and says which. The newest go last: until then the vault
    /// is there, or is missed.
    pub(super) fn set_aside(&self, lock: &WriteLock) -> Result<PathBuf, VaultError> {
        let aside = self.make_aside()?;
        for ending in ["damaged", "previous", "vault"] {
            for compartment in Compartment::ALL {
                let from = self.file(compartment, ending);
                let to = aside.join(from.file_name().unwrap_or_default());
                match self.disk.rename(&from, &to) {
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    moved => moved.map_err(VaultError::writing)?,
                }
            }
        }
        self.disk.flush_folder(&aside).map_err(VaultError::writing)?;
        self.flush(lock)?;
        Ok(aside)
    }

    /// Whether something was put aside.
    pub(super) fn has_set_aside(&self) -> Result<bool, VaultError> {
        self.disk.exists(&self.aside(1)).map_err(VaultError::Unreadable)
    }

    fn make_aside(&self) -> Result<PathBuf, VaultError> {
        let mut number = 1;
        loop {
            let aside = self.aside(number);
            match self.disk.make_new_folder(&aside) {
                Ok(()) => return Ok(aside),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
                Err(error) => return Err(VaultError::writing(error)),
            }
        }
    }

    fn aside(&self, number: u32) -> PathBuf {
        self.path.join(format!("aside-{number}"))
    }

    fn has_any(&self, compartment: Compartment) -> Result<bool, VaultError> {
        Ok(self.has(compartment, "vault")? || self.has(compartment, "previous")?)
    }

    fn has(&self, compartment: Compartment, ending: &str) -> Result<bool, VaultError> {
        self.disk.exists(&self.file(compartment, ending)).map_err(VaultError::Unreadable)
    }

    fn bytes(&self, compartment: Compartment, ending: &str) -> Result<Option<Vec<u8>>, VaultError> {
        match self.disk.read(&self.file(compartment, ending), FILE_LIMIT.saturating_add(1)) {
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
