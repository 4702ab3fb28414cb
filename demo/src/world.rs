//! A server with its persons, and as many phones and browsers as a story needs; all of it in one throw-away folder.

use std::path::PathBuf;
use std::sync::Arc;

use countersign_protocol::Text;
use countersign_server::{Config, Demo, Given, HashingCost, Renaming, Server};
use tempfile::TempDir;

use crate::browser::{Browser, Fault};
use crate::clock::SteppedClock;
use crate::phone::{Made, Phone};
use crate::scene::Credentials;

/// The browser that the pages are told of.
const AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0";

/// One server and who uses it.
pub struct World {
    /// The server; None while it is down.
    pub demo: Option<Demo>,
    /// The clock of the server, and of every phone that has none of its own.
    pub clock: Arc<SteppedClock>,
    /// The persons, each with a password.
    pub persons: Vec<Credentials>,
    config: Config,
    given: Given,
    pages: String,
    folder: TempDir,
}

impl World {
    /// Starts the server in a throw-away folder.
    ///
    /// # Errors
    /// A [`Fault`] when it does not start.
    pub async fn start(hashing_cost: HashingCost) -> Result<Self, Fault> {
        Self::start_with(hashing_cost, |_| {}).await
    }

    /// Starts the server with a config that was changed.
    ///
    /// # Errors
    /// A [`Fault`] when it does not start.
    pub async fn start_with(
        hashing_cost: HashingCost,
        change: impl FnOnce(&mut Config),
    ) -> Result<Self, Fault> {
        // One provider a process; whoever was first has installed the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let clock = Arc::new(SteppedClock::default());
        let given = Given { clock: Arc::<SteppedClock>::clone(&clock), hashing_cost, ..Given::default() };
        let mut config = Demo::config(&folder.path().join("server"));
        change(&mut config);
        let demo = Demo::start_with(&config, given.clone()).await.map_err(|error| error.to_string())?;
        let pages = demo.running.pages_url().as_str().to_owned();
        let credentials = demo.persons.iter().map(|person| Credentials {
            user_name: person.user_name.to_string(),
            password: person.password.expose().to_owned(),
        });
        let persons = credentials.collect();
        Ok(Self { demo: Some(demo), clock, persons, config, given, pages, folder })
    }

    /// The person with this number.
    ///
    /// # Errors
    /// A [`Fault`] when there are not so many.
    pub fn person(&self, number: usize) -> Result<Credentials, Fault> {
        self.persons.get(number).cloned().ok_or_else(|| format!("there is no person {number}"))
    }

    /// A new browser, without cookies.
    ///
    /// # Errors
    /// A [`Fault`] when it cannot be made.
    pub fn browser(&self) -> Result<Browser, Fault> {
        Browser::new(&self.pages, AGENT)
    }

    /// A new phone, active, with its own vault.
    ///
    /// # Errors
    /// A [`Fault`] when its vault does not open.
    pub async fn phone(&self, name: &str) -> Result<Phone, Fault> {
        self.phone_of(name, self.made()).await
    }

    /// What a new phone is made of: it goes by the server's clock.
    #[must_use]
    pub fn made(&self) -> Made {
        Made::with_clock(Arc::<SteppedClock>::clone(&self.clock))
    }

    /// A phone made of this, active, over the vault of this name: the same phone, if it was there before.
    ///
    /// # Errors
    /// A [`Fault`] when its vault does not open.
    pub async fn phone_of(&self, name: &str, made: Made) -> Result<Phone, Fault> {
        let phone = Phone::open(&self.vault(name), name, made).await?;
        phone.authenticator.set_active(true).await;
        Ok(phone)
    }

    /// Where the vault of a phone is.
    #[must_use]
    pub fn vault(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Takes the server down. Its ports are kept for its return.
    pub async fn take_down(&mut self) {
        if let Some(demo) = self.demo.take() {
            self.config.listen = demo.running.pages_address();
            self.config.phone_listen = Some(demo.running.phone_address());
            demo.running.shutdown().await;
        }
    }

    /// Changes the config that the server has when it is started again.
    pub fn reconfigure(&mut self, change: impl FnOnce(&mut Config)) {
        change(&mut self.config);
    }

    /// Gives a person another user name and name, while the server is down.
    ///
    /// # Errors
    /// A [`Fault`] when the state cannot be opened, or the names cannot be had.
    pub async fn rename(&self, user_name: &str, new_user_name: &str, name: &str) -> Result<(), Fault> {
        let shown = Text::new(new_user_name).map_err(|error| error.to_string())?;
        let name = Text::new(name).map_err(|error| error.to_string())?;
        let renamed = Server::rename_person(&self.config, &self.given, user_name, (shown, name)).await;
        match renamed.map_err(|error| error.to_string())? {
            Renaming::Renamed => Ok(()),
            refused => Err(format!("renaming {user_name}: {refused:?}")),
        }
    }

    /// Starts the server again with the state that it had.
    ///
    /// # Errors
    /// A [`Fault`] when it does not start.
    pub async fn bring_back(&mut self) -> Result<(), Fault> {
        let running = Server::start(&self.config, self.given.clone());
        let running = running.await.map_err(|error| error.to_string())?;
        self.demo = Some(Demo { running, persons: Vec::new() });
        Ok(())
    }
}
