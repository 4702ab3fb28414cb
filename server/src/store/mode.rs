//! Who else may touch a file: one that others can read or write keeps nothing.

use std::path::Path;

use super::StoreFailed;

/// Others can write.
pub(crate) const OTHERS_WRITE: u32 = 0o022;
/// Others can do anything.
pub(crate) const OTHERS_TOUCH: u32 = 0o077;

/// Refuses a file or folder whose mode gives others one of these bits.
#[cfg(unix)]
pub(crate) fn refuse(path: &Path, bits: u32, advice: &'static str) -> Result<(), StoreFailed> {
    use std::os::unix::fs::PermissionsExt as _;
    let failed = |source| StoreFailed::File { path: path.display().to_string(), source };
    let mode = std::fs::metadata(path).map_err(failed)?.permissions().mode();
    if mode & bits == 0 { Ok(()) } else { Err(failed(std::io::Error::other(advice))) }
}

/// Where there are no such modes there is nothing to refuse.
#[cfg(not(unix))]
pub(crate) fn refuse(_: &Path, _: u32, _: &'static str) -> Result<(), StoreFailed> {
    Ok(())
}
