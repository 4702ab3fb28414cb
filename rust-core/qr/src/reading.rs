use std::fmt;

use zeroize::Zeroizing;

/// What one picture or one camera frame gave.
#[derive(Debug)]
pub enum Reading {
    /// The texts of all codes that could be read, at least one, each text once.
    Texts(Vec<QrText>),
    /// No text, and why.
    Nothing(Unread),
}

impl Reading {
    /// The texts; none if nothing was read.
    #[must_use]
    pub fn texts(&self) -> &[QrText] {
        match self {
            Self::Texts(texts) => texts,
            Self::Nothing(_) => &[],
        }
    }
}

/// The text of one code and where in the picture the code is.
///
/// The text often carries a secret (`otpauth:`), so it is wiped when dropped and never part of a debug output.
pub struct QrText {
    text: Zeroizing<String>,
    corners: [Corner; 4],
}

impl QrText {
    pub(crate) fn new(text: Zeroizing<String>, corners: [Corner; 4]) -> Self {
        Self { text, corners }
    }

    /// The same text, with its corners in other coordinates.
    pub(crate) fn at(self, corners: [Corner; 4]) -> Self {
        Self { corners, ..self }
    }

    /// The text as it is in the code.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// The corners of the code in its own order: top left, top right, bottom right, bottom left as the code was made,
    /// wherever they are in the picture. Exact to about one module; good for drawing a frame around the code.
    #[must_use]
    pub fn corners(&self) -> [Corner; 4] {
        self.corners
    }
}

impl fmt::Debug for QrText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QrText").field("corners", &self.corners).finish_non_exhaustive()
    }
}

/// A point in pixels from the left and from the top edge.
///
/// Of a file: of the picture as it is stored, without the turn that EXIF may ask for. Of a camera frame: of the whole
/// frame after its [`Rotation`](crate::Rotation), as a person sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Corner {
    /// Pixels from the left edge.
    pub x: f32,
    /// Pixels from the top edge.
    pub y: f32,
}

/// Why nothing was read. Each one asks something else of the person, or of the shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unread {
    /// The bytes are no picture at all.
    NotAPicture,
    /// The bytes are a picture of a kind that is not read here; PNG and JPEG are.
    OtherKind,
    /// The bytes begin like a PNG or JPEG and then break the rules of that kind, or end too early.
    Damaged,
    /// The file has over 32 MiB, or the picture over 50 million pixels or an edge over 30,000 pixels.
    TooLarge,
    /// The layout of a camera frame does not fit its bytes: an error of the shell, not of the person.
    BadLayout,
    /// There is no QR code to be seen.
    NoCode,
    /// Something looks like a QR code, but its content cannot be read, or is not UTF-8.
    Unreadable,
}

impl Unread {
    /// A stable word for logs and for the key of a text.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotAPicture => "not_a_picture",
            Self::OtherKind => "other_kind",
            Self::Damaged => "damaged_picture",
            Self::TooLarge => "picture_too_large",
            Self::BadLayout => "bad_layout",
            Self::NoCode => "no_code",
            Self::Unreadable => "unreadable_code",
        }
    }
}
