//! What is over goes: unsaved phones at once, all else when nobody can ask for it any more.

use countersign_protocol::{AccountId, DeviceId, RemovalReason, UnixSeconds};

use super::row::{Columns, seconds};
use super::{Change, StoreFailed, devices};

const DAY: u64 = 24 * 3600;
/// Reports count for 24 h after a request; a phone may ask how one ended for as long again.
const REQUESTS_KEPT: u64 = 2 * DAY;
/// So long a removed phone is told that it was removed.
const REMOVED_KEPT: u64 = 400 * DAY;
/// A code is good for three steps of at most 120 seconds.
const STEPS_KEPT: u64 = 3600;

/// Removes phones that nobody saved in time, and deletes what is over.
pub(crate) async fn sweep(change: &mut Change, now: UnixSeconds) -> Result<(), StoreFailed> {
    let overdue =
        sqlx::query("SELECT id, account FROM devices WHERE standing = 'pending' AND pending_until <= $1")
            .bind(seconds(now))
            .fetch_all(change.db())
            .await?;
    for row in overdue {
        let (id, account): (DeviceId, AccountId) = (row.text("id")?, row.text("account")?);
        if devices::remove(change, id, RemovalReason::Unsaved, now).await? {
            change.wake(account);
        }
    }
    for (statement, age) in [
        ("DELETE FROM sessions WHERE expires <= $1", 0),
        ("DELETE FROM stopped WHERE until <= $1", 0),
        ("DELETE FROM activations WHERE expires <= $1", DAY),
        ("DELETE FROM requests WHERE made <= $1", REQUESTS_KEPT),
        ("DELETE FROM tallies WHERE forget <= $1", 0),
        ("DELETE FROM code_steps WHERE used <= $1", STEPS_KEPT),
        ("DELETE FROM devices WHERE standing = 'removed' AND removed <= $1", REMOVED_KEPT),
    ] {
        sqlx::query(statement).bind(seconds(now.minus(age))).execute(change.db()).await?;
    }
    Ok(())
}
