//! The files themselves.

use crate::Language;
use fluent_syntax::{ast, parser};

/// Which of a language's files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum File {
    /// `server.ftl`: the server's pages.
    Server,
    /// `app.ftl`: the app, on every platform.
    App,
}

impl File {
    /// Both files.
    pub const ALL: [Self; 2] = [Self::Server, Self::App];

    pub(crate) fn source(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Server, Language::English) => include_str!("../en/server.ftl"),
            (Self::App, Language::English) => include_str!("../en/app.ftl"),
        }
    }
}

/// The ids of all texts of a file, in its order, attributes as `id.attribute`. Terms (`-name`) are parts of texts
/// and not listed.
#[must_use]
pub fn ids(file: File, language: Language) -> Vec<String> {
    ids_of(file.source(language))
}

fn ids_of(source: &str) -> Vec<String> {
    let resource = match parser::parse(source) {
        Ok(resource) => resource,
        Err((readable, _)) => readable, // a test refuses a file with a mistake in it
    };
    let mut ids = Vec::new();
    for entry in &resource.body {
        if let ast::Entry::Message(message) = entry {
            let id = message.id.name;
            ids.extend(message.value.as_ref().map(|_| id.to_owned()));
            ids.extend(message.attributes.iter().map(|attribute| format!("{id}.{}", attribute.id.name)));
        }
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_file_is_without_a_mistake() {
        for (file, language) in every_file() {
            let mistakes = parser::parse(file.source(language)).err().map(|(_, mistakes)| mistakes);
            assert_eq!(mistakes, None, "{file:?} in {language:?}");
        }
    }

    #[test]
    fn no_id_is_there_twice() {
        for (file, language) in every_file() {
            let mut seen = HashSet::new();
            let twice: Vec<_> =
                ids(file, language).into_iter().filter(|id| !seen.insert(id.clone())).collect();
            assert_eq!(twice, Vec::<String>::new(), "{file:?} in {language:?}");
        }
    }

    #[test]
    fn every_language_has_the_ids_of_english_and_no_others() {
        for (file, language) in every_file() {
            let english: HashSet<_> = ids(file, Language::English).into_iter().collect();
            let here: HashSet<_> = ids(file, language).into_iter().collect();
            let differ: Vec<_> = english.symmetric_difference(&here).collect();
            assert_eq!(differ, Vec::<&String>::new(), "{file:?} in {language:?}");
        }
    }

    #[test]
    fn ids_are_messages_with_a_text_and_attributes() {
        let source =
            "-term = Countersign\n# a comment\none = One\ntwo = Two\n    .do = Do\nthree =\n    .do = Do\n";
        assert_eq!(ids_of(source), ["one", "two", "two.do", "three.do"]);
    }

    fn every_file() -> impl Iterator<Item = (File, Language)> {
        File::ALL.into_iter().flat_map(|file| Language::ALL.map(|language| (file, language)))
    }
}
