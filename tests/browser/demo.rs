//! What `cargo run` gives a person: the pages in a browser, and the terminal app as the phone.

use std::path::PathBuf;
use std::{env, fs};

use crate::album;
use crate::chromium::Look;
use crate::person::Person;
use crate::terminal::Terminal;

const USER: &str = "mira.okafor@halden.example";

/// The demo in a terminal, and its demo person before a browser.
struct Demo {
    terminal: Terminal,
    person: Person,
    password: String,
}

impl Demo {
    async fn start() -> Self {
        let terminal = Terminal::start(&program(), 110, 26);
        let screen = terminal.sees(&["Sign-in page", "No accounts yet"]).await;
        let after = |label: &str| {
            let (_, rest) = screen.split_once(label).unwrap();
            rest.split_whitespace().next().unwrap().to_owned()
        };
        let (_, row) = screen.split_once(USER).unwrap();
        let password = row.split_whitespace().nth(1).unwrap().to_owned();
        let person = Person::start(Look::PLAIN, &after("Sign-in page")).await;
        Self { terminal, person, password }
    }

    async fn signs_in(&self) {
        self.person.open("/sign-in").await;
        self.person.types("User name", USER).await;
        self.person.types("Password", &self.password).await;
        self.person.presses("Sign in").await;
    }

    /// Opens the request that waits, types the number of the page, and approves.
    async fn approves(&self, line: &str, question: &str) {
        let number = self.person.text(".number output").await;
        self.terminal.sees(&[line]).await;
        self.terminal.presses(&["Enter"]);
        self.terminal.sees(&[question]).await;
        self.terminal.types(&number);
        self.terminal.sees(&["Is this the number on the sign-in page?"]).await;
        self.keeps_both(line).await;
        self.terminal.presses(&["Enter"]);
        self.terminal.sees(&["✓ Approved"]).await;
    }

    /// A picture of the page beside the app, if pictures were asked for.
    async fn keeps_both(&self, line: &str) {
        if album::folder().is_some() {
            let (page, app) = (self.person.screenshot().await, self.terminal.picture().await);
            let both = album::beside(&page, &app, (5, 6), (1500.0, 500.0)).await;
            album::keep(&format!("both/{}", line.to_lowercase().replace(' ', "-")), &both);
        }
    }
}

/// The program, as the one build of the workspace left it.
fn program() -> PathBuf {
    let deps = env::current_exe().unwrap().parent().unwrap().to_owned();
    let program = deps.with_file_name("countersign-demo");
    assert!(program.exists(), "cargo build --workspace makes {}", program.display());
    program
}

#[tokio::test]
async fn s18_s19_s24_s71_a_person_walks_the_demo_with_the_terminal_app() {
    let demo = Demo::start().await;
    let (terminal, person) = (&demo.terminal, &demo.person);
    demo.signs_in().await;
    for button in ["Next", "Next", "Next"] {
        person.presses(button).await;
    }
    person.sees("Scan the QR code").await;

    // Add account, Work or school account, the picture of the page.
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("page.png");
    fs::write(&picture, person.screenshot().await).unwrap();
    terminal.presses(&["a"]);
    terminal.sees(&["Add account", "▌Work or school account"]).await;
    terminal.keep("add-account").await;
    terminal.presses(&["Enter"]);
    terminal.sees(&["▌Picture of the QR code"]).await;
    terminal.presses(&["Enter"]);
    terminal.sees(&["Scan the QR code", "▌File"]).await;
    terminal.types(picture.to_str().unwrap());
    terminal.presses(&["Enter"]);

    person.sees("Is this your phone?").await;
    terminal.sees(&["Compare with the page:", &person.text(".match code").await]).await;
    demo.keeps_both("compare").await;
    person.presses("Yes, the same").await;
    person.sees("Let’s test it").await;
    demo.approves("A test request is waiting", "Setting up Halden College?").await;
    person.sees("Your app is connected").await;
    terminal.presses(&["Enter"]);
    terminal.sees(&["Halden College is set up"]).await;
    terminal.presses(&["Escape"]);
    person.presses("Next").await;
    person.sees("Success").await;
    person.presses("Done").await;
    person.sees("Mira Okafor").await;
    terminal.keep("accounts").await;
    person.open("/sign-out").await;
    person.presses("Sign out").await;
    person.sees("Sign in").await;

    demo.signs_in().await;
    person.sees("Approve it on your phone").await;
    demo.approves("A sign-in is waiting", "Signing in to Halden Mail?").await;
    person.sees("Mira Okafor").await;

    // Done, the account, its settings, Remove account.
    terminal.presses(&["Enter"]);
    terminal.sees(&["✓ Approves sign-ins"]).await;
    terminal.presses(&["Enter"]);
    terminal.sees(&["✓ Approves sign-ins", "s settings"]).await;
    terminal.keep("account").await;
    terminal.presses(&["s"]);
    terminal.sees(&["Account settings", "Remove account"]).await;
    terminal.presses(&["Down"]);
    terminal.sees(&["▌This device"]).await;
    terminal.presses(&["Down"]);
    terminal.sees(&["▌Remove account"]).await;
    terminal.presses(&["Enter"]);
    terminal.sees(&["Remove Halden College from this phone?"]).await;
    terminal.keep("remove-account").await;
    terminal.presses(&["r"]);
    terminal.sees(&["No accounts yet"]).await;
    person.open("/security-info").await;
    person.reads("No sign-in method yet").await;
}
