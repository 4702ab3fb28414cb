//! A phone tells what changed about it, removes itself (S71), or is deleted by its person (S69).

use countersign_protocol::{DeviceId, Removal, RemovalReason, Status, Update};

use crate::failure::Failure;
use crate::service::default::{settle, usable_now};
use crate::service::sessions::{SessionState, end};
use crate::service::{Deletion, Service, Session};
use crate::store::devices::Device;
use crate::store::{Change, devices, persons, sessions};

impl Service {
    /// How the server sees a phone. None when it is not known any more.
    pub(crate) async fn status(&self, device: DeviceId) -> Result<Option<Status>, Failure> {
        let mut db = self.store().read().await?;
        let Some(device) = devices::find(&mut db, device).await? else { return Ok(None) };
        let person = persons::find(&mut db, device.account).await?;
        Ok(Some(device.standing.status(person.paused_until(), self.now())))
    }

    /// Takes an update, unless one as new was taken before.
    pub(crate) async fn update(&self, update: Update) -> Result<(), Failure> {
        self.write(update, |change, _, update| {
            Box::pin(async move {
                let Update { iss, iat, name, app, wakes, .. } = update;
                devices::update(change.db(), *iss, *iat, (name, app), wakes).await?;
                if let Some(device) = devices::find(change.db(), *iss).await? {
                    change.wake(device.account);
                }
                Ok(())
            })
        })
        .await
    }

    /// Removes the phone that signed this; it can only ever remove itself, and it never expires.
    pub(crate) async fn remove(&self, removal: Removal) -> Result<(), Failure> {
        self.write(removal.iss, |change, service, id| {
            Box::pin(async move {
                if let Some(device) = devices::find(change.db(), *id).await? {
                    remove(change, service, &device, RemovalReason::Phone).await?;
                }
                Ok(())
            })
        })
        .await
    }

    /// Deletes a phone for good, while Security info is open for changes; the last one stays (I8). Sessions that rest on
    /// it end, but for the one that deletes: whoever holds a phone that was stolen may have signed in with it.
    ///
    /// # Errors
    /// [`Failure`] on our side.
    pub async fn delete_phone(&self, session: &Session, phone: DeviceId) -> Result<Deletion, Failure> {
        self.write((session.id, phone), |change, service, (id, phone)| {
            Box::pin(async move {
                let found = SessionState::find(change.db(), service, *id, service.now()).await?;
                let Some(state) = found.filter(SessionState::may_change) else {
                    return Ok(Deletion::Closed);
                };
                let Some(device) = state.saved().find(|saved| saved.id == *phone) else {
                    return Ok(Deletion::Unknown);
                };
                if state.saved().count() == 1 {
                    return Ok(Deletion::Last);
                }
                remove(change, service, device, RemovalReason::Person).await?;
                let (account, now) = (device.account, service.now());
                for other in sessions::of_person(change.db(), account, now).await? {
                    if other.id != *id && other.grounds.rest_on(*phone) {
                        end(change, account, other.id, now).await?;
                    }
                }
                Ok(Deletion::Deleted)
            })
        })
        .await
    }
}

async fn remove(
    change: &mut Change,
    service: &Service,
    device: &Device,
    reason: RemovalReason,
) -> Result<(), Failure> {
    let (account, now) = (device.account, service.now());
    let before = usable_now(change, service, account, now).await?;
    devices::remove(change, device.id, reason, now).await?;
    settle(change, service, account, before, now).await?;
    change.wake(account);
    Ok(())
}
