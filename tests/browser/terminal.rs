//! A real terminal with a program in it: tmux, without anybody's settings.

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::album;

const PATIENCE: Duration = Duration::from_secs(20);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Dropping it ends the program.
pub struct Terminal {
    socket: String,
    columns: u32,
    rows: u32,
}

impl Terminal {
    pub fn start(program: &Path, columns: u32, rows: u32) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let socket = format!("countersign-{}-{number}", std::process::id());
        let terminal = Self { socket, columns, rows };
        let (columns, rows) = (columns.to_string(), rows.to_string());
        let session = [
            "new-session",
            "-d",
            "-x",
            &columns,
            "-y",
            &rows,
            "-e",
            "LANG=C.UTF-8",
            "-e",
            "COLORTERM=truecolor",
        ];
        terminal.tmux(&[&session[..], &["--", program.to_str().unwrap()]].concat());
        terminal
    }

    /// Presses keys by tmux's names: `Enter`, `Down`, `a`.
    pub fn presses(&self, keys: &[&str]) {
        self.tmux(&[&["send-keys"], keys].concat());
    }

    /// Types a text as it is.
    pub fn types(&self, text: &str) {
        self.tmux(&["send-keys", "-l", text]);
    }

    /// The screen as text, as soon as all of this stands on it.
    pub async fn sees(&self, texts: &[&str]) -> String {
        let seen = async {
            loop {
                let screen = self.tmux(&["capture-pane", "-p"]);
                if texts.iter().all(|text| screen.contains(text)) {
                    return screen;
                }
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        };
        match tokio::time::timeout(PATIENCE, seen).await {
            Ok(screen) => screen,
            Err(_) => panic!("{texts:?} do not come on the screen:\n{}", self.tmux(&["capture-pane", "-p"])),
        }
    }

    /// The screen as a picture.
    pub async fn picture(&self) -> Vec<u8> {
        album::draw_terminal(&self.tmux(&["capture-pane", "-e", "-p"]), self.columns, self.rows).await
    }

    /// Keeps the screen for the papers if pictures were asked for.
    pub async fn keep(&self, name: &str) {
        if album::folder().is_some() {
            album::keep(&format!("terminal/{name}"), &self.picture().await);
        }
    }

    fn tmux(&self, arguments: &[&str]) -> String {
        let output = Command::new("tmux")
            .args(["-L", &self.socket, "-f", "/dev/null"])
            .args(arguments)
            .output()
            .expect("tmux is needed: cargo xtask test browser installs it or names the package");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "tmux {arguments:?}: {errors} (has the program ended?)");
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = Command::new("tmux").args(["-L", &self.socket, "kill-server"]).output();
    }
}
