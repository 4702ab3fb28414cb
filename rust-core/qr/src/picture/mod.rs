use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use png::{ColorType, Transformations};
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use crate::grey::Grey;
use crate::reading::Unread;
use crate::search::Contained;

/// A file of more bytes is not opened.
const MOST_BYTES: usize = 32 << 20;
/// A picture of more pixels is not decoded: four times what a phone's camera makes.
pub(crate) const MOST_PIXELS: u64 = 50_000_000;
/// Nor is one with a longer edge.
const LONGEST_EDGE: usize = 30_000;
/// What a decoder may take of memory for itself, the picture apart.
const MOST_MEMORY: usize = 64 << 20;

/// Decodes the bytes of a PNG or JPEG file to grey values, transparent parts laid on white.
pub(crate) fn open(file: &[u8]) -> Result<Grey, Unread> {
    if file.len() > MOST_BYTES {
        return Err(Unread::TooLarge);
    }
    let decode = match kind(file) {
        Some(Kind::Png) => png,
        Some(Kind::Jpeg) => jpeg,
        Some(Kind::Other) => return Err(Unread::OtherKind),
        None => return Err(Unread::NotAPicture),
    };
    let _contained = Contained::here();
    catch_unwind(AssertUnwindSafe(|| decode(file))).unwrap_or(Err(Unread::Damaged))
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

/// Refuses a picture by what its header says of its size, before there is memory for it.
fn measured(width: usize, height: usize) -> Result<(), Unread> {
    if width == 0 || height == 0 {
        Err(Unread::Damaged)
    } else if width > LONGEST_EDGE || height > LONGEST_EDGE || (width * height) as u64 > MOST_PIXELS {
        Err(Unread::TooLarge)
    } else {
        Ok(())
    }
}

fn png(file: &[u8]) -> Result<Grey, Unread> {
    let unread = |error| match error {
        png::DecodingError::LimitsExceeded => Unread::TooLarge,
        _ => Unread::Damaged,
    };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(file), png::Limits { bytes: MOST_MEMORY });
    decoder.set_transformations(Transformations::normalize_to_color8());
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let header = decoder.read_header_info().map_err(unread)?;
    let width = header.width as usize;
    measured(width, header.height as usize)?;
    let mut reader = decoder.read_info().map_err(unread)?;
    let mut samples = vec![0; reader.output_buffer_size().ok_or(Unread::TooLarge)?];
    let frame = reader.next_frame(&mut samples).map_err(unread)?;
    let pixels = match frame.color_type {
        ColorType::Grayscale => samples,
        ColorType::GrayscaleAlpha => each(&samples, |&[grey, alpha]| on_white(grey, alpha)),
        ColorType::Rgb => each(&samples, |&[r, g, b]| luma(r, g, b)),
        ColorType::Rgba => each(&samples, |&[r, g, b, alpha]| on_white(luma(r, g, b), alpha)),
        ColorType::Indexed => return Err(Unread::Damaged), // never: it was expanded
    };
    Ok(Grey::new(width, pixels))
}

fn jpeg(file: &[u8]) -> Result<Grey, Unread> {
    let unread = |error| match error {
        DecodeErrors::LargeDimensions(_) => Unread::TooLarge,
        DecodeErrors::Unsupported(_) => Unread::OtherKind,
        _ => Unread::Damaged,
    };
    let options = DecoderOptions::default()
        .set_strict_mode(false)
        .set_max_width(LONGEST_EDGE)
        .set_max_height(LONGEST_EDGE);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(file), options);
    decoder.decode_headers().map_err(unread)?;
    let (width, height) = decoder.dimensions().ok_or(Unread::Damaged)?;
    measured(width, height)?;
    // Most files keep the grey values as such, and the colours beside them.
    let grey = matches!(decoder.input_colorspace(), Some(ColorSpace::YCbCr | ColorSpace::Luma));
    let colours = if grey { ColorSpace::Luma } else { ColorSpace::RGB };
    decoder.set_options(options.jpeg_set_out_colorspace(colours));
    let samples = decoder.decode().map_err(unread)?;
    Ok(Grey::new(width, if grey { samples } else { each(&samples, |&[r, g, b]| luma(r, g, b)) }))
}

