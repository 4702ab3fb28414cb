//! Sessions of browsers.

use countersign_protocol::{AccountId, DeviceId, Text, UnixSeconds};
use sqlx::sqlite::SqliteRow;

use super::row::{Columns, seconds};
use super::{Change, Db, StoreFailed, changed_one};
use crate::ids::SessionId;
use crate::journal::Happened;
use crate::rules::ClientAddress;
use crate::rules::grounds::Grounds;
use crate::rules::set_up::Stage;

/// How coarse the time of last use is, so that reading a page seldom writes.
pub(crate) const USE_GRAIN: u64 = 300;

/// A session as stored; the cookie only as a hash.
#[derive(Clone)]
pub(crate) struct SessionRow {
    pub(crate) id: SessionId,
    pub(crate) cookie: String,
    pub(crate) account: AccountId,
    pub(crate) stage: Stage,
    pub(crate) begun: UnixSeconds,
    pub(crate) last_used: UnixSeconds,
    pub(crate) expires: UnixSeconds,
    pub(crate) address: ClientAddress,
    pub(crate) browser: Option<Text<64>>,
    pub(crate) changes_until: Option<UnixSeconds>,
    pub(crate) grounds: Grounds,
}

fn stage_word(stage: Stage) -> &'static str {
    match stage {
        Stage::First => "first",
        Stage::Proved => "proved",
        Stage::Full => "full",
    }
}

fn read(row: &SqliteRow) -> Result<SessionRow, StoreFailed> {
    let stage: String = row.text("stage")?;
    Ok(SessionRow {
        id: row.text("id")?,
        cookie: row.text("cookie")?,
        account: row.text("account")?,
        stage: match stage.as_str() {
            "first" => Stage::First,
            "proved" => Stage::Proved,
            "full" => Stage::Full,
            _ => return Err(StoreFailed::Damaged("stage")),
        },
        begun: row.time("begun")?,
        last_used: row.time("last_used")?,
        expires: row.time("expires")?,
        address: ClientAddress::new(row.text("address")?),
        browser: row.maybe_shown("browser")?,
        changes_until: row.maybe_time("changes_until")?,
        grounds: Grounds { proved_by: row.maybe_text("proved_by")?, opened_by: row.maybe_text("opened_by")? },
    })
}

