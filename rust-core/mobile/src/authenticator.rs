use std::path::PathBuf;
use std::sync::Arc;

use countersign_core::authenticator::{
    self as core, Change, EntryId as AccountId, Given, Notice, Outcome, Ports, Removed, Role, Snapshot,
};
use countersign_core::enrolment::TypedKey;
use countersign_core::vault::PassphraseCost;
use countersign_protocol::{List, PhoneDescription, Platform, RequestId, SystemClock, SystemRandom, Text};
use zeroize::Zeroizing;

use crate::adding::{Cancel, Offer};
use crate::codes::CodeRow;
use crate::error::CoreError;
use crate::lock::UnlockWith;
use crate::ports::{DeviceKeys, KeyStore, Lent, Listener, PlatformTrust};
use crate::qr::QrText;
use crate::requests::{Decision, EndedRequest};
use crate::values::TypedSecret;

/// The app's brain: one object, made once. Secrets never leave it, but for a finished code.
///
/// What is not async waits for nothing, `open` apart, which belongs off the main thread. What is async and changes
/// something runs to its end though its caller is gone, and tells by the snapshot.
#[derive(uniffi::Object)]
pub struct Authenticator(Arc<core::Authenticator>);

#[uniffi::export]
impl Authenticator {
    /// Opens the vault in `folder` as far as the key store opens it without a person; reads a file or two.
    #[uniffi::constructor]
    pub fn open(
        folder: String,
        role: Role,
        phone: Phone,
        key_store: Arc<dyn KeyStore>,
        device_keys: Arc<dyn DeviceKeys>,
        trust: Arc<dyn PlatformTrust>,
        listener: Arc<dyn Listener>,
    ) -> Result<Arc<Self>, CoreError> {
        let ports = Ports {
            key_store: Arc::new(Lent(key_store)),
            device_keys: Some(Arc::new(Lent(device_keys))),
            trust: Arc::new(Lent(trust)),
            listener: Arc::new(Lent(listener)),
        };
        let given = Given {
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            passphrase_cost: PassphraseCost::DEFAULT,
        };
        let core = core::Authenticator::open(PathBuf::from(folder), role, phone.try_into()?, ports, given)?;
        Ok(Arc::new(Self(core)))
    }

    /// All that a person can see now.
    pub fn snapshot(&self) -> Snapshot {
        self.0.snapshot()
    }

    /// The codes of these accounts, in their order; one that cannot be made does not stop the others.
    pub fn codes(&self, accounts: Vec<AccountId>) -> Result<Vec<CodeRow>, CoreError> {
        Ok(self.0.codes(&accounts).into_iter().map(CodeRow::from).collect())
    }

    /// Opens the vault, or makes it on a first start.
    pub async fn unlock(&self, with: UnlockWith) -> Result<(), CoreError> {
        Ok(self.0.unlock(with.into()).await?)
    }

    /// Opens the vault, and where a file is damaged the generation before it. What the last write changed is lost, so
    /// the person is asked before.
    pub async fn restore_previous(&self, with: UnlockWith) -> Result<(), CoreError> {
        Ok(self.0.restore_previous(with.into()).await?)
    }

    /// Makes an unlock code, to be shown once: it opens the vault when the platform has dropped the key. One that was
    /// made before opens nothing any more.
    pub async fn make_unlock_code(&self) -> Result<String, CoreError> {
        Ok(self.0.make_unlock_code().await?.expose().to_string())
    }

    /// Puts the files of a vault that does not open aside, in a folder beside: nothing is deleted, and the next unlock
    /// makes a new vault. For a person who has no way in left, and was asked.
    pub async fn start_over(&self) -> Result<(), CoreError> {
        self.0.start_over().await?;
        Ok(())
    }

    /// Lets go of the secrets at once.
    pub fn lock(&self) {
        self.0.lock();
    }

    /// Whether the app is in front; it still is while a system's sheet covers it. While it is, the core waits for
    /// requests; with false, what waits for a finger is taken back, and this returns when nothing is open or unwritten.
    pub async fn set_active(&self, is_active: bool) {
        self.0.set_active(is_active).await;
    }

    /// Reads what the camera or a picture gave.
    pub async fn read_scanned(&self, text: Arc<QrText>) -> Result<Arc<Offer>, CoreError> {
        Ok(Offer::new(self.0.read_offer(Zeroizing::new(text.0.expose().to_owned())).await?))
    }

