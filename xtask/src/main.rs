//! The one door to automation: `cargo xtask <what>`. Standard library only, so that it starts at once.
//!
//! `test` prepares what its parts need beside the one Rust build, then runs the parts one after another. Nothing is
//! cached outside the checkout; what is downloaded lies in `target/tools`, pinned by hash.

mod android;
mod bench;
mod browser;
mod chart;
mod command;
mod debian;
mod divan;
mod part;
mod phone_targets;
mod report;
mod rows;
mod rust;
mod screenshots;
mod tools;
mod workspace;

use std::process::ExitCode;

use command::Failure;

const USAGE: &str = "\
cargo xtask test [PART …]     all tests, or these parts: rust, browser, android
cargo xtask bench [PART …]    measures codes, vault, cycles, library; writes docs/performance.md
cargo xtask proof targets     type checks for Android and iOS, without their toolchains
cargo xtask proof advisories  whether a dependency has a known fault; asks RustSec's list on the network
cargo xtask screenshots       takes docs/screenshots anew, in a real browser and a real terminal
cargo xtask coverage-of-rows  the behaviours in docs/rows.md that no test is named after
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\nxtask: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result<(), Failure> {
    match arguments {
        ["test", parts @ ..] => part::run(parts),
        ["bench", parts @ ..] => bench::run(parts),
        ["proof", "targets"] => phone_targets::check(),
        ["proof", "advisories"] => rust::check_advisories(),
        ["coverage-of-rows"] => rows::print_coverage(),
        ["screenshots"] => screenshots::take(),
        ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            Ok(())
        }
        _ => Err(Failure::new(format!("what shall be done?\n\n{USAGE}"))),
    }
}
