//! "No, it's not me": what a report ends and takes back (rule 7).
//!
//! ```text
//! reported session ─► phones added in it ─► sessions and phones that rest on those ─► … until nothing is left
//! ```

use countersign_protocol::{AccountId, DeviceId, RemovalReason, UnixSeconds};

use crate::failure::Failure;
use crate::ids::SessionId;
use crate::service::Service;
use crate::service::default::{settle, usable_now};
use crate::service::sessions::end;
use crate::store::devices::{self, Device};
use crate::store::persons::{self, Pause};
use crate::store::requests::RequestRow;
use crate::store::{Change, sessions};

/// Ends the session that asked, takes back all that it led to, and pauses requests. Security info is closed everywhere: what
/// was proved before the report does not undo it.
pub(super) async fn reported(
    change: &mut Change,
    service: &Service,
    request: &RequestRow,
    now: UnixSeconds,
) -> Result<(), Failure> {
    let account = request.account;
    let until = now.plus(service.policy().report_window);
    let earlier = persons::find(change.db(), account).await?.pause.filter(|pause| now < pause.until);
    let reported = earlier.map_or(request.made, |earlier| earlier.reported.min(request.made));
    persons::pause(change, account, Some(Pause { until, reported })).await?;
    sessions::close_all_changes(change.db(), account).await?;
    take_back(change, service, account, (request.session, until), now).await?;
    Ok(())
}

async fn take_back(
    change: &mut Change,
    service: &Service,
    account: AccountId,
    (reported, until): (SessionId, UnixSeconds),
    now: UnixSeconds,
) -> Result<(), Failure> {
    let before = usable_now(change, service, account, now).await?;
    let phones = led_to(reported, &devices::ever_of_person(change.db(), account).await?);
    for phone in &phones {
        devices::remove(change, *phone, RemovalReason::Report, now).await?;
    }
    settle(change, service, account, before, now).await?;
    for session in sessions::of_person(change.db(), account, now).await? {
        if session.id == reported || phones.iter().any(|phone| session.grounds.rest_on(*phone)) {
            sessions::stop(change.db(), session.id, until).await?;
            end(change, account, session.id, now).await?;
        }
    }
    change.wake(account);
    Ok(())
}

/// The phones that were added in a session, those that rest on them, and so on. What was removed meanwhile still tells
/// what it led to, and so does a phone whose session is over.
fn led_to(session: SessionId, phones: &[Device]) -> Vec<DeviceId> {
    let mut found: Vec<DeviceId> = Vec::new();
    loop {
        let next = phones.iter().find(|phone| {
            let is_led = phone.added_in == session || found.iter().any(|by| phone.grounds.rest_on(*by));
            is_led && !found.contains(&phone.id)
        });
        match next {
            Some(phone) => found.push(phone.id),
            None => return found,
        }
    }
}
