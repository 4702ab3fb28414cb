//! The languages that have texts.

use unic_langid::LanguageIdentifier;

/// A language that has texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// English, the language every other falls back to.
    English,
}

impl Language {
    /// All languages, English first.
    pub const ALL: [Self; 1] = [Self::English];

    /// The language's tag (BCP 47), as `lang` of a page has it.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
        }
    }

    /// The best language for an `Accept-Language` header (RFC 9110, section 12.5.4), or for a locale such as
    /// `en_GB.UTF-8`. English where nothing fits.
    #[must_use]
    pub fn preferred(wanted: &str) -> Self {
        let mut ranges: Vec<(f32, &str)> = wanted.split(',').map(range).collect();
        ranges.sort_by(|(left, _), (right, _)| right.total_cmp(left)); // stable: equal weights keep their order
        ranges.into_iter().find_map(|(_, tag)| Self::with_tag(tag)).unwrap_or(Self::English)
    }

    fn with_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_', '.']).next()?;
        Self::ALL.into_iter().find(|language| primary.eq_ignore_ascii_case(language.tag()))
    }

    pub(crate) fn identifier(self) -> LanguageIdentifier {
        self.tag().parse().unwrap_or_default() // a test reads every tag
    }
}

/// One `tag;q=weight`. What cannot be read as a weight counts as not wanted.
fn range(text: &str) -> (f32, &str) {
    match text.split_once(';') {
        None => (1.0, text.trim()),
        Some((tag, weight)) => {
            (weight.trim().strip_prefix("q=").and_then(|q| q.parse().ok()).unwrap_or(0.0), tag.trim())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weights_of_accept_language_decide() {
        assert_eq!(range("nb;q=0.4"), (0.4, "nb"));
        assert_eq!(range(" en-GB "), (1.0, "en-GB"));
        assert_eq!(range("en;q=lots"), (0.0, "en"));
        assert_eq!(Language::preferred("tlh, en;q=0.1"), Language::English);
    }

    #[test]
    fn every_tag_is_a_language_identifier() {
        for language in Language::ALL {
            assert_eq!(language.identifier().to_string(), language.tag());
        }
    }

    #[test]
    fn a_tag_is_found_by_its_primary_part() {
        assert_eq!(Language::with_tag("EN-gb"), Some(Language::English));
        assert_eq!(Language::with_tag("en_GB.UTF-8"), Some(Language::English));
        assert_eq!(Language::with_tag("enm"), None);
        assert_eq!(Language::with_tag(""), None);
    }
}
