//! A notice extension: it fetches and checks what its servers say, and keeps nothing of it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, SystemTime};

use countersign_core::authenticator::{AccountState, CardState, CoreError, Lock, Removed};
use countersign_core::ports::{KeyStore, PortError};
use countersign_core::vault::{Compartment, VaultKey};
use countersign_demo::phone::{Made, Phone, ThrowAwayKeyStore};
use countersign_protocol::{
    Clock, Ended, Kind, List, RemovalReason, RequestId, Status, SystemClock, SystemRandom, UnixSeconds,
    Verdict, WaitReply,
};

use crate::keyring::Keyring;
use crate::stage::{Story, waiting};
use crate::stand_in::{Heard, Keys, Says, StandIn, profile};

/// A key store that counts what it is to change, and may be locked.
#[derive(Default)]
struct Counts {
    kept: ThrowAwayKeyStore,
    changes: AtomicUsize,
    is_locked: AtomicBool,
}

impl Counts {
    fn changing(&self) -> &ThrowAwayKeyStore {
        self.changes.fetch_add(1, Ordering::AcqRel);
        &self.kept
    }
}

impl KeyStore for Counts {
    fn key(&self, of: Compartment) -> Result<VaultKey, PortError> {
        if self.is_locked.load(Ordering::Acquire) { Err(PortError::NotNow) } else { self.kept.key(of) }
    }

    fn keep_key(&self, of: Compartment, key: &VaultKey) -> Result<(), PortError> {
        self.changing().keep_key(of, key)
    }

    fn generation(&self, of: Compartment) -> Result<Option<u64>, PortError> {
        self.kept.generation(of)
    }

    fn keep_generation(&self, of: Compartment, generation: u64) -> Result<(), PortError> {
        self.changing().keep_generation(of, generation)
    }

    fn forget(&self, of: Compartment) -> Result<(), PortError> {
        self.changing().forget(of)
    }
}

/// A clock that is an hour behind.
struct Late;

impl Clock for Late {
    fn now(&self) -> UnixSeconds {
        SystemClock.now().shifted(-3600)
    }
}

/// The files of a folder, byte for byte, and when each was written.
fn files(folder: &Path) -> BTreeMap<PathBuf, (Vec<u8>, SystemTime)> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries
        .map(|entry| {
            let written = entry.metadata().unwrap().modified().unwrap();
            (entry.path(), (fs::read(entry.path()).unwrap(), written))
        })
        .collect()
}

/// What the server says to a wait.
#[derive(Clone, Copy)]
enum News {
    /// That the clock is wrong, until it is right; then a request and a new name.
    Request(RequestId),
    /// That it was denied elsewhere.
    Denied(RequestId),
    /// That the phone is removed.
    Removed,
}

fn say(keys: &Keys, heard: &Heard, news: News) -> Says {
    let body = |request, ended| {
        let profile = Some(profile(2));
        WaitReply { server: None, profile, request, ended, wakes_gone: List::default() }
    };
    let is_late = heard.payload["iat"].as_u64().unwrap() + 1800 < SystemClock.now().get();
    let (status, body) = match news {
        News::Request(_) if is_late => (Status::ClockSkew, None),
        News::Request(id) => (Status::Active, Some(body(Some(keys.request(id, Kind::SignIn)), None))),
        News::Denied(request) => {
            let ended = Ended { request, verdict: Verdict::Denied, phone: None };
            (Status::Active, Some(body(None, Some(ended))))
        }
        News::Removed => (Status::Removed(RemovalReason::Person), None),
    };
    keys.says(&keys.reply(heard, status, body))
}

