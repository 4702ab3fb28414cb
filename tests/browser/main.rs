//! The pages in a real browser. `cargo xtask test browser` installs what it needs and runs it.

mod album;
mod chromium;
mod demo;
mod gallery;
mod inspection;
mod person;
mod phones;
mod scene;
mod terminal;
mod walk;
