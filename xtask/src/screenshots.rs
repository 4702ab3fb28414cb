//! `cargo xtask screenshots`: the pictures of the papers, taken by the tests of the browser on their way.

use std::fs;

use crate::command::{self, Failure};
use crate::{browser, rust, tools, workspace};

pub(crate) fn take() -> Result<(), Failure> {
    browser::prepare()?;
    rust::build()?;
    let folder = workspace::root().join("docs/screenshots");
    if folder.exists() {
        let failed = |error| Failure::new(format!("{}: {error}", folder.display()));
        fs::remove_dir_all(&folder).map_err(failed)?;
    }
    let mut walk = browser::walk();
    walk.env("COUNTERSIGN_SCREENSHOTS", folder)
        .env("COUNTERSIGN_XTERM", tools::node_modules().join("@xterm/xterm"));
    // The gallery looks at pages without taking pictures.
    command::run(walk.args(["--", "--skip", "gallery"]))
}
