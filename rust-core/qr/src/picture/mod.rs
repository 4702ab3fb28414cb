//! The bytes of a PNG or JPEG file in, grey values out, within what a phone has of memory for it.

mod jpeg;
mod png;
#[cfg(test)]
mod tests;

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::grey::Grey;
use crate::reading::Unread;
use crate::search::Contained;

/// A file of more bytes is not opened.
const MOST_BYTES: usize = 32 << 20;
/// A picture of more pixels is not decoded: four times what a phone's camera makes.
pub(crate) const MOST_PIXELS: usize = 50_000_000;
/// Nor is one with a longer edge.
const LONGEST_EDGE: usize = 30_000;
/// What decoding may take of memory, the grey values that come of it included and the file apart, but for a few rows.
/// The share extension of a phone has 120 MB for all that it does.
const MOST_MEMORY: usize = 96 << 20;

/// Decodes the bytes of a PNG or JPEG file to grey values, transparent parts laid on white.
pub(crate) fn open(file: &[u8]) -> Result<Grey, Unread> {
    if file.len() > MOST_BYTES {
        return Err(Unread::TooLarge);
    }
    let decode = match kind(file) {
        Some(Kind::Png) => png::decode,
        Some(Kind::Jpeg) => jpeg::decode,
        Some(Kind::Other) => return Err(Unread::OtherKind),
        None => return Err(Unread::NotAPicture),
    };
    contained(|| decode(file))
}

/// A panic of a decoder is a picture that is damaged, and nothing that a shell's panic hook should tell of.
fn contained(decode: impl FnOnce() -> Result<Grey, Unread>) -> Result<Grey, Unread> {
    let _contained = Contained::here();
    catch_unwind(AssertUnwindSafe(decode)).unwrap_or(Err(Unread::Damaged))
}

#[derive(Clone, Copy)]
enum Kind {
    Png,
    Jpeg,
    /// A picture that is not decoded here.
    Other,
}

/// The kind of a file by its first bytes.
fn kind(file: &[u8]) -> Option<Kind> {
    /// BMP, GIF, TIFF of both byte orders, JPEG XL.
    const OTHERS: [&[u8]; 6] = [b"BM", b"GIF8", b"II*\0", b"MM\0*", b"\xff\x0a", b"\0\0\0\x0cJXL "];
    /// What phones and browsers keep pictures in (ISO/IEC 23008-12, 10.2): HEIF and AVIF.
    const BRANDS: [&[u8]; 8] = [b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis"];
    let at = |from: usize, bytes: &[u8]| file.get(from..).is_some_and(|rest| rest.starts_with(bytes));
    if at(0, b"\x89PNG\r\n\x1a\n") {
        Some(Kind::Png)
    } else if at(0, b"\xff\xd8\xff") {
        Some(Kind::Jpeg)
    } else if OTHERS.iter().any(|other| at(0, other))
        || at(0, b"RIFF") && at(8, b"WEBP")
        || at(4, b"ftyp") && BRANDS.iter().any(|brand| at(8, brand))
    {
        Some(Kind::Other)
    } else {
        None
    }
}

/// Refuses a picture by what its header says of its size and of what its decoder takes, in bytes a pixel, before there
/// is memory for it.
fn measured(width: usize, height: usize, bytes_a_pixel: usize) -> Result<(), Unread> {
    if width == 0 || height == 0 {
        return Err(Unread::Damaged);
    }
    let pixels = width.saturating_mul(height);
    let is_too_long = width > LONGEST_EDGE || height > LONGEST_EDGE;
    if is_too_long || pixels > MOST_PIXELS || pixels.saturating_mul(bytes_a_pixel) > MOST_MEMORY {
        return Err(Unread::TooLarge);
    }
    Ok(())
}

/// As ITU-R BT.601-7, 2.5.1 has it, and with it JPEG (ITU-T T.871, 7).
fn luma(red: u8, green: u8, blue: u8) -> u8 {
    ((299 * u32::from(red) + 587 * u32::from(green) + 114 * u32::from(blue) + 500) / 1000) as u8
}
