//! Programs that come with the system. On Debian as root what is missing is installed; elsewhere it is named.

use std::path::Path;
use std::process::Command;

use crate::command::{self, Failure};

/// Something that a part needs from the system.
pub(crate) struct SystemPackage {
    /// A call that succeeds where it is there already, wherever it came from.
    pub(crate) probe: &'static [&'static str],
    /// Debian's name for it.
    pub(crate) debian: &'static str,
}

impl SystemPackage {
    fn is_there(&self) -> bool {
        let [program, arguments @ ..] = self.probe else { return false };
        command::succeeds(Command::new(program).args(arguments))
    }
}

/// Sees to it that all of `packages` are there.
pub(crate) fn install(packages: &[&SystemPackage]) -> Result<(), Failure> {
    let missing: Vec<&str> =
        packages.iter().filter(|package| !package.is_there()).map(|p| p.debian).collect();
    if missing.is_empty() {
        return Ok(());
    }
    if !Path::new("/etc/debian_version").exists() || !is_root() {
        let names = missing.join(" ");
        return Err(Failure::new(format!("needs what Debian has in: {names} (apt-get install {names})")));
    }
    apt(&["update", "-q"])?;
    let install = ["install", "-q", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=600"];
    apt(&[&install, missing.as_slice()].concat())
}

fn apt(arguments: &[&str]) -> Result<(), Failure> {
    command::run_quietly(Command::new("apt-get").args(arguments).env("DEBIAN_FRONTEND", "noninteractive"))
        .map(drop)
}

fn is_root() -> bool {
    command::run_quietly(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}
