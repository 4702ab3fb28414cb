//! Starts the demo: a server, its sign-in page and the terminal app beside it as the phone; or walks it by itself.

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

use clap::Parser;
use countersign_demo::beside;
use countersign_demo::walk::walk;

/// Countersign's demo: server, demo persons and the terminal app as the phone. Everything it makes is thrown away.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Walk the journeys without anyone, say what each side shows, and end with 0 or with the step that failed.
    #[arg(long)]
    headless: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // Whoever links reqwest without a provider of its own gets this one; a second time changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let is_seen = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed("start", &error.to_string()),
    };
    if is_seen && !arguments.headless {
        return match beside::run(&runtime, say) {
            Ok(()) => ExitCode::SUCCESS,
            Err(fault) => failed("start the demo", &fault),
        };
    }
    match runtime.block_on(walk(say)) {
        Ok(()) => {
            say("Every step was walked.");
            ExitCode::SUCCESS
        }
        Err(stopped) => failed(stopped.step, &stopped.fault),
    }
}

fn failed(step: &str, fault: &str) -> ExitCode {
    say(&format!("FAILED: {step}\n{fault}"));
    ExitCode::FAILURE
}

/// A line to whoever looks; that nobody does any more is no fault.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
