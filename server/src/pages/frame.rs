//! What stands around every page: the organisation, the help desk, the account menu, the product in the foot.

use super::time::{Left, Moment};
use super::words::{Breaking, Mono, Said, Whole, Words, escaped};

/// What every page knows.
pub struct Frame<'a> {
    /// The page's words.
    pub words: Words,
    /// The organisation's name.
    pub organisation: &'a str,
    /// Whom to call.
    pub help_desk: Option<&'a str>,
    /// The organisation's privacy notice.
    pub privacy: Option<&'a str>,
    /// Who is signed in, so that the account menu shows. None before and during the sign-in.
    pub person: Option<Person<'a>>,
    /// Stands in every form; bound to the session.
    pub csrf: &'a str,
}

/// Who is signed in.
#[derive(Clone, Copy)]
pub struct Person<'a> {
    /// The person's name.
    pub name: &'a str,
    /// What the person signs in with.
    pub user_name: &'a str,
}

/// What the script asks while a page waits.
#[derive(Clone, Copy)]
pub struct Progress<'a> {
    /// Where it asks; answers `{"state": …}`.
    pub url: &'a str,
    /// The state that the page shows.
    pub state: &'a str,
    /// The page to ask for once the state is another.
    pub next: &'a str,
}

impl Frame<'_> {
    /// The text of an id.
    #[must_use]
    pub fn t(&self, id: &'static str) -> Said {
        self.words.say(id)
    }

    /// How long is left, said by the text `id`, counted down by the script.
    #[must_use]
    pub fn left(&self, id: &'static str, seconds: impl Whole) -> Left {
        Left::new(self.words, id, seconds.whole())
    }

    /// Date and time of day.
    #[must_use]
    pub fn at(&self, unix_seconds: impl Whole) -> Moment {
        Moment::at(self.words, unix_seconds.whole())
    }

    /// A date.
    #[must_use]
    pub fn on(&self, unix_seconds: impl Whole) -> Moment {
        Moment::on(self.words, unix_seconds.whole())
    }

    /// A user name or URL that may break.
    #[must_use]
    pub fn breaking<'b>(&self, text: &'b str) -> Breaking<'b> {
        Breaking(text)
    }

    /// A phone number as a link has it (RFC 3966): without what only groups its digits.
    #[must_use]
    pub fn dialled(&self, number: &str) -> String {
        number.chars().filter(|c| c.is_ascii_digit() || matches!(c, '+' | '*' | '#')).collect()
    }

    /// A reference, to be read out.
    #[must_use]
    pub fn mono(&self, reference: &str) -> Mono {
        Mono(escaped(reference))
    }

    /// The organisation's first letter, for its crest.
    #[must_use]
    pub fn crest(&self) -> String {
        initials(self.organisation, 1)
    }
}

impl Person<'_> {
    /// The first letters of the first and last name.
    #[must_use]
    pub fn initials(&self) -> String {
        initials(self.name, 2)
    }
}

fn initials(name: &str, most: usize) -> String {
    let mut letters = name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let first = letters.next();
    let last = if most > 1 { letters.next_back() } else { None };
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_of_the_first_and_last_name_in_any_script() {
        for (name, expected) in [
            ("Mira Okafor", "MO"),
            ("ana maria (staff) lópez", "AL"),
            ("Øyvind", "Ø"),
            ("東京 大学", "東大"),
            ("  ", ""),
        ] {
            assert_eq!(Person { name, user_name: "" }.initials(), expected);
        }
        assert_eq!(initials("Halden College", 1), "H");
    }
}
