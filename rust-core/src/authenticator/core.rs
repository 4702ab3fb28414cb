//! What the nouns of the authenticator share: the vault, the ports, and what is known only while the app runs.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countersign_protocol::{Clock, PhoneDescription, Random, ServerId, UnixSeconds};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use super::cards::Cards;
use super::diagnostics::{Diagnostics, Event};
use super::generations::Generations;
use super::inbox::Inbox;
use super::keys::Keys;
use super::lock::Found;
use super::publisher::Publisher;
use super::underway::Underway;
use super::{CoreError, Notice, vault_error};
use crate::net::Net;
use crate::ports::{KeyStore, Ticket};
use crate::vault::{Compartment, Contacts, EntryId, Order, PassphraseCost, Secrets, Vault, VaultError};

pub(super) struct Core {
    pub(super) vault: Vault,
    pub(super) key_store: Arc<dyn KeyStore>,
    pub(super) keys: Keys,
    pub(super) net: Net,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) random: Arc<dyn Random>,
    pub(super) described: PhoneDescription,
    pub(super) publisher: Publisher,
    pub(super) diagnostics: Diagnostics,
    /// Whether the shell is in the foreground: inboxes run while it is.
    pub(super) active: watch::Sender<bool>,
    /// Whether no inbox runs.
    pub(super) idle: watch::Sender<bool>,
    /// Changes each time the vault is unlocked.
    pub(super) unlocked: watch::Sender<()>,
    pub(super) passphrase_cost: PassphraseCost,
    /// The calls and writes that must not be cut.
    pub(super) underway: Underway,
    /// Wakes whoever keeps one inbox an account: the list of accounts has changed.
    pub(super) accounts_changed: Notify,
    /// Wakes whoever delivers removals: there is one that its server has not taken.
    pub(super) removal_kept: Notify,
    /// Wakes whoever waits for a person: a request has ended.
    pub(super) ended: Notify,
    /// What opened the contacts was typed: they are locked with the secrets.
    pub(super) typed_open: AtomicBool,
    /// The platform dropped the vault's key: said by the snapshot until the vault opens another way.
    pub(super) key_dropped: AtomicBool,
    /// A file of the vault was damaged at the last unlock.
    pub(super) is_damaged: AtomicBool,
    /// The numbers of the files' generations, in the key store.
    pub(super) generations: Generations,
    live: Mutex<Live>,
    tickets: AtomicU64,
}

type Work<T> = Box<dyn FnOnce(&Core) -> Result<T, CoreError> + Send>;

/// Boxed, so that tokio's machinery of a task is there once for each kind of result and not for each piece of work:
/// with what [`Authenticator::run`](super::Authenticator) boxes that is 110 kB of the phones' library.
fn blocking<T: Send + 'static>(core: Arc<Core>, work: Work<T>) -> JoinHandle<Result<T, CoreError>> {
    tokio::task::spawn_blocking(move || work(&core))
}

/// What is known only while the app runs.
#[derive(Default)]
pub(super) struct Live {
    pub(super) found: Found,
    pub(super) cards: Cards,
    pub(super) inboxes: HashMap<EntryId, Arc<Inbox>>,
    pub(super) unreachable: Vec<EntryId>,
    pub(super) notices: Vec<Notice>,
    /// The counter of the code that was asked for last, of those that are counted.
    pub(super) asked: HashMap<EntryId, u64>,
}

/// What the shell hands over once.
pub(super) struct Parts {
    pub(super) vault: Vault,
    pub(super) key_store: Arc<dyn KeyStore>,
    pub(super) keys: Keys,
    pub(super) net: Net,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) random: Arc<dyn Random>,
    pub(super) phone: PhoneDescription,
    pub(super) publisher: Publisher,
    pub(super) passphrase_cost: PassphraseCost,
}

impl Core {
    pub(super) fn new(parts: Parts) -> Arc<Self> {
        let Parts { vault, key_store, keys, net, clock, random, phone, publisher, passphrase_cost } = parts;
        Arc::new(Self {
            vault,
            key_store,
            keys,
            net,
            clock,
            random,
            described: phone,
            publisher,
            diagnostics: Diagnostics::default(),
            active: watch::Sender::new(false),
            idle: watch::Sender::new(true),
            unlocked: watch::Sender::new(()),
            passphrase_cost,
            underway: Underway::default(),
            accounts_changed: Notify::new(),
            removal_kept: Notify::new(),
            ended: Notify::new(),
            typed_open: AtomicBool::new(false),
            key_dropped: AtomicBool::new(false),
            is_damaged: AtomicBool::new(false),
            generations: Generations::default(),
            live: Mutex::default(),
            tickets: AtomicU64::new(1),
        })
    }

