//! What is wrong with a config, where, and what may have been meant.

use std::fmt;
use std::io;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The line, counted from 1, where it has one.
    pub line: Option<usize>,
    /// The key's full name, `[requests] lifetime` for instance, where it is about one.
    pub key: Option<String>,
    /// What was found and what would be right.
    pub message: String,
}

/// A config that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ConfigRefused {
    /// Everything that was found, in the order of the file; what is missing comes last.
    pub mistakes: Vec<Mistake>,
}

impl ConfigRefused {
    pub(super) fn unreadable(error: &io::Error) -> Self {
        let message = format!("this file cannot be read: {error}");
        Self { mistakes: vec![Mistake { line: None, key: None, message }] }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        if let Some(key) = &self.key {
            write!(f, "{key}: ")?;
        }
        f.write_str(&self.message)
    }
}

impl fmt::Display for ConfigRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, mistake) in self.mistakes.iter().enumerate() {
            let gap = if index == 0 { "" } else { "\n" };
            write!(f, "{gap}{mistake}")?;
        }
        Ok(())
    }
}

/// The one of these names that somebody who wrote `name` may have meant.
pub(super) fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let (distance, meant) = names.map(|meant| (distance(name, meant), meant)).min()?;
    (distance <= 1 + meant.len() / 4).then_some(meant)
}

/// Levenshtein's: how many characters to put in, leave out or change.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (line, left) in one.chars().enumerate() {
        let mut diagonal = line;
        let mut before = line + 1;
        let mut next = vec![before];
        for (right, above) in other.chars().zip(row.iter().skip(1)) {
            before = (diagonal + usize::from(left != right)).min(above + 1).min(before + 1);
            diagonal = *above;
            next.push(before);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distance_counts_single_changes() {
        for (one, other, expected) in [
            ("", "", 0),
            ("listen", "listen", 0),
            ("lisen", "listen", 1),
            ("", "abc", 3),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(distance(one, other), expected);
            assert_eq!(distance(other, one), expected);
        }
    }

    #[test]
    fn a_name_that_is_far_from_all_means_none_of_them() {
        let names = || ["listen", "state", "phone_listen"].into_iter();
        assert_eq!(nearest("lisen", names()), Some("listen"));
        assert_eq!(nearest("phone_lisen", names()), Some("phone_listen"));
        assert_eq!(nearest("flavour", names()), None);
    }
}
