//! What the file leads to: whether folders and files are there, can be made, and are what they must be.

use std::fs;
use std::io;
use std::path::Path;

use super::Config;
use super::file::{CERTIFICATE, KEY_FILE, PRIVATE_KEY, STATE};
use super::reader::{Key, Reader};
use crate::mode;
use crate::tls::{self, TlsRefused};

/// The folder of state: it is there and can be written to, or it can be made. Tried, because a mode does not tell
/// everything; nothing is left behind. False when something was told.
pub(super) fn state(reader: &mut Reader<'_>, folder: &Path) -> bool {
    let said = match fs::metadata(folder) {
        Ok(found) if !found.is_dir() => Err(format!("{} is a file; a folder is wanted", folder.display())),
        Ok(_) => try_writing(folder).and_then(|()| {
            mode::refuse(folder, mode::OTHERS_WRITE, "").map_err(|_| {
                let folder = folder.display();
                format!("others can write to {folder}; chmod 700 {folder} makes it private")
            })
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => match nearest(folder) {
            Some(there) => try_making_in(there).map_err(|error| {
                format!("{} cannot be made in {}: {error}", folder.display(), there.display())
            }),
            None => Err(format!("{} cannot be made", folder.display())),
        },
        Err(error) => Err(format!("{} cannot be looked at: {error}", folder.display())),
    };
    let is_right = said.is_ok();
    tell(reader, STATE, said);
    is_right
}

/// The key file: a file of its owner alone, or one that can be made beside what is there.
pub(super) fn key_file(reader: &mut Reader<'_>, file: &Path, state: Option<&Path>) {
    let database = state.map(Config::database_in).unwrap_or_default();
    let folder = file.parent().unwrap_or(Path::new(""));
    let said = match fs::metadata(file) {
        Ok(found) if found.is_dir() => {
            Err(format!("{0} is a folder; a file is wanted, for example \"{0}/key\"", file.display()))
        }
        Ok(_) => mode::refuse(file, mode::OTHERS_TOUCH, "")
            .map_err(|_| format!("others can read {0}; chmod 600 {0} makes it private", file.display())),
        Err(error) if error.kind() == io::ErrorKind::NotFound && database.exists() => Err(format!(
            "{} is missing, and what is sealed in {} opens with no other key file: put it back",
            file.display(),
            database.display()
        )),
        // `init` makes the folder of state.
        Err(error) if error.kind() == io::ErrorKind::NotFound && Some(folder) == state => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound && !is_there(folder) => {
            Err(format!("the folder {} is not there; make it first", folder.display()))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            try_making_in(folder).map_err(|error| format!("{} cannot be made: {error}", file.display()))
        }
        Err(error) => Err(format!("{} cannot be looked at: {error}", file.display())),
    };
    // A key beside the database has no key of its own in the file.
    let key = if reader.has(KEY_FILE) { KEY_FILE } else { STATE };
    tell(reader, key, said);
}

/// The certificate and its key, each by itself, then together.
pub(super) fn tls(reader: &mut Reader<'_>, certificate: Option<&Path>, key: Option<&Path>) {
    let chain = certificate.map(tls::chain).transpose();
    let private = key.map(tls::private_key).transpose();
    let both = match (chain, private) {
        (Ok(Some(chain)), Ok(Some(private))) => tls::pair(chain, private).map(|_| ()),
        (chain, private) => {
            tell(reader, CERTIFICATE, chain.map(|_| ()).map_err(|refused| refused.to_string()));
            private.map(|_| ())
        }
    };
    let key = if matches!(both, Err(TlsRefused::Certificate { .. })) { CERTIFICATE } else { PRIVATE_KEY };
    tell(reader, key, both.map_err(|refused| refused.to_string()));
}

fn tell(reader: &mut Reader<'_>, key: Key, said: Result<(), String>) {
    if let Err(message) = said {
        reader.mistake(key, message);
    }
}

fn is_there(folder: &Path) -> bool {
    folder.as_os_str().is_empty() || folder.is_dir()
}

/// The nearest folder above that is there.
fn nearest(folder: &Path) -> Option<&Path> {
    let above = folder.ancestors().skip(1).find(|above| above.as_os_str().is_empty() || above.exists())?;
    Some(if above.as_os_str().is_empty() { Path::new(".") } else { above })
}

fn try_making_in(folder: &Path) -> io::Result<()> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let made = tempfile::Builder::new().prefix(".countersign-").tempdir_in(folder);
    made.and_then(tempfile::TempDir::close).map_err(without_path)
}

fn try_writing(folder: &Path) -> Result<(), String> {
    try_making_in(folder).map_err(|error| {
        let folder = folder.display();
        format!("{folder} cannot be written to: {error}; run this as the user whose folder it is")
    })
}

/// Nobody asked for the name of what was tried.
fn without_path(error: io::Error) -> io::Error {
    error.kind().into()
}
