//! From the command line to the exit code.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use countersign_core::authenticator::Authenticator;
use countersign_protocol::Clock;
use jiff::tz::TimeZone;

use crate::app::{Ears, Look, Setting, run_app};
use crate::commands::{Arguments, Bell, Command, Exit, Failure, Opened, Output, Runner};
use crate::platform::PassphraseSource;
use crate::words::Words;

/// The program `countersign`: a command of the command line, or without one the full-screen app.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let (words, look) = (Words::of_environment(), Look::of_environment(|name| std::env::var(name).ok()));
    let is_json = arguments.json;
    match run(arguments, words, look) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let mut stderr = io::stderr().lock();
            // Where even that cannot be written, the exit code says it.
            let _ = Output::new(&mut stderr, is_json, look).failure(&failure, words);
            ExitCode::from(failure.exit.code())
        }
    }
}

fn run(arguments: Arguments, words: Words, look: Look) -> Result<(), Failure> {
    let ears = Ears::new();
    let has_descriptor = arguments.passphrase_fd.is_some();
    let source = arguments.passphrase_fd.map_or(PassphraseSource::Person, PassphraseSource::Descriptor);
    let is_app = arguments.command.is_none();
    if is_app && !(io::stdin().is_terminal() && io::stdout().is_terminal()) {
        return Err(Failure::new(Exit::Failed, words.said("no-terminal", &[])));
    }
    let bell = Arc::new(Bell::default());
    let listener = if is_app { ears.listener() } else { Arc::<Bell>::clone(&bell) };
    let opened = Opened::new(arguments.folder, has_descriptor, listener, words)?;
    let failed = |_| Failure::new(Exit::Failed, words.said("terminal-failed", &[]));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().map_err(failed)?;
    let is_first_start = opened.authenticator.snapshot().is_first_start;
    match arguments.command {
        None => {
            // The app asks by itself, unless a descriptor answers for the person.
            if has_descriptor {
                runtime.block_on(opened.unlock(source, words))?;
            }
            let (zone, has_keyring) = (TimeZone::system(), opened.has_keyring);
            let offers_unlock_code = has_keyring;
            let setting = Setting { words, look, zone, has_keyring, offers_unlock_code, above: Vec::new() };
            on_terminal(&opened.authenticator, ears, &opened.clock, setting).map_err(failed)
        }
        Some(command) => {
            match &command {
                Command::Restore => runtime.block_on(opened.restore(source, words))?,
                Command::StartOver => runtime.block_on(opened.does_not_open(words))?,
                // Nothing but an account to add, or a name for this device before the first, makes a vault.
                Command::Add { .. } | Command::Name { name: Some(_) } => {
                    runtime.block_on(opened.unlock(source, words))?;
                }
                _ if is_first_start => {}
                _ => runtime.block_on(opened.unlock(source, words))?,
            }
            let runner =
                Runner { authenticator: &opened.authenticator, clock: &*opened.clock, bell: &bell, words };
            let mut stdout = io::stdout().lock();
            let mut output = Output::new(&mut stdout, arguments.json, look);
            let performed = runtime.block_on(runner.perform(command, &mut output));
            let mut stderr = io::stderr().lock();
            let notices = opened.authenticator.snapshot().notices;
            let told = Output::new(&mut stderr, arguments.json, look).notices(&notices, words);
            told.map_err(|_| Failure::unwritten(words))?;
            performed?;
            stdout.flush().map_err(|_| Failure::unwritten(words))
        }
    }
}

/// Runs the app on this process's terminal, which is put back as it was, also after a panic.
///
/// # Errors
/// What the terminal says.
pub fn on_terminal(
    authenticator: &Arc<Authenticator>,
    ears: Ears,
    clock: &Arc<dyn Clock>,
    setting: Setting,
) -> io::Result<()> {
    let mut terminal = ratatui::try_init()?;
    let result = run_app(authenticator, ears, clock, setting, &mut terminal);
    ratatui::try_restore()?;
    result
}
