//! Every page in every state, as the server's example draws them: no server, no journey.

use std::fs;

use countersign_server::pages as views;
use tempfile::TempDir;

use crate::chromium::{Chromium, Look, Width};
use crate::inspection;

#[path = "../../server/examples/pages/samples.rs"]
mod samples;

#[tokio::test]
async fn every_page_is_accessible_and_fits_in_every_look() {
    let folder = write_pages();
    let chromium = Chromium::start(Look::PLAIN).await;
    let looks = [Look::PLAIN, Look::PLAIN.dark(), Look::PLAIN.narrow(Width::Narrowest)];
    let mut faults = Vec::new();
    for look in looks {
        for (name, _) in samples::every_page(&samples::Cast::MIRA) {
            open(&chromium, look, &folder, name).await;
            let found = inspection::faults(&chromium).await;
            faults.extend(found.into_iter().map(|fault| format!("{name}, {}: {fault}", look.name())));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test]
async fn every_page_fits_a_phone_with_text_twice_as_large() {
    let folder = write_pages();
    let chromium = Chromium::start(Look::PLAIN).await;
    let look = Look::PLAIN.narrow(Width::Phone);
    let mut wide = Vec::new();
    for (name, _) in samples::every_page(&samples::Cast::MIRA) {
        open(&chromium, look, &folder, name).await;
        chromium.run("document.documentElement.style.fontSize = '200%'").await;
        wide.extend(inspection::sideways(&chromium).await.map(|fault| format!("{name} {fault}")));
    }
    assert!(wide.is_empty(), "{}", wide.join("\n"));
}

/// The check of the pages would pass an empty page too, if it checked nothing.
#[tokio::test]
async fn a_page_with_faults_is_found_out() {
    let folder = tempfile::tempdir().unwrap();
    let page = "<!doctype html><html><title>x</title><main><h1>x</h1><img src=none.png>\
                <div style='width:2000px'>wide</div><p style='color:#aaa'>faint</p></main>";
    fs::write(folder.path().join("bad.html"), page).unwrap();
    let chromium = Chromium::start(Look::PLAIN).await;
    open(&chromium, Look::PLAIN, &folder, "bad").await;
    let faults = inspection::faults(&chromium).await.join("\n");
    for expected in ["image-alt", "html-has-lang", "color-contrast", "scrolls sideways", "none.png"] {
        assert!(faults.contains(expected), "{expected} is not among: {faults}");
    }
}

/// Pages from files have no server to ask, so their script does not run; that of the check does.
async fn open(chromium: &Chromium, look: Look, folder: &TempDir, name: &str) {
    chromium.change_look(look.without_script()).await;
    chromium.driver().goto(format!("file://{}/{name}.html", folder.path().display())).await.unwrap();
    chromium.set_script(true).await;
}

fn write_pages() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("assets")).unwrap();
    for asset in views::Asset::ALL {
        fs::write(folder.path().join(asset.path().trim_start_matches('/')), asset.body()).unwrap();
    }
    for (name, html) in samples::every_page(&samples::Cast::MIRA) {
        let html = html.replace("\"/assets/", "\"assets/");
        fs::write(folder.path().join(format!("{name}.html")), html).unwrap();
    }
    folder
}
