//! The Security info page: methods, phones, the pause.

use countersign_protocol::{DeviceId, Platform, Presence, Storage, Text, UnixSeconds};

use super::default::{MethodView, views};
use super::sessions::SessionState;
use super::{Service, Session, Step};
use crate::failure::Failure;
use crate::rules::device::Standing;
use crate::rules::set_up::Stage;
use crate::store::devices::Device;
use crate::store::{Db, StoreFailed, devices, persons, sessions};

/// What the Security info page shows.
#[derive(Debug)]
pub struct SecurityInfoView {
    /// What a sign-in can use, the strongest first.
    pub methods: Vec<MethodView>,
    /// The phones with the app, oldest first.
    pub phones: Vec<PhoneView>,
    /// The most phones there can be.
    pub most_phones: usize,
    /// Until when a report pauses requests.
    pub paused_until: Option<UnixSeconds>,
    /// Whether this session may lift the pause.
    pub may_lift_pause: bool,
}

/// One phone.
#[derive(Clone, Debug)]
pub struct PhoneView {
    /// Which.
    pub id: DeviceId,
    /// Its name.
    pub name: Text<64>,
    /// What it runs on.
    pub platform: Platform,
    /// The app's version.
    pub app: Text<64>,
    /// Where its approval key is kept, by its own word.
    pub storage: Storage,
    /// Whether its approval key asks for the person, by its own word.
    pub presence: Presence,
    /// When it was added.
    pub added: UnixSeconds,
    /// When it last answered.
    pub last_answer: Option<UnixSeconds>,
    /// Whether it makes codes and approves nothing until a test was approved.
    pub codes_only: bool,
}

/// What deleting a phone led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deletion {
    /// It is gone, for good.
    Deleted,
    /// It is the last method that the organisation requires: another phone first (I8).
    Last,
    /// Security info is not open for changes (rule 13).
    Closed,
    /// There is no such phone.
    Unknown,
}

impl Service {
    /// What the page shows; None unless the session is full.
    ///
    /// # Errors
    /// [`Failure`] on our side.
    pub async fn security_info(&self, session: &Session) -> Result<Option<SecurityInfoView>, Failure> {
        let now = self.now();
        let mut db = self.store().read().await?;
        let found = SessionState::find(&mut db, self, session.id, now).await?;
        let Some(state) = found.filter(|_| session.step == Step::Full) else { return Ok(None) };
        let phones: Result<Vec<PhoneView>, StoreFailed> = state.saved().map(phone_view).collect();
        let may_lift_pause = may_lift_pause(&mut db, &state).await?;
        Ok(Some(SecurityInfoView {
            methods: views(&state),
            phones: phones?,
            most_phones: self.policy().most_phones,
            paused_until: state.person.paused_until().filter(|until| now < *until),
            may_lift_pause,
        }))
    }

    /// "Close now": Security info is closed for changes.
    ///
    /// # Errors
    /// [`Failure`] on our side.
    pub async fn close_changes(&self, session: &Session) -> Result<(), Failure> {
        if session.step != Step::Full {
            return Ok(());
        }
        self.write((session.id, session.account), |change, _, (id, account)| {
            Box::pin(async move {
                change.wake(*account);
                Ok(sessions::close_changes(change.db(), *id).await?)
            })
        })
        .await
    }

    /// Lifts the pause of a report. False unless the session is full, and was proved by a phone that the person had
    /// before the request came that was reported.
    ///
    /// # Errors
    /// [`Failure`] on our side.
    pub async fn lift_pause(&self, session: &Session) -> Result<bool, Failure> {
        self.write(session.id, |change, service, id| {
            Box::pin(async move {
                let now = service.now();
                let Some(state) = SessionState::find(change.db(), service, *id, now).await? else {
                    return Ok(false);
                };
                if !may_lift_pause(change.db(), &state).await? {
                    return Ok(false);
                }
                let account = state.person.account;
                persons::pause(change, account, None).await?;
                change.wake(account);
                Ok(true)
            })
        })
        .await
    }
}

/// Who was let in by what the report is about could have proved a session, too, and must not undo the report.
async fn may_lift_pause(db: &mut Db, state: &SessionState) -> Result<bool, Failure> {
    let SessionState { session, person, .. } = state;
    let (Some(pause), Some(by), Stage::Full) = (person.pause, session.grounds.proved_by, session.stage)
    else {
        return Ok(false);
    };
    let phone = devices::find(db, by).await?;
    Ok(phone.is_some_and(|phone| phone.added <= pause.reported))
}

/// A phone that is not removed, as pages show it.
pub(crate) fn phone_view(phone: &Device) -> Result<PhoneView, StoreFailed> {
    Ok(PhoneView {
        id: phone.id,
        name: phone.name.clone().ok_or(StoreFailed::Damaged("name"))?,
        platform: phone.platform,
        app: phone.app.clone().ok_or(StoreFailed::Damaged("app"))?,
        storage: phone.storage,
        presence: phone.presence,
        added: phone.added,
        last_answer: phone.last_answer,
        codes_only: phone.standing == Standing::CodesOnly,
    })
}
