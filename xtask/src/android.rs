//! The part that runs the Android shell's Kotlin on this machine's JVM, against the core's library.

use std::path::Path;
use std::process::Command;
use std::{fs, io};

use crate::command::{self, Failure};
use crate::debian::{self, SystemPackage};
use crate::workspace;

const JDK: SystemPackage = SystemPackage { probe: &["javac", "--version"], debian: "default-jdk-headless" };
const MAVEN: SystemPackage = SystemPackage { probe: &["mvn", "--version"], debian: "maven" };

/// Fetches what the build needs, which is most of its time on a new machine.
pub(crate) fn prepare() -> Result<(), Failure> {
    debian::install(&[&JDK, &MAVEN])?;
    let fetch = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:go-offline";
    command::run_quietly(maven().args(["-q", fetch])).map(drop)
}

/// Writes the bindings from the library of the one build, compiles and tests.
pub(crate) fn test() -> Result<(), Failure> {
    write_bindings()?;
    let library = format!("-Dcore.lib.dir={}", workspace::programs().display());
    command::run(maven().args([library.as_str(), "test"]))
}

fn maven() -> Command {
    let mut maven = Command::new("mvn");
    maven.current_dir(workspace::root()).args(["-B", "-ntp", "-f", "android/pom.xml"]);
    maven.arg(format!("-Dmaven.repo.local={}", workspace::target().join("tools/maven").display()));
    maven
}

/// Written only when they changed, so that an unchanged face compiles no Kotlin.
fn write_bindings() -> Result<(), Failure> {
    let library = workspace::programs().join(workspace::mobile_library());
    let written = workspace::target().join("bindings/kotlin");
    command::run(workspace::built("countersign-bindgen").arg("kotlin").arg(library).arg(&written))?;
    put(&written, &workspace::root().join("android/core/generated"))
        .map_err(|error| Failure::new(format!("android/core/generated: {error}")))
}

/// Copies the files of a folder that are not there already with the same content.
fn put(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            put(&source, &target)?;
        } else {
            let new = fs::read(&source)?;
            if fs::read(&target).ok().as_ref() != Some(&new) {
                fs::write(&target, new)?;
            }
        }
    }
    Ok(())
}
