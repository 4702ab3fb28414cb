//! One process at a time works in a folder of state: a second one would not be woken by the writes of the first, and
//! would sign and count by itself.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use super::StoreFailed;

/// Held by whoever writes. It ends with its process, however that ends.
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of the folder that this database is in.
    pub(super) fn take(database: &Path) -> Result<Self, StoreFailed> {
        let path = database.with_extension("lock");
        let failed = |source| StoreFailed::File { path: path.display().to_string(), source };
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => {
                let folder = path.parent().unwrap_or(&path).display().to_string();
                Err(StoreFailed::InUse { folder })
            }
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }
}
