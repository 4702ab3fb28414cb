//! Writes every page in every state to a folder, so that they can be looked at:
//! `cargo run -p countersign-server --example pages -- DIR`.

mod samples;

use countersign_server::pages as views;
use samples::Cast;
use std::path::PathBuf;
use std::{env, fs};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(env::args().nth(1).ok_or("where to? cargo run … --example pages -- DIR")?);
    fs::create_dir_all(folder.join("assets"))?;
    for asset in views::Asset::ALL {
        fs::write(folder.join(asset.path().trim_start_matches('/')), asset.body())?;
    }
    for (name, html) in samples::every_page(&Cast::MIRA) {
        // The pages lie in one folder here, not at their addresses.
        let html = html.replace("\"/assets/", "\"assets/");
        fs::write(folder.join(format!("{name}.html")), html)?;
    }
    Ok(())
}
