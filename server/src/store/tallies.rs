//! Tallies that outlive a restart.

use countersign_protocol::UnixSeconds;
use sqlx::Row as _;

use super::row::{Columns, seconds};
use super::{Db, StoreFailed, changed_one};
use crate::rules::tally::{Limit, Tally};

/// A tally's name, and how much it may hold.
pub(crate) type Count = (String, Limit);

/// A tally as it was read.
pub(crate) struct StoredTally {
    pub(crate) tally: Tally,
    version: Option<i64>,
}

/// By name; one that is not there is empty.
pub(crate) async fn find(db: &mut Db, name: &str) -> Result<StoredTally, StoreFailed> {
    let row = sqlx::query("SELECT * FROM tallies WHERE name = $1").bind(name).fetch_optional(db).await?;
    let Some(row) = row else { return Ok(StoredTally { tally: Tally::default(), version: None }) };
    let times: String = row.text("times")?;
    let times = times
        .split_ascii_whitespace()
        .map(|time| time.parse().ok().and_then(|time| UnixSeconds::new(time).ok()))
        .collect::<Option<Vec<_>>>();
    let tally = Tally::new(times.ok_or(StoreFailed::Damaged("times"))?);
    Ok(StoredTally { tally, version: Some(row.try_get("version")?) })
}

/// Writes a tally back; [`StoreFailed::Changed`] when it is not what was read. It is forgotten after `keep` seconds.
pub(crate) async fn put(
    db: &mut Db,
    name: &str,
    mut stored: StoredTally,
    keep: u64,
    now: UnixSeconds,
) -> Result<(), StoreFailed> {
    stored.tally.forget(now, keep);
    let times: Vec<String> = stored.tally.times().iter().map(ToString::to_string).collect();
    let done = match stored.version {
        None => {
            sqlx::query(
                "INSERT INTO tallies (name, times, version, forget) VALUES ($1, $2, 1, $3)
                 ON CONFLICT (name) DO NOTHING",
            )
            .bind(name)
            .bind(times.join(" "))
            .bind(seconds(now.plus(keep)))
            .execute(db)
            .await?
        }
        Some(version) => {
            sqlx::query(
                "UPDATE tallies SET times = $3, version = version + 1, forget = $4 WHERE name = $1 AND version = $2",
            )
            .bind(name)
            .bind(version)
            .bind(times.join(" "))
            .bind(seconds(now.plus(keep)))
            .execute(db)
            .await?
        }
    };
    changed_one(&done)
}

/// How many more each of these counts takes; else until when one of them is full.
pub(crate) async fn room(
    db: &mut Db,
    counts: &[Count],
    now: UnixSeconds,
) -> Result<Result<Vec<(String, usize)>, UnixSeconds>, StoreFailed> {
    let (mut room, mut until) = (Vec::with_capacity(counts.len()), None);
    for (name, limit) in counts {
        let tally = find(db, name).await?.tally;
        room.push((name.clone(), tally.left(*limit, now)));
        until = until.max(tally.full_until(*limit, now));
    }
    Ok(until.map_or(Ok(room), Err))
}

/// One more in each of these counts; says how many more the fullest of them takes.
pub(crate) async fn add(db: &mut Db, counts: &[Count], now: UnixSeconds) -> Result<usize, StoreFailed> {
    let mut left = usize::MAX;
    for (name, limit) in counts {
        let mut stored = find(db, name).await?;
        stored.tally.add(now);
        left = left.min(stored.tally.left(*limit, now));
        put(db, name, stored, limit.within, now).await?;
    }
    Ok(left)
}

/// An approval resets its count.
pub(crate) async fn reset(db: &mut Db, name: &str) -> Result<(), StoreFailed> {
    sqlx::query("DELETE FROM tallies WHERE name = $1").bind(name).execute(db).await?;
    Ok(())
}
