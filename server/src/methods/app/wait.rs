//! What a waiting phone is told: the whole truth, at once when it differs from what the phone said it has.

use countersign_protocol::{
    AccountId, DeviceId, Ended, Have, List, RequestId, Status, UnixSeconds, Verdict, WaitReply,
};

use crate::failure::Failure;
use crate::rules::device::Standing;
use crate::rules::request::{Event, step};
use crate::service::Service;
use crate::store::devices::Device;
use crate::store::persons::Person;
use crate::store::requests::{self as rows};
use crate::store::{Db, devices, keys, persons};

/// The truth at one moment.
pub(crate) struct WaitView {
    pub(crate) status: Status,
    /// None when the phone is removed.
    pub(crate) reply: Option<WaitReply>,
    /// Whether it differs from what the phone has.
    pub(crate) is_news: bool,
    /// When time alone will change it.
    pub(crate) changes_at: Option<UnixSeconds>,
}

impl Service {
    /// From its first wait on a phone cannot post its activation again.
    pub(crate) async fn first_wait(&self, device: DeviceId) -> Result<(), Failure> {
        self.write(device, |change, _, device| {
            Box::pin(async move { Ok(devices::waits(change.db(), *device).await?) })
        })
        .await
    }

    /// How things are for a phone now. None when it is not known any more.
    pub(crate) async fn wait_view(&self, device: DeviceId, have: Have) -> Result<Option<WaitView>, Failure> {
        let now = self.now();
        let mut db = self.store().read().await?;
        let Some(device) = devices::find(&mut db, device).await? else { return Ok(None) };
        let person = persons::find(&mut db, device.account).await?;
        let status = device.standing.status(person.paused_until(), now);
        if matches!(status, Status::Removed(_)) {
            return Ok(Some(WaitView { status, reply: None, is_news: true, changes_at: None }));
        }
        let waiting = waiting_for(&mut db, device.account, device.id, now).await?;
        let (request, request_ends) =
            waiting.map_or((None, None), |(id, jws, until)| (Some((id, jws)), Some(until)));
        let shown = request.as_ref().map(|(id, _)| *id);
        let ended = match have.request.filter(|named| Some(*named) != shown) {
            Some(named) => Some(ended(&mut db, named, device.id, now).await?),
            None => None,
        };
        let statement_time = self.keys().statement_time();
        if let Some(has) = have.server.filter(|has| *has != statement_time)
            && !keys::knows_statement(&mut db, has).await?
        {
            self.tell_of_restore(has);
        }
        let profile = self.profile(&person);
        let is_newer_statement = have.server.is_none_or(|has| has < statement_time);
        let is_newer_profile = have.profile.is_none_or(|has| has < profile.number);
        let is_news = have.status != Some(status.word())
            || have.until != status.until()
            || have.request != shown
            || is_newer_statement
            || is_newer_profile;
        let reply = WaitReply {
            server: is_newer_statement.then(|| self.keys().statement().to_owned()),
            profile: is_newer_profile.then_some(profile),
            request: request.map(|(_, jws)| jws),
            ended,
            wakes_gone: List::default(),
        };
        let changes_at = changes_at(&device, &person, request_ends, now);
        Ok(Some(WaitView { status, reply: Some(reply), is_news, changes_at }))
    }
}

/// The card of the request that waits, where this phone is asked.
async fn waiting_for(
    db: &mut Db,
    account: AccountId,
    device: DeviceId,
    now: UnixSeconds,
) -> Result<Option<(RequestId, String, UnixSeconds)>, Failure> {
    let Some(waiting) = rows::waiting(db, account).await?.filter(|waiting| now < waiting.expires) else {
        return Ok(None);
    };
    let card = rows::card(db, waiting.id, device).await?;
    Ok(card.map(|card| (waiting.id, card.jws, waiting.expires)))
}

/// How a request ended, for the phone that shows its card. One that is not kept, or never was this phone's, is over.
async fn ended(db: &mut Db, id: RequestId, device: DeviceId, now: UnixSeconds) -> Result<Ended, Failure> {
    let over = Ended { request: id, verdict: Verdict::Expired, phone: None };
    if rows::card(db, id, device).await?.is_none() {
        return Ok(over);
    }
    let Some(request) = rows::find(db, id).await? else { return Ok(over) };
    let state = step(request.state, Event::Look, request.life(0), now).state;
    let (verdict, by) = state.ended().unwrap_or((Verdict::Cancelled, None));
    let by = by.filter(|by| *by != device);
    let phone = match by {
        Some(by) => devices::find(db, by).await?.and_then(|phone| phone.name),
        None => None,
    };
    let verdict = if by.is_some() { Verdict::AnsweredElsewhere } else { verdict };
    Ok(Ended { request: id, verdict, phone })
}

fn changes_at(
    device: &Device,
    person: &Person,
    request_ends: Option<UnixSeconds>,
    now: UnixSeconds,
) -> Option<UnixSeconds> {
    let pending_ends = match device.standing {
        Standing::Pending { until } => Some(until),
        _ => None,
    };
    [request_ends, pending_ends, person.paused_until()].into_iter().flatten().filter(|at| *at > now).min()
}
