//! The part that walks the pages in a real Chromium.

use std::process::Command;

use crate::command::{self, Failure};
use crate::debian::{self, SystemPackage};
use crate::{rust, tools};

const CHROMIUM: SystemPackage = SystemPackage { probe: &["chromium", "--version"], debian: "chromium" };
const CHROMEDRIVER: SystemPackage =
    SystemPackage { probe: &["chromedriver", "--version"], debian: "chromium-driver" };
const TMUX: SystemPackage = SystemPackage { probe: &["tmux", "-V"], debian: "tmux" };
/// A browser without any font draws nothing, and finds that everything fits.
const FONTS: SystemPackage = SystemPackage {
    probe: &["test", "-e", "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf"],
    debian: "fonts-dejavu-core",
};

pub(crate) fn prepare() -> Result<(), Failure> {
    debian::install(&[&CHROMIUM, &CHROMEDRIVER, &TMUX, &FONTS])?;
    tools::install_node()
}

pub(crate) fn test() -> Result<(), Failure> {
    command::run(&mut walk())
}

/// The walk, told where the checker of accessibility lies.
pub(crate) fn walk() -> Command {
    let mut command = rust::named_test("browser");
    command.env("COUNTERSIGN_AXE", tools::node_modules().join("axe-core/axe.min.js"));
    command
}
