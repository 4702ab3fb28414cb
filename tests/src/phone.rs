//! A phone for tests: the app's core with a key store in memory and keys in software, as in the terminal app.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use countersign_core::authenticator::{
    AccountRow, AccountState, Authenticator, CardState, Decision, EntryId, Given, Outcome, Ports,
    RequestCard, Role, Snapshot, UnlockWith,
};
use countersign_core::ports::{KeyStore, Listener, PlatformTrust, PortError, Untrusted};
use countersign_core::vault::{Compartment, PassphraseCost, VaultKey};
use countersign_protocol::{Clock, List, PhoneDescription, Platform, SystemClock, SystemRandom, Text};
use countersign_qr::QrReader;
use tempfile::TempDir;
use tokio::sync::watch;

/// How long a test waits for what the phone should come to.
const PATIENCE: Duration = Duration::from_secs(20);

/// A phone with an empty vault of its own, open and in front.
pub struct Phone {
    app: Arc<Authenticator>,
    news: watch::Receiver<()>,
    _folder: TempDir,
}

impl Phone {
    /// Turns on a phone of this model, by the system's clock.
    pub async fn start(model: &str) -> Self {
        Self::start_at(model, Arc::new(SystemClock)).await
    }

    /// Turns on a phone whose clock is the test's.
    pub async fn start_at(model: &str, clock: Arc<dyn Clock>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (bell, news) = watch::channel(());
        let app = open(folder.path(), model, clock, Bell(bell));
        app.unlock(UnlockWith::KeyStore).await.unwrap();
        app.set_active(true).await;
        Self { app, news, _folder: folder }
    }

    /// The app itself.
    pub fn app(&self) -> &Authenticator {
        &self.app
    }

    /// Adds the account in a picture that has one QR code: a screenshot of the page.
    pub async fn scan(&self, picture: &[u8]) -> EntryId {
        let reading = QrReader::new().read_picture(picture);
        let [code] = reading.texts() else { panic!("one QR code is in the picture, not {reading:?}") };
        let offer = self.app.read_offer(code.expose().to_owned()).await.unwrap();
        self.app.add(offer).await.unwrap()
    }

    /// Adds the account whose code and URL the page shows.
    pub async fn type_in(&self, code: &str, url: &str) -> EntryId {
        let offer = self.app.read_typed(code.to_owned(), url.to_owned()).await.unwrap();
        self.app.add(offer).await.unwrap()
    }

    /// What it shows, as soon as `wanted` finds what it looks for in it.
    pub async fn until<T>(&self, what: &str, wanted: impl Fn(&Snapshot) -> Option<T>) -> T {
        let mut news = self.news.clone();
        let seen = async {
            loop {
                news.mark_unchanged();
                if let Some(found) = wanted(&self.app.snapshot()) {
                    return found;
                }
                news.changed().await.unwrap();
            }
        };
        match tokio::time::timeout(PATIENCE, seen).await {
            Ok(found) => found,
            Err(_) => panic!("the phone does not come to show {what}: {:#?}", self.app.snapshot()),
        }
    }

    /// The account's row, as soon as it is in a state that `wanted` takes.
    pub async fn account(&self, id: EntryId, wanted: impl Fn(&AccountState) -> bool) -> AccountRow {
        self.until("the account", |snapshot| {
            snapshot.accounts.iter().find(|row| row.id == id && wanted(&row.state)).cloned()
        })
        .await
    }

    /// The check that is to be compared with the page.
    pub async fn check(&self, id: EntryId) -> String {
        match self.account(id, |state| matches!(state, AccountState::Pending { .. })).await.state {
            AccountState::Pending { check } => check,
            _ => unreachable!("only pending was taken"),
        }
    }

    /// The card that waits for the person.
    pub async fn card(&self, id: EntryId) -> RequestCard {
        self.until("a waiting request", |snapshot| {
            snapshot
                .requests
                .iter()
                .find(|card| card.account_id == id && card.state == CardState::Waiting)
                .cloned()
        })
        .await
    }

    /// Approves a card with what the page shows.
    pub async fn approve(&self, card: &RequestCard, typed: &str) -> Outcome {
        self.answer(card, Decision::Approve { typed: typed.to_owned() }).await
    }

    /// Answers a card.
    pub async fn answer(&self, card: &RequestCard, decision: Decision) -> Outcome {
        self.app.answer(card.account_id, card.id, decision).await.unwrap()
    }
}

fn open(folder: &Path, model: &str, clock: Arc<dyn Clock>, bell: Bell) -> Arc<Authenticator> {
    let phone = PhoneDescription {
        name: Text::new(model).unwrap(),
        platform: Platform::Terminal,
        app: Text::new("test").unwrap(),
        wakes: List::default(),
    };
    let ports = Ports {
        key_store: Arc::new(MemoryKeyStore::default()),
        device_keys: None,
        trust: Arc::new(TrustsNobody),
        listener: Arc::new(bell),
    };
    let given = Given { clock, random: Arc::new(SystemRandom), passphrase_cost: PassphraseCost::LEAST };
    Authenticator::open(folder.to_owned(), Role::App, phone, ports, given).unwrap()
}

struct Bell(watch::Sender<()>);

impl Listener for Bell {
    fn newer(&self) {
        self.0.send_replace(());
    }
}

/// The system's roots know no server of a test: only what a QR code pins is trusted.
struct TrustsNobody;

impl PlatformTrust for TrustsNobody {
    fn check(&self, _: &[Vec<u8>], _: &str) -> Result<(), Untrusted> {
        Err(Untrusted)
    }
}

/// A key store that forgets everything with the test.
#[derive(Default)]
struct MemoryKeyStore {
    keys: Mutex<HashMap<Compartment, [u8; 32]>>,
    generations: Mutex<HashMap<Compartment, u64>>,
}

impl KeyStore for MemoryKeyStore {
    fn key(&self, of: Compartment) -> Result<VaultKey, PortError> {
        let keys = self.keys.lock().unwrap();
        keys.get(&of).and_then(|bytes| VaultKey::from_bytes(bytes)).ok_or(PortError::Missing)
    }

    fn keep_key(&self, of: Compartment, key: &VaultKey) -> Result<(), PortError> {
        self.keys.lock().unwrap().insert(of, *key.expose());
        Ok(())
    }

    fn generation(&self, of: Compartment) -> Result<Option<u64>, PortError> {
        Ok(self.generations.lock().unwrap().get(&of).copied())
    }

    fn keep_generation(&self, of: Compartment, generation: u64) -> Result<(), PortError> {
        self.generations.lock().unwrap().insert(of, generation);
        Ok(())
    }

    fn forget(&self, of: Compartment) -> Result<(), PortError> {
        self.keys.lock().unwrap().remove(&of);
        self.generations.lock().unwrap().remove(&of);
        Ok(())
    }
}
