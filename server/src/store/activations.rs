//! Activations: one single-use code each, bound to the session that asked for it.

use countersign_protocol::{AccountId, DeviceId, Text, UnixSeconds};
use sqlx::sqlite::SqliteRow;

use super::row::{Columns, seconds};
use super::{Db, StoreFailed, changed_one};
use crate::ids::{ActivationId, SessionId};

/// An activation as stored; its codes only as hashes.
#[derive(Clone)]
pub(crate) struct ActivationRow {
    pub(crate) id: ActivationId,
    pub(crate) session: SessionId,
    pub(crate) account: AccountId,
    pub(crate) code: String,
    pub(crate) typed: Option<String>,
    pub(crate) made: UnixSeconds,
    pub(crate) expires: UnixSeconds,
    pub(crate) ended: Option<UnixSeconds>,
    pub(crate) device: Option<DeviceId>,
    pub(crate) phone: Option<Text<64>>,
    pub(crate) confirmed: Option<UnixSeconds>,
    pub(crate) also_tried_by: Option<Text<64>>,
}

impl ActivationRow {
    /// Whether a phone may still come.
    pub(crate) fn is_open(&self, now: UnixSeconds) -> bool {
        self.ended.is_none() && now < self.expires
    }
}

fn read(row: &SqliteRow) -> Result<ActivationRow, StoreFailed> {
    Ok(ActivationRow {
        id: row.text("id")?,
        session: row.text("session")?,
        account: row.text("account")?,
        code: row.text("code")?,
        typed: row.maybe_text("typed")?,
        made: row.time("made")?,
        expires: row.time("expires")?,
        ended: row.maybe_time("ended")?,
        device: row.maybe_text("device")?,
        phone: row.maybe_shown("phone")?,
        confirmed: row.maybe_time("confirmed")?,
        also_tried_by: row.maybe_shown("also_tried_by")?,
    })
}

/// Adds one; it ends the session's earlier ones.
pub(crate) async fn insert(db: &mut Db, activation: &ActivationRow) -> Result<(), StoreFailed> {
    sqlx::query("UPDATE activations SET ended = $2 WHERE session = $1 AND ended IS NULL")
        .bind(activation.session.to_string())
        .bind(seconds(activation.made))
        .execute(&mut *db)
        .await?;
    sqlx::query(
        "INSERT INTO activations (id, session, account, code, made, expires) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(activation.id.to_string())
    .bind(activation.session.to_string())
    .bind(activation.account.to_string())
    .bind(&activation.code)
    .bind(seconds(activation.made))
    .bind(seconds(activation.expires))
    .execute(db)
    .await?;
    Ok(())
}

/// The one that a session shows: its newest.
pub(crate) async fn of_session(
    db: &mut Db,
    session: SessionId,
) -> Result<Option<ActivationRow>, StoreFailed> {
    let row = sqlx::query("SELECT * FROM activations WHERE session = $1 AND ended IS NULL")
        .bind(session.to_string())
        .fetch_optional(db)
        .await?;
    row.as_ref().map(read).transpose()
}

/// By the hash of either code.
pub(crate) async fn find_by_code(db: &mut Db, code: &str) -> Result<Option<ActivationRow>, StoreFailed> {
    let row = sqlx::query("SELECT * FROM activations WHERE code = $1 OR typed = $1")
        .bind(code)
        .fetch_optional(db)
        .await?;
    row.as_ref().map(read).transpose()
}

/// Adds the typed form of the code.
pub(crate) async fn set_typed(db: &mut Db, id: ActivationId, typed: &str) -> Result<(), StoreFailed> {
    let done =
        sqlx::query("UPDATE activations SET typed = $2 WHERE id = $1 AND (typed IS NULL OR typed = $2)")
            .bind(id.to_string())
            .bind(typed)
            .execute(db)
            .await?;
    changed_one(&done)
}

/// A phone takes it; [`StoreFailed::Changed`] when another was first.
pub(crate) async fn take(
    db: &mut Db,
    id: ActivationId,
    device: DeviceId,
    phone: &Text<64>,
) -> Result<(), StoreFailed> {
    let done = sqlx::query(
        "UPDATE activations SET device = $2, phone = $3 WHERE id = $1 AND device IS NULL AND ended IS NULL",
    )
    .bind(id.to_string())
    .bind(device.to_string())
    .bind(phone.as_str())
    .execute(db)
    .await?;
    changed_one(&done)
}

/// "Is this your phone?" – yes.
pub(crate) async fn confirm(db: &mut Db, id: ActivationId, now: UnixSeconds) -> Result<(), StoreFailed> {
    let done = sqlx::query(
        "UPDATE activations SET confirmed = COALESCE(confirmed, $2) WHERE id = $1 AND device IS NOT NULL",
    )
    .bind(id.to_string())
    .bind(seconds(now))
    .execute(db)
    .await?;
    changed_one(&done)
}

/// Another phone came with a code that is taken: the page names the first of them (I3).
pub(crate) async fn also_tried(db: &mut Db, id: ActivationId, name: &Text<64>) -> Result<(), StoreFailed> {
    sqlx::query("UPDATE activations SET also_tried_by = $2 WHERE id = $1 AND also_tried_by IS NULL")
        .bind(id.to_string())
        .bind(name.as_str())
        .execute(db)
        .await?;
    Ok(())
}
