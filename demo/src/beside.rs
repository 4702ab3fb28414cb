//! The demo for a person: the sign-in page's address and who may sign in stand above, the terminal app below.

use std::path::Path;
use std::sync::Arc;

use countersign_core::authenticator::{Authenticator, Given, Ports, Role};
use countersign_core::vault::PassphraseCost;
use countersign_protocol::{Clock, SystemClock, SystemRandom};
use countersign_server::Demo;
use countersign_terminal::{Ears, Setting, SystemTrust, run_app, this_computer};
use tokio::runtime::Runtime;

use crate::browser::Fault;
use crate::phone::ThrowAwayKeyStore;

/// Starts the server and the app, and ends when the person quits the app.
///
/// # Errors
/// A [`Fault`] when the server, the vault or the terminal does not start.
pub fn run(runtime: &Runtime, say: impl Fn(&str)) -> Result<(), Fault> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let demo =
        runtime.block_on(Demo::start(&folder.path().join("server"), countersign_server::Given::default()));
    let demo = demo.map_err(|error| error.to_string())?;
    let lines = introduction(&demo);
    let ended = show_app(&folder.path().join("phone"), lines);
    runtime.block_on(demo.running.shutdown());
    say("The demo is over. All that it made is thrown away.");
    ended
}

fn introduction(demo: &Demo) -> Vec<String> {
    let mut lines = vec![
        "Countersign demo: everything here is thrown away at the end.".to_owned(),
        format!("  Sign-in page  {}", demo.running.pages_url().as_str()),
    ];
    let row = |person: &countersign_server::DemoPerson| {
        format!("  {:<32} password  {}", person.user_name.to_string(), person.password.expose())
    };
    lines.extend(demo.persons.iter().map(row));
    lines.push("Below is the app, as your phone: ? shows its keys, q quits.".to_owned());
    lines.push(String::new());
    lines
}

/// The app below these lines, until the person quits it.
fn show_app(vault: &Path, above: Vec<String>) -> Result<(), Fault> {
    let setting = Setting { above, ..Setting::of_environment() };
    let ears = Ears::new();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let ports = Ports {
        key_store: Arc::new(ThrowAwayKeyStore::default()),
        device_keys: None,
        trust: Arc::new(SystemTrust::new(Arc::clone(&clock))),
        listener: ears.listener(),
    };
    let given = Given {
        clock: Arc::clone(&clock),
        random: Arc::new(SystemRandom),
        passphrase_cost: PassphraseCost::DEFAULT,
    };
    let phone = this_computer(setting.words).ok_or("this computer has no name to show")?;
    let authenticator = Authenticator::open(vault.to_owned(), Role::App, phone, ports, given);
    let authenticator = authenticator.map_err(|error| error.to_string())?;

    let mut terminal = ratatui::try_init().map_err(|error| error.to_string())?;
    let result = run_app(&authenticator, ears, &clock, setting, &mut terminal);
    ratatui::try_restore().map_err(|error| error.to_string())?;
    result.map_err(|error| error.to_string())
}
