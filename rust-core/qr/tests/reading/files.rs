use countersign_qr::Unread;
use image::{ImageFormat, Rgba, RgbaImage};

use crate::drawing::{Sheet, TEXT, encoded, near, one_code, read, texts, unread};

#[test]
fn a_png_and_a_jpeg_of_a_code_are_read() {
    for format in [ImageFormat::Png, ImageFormat::Jpeg] {
        assert_eq!(texts(&read(&one_code().file(format))), [TEXT], "{format:?}");
    }
}

#[test]
fn all_codes_of_a_picture_are_read_each_once() {
    let mut sheet = Sheet::new(900, 300, 255);
    sheet.code(40, 40, 4, b"first", [0, 255]);
    sheet.code(300, 60, 5, b"second", [0, 255]);
    sheet.code(600, 40, 6, b"first", [0, 255]);
    let reading = read(&sheet.file(ImageFormat::Png));
    let mut found = texts(&reading);
    found.sort_unstable();
    assert_eq!(found, ["first", "second"]);
}

#[test]
fn a_light_and_a_dark_design_beside_each_other_are_both_read() {
    let mut sheet = Sheet::new(800, 400, 255);
    sheet.code(60, 60, 6, b"ink on paper", [0, 255]);
    for y in 0..sheet.height {
        sheet.pixels[y * 800 + 400..][..400].fill(20);
    }
    sheet.code(500, 60, 6, b"light on dark", [235, 20]);
    let reading = read(&sheet.file(ImageFormat::Png));
    let mut found = texts(&reading);
    found.sort_unstable();
    assert_eq!(found, ["ink on paper", "light on dark"]);
}

#[test]
fn a_screenshot_in_dark_design_is_read() {
    let mut sheet = Sheet::new(1280, 800, 24);
    sheet.code(500, 250, 5, TEXT.as_bytes(), [240, 24]);
    assert_eq!(texts(&read(&sheet.file(ImageFormat::Png))), [TEXT]);
}

#[test]
fn an_activation_link_of_the_longest_usual_form_is_read_at_every_usual_size() {
    let link = format!(
        "countersign://activate?v=1&s=https%3A%2F%2Fsignin.halden-college.example%3A8443%2Fcountersign&c={}&k={}&t={}",
        "Zm9vYmFyYmF6cXV4MTIzNA",
        "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
        "4jEFJbCm3sXGLO1yaJkqoXqFhAsEJZV9J2IRm2bT8cQ"
    );
    for module in [2, 3, 4, 5, 6, 8] {
        for ink in [[0, 255], [30, 250], [240, 24]] {
            let mut sheet = Sheet::new(1280, 800, ink[1]);
            sheet.code(300, 100, module, link.as_bytes(), ink);
            let reading = read(&sheet.file(ImageFormat::Png));
            assert_eq!(texts(&reading), [link.as_str()], "{module} pixels a module, {ink:?}");
        }
    }
}

#[test]
fn a_code_of_less_than_two_pixels_a_module_is_read_at_double_size() {
    let mut large = Sheet::new(900, 600, 255);
    large.code(240, 120, 5, TEXT.as_bytes(), [0, 255]);
    // Each pixel the mean of nine: a module is 1.67 pixels, most of them grey at their edges.
    let mut sheet = Sheet::new(300, 200, 255);
    for (place, pixel) in sheet.pixels.iter_mut().enumerate() {
        let (x, y) = (place % 300 * 3, place / 300 * 3);
        let sum: u32 = (0..9).map(|at| u32::from(large.pixels[(y + at / 3) * 900 + x + at % 3])).sum();
        *pixel = (sum / 9) as u8;
    }
    let reading = read(&sheet.file(ImageFormat::Png));
    assert_eq!(texts(&reading), [TEXT]);
    let drawn = [(80.0, 40.0), (155.0, 40.0), (155.0, 115.0), (80.0, 115.0)];
    assert!(near(reading.texts()[0].corners(), drawn, 3.0), "{:?}", reading.texts()[0].corners());
}

#[test]
fn a_small_code_on_a_very_large_screen_is_read_at_fine_size() {
    let mut sheet = Sheet::new(3840, 2160, 255);
    sheet.code(3000, 1500, 3, TEXT.as_bytes(), [0, 255]);
    let reading = read(&sheet.file(ImageFormat::Png));
    assert_eq!(texts(&reading), [TEXT]);
    let drawn = [(3000.0, 1500.0), (3135.0, 1500.0), (3135.0, 1635.0), (3000.0, 1635.0)];
    assert!(near(reading.texts()[0].corners(), drawn, 4.0), "{:?}", reading.texts()[0].corners());
}

#[test]
fn a_picture_of_almost_fifty_million_pixels_is_shrunk_and_read() {
    let mut sheet = Sheet::new(7000, 7000, 255);
    sheet.code(3000, 3000, 30, TEXT.as_bytes(), [0, 255]);
    assert_eq!(texts(&read(&sheet.file(ImageFormat::Png))), [TEXT]);
}

#[test]
fn transparency_counts_as_white() {
    let sheet = one_code();
    let picture = RgbaImage::from_fn(320, 280, |x, y| {
        let dark = sheet.pixels[y as usize * 320 + x as usize] == 0;
        Rgba([0, 0, 0, if dark { 255 } else { 0 }])
    });
    assert_eq!(texts(&read(&encoded(picture.into(), ImageFormat::Png))), [TEXT]);
}

#[test]
fn a_picture_without_a_code_says_so() {
    assert_eq!(unread(read(&Sheet::new(640, 480, 255).file(ImageFormat::Png))), Some(Unread::NoCode));
    assert_eq!(unread(read(&Sheet::new(1, 1, 0).file(ImageFormat::Png))), Some(Unread::NoCode));
    let mut lines = Sheet::new(640, 480, 255);
    (0..40).for_each(|at| lines.square(at * 11, at * 11, 7, 0));
    assert_eq!(unread(read(&lines.file(ImageFormat::Png))), Some(Unread::NoCode));
}

#[test]
fn a_code_with_too_many_faults_is_unreadable_and_one_with_few_is_read() {
    let mut sheet = one_code();
    sheet.square(140, 120, 24, 0);
    assert_eq!(texts(&read(&sheet.file(ImageFormat::Png))), [TEXT]);
    sheet.square(100, 100, 100, 0);
    assert_eq!(unread(read(&sheet.file(ImageFormat::Png))), Some(Unread::Unreadable));
}

#[test]
fn bytes_that_are_no_utf_8_are_unreadable_and_other_scripts_are_read() {
    let drawn = |content: &[u8]| {
        let mut sheet = Sheet::new(320, 280, 255);
        sheet.code(60, 40, 6, content, [0, 255]);
        sheet.file(ImageFormat::Png)
    };
    assert_eq!(texts(&read(&drawn("Müller: 東京 👍".as_bytes()))), ["Müller: 東京 👍"]);
    for bytes in [b"caf\xe9".as_slice(), b"\xff\xfe\x41\x00", b"otpauth://totp/\xc3\x28?secret=GEZDGNBV"] {
        assert_eq!(unread(read(&drawn(bytes))), Some(Unread::Unreadable), "{bytes:?}");
    }
}

#[test]
fn a_debug_output_does_not_show_the_text() {
    let shown = format!("{:?}", read(&one_code().file(ImageFormat::Png)));
    assert!(
        shown.contains("corners") && !shown.contains("otpauth") && !shown.contains("GEZDGNBV"),
        "{shown}"
    );
}
