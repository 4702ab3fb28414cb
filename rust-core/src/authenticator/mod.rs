//! What a shell holds: one object that ties the modules of the core together.
//!
//! State is pulled, never pushed: [`Snapshot`] holds all that a person can see, how a request ended included, so a
//! missed signal loses nothing. Each noun has its file: load, ask the rule, save, publish.
//!
//! ```text
//! shell ──► Authenticator ──► off the caller's thread: vault, ports, net
//!   ▲             │
//!   └── Listener ─┘ «newer» ──► snapshot()
//! ```

mod accounts;
mod activation;
mod adding;
mod answers;
mod cancel;
mod cards;
mod codes;
mod core;
mod diagnostics;
mod error;
mod front;
mod generations;
mod inbox;
mod keys;
mod line;
mod lock;
mod names;
mod pace;
mod publisher;
mod recovery;
mod removals;
mod requests;
mod snapshot;
mod underway;
mod update;

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

use countersign_protocol::{Clock, PhoneDescription, Random, RequestId};
use tokio::runtime::{Builder, Runtime};
use zeroize::Zeroizing;

use self::core::{Core, Parts};
use self::diagnostics::Event;
use self::keys::Keys;
use self::publisher::Publisher;
use crate::enrolment::TypedKey;
use crate::net::Net;
use crate::ports::{DeviceKeys, KeyStore, Listener, PlatformTrust};
use crate::vault::{PassphraseCost, UnlockCode, Vault};

pub use self::accounts::{Change, Removed};
pub use self::adding::{Offer, OfferView};
pub use self::cancel::Cancel;
pub use self::error::{CoreError, Distrust, StorageFault, VaultFault};
pub use self::lock::UnlockWith;
pub use self::requests::{Decision, Outcome};
pub use self::snapshot::{
    AccountRow, AccountState, CardState, CodeFault, CodeKind, CodeRow, EndedBefore, Lock, Notice,
    RequestCard, Snapshot,
};
pub use crate::vault::{EntryId, SlotKind};

use self::error::vault as vault_error;

/// What a shell lends to the core.
pub struct Ports {
    /// Keeps the vault's keys.
    pub key_store: Arc<dyn KeyStore>,
    /// Keeps the accounts' keys; None keeps them in the vault, in software.
    pub device_keys: Option<Arc<dyn DeviceKeys>>,
    /// Judges certificates as the system would.
    pub trust: Arc<dyn PlatformTrust>,
    /// Hears that a newer snapshot is there.
    pub listener: Arc<dyn Listener>,
}

/// What is passed in so that it can be tested without waiting.
pub struct Given {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// What a passphrase costs to try.
    pub passphrase_cost: PassphraseCost,
}

/// For whom the vault is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The app: two workers.
    App,
    /// A notice extension, which may be stopped at any moment: one worker. It fetches requests and shows them; nothing
    /// is ever written, neither file nor key, and no lock is taken. What a person would change is refused as
    /// [`StorageFault::ReadOnly`].
    Notice,
}

/// The app's brain: one object, made once. Secrets never leave it, but for a finished code.
pub struct Authenticator {
    core: Arc<Core>,
    runtime: Option<Runtime>,
}

