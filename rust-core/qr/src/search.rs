use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rqrr::{BitGrid, Grid, Point, PreparedImage};
use zeroize::Zeroizing;

use crate::counted::{Counted, Work};
use crate::grey::Grey;
use crate::reading::{Corner, QrText};

/// How the grey values become black and white.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// Dark against the mean of its surroundings.
    AsIs,
    /// The same with black for white: codes of dark designs.
    Inverted,
    /// One threshold for the whole picture.
    Global,
}

/// What one search found.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) texts: Vec<QrText>,
    /// There was something that looks like a code and could not be read.
    pub(crate) unreadable: bool,
}

/// What correcting and reading a code costs, in looks for each of its modules: 0.8 ms at 37 × 37 modules, 11 ms at
/// 117 × 117, and again for the mirrored reading.
const LOOKS_A_MODULE: u64 = 400;

/// Looks for codes once. Ends when its work is spent, whatever the picture; a panic of rqrr ends it too.
pub(crate) fn search(grey: &Grey, look: Look, work: &Work) -> Found {
    let mut found = Found::default();
    let width = grey.width();
    let picture = match look {
        Look::AsIs => Counted::new(width, grey.pixels().iter().copied(), work),
        Look::Inverted => Counted::new(width, grey.inverted().pixels().iter().copied(), work),
        Look::Global => {
            let threshold = grey.threshold();
            Counted::new(width, grey.pixels().iter().map(|&pixel| u8::from(pixel < threshold)), work)
        }
    };
    // What follows is rqrr's; nothing of ours may hide a fault behind it.
    let _contained = Contained::here();
    let whole = catch_unwind(AssertUnwindSafe(|| {
        let mut prepared = match look {
            Look::AsIs | Look::Inverted => PreparedImage::prepare(picture),
            Look::Global => PreparedImage::without_preparation(picture),
        };
        for grid in prepared.detect_grids() {
            match catch_unwind(AssertUnwindSafe(|| read(&grid, work))) {
                Ok(Some(text)) => found.texts.push(text),
                Ok(None) | Err(_) => found.unreadable = true,
            }
        }
    }));
    if whole.is_err() && work.saw_a_code() {
        found.unreadable = true;
    }
    found
}

/// None if the errors are too many, the content is of an unknown kind, or not UTF-8.
fn read<G: BitGrid>(grid: &Grid<G>, work: &Work) -> Option<QrText> {
    let size = grid.grid.size();
    work.charge((size * size) as u64 * LOOKS_A_MODULE);
    let mut bytes = Zeroizing::new(Vec::with_capacity(rqrr::MAX_PAYLOAD_SIZE));
    grid.decode_to(&mut *bytes).ok()?;
    let text = Zeroizing::new(String::from_utf8(std::mem::take(&mut *bytes)).ok()?);
    Some(QrText::new(text, corners(grid.bounds, size)))
}

/// rqrr gives the corners at `size + 1` modules instead of `size`.
fn corners([first, rest @ ..]: [Point; 4], size: usize) -> [Corner; 4] {
    let origin = Corner { x: first.x as f32, y: first.y as f32 };
    let share = size as f32 / (size + 1) as f32;
    let [second, third, fourth] = rest.map(|point| Corner {
        x: origin.x + (point.x as f32 - origin.x) * share,
        y: origin.y + (point.y as f32 - origin.y) * share,
    });
    [origin, second, third, fourth]
}

thread_local! {
    static CONTAINED: Cell<u32> = const { Cell::new(0) };
}

/// Whether this thread runs a decoder whose panics are caught and answered as a [`Reading`](crate::Reading).
///
/// For the panic hook of a shell: with `true` nothing has failed that a person should hear of, so a hook that restores
/// a terminal, prints or reports should do nothing.
#[must_use]
pub fn panic_is_contained() -> bool {
    CONTAINED.get() > 0
}

/// Marks this thread as one whose panics are caught, as long as it lives.
pub(crate) struct Contained(());

impl Contained {
    pub(crate) fn here() -> Self {
        CONTAINED.set(CONTAINED.get() + 1);
        Self(())
    }
}

impl Drop for Contained {
    fn drop(&mut self) {
        CONTAINED.set(CONTAINED.get().saturating_sub(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_known_as_contained_only_while_a_decoder_runs() {
        assert!(!panic_is_contained());
        {
            let _outer = Contained::here();
            drop(Contained::here());
            assert!(panic_is_contained());
        }
        assert!(!panic_is_contained());
    }

    #[test]
    fn corners_are_those_of_the_code_without_the_module_too_many() {
        let [a, b, c, d] = [(10, 10), (230, 10), (230, 230), (10, 230)].map(|(x, y)| Point { x, y });
        let expected =
            [(10.0, 10.0), (220.0, 10.0), (220.0, 220.0), (10.0, 220.0)].map(|(x, y)| Corner { x, y });
        assert_eq!(corners([a, b, c, d], 21), expected);
    }
}
