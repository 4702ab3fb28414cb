//! Sessions: what a cookie opens, and how a session ends.

use countersign_protocol::{AccountId, RemovalReason, UnixSeconds};

use super::requests::end_waiting;
use super::{Service, Session, SessionCookie, Step, default};
use crate::failure::Failure;
use crate::ids::SessionId;
use crate::journal::Happened;
use crate::rules::SignInMethod;
use crate::rules::device::Standing;
use crate::rules::method::Usable;
use crate::rules::request::{Event, State};
use crate::rules::set_up::{Door, History, Stage, door};
use crate::store::devices::Device;
use crate::store::persons::Person;
use crate::store::sessions::{SessionRow, USE_GRAIN};
use crate::store::{Change, Db, devices, persons, requests as rows, sessions};

/// A session with what the rules need to know of its person.
pub(crate) struct SessionState {
    pub(crate) session: SessionRow,
    pub(crate) person: Person,
    /// The person's phones that are not removed.
    pub(crate) phones: Vec<Device>,
    /// What the person can use for two-step verification.
    pub(crate) usable: Usable,
    pub(crate) door: Door,
}

impl SessionState {
    /// Of a session that lives; None when it has ended.
    pub(crate) async fn find(
        db: &mut Db,
        service: &Service,
        id: SessionId,
        now: UnixSeconds,
    ) -> Result<Option<Self>, Failure> {
        match sessions::find(db, id, now).await? {
            Some(session) => Self::of(db, service, session, now).await.map(Some),
            None => Ok(None),
        }
    }

    async fn of(
        db: &mut Db,
        service: &Service,
        session: SessionRow,
        now: UnixSeconds,
    ) -> Result<Self, Failure> {
        let person = persons::find(db, session.account).await?;
        let phones = devices::of_person(db, session.account, now).await?;
        let history = History {
            had_a_method: person.first_method.is_some(),
            has_a_method: phones.iter().any(|phone| phone.standing.is_saved()),
            required_since: person.required_since,
        };
        let window = service.policy().set_up_window;
        let door = door(session.stage, history, session.changes_until, window, now);
        let usable = default::usable(&phones, service.policy());
        Ok(Self { session, person, phones, usable, door })
    }

    /// Whether the session may begin to add a phone (rules 12 and 13).
    pub(crate) fn may_add(&self) -> bool {
        matches!(self.door, Door::Wizard | Door::Changes(_))
    }

    /// Whether Security info is open for changes (rule 13).
    pub(crate) fn may_change(&self) -> bool {
        matches!(self.door, Door::Changes(_))
    }

    /// The phones that can be asked.
    pub(crate) fn active(&self) -> impl Iterator<Item = &Device> {
        self.phones.iter().filter(|phone| phone.standing == Standing::Active)
    }

    /// The phones that count as the person's.
    pub(crate) fn saved(&self) -> impl Iterator<Item = &Device> {
        self.phones.iter().filter(|phone| phone.standing.is_saved())
    }

    /// What a sign-in offers first. The organisation may have withdrawn what was decided.
    pub(crate) fn default(&self) -> Option<SignInMethod> {
        self.usable.default(self.person.default_method)
    }

    fn step(&self) -> Step {
        match (self.session.stage, self.door) {
            (Stage::Full, _) => Step::Full,
            (Stage::Proved, _) => Step::Finish,
            (Stage::First, Door::Wizard) => Step::SetUp,
            (Stage::First, Door::Helpless { is_late }) => Step::Helpless { is_late },
            (Stage::First, Door::Closed | Door::Changes(_)) => match self.default() {
                Some(first) => Step::Prove { first, by_request: self.usable.app, by_code: self.usable.code },
                None => Step::Helpless { is_late: false },
            },
        }
    }
}

