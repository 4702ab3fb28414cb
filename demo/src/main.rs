//! Frame.
fn main() {}
