//! Where things lie in the checkout, and cargo as every part calls it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// The root of the checkout. Cargo tells it at run time; what was baked in would be wrong once the folder moves.
pub(crate) fn root() -> PathBuf {
    let xtask = env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from("./xtask"), PathBuf::from);
    xtask.parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// Cargo's target folder.
pub(crate) fn target() -> PathBuf {
    root().join(env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from))
}

/// What the one build leaves: programs and libraries.
pub(crate) fn programs() -> PathBuf {
    target().join("debug")
}

/// A program of this workspace, as the one build left it. (`cargo run -p` has other features and builds anew.)
pub(crate) fn built(program: &str) -> Command {
    let mut command = Command::new(programs().join(program));
    command.current_dir(root());
    command
}

/// The file name of the phones' library on this machine.
pub(crate) fn mobile_library() -> String {
    format!("{}countersign_mobile{}", env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX)
}

/// Cargo with the lints inside the build: clippy's driver stands in for rustc in the members of this workspace, so
/// that there is no second pass over everything, and each later call finds what the first one built.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root()).env("RUSTC_WORKSPACE_WRAPPER", "clippy-driver");
    without_our_package(&mut command);
    command
}

/// Takes away what `cargo run` told this program about itself. Build scripts (of ring, for one) ask cargo to run them
/// again when such a variable changes, and everything above them would be built a second time.
pub(crate) fn without_our_package(command: &mut Command) {
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
}

/// Bytes below a folder, by the length of its files. Hard links count once each.
pub(crate) fn size(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    entries
        .flatten()
        .map(|entry| match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => size(&entry.path()),
            Ok(metadata) => metadata.len(),
            Err(_) => 0,
        })
        .sum()
}

/// Every file below a folder of the checkout whose name ends in one of `endings`, without what is built or foreign.
pub(crate) fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return found };
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            if !name.starts_with('.') && !["target", "node_modules", "build"].contains(&name.as_str()) {
                found.extend(files(&path, endings));
            }
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            found.push(path);
        }
    }
    found.sort();
    found
}
