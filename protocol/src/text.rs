//! What a server can make a phone show: plain text without anything invisible or directed.

use std::fmt;

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory};
use icu_properties::{CodePointMapData, CodePointSetData};
use serde::{Deserialize, Serialize};

/// What looks like a blank, or like nothing at all, and is neither White_Space nor ignorable: BRAILLE PATTERN BLANK,
/// OBJECT REPLACEMENT CHARACTER, EGYPTIAN HIEROGLYPH FULL and HALF BLANK, KHITAN SMALL SCRIPT FILLER, MUSICAL SYMBOL NULL
/// NOTEHEAD.
const UNSEEN: [char; 6] = ['\u{2800}', '\u{fffc}', '\u{13441}', '\u{13442}', '\u{16fe4}', '\u{1d159}'];

/// A text of 1 to `MAX` Unicode scalar values that may be shown to a person: in NFC, with no control, line-break,
/// invisible or bidi-control character, without blanks at its ends.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Text<const MAX: usize>(String);

/// Why a text may not be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextRefused {
    /// It is empty, or begins or ends with a blank.
    #[error("a text must not be empty, nor begin or end with a blank")]
    Blank,
    /// It has more scalar values than its kind may have.
    #[error("a text is too long")]
    TooLong,
    /// It is not in normalisation form C.
    #[error("a text must be in normalisation form C")]
    NotNormal,
    /// It has a character of the categories Cc, Cf, Co, Zl, Zp, a default-ignorable one, or another that is not seen.
    #[error("a text has a character that must not be shown")]
    Hidden,
}

impl<const MAX: usize> Text<MAX> {
    /// # Errors
    /// [`TextRefused`] says which rule the text breaks.
    pub fn new(text: impl Into<String>) -> Result<Self, TextRefused> {
        let text = text.into();
        if text.is_empty() || text.trim() != text {
            Err(TextRefused::Blank)
        } else if text.chars().nth(MAX).is_some() {
            Err(TextRefused::TooLong)
        } else if text.chars().any(is_hidden) {
            Err(TextRefused::Hidden)
        } else if !ComposingNormalizerBorrowed::new_nfc().is_normalized(&text) {
            Err(TextRefused::NotNormal)
        } else {
            Ok(Self(text))
        }
    }

    /// Makes a text of anything: normalised, without what must not be shown, cut to `MAX`. None if nothing is left.
    /// For what a server takes from outside and signs: user agents, the name of a phone.
    #[must_use]
    pub fn clean(text: &str) -> Option<Self> {
        let shown: String = text
            .chars()
            .map(|c| if c.is_whitespace() || UNSEEN.contains(&c) { ' ' } else { c })
            .filter(|c| !is_hidden(*c))
            .collect();
        let normal = ComposingNormalizerBorrowed::new_nfc().normalize(&shown).into_owned();
        let cut: String = normal.trim().chars().take(MAX).collect();
        Self::new(cut.trim_end()).ok()
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a character hides, turns the direction of reading or is not seen, so that no text of a server has it.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    matches!(
        CodePointMapData::<GeneralCategory>::new().get(c),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::PrivateUse
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
    ) || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
        || UNSEEN.contains(&c)
}

impl<const MAX: usize> TryFrom<String> for Text<MAX> {
    type Error = TextRefused;
    fn try_from(text: String) -> Result<Self, TextRefused> {
        Self::new(text)
    }
}

impl<const MAX: usize> From<Text<MAX>> for String {
    fn from(text: Text<MAX>) -> Self {
        text.0
    }
}

impl<const MAX: usize> fmt::Display for Text<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Says only how long it is: names, places and reasons are personal.
impl<const MAX: usize> fmt::Debug for Text<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Text({} characters)", self.0.chars().count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_names_of_any_script_may_be_shown() {
        for name in
            ["Halden College", "mira.okafor@halden.example", "Müller & Söhne <b>", "東京大学", "كلية", "👍"]
        {
            assert!(Text::<64>::new(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn what_hides_or_turns_text_is_refused() {
        for (text, why) in [
            ("", TextRefused::Blank),
            (" a", TextRefused::Blank),
            ("a\u{a0}", TextRefused::Blank),
            ("a\nb", TextRefused::Hidden),
            ("a\u{0}b", TextRefused::Hidden),
            ("a\u{85}b", TextRefused::Hidden),
            ("a\u{200b}b", TextRefused::Hidden),
            ("a\u{202e}b", TextRefused::Hidden),
            ("a\u{2066}b", TextRefused::Hidden),
            ("a\u{2028}b", TextRefused::Hidden),
            ("a\u{2029}b", TextRefused::Hidden),
            ("a\u{ad}b", TextRefused::Hidden),
            ("a\u{34f}b", TextRefused::Hidden),
            ("a\u{115f}b", TextRefused::Hidden),
            ("a\u{fe0f}b", TextRefused::Hidden),
            ("a\u{e0041}b", TextRefused::Hidden),
            ("a\u{e000}b", TextRefused::Hidden),
            ("a\u{feff}b", TextRefused::Hidden),
            ("\u{2800}", TextRefused::Hidden),
            ("\u{3164}\u{ffa0}", TextRefused::Hidden),
            ("\u{fe0f}", TextRefused::Hidden),
            ("e\u{301}", TextRefused::NotNormal),
            ("\u{212b}ngstr", TextRefused::NotNormal),
        ] {
            assert_eq!(Text::<64>::new(text).unwrap_err(), why, "{text:?}");
        }
    }

    #[test]
    fn a_text_is_measured_in_scalar_values() {
        assert!(Text::<4>::new("👍👍👍👍").is_ok());
        assert_eq!(Text::<4>::new("abcde").unwrap_err(), TextRefused::TooLong);
    }

    #[test]
    fn cleaning_leaves_what_may_be_shown() {
        assert_eq!(Text::<8>::clean(" Fire\u{202e}fox\r\n on Linux").unwrap().as_str(), "Firefox");
        assert_eq!(Text::<8>::clean("e\u{301}").unwrap().as_str(), "é");
        assert_eq!(Text::<8>::clean("\u{200b}\u{feff} "), None);
        assert_eq!(Text::<8>::clean("\u{2800}\u{1d159}"), None);
        assert_eq!(Text::<8>::clean("Pixel\u{2800}9").unwrap().as_str(), "Pixel 9");
    }

    #[test]
    fn debug_shows_no_name() {
        assert_eq!(format!("{:?}", Text::<64>::new("mira").unwrap()), "Text(4 characters)");
    }
}
