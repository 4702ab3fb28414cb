//! The parts of `cargo xtask test`: prepared side by side with the one build, run one after another.

use std::thread;

use crate::command::Failure;
use crate::report::Report;
use crate::{android, browser, rust};

/// One part. Its preparation touches nothing that the Rust build touches.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Rust,
    Browser,
    Android,
}

impl Part {
    const ALL: [Self; 3] = [Self::Rust, Self::Browser, Self::Android];

    fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Browser => "browser",
            Self::Android => "android",
        }
    }

    fn prepare(self) -> Result<(), Failure> {
        match self {
            Self::Rust => rust::prepare(),
            Self::Browser => browser::prepare(),
            Self::Android => android::prepare(),
        }
    }

    fn run(self) -> Result<(), Failure> {
        match self {
            Self::Rust => rust::test(),
            Self::Browser => browser::test(),
            Self::Android => android::test(),
        }
    }
}

/// Runs the parts that are named, or all.
pub(crate) fn run(names: &[&str]) -> Result<(), Failure> {
    let parts = chosen(names)?;
    let mut report = Report::default();

    let to_prepare = parts.clone();
    let preparation =
        thread::spawn(move || to_prepare.into_iter().map(|part| (part, part.prepare())).collect::<Vec<_>>());
    let built = report.measure("build", rust::build);
    // Waited for even if the build failed: an installation that is cut off leaves the system half done.
    let prepared = preparation.join().map_err(|_| Failure::new("the preparation ended in a panic"))?;
    if built {
        for (part, prepared) in prepared {
            report.measure(part.name(), || prepared.and_then(|()| part.run()));
        }
    }
    report.finish()
}

fn chosen(names: &[&str]) -> Result<Vec<Part>, Failure> {
    if names.is_empty() {
        return Ok(Part::ALL.to_vec());
    }
    let known = Part::ALL.map(Part::name).join(", ");
    names
        .iter()
        .map(|name| Part::ALL.into_iter().find(|part| part.name() == *name))
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| Failure::new(format!("the parts of `test` are: {known}")))
}
