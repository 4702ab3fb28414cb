//! A real Chromium, driven over WebDriver: one driver, one profile and one window for each test.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::extensions::query::{ElementPollerWithTimeout, ElementQueryable as _};
use thirtyfour::{By, ChromiumLikeCapabilities, DesiredCapabilities, LoggingPrefsLogLevel, WebDriver};

/// How long a page may take to get where a test expects it; a busy machine needs some of it.
const PATIENCE: Duration = Duration::from_secs(20);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// What a person's browser is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    pub script: bool,
    pub dark: bool,
    pub width: Width,
}

/// A desk's window, a phone's, or the narrowest that the pages promise to fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    Wide,
    Phone,
    Narrowest,
}

impl Look {
    pub const PLAIN: Self = Self { script: true, dark: false, width: Width::Wide };

    /// Names the folder of its pictures.
    pub fn name(self) -> String {
        let theme = if self.dark { "dark" } else { "light" };
        let width = match self.width {
            Width::Wide => "wide",
            Width::Phone => "phone",
            Width::Narrowest => "narrowest",
        };
        format!("{theme}-{width}")
    }

    pub fn without_script(self) -> Self {
        Self { script: false, ..self }
    }

    pub fn dark(self) -> Self {
        Self { dark: true, ..self }
    }

    pub fn narrow(self, width: Width) -> Self {
        Self { width, ..self }
    }
}

impl Width {
    /// Width, height and pixels a point.
    fn metrics(self) -> (u32, u32, u32) {
        match self {
            Self::Wide => (1280, 900, 1),
            Self::Phone => (390, 844, 2),
            Self::Narrowest => (320, 640, 2),
        }
    }
}

/// A browser with its driver. Dropping ends both, also out of a panic.
pub struct Chromium {
    driver: WebDriver,
    process: DriverProcess,
    _profile: TempDir,
}

impl Chromium {
    pub async fn start(look: Look) -> Self {
        // Our workspace builds reqwest without a cryptographic provider of its own, and thirtyfour uses it as it is.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let profile = tempfile::tempdir().unwrap();
        let process = DriverProcess::start(profile.path());

        let mut capabilities = DesiredCapabilities::chrome();
        for flag in [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
            &format!("--user-data-dir={}", profile.path().display()),
        ] {
            capabilities.add_arg(flag).unwrap();
        }
        capabilities.set_browser_log_level(LoggingPrefsLogLevel::All).unwrap();
        let driver = WebDriver::new(process.url.as_str(), capabilities).await.unwrap();
        driver.set_poller(Arc::new(ElementPollerWithTimeout::new(PATIENCE, LOOK_AGAIN)));

        let chromium = Self { driver, process, _profile: profile };
        chromium.change_look(look).await;
        chromium
    }

    /// The window and the theme change at once; whether scripts run, with the next page.
    pub async fn change_look(&self, look: Look) {
        let (width, height, scale) = look.width.metrics();
        self.set_metrics(width, height, scale, look.width != Width::Wide).await;
        let scheme = if look.dark { "dark" } else { "light" };
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.devtools("Emulation.setEmulatedMedia", media).await;
        self.set_script(look.script).await;
    }

    /// A window of this size in points.
    pub async fn change_window(&self, width: u32, height: u32, scale: u32) {
        self.set_metrics(width, height, scale, false).await;
    }

    async fn set_metrics(&self, width: u32, height: u32, scale: u32, is_phone: bool) {
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": scale, "mobile": is_phone });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// Waits for a page to give itself this title.
    pub async fn until_titled(&self, title: &str) {
        let titled = format!("//title[normalize-space()='{title}']");
        self.driver.query(By::XPath(titled)).first().await.unwrap();
    }

    /// Whether the scripts of pages run. What the driver itself executes runs either way, but waits for timers for ever.
    pub async fn set_script(&self, runs: bool) {
        self.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": !runs })).await;
    }

    /// Executes a script in the page and returns what it returns.
    pub async fn run(&self, script: &str) -> Value {
        self.driver.execute(script, vec![]).await.unwrap().json().clone()
    }

    async fn devtools(&self, method: &str, parameters: Value) {
        self.driver.cdp().send_raw(method, parameters).await.unwrap();
    }

    pub fn driver(&self) -> &WebDriver {
        &self.driver
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // thirtyfour would ask for a polite end here, and waits for ever where the runtime is the test's own.
        let _ = self.driver.clone().leak();
        self.process.kill();
    }
}

/// `chromedriver` on a port that it chose itself.
struct DriverProcess {
    child: Child,
    /// Kept open, since the driver stops at a write that nobody can read.
    _output: BufReader<ChildStdout>,
    url: String,
}

impl DriverProcess {
    fn start(folder: &Path) -> Self {
        let mut child = Command::new("chromedriver")
            .arg("--port=0")
            .env("TMPDIR", folder)
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is needed: cargo xtask test browser installs it or names the package");
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let port = output
            .by_ref()
            .lines()
            .map_while(Result::ok)
            .find_map(|line| {
                line.split_once("started successfully on port ")
                    .map(|(_, port)| port.trim_end_matches('.').to_owned())
            })
            .expect("chromedriver tells its port");
        Self { child, _output: output, url: format!("http://127.0.0.1:{port}") }
    }

    /// Kills the group: the driver, and the browser that it started.
    fn kill(&mut self) {
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.child.wait();
    }
}
