//! Runs other programs, and the one kind of error there is here: a text for whoever sits before it.

use std::fmt;
use std::path::Path;
use std::process::{Command, Stdio};

/// Why something did not succeed, and what to do where that is known.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Runs with the output in front of the person.
pub(crate) fn run(command: &mut Command) -> Result<(), Failure> {
    let line = line(command);
    eprintln!("\n$ {line}");
    let status = command.status().map_err(|error| Failure::new(format!("{line}: {error}")))?;
    if status.success() { Ok(()) } else { Err(Failure::new(format!("{line}: {status}"))) }
}

/// Runs with the errors in front of the person, and hands over the output.
pub(crate) fn run_for_output(command: &mut Command) -> Result<String, Failure> {
    let line = line(command);
    eprintln!("\n$ {line}");
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| Failure::new(format!("{line}: {error}")))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        Ok(text)
    } else {
        Err(Failure::new(format!("{line}: {}\n{text}", output.status)))
    }
}

/// Runs beside others: the output is kept, and shown only within the failure.
pub(crate) fn run_quietly(command: &mut Command) -> Result<String, Failure> {
    let line = line(command);
    let output =
        command.stdin(Stdio::null()).output().map_err(|error| Failure::new(format!("{line}: {error}")))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(text);
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    Err(Failure::new(format!("{line}: {}\n{text}{errors}", output.status)))
}

/// Whether it runs and says yes.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|s| s.success())
}

fn line(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    let mut words = vec![name.to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
    words.join(" ")
}
