/// Grey values row by row, 0 for black to 255 for white; at least one pixel.
#[derive(Clone)]
pub(crate) struct Grey {
    width: usize,
    pixels: Vec<u8>,
}

impl Grey {
    /// Takes whole rows of `width` pixels; what is left over of a row is dropped.
    pub(crate) fn new(width: usize, mut pixels: Vec<u8>) -> Self {
        let width = width.max(1);
        pixels.truncate(pixels.len() / width * width);
        Self { width, pixels }
    }

    pub(crate) fn width(&self) -> usize {
        self.width
    }

    pub(crate) fn height(&self) -> usize {
        self.pixels.len() / self.width
    }

    pub(crate) fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// By how much both edges must be divided so that at most so many pixels are left.
    pub(crate) fn divisor_for(&self, most_pixels: usize) -> usize {
        (1..).find(|divisor| self.pixels.len() / (divisor * divisor) <= most_pixels).unwrap_or(1)
    }

    /// Divides both edges: each pixel is the mean of `divisor` × `divisor` pixels; what is left over at the right
    /// and lower edge is dropped. None if nothing would be left.
    pub(crate) fn shrunk(&self, divisor: usize) -> Option<Self> {
        let (width, height) = (self.width.checked_div(divisor)?, self.height().checked_div(divisor)?);
        if width == 0 || height == 0 {
            return None;
        }
        let area = (divisor * divisor) as u32;
        let mut sums = vec![0u32; width];
        let mut pixels = Vec::with_capacity(width * height);
        for band in self.pixels.chunks_exact(self.width * divisor) {
            sums.fill(0);
            for row in band.chunks_exact(self.width) {
                for (sum, block) in sums.iter_mut().zip(row.chunks_exact(divisor)) {
                    *sum += block.iter().map(|&pixel| u32::from(pixel)).sum::<u32>();
                }
            }
            pixels.extend(sums.iter().map(|sum| (sum / area) as u8));
        }
        Some(Self::new(width, pixels))
    }

    /// Doubles both edges, with means in between: rqrr works in whole pixels and reads small codes better so.
    pub(crate) fn doubled(&self) -> Self {
        let mut pixels = Vec::with_capacity(self.pixels.len() * 4);
        let mut rows = self.pixels.chunks_exact(self.width).peekable();
        while let Some(row) = rows.next() {
            let below = rows.peek().copied().unwrap_or(row);
            push_doubled(&mut pixels, row.iter().copied());
            push_doubled(&mut pixels, row.iter().zip(below).map(|(&a, &b)| mean(a, b)));
        }
        Self::new(self.width * 2, pixels)
    }

    /// Black for white: a code that is light on dark becomes an ordinary one.
    pub(crate) fn inverted(&self) -> Self {
        Self::new(self.width, self.pixels.iter().map(|pixel| !pixel).collect())
    }

    /// The value that parts dark from light best for the picture as a whole (N. Otsu, "A Threshold Selection Method
    /// from Gray-Level Histograms", 1979): pixels below it are dark.
    pub(crate) fn threshold(&self) -> u8 {
        let mut histogram = [0u64; 256];
        for &pixel in &self.pixels {
            if let Some(count) = histogram.get_mut(usize::from(pixel)) {
                *count += 1;
            }
        }
        let all = self.pixels.len() as f64;
        let sum: f64 = (0..=255u8).zip(histogram).map(|(value, count)| f64::from(value) * count as f64).sum();
        let (mut dark, mut dark_sum, mut best, mut threshold) = (0.0, 0.0, 0.0, 128);
        for (value, count) in (0..255u8).zip(histogram) {
            dark += count as f64;
            dark_sum += f64::from(value) * count as f64;
            let light = all - dark;
            if dark == 0.0 || light == 0.0 {
                continue;
            }
            let apart = dark_sum / dark - (sum - dark_sum) / light;
            let between = dark * light * apart * apart;
            if between > best {
                (best, threshold) = (between, value + 1);
            }
        }
        threshold
    }
}

fn push_doubled(pixels: &mut Vec<u8>, row: impl Iterator<Item = u8>) {
    let mut row = row.peekable();
    while let Some(pixel) = row.next() {
        pixels.push(pixel);
        pixels.push(mean(pixel, row.peek().copied().unwrap_or(pixel)));
    }
}

fn mean(a: u8, b: u8) -> u8 {
    (u16::from(a) + u16::from(b)).div_ceil(2) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shrinking_takes_the_mean_and_drops_what_is_left_over() {
        let grey = Grey::new(5, vec![0, 10, 100, 100, 7, 20, 30, 100, 100, 7, 9, 9, 9, 9, 9]);
        let half = grey.shrunk(2).unwrap();
        assert_eq!((half.width(), half.height(), half.pixels()), (2, 1, [15, 100].as_slice()));
        assert!(grey.shrunk(4).is_none());
        assert!(grey.shrunk(0).is_none());
    }

    #[test]
    fn the_divisor_is_the_smallest_that_keeps_within_the_limit() {
        let grey = Grey::new(100, vec![0; 10_000]);
        assert_eq!(grey.divisor_for(10_000), 1);
        assert_eq!(grey.divisor_for(9_999), 2);
        assert_eq!(grey.divisor_for(2_499), 3);
        assert_eq!(grey.shrunk(3).unwrap().pixels().len(), 33 * 33);
    }

    #[test]
    fn doubling_puts_means_in_between() {
        let double = Grey::new(2, vec![0, 100, 50, 200]).doubled();
        assert_eq!((double.width(), double.height()), (4, 4));
        assert_eq!(
            double.pixels(),
            [0, 50, 100, 100, 25, 88, 150, 150, 50, 125, 200, 200, 50, 125, 200, 200]
        );
    }

    #[test]
    fn inverting_twice_is_nothing() {
        let grey = Grey::new(3, vec![0, 100, 255]);
        assert_eq!(grey.inverted().pixels(), [255, 155, 0]);
        assert_eq!(grey.inverted().inverted().pixels(), grey.pixels());
    }

    #[test]
    fn the_threshold_lies_between_two_heaps_however_unequal() {
        let mut pixels = vec![40; 30];
        pixels.extend([60; 10]);
        pixels.extend([200; 400]);
        let threshold = Grey::new(10, pixels).threshold();
        assert!((61..=200).contains(&threshold), "{threshold}");
    }
}
