use std::io::Cursor;

use countersign_qr::{Corner, QrReader, Reading, Unread};
use image::{DynamicImage, GrayImage, ImageFormat};
use qrcode::{Color, EcLevel, QrCode};

/// An enrolment text of the length that issuers use.
pub(crate) const TEXT: &str = "otpauth://totp/Halden%20College:mira.okafor@halden.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Halden%20College";

/// A grey picture to draw on.
#[derive(Clone)]
pub(crate) struct Sheet {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) pixels: Vec<u8>,
}

impl Sheet {
    pub(crate) fn new(width: usize, height: usize, grey: u8) -> Self {
        Self { width, height, pixels: vec![grey; width * height] }
    }

    pub(crate) fn square(&mut self, x: usize, y: usize, edge: usize, grey: u8) {
        for row in y..y + edge {
            self.pixels[row * self.width + x..][..edge].fill(grey);
        }
    }

    /// Draws a code without quiet zone; gives the pixels of its edge.
    pub(crate) fn code(
        &mut self,
        x: usize,
        y: usize,
        module: usize,
        content: &[u8],
        [dark, light]: [u8; 2],
    ) -> usize {
        let code = QrCode::with_error_correction_level(content, EcLevel::M).unwrap();
        for (place, colour) in code.to_colors().into_iter().enumerate() {
            let (column, row) = (place % code.width(), place / code.width());
            let grey = if colour == Color::Dark { dark } else { light };
            self.square(x + column * module, y + row * module, module, grey);
        }
        code.width() * module
    }

    pub(crate) fn turned(&self) -> Self {
        let mut turned = Self::new(self.height, self.width, 0);
        for y in 0..self.height {
            for x in 0..self.width {
                turned.pixels[x * self.height + (self.height - 1 - y)] = self.pixels[y * self.width + x];
            }
        }
        turned
    }

    pub(crate) fn file(&self, format: ImageFormat) -> Vec<u8> {
        let picture =
            GrayImage::from_raw(self.width as u32, self.height as u32, self.pixels.clone()).unwrap();
        encoded(picture.into(), format)
    }
}

pub(crate) fn encoded(picture: DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, format).unwrap();
    file.into_inner()
}

/// A white sheet with one code of [`TEXT`], four pixels a module, its corner at (60, 40).
pub(crate) fn one_code() -> Sheet {
    let mut sheet = Sheet::new(320, 280, 255);
    sheet.code(60, 40, 4, TEXT.as_bytes(), [0, 255]);
    sheet
}

pub(crate) fn read(file: &[u8]) -> Reading {
    QrReader::new().read_picture(file)
}

pub(crate) fn texts(reading: &Reading) -> Vec<&str> {
    reading.texts().iter().map(|text| text.expose()).collect()
}

pub(crate) fn unread(reading: Reading) -> Option<Unread> {
    match reading {
        Reading::Texts(_) => None,
        Reading::Nothing(unread) => Some(unread),
    }
}

/// Whether each corner is within so many pixels of where it was drawn.
pub(crate) fn near(corners: [Corner; 4], drawn: [(f32, f32); 4], pixels: f32) -> bool {
    corners.iter().zip(drawn).all(|(at, (x, y))| (at.x - x).abs() <= pixels && (at.y - y).abs() <= pixels)
}