impl Service {
    /// The session that a cookie opens; None when there is none, or none any more.
    ///
    /// # Errors
    /// [`Failure`] on our side.
    pub async fn session(&self, cookie: &SessionCookie) -> Result<Option<Session>, Failure> {
        let now = self.now();
        let mut db = self.store().read().await?;
        let Some(row) = sessions::find_by_cookie(&mut db, &cookie.hash(), now).await? else {
            return Ok(None);
        };
        let state = SessionState::of(&mut db, self, row, now).await?;
        drop(db);
        let step = state.step();
        let SessionRow { id, last_used, account, .. } = state.session;
        if now.since(last_used) >= USE_GRAIN {
            self.write(id, move |change, _, id| {
                Box::pin(async move { Ok(sessions::used(change.db(), *id, now).await?) })
            })
            .await?;
        }
        let changes_until = match state.door {
            Door::Changes(until) => Some(until),
            Door::Wizard | Door::Closed | Door::Helpless { .. } => None,
        };
        Ok(Some(Session {
            id,
            account,
            name: state.person.name,
            user_name: state.person.shown_name,
            step,
            changes_until,
            cookie: cookie.clone(),
        }))
    }

    /// Whether a report ended the session that this cookie opened (rule 7), so that its browser can be told.
    ///
    /// # Errors
    /// [`Failure`] on our side.
    pub async fn was_stopped(&self, cookie: &SessionCookie) -> Result<bool, Failure> {
        let mut db = self.store().read().await?;
        Ok(sessions::was_stopped(&mut db, &cookie.hash(), self.now()).await?)
    }

    /// At [`Step::Finish`]: makes the session full and gives it a new cookie. Once; None for whoever comes later.
    ///
    /// # Errors
    /// [`Failure`] on our side.
    pub async fn finish(&self, session: &Session) -> Result<Option<SessionCookie>, Failure> {
        let cookie = self.new_cookie();
        let (old, new) = (session.cookie.hash(), cookie.hash());
        let expires = self.now().plus(self.policy().session_life);
        let account = session.account;
        let is_done = self
            .write((session.id, old, new), move |change, service, (id, old, new)| {
                Box::pin(async move {
                    change.wake(account);
                    let session = sessions::find(change.db(), *id, service.now()).await?;
                    let is_done = sessions::renew(change.db(), *id, old, new, expires).await?;
                    if let Some(session) = session.filter(|_| is_done) {
                        let method = proved_with(change.db(), &session).await?;
                        change.note(account, Some(session.address), Happened::SignedIn { method }).await?;
                    }
                    Ok(is_done)
                })
            })
            .await?;
        Ok(is_done.then_some(cookie))
    }

    /// Ends this session, what waits for it, and a phone that it has not saved.
    ///
    /// # Errors
    /// [`Failure`] on our side.
    pub async fn sign_out(&self, session: &Session) -> Result<(), Failure> {
        self.write((session.account, session.id), |change, service, (account, id)| {
            Box::pin(end(change, *account, *id, service.now()))
        })
        .await
    }
}

/// What proved a session: a phone that approved its newest request, or the test of set-up; else a code.
async fn proved_with(db: &mut Db, session: &SessionRow) -> Result<SignInMethod, Failure> {
    for tested in [None, session.grounds.proved_by] {
        let request = rows::newest(db, session.id, tested).await?;
        if request.is_some_and(|request| matches!(request.state, State::Approved(_))) {
            return Ok(SignInMethod::App);
        }
    }
    Ok(SignInMethod::Code)
}

/// Ends a session: what waits for it is cancelled, a phone that it has not saved is removed.
pub(crate) async fn end(
    change: &mut Change,
    account: AccountId,
    id: SessionId,
    now: UnixSeconds,
) -> Result<(), Failure> {
    if sessions::end(change, account, id).await? {
        let own = |session| session == id;
        end_waiting(change, account, Event::Cancel, own, now).await?;
        remove_unsaved(change, account, own, now).await?;
        change.wake(account);
    }
    Ok(())
}

/// A phone that is pending belongs to the session that adds it: nobody else can save it.
pub(crate) async fn remove_unsaved(
    change: &mut Change,
    account: AccountId,
    is_of: impl Fn(SessionId) -> bool + Send,
    now: UnixSeconds,
) -> Result<(), Failure> {
    for phone in devices::of_person(change.db(), account, now).await? {
        if matches!(phone.standing, Standing::Pending { .. }) && is_of(phone.added_in) {
            devices::remove(change, phone.id, RemovalReason::Unsaved, now).await?;
        }
    }
    Ok(())
}
