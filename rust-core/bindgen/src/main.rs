//! `countersign-bindgen kotlin|swift LIBRARY FOLDER` writes bindings; `countersign-bindgen crossing LIBRARY` prints what
//! crosses between core and shell. Called at the root of the checkout.

use std::io::Write as _;

use countersign_bindgen::{Failure, crossings, write_kotlin, write_swift};

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["kotlin", library, folder] => write_kotlin(library, folder),
        ["swift", library, folder] => write_swift(library, folder),
        ["crossing", library] => {
            let mut out = std::io::stdout().lock();
            for crossing in crossings(&std::fs::read(library)?)? {
                writeln!(out, "{crossing}")?;
            }
            Ok(())
        }
        _ => Err("kotlin LIBRARY FOLDER, swift LIBRARY FOLDER or crossing LIBRARY".into()),
    }
}
