use std::cell::Cell;
use std::panic::resume_unwind;

use image::{GenericImage, GenericImageView, Luma};

/// How much may still be done for one search, in looks at a pixel (about 2 to 4 ns each).
///
/// A number of steps and not a time: the same picture ends the same way on every machine, and no clock is read.
pub(crate) struct Work {
    left: Cell<u64>,
    finders: Cell<u32>,
    last_painted: Cell<u8>,
}

/// What a search unwinds with when its work is spent.
struct Spent;

/// The colour that rqrr paints the ring of each finder pattern with, one ring after another.
const RING: u8 = 2;
/// More finder patterns than this are no picture of codes (80 codes have 240). rqrr looks at them in threes, so its time
/// and memory grow with the cube of their number before it looks at a pixel again.
const MOST_FINDERS: u32 = 300;

impl Work {
    pub(crate) fn new(looks: u64) -> Self {
        Self { left: Cell::new(looks), finders: Cell::new(0), last_painted: Cell::new(0) }
    }

    pub(crate) fn left(&self) -> u64 {
        self.left.get()
    }

    /// Takes so many looks; unwinds if there are not as many left, up to the `catch_unwind` around the search.
    pub(crate) fn charge(&self, looks: u64) {
        match self.left.get().checked_sub(looks) {
            Some(left) => self.left.set(left),
            None => {
                self.left.set(0);
                stop()
            }
        }
    }

    fn painted(&self, colour: u8) {
        if self.last_painted.replace(colour) != RING && colour == RING {
            self.finders.set(self.finders.get() + 1);
            if self.finders.get() > MOST_FINDERS {
                stop()
            }
        }
    }

    /// Whether at least one whole code could be there: it has three finder patterns.
    pub(crate) fn saw_a_code(&self) -> bool {
        self.finders.get() >= 3
    }
}

/// Unwinds without running the panic hook, so nothing is printed. There is no other way to make rqrr return.
fn stop() -> ! {
    resume_unwind(Box::new(Spent))
}

/// A picture for rqrr that counts every look at it.
pub(crate) struct Counted<'a> {
    width: u32,
    height: u32,
    pixels: Vec<Luma<u8>>,
    work: &'a Work,
}

impl<'a> Counted<'a> {
    pub(crate) fn new(width: usize, values: impl Iterator<Item = u8>, work: &'a Work) -> Self {
        let pixels: Vec<_> = values.map(|value| Luma([value])).collect();
        // Both fit: a picture has at most 50 million pixels.
        Self { width: width as u32, height: (pixels.len() / width.max(1)) as u32, pixels, work }
    }

    fn place(&self, x: u32, y: u32) -> usize {
        self.work.charge(1);
        if x < self.width { y as usize * self.width as usize + x as usize } else { stop() }
    }

    fn pixel_mut(&mut self, x: u32, y: u32) -> &mut Luma<u8> {
        let place = self.place(x, y);
        match self.pixels.get_mut(place) {
            Some(pixel) => pixel,
            None => stop(),
        }
    }
}

/// rqrr copies the picture for each three finder patterns that it tries.
impl Clone for Counted<'_> {
    fn clone(&self) -> Self {
        self.work.charge(self.pixels.len() as u64 / 16 + 1);
        Self { width: self.width, height: self.height, pixels: self.pixels.clone(), work: self.work }
    }
}

impl GenericImageView for Counted<'_> {
    type Pixel = Luma<u8>;

    /// Counted too: rqrr's spiral search for an alignment pattern may run outside of the picture, where it asks for
    /// nothing else.
    fn dimensions(&self) -> (u32, u32) {
        self.work.charge(1);
        (self.width, self.height)
    }

    fn get_pixel(&self, x: u32, y: u32) -> Luma<u8> {
        match self.pixels.get(self.place(x, y)) {
            Some(pixel) => *pixel,
            None => stop(),
        }
    }
}

impl GenericImage for Counted<'_> {
    fn get_pixel_mut(&mut self, x: u32, y: u32) -> &mut Luma<u8> {
        self.pixel_mut(x, y)
    }

    fn put_pixel(&mut self, x: u32, y: u32, pixel: Luma<u8>) {
        let Luma([colour]) = pixel;
        self.work.painted(colour);
        *self.pixel_mut(x, y) = pixel;
    }

    fn blend_pixel(&mut self, x: u32, y: u32, pixel: Luma<u8>) {
        self.put_pixel(x, y, pixel);
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;

    fn stops<T>(action: impl FnOnce() -> T) -> bool {
        catch_unwind(AssertUnwindSafe(action)).is_err()
    }

    #[test]
    fn every_way_to_look_is_counted_and_the_last_one_too_many_stops() {
        let work = Work::new(64);
        let mut picture = Counted::new(8, 0..64, &work);
        assert_eq!(picture.get_pixel(3, 2), Luma([19]));
        picture.put_pixel(3, 2, Luma([1]));
        assert_eq!(picture.dimensions(), (8, 8));
        let copy = picture.clone();
        assert_eq!(work.left(), 64 - 3 - 5);
        work.charge(work.left());
        assert!(stops(|| copy.get_pixel(0, 0)));
        assert!(stops(|| copy.dimensions()));
        assert!(stops(|| copy.clone()));
    }

    #[test]
    fn looking_outside_stops() {
        let work = Work::new(1_000);
        let picture = Counted::new(8, 0..64, &work);
        assert!(stops(|| picture.get_pixel(8, 0)));
        assert!(stops(|| picture.get_pixel(0, 8)));
    }

    #[test]
    fn too_many_finder_patterns_stop() {
        let work = Work::new(1_000_000);
        let mut picture = Counted::new(8, 0..64, &work);
        let mut ring = || {
            for colour in [4, RING, RING] {
                picture.put_pixel(0, 0, Luma([colour]));
            }
        };
        (0..2).for_each(|_| ring());
        assert!(!work.saw_a_code());
        (2..MOST_FINDERS).for_each(|_| ring());
        assert!(work.saw_a_code());
        assert!(stops(ring));
    }
}
