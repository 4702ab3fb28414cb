use std::io::Cursor;

use image::{DynamicImage, ImageFormat};

use super::*;
use crate::panic_is_contained;

fn refused(file: &[u8]) -> Unread {
    open(file).map(|_| ()).unwrap_err()
}

fn png(picture: DynamicImage) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, ImageFormat::Png).unwrap();
    file.into_inner()
}

/// The same as an interlaced PNG (PNG, 8.2): seven passes, each of the columns and rows from one on, so many apart.
fn interlaced(picture: &image::GrayImage) -> Vec<u8> {
    let passes =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];
    let (width, height) = picture.dimensions();
    let mut rows = Vec::new();
    for (left, top, across, down) in passes {
        if left >= width {
            continue;
        }
        for y in (top..height).step_by(down) {
            rows.push(0); // no filter
            rows.extend((left..width).step_by(across).map(|x| picture.get_pixel(x, y).0[0]));
        }
    }
    // zlib: one stored block.
    let length = rows.len() as u16;
    let (a, b) = rows.iter().fold((1u32, 0u32), |(a, b), &byte| {
        let a = (a + u32::from(byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    let mut stored = vec![0x78, 0x01, 0x01];
    stored.extend(length.to_le_bytes());
    stored.extend((!length).to_le_bytes());
    stored.extend(rows);
    stored.extend((b << 16 | a).to_be_bytes());
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 0, 0, 0, 1]].concat();
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(b"IHDR", &header), chunk(b"IDAT", &stored), chunk(b"IEND", &[])]
        .concat()
}

/// A chunk of a PNG.
fn chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let body = [kind.as_slice(), content].concat();
    let crc = body.iter().fold(!0u32, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg()))
    });
    [(content.len() as u32).to_be_bytes().as_slice(), &body, &(!crc).to_be_bytes()].concat()
}

/// A PNG that claims to have so many pixels and has none.
fn png_claims(width: u32, height: u32, depth: u8, colour: u8) -> Vec<u8> {
    let mut header = width.to_be_bytes().to_vec();
    header.extend(height.to_be_bytes());
    header.extend([depth, colour, 0, 0, 0]);
    // zlib: one stored block without bytes.
    let nothing = [0x78, 0x01, 0x01, 0, 0, 0xff, 0xff, 0, 0, 0, 1];
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(b"IHDR", &header), chunk(b"IDAT", &nothing), chunk(b"IEND", &[])]
        .concat()
}

const BASELINE: u8 = 0xc0;
const PROGRESSIVE: u8 = 0xc2;

/// A JPEG that claims to have so many pixels and has none: the names and sampling factors of its components, and how
/// many of them are in the first scan.
fn jpeg_claims(kind: u8, (width, height): (u16, u16), components: &[(u8, u8)], scanned: usize) -> Vec<u8> {
    let segment = |kind: u8, content: &[u8]| {
        let length = (content.len() as u16 + 2).to_be_bytes();
        [&[0xff, kind], length.as_slice(), content].concat()
    };
    let sizes = [height.to_be_bytes(), width.to_be_bytes()].concat();
    let listed: Vec<_> = components.iter().flat_map(|&(name, sampling)| [name, sampling, 0]).collect();
    let frame = [&[8], sizes.as_slice(), &[components.len() as u8], &listed].concat();
    let names: Vec<_> = components[..scanned].iter().flat_map(|&(name, _)| [name, 0]).collect();
    let scan = [&[scanned as u8], names.as_slice(), &[0, 63, 0]].concat();
    [&[0xff, 0xd8], segment(kind, &frame).as_slice(), &segment(0xda, &scan)].concat()
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
    assert_eq!(refused(&vec![0; MOST_BYTES + 1]), Unread::TooLarge);
    for (width, height, is_too_large) in [
        (30_001, 1, true),
        (1, u32::MAX >> 1, true),
        (25_000, 25_000, true),
        (10_000, 5_001, true),
        // And the same file with an honest size is only damaged.
        (10_000, 5_000, false),
        (30_000, 1, false),
    ] {
        for (depth, colour) in [(1, 0), (8, 0), (16, 6)] {
            let expected = if is_too_large { Unread::TooLarge } else { Unread::Damaged };
            assert_eq!(refused(&png_claims(width, height, depth, colour)), expected, "{width} × {height}");
        }
    }
}

