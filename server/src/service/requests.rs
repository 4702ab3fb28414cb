//! What waits for a person's answer ends with the session that asked.

use countersign_protocol::{AccountId, UnixSeconds};

use crate::failure::Failure;
use crate::ids::SessionId;
use crate::rules::request::{Event, step};
use crate::store::{Change, requests as rows};

/// Ends what waits for a person, if it is of one of these sessions: cancelled, or expired if its time is over.
pub(crate) async fn end_waiting(
    change: &mut Change,
    account: AccountId,
    event: Event,
    is_of: impl Fn(SessionId) -> bool + Send,
    now: UnixSeconds,
) -> Result<(), Failure> {
    let waiting = rows::waiting(change.db(), account).await?;
    if let Some(request) = waiting.filter(|request| is_of(request.session)) {
        // The window of reports means nothing to events without an answer.
        let next = step(request.state, event, request.life(0), now).state;
        if next != request.state {
            rows::advance(change, &request, next, None, now).await?;
            change.wake(account);
        }
    }
    Ok(())
}
