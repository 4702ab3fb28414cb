//! Picture files in, the texts of their QR codes out.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use countersign_qr::{QrReader, Reading};
use zeroize::Zeroizing;

use crate::words::{Said, Words};

/// The most bytes that are read of a file: one more than the reader takes, so that it is the one to refuse.
const MOST_BYTES: u64 = 32 * 1024 * 1024 + 1;

/// The texts of all codes of a picture file.
pub(crate) fn read_file(file: &Path, words: Words) -> Result<Vec<Zeroizing<String>>, Said> {
    let bytes = File::open(file).and_then(read_all).map_err(|error| {
        let id = match error.kind() {
            io::ErrorKind::NotFound => "picture-missing",
            io::ErrorKind::IsADirectory => "picture-folder",
            _ => "picture-unreadable",
        };
        words.said(id, &[])
    })?;
    read_bytes(&bytes, words)
}

/// The texts of all codes of a picture.
pub(crate) fn read_bytes(picture: &[u8], words: Words) -> Result<Vec<Zeroizing<String>>, Said> {
    match QrReader::new().read_picture(picture) {
        Reading::Texts(texts) => {
            Ok(texts.iter().map(|text| Zeroizing::new(text.expose().to_owned())).collect())
        }
        Reading::Nothing(unread) => Err(words.unread(unread)),
    }
}

/// Whether these bytes begin like a picture that is read here: PNG or JPEG.
pub(crate) fn begins_like_picture(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x89PNG\r\n\x1a\n") || bytes.starts_with(b"\xff\xd8\xff")
}

/// All bytes, as far as a picture may go.
pub(crate) fn read_all(source: impl Read) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::new());
    source.take(MOST_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code_of(file: &Path) -> String {
        read_file(file, Words::default()).unwrap_err().code
    }

    #[test]
    fn each_fault_of_a_file_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("picture.png");
        assert_eq!(code_of(&path), "picture_missing");
        assert_eq!(code_of(folder.path()), "picture_folder");
        std::fs::write(&path, b"hello").unwrap();
        assert_eq!(code_of(&path), "not_a_picture");
        std::fs::write(&path, b"\x89PNG\r\n\x1a\n and no more").unwrap();
        assert_eq!(code_of(&path), "damaged_picture");
    }
}
