//! What the tests share.

mod phone;

pub use phone::Phone;
