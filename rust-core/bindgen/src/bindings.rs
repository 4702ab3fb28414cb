use std::path::Path;

use uniffi_bindgen::bindings::{
    GenerateOptions, SwiftBindingsOptions, TargetLanguage, generate, generate_swift_bindings,
};

use crate::Failure;

/// Which folder of the checkout has the `uniffi.toml` of which crate.
const CRATES: &str = "rust-core/bindgen/crates.toml";

/// Writes `org/countersign/core/countersign_mobile.kt` below `folder`. Called at the root of the checkout.
///
/// # Errors
/// The library has no description of itself, or the folder takes nothing.
pub fn write_kotlin(library: &str, folder: &str) -> Result<(), Failure> {
    generate(GenerateOptions {
        languages: vec![TargetLanguage::Kotlin],
        source: library.into(),
        out_dir: folder.into(),
        config_override: Some(CRATES.into()),
        ..GenerateOptions::default()
    })?;
    Ok(())
}

/// Writes the two modules that SwiftPM builds below `folder`: `CountersignCore` in Swift, and `CountersignCoreFFI`, the C
/// header under it with its module map. Called at the root of the checkout.
///
/// # Errors
/// The library has no description of itself, or the folder takes nothing.
pub fn write_swift(library: &str, folder: &str) -> Result<(), Failure> {
    let module = |name: &str| Path::new(folder).join(name).to_string_lossy().into_owned();
    let options = |name: &str| SwiftBindingsOptions {
        generate_swift_sources: false,
        generate_headers: false,
        generate_modulemap: false,
        source: library.into(),
        out_dir: module(name).into(),
        xcframework: false,
        module_name: Some("CountersignCoreFFI".to_owned()),
        modulemap_filename: Some("module.modulemap".to_owned()),
        metadata_no_deps: false,
        link_frameworks: Vec::new(),
        config: Some(CRATES.into()),
    };
    generate_swift_bindings(SwiftBindingsOptions {
        generate_swift_sources: true,
        ..options("CountersignCore")
    })?;
    generate_swift_bindings(SwiftBindingsOptions {
        generate_headers: true,
        generate_modulemap: true,
        ..options("CountersignCoreFFI")
    })?;
    Ok(())
}
