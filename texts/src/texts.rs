//! Texts of one file in one language.

use crate::{File, Language};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use std::borrow::Cow;
use std::sync::OnceLock;

/// The texts of one file in one language. Parsed once, then shared by all threads.
pub struct Texts {
    language: Language,
    own: FluentBundle<FluentResource>,
    english: Option<&'static Texts>,
}

/// What a text is filled with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// A name, an address, a formatted time: shown as it is.
    Text(Cow<'a, str>),
    /// A count, which also chooses the plural form.
    Count(i64),
}

impl Texts {
    /// The texts of a file.
    #[must_use]
    pub fn of(file: File, language: Language) -> &'static Self {
        static SERVER: OnceLock<Texts> = OnceLock::new();
        static APP: OnceLock<Texts> = OnceLock::new();
        let cell = match (file, language) {
            (File::Server, Language::English) => &SERVER,
            (File::App, Language::English) => &APP,
        };
        cell.get_or_init(|| {
            let english = (language != Language::English).then(|| Self::of(file, Language::English));
            Self::parse(language, file.source(language), english)
        })
    }

    /// The texts of the server's pages.
    #[must_use]
    pub fn server(language: Language) -> &'static Self {
        Self::of(File::Server, language)
    }

    /// The texts of the app.
    #[must_use]
    pub fn app(language: Language) -> &'static Self {
        Self::of(File::App, language)
    }

    /// The language that was asked for.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// The text of an id (`id` or `id.attribute`).
    #[must_use]
    pub fn text(&self, id: &str) -> String {
        self.text_with(id, &[])
    }

    /// The text of an id, filled. A place that is given no value shows its name: `{$phone}`.
    #[must_use]
    pub fn text_with(&self, id: &str, values: &[(&str, Value<'_>)]) -> String {
        match (self.own_text(id, values), self.english) {
            (Some(text), _) => text,
            (None, Some(english)) => english.text_with(id, values),
            (None, None) => id.to_owned(),
        }
    }

    fn own_text(&self, id: &str, values: &[(&str, Value<'_>)]) -> Option<String> {
        let (message, attribute) = match id.split_once('.') {
            Some((message, attribute)) => (message, Some(attribute)),
            None => (id, None),
        };
        let message = self.own.get_message(message)?;
        let pattern = match attribute {
            Some(attribute) => message.get_attribute(attribute)?.value(),
            None => message.value()?,
        };
        let arguments: FluentArgs =
            values.iter().map(|(name, value)| (*name, FluentValue::from(value))).collect();
        let mut unfilled = Vec::new(); // Fluent writes the name of the place; nothing better is to be had here
        Some(self.own.format_pattern(pattern, Some(&arguments), &mut unfilled).into_owned())
    }

    fn parse(language: Language, source: &str, english: Option<&'static Self>) -> Self {
        let resource = match FluentResource::try_new(source.to_owned()) {
            Ok(resource) => resource,
            Err((readable, _)) => readable,
        };
        let mut own = FluentBundle::new_concurrent(vec![language.identifier()]);
        // The marks that isolate directions would end up in what people copy and in what tests compare.
        // Pages isolate with <bdi>; the terminal has no right-to-left language yet.
        own.set_use_isolating(false);
        own.add_resource_overriding(resource);
        Self { language, own, english }
    }
}

impl<'a> From<&'a Value<'_>> for FluentValue<'a> {
    fn from(value: &'a Value<'_>) -> Self {
        match value {
            Value::Text(text) => FluentValue::String(Cow::Borrowed(text)),
            Value::Count(count) => FluentValue::from(*count),
        }
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

macro_rules! counts {
    ($($number:ty),*) => {$(
        impl From<$number> for Value<'_> {
            fn from(count: $number) -> Self {
                Self::Count(count.into())
            }
        }
    )*};
}
counts!(i64, i32, u32, u16, u8);

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str, english: Option<&'static Texts>) -> Texts {
        Texts::parse(Language::English, source, english)
    }

    fn leaked(source: &str) -> &'static Texts {
        Box::leak(Box::new(texts(source, None)))
    }

    #[test]
    fn a_missing_text_is_read_from_english_and_then_shows_its_id() {
        let other =
            texts("next = Neste\n", Some(leaked("next = Next\nback = Back\n    .title = Back to it\n")));
        assert_eq!(other.text("next"), "Neste");
        assert_eq!(other.text("back"), "Back");
        assert_eq!(other.text("back.title"), "Back to it");
        assert_eq!(other.text("back.hint"), "back.hint");
        assert_eq!(other.text("nowhere"), "nowhere");
    }

    #[test]
    fn a_count_chooses_the_plural_and_has_no_grouping() {
        let source =
            "tries = { $left ->\n    [one] { $left } try left\n   *[other] { $left } tries left\n }\n";
        let texts = texts(source, None);
        assert_eq!(texts.text_with("tries", &[("left", 1_u8.into())]), "1 try left");
        assert_eq!(texts.text_with("tries", &[("left", 1204_u32.into())]), "1204 tries left");
    }

    #[test]
    fn a_value_is_shown_as_it_is() {
        let texts = texts("by = By { $phone }, { $phone }\n", None);
        assert_eq!(
            texts.text_with("by", &[("phone", "{ $x } \\u0041".into())]),
            "By { $x } \\u0041, { $x } \\u0041"
        );
    }

    #[test]
    fn a_place_without_a_value_shows_its_name() {
        assert_eq!(texts("by = By { $phone }\n", None).text("by"), "By {$phone}");
    }

    #[test]
    fn texts_are_shared_by_all_threads() {
        fn shared<T: Send + Sync>(_: &T) {}
        shared(Texts::server(Language::English));
        assert!(std::ptr::eq(Texts::app(Language::English), Texts::app(Language::English)));
    }
}
