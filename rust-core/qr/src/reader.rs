use std::borrow::Cow;

use crate::counted::Work;
use crate::frame::{self, FrameLayout};
use crate::grey::Grey;
use crate::picture;
use crate::reading::{Corner, QrText, Reading, Unread};
use crate::search::{Look, search};

/// Reads the QR codes of camera frames and of picture files.
///
/// It may be shared between threads and keeps nothing between calls. A frame costs at most 60 million looks at a pixel,
/// a picture 500 million: on a desktop 0.15 s and 0.7 s for the most hostile ones known, a small part of it for others.
#[derive(Debug, Default)]
pub struct QrReader(());

/// The size at which a picture is looked at.
#[derive(Clone, Copy, Debug)]
enum Size {
    /// Shrunk to at most 2.1 million pixels: a Full HD screen is just not shrunk.
    Usual,
    /// Shrunk to at most 8.4 million pixels, where that is more than the usual: small codes on large screens.
    Fine,
    /// Twice the size, if that is at most 2.1 million pixels: codes of few pixels.
    Double,
    /// Half the usual size: noise and moiré.
    Half,
}

/// One search.
type Turn = (Size, Look);

/// What is always done with a picture, so that codes of both designs beside each other are all found.
const PICTURE_FIRST: [Turn; 3] =
    [(Size::Usual, Look::AsIs), (Size::Usual, Look::Inverted), (Size::Usual, Look::Global)];
/// What is done then, one after another, until one of them has read something.
const PICTURE_THEN: [Turn; 6] = [
    (Size::Fine, Look::AsIs),
    (Size::Double, Look::AsIs),
    (Size::Double, Look::Global),
    (Size::Half, Look::AsIs),
    (Size::Fine, Look::Inverted),
    (Size::Double, Look::Inverted),
];
/// What is done with a frame until one of them has read something; then the next frame comes.
const FRAME: [Turn; 2] = [(Size::Usual, Look::AsIs), (Size::Usual, Look::Inverted)];

const USUAL_PIXELS: usize = 2_100_000;
const FINE_PIXELS: usize = 8_400_000;

const FRAME_WORK: u64 = 60_000_000;
const PICTURE_WORK: u64 = 500_000_000;
/// The most for one search of a picture, so that a first one which gets lost leaves something to the others.
const TURN_WORK: u64 = 150_000_000;

impl QrReader {
    /// A reader.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the codes of one camera frame: its grey values row by row, 0 for black.
    ///
    /// Quick rather than thorough, since the next frame comes. Called for each frame off the main thread.
    #[must_use]
    pub fn read_frame(&self, plane: &[u8], layout: FrameLayout) -> Reading {
        match frame::cut(plane, &layout) {
            Ok(grey) => {
                let mut hunt = Hunt::new(grey, FRAME_WORK);
                hunt.until_read(&FRAME);
                hunt.into_reading(|corner| frame::upright(corner, &layout))
            }
            Err(unread) => Reading::Nothing(unread),
        }
    }

    /// Reads the codes of a picture file, PNG or JPEG; transparent parts count as white.
    ///
    /// Thorough rather than quick: a fraction of a second, off the main thread.
    #[must_use]
    pub fn read_picture(&self, file: &[u8]) -> Reading {
        match picture::open(file) {
            Ok(grey) => {
                let mut hunt = Hunt::new(grey, PICTURE_WORK);
                hunt.all(&PICTURE_FIRST);
                if hunt.texts.is_empty() {
                    hunt.until_read(&PICTURE_THEN);
                }
                hunt.into_reading(|corner| corner)
            }
            Err(unread) => Reading::Nothing(unread),
        }
    }
}

/// The searches over one picture, and what they have found so far.
struct Hunt {
    grey: Grey,
    work: u64,
    texts: Vec<QrText>,
    unreadable: bool,
}

impl Hunt {
    fn new(grey: Grey, work: u64) -> Self {
        Self { grey, work, texts: Vec::new(), unreadable: false }
    }

    fn all(&mut self, turns: &[Turn]) {
        for &turn in turns {
            self.take(turn);
        }
    }

    fn until_read(&mut self, turns: &[Turn]) {
        for &turn in turns {
            if !self.texts.is_empty() {
                return;
            }
            self.take(turn);
        }
    }

    fn take(&mut self, (size, look): Turn) {
        let Some((grey, scale)) = sized(&self.grey, size) else { return };
        let granted = self.work.min(TURN_WORK);
        let work = Work::new(granted);
        let found = search(&grey, look, &work);
        self.work -= granted - work.left();
        self.unreadable |= found.unreadable;
        for text in found.texts {
            if self.texts.iter().all(|known| known.expose() != text.expose()) {
                let corners =
                    text.corners().map(|corner| Corner { x: corner.x * scale, y: corner.y * scale });
                self.texts.push(text.at(corners));
            }
        }
    }

    fn into_reading(self, place: impl Fn(Corner) -> Corner) -> Reading {
        if !self.texts.is_empty() {
            let texts = self.texts.into_iter();
            Reading::Texts(
                texts
                    .map(|text| {
                        let corners = text.corners().map(&place);
                        text.at(corners)
                    })
                    .collect(),
            )
        } else if self.unreadable {
            Reading::Nothing(Unread::Unreadable)
        } else {
            Reading::Nothing(Unread::NoCode)
        }
    }
}

/// The picture at that size, and by what its coordinates must be multiplied. None if that size adds nothing.
fn sized(grey: &Grey, size: Size) -> Option<(Cow<'_, Grey>, f32)> {
    let usual = grey.divisor_for(USUAL_PIXELS);
    let divisor = match size {
        Size::Usual => usual,
        Size::Half => usual * 2,
        Size::Fine => Some(grey.divisor_for(FINE_PIXELS)).filter(|fine| *fine < usual)?,
        Size::Double if grey.pixels().len() * 4 <= USUAL_PIXELS => {
            return Some((Cow::Owned(grey.doubled()), 0.5));
        }
        Size::Double => return None,
    };
    let grey = if divisor == 1 { Cow::Borrowed(grey) } else { Cow::Owned(grey.shrunk(divisor)?) };
    Some((grey, divisor as f32))
}
