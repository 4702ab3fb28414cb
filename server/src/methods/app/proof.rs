//! "Is this your phone?", the test, a code instead, Save: how a phone that came becomes one of the person's.

use countersign_protocol::{DeviceId, Kind, RemovalReason, UnixSeconds};

use super::codes::{Tried, code_counts, note_refused, try_code};
use super::requests::{Ask, Purpose, RequestView, make, view};
use super::set_up::Proof;
use crate::failure::Failure;
use crate::ids::SessionId;
use crate::rules::device::Standing;
use crate::rules::request::Event;
use crate::rules::set_up::{Door, Stage};
use crate::service::default::{settle, usable_now};
use crate::service::requests::end_waiting;
use crate::service::sessions::SessionState;
use crate::service::{CodeUse, Service, Session, Visitor};
use crate::store::activations::{self, ActivationRow};
use crate::store::devices::{self, Device};
use crate::store::{Change, persons, requests, sessions};

/// The phone that a session adds, while it is not saved.
struct Adding {
    activation: ActivationRow,
    device: Device,
}

impl Adding {
    async fn find(
        change: &mut Change,
        session: SessionId,
        now: UnixSeconds,
    ) -> Result<Option<Self>, Failure> {
        let Some(activation) = activations::of_session(change.db(), session).await? else { return Ok(None) };
        let Some(device) = activation.device else { return Ok(None) };
        let device = devices::find(change.db(), device).await?;
        let is_pending = |device: &Device| matches!(device.standing.at(now), Standing::Pending { .. });
        Ok(device.filter(is_pending).map(|device| Self { activation, device }))
    }
}

impl Service {
    /// "Yes, the same" to "Is this your phone?", and "Send again": sends the test request to that phone alone (S26).
    ///
    /// The sixth press removes the phone: five tests are the most.
    ///
    /// # Errors
    /// [`Failure`] on our side.
    pub async fn confirm_phone(&self, session: &Session, visitor: &Visitor) -> Result<Ask, Failure> {
        self.write((session.id, visitor.clone()), |change, service, (id, visitor)| {
            Box::pin(async move {
                let now = service.now();
                let found = SessionState::find(change.db(), service, *id, now).await?;
                let Some(state) = found else { return Ok(Ask::NotNow) };
                let Some(adding) = Adding::find(change, *id, now).await? else { return Ok(Ask::NotNow) };
                // Another session of the same person may have finished its wizard first.
                let may_test = state.may_add() || state.session.stage == Stage::Full;
                if adding.device.tested.is_some() || !may_test {
                    return Ok(Ask::NotNow);
                }
                let phone = adding.device.id;
                let purpose = test(phone, visitor);
                let asked = make(change, service, &state, &purpose, &[phone], now).await?;
                match asked {
                    Ask::Asked => activations::confirm(change.db(), adding.activation.id, now).await?,
                    Ask::NoMoreTests => {
                        let waiting_own = |session| session == *id;
                        let account = state.person.account;
                        end_waiting(change, account, Event::Cancel, waiting_own, now).await?;
                        devices::remove(change, phone, RemovalReason::Unsaved, now).await?;
                        change.wake(account);
                    }
                    _ => {}
                }
                Ok(asked)
            })
        })
        .await
    }

    /// "No, remove it", and Cancel later on: removes the phone that came.
    ///
    /// # Errors
    /// [`Failure`] on our side.
    pub async fn refuse_phone(&self, session: &Session) -> Result<(), Failure> {
        self.write((session.account, session.id), |change, service, (account, id)| {
            Box::pin(async move {
                let now = service.now();
                let Some(Adding { activation, device }) = Adding::find(change, *id, now).await? else {
                    return Ok(());
                };
                let reason = match activation.confirmed {
                    None => RemovalReason::Check,
                    Some(_) => RemovalReason::Unsaved,
                };
                devices::remove(change, device.id, reason, now).await?;
                end_waiting(change, *account, Event::Cancel, |session| session == *id, now).await?;
                change.wake(*account);
                Ok(())
            })
        })
        .await
    }

