//! How long each part took and how it ended, printed last so that nobody has to scroll.

use std::time::{Duration, Instant};

use crate::command::Failure;
use crate::workspace;

/// Above this the person is told how to get the space back; a cold run stays well below.
const MUCH: u64 = 12_000_000_000;

#[derive(Default)]
pub(crate) struct Report {
    lines: Vec<Line>,
}

struct Line {
    name: &'static str,
    took: Duration,
    failure: Option<Failure>,
}

impl Report {
    /// Runs one part; says whether it succeeded. A failure is shown at once and again at the end.
    #[expect(clippy::disallowed_methods, reason = "the time of a part is measured, nothing is decided by it")]
    pub(crate) fn measure(&mut self, name: &'static str, part: impl FnOnce() -> Result<(), Failure>) -> bool {
        let start = Instant::now();
        let failure = part().err();
        if let Some(failure) = &failure {
            eprintln!("\n{name}: {failure}");
        }
        let succeeded = failure.is_none();
        self.lines.push(Line { name, took: start.elapsed(), failure });
        succeeded
    }

    /// Prints all lines and the size of the target folder.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        eprintln!();
        for line in &self.lines {
            let (minutes, seconds) = (line.took.as_secs() / 60, line.took.as_secs() % 60);
            let end = if line.failure.is_none() { "ok" } else { "FAILED" };
            eprintln!("{:<10} {minutes:>3} min {seconds:>2} s  {end}", line.name);
        }
        let size = workspace::size(&workspace::target());
        let advice = if size > MUCH { "; `cargo clean` frees it" } else { "" };
        eprintln!("{:<10} {:>5.1} GB{advice}", "target", size as f64 / 1e9);

        let failures: Vec<String> = self
            .lines
            .iter()
            .filter_map(|line| line.failure.as_ref().map(|failure| format!("{}: {failure}", line.name)))
            .collect();
        if failures.is_empty() { Ok(()) } else { Err(Failure::new(failures.join("\n"))) }
    }
}