/// Begins a session.
pub(crate) async fn insert(db: &mut Db, session: &SessionRow) -> Result<(), StoreFailed> {
    sqlx::query(
        "INSERT INTO sessions (id, cookie, account, stage, begun, last_used, expires, address, browser)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(session.id.to_string())
    .bind(&session.cookie)
    .bind(session.account.to_string())
    .bind(stage_word(session.stage))
    .bind(seconds(session.begun))
    .bind(seconds(session.last_used))
    .bind(seconds(session.expires))
    .bind(session.address.to_string())
    .bind(session.browser.as_ref().map(Text::as_str))
    .execute(db)
    .await?;
    Ok(())
}

/// The living session with this cookie.
pub(crate) async fn find_by_cookie(
    db: &mut Db,
    cookie: &str,
    now: UnixSeconds,
) -> Result<Option<SessionRow>, StoreFailed> {
    let row = sqlx::query("SELECT * FROM sessions WHERE cookie = $1 AND expires > $2")
        .bind(cookie)
        .bind(seconds(now))
        .fetch_optional(db)
        .await?;
    row.as_ref().map(read).transpose()
}

/// The living session with this id.
pub(crate) async fn find(
    db: &mut Db,
    id: SessionId,
    now: UnixSeconds,
) -> Result<Option<SessionRow>, StoreFailed> {
    let row = sqlx::query("SELECT * FROM sessions WHERE id = $1 AND expires > $2")
        .bind(id.to_string())
        .bind(seconds(now))
        .fetch_optional(db)
        .await?;
    row.as_ref().map(read).transpose()
}

/// A person's living sessions, newest first.
pub(crate) async fn of_person(
    db: &mut Db,
    account: AccountId,
    now: UnixSeconds,
) -> Result<Vec<SessionRow>, StoreFailed> {
    let rows =
        sqlx::query("SELECT * FROM sessions WHERE account = $1 AND expires > $2 ORDER BY begun DESC, id")
            .bind(account.to_string())
            .bind(seconds(now))
            .fetch_all(db)
            .await?;
    rows.iter().map(read).collect()
}

/// A phone proves the sign-in; [`StoreFailed::Changed`] when the session is not at its first step.
pub(crate) async fn prove(db: &mut Db, id: SessionId, by: DeviceId) -> Result<(), StoreFailed> {
    let done =
        sqlx::query("UPDATE sessions SET stage = 'proved', proved_by = $2 WHERE id = $1 AND stage = 'first'")
            .bind(id.to_string())
            .bind(by.to_string())
            .execute(db)
            .await?;
    changed_one(&done)
}

/// Finishes a sign-in: another cookie, another end. True for one caller only.
pub(crate) async fn renew(
    db: &mut Db,
    id: SessionId,
    old_cookie: &str,
    new_cookie: &str,
    expires: UnixSeconds,
) -> Result<bool, StoreFailed> {
    let done = sqlx::query(
        "UPDATE sessions SET stage = 'full', cookie = $3, expires = $4
         WHERE id = $1 AND cookie = $2 AND stage = 'proved'",
    )
    .bind(id.to_string())
    .bind(old_cookie)
    .bind(new_cookie)
    .bind(seconds(expires))
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A phone opens Security info for changes until then.
pub(crate) async fn open_changes(
    db: &mut Db,
    id: SessionId,
    by: DeviceId,
    until: UnixSeconds,
) -> Result<(), StoreFailed> {
    let done = sqlx::query(
        "UPDATE sessions SET changes_until = $2, opened_by = $3 WHERE id = $1 AND stage = 'full'",
    )
    .bind(id.to_string())
    .bind(seconds(until))
    .bind(by.to_string())
    .execute(db)
    .await?;
    changed_one(&done)
}

/// Closes Security info for changes. What opened it is kept: a phone that came meanwhile may still be saved.
pub(crate) async fn close_changes(db: &mut Db, id: SessionId) -> Result<(), StoreFailed> {
    let done = sqlx::query("UPDATE sessions SET changes_until = NULL WHERE id = $1 AND stage = 'full'")
        .bind(id.to_string())
        .execute(db)
        .await?;
    changed_one(&done)
}

/// Closes Security info for changes in all sessions of a person.
pub(crate) async fn close_all_changes(db: &mut Db, account: AccountId) -> Result<(), StoreFailed> {
    sqlx::query("UPDATE sessions SET changes_until = NULL WHERE account = $1")
        .bind(account.to_string())
        .execute(db)
        .await?;
    Ok(())
}

/// Writes down when it was used.
pub(crate) async fn used(db: &mut Db, id: SessionId, now: UnixSeconds) -> Result<(), StoreFailed> {
    sqlx::query("UPDATE sessions SET last_used = $2 WHERE id = $1 AND last_used < $2")
        .bind(id.to_string())
        .bind(seconds(now))
        .execute(db)
        .await?;
    Ok(())
}

/// Remembers that a report ends this session, so that its browser can be told. It opens nothing any more.
pub(crate) async fn stop(db: &mut Db, id: SessionId, until: UnixSeconds) -> Result<(), StoreFailed> {
    sqlx::query(
        "INSERT INTO stopped (cookie, until) SELECT cookie, $2 FROM sessions WHERE id = $1
         ON CONFLICT (cookie) DO NOTHING",
    )
    .bind(id.to_string())
    .bind(seconds(until))
    .execute(db)
    .await?;
    Ok(())
}

/// Whether a report ended the session that had this cookie.
pub(crate) async fn was_stopped(db: &mut Db, cookie: &str, now: UnixSeconds) -> Result<bool, StoreFailed> {
    let row = sqlx::query("SELECT 1 FROM stopped WHERE cookie = $1 AND until > $2")
        .bind(cookie)
        .bind(seconds(now))
        .fetch_optional(db)
        .await?;
    Ok(row.is_some())
}

/// Ends one session of a person, its activations with it; false when there is none.
pub(crate) async fn end(change: &mut Change, account: AccountId, id: SessionId) -> Result<bool, StoreFailed> {
    let done = sqlx::query("DELETE FROM sessions WHERE id = $1 AND account = $2")
        .bind(id.to_string())
        .bind(account.to_string())
        .execute(change.db())
        .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    change.note(account, None, Happened::SignedOut).await?;
    Ok(true)
}