impl Authenticator {
    /// Opens the vault's contacts as far as the key store opens them without a person; reads a file or two. What a
    /// first start needs is made by [`unlock`](Self::unlock).
    ///
    /// # Errors
    /// [`CoreError::Vault`] when a file is of a newer version; it is left as it is.
    // What is async is compiled in the crate that starts it. Inlined, this starts the inboxes in the shell's crate as
    // everything else; else all of a call to a server would be in the phones' library twice.
    #[inline]
    pub fn open(
        folder: PathBuf,
        role: Role,
        phone: PhoneDescription,
        ports: Ports,
        given: Given,
    ) -> Result<Arc<Self>, CoreError> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(match role {
                Role::App => 2,
                Role::Notice => 1,
            })
            .thread_name("countersign")
            .enable_all()
            .build()
            .map_err(|_| CoreError::Storage(StorageFault::Failed))?;
        let Given { clock, random, passphrase_cost } = given;
        let vault = match role {
            Role::App => Vault::new(folder, Arc::clone(&random)),
            Role::Notice => Vault::reading_alone(folder, Arc::clone(&random)),
        };
        let core = Core::new(Parts {
            vault,
            key_store: ports.key_store,
            keys: ports.device_keys.map_or(Keys::Software, Keys::Platform),
            net: Net::new(ports.trust),
            clock,
            random,
            phone,
            publisher: Publisher::new(ports.listener),
            passphrase_cost,
        });
        core.open_contacts()?;
        core.note(Event::Opened);
        runtime.spawn(front::keep_front(Arc::clone(&core)));
        Ok(Arc::new(Self { core, runtime: Some(runtime) }))
    }

    /// All that a person can see now.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let revision = self.core.publisher.revision();
        let now = self.core.now();
        let accounts = self.core.rows();
        let lock = self.core.lock_state();
        let accounts_are_open = self.core.contacts().is_ok();
        let live = self.core.live();
        Snapshot {
            revision,
            lock,
            is_first_start: !live.found.is_there,
            opens_with: live.found.ways.clone(),
            accounts,
            // A card has names; it is back with its account.
            requests: if accounts_are_open { live.cards.rows(now) } else { Vec::new() },
            notices: live.notices.clone(),
        }
    }

    /// The codes of these accounts, in their order; one that cannot be made does not stop the others.
    #[must_use]
    pub fn codes(&self, ids: &[EntryId]) -> Vec<CodeRow> {
        self.core.codes(ids)
    }

    /// Opens the vault, or makes it on a first start.
    ///
    /// # Errors
    /// [`CoreError::Vault`], [`CoreError::Key`], [`CoreError::Storage`].
    pub async fn unlock(&self, with: UnlockWith) -> Result<(), CoreError> {
        self.run(|core| async move { core.unlock(with, false).await }).await
    }

    /// Opens the vault, and where a file is damaged the generation before it. What the last write changed is lost, so
    /// the person is asked before.
    ///
    /// # Errors
    /// As [`unlock`](Self::unlock); [`VaultFault::Damaged`] when there is nothing before either.
    pub async fn restore_previous(&self, with: UnlockWith) -> Result<(), CoreError> {
        self.change(|core| async move { core.unlock(with, true).await }).await
    }

    /// Makes an unlock code, to be shown once: it opens the vault when the key store has lost its key. One that was
    /// made before opens nothing any more.
    ///
    /// # Errors
    /// [`CoreError::Locked`], [`CoreError::Storage`].
    pub async fn make_unlock_code(&self) -> Result<UnlockCode, CoreError> {
        self.change(|core| async move { core.make_unlock_code().await }).await
    }

    /// Puts the files of a vault that does not open aside and says where: nothing is deleted, and the next unlock makes
    /// a new vault. For a person who has no way in left, and was asked.
    ///
    /// # Errors
    /// [`CoreError::Gone`] when the vault opens, [`CoreError::Storage`].
    pub async fn start_over(&self) -> Result<PathBuf, CoreError> {
        self.change(|core| async move { core.start_over().await }).await
    }

    /// Lets go of the secrets at once.
    pub fn lock(&self) {
        self.core.lock();
    }

    /// Whether the app is in front; it still is while a system's sheet covers it. While it is, one long poll an account
    /// waits for requests; with false, what waits for a finger is taken back, and this returns when nothing is open or
    /// unwritten. An answer that no server has taken yet is sent again after that for as long as the app may run.
    pub async fn set_active(&self, is_active: bool) {
        let ended = self.run(move |core| async move { core.set_active(is_active).await });
        // All that can fail is that the vault is locked, or only read here: then nobody writes.
        let _ = ended.await;
    }

    /// Reads what was scanned, picked, pasted or linked.
    ///
    /// # Errors
    /// [`CoreError::Offer`].
    pub async fn read_offer(&self, text: impl Into<Zeroizing<String>>) -> Result<Arc<Offer>, CoreError> {
        let text = text.into();
        self.core.read_offer(&text).map(Arc::new)
    }

    /// Reads the code and the URL that "Can't scan the QR image?" shows (S25).
    ///
    /// # Errors
    /// [`CoreError::Offer`].
    pub async fn read_typed(&self, code: String, url: String) -> Result<Arc<Offer>, CoreError> {
        self.core.read_typed(&code, &url).map(Arc::new)
    }

    /// Reads a key that a person typed, with the names for it.
    ///
    /// # Errors
    /// [`CoreError::Offer`].
    pub async fn read_key(&self, typed: TypedKey) -> Result<Arc<Offer>, CoreError> {
        self.core.read_key(&typed).map(Arc::new)
    }

    /// Adds the account of an offer. Nothing stays of one that could not be added, or was given up by `cancel`.
    ///
    /// # Errors
    /// [`CoreError`]; [`CoreError::Cancelled`] as soon as it is given up, while what was begun is still being tidied.
    pub async fn add(&self, offer: Arc<Offer>, cancel: Option<Arc<Cancel>>) -> Result<EntryId, CoreError> {
        let cancel = cancel.unwrap_or_default();
        let given_up = Arc::clone(&cancel);
        tokio::select! {
            biased;
            added = self.change(|core| async move {
                let _step = core.underway.begin();
                core.add(&offer, &cancel).await
            }) => added,
            () = given_up.cancelled() => Err(CoreError::Cancelled),
        }
    }

    /// Asks every server once: pull to refresh, coming to the foreground, a wake-up.
    ///
    /// # Errors
    /// [`CoreError::Locked`]; a server that is not reached is told by its account's row.
    pub async fn refresh(&self) -> Result<(), CoreError> {
        self.run(|core| async move { core.refresh().await }).await
    }

    /// Answers a request. An approval takes the typed number and, where the platform has it, the person.
    ///
    /// # Errors
    /// [`CoreError::Typed`] for a number of other length, [`CoreError::Gone`] when the request is not waiting,
    /// [`CoreError::Key`] when the person turned away; the card then waits as before.
    pub async fn answer(
        &self,
        account: EntryId,
        request: RequestId,
        decision: Decision,
    ) -> Result<Outcome, CoreError> {
        self.change(move |core| async move { core.answer(account, request, decision).await }).await
    }

    /// Requests that ended lately, before this run of the app, newest first. They have no card any more, since what
    /// they showed is not kept; each can still be reported.
    #[must_use]
    pub fn ended_before(&self) -> Vec<EndedBefore> {
        let mut ended: Vec<_> = self
            .core
            .reportable()
            .into_iter()
            .map(|it| EndedBefore { id: it.request, account_id: it.entry, ended: it.at })
            .collect();
        ended.sort_by_key(|ended| std::cmp::Reverse(ended.ended));
        ended
    }

    /// Changes an account's entry.
    ///
    /// # Errors
    /// [`CoreError::Gone`], [`CoreError::Locked`], [`CoreError::Typed`], [`CoreError::Storage`].
    pub async fn edit(&self, account: EntryId, change: Change) -> Result<(), CoreError> {
        self.change(move |core| async move { core.edit(account, change).await }).await
    }

    /// What this phone is called at its servers.
    ///
    /// # Errors
    /// [`CoreError::Locked`].
    pub fn phone_name(&self) -> Result<String, CoreError> {
        self.core.phone().map(|phone| phone.name.to_string())
    }

    /// Gives this phone the person's own name, and tells the servers; empty takes the platform's again.
    ///
    /// # Errors
    /// [`CoreError::Typed`] for a name that cannot be shown, [`CoreError::Locked`], [`CoreError::Storage`].
    pub async fn name_phone(&self, name: String) -> Result<(), CoreError> {
        self.change(|core| async move { core.name_phone(&name).await }).await
    }

    /// Takes an account out of the app (S71), also when its server cannot be reached.
    ///
    /// # Errors
    /// [`CoreError::Gone`], [`CoreError::Locked`], [`CoreError::Storage`].
    pub async fn remove(&self, account: EntryId) -> Result<Removed, CoreError> {
        self.change(move |core| async move { core.remove(account).await }).await
    }

    /// Takes away a notice that the person has read. It comes back when there is reason for it again.
    pub fn dismiss(&self, notice: Notice) {
        self.core.dismiss(notice);
    }

    /// What happened lately, for a help desk: stable words and times, no names.
    #[must_use]
    pub fn diagnostics(&self) -> String {
        self.core.diagnostics.text()
    }

    /// As [`run`](Self::run), where it may write.
    async fn change<T, F>(&self, work: impl FnOnce(Arc<Core>) -> F) -> Result<T, CoreError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, CoreError>> + Send + 'static,
    {
        self.core.may_write()?;
        self.run(work).await
    }

    /// Runs to its end though the caller is gone, and tells by the snapshot.
    async fn run<T, F>(&self, work: impl FnOnce(Arc<Core>) -> F) -> Result<T, CoreError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, CoreError>> + Send + 'static,
    {
        let Some(runtime) = &self.runtime else { return Err(CoreError::Cancelled) };
        // Boxed for the size of the library, as what blocks is.
        let work: Pin<Box<dyn Future<Output = Result<T, CoreError>> + Send>> =
            Box::pin(work(Arc::clone(&self.core)));
        runtime.spawn(work).await.unwrap_or(Err(CoreError::Cancelled))
    }
}

impl Drop for Authenticator {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // A shell may let go from a thread of another runtime, where waiting is not allowed.
            runtime.shutdown_background();
        }
    }
}

#[cfg(test)]
mod tests;