    /// What is known only while the app runs. Held for a few lines, never across a call of a port or an await.
    pub(super) fn live(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn now(&self) -> UnixSeconds {
        self.clock.now()
    }

    pub(super) fn note(&self, event: Event) {
        self.diagnostics.note(self.now(), event);
    }

    pub(super) fn ticket(&self) -> Ticket {
        self.tickets.fetch_add(1, Ordering::Relaxed)
    }

    /// Tells the shell that a newer snapshot is there.
    pub(super) fn publish(&self) {
        self.publisher.publish();
    }

    /// What must be added to the phone's clock to have this server's, in seconds.
    pub(super) fn clock_offset(&self, server: ServerId) -> i64 {
        self.vault
            .contacts()
            .ok()
            .and_then(|contacts| Some(contacts.server(server)?.clock_offset))
            .unwrap_or(0)
    }

    /// Runs what blocks (a write, a port) on a thread for it. It runs to its end though the caller is gone.
    pub(super) async fn off<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> Result<T, CoreError> + Send + 'static,
    ) -> Result<T, CoreError> {
        // A panic in there is a fault of ours that changed nothing; to the shell it is an operation that was given up.
        blocking(Arc::clone(self), Box::new(work)).await.unwrap_or(Err(CoreError::Cancelled))
    }

    /// Changes the contacts and tells the shell.
    pub(super) async fn change_contacts<T: Send + 'static>(
        self: &Arc<Self>,
        change: impl FnOnce(&mut Contacts) -> T + Send + 'static,
    ) -> Result<T, CoreError> {
        self.write(&[Compartment::Contacts], |vault| vault.change_contacts(change)).await
    }

    /// Changes the contacts by what a server said, and tells the shell. Where nothing is written, that holds until
    /// another process writes.
    pub(super) async fn learn<T: Send + 'static>(
        self: &Arc<Self>,
        change: impl FnOnce(&mut Contacts) -> T + Send + 'static,
    ) -> Result<T, CoreError> {
        self.write(&[Compartment::Contacts], |vault| vault.learn(change)).await
    }

    /// Changes the secrets and tells the shell.
    pub(super) async fn change_secrets<T: Send + 'static>(
        self: &Arc<Self>,
        change: impl FnOnce(&mut Secrets) -> T + Send + 'static,
    ) -> Result<T, CoreError> {
        self.write(&[Compartment::Secrets], |vault| vault.change_secrets(change)).await
    }

    /// Changes both and tells the shell.
    pub(super) async fn change_both<T: Send + 'static>(
        self: &Arc<Self>,
        order: Order,
        change: impl FnOnce(&mut Contacts, &mut Secrets) -> T + Send + 'static,
    ) -> Result<T, CoreError> {
        self.write(&Compartment::ALL, move |vault| vault.change_both(order, change)).await
    }

    /// One write, which is under way until the shell was told of it.
    async fn write<T: Send + 'static>(
        self: &Arc<Self>,
        touched: &'static [Compartment],
        change: impl FnOnce(&Vault) -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, CoreError> {
        let step = self.underway.begin();
        self.off(move |core| {
            let _step = step;
            core.written(change(&core.vault), touched)
        })
        .await
    }

    /// Refuses what a person does to a vault that is only read here.
    pub(super) fn may_write(&self) -> Result<(), CoreError> {
        if self.vault.may_write() { Ok(()) } else { Err(vault_error(VaultError::ReadingAlone)) }
    }

    /// After a write: the key store hears of the new generation, the shell of the new snapshot.
    pub(super) fn written<T>(
        &self,
        result: Result<T, VaultError>,
        touched: &[Compartment],
    ) -> Result<T, CoreError> {
        self.tell_of_older_files();
        match result {
            Ok(value) => {
                self.live().notices.retain(|notice| *notice != Notice::StorageFailed);
                self.keep_generations(touched);
                self.publish();
                Ok(value)
            }
            Err(VaultError::ReadingAlone) => Err(vault_error(VaultError::ReadingAlone)),
            Err(error) => {
                let error = vault_error(error);
                if matches!(error, CoreError::Storage(_)) {
                    self.note(Event::WriteFailed);
                    self.tell(Notice::StorageFailed);
                }
                Err(error)
            }
        }
    }

    /// Puts a notice into the snapshot, where it stays until the person has read it.
    pub(super) fn tell(&self, notice: Notice) {
        let mut live = self.live();
        if !live.notices.contains(&notice) {
            live.notices.push(notice);
            drop(live);
            self.publish();
        }
    }

    /// Takes a notice out of the snapshot.
    pub(super) fn dismiss(&self, notice: Notice) {
        self.live().notices.retain(|told| *told != notice);
        self.publish();
    }

    pub(super) fn contacts(&self) -> Result<Arc<Contacts>, CoreError> {
        self.vault.contacts().map_err(vault_error)
    }

    pub(super) fn secrets(&self) -> Result<Arc<Secrets>, CoreError> {
        self.vault.secrets().map_err(vault_error)
    }
}