#[test]
fn a_jpeg_is_refused_by_what_its_decoder_would_take_of_memory() {
    let grey = [(1, 0x11)];
    let usual = [(1, 0x22), (2, 0x11), (3, 0x11)];
    let fewer_rows = [(1, 0x12), (2, 0x11), (3, 0x11)];
    let colours = [(b'R', 0x11), (b'G', 0x11), (b'B', 0x11)];
    let inks = [(1, 0x11), (2, 0x11), (3, 0x11), (4, 0x11)];
    // Of these components, so many in the first scan, the largest is decoded, and one row more is too many.
    let largest = |kind, components: &[_], scanned, (width, height): (u16, u16)| {
        let claims = |height| refused(&jpeg_claims(kind, (width, height), components, scanned));
        assert_eq!(claims(height), Unread::Damaged, "{kind:x} {components:?} {scanned}");
        assert_eq!(claims(height + 1), Unread::TooLarge, "{kind:x} {components:?} {scanned}");
    };
    largest(BASELINE, &grey, 1, (10_000, 5_000));
    largest(BASELINE, &usual, 3, (10_000, 5_000));
    largest(BASELINE, &usual, 3, (1, 30_000));
    largest(BASELINE, &colours, 3, (8192, 3072));
    largest(BASELINE, &inks, 4, (8192, 3072));
    // What is kept whole until the last scan.
    largest(BASELINE, &usual, 1, (5000, 2876));
    largest(BASELINE, &inks, 3, (4096, 2048));
    largest(PROGRESSIVE, &grey, 1, (5000, 6710));
    largest(PROGRESSIVE, &usual, 3, (5000, 2876));
    largest(PROGRESSIVE, &fewer_rows, 3, (5000, 1548));
    largest(PROGRESSIVE, &inks, 4, (4096, 2048));
    assert_eq!(refused(&jpeg_claims(BASELINE, (30_001, 1), &usual, 3)), Unread::TooLarge);
    assert_eq!(refused(&jpeg_claims(BASELINE, (u16::MAX, u16::MAX), &usual, 3)), Unread::TooLarge);
}

#[test]
fn what_stands_beside_a_png_is_passed_over_or_bounded() {
    let whole = png(DynamicImage::new_luma8(40, 40));
    let with = |kind: &[u8; 4], start: &[u8]| {
        let content = [start, &vec![b'x'; 5 << 20]].concat();
        // Behind the header, which has 8 + 25 bytes.
        open(&[&whole[..33], &chunk(kind, &content), &whole[33..]].concat()).map(|grey| grey.pixels().len())
    };
    assert_eq!(with(b"tEXt", b"Comment\0"), Ok(1600));
    assert_eq!(with(b"iCCP", b"name\0\0"), Ok(1600));
    assert_eq!(with(b"eXIf", b"MM\0*"), Err(Unread::TooLarge));
}

#[test]
fn a_panic_of_a_decoder_is_a_damaged_picture_and_is_known_as_contained() {
    let mut was_contained = false;
    let opened = contained(|| {
        was_contained = panic_is_contained();
        panic!("a decoder's own fault")
    });
    assert_eq!(opened.map(|_| ()), Err(Unread::Damaged));
    assert!(was_contained && !panic_is_contained());
}

#[test]
fn an_interlaced_png_has_each_pixel_in_its_place() {
    for width in 1..=17 {
        let picture = image::GrayImage::from_fn(width, 11, |x, y| image::Luma([(x * 11 + y) as u8]));
        let file = interlaced(&picture);
        assert_eq!(open(&file).unwrap().pixels(), picture.as_raw().as_slice(), "{width} pixels wide");
    }
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
    use ::png::BitDepth::{Eight, Four, One, Sixteen, Two};
    use ::png::ColorType::{Grayscale, GrayscaleAlpha, Indexed, Rgb, Rgba};
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
        let mut encoder = ::png::Encoder::new(&mut file, 2, 1);
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
        ("rgb", include_bytes!("../../tests/jpeg/rgb.jpg").as_slice()),
        ("cmyk", include_bytes!("../../tests/jpeg/cmyk.jpg").as_slice()),
        ("progressive", include_bytes!("../../tests/jpeg/progressive.jpg").as_slice()),
    ] {
        let grey = open(file).unwrap();
        assert!(grey.pixels().iter().all(|pixel| pixel.abs_diff(60) <= 2), "{name}: {:?}", grey.pixels());
    }
}
