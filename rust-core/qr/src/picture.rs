use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use image::error::ImageError;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use crate::grey::Grey;
use crate::reading::Unread;
use crate::search::Contained;

/// A file of more bytes is not opened.
const MOST_BYTES: usize = 32 << 20;
/// A picture of more pixels is not decoded: four times what a phone's camera makes.
pub(crate) const MOST_PIXELS: u64 = 50_000_000;
/// Nor is one with a longer edge.
const LONGEST_EDGE: u32 = 30_000;
/// What a decoder may take of memory: 50 million pixels of 8 bits with transparency, and room to work.
const MOST_MEMORY: u64 = 256 << 20;

/// Decodes the bytes of a PNG or JPEG file to grey values, transparent parts laid on white.
pub(crate) fn open(file: &[u8]) -> Result<Grey, Unread> {
    if file.len() > MOST_BYTES {
        return Err(Unread::TooLarge);
    }
    match image::guess_format(file) {
        Ok(ImageFormat::Png | ImageFormat::Jpeg) => {}
        Ok(_) => return Err(Unread::OtherKind),
        Err(_) if is_heif(file) => return Err(Unread::OtherKind),
        Err(_) => return Err(Unread::NotAPicture),
    }
    let _contained = Contained::here();
    catch_unwind(AssertUnwindSafe(|| decode(file))).unwrap_or(Err(Unread::Damaged))
}

/// The kinds of ISO base media files that phones keep photos in (ISO/IEC 23008-12, 10.2); `image` does not know them.
fn is_heif(file: &[u8]) -> bool {
    let brands: [&[u8]; 6] = [b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"];
    file.get(4..8) == Some(b"ftyp".as_slice()) && file.get(8..12).is_some_and(|brand| brands.contains(&brand))
}

fn decode(file: &[u8]) -> Result<Grey, Unread> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_EDGE);
    limits.max_image_height = Some(LONGEST_EDGE);
    limits.max_alloc = Some(MOST_MEMORY);
    let mut reader =
        ImageReader::new(Cursor::new(file)).with_guessed_format().map_err(|_| Unread::Damaged)?;
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(|error| unread(&error))?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS || decoder.total_bytes() > MOST_MEMORY {
        return Err(Unread::TooLarge);
    }
    let picture = DynamicImage::from_decoder(decoder).map_err(|error| unread(&error))?;
    if width == 0 || height == 0 {
        return Err(Unread::Damaged);
    }
    Ok(Grey::new(width as usize, grey_values(picture)))
}

fn unread(error: &ImageError) -> Unread {
    match error {
        ImageError::Limits(_) => Unread::TooLarge,
        ImageError::Unsupported(_) => Unread::OtherKind,
        _ => Unread::Damaged,
    }
}

fn grey_values(picture: DynamicImage) -> Vec<u8> {
    if picture.color().has_alpha() {
        let pairs = picture.into_luma_alpha8().into_raw();
        pairs
            .chunks_exact(2)
            .map(|pair| if let &[luma, alpha] = pair { on_white(luma, alpha) } else { 255 })
            .collect()
    } else {
        picture.into_luma8().into_raw()
    }
}

fn on_white(luma: u8, alpha: u8) -> u8 {
    let (luma, alpha) = (u32::from(luma), u32::from(alpha));
    ((luma * alpha + 255 * (255 - alpha)) / 255) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(file: &[u8]) -> Unread {
        open(file).map(|_| ()).unwrap_err()
    }

    fn png(picture: DynamicImage) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        picture.write_to(&mut file, ImageFormat::Png).unwrap();
        file.into_inner()
    }

    /// A PNG that claims to have so many pixels and has none.
    fn claims(width: u32, height: u32, depth: u8, colour: u8) -> Vec<u8> {
        fn chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
            let mut bytes = (content.len() as u32).to_be_bytes().to_vec();
            let body = [kind.as_slice(), content].concat();
            let crc = body.iter().fold(!0u32, |crc, &byte| {
                (0..8).fold(crc ^ u32::from(byte), |crc, _| {
                    (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg())
                })
            });
            bytes.extend(body);
            bytes.extend((!crc).to_be_bytes());
            bytes
        }
        let mut header = width.to_be_bytes().to_vec();
        header.extend(height.to_be_bytes());
        header.extend([depth, colour, 0, 0, 0]);
        // zlib: one stored block without bytes.
        let nothing = [0x78, 0x01, 0x01, 0, 0, 0xff, 0xff, 0, 0, 0, 1];
        [
            b"\x89PNG\r\n\x1a\n".to_vec(),
            chunk(b"IHDR", &header),
            chunk(b"IDAT", &nothing),
            chunk(b"IEND", &[]),
        ]
        .concat()
    }

    #[test]
    fn what_is_no_picture_is_told_from_a_picture_of_another_kind() {
        assert_eq!(refused(b""), Unread::NotAPicture);
        assert_eq!(refused(b"otpauth://totp/x?secret=GEZDGNBV"), Unread::NotAPicture);
        assert_eq!(refused(b"%PDF-1.7"), Unread::NotAPicture);
        assert_eq!(refused(b"GIF89a\x01\0\x01\0\0\0\0;"), Unread::OtherKind);
        assert_eq!(refused(b"RIFF\x24\0\0\0WEBPVP8 "), Unread::OtherKind);
        assert_eq!(refused(b"\0\0\0\x24ftypheic\0\0\0\0"), Unread::OtherKind);
    }

    #[test]
    fn a_picture_that_ends_early_or_has_a_flipped_bit_is_damaged() {
        let whole = png(DynamicImage::new_luma8(40, 40));
        assert!(open(&whole).is_ok());
        for length in [8, 20, 33, whole.len() - 20] {
            assert_eq!(refused(&whole[..length]), Unread::Damaged, "first {length} bytes");
        }
        let mut flipped = whole.clone();
        flipped[19] ^= 1; // the width, under the CRC of IHDR
        assert_eq!(refused(&flipped), Unread::Damaged);
        assert_eq!(refused(&[0xff, 0xd8, 0xff, 0xe0, 0, 16]), Unread::Damaged);
    }

    #[test]
    fn giant_pictures_are_refused_before_they_are_decoded() {
        assert_eq!(refused(&claims(30_001, 1, 8, 0)), Unread::TooLarge);
        assert_eq!(refused(&claims(1, u32::MAX >> 1, 8, 0)), Unread::TooLarge);
        assert_eq!(refused(&claims(25_000, 25_000, 1, 0)), Unread::TooLarge);
        // Under 50 million pixels, but 8 bytes each.
        assert_eq!(refused(&claims(7_000, 7_000, 16, 6)), Unread::TooLarge);
        assert_eq!(refused(&vec![0; MOST_BYTES + 1]), Unread::TooLarge);
        // And the same file with an honest size is only damaged.
        assert_eq!(refused(&claims(40, 40, 8, 0)), Unread::Damaged);
    }

    #[test]
    fn transparent_parts_are_white() {
        let mut picture = image::RgbaImage::new(3, 1);
        picture.put_pixel(1, 0, image::Rgba([0, 0, 0, 255]));
        picture.put_pixel(2, 0, image::Rgba([0, 0, 0, 51]));
        assert_eq!(open(&png(picture.into())).unwrap().pixels(), [255, 0, 204]);
    }
}
