//! Pictures for the papers: kept only where `COUNTERSIGN_SCREENSHOTS` names a folder, so that a plain run of the tests
//! leaves the tree as it was.

use std::path::{Path, PathBuf};
use std::{env, fs};

use serde_json::json;

use crate::chromium::{Chromium, Look};

/// Pixels that a cell of the terminal takes in xterm.js with this font at 16 pixels.
const CELL: (f64, f64) = (9.8, 19.0);
const MARGIN: f64 = 8.0;

/// The folder that the pictures go to, if any is wanted.
pub fn folder() -> Option<PathBuf> {
    env::var_os("COUNTERSIGN_SCREENSHOTS").map(PathBuf::from)
}

/// Keeps a picture as `<folder>/<name>.png`.
pub fn keep(name: &str, picture: &[u8]) {
    let Some(folder) = folder() else { return };
    let path = folder.join(name).with_extension("png");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, picture).unwrap();
}

/// A terminal's screen, given as text with escape sequences, drawn cell by cell by xterm.js.
pub async fn draw_terminal(screen: &str, columns: u32, rows: u32) -> Vec<u8> {
    let xterm =
        env::var_os("COUNTERSIGN_XTERM").expect("COUNTERSIGN_XTERM is set by cargo xtask screenshots");
    let folder = tempfile::tempdir().unwrap();
    for file in ["lib/xterm.js", "css/xterm.css"] {
        let source = Path::new(&xterm).join(file);
        fs::copy(&source, folder.path().join(source.file_name().unwrap())).unwrap();
    }
    let options = json!({
        "cols": columns, "rows": rows, "fontFamily": "DejaVu Sans Mono", "fontSize": 16, "scrollback": 0,
        "convertEol": true, "cursorInactiveStyle": "none",
        "theme": { "background": "#1e1e1e", "foreground": "#e6e6e6" },
    });
    let screen = json!(screen.trim_end());
    let page = format!(
        "<!doctype html><meta charset=utf-8><link rel=stylesheet href=xterm.css><script src=xterm.js></script>\
         <style>body {{ margin: {MARGIN}px; background: #1e1e1e; overflow: hidden }}</style><div id=terminal></div>\
         <script>const terminal = new Terminal({options}); terminal.open(document.getElementById('terminal'));\
         terminal.write({screen}, () => document.title = 'drawn');</script>"
    );
    let width = f64::from(columns) * CELL.0 + 2.0 * MARGIN;
    photograph(&folder.path().join("page.html"), &page, (width, f64::from(rows) * CELL.1 + 2.0 * MARGIN))
        .await
}

/// Two pictures beside each other, each as wide as its share.
pub async fn beside(left: &[u8], right: &[u8], shares: (u32, u32), size: (f64, f64)) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("left.png"), left).unwrap();
    fs::write(folder.path().join("right.png"), right).unwrap();
    let page = format!(
        "<!doctype html><style>body {{ margin: 16px; display: grid; grid-template-columns: {}fr {}fr; gap: 16px; \
         align-items: center; background: #8a9691 }} img {{ inline-size: 100%; border-radius: 8px; display: block }}\
         </style><img src=left.png><img src=right.png><script>onload = () => document.title = 'drawn'</script>",
        shares.0, shares.1
    );
    photograph(&folder.path().join("page.html"), &page, size).await
}

/// A picture, at twice the size, of a page that names itself "drawn" once it is.
async fn photograph(path: &Path, page: &str, size: (f64, f64)) -> Vec<u8> {
    fs::write(path, page).unwrap();
    let chromium = Chromium::start(Look::PLAIN).await;
    chromium.change_window(size.0 as u32, size.1 as u32, 2).await;
    chromium.driver().goto(format!("file://{}", path.display())).await.unwrap();
    chromium.until_titled("drawn").await;
    chromium.driver().screenshot_as_png().await.unwrap()
}
