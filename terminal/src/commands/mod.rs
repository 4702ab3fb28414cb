//! Commands for scripts: each opens the vault, does one thing, writes what came of it and ends.

mod accounts;
mod arguments;
mod bell;
mod codes;
mod failure;
mod opening;
mod perform;
mod requests;
mod written;

use std::io::{self, Write};

use countersign_core::authenticator::Notice;
use serde::Serialize;
use serde_json::json;

pub use self::arguments::{Arguments, Command};
pub use self::bell::Bell;
pub use self::failure::{Exit, Failure};
pub use self::opening::Opened;
pub use self::perform::Runner;

use self::written::Fault;
use crate::app::{Look, showable};
use crate::words::Words;

/// Where a command writes, and how.
pub struct Output<'a> {
    writer: &'a mut dyn Write,
    is_json: bool,
    look: Look,
}

impl<'a> Output<'a> {
    /// Lines for a person, or one line of JSON.
    #[must_use]
    pub fn new(writer: &'a mut dyn Write, is_json: bool, look: Look) -> Self {
        Self { writer, is_json, look }
    }

    /// Writes a value as JSON, or else these lines. Nothing in a line can move the cursor or hide.
    fn write(&mut self, value: &impl Serialize, lines: impl FnOnce() -> Vec<String>) -> io::Result<()> {
        if self.is_json {
            serde_json::to_writer(&mut self.writer, value)?;
            writeln!(self.writer)
        } else {
            for line in lines() {
                writeln!(self.writer, "{}", showable(&line, self.look))?;
            }
            Ok(())
        }
    }

    /// Writes what the person should know beside what the command did.
    ///
    /// # Errors
    /// What the stream says.
    pub fn notices(&mut self, notices: &[Notice], words: Words) -> io::Result<()> {
        notices.iter().map(|notice| words.notice(*notice)).try_for_each(|said| {
            let value = json!({ "notice": Fault::of(&said) });
            self.write(&value, || vec![words.line(&said)])
        })
    }

    /// Writes what went wrong.
    ///
    /// # Errors
    /// What the stream says.
    pub fn failure(&mut self, failure: &Failure, words: Words) -> io::Result<()> {
        let value = json!({ "error": Fault::of(&failure.said) });
        self.write(&value, || vec![words.line(&failure.said)])
    }
}

#[cfg(test)]
mod tests;
