//! What a phone answers to a request, and what that opens or ends.

use countersign_protocol::{
    AccountId, Answer, AnswerReply, Decision, DeviceId, Kind, Number, UnixSeconds, Verdict,
};

use super::proof::save;
use super::report::reported;
use crate::failure::Failure;
use crate::rules::ClientAddress;
use crate::rules::device::Standing;
use crate::rules::request::{Answered, Choice, Event, State, step};
use crate::rules::set_up::Door;
use crate::service::Service;
use crate::service::requests::end_waiting;
use crate::service::sessions::SessionState;
use crate::store::requests::{self as rows, RequestRow, number_place};
use crate::store::{Change, StoreFailed, devices, sessions, tallies};

/// What came of an answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum AnswerOutcome {
    /// A verdict.
    Verdict(AnswerReply),
    /// No verdict, the request still waits: the answer is to another card than this phone's.
    NotThisCard,
    /// No verdict, the request still waits: the phone is removed.
    Removed,
}

impl Service {
    /// Decides about an answer whose signature, key and server were found right, in one transaction.
    pub(crate) async fn answer(
        &self,
        answer: Answer,
        address: ClientAddress,
    ) -> Result<AnswerOutcome, Failure> {
        self.write((answer, address), |change, service, (answer, address)| {
            Box::pin(decide(change, service, answer, *address))
        })
        .await
    }
}

async fn decide(
    change: &mut Change,
    service: &Service,
    answer: &Answer,
    address: ClientAddress,
) -> Result<AnswerOutcome, Failure> {
    let now = service.now();
    let (by, id) = (answer.iss, answer.request);
    let device = devices::find(change.db(), by).await?;
    let Some(device) = device.filter(|device| !matches!(device.standing.at(now), Standing::Removed(_)))
    else {
        return Ok(AnswerOutcome::Removed);
    };
    if rows::find(change.db(), id).await?.is_none() {
        return Ok(AnswerOutcome::Verdict(AnswerReply { verdict: Verdict::Expired, phone: None }));
    }
    let card = rows::card(change.db(), id, by).await?;
    if card.is_none_or(|card| card.hash != answer.hash) {
        return Ok(AnswerOutcome::NotThisCard);
    }
    cancel_if_session_ended(change, device.account, id, now).await?;
    let Some(request) = rows::find(change.db(), id).await? else { return Err(StoreFailed::Changed.into()) };
    let choice = match answer.decision {
        Decision::Approve => {
            Choice::Approve { right_number: is_right(service, &request, answer.number.as_ref())? }
        }
        Decision::Deny => Choice::Deny,
        Decision::Report => Choice::Report,
    };
    let earlier = rows::earlier_verdict(change.db(), id, by).await?;
    let event = Event::Answer(Answered { by, choice, earlier });
    let next = step(request.state, event, request.life(service.policy().report_window), now);
    let verdict = next.verdict.ok_or(StoreFailed::Damaged("state"))?;
    if next.state != request.state {
        rows::advance(change, &request, next.state, Some(address), now).await?;
        match next.state {
            State::Approved(by) => approved(change, service, &request, by, now).await?,
            State::Reported(_) => reported(change, service, &request, now).await?,
            _ => {}
        }
    }
    rows::answered(change.db(), (id, by), (choice.decision(), verdict), address, now).await?;
    devices::answered(change.db(), by, now).await?;
    change.wake(device.account);
    let first = match (verdict, next.state.ended()) {
        (Verdict::AnsweredElsewhere, Some((_, Some(first)))) => devices::find(change.db(), first).await?,
        _ => None,
    };
    Ok(AnswerOutcome::Verdict(AnswerReply { verdict, phone: first.and_then(|phone| phone.name) }))
}

/// An answer after the end of its sign-in is cancelled, also when the session ended by its time alone.
async fn cancel_if_session_ended(
    change: &mut Change,
    account: AccountId,
    id: countersign_protocol::RequestId,
    now: UnixSeconds,
) -> Result<(), Failure> {
    let session = match rows::find(change.db(), id).await? {
        Some(RequestRow { session, state: State::Waiting, .. }) => session,
        _ => return Ok(()),
    };
    if sessions::find(change.db(), session, now).await?.is_none() {
        end_waiting(change, account, Event::Cancel, |other| other == session, now).await?;
    }
    Ok(())
}

fn is_right(service: &Service, request: &RequestRow, typed: Option<&Number>) -> Result<bool, Failure> {
    let (Some(sealed), Some(typed)) = (&request.number, typed) else { return Ok(false) };
    let number = service.store().seal().open(number_place(&request.id.to_string()), sealed)?;
    let number = String::from_utf8(number.to_vec()).ok().and_then(|text| Number::try_from(text).ok());
    Ok(number.is_some_and(|number| number == *typed))
}

/// An approval opens what its card said, once, for the session that asked; and it resets its own count.
async fn approved(
    change: &mut Change,
    service: &Service,
    request: &RequestRow,
    by: DeviceId,
    now: UnixSeconds,
) -> Result<(), Failure> {
    tallies::reset(change.db(), &request.counted_as).await?;
    let Some(state) = SessionState::find(change.db(), service, request.session, now).await? else {
        return Ok(());
    };
    let session = request.session;
    match request.kind {
        Kind::SignIn => sessions::prove(change.db(), session, by).await?,
        Kind::Method => {
            let until = now.plus(service.policy().changes_life);
            sessions::open_changes(change.db(), session, by, until).await?;
        }
        Kind::Test => {
            if let Some(tested) = request.tested {
                test_approved(change, service, &state, tested, now).await?;
            }
        }
        Kind::Reset => {}
    }
    Ok(())
}

/// The test proves the approval key. It saves the phone in the wizard (S28), and one that was saved for codes only; on
/// Security info Save does (S67).
async fn test_approved(
    change: &mut Change,
    service: &Service,
    state: &SessionState,
    tested: DeviceId,
    now: UnixSeconds,
) -> Result<(), Failure> {
    devices::tested(change.db(), tested, now).await?;
    let Some(device) = devices::find(change.db(), tested).await? else { return Ok(()) };
    match (device.standing, state.door) {
        // Another session of the same person may have finished its wizard first; then this one has no right to.
        (Standing::Pending { .. }, Door::Wizard) => {
            save(change, service, &device, Standing::Active, now).await?;
            Ok(sessions::prove(change.db(), state.session.id, tested).await?)
        }
        (Standing::CodesOnly, _) => save(change, service, &device, Standing::Active, now).await,
        _ => Ok(()),
    }
}
