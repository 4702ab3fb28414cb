//! Getting the passphrase where no keyring runs: from the person, or from a file descriptor in scripts.

use std::fs::File;
use std::io::{self, Read};

use zeroize::Zeroizing;

/// The fewest characters of a new passphrase. The vault file may be copied, so tries are not counted by anybody:
/// Argon2id makes each cost 0.2 s and 64 MiB, and length does the rest.
pub const LEAST_CHARACTERS: usize = 12;

/// The most bytes that are read for one.
const MOST_BYTES: u64 = 4096;

/// Where a passphrase comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PassphraseSource {
    /// The person, at the terminal.
    Person,
    /// An open file descriptor of this process; 0 is standard input.
    Descriptor(u32),
}

impl PassphraseSource {
    /// Asks with these words, or reads; what is typed is not shown.
    ///
    /// # Errors
    /// What the system says: nobody is there to ask, or the descriptor is not open.
    pub fn read(self, words: &str) -> io::Result<Zeroizing<String>> {
        match self {
            Self::Person => rpassword::prompt_password(format!("{words} ")).map(Zeroizing::new),
            Self::Descriptor(0) => first_line(io::stdin().lock()),
            Self::Descriptor(number) => first_line(open(number)?),
        }
    }
}

/// Opening a descriptor by its number would take unsafe code; the system also has each as a file.
#[cfg(unix)]
fn open(number: u32) -> io::Result<File> {
    File::open(format!("/dev/fd/{number}"))
}

#[cfg(not(unix))]
fn open(_: u32) -> io::Result<File> {
    Err(io::ErrorKind::Unsupported.into())
}

/// The text up to the first line break, or all of it.
fn first_line(source: impl Read) -> io::Result<Zeroizing<String>> {
    let mut bytes = Zeroizing::new(Vec::new());
    source.take(MOST_BYTES).read_to_end(&mut bytes)?;
    let line = bytes.split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default();
    let text = std::str::from_utf8(line).map_err(|_| io::ErrorKind::InvalidData)?;
    if text.is_empty() {
        Err(io::ErrorKind::UnexpectedEof.into())
    } else {
        Ok(Zeroizing::new(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passphrase_is_the_first_line_and_keeps_its_blanks() {
        let read = |bytes: &[u8]| first_line(bytes).map(|text| text.to_string()).ok();
        assert_eq!(read(b" five words of mine \nmore"), Some(" five words of mine ".to_owned()));
        assert_eq!(read(b"five words\r\n"), Some("five words".to_owned()));
        assert_eq!(read(b"no line break"), Some("no line break".to_owned()));
        assert_eq!(read(b""), None);
        assert_eq!(read(b"\nsecond"), None);
        assert_eq!(read(&[0xff, 0xfe]), None);
        assert_eq!(
            first_line(&b"\n"[..]).unwrap_err().kind(),
            io::ErrorKind::UnexpectedEof,
            "read, and empty"
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_descriptor_is_read_by_its_number_and_a_closed_one_is_an_error() {
        use std::io::{Seek, Write};
        use std::os::fd::AsRawFd;
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"five words of mine\n").unwrap();
        file.rewind().unwrap();
        let number = u32::try_from(file.as_raw_fd()).unwrap();
        assert_eq!(*PassphraseSource::Descriptor(number).read("").unwrap(), "five words of mine");
        assert!(PassphraseSource::Descriptor(9_999).read("").is_err());
    }
}
