//! Everything that pages and the phone's calls may ask of the server, as plain async functions. Handlers translate.
//!
//! ```text
//! read rows ─► ask rules ─► write, naming what was read ─► commit ─► wake who waits
//! ```

mod counts;
pub(crate) mod default;
mod password;
mod persons;
pub(crate) mod requests;
pub(crate) mod security_info;
mod session;
pub(crate) mod sessions;
mod sign_in;
mod trials;
mod turns;

use std::sync::{Arc, OnceLock};

use countersign_protocol::{AccountId, Clock, Hash, Profile, Random, UnixSeconds};
use tokio::sync::watch;

pub(crate) use counts::Counts;
pub use default::MethodView;
pub(crate) use password::Hashing;
pub use password::{HashingCost, Password};
pub use security_info::{Deletion, PhoneView, SecurityInfoView};
pub use session::{Csrf, Session, SessionCookie, Step, Visitor};
pub use sign_in::{CodeUse, PasswordUse};
pub(crate) use trials::Trials;
pub(crate) use turns::Turns;

use crate::config::{Organisation, PagesUrl};
use crate::failure::Failure;
use crate::keys::{Keys, Whereabouts};
use crate::rules::Policy;
use crate::store::persons::Person;
use crate::store::{Acting, Change, Listening, Store};

/// The server behind its pages and calls. Cheap to clone.
#[derive(Clone)]
pub struct Service(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) store: Store,
    pub(crate) keys: Keys,
    pub(crate) whereabouts: Whereabouts,
    pub(crate) pages_url: PagesUrl,
    pub(crate) organisation: Organisation,
    /// Grows when the organisation's name or help desk changes, so that phones are told.
    pub(crate) profile_generation: u64,
    pub(crate) policy: Policy,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) hashing: Hashing,
    pub(crate) counts: Counts,
    pub(crate) turns: Turns,
    pub(crate) trials: Trials,
    /// When a statement was signed that a phone has and this store never made.
    pub(crate) restored: OnceLock<UnixSeconds>,
    /// True once the server shuts down: what is held returns.
    pub(crate) closing: watch::Sender<bool>,
}

impl Service {
    pub(crate) fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    /// Who runs the server.
    #[must_use]
    pub fn organisation(&self) -> &Organisation {
        &self.0.organisation
    }

    /// Lifetimes and limits.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.0.policy
    }

    /// Where a browser finds the pages.
    #[must_use]
    pub fn pages_url(&self) -> &PagesUrl {
        &self.0.pages_url
    }

    /// When a later life of this server signed a statement that a phone has and the store does not know: the store was
    /// restored from a backup that is older. None as long as no such phone has called.
    #[must_use]
    pub fn restored(&self) -> Option<UnixSeconds> {
        self.0.restored.get().copied()
    }

    /// Tells the administrator, once a start.
    pub(crate) fn tell_of_restore(&self, statement: UnixSeconds) {
        if self.0.restored.set(statement).is_ok() {
            tracing::warn!(
                seconds_ago = self.now().since(statement),
                "the store is an older copy than a phone knows: phones that were deleted since approve again, \
                 phones that were added since are unknown; see Backup in docs/server.md"
            );
        }
    }

    /// Now, by the server's clock.
    #[must_use]
    pub fn now(&self) -> UnixSeconds {
        self.0.clock.now()
    }

    /// A cookie for a browser that has no session: it carries the sign-in form's CSRF token and nothing else.
    #[must_use]
    pub fn new_cookie(&self) -> SessionCookie {
        SessionCookie::make(self.random())
    }

    /// Begins to listen for a person's changes, for a page that goes on by itself: listen, read, compare with what the
    /// page shows, then wait for [`changed`](Listening::changed). What changes with time alone wakes nobody.
    #[must_use]
    pub fn listen(&self, account: AccountId) -> Listening {
        self.0.store.listen(account)
    }

    /// Everybody who waits looks again: for a clock that was moved by hand, and at shutdown.
    pub fn wake_all(&self) {
        self.0.store.wake_all();
    }

    /// True once the server shuts down.
    pub(crate) fn closing(&self) -> watch::Receiver<bool> {
        self.0.closing.subscribe()
    }

    /// What is held returns at once from now on.
    pub(crate) fn close(&self) {
        self.0.closing.send_replace(true);
        self.wake_all();
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0.store
    }

    pub(crate) fn keys(&self) -> &Keys {
        &self.0.keys
    }

    pub(crate) fn whereabouts(&self) -> &Whereabouts {
        &self.0.whereabouts
    }

    pub(crate) fn hashing(&self) -> &Hashing {
        &self.0.hashing
    }

    pub(crate) fn counts(&self) -> &Counts {
        &self.0.counts
    }

    pub(crate) fn turns(&self) -> &Turns {
        &self.0.turns
    }

    fn trials(&self) -> &Trials {
        &self.0.trials
    }

    pub(crate) fn random(&self) -> &dyn Random {
        self.0.random.as_ref()
    }

    /// What phones show of a person and of the organisation.
    pub(crate) fn profile(&self, person: &Person) -> Profile {
        Profile {
            number: person.profile.saturating_add(self.0.profile_generation),
            organisation: self.0.organisation.name.clone(),
            account: person.shown_name.clone(),
            help_desk: self.0.organisation.help_desk.clone(),
            vapid: countersign_protocol::List::default(),
        }
    }

    /// A write with this service at hand; see [`Store::write`].
    pub(crate) async fn write<I, T, F>(&self, input: I, act: F) -> Result<T, Failure>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
        F: for<'c> Fn(&'c mut Change, &'c Service, &'c I) -> Acting<'c, T, Failure> + Send + Sync + 'static,
    {
        self.0
            .store
            .write((self.clone(), input), move |change, (service, input)| act(change, service, input))
            .await
    }
}

/// What is kept of a code: enough to know it again.
pub(crate) fn kept_hash(code: &str) -> String {
    let hash: Hash = countersign_protocol::hash(code.as_bytes());
    hash.to_string()
}