#[tokio::test]
async fn a_notice_shows_what_servers_say_and_changes_no_byte_and_no_key() -> Story {
    let id = RequestId::make(&SystemRandom);
    let news = Arc::new(Mutex::new(News::Request(id)));
    let says = Arc::clone(&news);
    let server = StandIn::start(move |keys, heard| match heard.call.as_str() {
        "wait" => say(keys, heard, *says.lock().unwrap()),
        _ => keys.usual(heard),
    });
    let deaf = StandIn::start(|keys, heard| match heard.call.as_str() {
        "removal" => Says::Broken,
        _ => keys.usual(heard),
    });
    let (key_store, keyring) = (Arc::new(Counts::default()), Arc::new(Keyring::default()));
    let (kept, keys) = (Arc::<Counts>::clone(&key_store), Arc::<Keyring>::clone(&keyring));
    let mut made =
        Made { key_store: kept, device_keys: Some(keys), ..Made::with_clock(Arc::new(SystemClock)) };
    let folder = tempfile::tempdir().unwrap();
    let vault = folder.path().join("vault");
    let app = Phone::open(&vault, "Mira's phone", made.clone()).await?;
    let entry = server.add_to(&app).await.unwrap();
    let gone = deaf.add_to(&app).await.unwrap();
    assert_eq!(app.authenticator.remove(gone).await, Ok(Removed::ServerHearsLater));
    app.authenticator.set_active(false).await;
    drop(app);

    let (before, changes) = (files(&vault), key_store.changes.load(Ordering::Acquire));
    // An app that writes was stopped in the midst of it; long after the test has failed, its lock goes.
    let lock = File::open(vault.join("writer.lock")).unwrap();
    lock.lock().unwrap();
    let (done, is_done) = channel::<()>();
    thread::spawn(move || (is_done.recv_timeout(Duration::from_secs(20)), lock));
    // There would be something to tell: the app is a newer one.
    made.app = "9.8.7".to_owned();
    let late = Made { clock: Arc::new(Late), ..made.clone() };
    let notice = Phone::notice(&vault, "Mira's phone", late)?;
    let core = &notice.authenticator;
    assert_eq!(core.snapshot().lock, Lock::SecretsLocked);
    core.refresh().await.unwrap();
    assert_eq!(waiting(&core.snapshot()), [id], "{}", core.diagnostics());
    assert_eq!(
        (core.snapshot().accounts[0].id, &core.snapshot().accounts[0].state),
        (entry, &AccountState::Ready)
    );
    *news.lock().unwrap() = News::Denied(id);
    core.refresh().await.unwrap();
    let denied = CardState::Ended { verdict: Verdict::Denied, phone: None };
    assert_eq!(core.snapshot().requests[0].state, denied);
    *news.lock().unwrap() = News::Removed;
    core.refresh().await.unwrap();
    let removed = AccountState::Removed { reason: RemovalReason::Person };
    assert_eq!(core.snapshot().accounts[0].state, removed);
    // In front, as no extension is.
    core.set_active(true).await;
    core.set_active(false).await;

    assert_eq!(core.snapshot().notices, []);
    assert_eq!(files(&vault), before);
    assert_eq!(key_store.changes.load(Ordering::Acquire), changes);
    assert!(keyring.calls("update").is_empty() && server.heard("update").is_empty());
    assert_eq!(deaf.heard("removal").len(), 1, "only by who can keep that it was taken");
    drop((notice, done));
    // The app knows nothing of all that, and hears it itself.
    let app = Phone::open(&vault, "Mira's phone", made).await?;
    let pending = matches!(app.authenticator.snapshot().accounts[0].state, AccountState::Pending { .. });
    assert!(pending && app.authenticator.snapshot().requests.is_empty());
    app.authenticator.refresh().await.unwrap();
    app.state(removed).await
}

#[tokio::test]
async fn a_notice_of_a_locked_phone_or_without_a_vault_asks_nobody_and_leaves_no_trace() -> Story {
    let server = StandIn::start(Keys::usual);
    let key_store = Arc::new(Counts::default());
    let kept = Arc::<Counts>::clone(&key_store);
    let made = Made { key_store: kept, ..Made::with_clock(Arc::new(SystemClock)) };
    let folder = tempfile::tempdir().unwrap();
    let vault = folder.path().join("vault");
    let notice = Phone::notice(&vault, "Mira's phone", made.clone())?;
    assert!(notice.authenticator.snapshot().is_first_start);
    assert_eq!(notice.authenticator.refresh().await, Err(CoreError::Locked));
    assert!(!fs::exists(&vault).unwrap() && key_store.changes.load(Ordering::Acquire) == 0);

    let app = Phone::open(&vault, "Mira's phone", made.clone()).await?;
    let _ = server.add_to(&app).await.unwrap();
    app.authenticator.set_active(false).await;
    drop(app);
    let (before, changes) = (files(&vault), key_store.changes.load(Ordering::Acquire));
    key_store.is_locked.store(true, Ordering::Release);
    let notice = Phone::notice(&vault, "Mira's phone", made)?;
    assert_eq!(notice.authenticator.snapshot().lock, Lock::Locked);
    assert_eq!(notice.authenticator.refresh().await, Err(CoreError::Locked));
    notice.authenticator.set_active(true).await;
    notice.authenticator.set_active(false).await;
    assert!(server.heard("wait").is_empty());
    assert_eq!((files(&vault), key_store.changes.load(Ordering::Acquire)), (before, changes));
    Ok(())
}
