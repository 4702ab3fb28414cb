//! The server as its own process, killed while phones and browsers talk to it.

use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use std::{env, fs, io};

use countersign_core::authenticator::{AccountState, Decision, Outcome};
use countersign_demo::browser::{Browser, Fault};
use countersign_demo::phone::{Made, Phone};
use countersign_demo::scene::{self, By, Credentials};
use countersign_protocol::{SystemClock, Verdict};

const ROUNDS: u64 = 12;

/// `countersign-server` with its folder, which outlives each of its processes.
struct House {
    folder: tempfile::TempDir,
    port: u16,
    process: Option<Child>,
}

impl House {
    /// Makes the folder and one person, as an administrator does.
    fn make() -> (Self, Credentials) {
        // Both are free for as long as nobody else asks for a port.
        let sockets = [(); 2].map(|()| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap());
        let [port, phone_port] = sockets.map(|socket| socket.local_addr().unwrap().port());
        let folder = tempfile::tempdir().unwrap();
        let config = format!(
            "public_url = \"http://localhost:{port}\"\nlisten = \"127.0.0.1:{port}\"\n\
             phone_url = \"https://localhost:{phone_port}\"\nphone_listen = \"127.0.0.1:{phone_port}\"\n\
             state = \"state\"\n[organisation]\nname = \"Halden College\"\n"
        );
        fs::write(folder.path().join("countersign.toml"), config).unwrap();
        let user_name = "mira@halden.example";
        let made = server(folder.path())
            .args(["init", "--user-name", user_name, "--name", "Mira Okafor"])
            .output()
            .unwrap();
        let said = String::from_utf8(made.stdout).unwrap();
        assert!(made.status.success(), "{said}{}", String::from_utf8_lossy(&made.stderr));
        let password = said.split_whitespace().last().unwrap().to_owned();
        (Self { folder, port, process: None }, Credentials { user_name: user_name.to_owned(), password })
    }

    /// Starts a process, and waits until it serves.
    fn start(&mut self) {
        let mut process = server(self.folder.path()).arg("serve").stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(process.stderr.take().unwrap());
        self.process = Some(process);
        let mut said = String::new();
        while !said.contains("serving") {
            assert_ne!(log.read_line(&mut said).unwrap(), 0, "the server did not start: {said}");
        }
        std::thread::spawn(move || io::copy(&mut log, &mut io::sink()));
    }

    /// SIGKILL: it gets no word in.
    fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    fn browser(&self) -> Result<Browser, Fault> {
        Browser::new(&format!("http://localhost:{}", self.port), "Mozilla/5.0 Firefox/144.0")
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.kill();
    }
}

fn server(folder: &Path) -> Command {
    let mut command = Command::new(program());
    command.current_dir(folder);
    command
}

/// The program, as the one build of the workspace left it.
fn program() -> PathBuf {
    let deps = env::current_exe().unwrap().parent().unwrap().to_owned();
    let program = deps.with_file_name("countersign-server");
    assert!(program.exists(), "cargo build --workspace makes {}", program.display());
    program
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_at_any_moment_of_an_answer_takes_it_once_and_lets_the_browser_in()
-> Result<(), Fault> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (mut house, person) = House::make();
    house.start();
    let vault = tempfile::tempdir().map_err(|error| error.to_string())?;
    let phone = Phone::open(vault.path(), "Mira's phone", Made::with_clock(Arc::new(SystemClock))).await?;
    phone.authenticator.set_active(true).await;
    scene::enrol(&mut house.browser()?, &person, &phone, By::QrCode).await?;

    for round in 0..ROUNDS {
        let mut browser = house.browser()?;
        scene::sign_in(&mut browser, &person).await?;
        browser.expect("Approve it on your phone")?;
        let typed = scene::number(&browser)?;
        let card = phone.request().await?;
        let core = Arc::clone(&phone.authenticator);
        let (account, id) = (card.account_id, card.id);
        let answer = tokio::spawn(async move { core.answer(account, id, Decision::Approve { typed }).await });
        tokio::time::sleep(Duration::from_micros(round * 1_700)).await;
        house.kill();
        house.start();
        let outcome = answer.await.map_err(|error| error.to_string())?;
        let approved = Outcome::Verdict { verdict: Verdict::Approved, phone: None };
        assert_eq!(outcome, Ok(approved), "round {round}");
        // Told on the phone, so it is true for the browser: also after one more death.
        if round % 3 == 0 {
            house.kill();
            house.start();
        }
        browser.choose("Continue").await?;
        browser.open("/account").await?;
        browser.expect("Update info")?;
        phone.state(AccountState::Ready).await?;
    }
    Ok(())
}
