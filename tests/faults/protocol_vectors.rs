//! `vectors/protocol/make.py`, which shares no code with the protocol, on the vectors that the protocol is tested with.

use std::path::Path;
use std::process::Command;

#[test]
fn the_vectors_of_the_protocol_are_what_python_writes_and_judges() {
    let make = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/protocol/make.py");
    let output =
        Command::new("python3").args(["-B".as_ref(), make.as_os_str(), "--check".as_ref()]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
