//! PNG, row by row: nothing is kept of a picture but its grey values.

use std::io::Cursor;

use png::{ColorType, Decoder, DecodingError, InterlaceInfo, Limits, Transformations, expand_interlaced_row};

use super::{luma, measured};
use crate::grey::Grey;
use crate::reading::Unread;

/// What the decoder may take for what stands beside the picture, and for a row.
const MOST_BESIDE: usize = 4 << 20;

pub(super) fn decode(file: &[u8]) -> Result<Grey, Unread> {
    let unread = |error| match error {
        DecodingError::LimitsExceeded => Unread::TooLarge,
        _ => Unread::Damaged,
    };
    let mut decoder = Decoder::new_with_limits(Cursor::new(file), Limits { bytes: MOST_BESIDE });
    decoder.set_transformations(Transformations::normalize_to_color8());
    // Texts and profiles may be long, and unpack to more.
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let header = decoder.read_header_info().map_err(unread)?;
    let (width, height) = (header.width as usize, header.height as usize);
    measured(width, height, 1)?;
    let mut reader = decoder.read_info().map_err(unread)?;
    let (colours, _) = reader.output_color_type();
    let (mut pixels, mut grey) = (vec![0; width * height], Vec::with_capacity(width));
    let mut whole_rows = 0..height;
    while let Some(row) = reader.next_interlaced_row().map_err(unread)? {
        grey.clear();
        to_grey(colours, row.data(), &mut grey)?;
        match row.interlace() {
            InterlaceInfo::Null(_) => {
                let from = whole_rows.next().ok_or(Unread::Damaged)? * width;
                let place = pixels.get_mut(from..from + grey.len()).ok_or(Unread::Damaged)?;
                place.copy_from_slice(&grey);
            }
            InterlaceInfo::Adam7(pass) => expand_interlaced_row(&mut pixels, width, &grey, pass, 8),
        }
    }
    Ok(Grey::new(width, pixels))
}

/// The grey value of each pixel of a row.
fn to_grey(colours: ColorType, row: &[u8], grey: &mut Vec<u8>) -> Result<(), Unread> {
    match colours {
        ColorType::Grayscale => grey.extend_from_slice(row),
        ColorType::GrayscaleAlpha => {
            grey.extend(row.as_chunks().0.iter().map(|&[grey, alpha]| on_white(grey, alpha)));
        }
        ColorType::Rgb => grey.extend(row.as_chunks().0.iter().map(|&[r, g, b]| luma(r, g, b))),
        ColorType::Rgba => {
            grey.extend(row.as_chunks().0.iter().map(|&[r, g, b, alpha]| on_white(luma(r, g, b), alpha)));
        }
        ColorType::Indexed => return Err(Unread::Damaged), // never: it was expanded
    }
    Ok(())
}

fn on_white(luma: u8, alpha: u8) -> u8 {
    let (luma, alpha) = (u32::from(luma), u32::from(alpha));
    ((luma * alpha + 255 * (255 - alpha)) / 255) as u8
}
