//! Who else may touch a file: one that others can read or write keeps nothing.

use std::io;
use std::path::Path;

/// Others can write.
pub(crate) const OTHERS_WRITE: u32 = 0o022;
/// Others can do anything.
pub(crate) const OTHERS_TOUCH: u32 = 0o077;

/// Refuses a file or folder whose mode gives others one of these bits.
#[cfg(unix)]
pub(crate) fn refuse(path: &Path, bits: u32, advice: &'static str) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(path)?.permissions().mode();
    if mode & bits == 0 { Ok(()) } else { Err(io::Error::other(advice)) }
}

/// Where there are no such modes there is nothing to refuse.
#[cfg(not(unix))]
pub(crate) fn refuse(_: &Path, _: u32, _: &'static str) -> io::Result<()> {
    Ok(())
}
