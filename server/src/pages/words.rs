//! A page's words: texts from `server.ftl`, ready to stand in HTML.
//!
//! The texts are ours and may carry `<b>` and `<bdi>`; whatever fills them is escaped here, before it is filled in.
//! So a text is safe to write as it is, and a name that says `<script>` shows `<script>`.

use askama::filters::{Escaper, Html, HtmlSafe};
use countersign_texts::{Language, Texts, Value};
use std::fmt;

/// The words of one language.
#[derive(Clone, Copy)]
pub struct Words {
    texts: &'static Texts,
}

impl Words {
    /// The words of a language.
    #[must_use]
    pub fn of(language: Language) -> Self {
        Self { texts: Texts::server(language) }
    }

    /// The language's tag (BCP 47).
    #[must_use]
    pub fn tag(self) -> &'static str {
        self.texts.language().tag()
    }

    /// The text of an id, to be filled with what it names.
    #[must_use]
    pub fn say(self, id: &'static str) -> Said {
        Said { texts: self.texts, id, values: Vec::new() }
    }

    /// A text for elsewhere than a page, such as the card of a request: nothing is escaped, and it has no markup.
    #[must_use]
    pub fn plain(self, id: &str, values: &[(&str, Value<'_>)]) -> String {
        self.texts.text_with(id, values)
    }
}

/// A text on its way into a page.
#[derive(Clone)]
pub struct Said {
    texts: &'static Texts,
    id: &'static str,
    values: Vec<(&'static str, Value<'static>)>,
}

impl Said {
    /// Fills in a name; escaped.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.values.push((name, Value::from(escaped(&value.to_string()))));
        self
    }

    /// Fills in a count, which chooses the plural.
    #[must_use]
    pub fn count(mut self, name: &'static str, count: impl Whole) -> Self {
        self.values.push((name, Value::Count(i64::try_from(count.whole()).unwrap_or(i64::MAX))));
        self
    }

    /// Fills in what is HTML already, such as a time.
    #[must_use]
    pub fn html(mut self, name: &'static str, value: impl HtmlSafe) -> Self {
        self.values.push((name, Value::from(value.to_string())));
        self
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.texts.text_with(self.id, &self.values))
    }
}

impl HtmlSafe for Said {}

/// A whole number, itself or borrowed: templates hand over either.
pub trait Whole {
    /// The number.
    fn whole(&self) -> u64;
}

macro_rules! whole {
    ($($number:ty),*) => {$(
        impl Whole for $number {
            fn whole(&self) -> u64 {
                u64::try_from(*self).unwrap_or(u64::MAX)
            }
        }
    )*};
}
whole!(u8, u32, u64, usize);

impl<T: Whole> Whole for &T {
    fn whole(&self) -> u64 {
        (*self).whole()
    }
}

/// A user name that may break before its `@`, or a URL that may break at its dots, on a narrow page.
pub struct Breaking<'a>(pub &'a str);

impl fmt::Display for Breaking<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let broken = match self.0.contains("://") {
            true => escaped(self.0).replace("//", "//<wbr>").replace('.', ".<wbr>"),
            false => escaped(self.0).replace('@', "<wbr>@"),
        };
        write!(f, "<bdi>{broken}</bdi>")
    }
}

impl HtmlSafe for Breaking<'_> {}

/// What is to be read out character by character, escaped already.
pub struct Mono(pub(super) String);

impl fmt::Display for Mono {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, r#"<code class="mono">{}</code>"#, self.0)
    }
}

impl HtmlSafe for Mono {}

pub(super) fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    // Writing to a String does not fail.
    let _ = Html.write_escaped_str(&mut html, text);
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fills_a_text_is_escaped() {
        let said = Words::of(Language::English).say("denied").with("phone", "<script>\"&'");
        let html = said.to_string();
        assert!(html.contains("&#60;script&#62;&#34;&#38;&#39;"), "{html}");
    }

    #[test]
    fn a_long_name_breaks_without_losing_a_character() {
        assert_eq!(Breaking("https://a.b/<i>").to_string(), "<bdi>https://<wbr>a.<wbr>b/&#60;i&#62;</bdi>");
        assert_eq!(Breaking("a.b@<c>").to_string(), "<bdi>a.b<wbr>@&#60;c&#62;</bdi>");
    }
}
