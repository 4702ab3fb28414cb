//! A QR code as a picture in the page.

use askama::filters::HtmlSafe;
use qrcode::{Color, EcLevel, QrCode};
use std::fmt;

/// Modules of white around the code: ISO/IEC 18004 asks for four.
const QUIET: usize = 4;

/// A QR code, dark on white in both themes, drawn as SVG. It may hold a secret: no `Debug`.
pub struct Qr(QrCode);

/// The text is longer than a QR code can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text is longer than a QR code can hold")]
pub struct TooLong;

impl Qr {
    /// The QR code of a text, at error correction level M (15 % may be unreadable).
    ///
    /// # Errors
    /// [`TooLong`] above some 2,300 bytes.
    pub fn of(text: &str) -> Result<Self, TooLong> {
        QrCode::with_error_correction_level(text, EcLevel::M).map(Self).map_err(|_| TooLong)
    }
}

impl fmt::Display for Qr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.0.width();
        let side = width + 2 * QUIET;
        write!(
            f,
            r##"<svg viewBox="0 0 {side} {side}" width="272" height="272" shape-rendering="crispEdges" aria-hidden="true"><path fill="#fff" d="M0 0h{side}v{side}H0z"/><path fill="#000" d=""##
        )?;
        for (place, color) in self.0.to_colors().into_iter().enumerate() {
            if color == Color::Dark {
                write!(f, "M{} {}h1v1h-1z", place % width + QUIET, place / width + QUIET)?;
            }
        }
        f.write_str(r#""/></svg>"#)
    }
}

impl HtmlSafe for Qr {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_white_modules_surround_the_code() {
        let qr = Qr::of("countersign://activate?v=1").unwrap();
        let side = qr.0.width() + 8;
        let html = qr.to_string();
        assert!(html.contains(&format!(r#"viewBox="0 0 {side} {side}""#)));
        // The finder pattern is the first dark module, at the corner of the quiet zone.
        assert!(html.contains(r##"fill="#000" d="M4 4h1v1h-1z"##), "{html}");
        assert!(!html.contains("M3 4h1"));
    }

    #[test]
    fn a_text_that_no_qr_code_holds_is_refused() {
        assert_eq!(Qr::of(&"x".repeat(2400)).err(), Some(TooLong));
    }
}
