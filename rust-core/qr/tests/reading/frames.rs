use countersign_qr::{FrameLayout, QrReader, Reading, Region, Rotation, Unread};

use crate::drawing::{Sheet, TEXT, near, one_code, texts, unread};

fn layout(sheet: &Sheet) -> FrameLayout {
    FrameLayout::packed(sheet.width as u32, sheet.height as u32)
}

fn read(sheet: &Sheet, layout: FrameLayout) -> Reading {
    QrReader::new().read_frame(&sheet.pixels, layout)
}

/// The same rows with so many bytes behind each, as cameras pad them.
fn padded(sheet: &Sheet, padding: usize) -> Sheet {
    let width = sheet.width + padding;
    let rows = sheet.pixels.chunks(sheet.width);
    let pixels =
        rows.flat_map(|row| row.iter().copied().chain((0..padding).map(|at| (at * 37) as u8))).collect();
    Sheet { width, height: sheet.height, pixels }
}

#[test]
fn a_frame_with_padded_rows_is_read() {
    let sheet = one_code();
    let frame = padded(&sheet, 64);
    let layout = FrameLayout { row_stride: frame.width as u32, ..layout(&sheet) };
    assert_eq!(texts(&read(&frame, layout)), [TEXT]);
}

#[test]
fn the_wrong_row_stride_reads_nothing() {
    let sheet = one_code();
    let frame = padded(&sheet, 64);
    for wrong in [-32, -1, 1, 17] {
        let row_stride = (frame.width as i64 + wrong) as u32;
        // As many rows as the bytes still have with that stride, so that only the stride is wrong.
        let height = (frame.pixels.len() as u32 - sheet.width as u32) / row_stride + 1;
        let layout = FrameLayout { row_stride, height, ..layout(&sheet) };
        let unread = unread(read(&frame, layout)).unwrap();
        assert!(matches!(unread, Unread::NoCode | Unread::Unreadable), "{wrong}: {unread:?}");
    }
}

#[test]
fn bytes_that_do_not_fill_the_layout_are_a_bad_layout() {
    let sheet = one_code();
    let layout = FrameLayout { row_stride: sheet.width as u32 + 1, ..layout(&sheet) };
    assert_eq!(unread(read(&sheet, layout)), Some(Unread::BadLayout));
}

#[test]
fn a_frame_is_read_however_it_is_turned_and_its_corners_are_upright() {
    let upright = one_code();
    let drawn = [(60.0, 40.0), (240.0, 40.0), (240.0, 220.0), (60.0, 220.0)];
    // What the sensor gives, and how it must be turned to stand upright.
    let quarter = upright.turned();
    let half = quarter.turned();
    let three = half.turned();
    for (sheet, rotation) in [
        (&upright, Rotation::None),
        (&quarter, Rotation::ThreeQuarters),
        (&half, Rotation::Half),
        (&three, Rotation::Quarter),
    ] {
        let reading = read(sheet, FrameLayout { rotation, ..layout(sheet) });
        assert_eq!(texts(&reading), [TEXT], "{rotation:?}");
        let corners = reading.texts()[0].corners();
        assert!(near(corners, drawn, 4.0), "{rotation:?}: {corners:?}");
    }
}

#[test]
fn only_the_region_is_looked_at_and_corners_are_those_of_the_frame() {
    let mut sheet = Sheet::new(640, 280, 255);
    let edge = sheet.code(60, 40, 4, b"left", [0, 255]) as f32;
    sheet.code(400, 40, 4, b"right", [0, 255]);
    let half = |left| FrameLayout {
        region: Some(Region { left, top: 20, width: 320, height: 200 }),
        ..layout(&sheet)
    };
    assert_eq!(texts(&read(&sheet, half(0))), ["left"]);
    let right = read(&sheet, half(320));
    assert_eq!(texts(&right), ["right"]);
    let drawn = [(400.0, 40.0), (400.0 + edge, 40.0), (400.0 + edge, 40.0 + edge), (400.0, 40.0 + edge)];
    assert!(near(right.texts()[0].corners(), drawn, 4.0));
    // A region that cuts the code has none.
    let cut =
        FrameLayout { region: Some(Region { left: 0, top: 0, width: 120, height: 280 }), ..layout(&sheet) };
    assert_eq!(unread(read(&sheet, cut)), Some(Unread::NoCode));
}

#[test]
fn a_dark_screen_is_read() {
    let mut sheet = Sheet::new(320, 280, 18);
    sheet.code(60, 40, 4, TEXT.as_bytes(), [230, 18]);
    assert_eq!(texts(&read(&sheet, layout(&sheet))), [TEXT]);
}

#[test]
fn a_mirrored_frame_of_a_front_camera_is_read() {
    let mut sheet = one_code();
    sheet.pixels.chunks_mut(sheet.width).for_each(<[u8]>::reverse);
    assert_eq!(texts(&read(&sheet, layout(&sheet))), [TEXT]);
}

#[test]
fn a_frame_of_twelve_million_pixels_is_shrunk_and_read() {
    let mut sheet = Sheet::new(4000, 3000, 200);
    sheet.code(1500, 1000, 20, TEXT.as_bytes(), [30, 200]);
    let reading = read(&sheet, layout(&sheet));
    assert_eq!(texts(&reading), [TEXT]);
    let drawn = [(1500.0, 1000.0), (2400.0, 1000.0), (2400.0, 1900.0), (1500.0, 1900.0)];
    assert!(near(reading.texts()[0].corners(), drawn, 20.0), "{:?}", reading.texts()[0].corners());
}

#[test]
fn one_reader_serves_many_threads() {
    let reader = QrReader::new();
    let sheet = one_code();
    std::thread::scope(|threads| {
        for _ in 0..4 {
            threads.spawn(|| assert_eq!(texts(&reader.read_frame(&sheet.pixels, layout(&sheet))), [TEXT]));
        }
    });
}
