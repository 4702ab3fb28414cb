//! The runner with a real core and a real vault: keys in, the last screen out.

use std::convert::Infallible;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};

use countersign_core::authenticator::{Given, Ports, Role};
use countersign_core::vault::PassphraseCost;
use countersign_protocol::{SystemClock, SystemRandom};
use ratatui::backend::{Backend, ClearType, TestBackend, WindowSize};
use ratatui::buffer::Cell;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::{Position, Size};

use super::samples::{ALL, setting};
use super::*;
use crate::platform::{Keyring, SystemTrust, this_computer};
use crate::words::Words;

const PASSPHRASE: &str = "five words of mine here";
/// The longest that anything takes to be seen.
const PATIENCE: Duration = Duration::from_secs(20);

/// The most screens that are drawn before: where a code counts down, one comes each second.
const SCREENS: usize = 60;

/// A terminal of 80 x 24 that tells each screen as soon as it is drawn.
struct Screens {
    backend: TestBackend,
    drawn: Sender<String>,
}

impl Backend for Screens {
    type Error = Infallible;

    fn draw<'a, I: Iterator<Item = (u16, u16, &'a Cell)>>(&mut self, content: I) -> Result<(), Infallible> {
        self.backend.draw(content)
    }

    fn hide_cursor(&mut self) -> Result<(), Infallible> {
        self.backend.hide_cursor()
    }

    fn show_cursor(&mut self) -> Result<(), Infallible> {
        self.backend.show_cursor()
    }

    fn get_cursor_position(&mut self) -> Result<Position, Infallible> {
        self.backend.get_cursor_position()
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> Result<(), Infallible> {
        self.backend.set_cursor_position(position)
    }

    fn clear(&mut self) -> Result<(), Infallible> {
        self.backend.clear()
    }

    fn clear_region(&mut self, kind: ClearType) -> Result<(), Infallible> {
        self.backend.clear_region(kind)
    }

    fn size(&self) -> Result<Size, Infallible> {
        self.backend.size()
    }

    fn window_size(&mut self) -> Result<WindowSize, Infallible> {
        self.backend.window_size()
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        // A test that has seen enough looks no more.
        let _ = self.drawn.send(self.backend.to_string());
        self.backend.flush()
    }
}

struct App {
    told: Sender<Event>,
    screens: Receiver<String>,
    ended: thread::JoinHandle<()>,
}

impl App {
    /// Starts the app on a folder, without a keyring.
    fn start(folder: &Path) -> Self {
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
        let authenticator =
            Authenticator::open(folder.to_path_buf(), Role::App, phone, ports, given).unwrap();
        let told = ears.told.clone();
        let (drawn, screens) = channel();
        let ended = thread::spawn(move || {
            let mut terminal = Terminal::new(Screens { backend: TestBackend::new(80, 24), drawn }).unwrap();
            let setting = Setting { has_keyring: false, offers_unlock_code: false, ..setting(ALL) };
            run(&authenticator, ears, &*clock, setting, &mut terminal).unwrap();
        });
        Self { told, screens, ended }
    }

    /// Starts it for the first time, and chooses a passphrase.
    fn first_start(folder: &Path) -> Self {
        let app = Self::start(folder);
        app.types(PASSPHRASE);
        app.press(&[KeyCode::Enter]);
        app.types(PASSPHRASE);
        app.press(&[KeyCode::Enter]);
        app.is_open();
        app
    }

    /// The vault may be open a moment before the app has heard that opening it is done.
    #[track_caller]
    fn is_open(&self) {
        while self.sees("No accounts yet").contains("Opening your accounts") {}
    }

    fn press(&self, codes: &[KeyCode]) {
        for code in codes {
            self.told.send(Event::Key(KeyEvent::new(*code, KeyModifiers::NONE))).unwrap();
        }
    }

    fn types(&self, text: &str) {
        self.told.send(Event::Paste(Zeroizing::new(text.to_owned()))).unwrap();
    }

    /// The first screen from now on that shows this.
    #[track_caller]
    fn sees(&self, text: &str) -> String {
        let mut last = String::new();
        for _ in 0..SCREENS {
            let Ok(screen) = self.screens.recv_timeout(PATIENCE) else { break };
            if screen.contains(text) {
                return screen;
            }
            last = screen;
        }
        panic!("{text} does not come on the screen:\n{last}");
    }

