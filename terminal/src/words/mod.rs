//! The app's words, filled: every text that a person reads comes through here.

mod diagnostics;
mod endings;
mod faults;
mod names;
mod removals;
mod requests;
mod times;

use countersign_texts::{Language, Texts, Value};

pub use faults::Said;
pub(crate) use requests::Fact;
pub(crate) use times::left;

/// The texts of the app in one language.
#[derive(Clone, Copy)]
pub struct Words(&'static Texts);

impl Words {
    /// In this language.
    #[must_use]
    pub fn of(language: Language) -> Self {
        Self(Texts::app(language))
    }

    /// In the language of the environment: the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that says something.
    #[must_use]
    pub fn of_environment() -> Self {
        let said = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        let locale = said("LC_ALL").or_else(|| said("LC_MESSAGES")).or_else(|| said("LANG"));
        Self::of(locale.map_or(Language::English, |locale| Language::preferred(&locale)))
    }

    /// The text of an id.
    #[must_use]
    pub fn text(self, id: &str) -> String {
        self.0.text(id)
    }

    /// The text of an id, filled.
    #[must_use]
    pub fn with(self, id: &str, values: &[(&str, Value<'_>)]) -> String {
        self.0.text_with(id, values)
    }
}

impl Default for Words {
    /// In English.
    fn default() -> Self {
        Self::of(Language::English)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::fs;
    use std::path::Path;

    use countersign_texts::{File, ids};

    use super::*;

    /// Texts of the program that look like an id and are none.
    const NO_IDS: [&str; 3] = ["countersign-app", "countersign-keys", "utf-8"];

    #[test]
    fn every_id_of_the_program_has_a_text() {
        let known: HashSet<_> = ids(File::App, Language::English).into_iter().collect();
        let source = source(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")));
        let (mut used, mut missing) = (0, Vec::new());
        for (before, text) in source.split('"').zip(source.split('"').skip(1)) {
            let is_asked =
                [".text(", ".said(", ".with("].iter().any(|call| before.trim_end().ends_with(call));
            if (is_asked || text.contains('-')) && is_id(text) && !NO_IDS.contains(&text) {
                used += 1;
                if !known.contains(text) {
                    missing.push(text);
                }
                if before.trim_end().ends_with(".said(") && !known.contains(&format!("{text}.do")) {
                    missing.push(text);
                }
            }
        }
        assert!(used > 200, "only {used} ids were found in the source");
        assert_eq!(missing, Vec::<&str>::new());
    }

    fn is_id(text: &str) -> bool {
        let (message, attribute) = text.split_once('.').unwrap_or((text, "x"));
        let is_word = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase());
        message.split('-').all(is_word) && is_word(attribute)
    }

    /// What is not a test of all files.
    fn source(folder: &Path) -> String {
        let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let read = |path: std::path::PathBuf| match path.file_name().and_then(|name| name.to_str()) {
            Some("tests" | "tests.rs" | "samples.rs" | "screens") => String::new(),
            _ if path.is_dir() => source(&path),
            _ => {
                let text = fs::read_to_string(&path).unwrap();
                text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned()
            }
        };
        paths.map(read).collect()
    }
}
