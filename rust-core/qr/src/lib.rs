//! Grey values of a camera or the bytes of a picture file in, the texts of all its QR codes out.
//!
//! It knows nothing of what the texts mean, keeps no picture, reads no clock and opens no file. It refuses to guess:
//! a code whose bytes are not UTF-8, or whose errors cannot be corrected, is unreadable. What it is given may be
//! hostile, so the work for one picture is counted and ends at a fixed number of steps, not at a time, and a panic
//! of a decoder ends that decoder's turn only.
//!
//! ```text
//! plane + FrameLayout ─► frame ─┐
//!                               ├─► Grey ─► plan: sizes and looks ─► search (rqrr, counted) ─► Reading
//! bytes of a file ─► picture ───┘
//! ```
//!
//! ```
//! use countersign_qr::{FrameLayout, QrReader, Reading, Unread};
//!
//! let reader = QrReader::new();
//! let white = [255; 64 * 48];
//! let reading = reader.read_frame(&white, FrameLayout::packed(64, 48));
//! assert!(matches!(reading, Reading::Nothing(Unread::NoCode)));
//! ```

mod counted;
mod frame;
mod grey;
mod picture;
mod reader;
mod reading;
mod search;

pub use frame::{FrameLayout, Region, Rotation};
pub use reader::QrReader;
pub use reading::{Corner, QrText, Reading, Unread};
pub use search::panic_is_contained;
