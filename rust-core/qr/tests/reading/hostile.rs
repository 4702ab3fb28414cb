//! Pictures that were made to keep a decoder busy. Each must end, and end soon; rqrr alone takes minutes for some.

use std::time::{Duration, Instant};

use countersign_qr::{FrameLayout, QrReader, Reading};
use image::ImageFormat;

use crate::drawing::{Sheet, TEXT, one_code, read, texts};

/// Far above what is measured (under 2 s), far below what rqrr alone takes, so that a slow machine does not fail.
const LONGEST: Duration = Duration::from_secs(30);

#[expect(clippy::disallowed_methods, reason = "what is claimed here is a time")]
fn ends_soon(name: &str, sheet: &Sheet) {
    let file = sheet.file(ImageFormat::Png);
    let start = Instant::now();
    let reading = read(&file);
    let took = start.elapsed();
    println!("{name}: {took:?}, {reading:?}");
    assert!(matches!(reading, Reading::Nothing(_)), "{name}: {reading:?}");
    assert!(took < LONGEST, "{name}: {took:?}");
    let start = Instant::now();
    let layout = FrameLayout::packed(sheet.width as u32, sheet.height as u32);
    let reading = QrReader::new().read_frame(&sheet.pixels, layout);
    println!("{name} as a frame: {:?}, {reading:?}", start.elapsed());
    assert!(start.elapsed() < LONGEST, "{name} as a frame");
}

/// xorshift64, so that each run sees the same noise.
fn noise(mut state: u64) -> impl FnMut() -> u64 {
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    }
}

fn noisy(width: usize, height: usize, block: usize) -> Sheet {
    let mut next = noise(20240);
    let mut sheet = Sheet::new(width, height, 255);
    for y in (0..height - block).step_by(block) {
        for x in (0..width - block).step_by(block) {
            sheet.square(x, y, block, (next() & 255) as u8);
        }
    }
    sheet
}

/// A finder pattern; `hole` knocks out a module of its ring.
fn finder(sheet: &mut Sheet, x: usize, y: usize, module: usize) {
    sheet.square(x, y, 7 * module, 0);
    sheet.square(x + module, y + module, 5 * module, 255);
    sheet.square(x + 2 * module, y + 2 * module, 3 * module, 0);
}

fn finders(width: usize, height: usize, module: usize, pitch: usize, most: usize) -> Sheet {
    let mut sheet = Sheet::new(width, height, 255);
    let places = (0..(height - 7 * module) / pitch)
        .flat_map(|row| (0..(width - 7 * module) / pitch).map(move |column| (column, row)));
    for (column, row) in places.take(most) {
        finder(&mut sheet, column * pitch + 1, row * pitch + 1, module);
    }
    sheet
}

#[test]
fn noise_of_every_grain_ends() {
    for block in [1, 2, 3, 5, 8] {
        ends_soon(&format!("noise of {block} pixels"), &noisy(1900, 1000, block));
    }
}

#[test]
fn thousands_of_finder_patterns_end() {
    ends_soon("finders, one pixel a module", &finders(1400, 1400, 1, 8, usize::MAX));
    ends_soon("finders, three pixels a module", &finders(1400, 1400, 3, 24, usize::MAX));
    ends_soon("as many finders as are looked at", &finders(1400, 1400, 3, 70, 299));
    ends_soon("finders in noise", &{
        let mut sheet = noisy(1400, 1400, 2);
        let pattern = finders(1400, 1400, 3, 90, usize::MAX);
        sheet.pixels.iter_mut().zip(&pattern.pixels).for_each(|(pixel, over)| *pixel = (*pixel).min(*over));
        sheet
    });
}

#[test]
fn regions_that_must_be_filled_again_and_again_end() {
    // Long crooked black lines that all touch every row: more regions than rqrr remembers, each large.
    let mut combs = Sheet::new(1800, 1100, 255);
    for x in (0..1790).step_by(8) {
        for y in 0..1100 {
            combs.square(x + usize::from(y % 2 == 0), y, 1, 0);
            combs.square(x + 2, y, 1, 0);
            combs.square(x + 3, y, 1, 0);
            combs.square(x + 4, y, 1, 0);
            combs.square(x + 6, y, 1, 0);
        }
    }
    ends_soon("combs", &combs);
    // The runs 1:1:3:1:1 in each row of one large region.
    let mut bars = Sheet::new(1800, 1100, 255);
    for y in 0..1100 {
        for x in (0..1790).step_by(8) {
            for dark in [0, 2, 3, 4, 6] {
                bars.square(x + dark, y, 1, 0);
            }
        }
        if y % 50 == 0 {
            bars.pixels[y * 1800..][..1800].fill(0);
        }
    }
    ends_soon("bars", &bars);
}

#[test]
fn rings_within_rings_end() {
    let mut rings = Sheet::new(1400, 1400, 255);
    for at in 0..340 {
        rings.square(at * 2, at * 2, 1400 - at * 4, if at % 2 == 0 { 0 } else { 255 });
    }
    ends_soon("rings", &rings);
}

#[test]
fn codes_whose_content_was_destroyed_end() {
    let mut sheet = Sheet::new(1900, 1000, 255);
    let content = vec![b'x'; 60];
    let mut next = noise(7);
    for y in (20..800).step_by(170) {
        for x in (20..1700).step_by(170) {
            let edge = sheet.code(x, y, 3, &content, [0, 255]);
            for _ in 0..400 {
                let (dx, dy) = (next() as usize % (edge - 60) + 30, next() as usize % (edge - 60) + 30);
                sheet.square(x + dx, y + dy, 3, 0);
            }
        }
    }
    ends_soon("destroyed codes", &sheet);
}

#[test]
fn no_changed_file_reads_as_anything_but_the_text_or_nothing() {
    let mut next = noise(424_242);
    for format in [ImageFormat::Png, ImageFormat::Jpeg] {
        let file = one_code().file(format);
        for _ in 0..150 {
            let mut changed = file.clone();
            for _ in 0..1 + next() % 4 {
                let place = next() as usize % changed.len();
                changed[place] = next() as u8;
            }
            let cut = if next().is_multiple_of(3) { next() as usize % 100 } else { 0 };
            changed.truncate(changed.len() - cut);
            let reading = read(&changed);
            assert!(texts(&reading).iter().all(|text| *text == TEXT), "{reading:?}");
        }
    }
}
