//! The runner with a real core and a real vault: keys in, the last screen out.

use std::path::Path;
use std::sync::mpsc::Sender;

use countersign_core::authenticator::{Given, Ports, Role};
use countersign_core::vault::PassphraseCost;
use countersign_protocol::{SystemClock, SystemRandom};
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::samples::{ALL, setting};
use super::*;
use crate::platform::{Keyring, SystemTrust, this_computer};
use crate::words::Words;

const PASSPHRASE: &str = "five words of mine here";

struct App {
    told: Sender<Event>,
    ended: thread::JoinHandle<String>,
}

/// Starts the app on a folder, without a keyring.
fn start(folder: &Path) -> App {
    let ears = Ears::new();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let ports = Ports {
        key_store: Arc::new(Keyring::none()),
        device_keys: None,
        trust: Arc::new(SystemTrust::new(Arc::clone(&clock))),
        listener: ears.listener(),
    };
    let random = Arc::new(SystemRandom);
    let given = Given { clock: Arc::clone(&clock), random, passphrase_cost: PassphraseCost::LEAST };
    let phone = this_computer(Words::default()).unwrap();
    let authenticator = Authenticator::open(folder.to_path_buf(), Role::App, phone, ports, given).unwrap();
    let told = ears.told.clone();
    let ended = thread::spawn(move || {
        let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
        let setting = Setting { has_keyring: false, offers_unlock_code: false, ..setting(ALL) };
        run(&authenticator, ears, &*clock, setting, &mut terminal).unwrap();
        terminal.backend().to_string()
    });
    App { told, ended }
}

impl App {
    fn press(&self, code: KeyCode) {
        self.told.send(Event::Key(KeyEvent::new(code, KeyModifiers::NONE))).unwrap();
    }

    fn types(&self, text: &str) {
        self.told.send(Event::Paste(Zeroizing::new(text.to_owned()))).unwrap();
    }

    /// Quits by Control and C, and gives the screen that was drawn last.
    fn last_screen(self) -> String {
        self.told.send(Event::Key(KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL))).unwrap();
        self.ended.join().unwrap()
    }
}

/// Waits until the core has told something new after what was just asked of it.
fn settle(app: &App) {
    // What an effect came to is told by events behind those that were sent before; the app draws between them.
    for _ in 0..50 {
        app.told.send(Event::Resized).unwrap();
        thread::park_timeout(Duration::from_millis(10));
    }
}

#[test]
fn a_person_makes_a_vault_adds_a_code_and_finds_it_again() {
    let folder = tempfile::tempdir().unwrap();
    let app = start(folder.path());
    app.types(PASSPHRASE);
    app.press(KeyCode::Enter);
    app.types(PASSPHRASE);
    app.press(KeyCode::Enter);
    settle(&app);
    // Add account, Other account, Link.
    app.press(KeyCode::Char('a'));
    app.press(KeyCode::Down);
    app.press(KeyCode::Enter);
    app.press(KeyCode::Down);
    app.press(KeyCode::Down);
    app.press(KeyCode::Enter);
    app.types("otpauth://totp/Gitforge:mokafor?secret=JBSWY3DPEHPK3PXP&issuer=Gitforge");
    app.press(KeyCode::Enter);
    settle(&app);
    // It asks first.
    app.press(KeyCode::Enter);
    settle(&app);
    let screen = app.last_screen();
    assert!(
        screen.contains("Gitforge") && screen.contains("was added") && screen.contains(" s █"),
        "{screen}"
    );

    let app = start(folder.path());
    app.types("not the passphrase");
    app.press(KeyCode::Enter);
    settle(&app);
    app.types(PASSPHRASE);
    app.press(KeyCode::Enter);
    settle(&app);
    let screen = app.last_screen();
    assert!(screen.contains("Gitforge") && screen.contains("mokafor"), "{screen}");
}

#[test]
fn a_wrong_passphrase_and_a_damaged_link_are_told_on_their_screens() {
    let folder = tempfile::tempdir().unwrap();
    let app = start(folder.path());
    app.types(PASSPHRASE);
    app.press(KeyCode::Enter);
    app.types(PASSPHRASE);
    app.press(KeyCode::Enter);
    settle(&app);
    for code in [KeyCode::Char('a'), KeyCode::Enter, KeyCode::Down, KeyCode::Down, KeyCode::Enter] {
        app.press(code);
    }
    app.types("countersign://activate?v=1&s=nonsense");
    app.press(KeyCode::Enter);
    settle(&app);
    let screen = app.last_screen();
    assert!(screen.contains("This code of Countersign is damaged"), "{screen}");

    let app = start(folder.path());
    app.types("not the passphrase");
    app.press(KeyCode::Enter);
    settle(&app);
    let screen = app.last_screen();
    assert!(
        screen.contains("That does not open your accounts") && !screen.contains("passphrase•"),
        "{screen}"
    );
}

#[test]
fn whoever_leaves_while_a_server_says_nothing_is_told_that_nothing_was_added() {
    let folder = tempfile::tempdir().unwrap();
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let app = start(folder.path());
    app.types(PASSPHRASE);
    app.press(KeyCode::Enter);
    app.types(PASSPHRASE);
    app.press(KeyCode::Enter);
    settle(&app);
    // Add account, Work or school account, code and URL.
    for code in [KeyCode::Char('a'), KeyCode::Enter, KeyCode::Down, KeyCode::Enter] {
        app.press(code);
    }
    app.types("2345 6789 ABCD");
    app.press(KeyCode::Enter);
    app.types(&format!("https://localhost:{}", silent.local_addr().unwrap().port()));
    app.press(KeyCode::Enter);
    let _connection = silent.accept().unwrap();
    app.press(KeyCode::Esc);
    settle(&app);
    let screen = app.last_screen();
    assert!(screen.contains("Nothing was added"), "{screen}");
}
