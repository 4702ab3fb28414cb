//! Every word a person reads, in [Project Fluent]'s format, and the reader of it.
//!
//! Two files a language: `server.ftl` for the server's pages, `app.ftl` for the terminal and the shells of the phones. This crate decides nothing: it has no idea who is shown what. It never fails
//! either, because a page without a word helps nobody: a text that a language lacks is read from English, and one
//! that English lacks shows its id. That neither happens is for the tests of those who use the ids ([`ids`]).
//!
//! ```
//! use countersign_texts::{File, Language, Texts};
//!
//! let texts = Texts::of(File::App, Language::English);
//! assert_eq!(texts.text("product"), "Countersign");
//! ```
//!
//! [Project Fluent]: https://projectfluent.org/fluent/guide/

mod language;
mod source;
mod texts;

pub use language::Language;
pub use source::{File, ids};
pub use texts::{Texts, Value};