/// The grey value of each pixel of so many samples.
fn each<const N: usize>(samples: &[u8], grey: impl Fn(&[u8; N]) -> u8) -> Vec<u8> {
    samples.as_chunks().0.iter().map(grey).collect()
}

/// As ITU-R BT.601-7, 2.5.1 has it, and with it JPEG (ITU-T T.871, 7).
fn luma(red: u8, green: u8, blue: u8) -> u8 {
    ((299 * u32::from(red) + 587 * u32::from(green) + 114 * u32::from(blue) + 500) / 1000) as u8
}

fn on_white(luma: u8, alpha: u8) -> u8 {
    let (luma, alpha) = (u32::from(luma), u32::from(alpha));
    ((luma * alpha + 255 * (255 - alpha)) / 255) as u8
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, ImageFormat};

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

    #[test]
    fn every_kind_of_png_has_the_same_grey_values() {
        use png::BitDepth::{Eight, Four, One, Sixteen, Two};
        use png::ColorType::{Grayscale, GrayscaleAlpha, Indexed, Rgb, Rgba};
        // A row of 2 pixels, a dark red or grey one and a white one.
        let cases: [(_, _, &[u8], u8); 11] = [
            (Grayscale, One, &[0b0100_0000], 0),
            (Grayscale, Two, &[0b0111_0000], 85),
            (Grayscale, Four, &[0x5f], 85),
            (Grayscale, Eight, &[85, 255], 85),
            (Grayscale, Sixteen, &[85, 9, 255, 255], 85),
            (GrayscaleAlpha, Eight, &[0, 170, 7, 0], 85),
            (GrayscaleAlpha, Sixteen, &[85, 9, 255, 255, 0, 0, 0, 0], 85),
            (Rgb, Eight, &[200, 0, 0, 255, 255, 255], 60),
            (Rgb, Sixteen, &[200, 9, 0, 9, 0, 9, 255, 0, 255, 0, 255, 0], 60),
            (Rgba, Eight, &[200, 0, 0, 255, 1, 2, 3, 0], 60),
            (Indexed, Two, &[0b0110_0000], 60),
        ];
        for (colour, depth, row, dark) in cases {
            let mut file = Vec::new();
            let mut encoder = png::Encoder::new(&mut file, 2, 1);
            encoder.set_color(colour);
            encoder.set_depth(depth);
            if colour == Indexed {
                encoder.set_palette([1, 2, 3, 200, 0, 0, 9, 9, 9].as_slice());
                encoder.set_trns([255, 255, 0].as_slice());
            }
            encoder.write_header().unwrap().write_image_data(row).unwrap();
            assert_eq!(open(&file).unwrap().pixels(), [dark, 255], "{colour:?} {depth:?}");
        }
    }

    #[test]
    fn a_jpeg_gives_the_grey_values_that_it_keeps() {
        for picture in [
            DynamicImage::from(image::RgbImage::from_pixel(16, 16, image::Rgb([200, 0, 0]))),
            DynamicImage::from(image::GrayImage::from_pixel(16, 16, image::Luma([60]))),
        ] {
            let mut file = Cursor::new(Vec::new());
            picture.write_to(&mut file, ImageFormat::Jpeg).unwrap();
            let grey = open(file.get_ref()).unwrap();
            assert_eq!(grey.pixels().len(), 256);
            assert!(grey.pixels().iter().all(|pixel| pixel.abs_diff(60) <= 1), "{:?}", grey.pixels());
        }
    }

    /// Written by Pillow: 16 × 16 pixels of the same red, without the usual change of colours, and in inks.
    #[test]
    fn a_jpeg_that_keeps_no_grey_values_has_them_made() {
        for (name, file) in [
            ("rgb", include_bytes!("../tests/jpeg/rgb.jpg").as_slice()),
            ("cmyk", include_bytes!("../tests/jpeg/cmyk.jpg").as_slice()),
            ("progressive", include_bytes!("../tests/jpeg/progressive.jpg").as_slice()),
        ] {
            let grey = open(file).unwrap();
            assert!(grey.pixels().iter().all(|pixel| pixel.abs_diff(60) <= 2), "{name}: {:?}", grey.pixels());
        }
    }
}