    /// "Use a code instead" of the test, in the wizard: saves the phone for codes only (I2).
    ///
    /// # Errors
    /// [`Failure`] on our side.
    pub async fn prove_by_code(&self, session: &Session, typed: &str) -> Result<Proof, Failure> {
        self.write((session.id, typed.to_owned()), |change, service, (id, typed)| {
            Box::pin(async move {
                let now = service.now();
                let not_now = Ok(Proof::Not(CodeUse::NotNow));
                let found = SessionState::find(change.db(), service, *id, now).await?;
                let Some(state) = found else { return not_now };
                let Some(Adding { activation, device }) = Adding::find(change, *id, now).await? else {
                    return not_now;
                };
                let is_wizard = state.door == Door::Wizard;
                if !is_wizard || activation.confirmed.is_none() || device.codes.is_none() {
                    return not_now;
                }
                let account = state.person.account;
                let counts = code_counts(&state.session);
                let tried = try_code(change, service, &counts, &[&device], typed, now).await?;
                if let Tried::Not(used) = tried {
                    note_refused(change, &state.session, used, now).await?;
                    return Ok(Proof::Not(used));
                }
                save(change, service, &device, Standing::CodesOnly, now).await?;
                sessions::prove(change.db(), *id, device.id).await?;
                end_waiting(change, account, Event::Cancel, |session| session == *id, now).await?;
                Ok(Proof::Saved)
            })
        })
        .await
    }

    /// Save on Security info, after the test was approved (S67). False when there is nothing to save.
    ///
    /// # Errors
    /// [`Failure`] on our side.
    pub async fn save_phone(&self, session: &Session) -> Result<bool, Failure> {
        self.write(session.id, |change, service, id| {
            Box::pin(async move {
                let now = service.now();
                let found = SessionState::find(change.db(), service, *id, now).await?;
                let Some(state) = found.filter(|found| found.session.stage == Stage::Full) else {
                    return Ok(false);
                };
                let Some(Adding { device, .. }) = Adding::find(change, *id, now).await? else {
                    return Ok(false);
                };
                let has_room = state.saved().count() < service.policy().most_phones;
                if device.tested.is_none() || !has_room {
                    return Ok(false);
                }
                save(change, service, &device, Standing::Active, now).await?;
                Ok(true)
            })
        })
        .await
    }

    /// Sends a test to a phone that was saved for codes only, from Security info while it is open for changes.
    ///
    /// # Errors
    /// [`Failure`] on our side.
    pub async fn test_phone(
        &self,
        session: &Session,
        phone: DeviceId,
        visitor: &Visitor,
    ) -> Result<Ask, Failure> {
        self.write((session.id, phone, visitor.clone()), |change, service, (id, phone, visitor)| {
            Box::pin(async move {
                let now = service.now();
                let found = SessionState::find(change.db(), service, *id, now).await?;
                let Some(state) = found.filter(SessionState::may_change) else { return Ok(Ask::NotNow) };
                let is_it = |found: &Device| found.id == *phone && found.standing == Standing::CodesOnly;
                if !state.saved().any(is_it) {
                    return Ok(Ask::NotNow);
                }
                make(change, service, &state, &test(*phone, visitor), &[*phone], now).await
            })
        })
        .await
    }

    /// The newest test that this session sent to a phone.
    ///
    /// # Errors
    /// [`Failure`] on our side.
    pub async fn phone_test(
        &self,
        session: &Session,
        phone: DeviceId,
    ) -> Result<Option<RequestView>, Failure> {
        let mut db = self.store().read().await?;
        match requests::newest(&mut db, session.id, Some(phone)).await? {
            Some(test) => view(&mut db, self, test).await.map(Some),
            None => Ok(None),
        }
    }
}

fn test(phone: DeviceId, visitor: &Visitor) -> Purpose {
    Purpose { kind: Kind::Test, tested: Some(phone), reason: None, visitor: visitor.clone() }
}

/// Makes a phone one of the person's; the first that approves makes the app the default method (S28).
pub(crate) async fn save(
    change: &mut Change,
    service: &Service,
    device: &Device,
    standing: Standing,
    now: UnixSeconds,
) -> Result<(), Failure> {
    let account = device.account;
    let before = usable_now(change, service, account, now).await?;
    devices::save(change, device, standing).await?;
    persons::has_method(change.db(), account, now).await?;
    settle(change, service, account, before, now).await?;
    change.wake(account);
    Ok(())
}