    /// Reads what was pasted, or a link that was opened.
    pub async fn read_offer(&self, text: TypedSecret) -> Result<Arc<Offer>, CoreError> {
        Ok(Offer::new(self.0.read_offer(text).await?))
    }

    /// Reads the code and the URL that "Can't scan the QR image?" shows.
    pub async fn read_typed(&self, code: String, url: String) -> Result<Arc<Offer>, CoreError> {
        Ok(Offer::new(self.0.read_typed(code, url).await?))
    }

    /// Reads a key that a person typed, with the names for it.
    pub async fn read_key(&self, typed: TypedKey) -> Result<Arc<Offer>, CoreError> {
        Ok(Offer::new(self.0.read_key(typed).await?))
    }

    /// Adds the account of an offer. Nothing stays of one that could not be added, or was given up by `cancel`.
    #[uniffi::method(default(cancel = None))]
    pub async fn add(&self, offer: Arc<Offer>, cancel: Option<Arc<Cancel>>) -> Result<AccountId, CoreError> {
        let cancel = cancel.map(|cancel| Arc::clone(&cancel.0));
        Ok(self.0.add(Arc::clone(&offer.0), cancel).await?)
    }

    /// Asks every server once: pull to refresh, coming to the foreground, a wake-up. A server that is not reached is
    /// told by its account's row.
    pub async fn refresh(&self) -> Result<(), CoreError> {
        Ok(self.0.refresh().await?)
    }

    /// Answers a request. An approval takes the typed number and, where the platform has it, the person.
    pub async fn answer(
        &self,
        account: AccountId,
        request: RequestId,
        decision: Decision,
    ) -> Result<Outcome, CoreError> {
        Ok(self.0.answer(account, request, decision.into()).await?)
    }

    /// Requests of the last 24 hours that ended before this run of the app, to be reported where it was not the person.
    pub fn ended_before(&self) -> Vec<EndedRequest> {
        let all = self.0.ended_before().into_iter();
        all.map(|it| EndedRequest { account_id: it.account_id, id: it.id, ended: it.ended }).collect()
    }

    /// Changes an account's entry.
    pub async fn edit(&self, account: AccountId, change: Change) -> Result<(), CoreError> {
        Ok(self.0.edit(account, change).await?)
    }

    /// What this phone is called at its servers.
    pub fn phone_name(&self) -> Result<String, CoreError> {
        Ok(self.0.phone_name()?)
    }

    /// Gives this phone the person's own name, and tells the servers; empty takes the platform's again.
    pub async fn name_phone(&self, name: String) -> Result<(), CoreError> {
        Ok(self.0.name_phone(name).await?)
    }

    /// Takes an account out of the app, also when its server cannot be reached.
    pub async fn remove(&self, account: AccountId) -> Result<Removed, CoreError> {
        Ok(self.0.remove(account).await?)
    }

    /// Takes away a notice that the person has read. It comes back when there is reason for it again.
    pub fn dismiss(&self, notice: Notice) {
        self.0.dismiss(notice);
    }

    /// What happened lately, for a help desk: stable words and times, no names.
    pub fn diagnostics(&self) -> String {
        self.0.diagnostics()
    }
}

/// For whom the vault is opened.
#[uniffi::remote(Enum)]
pub enum Role {
    /// The app.
    App,
    /// A notice extension, which may be stopped at any moment: it fetches requests and shows them. Nothing is ever
    /// written, neither file nor key; what a person would change is refused as `Storage` with `READ_ONLY`.
    Notice,
}

/// The phone, as its servers list it.
#[derive(uniffi::Record)]
pub struct Phone {
    /// What it is called: its model.
    pub name: String,
    /// What it runs on.
    pub platform: Platform,
    /// The app's version.
    pub app: String,
}

/// What a phone runs on.
#[uniffi::remote(Enum)]
pub enum Platform {
    /// Android.
    Android,
    /// iOS.
    Ios,
    /// A terminal.
    Terminal,
}

impl TryFrom<Phone> for PhoneDescription {
    type Error = CoreError;
    fn try_from(phone: Phone) -> Result<Self, CoreError> {
        Ok(Self {
            name: Text::clean(&phone.name).ok_or(CoreError::Typed)?,
            platform: phone.platform,
            app: Text::clean(&phone.app).ok_or(CoreError::Typed)?,
            wakes: List::default(),
        })
    }
}
