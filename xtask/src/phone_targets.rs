//! `cargo xtask proof targets`: the core is type-checked for Android and iOS, without their toolchains.

use std::process::Command;

use crate::command::{self, Failure};
use crate::debian::{self, SystemPackage};
use crate::workspace;

const CLANG: SystemPackage = SystemPackage { probe: &["clang", "--version"], debian: "clang" };
const LLVM: SystemPackage = SystemPackage { probe: &["llvm-ar", "--version"], debian: "llvm" };

pub(crate) fn check() -> Result<(), Failure> {
    debian::install(&[&CLANG, &LLVM])?;
    let mut check = Command::new(workspace::root().join("xtask/tools/check-targets.sh"));
    check
        .current_dir(workspace::root())
        .args(["--locked", "--package", "countersign-mobile"])
        .env("RUSTC_WORKSPACE_WRAPPER", "") // types only; the lints have run in the build for this machine
        .env("CARGO_TARGET_DIR", workspace::target().join("phone-targets"));
    workspace::without_our_package(&mut check);
    command::run(&mut check)
}
