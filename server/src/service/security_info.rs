//! The Security info page: methods, phones, the pause.

use countersign_protocol::{DeviceId, Platform, Presence, Storage, Text, UnixSeconds};

use super::default::{MethodView, views};
use super::sessions::SessionState;
use super::{Service, Session, Step};
use crate::failure::Failure;
use crate::rules::Lifting;
use crate::rules::device::Standing;
use crate::rules::pause::lifting;
use crate::store::devices::Device;
use crate::store::{StoreFailed, persons, sessions};

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
    /// What this session can do about the pause.
    pub lifting: Lifting,
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
        Ok(Some(SecurityInfoView {
            methods: views(&state),
            phones: phones?,
            most_phones: self.policy().most_phones,
            paused_until: state.person.paused_until().filter(|until| now < *until),
            lifting: lifting_in(&state),
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

    /// Lifts the pause of a report. False unless, after the report, Security info was opened for changes in this session by
    /// a phone that the person had before the request came that was reported.
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
                if lifting_in(&state) != Lifting::Now {
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

/// A report has closed Security info, so whatever holds it open was proved after it.
fn lifting_in(state: &SessionState) -> Lifting {
    let Some(pause) = state.person.pause else { return Lifting::Never };
    let opened_by = state.session.grounds.opened_by.filter(|_| state.may_change());
    let held_open_by = state.saved().find(|phone| Some(phone.id) == opened_by);
    let making_codes = state.saved().filter(|phone| state.usable.code && phone.codes.is_some());
    lifting(pause.reported, held_open_by.map(|phone| phone.added), making_codes.map(|phone| phone.added))
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
