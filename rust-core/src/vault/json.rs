//! A state as JSON text, in memory that is wiped.

use std::io;

use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::Damage;

/// The JSON text of a state, with room left for so many bytes. None if the state has no JSON form.
pub(super) fn write(state: &impl Serialize, room: usize) -> Option<Zeroizing<Vec<u8>>> {
    let mut text = WipedBuffer { bytes: Zeroizing::default(), room };
    serde_json::to_writer(&mut text, state).ok()?;
    Some(text.bytes)
}

/// Reads a state. Of serde's message only the place is kept: the rest may repeat what stands there.
pub(super) fn read<B: DeserializeOwned>(text: &[u8]) -> Result<B, Damage> {
    serde_json::from_slice(text)
        .map_err(|error| Damage::Content { line: error.line(), column: error.column() })
}

/// A buffer that wipes what it leaves when it grows, as `Vec` does not.
struct WipedBuffer {
    bytes: Zeroizing<Vec<u8>>,
    room: usize,
}

impl io::Write for WipedBuffer {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        let needed = self.bytes.len().saturating_add(more.len()).saturating_add(self.room);
        if needed > self.bytes.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity(needed.saturating_mul(2).max(4096)));
            larger.extend_from_slice(&self.bytes);
            self.bytes = larger;
        }
        self.bytes.extend_from_slice(more);
        Ok(more.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn the_buffer_never_grows_in_place_and_keeps_its_room() {
        let mut buffer = WipedBuffer { bytes: Zeroizing::default(), room: 16 };
        for length in 0..3_000_usize {
            buffer.write_all(&vec![b'x'; length % 7]).unwrap();
            assert!(buffer.bytes.is_empty() || buffer.bytes.capacity() - buffer.bytes.len() >= 16);
        }
        assert_eq!(buffer.bytes.len(), (0..3_000).map(|length| length % 7).sum::<usize>());
    }

    #[test]
    fn a_fault_in_the_text_is_told_by_its_place_alone() {
        let fault = read::<Vec<u8>>(b"[1,\n\"secret\"]").unwrap_err();
        assert_eq!(fault, Damage::Content { line: 2, column: 8 });
    }
}
