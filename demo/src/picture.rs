//! The QR code of a page as grey values: drawn from the page's own SVG, as a screen draws it.

use countersign_qr::{FrameLayout, QrReader, Reading};

/// Pixels a module.
const SCALE: usize = 6;

/// The texts of the QR code that stands on a page as SVG, read from a drawing of it. None when there is none.
#[must_use]
pub fn read_qr(html: &str) -> Option<String> {
    let (side, modules) = modules(html)?;
    let width = side * SCALE;
    let mut luma = vec![255_u8; width * width];
    for (x, y) in modules {
        for row in y * SCALE..(y + 1) * SCALE {
            let start = row * width + x * SCALE;
            luma.get_mut(start..start + SCALE)?.fill(0);
        }
    }
    let layout = FrameLayout::packed(u32::try_from(width).ok()?, u32::try_from(width).ok()?);
    match QrReader::new().read_frame(&luma, layout) {
        Reading::Texts(texts) => texts.first().map(|text| text.expose().to_owned()),
        Reading::Nothing(_) => None,
    }
}

/// How many modules wide the drawing is, and where the dark ones are.
fn modules(html: &str) -> Option<(usize, Vec<(usize, usize)>)> {
    let (_, svg) = html.split_once(r#"class="qr""#)?;
    let (_, rest) = svg.split_once(r#"viewBox="0 0 "#)?;
    let side = rest.split_once(' ')?.0.parse().ok()?;
    let (_, path) = rest.split_once(r##"fill="#000" d=""##)?;
    let (path, _) = path.split_once('"')?;
    let module = |module: &str| {
        let (x, y) = module.strip_suffix("h1v1h-1z")?.split_once(' ')?;
        Some((x.parse().ok()?, y.parse().ok()?))
    };
    let modules = path.split('M').skip(1).map(module).collect::<Option<Vec<_>>>()?;
    Some((side, modules))
}
