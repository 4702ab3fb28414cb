use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

/// The most bytes of a file: some hundred thousand accounts. More is not read into memory.
pub(super) const FILE_LIMIT: u64 = 64 << 20;

/// The steps of the file system that the vault takes. A trait only so that a test can let each of them fail.
pub(super) trait Disk: Send + Sync {
    /// Makes the folder, and those above it that are missing, for the owner alone.
    fn make_folder(&self, folder: &Path) -> io::Result<()>;
    /// Makes a folder for the owner alone; one that is there is a fault.
    fn make_new_folder(&self, folder: &Path) -> io::Result<()>;
    /// Whether there is anything of this name.
    fn exists(&self, path: &Path) -> io::Result<bool>;
    /// Waits until nobody else has the lock, then holds it until the file is dropped.
    fn lock(&self, path: &Path) -> io::Result<File>;
    /// The file from its beginning, at most so many bytes.
    fn read(&self, path: &Path, most: u64) -> io::Result<Vec<u8>>;
    /// Writes a file for the owner alone, whatever lay there, and flushes it.
    fn write(&self, path: &Path, parts: [&[u8]; 2]) -> io::Result<()>;
    /// Puts a file in another's place; whoever opens that sees the one or the other whole.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file. One that is not there is no fault.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Makes the renames in a folder last.
    fn flush_folder(&self, folder: &Path) -> io::Result<()>;
}

/// The operating system's.
pub(super) struct SystemDisk;

impl Disk for SystemDisk {
    fn make_folder(&self, folder: &Path) -> io::Result<()> {
        if folder.is_dir() {
            return Ok(());
        }
        folder_for_the_owner().recursive(true).create(folder)
    }

    fn make_new_folder(&self, folder: &Path) -> io::Result<()> {
        folder_for_the_owner().create(folder)
    }

    fn exists(&self, path: &Path) -> io::Result<bool> {
        std::fs::exists(path)
    }

    fn lock(&self, path: &Path) -> io::Result<File> {
        let file = for_the_owner(OpenOptions::new().read(true).append(true).create(true)).open(path)?;
        file.lock()?;
        Ok(file)
    }

    fn read(&self, path: &Path, most: u64) -> io::Result<Vec<u8>> {
        let file = File::open(path)?;
        let len = file.metadata()?.len().saturating_add(1).min(most);
        let mut bytes = Vec::with_capacity(usize::try_from(len).unwrap_or_default());
        file.take(most).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn write(&self, path: &Path, parts: [&[u8]; 2]) -> io::Result<()> {
        // What a cut left lying may have other rights or be a link: it goes first.
        self.remove(path)?;
        let mut file = for_the_owner(OpenOptions::new().write(true).create_new(true)).open(path)?;
        for part in parts {
            file.write_all(part)?;
        }
        file.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        std::fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        match std::fs::remove_file(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            done => done,
        }
    }

    fn flush_folder(&self, folder: &Path) -> io::Result<()> {
        match File::open(folder).and_then(|folder| folder.sync_all()) {
            // Some file systems cannot flush a folder; there the rename is as lasting as they can make it.
            Err(error)
                if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) =>
            {
                Ok(())
            }
            done => done,
        }
    }
}

fn folder_for_the_owner() -> DirBuilder {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "there are no modes to set"))]
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

fn for_the_owner(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}
