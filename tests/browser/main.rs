//! The pages in a real browser. `cargo xtask test browser` installs what it needs and runs it.

mod chromium;
mod gallery;
mod inspection;
mod person;
mod phones;
mod scene;
mod walk;
