//! What is wrong with a config, where, and what may have been meant.

use std::fmt;
use std::io;
use std::path::Path;

use toml::de::DeTable;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The line, counted from 1, where it has one.
    pub line: Option<usize>,
    /// What is wrong and what would be right.
    pub message: String,
}

/// A config that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ConfigRefused {
    /// Everything that was found, in the order of the file.
    pub mistakes: Vec<Mistake>,
}

impl ConfigRefused {
    pub(super) fn unreadable(path: &Path, error: &io::Error) -> Self {
        Self::whole(format!("{} cannot be read: {error}", path.display()))
    }

    pub(super) fn whole(message: impl Into<String>) -> Self {
        Self { mistakes: vec![Mistake { line: None, message: message.into() }] }
    }

    pub(super) fn of_toml(text: &str, error: &toml::de::Error) -> Self {
        let line = error.span().map(|span| line_of(text, span.start));
        Self { mistakes: vec![Mistake { line, message: error.message().to_owned() }] }
    }
}

impl fmt::Display for ConfigRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, mistake) in self.mistakes.iter().enumerate() {
            let gap = if index == 0 { "" } else { "\n" };
            match mistake.line {
                Some(line) => write!(f, "{gap}line {line}: {}", mistake.message)?,
                None => write!(f, "{gap}{}", mistake.message)?,
            }
        }
        Ok(())
    }
}

/// The keys of one table; the first table is the file itself.
pub(super) type Known = (&'static str, &'static [&'static str]);

/// All keys that nothing knows, each with the nearest one that is known.
pub(super) fn unknown_keys(text: &str, table: &DeTable<'_>, known: &[Known]) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    let mut look = |table_name: &str, table: &DeTable<'_>| {
        let Some((_, keys)) = known.iter().find(|(name, _)| *name == table_name) else { return };
        for key in table.keys() {
            let name: &str = key.get_ref();
            if keys.contains(&name) {
                continue;
            }
            let place = if table_name.is_empty() { String::new() } else { format!(" in [{table_name}]") };
            let message = match nearest(name, keys) {
                Some(meant) => format!("there is no key `{name}`{place}; `{meant}` is near"),
                None => format!("there is no key `{name}`{place}; there are {}", keys.join(", ")),
            };
            mistakes.push(Mistake { line: Some(line_of(text, key.span().start)), message });
        }
    };
    look("", table);
    for (key, value) in table.iter() {
        if let Some(inner) = value.get_ref().as_table() {
            look(key.get_ref(), inner);
        }
    }
    mistakes.sort_by_key(|mistake| mistake.line);
    mistakes
}

pub(super) fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

fn nearest<'a>(name: &str, keys: &[&'a str]) -> Option<&'a str> {
    let (distance, key) = keys.iter().map(|key| (distance(name, key), *key)).min()?;
    (distance <= 1 + key.len() / 4).then_some(key)
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
}
