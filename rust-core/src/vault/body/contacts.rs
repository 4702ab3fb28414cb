use countersign_protocol::{
    AccountId, BaseUrl, CallId, Check, DeviceId, Hash, List, PhoneDescription, Profile, PublicKey,
    RemovalReason, RequestId, ServerId, Text, UnixSeconds, WakeUp,
};
use serde::{Deserialize, Serialize};

use super::{EntryId, SoftwareKey};

/// How long it is remembered that a request ended: a report may still come 24 h after it.
const ENDED_KEPT_SECONDS: u64 = 48 * 60 * 60;
/// How long a removal is tried.
const REMOVAL_KEPT_SECONDS: u64 = 30 * 24 * 60 * 60;

/// The first compartment: what a locked phone needs to fetch and check a request.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contacts {
    /// The servers of the accounts.
    pub servers: Vec<Server>,
    /// Enrolments whose keys are made and whose server has not answered. One that is found at start was cut: its
    /// keys are to be destroyed.
    pub activating: Vec<Activating>,
    /// The work and school accounts.
    pub accounts: Vec<WorkAccount>,
    /// Requests that ended here and are shown no more, whatever delivers them again.
    pub ended: Vec<EndedRequest>,
    /// Answers without a verdict.
    pub answers: Vec<OutgoingAnswer>,
    /// Removals that a server has not taken yet.
    pub removals: Vec<OutgoingRemoval>,
    /// Device keys, where the platform keeps none.
    pub device_keys: Vec<SoftwareKey>,
    /// Keys of accounts and enrolments that were forgotten, until the key store has destroyed them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dead_keys: Vec<KeyHandle>,
    /// The person's own name for this phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_name: Option<Text<64>>,
    /// An older file was put in the place of this one, so an account that is not here may exist nevertheless.
    #[serde(rename = "put_back")]
    pub(in crate::vault) is_put_back: bool,
}

/// A server as its newest statement has it.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// The thumbprint of its identity key.
    pub id: ServerId,
    /// The statement, a compact JWS.
    pub statement: String,
    /// What must be added to the phone's clock to have the server's, in seconds.
    pub clock_offset: i64,
}

/// An enrolment before its server has answered.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Activating {
    /// What the account will be known by.
    pub entry: EntryId,
    /// When it began, by the phone's clock.
    pub since: UnixSeconds,
    /// The keys made so far.
    pub keys: Vec<KeyHandle>,
}

/// An account at an organisation, on this phone.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkAccount {
    /// What this phone knows it by.
    pub entry: EntryId,
    /// Whose it is.
    pub server: ServerId,
    /// What the server knows it by.
    pub account: AccountId,
    /// What the server knows this phone by.
    pub device: DeviceId,
    /// The names that the server gives, and their number.
    pub profile: Profile,
    /// Where calls go, until a new place has given a valid reply (I16).
    pub base: BaseUrl,
    /// How it stands.
    pub state: WorkState,
    /// What the server has heard of this phone last.
    pub told: Told,
    /// The account whose place it takes once it is saved (S62).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<EntryId>,
    /// The hash of the activation code that made it, so that this phone knows its own code again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Hash>,
    /// Signs all calls but approvals.
    pub device_key: HeldKey,
    /// Signs approvals and nothing else.
    pub approval_key: HeldKey,
    /// The person's own name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its place among all accounts, codes-only ones included; equal places stand in the order of adding.
    pub order: u32,
}

/// What a server has heard of this phone last, from its activation or an update.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// When, by the server's clock: the next update is later.
    pub at: UnixSeconds,
    /// What the phone was called.
    pub name: Text<64>,
    /// The app's version.
    pub app: Text<64>,
    /// Where it could be woken.
    pub wakes: List<WakeUp, 0, 3>,
}

impl Told {
    /// What a phone says of itself at this time.
    #[must_use]
    pub fn new(at: UnixSeconds, phone: PhoneDescription) -> Self {
        let PhoneDescription { name, platform: _, app, wakes } = phone;
        Self { at, name, app, wakes }
    }

    /// Whether there is nothing else to tell.
    #[must_use]
    pub fn is_all_of(&self, phone: &PhoneDescription) -> bool {
        let Self { at: _, name, app, wakes } = self;
        (name, app, wakes) == (&phone.name, &phone.app, &phone.wakes)
    }
}

/// How a work account stands.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case", deny_unknown_fields)]
pub enum WorkState {
    /// Waits for its test request and for Save.
    Pending {
        /// The eight characters that page and phone both show.
        check: Check,
    },
    /// Answers requests.
    Ready,
    /// Makes codes only, until a test request is approved.
    CodesOnly,
    /// Gets no requests for a while, except from known browsers.
    Paused {
        /// Until then, by the server's clock.
        until: UnixSeconds,
    },
    /// A key is lost or invalidated.
    SetUpAgain,
    /// The server has removed this phone.
    Removed {
        /// Why.
        reason: RemovalReason,
    },
}

