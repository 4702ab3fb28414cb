//! Columns as the types of the protocol.

use std::str::FromStr;

use countersign_protocol::{Text, UnixSeconds};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::StoreFailed;

/// Reads columns; one that holds what was never written is [`StoreFailed::Damaged`].
pub(crate) trait Columns {
    /// A text that is parsed.
    fn text<T: FromStr>(&self, column: &'static str) -> Result<T, StoreFailed>;
    /// A text that is parsed, or NULL.
    fn maybe_text<T: FromStr>(&self, column: &'static str) -> Result<Option<T>, StoreFailed>;
    /// A text that may be shown to a person.
    fn shown<const MAX: usize>(&self, column: &'static str) -> Result<Text<MAX>, StoreFailed>;
    /// A text that may be shown to a person, or NULL.
    fn maybe_shown<const MAX: usize>(&self, column: &'static str) -> Result<Option<Text<MAX>>, StoreFailed>;
    /// A text in JSON.
    fn json<T: DeserializeOwned>(&self, column: &'static str) -> Result<T, StoreFailed>;
    /// A text in JSON, or NULL.
    fn maybe_json<T: DeserializeOwned>(&self, column: &'static str) -> Result<Option<T>, StoreFailed>;
    /// A bare word: a plain enum of the protocol as serde writes it.
    fn word<T: DeserializeOwned>(&self, column: &'static str) -> Result<T, StoreFailed>;
    /// A bare word, or NULL.
    fn maybe_word<T: DeserializeOwned>(&self, column: &'static str) -> Result<Option<T>, StoreFailed>;
    /// A number.
    fn number(&self, column: &'static str) -> Result<u64, StoreFailed>;
    /// A time.
    fn time(&self, column: &'static str) -> Result<UnixSeconds, StoreFailed>;
    /// A time, or NULL.
    fn maybe_time(&self, column: &'static str) -> Result<Option<UnixSeconds>, StoreFailed>;
    /// Bytes, or NULL.
    fn maybe_bytes(&self, column: &'static str) -> Result<Option<Vec<u8>>, StoreFailed>;
}

impl Columns for SqliteRow {
    fn text<T: FromStr>(&self, column: &'static str) -> Result<T, StoreFailed> {
        self.maybe_text(column)?.ok_or(StoreFailed::Damaged(column))
    }

    fn maybe_text<T: FromStr>(&self, column: &'static str) -> Result<Option<T>, StoreFailed> {
        let text: Option<&str> = self.try_get(column)?;
        text.map(|text| text.parse().map_err(|_| StoreFailed::Damaged(column))).transpose()
    }

    fn shown<const MAX: usize>(&self, column: &'static str) -> Result<Text<MAX>, StoreFailed> {
        self.maybe_shown(column)?.ok_or(StoreFailed::Damaged(column))
    }

    fn maybe_shown<const MAX: usize>(&self, column: &'static str) -> Result<Option<Text<MAX>>, StoreFailed> {
        let text: Option<String> = self.try_get(column)?;
        text.map(|text| Text::new(text).map_err(|_| StoreFailed::Damaged(column))).transpose()
    }

    fn json<T: DeserializeOwned>(&self, column: &'static str) -> Result<T, StoreFailed> {
        self.maybe_json(column)?.ok_or(StoreFailed::Damaged(column))
    }

    fn maybe_json<T: DeserializeOwned>(&self, column: &'static str) -> Result<Option<T>, StoreFailed> {
        let text: Option<&str> = self.try_get(column)?;
        text.map(|text| serde_json::from_str(text).map_err(|_| StoreFailed::Damaged(column))).transpose()
    }

    fn word<T: DeserializeOwned>(&self, column: &'static str) -> Result<T, StoreFailed> {
        self.maybe_word(column)?.ok_or(StoreFailed::Damaged(column))
    }

    fn maybe_word<T: DeserializeOwned>(&self, column: &'static str) -> Result<Option<T>, StoreFailed> {
        let word: Option<String> = self.try_get(column)?;
        let read = |word| serde_json::from_value(serde_json::Value::String(word));
        word.map(|word| read(word).map_err(|_| StoreFailed::Damaged(column))).transpose()
    }

    fn number(&self, column: &'static str) -> Result<u64, StoreFailed> {
        let number: i64 = self.try_get(column)?;
        u64::try_from(number).map_err(|_| StoreFailed::Damaged(column))
    }

    fn time(&self, column: &'static str) -> Result<UnixSeconds, StoreFailed> {
        self.maybe_time(column)?.ok_or(StoreFailed::Damaged(column))
    }

    fn maybe_time(&self, column: &'static str) -> Result<Option<UnixSeconds>, StoreFailed> {
        let seconds: Option<i64> = self.try_get(column)?;
        let read = |seconds| UnixSeconds::new(u64::try_from(seconds).ok()?).ok();
        seconds.map(|seconds| read(seconds).ok_or(StoreFailed::Damaged(column))).transpose()
    }

    fn maybe_bytes(&self, column: &'static str) -> Result<Option<Vec<u8>>, StoreFailed> {
        Ok(self.try_get(column)?)
    }
}

/// A time as it is bound.
pub(crate) fn seconds(time: UnixSeconds) -> i64 {
    // A UnixSeconds is below 2^53.
    i64::try_from(time.get()).unwrap_or(i64::MAX)
}

/// A plain enum as the bare word that serde writes.
pub(crate) fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        // No type that is written this way has another form; an empty word does not read back.
        _ => String::new(),
    }
}

/// A value in JSON.
pub(crate) fn json<T: Serialize>(value: &T) -> Result<String, StoreFailed> {
    serde_json::to_string(value).map_err(|_| StoreFailed::Damaged("json"))
}
