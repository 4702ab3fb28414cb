//! Reads one key after another out of the file, and gathers all that is wrong instead of stopping at the first.

use std::fmt;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::mistake::{Mistake, nearest};
use super::value::Wanted;

/// So much of a wrong value is repeated, in characters.
const SHOWN: usize = 60;

/// A key of the file by its table, which is empty for those that stand before all tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key(pub(super) &'static str, pub(super) &'static str);

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self("", name) => f.write_str(name),
            Self(table, name) => write!(f, "[{table}] {name}"),
        }
    }
}

/// The file, and what was found to be wrong with it so far.
pub(super) struct Reader<'t> {
    text: &'t str,
    table: DeTable<'t>,
    mistakes: Vec<Mistake>,
    missing: Vec<(Key, Mistake)>,
    /// The keys that were asked for: there are no others.
    known: Vec<Key>,
    is_broken: bool,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let (table, errors) = DeTable::parse_recoverable(text);
        let mistake = |error: &toml::de::Error| {
            let line = error.span().map(|span| line_of(text, span.start));
            Mistake { line, key: None, message: format!("this is no TOML: {}", error.message()) }
        };
        Self {
            text,
            table: table.into_inner(),
            mistakes: errors.iter().map(mistake).collect(),
            missing: Vec::new(),
            known: Vec::new(),
            is_broken: !errors.is_empty(),
        }
    }

    /// What a key says; None when it is not there, or wrong.
    pub(super) fn optional<T>(&mut self, key: Key, wanted: &Wanted<T>) -> Option<T> {
        self.known.push(key);
        let (_, value, span) = self.find(key)?;
        match (wanted.read)(value) {
            Ok(read) => Some(read),
            Err(reason) => {
                let reason = if reason.is_empty() { reason } else { format!(": {reason}") };
                let (found, Wanted { what, example, .. }) = (self.found(value, span), wanted);
                let Key(_, name) = key;
                self.mistake(key, format!("{found} is not {what}{reason}; for example {name} = {example}"));
                None
            }
        }
    }

    /// The same for a key that must be there if its table is.
    pub(super) fn required<T>(&mut self, key: Key, wanted: &Wanted<T>) -> Option<T> {
        let Key(table, name) = key;
        if self.has_table(table) && self.find(key).is_none() {
            let Wanted { what, example, .. } = wanted;
            self.miss(key, format!("this key is missing; it is {what}, for example {name} = {example}"));
        }
        self.optional(key, wanted)
    }

    /// Tells that a table must be there, unless it is.
    pub(super) fn require_table(&mut self, table: &'static str, what: &str) {
        if !self.table.contains_key(table) {
            self.miss(Key(table, ""), format!("this table is missing; it says {what}"));
        }
    }

    /// Whether a table is there; the one before all tables always is.
    pub(super) fn has_table(&self, table: &str) -> bool {
        table.is_empty() || self.table.get(table).is_some_and(|value| value.get_ref().is_table())
    }

    /// Whether a key is there, right or wrong.
    pub(super) fn has(&self, key: Key) -> bool {
        self.find(key).is_some()
    }

    /// Tells what is wrong with a key, if only beside others.
    pub(super) fn mistake(&mut self, key: Key, message: String) {
        let line = self.find(key).map(|(name, ..)| line_of(self.text, name.start));
        self.mistakes.push(Mistake { line, key: Some(key.to_string()), message });
    }

    fn miss(&mut self, key: Key, message: String) {
        let shown = if key.1.is_empty() { format!("[{}]", key.0) } else { key.to_string() };
        self.missing.push((key, Mistake { line: None, key: Some(shown), message }));
    }

    /// Where a key's name stands, its value, and where that stands.
    fn find(&self, Key(table, name): Key) -> Option<(Range<usize>, &DeValue<'t>, Range<usize>)> {
        let table = match table {
            "" => &self.table,
            table => self.table.get(table)?.get_ref().as_table()?,
        };
        let (key, value) = table.get_key_value(name)?;
        Some((key.span(), value.get_ref(), value.span()))
    }

    /// A value as it is written, cut where it is long.
    fn found(&self, value: &DeValue<'_>, span: Range<usize>) -> String {
        if value.is_table() {
            return "a table".to_owned();
        }
        let written = self.text.get(span).unwrap_or_default();
        let line = written.lines().next().unwrap_or_default();
        if line.chars().nth(SHOWN).is_none() && line.len() == written.len() {
            line.to_owned()
        } else {
            format!("{}…", line.chars().take(SHOWN).collect::<String>())
        }
    }

    /// All that is wrong, in the order of the file; what is missing comes last.
    pub(super) fn finish(mut self) -> Vec<Mistake> {
        self.look_for_unknown();
        let mut mistakes = self.mistakes;
        mistakes.sort_by_key(|mistake| mistake.line.unwrap_or(usize::MAX));
        // What could not be read may be what is missing.
        if !self.is_broken {
            mistakes.extend(self.missing.into_iter().map(|(_, mistake)| mistake));
        }
        mistakes
    }

    fn look_for_unknown(&mut self) {
        let mut unknown = Vec::new();
        for (name, value) in &self.table {
            let name_of_table: &str = name.get_ref();
            let is_known = self.known.iter().any(|Key(table, _)| *table == name_of_table);
            match value.get_ref().as_table() {
                Some(inner) if is_known => {
                    let keys = inner.keys().map(|key| (name_of_table, key.get_ref().as_ref(), key.span()));
                    unknown.extend(keys.filter(|(table, name, _)| !self.knows(table, name)));
                }
                Some(_) => unknown.push((name_of_table, "", name.span())),
                None if is_known => {
                    let line = Some(line_of(self.text, name.span().start));
                    let message = format!(
                        "this is a table: write [{name_of_table}] on a line of its own, and its keys below"
                    );
                    self.mistakes.push(Mistake { line, key: Some(name_of_table.to_owned()), message });
                }
                None if !self.knows("", name_of_table) => unknown.push(("", name_of_table, name.span())),
                None => {}
            }
        }
        for (table, name, span) in unknown {
            let (key, message, meant) = self.unknown(table, name);
            self.mistakes.push(Mistake {
                line: Some(line_of(self.text, span.start)),
                key: Some(key),
                message,
            });
            // Said once: what was misspelled is not missing.
            self.missing.retain(|(key, _)| Some(*key) != meant);
        }
    }

    fn knows(&self, table: &str, name: &str) -> bool {
        self.known.iter().any(|known| known.0 == table && known.1 == name)
    }

    /// What is said of a key or table that nobody asked for, and which one was meant, if that is clear.
    fn unknown(&self, table: &str, name: &str) -> (String, String, Option<Key>) {
        if name.is_empty() {
            let tables = || self.known.iter().map(|Key(table, _)| *table).filter(|table| !table.is_empty());
            let key = format!("[{table}]");
            return match nearest(table, tables()) {
                Some(meant) => {
                    (key, format!("there is no such table; [{meant}] is near"), Some(Key(meant, "")))
                }
                None => (key, format!("there is no such table; there are {}", listed(tables(), true)), None),
            };
        }
        let key = if table.is_empty() { name.to_owned() } else { format!("[{table}] {name}") };
        let elsewhere = self.known.iter().find(|known| known.1 == name);
        if let Some(Key("", _)) = elsewhere {
            let meant = elsewhere.copied();
            return (key, "this key stands above the first table, not in one".to_owned(), meant);
        }
        let of_table = || self.known.iter().filter(|known| known.0 == table).map(|known| known.1);
        match (nearest(name, of_table()), elsewhere) {
            (Some(meant), _) => {
                let known = self.known.iter().find(|known| known.0 == table && known.1 == meant);
                (key, format!("there is no such key; `{meant}` is near"), known.copied())
            }
            (None, Some(Key(other, _))) => {
                (key, format!("there is no such key here; there is one in [{other}]"), elsewhere.copied())
            }
            (None, None) => {
                (key, format!("there is no such key; there are {}", listed(of_table(), false)), None)
            }
        }
    }
}

fn listed<'a>(names: impl Iterator<Item = &'a str>, are_tables: bool) -> String {
    let mut shown: Vec<String> = Vec::new();
    for name in names {
        let name = if are_tables { format!("[{name}]") } else { name.to_owned() };
        if !shown.contains(&name) {
            shown.push(name);
        }
    }
    shown.join(", ")
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}
