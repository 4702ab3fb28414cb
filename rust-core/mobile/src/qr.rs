use std::sync::Arc;

use countersign_qr::{
    Corner, FrameLayout, QrReader as CoreReader, QrText as CoreText, Reading as CoreReading, Region,
    Rotation, Unread,
};

/// Reads the QR codes of camera frames and of picture files. Keeps nothing between calls.
#[derive(uniffi::Object)]
pub struct QrReader(CoreReader);

/// The text of one QR code. It often carries a secret, so it stays inside and goes to `Authenticator.readScanned`.
#[derive(uniffi::Object)]
pub struct QrText(pub(crate) CoreText);

/// What one picture or one camera frame gave.
#[derive(uniffi::Enum)]
pub enum Reading {
    /// The texts of all codes that could be read, at least one, each text once.
    Texts {
        /// In no particular order.
        texts: Vec<Arc<QrText>>,
    },
    /// No text, and why.
    Nothing {
        /// The reason.
        why: Unread,
    },
}

#[uniffi::export]
impl QrReader {
    /// A reader.
    #[uniffi::constructor]
    pub fn new() -> Self {
        Self(CoreReader::new())
    }

    /// Reads the codes of one camera frame: its grey values row by row, 0 for black. Off the main thread, for each
    /// frame; quick rather than thorough, since the next one comes. In Kotlin the buffer must be a direct one, as those
    /// of the camera are.
    pub fn read_frame(&self, plane: &[u8], layout: FrameLayout) -> Reading {
        self.0.read_frame(plane, layout).into()
    }

    /// Reads the codes of a picture file, PNG or JPEG. Off the main thread: takes up to a second or so.
    pub fn read_picture(&self, file: Vec<u8>) -> Reading {
        self.0.read_picture(&file).into()
    }
}

#[uniffi::export]
impl QrText {
    /// The corners of the code in its own order: top left, top right, bottom right, bottom left as the code was made.
    /// Good for drawing a frame around it.
    pub fn corners(&self) -> Vec<Corner> {
        self.0.corners().to_vec()
    }
}

impl From<CoreReading> for Reading {
    fn from(reading: CoreReading) -> Self {
        match reading {
            CoreReading::Texts(texts) => {
                Self::Texts { texts: texts.into_iter().map(QrText).map(Arc::new).collect() }
            }
            CoreReading::Nothing(why) => Self::Nothing { why },
        }
    }
}

/// How the grey values of a camera frame lie in memory.
#[uniffi::remote(Record)]
pub struct FrameLayout {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Bytes from the start of one row to the start of the next; often more than `width`.
    pub row_stride: u32,
    /// How far the frame must be turned to stand upright.
    pub rotation: Rotation,
    /// The part to look at, in pixels of the plane before it is turned; all of it if none is given.
    pub region: Option<Region>,
}

/// A turn clockwise.
#[uniffi::remote(Enum)]
pub enum Rotation {
    /// The frame is upright.
    None,
    /// 90°.
    Quarter,
    /// 180°.
    Half,
    /// 270°.
    ThreeQuarters,
}

/// A rectangle in pixels.
#[uniffi::remote(Record)]
pub struct Region {
    /// Pixels from the left edge.
    pub left: u32,
    /// Pixels from the top edge.
    pub top: u32,
    /// Pixels in a row; at least 1.
    pub width: u32,
    /// Rows; at least 1.
    pub height: u32,
}

/// A point in pixels of the picture as it is stored, or of the whole frame after its turn.
#[uniffi::remote(Record)]
pub struct Corner {
    /// Pixels from the left edge.
    pub x: f32,
    /// Pixels from the top edge.
    pub y: f32,
}

/// Why nothing was read.
#[uniffi::remote(Enum)]
pub enum Unread {
    /// The bytes are no picture at all.
    NotAPicture,
    /// The bytes are a picture of a kind that is not read here; PNG and JPEG are.
    OtherKind,
    /// The file breaks the rules of its kind, or ends too early.
    Damaged,
    /// The file has over 32 MiB, or the picture over 50 million pixels or an edge over 30,000 pixels.
    TooLarge,
    /// The layout of a camera frame does not fit its bytes: an error of the shell, not of the person.
    BadLayout,
    /// There is no QR code to be seen.
    NoCode,
    /// Something looks like a QR code, but its content cannot be read.
    Unreadable,
}
