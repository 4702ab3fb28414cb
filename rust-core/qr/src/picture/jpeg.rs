//! JPEG, its grey values alone where it keeps them.

use std::io::Cursor;

use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;
use zune_jpeg::{JpegDecoder, SampleRatios};

use super::{luma, measured};
use crate::grey::Grey;
use crate::reading::Unread;

/// What stands before the pixels.
struct Header {
    width: usize,
    height: usize,
    /// The grey values are kept as such, and the colours beside them. So it is in most files.
    is_grey: bool,
    /// What decoding takes, in bytes a pixel.
    bytes_a_pixel: usize,
}

pub(super) fn decode(file: &[u8]) -> Result<Grey, Unread> {
    // Any edge that a header can say: what is too long is told below.
    let any = usize::from(u16::MAX);
    let options = DecoderOptions::default().set_strict_mode(false).set_max_width(any).set_max_height(any);
    let Header { width, height, is_grey, bytes_a_pixel } = header(file, options)?;
    measured(width, height, bytes_a_pixel)?;
    let colours = if is_grey { ColorSpace::Luma } else { ColorSpace::RGB };
    let options = options.jpeg_set_out_colorspace(colours);
    let samples = JpegDecoder::new_with_options(ZCursor::new(file), options).decode().map_err(unread)?;
    let grey = |samples: Vec<u8>| samples.as_chunks().0.iter().map(|&[r, g, b]| luma(r, g, b)).collect();
    Ok(Grey::new(width, if is_grey { samples } else { grey(samples) }))
}

fn header(file: &[u8], options: DecoderOptions) -> Result<Header, Unread> {
    let mut cursor = Cursor::new(file);
    let mut decoder = JpegDecoder::new_with_options(&mut cursor, options);
    decoder.decode_headers().map_err(unread)?;
    let info = decoder.info().ok_or(Unread::Damaged)?;
    let is_grey = matches!(decoder.input_colorspace(), Some(ColorSpace::YCbCr | ColorSpace::Luma));
    drop(decoder);
    let components = usize::from(info.components);
    let read = usize::try_from(cursor.position()).ok().and_then(|end| file.get(..end)).unwrap_or(file);
    let is_kept_whole = info.sof.is_progressive() || !scans_all(read, components);
    // Two bytes for each value of each component, until the last scan is read; zune-jpeg makes room for twice as many
    // where the colours have half as many rows.
    let has_fewer_rows = is_grey && info.sample_ratio == SampleRatios::V;
    let kept = if is_kept_whole { 2 * components * if has_fewer_rows { 2 } else { 1 } } else { 0 };
    // One grey value, or three colours and the grey value that is made of them.
    let made = if is_grey { 1 } else { 3 + 1 };
    let (width, height) = (usize::from(info.width), usize::from(info.height));
    Ok(Header { width, height, is_grey, bytes_a_pixel: kept + made })
}

/// Whether the first scan, whose header ends this, is of all components (ITU-T T.81, B.2.3). Where it may be of fewer,
/// it is taken for such a one.
fn scans_all(read: &[u8], components: usize) -> bool {
    let may_be_of = |fewer: usize| {
        let length = 6 + 2 * fewer;
        let begins = |scan: &[u8]| scan.starts_with(&[0, length as u8, fewer as u8]);
        read.len().checked_sub(length).and_then(|from| read.get(from..)).is_some_and(begins)
    };
    !(1..components).any(may_be_of)
}

fn unread(error: DecodeErrors) -> Unread {
    match error {
        DecodeErrors::LargeDimensions(_) => Unread::TooLarge,
        DecodeErrors::Unsupported(_) => Unread::OtherKind,
        _ => Unread::Damaged,
    }
}