impl WorkState {
    /// Whether the server has removed this phone: neither its approvals nor its codes count.
    #[must_use]
    pub fn is_removed(&self) -> bool {
        matches!(self, Self::Removed { .. })
    }
}

/// What the platform's key store calls a key.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyHandle(String);

impl KeyHandle {
    /// As the key store named it.
    #[must_use]
    pub fn new(handle: String) -> Self {
        Self(handle)
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A key in the platform's key store, and its public half.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeldKey {
    /// What the key store calls it.
    pub handle: KeyHandle,
    /// What the server knows it by.
    pub public: PublicKey,
}

/// A request that ended here.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndedRequest {
    /// The account that it was for; ids of two servers may be equal.
    pub entry: EntryId,
    /// Which.
    pub request: RequestId,
    /// When, by the phone's clock.
    pub at: UnixSeconds,
    /// The hash of the request, with which it can still be reported when its card is gone; None of one that had no
    /// card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<Hash>,
}

/// A signed answer that is sent until there is a verdict.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutgoingAnswer {
    /// The account that answers.
    pub entry: EntryId,
    /// The request that is answered.
    pub request: RequestId,
    /// The answer, a compact JWS.
    pub jws: String,
    /// When the request expires, by the server's clock.
    pub expires: UnixSeconds,
}

/// A signed removal that is sent until the server has taken it. All that is left of an account.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutgoingRemoval {
    /// What the account was known by.
    pub entry: EntryId,
    /// Whose it was.
    pub server: ServerId,
    /// What the server knows this phone by.
    pub device: DeviceId,
    /// The id of the call, which the reply must name.
    pub call: CallId,
    /// The removal, a compact JWS.
    pub jws: String,
    /// The server's newest statement, a compact JWS.
    pub statement: String,
    /// Where it goes.
    pub base: BaseUrl,
    /// When it was signed, by the phone's clock.
    pub since: UnixSeconds,
}

impl Contacts {
    /// The account that this phone knows by this id.
    #[must_use]
    pub fn account(&self, entry: EntryId) -> Option<&WorkAccount> {
        self.accounts.iter().find(|account| account.entry == entry)
    }

    /// The account that this phone knows by this id, to be changed.
    pub fn account_mut(&mut self, entry: EntryId) -> Option<&mut WorkAccount> {
        self.accounts.iter_mut().find(|account| account.entry == entry)
    }

    /// The server with this id.
    #[must_use]
    pub fn server(&self, id: ServerId) -> Option<&Server> {
        self.servers.iter().find(|server| server.id == id)
    }

    /// Whether an account has this id, or will have it.
    #[must_use]
    pub fn has(&self, entry: EntryId) -> bool {
        self.account(entry).is_some() || self.activating.iter().any(|activating| activating.entry == entry)
    }

    /// Forgets an account or enrolment and everything that only it needed, and that another is to take its place. A
    /// removal on its way stays, and so do the handles of keys that are to be destroyed; those that the vault keeps
    /// itself go at once.
    pub fn forget(&mut self, entry: EntryId) {
        if !self.device_keys.iter().any(|key| key.entry == entry) {
            let account = self.accounts.iter().filter(|account| account.entry == entry);
            let activating = self.activating.iter().filter(|activating| activating.entry == entry);
            let keys = account
                .flat_map(|account| [&account.device_key.handle, &account.approval_key.handle])
                .chain(activating.flat_map(|activating| &activating.keys));
            self.dead_keys.extend(keys.cloned());
        }
        self.activating.retain(|activating| activating.entry != entry);
        self.accounts.retain(|account| account.entry != entry);
        self.ended.retain(|ended| ended.entry != entry);
        self.answers.retain(|answer| answer.entry != entry);
        self.device_keys.retain(|key| key.entry != entry);
        self.servers.retain(|server| self.accounts.iter().any(|account| account.server == server.id));
        for account in self.accounts.iter_mut().filter(|account| account.replaces == Some(entry)) {
            account.replaces = None;
        }
    }

    /// Remembers that a request ended, so that nothing shows it again.
    pub fn remember_ended(&mut self, ended: EndedRequest) {
        let is_it = |known: &EndedRequest| known.entry == ended.entry && known.request == ended.request;
        if !self.ended.iter().any(is_it) && self.account(ended.entry).is_some() {
            self.forget_old(ended.at);
            self.ended.push(ended);
        }
    }

    /// Forgets what a report of a request takes, once it was reported.
    pub fn forget_hash(&mut self, entry: EntryId, request: RequestId) {
        let is_it = |ended: &&mut EndedRequest| ended.entry == entry && ended.request == request;
        if let Some(ended) = self.ended.iter_mut().find(is_it) {
            ended.hash = None;
        }
    }

    /// Forgets what has become too old to matter, by the phone's clock.
    pub fn forget_old(&mut self, now: UnixSeconds) {
        self.ended.retain(|ended| now.since(ended.at) < ENDED_KEPT_SECONDS);
        self.removals.retain(|removal| now.since(removal.since) < REMOVAL_KEPT_SECONDS);
    }
}