    /// Quits by Control and C.
    fn quit(self) {
        self.told.send(Event::Key(KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL))).unwrap();
        self.ended.join().unwrap();
    }
}

#[test]
fn a_person_makes_a_vault_adds_a_code_and_finds_it_again() {
    let folder = tempfile::tempdir().unwrap();
    let app = App::first_start(folder.path());
    // Add account, Other account, Link.
    app.press(&[KeyCode::Char('a'), KeyCode::Down, KeyCode::Enter]);
    app.press(&[KeyCode::Down, KeyCode::Down, KeyCode::Enter]);
    app.types("otpauth://totp/Gitforge:mokafor?secret=JBSWY3DPEHPK3PXP&issuer=Gitforge");
    app.press(&[KeyCode::Enter]);
    app.sees("Add this account?");
    app.press(&[KeyCode::Enter]);
    let screen = app.sees("was added");
    assert!(screen.contains("Gitforge") && screen.contains(" s █"), "{screen}");
    app.quit();

    let app = App::start(folder.path());
    app.types("not the passphrase");
    app.press(&[KeyCode::Enter]);
    app.sees("That does not open your accounts");
    app.types(PASSPHRASE);
    app.press(&[KeyCode::Enter]);
    let screen = app.sees("Gitforge");
    assert!(screen.contains("mokafor"), "{screen}");
    app.quit();
}

#[test]
fn a_wrong_passphrase_and_a_damaged_link_are_told_on_their_screens() {
    let folder = tempfile::tempdir().unwrap();
    let app = App::first_start(folder.path());
    app.press(&[KeyCode::Char('a'), KeyCode::Enter, KeyCode::Down, KeyCode::Down, KeyCode::Enter]);
    app.types("countersign://activate?v=1&s=nonsense");
    app.press(&[KeyCode::Enter]);
    app.sees("This code of Countersign is damaged");
    app.quit();

    let app = App::start(folder.path());
    app.types("not the passphrase");
    app.press(&[KeyCode::Enter]);
    let screen = app.sees("That does not open your accounts");
    assert!(!screen.contains("passphrase•"), "{screen}");
    app.quit();
}

#[test]
fn whoever_leaves_while_a_server_says_nothing_is_told_that_nothing_was_added() {
    let folder = tempfile::tempdir().unwrap();
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let app = App::first_start(folder.path());
    // Add account, Work or school account, code and URL.
    app.press(&[KeyCode::Char('a'), KeyCode::Enter, KeyCode::Down, KeyCode::Enter]);
    app.types("2345 6789 ABCD");
    app.press(&[KeyCode::Enter]);
    app.types(&format!("https://localhost:{}", silent.local_addr().unwrap().port()));
    app.press(&[KeyCode::Enter]);
    let _connection = silent.accept().unwrap();
    app.press(&[KeyCode::Esc]);
    app.sees("Nothing was added");
    app.quit();
}

#[test]
fn this_device_is_named_and_keeps_its_name_over_a_start() {
    let folder = tempfile::tempdir().unwrap();
    let app = App::first_start(folder.path());
    app.press(&[KeyCode::Char('t')]);
    app.sees("What your organisations call it");
    app.told.send(Event::Key(KeyEvent::new(KeyCode::Char('u'), KeyModifiers::CONTROL))).unwrap();
    // Some keyboards type a letter and its accent apart.
    app.types("Zoe\u{308}’s laptop");
    app.press(&[KeyCode::Enter]);
    app.sees("This device is Zoë’s laptop");
    app.press(&[KeyCode::Char('t')]);
    app.types(&"x".repeat(64));
    app.press(&[KeyCode::Enter]);
    app.sees("This name cannot be taken");
    app.quit();

    let app = App::start(folder.path());
    app.types(PASSPHRASE);
    app.press(&[KeyCode::Enter]);
    app.is_open();
    app.press(&[KeyCode::Char('t')]);
    app.sees("Name  Zoë’s laptop");
    app.quit();
}
