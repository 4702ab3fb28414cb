use crate::grey::Grey;
use crate::reading::{Corner, Unread};

/// How the grey values of a camera frame lie in memory: the Y plane of YUV 4:2:0 on both phones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameLayout {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Bytes from the start of one row to the start of the next; often more than `width`. The last row need not be
    /// padded.
    pub row_stride: u32,
    /// How far the frame must be turned to stand upright. Codes are read in any position; it only matters for where
    /// the corners are said to be.
    pub rotation: Rotation,
    /// The part to look at, in pixels of the plane before it is turned; all of it if none is given.
    pub region: Option<Region>,
}

impl FrameLayout {
    /// An upright frame without padding, all of it looked at.
    #[must_use]
    pub const fn packed(width: u32, height: u32) -> Self {
        Self { width, height, row_stride: width, rotation: Rotation::None, region: None }
    }
}

/// A turn clockwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rotation {
    /// The frame is upright.
    #[default]
    None,
    /// A quarter turn clockwise, 90°.
    Quarter,
    /// A half turn, 180°.
    Half,
    /// Three quarters clockwise, 270°.
    ThreeQuarters,
}

/// A rectangle in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// The most pixels that a frame may have; the same as for a file.
const MOST_PIXELS: u64 = crate::picture::MOST_PIXELS as u64;

/// Copies the part to look at out of the plane.
pub(crate) fn cut(plane: &[u8], layout: &FrameLayout) -> Result<Grey, Unread> {
    let region = region(layout);
    let fits = |start: u32, length: u32, whole: u32| {
        length > 0 && start.checked_add(length).is_some_and(|end| end <= whole)
    };
    if !fits(region.left, region.width, layout.width)
        || !fits(region.top, region.height, layout.height)
        || layout.row_stride < layout.width
    {
        return Err(Unread::BadLayout);
    }
    if u64::from(layout.width) * u64::from(layout.height) > MOST_PIXELS {
        return Err(Unread::TooLarge);
    }
    let [width, stride, left, top, cut_width, cut_height] =
        [layout.width, layout.row_stride, region.left, region.top, region.width, region.height]
            .map(|pixels| pixels as usize);
    let needed = stride
        .checked_mul(layout.height as usize - 1)
        .and_then(|rows| rows.checked_add(width))
        .ok_or(Unread::BadLayout)?;
    let plane = plane.get(..needed).ok_or(Unread::BadLayout)?;

    let mut pixels = Vec::with_capacity(cut_width * cut_height);
    for row in plane.chunks(stride).skip(top).take(cut_height) {
        pixels.extend_from_slice(row.get(left..left + cut_width).ok_or(Unread::BadLayout)?);
    }
    Ok(Grey::new(cut_width, pixels))
}

fn region(layout: &FrameLayout) -> Region {
    layout.region.unwrap_or(Region { left: 0, top: 0, width: layout.width, height: layout.height })
}

/// Turns a corner of the part into a corner of the whole frame as a person sees it.
pub(crate) fn upright(corner: Corner, layout: &FrameLayout) -> Corner {
    let region = region(layout);
    let (x, y) = (corner.x + region.left as f32, corner.y + region.top as f32);
    let (width, height) = (layout.width as f32, layout.height as f32);
    match layout.rotation {
        Rotation::None => Corner { x, y },
        Rotation::Quarter => Corner { x: height - y, y: x },
        Rotation::Half => Corner { x: width - x, y: height - y },
        Rotation::ThreeQuarters => Corner { x: y, y: width - x },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 3 × 2 pixels in rows of 4 bytes, the last row without its padding.
    const PLANE: [u8; 7] = [1, 2, 3, 99, 4, 5, 6];
    const LAYOUT: FrameLayout =
        FrameLayout { width: 3, height: 2, row_stride: 4, rotation: Rotation::None, region: None };

    fn cut_pixels(plane: &[u8], layout: FrameLayout) -> Result<Vec<u8>, Unread> {
        cut(plane, &layout).map(|grey| grey.pixels().to_vec())
    }

    #[test]
    fn padding_between_rows_is_left_out_and_the_last_row_needs_none() {
        assert_eq!(cut_pixels(&PLANE, LAYOUT).unwrap(), [1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn a_region_is_cut_out() {
        let region = Some(Region { left: 1, top: 1, width: 2, height: 1 });
        assert_eq!(cut_pixels(&PLANE, FrameLayout { region, ..LAYOUT }).unwrap(), [5, 6]);
    }

    #[test]
    fn a_layout_that_does_not_fit_its_bytes_is_refused() {
        let region = |left, top, width, height| Some(Region { left, top, width, height });
        for layout in [
            FrameLayout { width: 0, ..LAYOUT },
            FrameLayout { height: 0, ..LAYOUT },
            FrameLayout { row_stride: 2, ..LAYOUT },
            FrameLayout { row_stride: 5, ..LAYOUT },
            FrameLayout { height: 3, ..LAYOUT },
            FrameLayout { row_stride: u32::MAX, height: 12_000_000, width: 1, ..LAYOUT },
            FrameLayout { region: region(0, 0, 4, 1), ..LAYOUT },
            FrameLayout { region: region(0, 2, 1, 1), ..LAYOUT },
            FrameLayout { region: region(1, 0, 0, 1), ..LAYOUT },
            FrameLayout { region: region(1, 0, 1, 0), ..LAYOUT },
            FrameLayout { region: region(u32::MAX, 0, 2, 1), ..LAYOUT },
        ] {
            assert_eq!(cut_pixels(&PLANE, layout).unwrap_err(), Unread::BadLayout, "{layout:?}");
        }
        assert_eq!(cut_pixels(&PLANE[..6], LAYOUT).unwrap_err(), Unread::BadLayout);
    }

    #[test]
    fn a_frame_of_more_pixels_than_any_camera_has_is_refused() {
        assert_eq!(cut_pixels(&PLANE, FrameLayout::packed(60_000, 60_000)).unwrap_err(), Unread::TooLarge);
    }

    #[test]
    fn corners_turn_with_the_frame() {
        let turned = |rotation| upright(Corner { x: 1.0, y: 0.5 }, &FrameLayout { rotation, ..LAYOUT });
        assert_eq!(turned(Rotation::None), Corner { x: 1.0, y: 0.5 });
        assert_eq!(turned(Rotation::Quarter), Corner { x: 1.5, y: 1.0 });
        assert_eq!(turned(Rotation::Half), Corner { x: 2.0, y: 1.5 });
        assert_eq!(turned(Rotation::ThreeQuarters), Corner { x: 0.5, y: 2.0 });
    }

    #[test]
    fn corners_of_a_region_are_those_of_the_whole_frame() {
        let region = Some(Region { left: 1, top: 1, width: 2, height: 1 });
        let layout = FrameLayout { region, ..LAYOUT };
        assert_eq!(upright(Corner { x: 0.5, y: 0.25 }, &layout), Corner { x: 1.5, y: 1.25 });
    }
}
