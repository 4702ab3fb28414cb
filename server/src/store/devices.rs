//! Phones.

use countersign_protocol::{
    AccountId, Check, CodeAlgorithm, DeviceId, List, Platform, Presence, PublicKey, RemovalReason, Storage,
    Text, Thumbprint, UnixSeconds, WakeUp,
};
use serde::{Deserialize, Serialize};
use sqlx::sqlite::SqliteRow;

use super::row::{Columns, json, seconds, word};
use super::{Change, Db, Place, StoreFailed, changed_one};
use crate::ids::SessionId;
use crate::journal::Happened;
use crate::rules::CodePolicy;
use crate::rules::device::Standing;
use crate::rules::grounds::Grounds;

/// A phone as stored.
#[derive(Clone)]
pub(crate) struct Device {
    pub(crate) id: DeviceId,
    pub(crate) account: AccountId,
    pub(crate) standing: Standing,
    /// The session that added it.
    pub(crate) added_in: SessionId,
    /// What that session rested on.
    pub(crate) grounds: Grounds,
    pub(crate) device_key: PublicKey,
    pub(crate) approval_key: PublicKey,
    /// None once it is removed.
    pub(crate) name: Option<Text<64>>,
    pub(crate) platform: Platform,
    /// None once it is removed.
    pub(crate) app: Option<Text<64>>,
    /// Of the approval key, by the phone's own word.
    pub(crate) storage: Storage,
    pub(crate) presence: Presence,
    pub(crate) check: Check,
    pub(crate) activation_time: UnixSeconds,
    pub(crate) has_waited: bool,
    pub(crate) wakes: List<WakeUp, 0, 3>,
    /// The secret of its one-time codes, sealed, and their form.
    pub(crate) codes: Option<SealedCodes>,
    pub(crate) added: UnixSeconds,
    pub(crate) tested: Option<UnixSeconds>,
    pub(crate) last_answer: Option<UnixSeconds>,
}

/// What one-time codes are made of.
#[derive(Clone)]
pub(crate) struct SealedCodes {
    pub(crate) secret: Vec<u8>,
    pub(crate) form: CodePolicy,
}

/// Where a phone's secret stands.
pub(crate) fn code_place(id: &str) -> Place<'_> {
    Place { column: "devices.code_secret", row: id }
}

#[derive(Serialize, Deserialize)]
struct WrittenForm {
    algorithm: CodeAlgorithm,
    digits: u8,
    period: u16,
}

fn read(row: &SqliteRow) -> Result<Device, StoreFailed> {
    let standing: String = row.text("standing")?;
    let check: String = row.text("eight")?;
    let form: Option<WrittenForm> = row.maybe_json("code_form")?;
    let form = form.map(|WrittenForm { algorithm, digits, period }| CodePolicy { algorithm, digits, period });
    Ok(Device {
        id: row.text("id")?,
        account: row.text("account")?,
        standing: match standing.as_str() {
            "pending" => Standing::Pending { until: row.time("pending_until")? },
            "codes_only" => Standing::CodesOnly,
            "active" => Standing::Active,
            "removed" => Standing::Removed(row.word("removal_reason")?),
            _ => return Err(StoreFailed::Damaged("standing")),
        },
        added_in: row.text("added_in")?,
        grounds: Grounds { proved_by: row.maybe_text("proved_by")?, opened_by: row.maybe_text("opened_by")? },
        device_key: row.json("device_key")?,
        approval_key: row.json("approval_key")?,
        name: row.maybe_shown("name")?,
        platform: row.word("platform")?,
        app: row.maybe_shown("app")?,
        storage: row.word("storage")?,
        presence: row.word("presence")?,
        check: Check::try_from(check).map_err(|_| StoreFailed::Damaged("eight"))?,
        activation_time: row.time("activation_time")?,
        has_waited: row.number("has_waited")? == 1,
        wakes: row.maybe_json("wakes")?.unwrap_or_default(),
        codes: row.maybe_bytes("code_secret")?.zip(form).map(|(secret, form)| SealedCodes { secret, form }),
        added: row.time("added")?,
        tested: row.maybe_time("tested")?,
        last_answer: row.maybe_time("last_answer")?,
    })
}

fn standing_word(standing: Standing) -> &'static str {
    match standing {
        Standing::Pending { .. } => "pending",
        Standing::CodesOnly => "codes_only",
        Standing::Active => "active",
        Standing::Removed(_) => "removed",
    }
}

fn written_form(codes: Option<&SealedCodes>) -> Result<Option<String>, StoreFailed> {
    let written = |form: CodePolicy| WrittenForm {
        algorithm: form.algorithm,
        digits: form.digits,
        period: form.period,
    };
    codes.map(|codes| json(&written(codes.form))).transpose()
}

/// By id, the removed ones, too.
pub(crate) async fn find(db: &mut Db, id: DeviceId) -> Result<Option<Device>, StoreFailed> {
    let row =
        sqlx::query("SELECT * FROM devices WHERE id = $1").bind(id.to_string()).fetch_optional(db).await?;
    row.as_ref().map(read).transpose()
}

/// By the key that signed a call, either of its two; the removed ones, too.
pub(crate) async fn find_by_key(db: &mut Db, key: Thumbprint) -> Result<Option<Device>, StoreFailed> {
    let row = sqlx::query("SELECT * FROM devices WHERE device_key_id = $1 OR approval_key_id = $1")
        .bind(key.to_string())
        .fetch_optional(db)
        .await?;
    row.as_ref().map(read).transpose()
}

/// A person's phones that are not removed, oldest first.
pub(crate) async fn of_person(
    db: &mut Db,
    account: AccountId,
    now: UnixSeconds,
) -> Result<Vec<Device>, StoreFailed> {
    let rows =
        sqlx::query("SELECT * FROM devices WHERE account = $1 AND standing <> 'removed' ORDER BY added, id")
            .bind(account.to_string())
            .fetch_all(db)
            .await?;
    let devices: Result<Vec<Device>, StoreFailed> = rows.iter().map(read).collect();
    Ok(devices?
        .into_iter()
        .filter(|device| !matches!(device.standing.at(now), Standing::Removed(_)))
        .collect())
}

/// A person's phones, oldest first, the removed ones, too, for as long as they are kept.
pub(crate) async fn ever_of_person(db: &mut Db, account: AccountId) -> Result<Vec<Device>, StoreFailed> {
    let rows = sqlx::query("SELECT * FROM devices WHERE account = $1 ORDER BY added, id")
        .bind(account.to_string())
        .fetch_all(db)
        .await?;
    rows.iter().map(read).collect()
}

/// Adds a phone that is pending.
pub(crate) async fn insert(change: &mut Change, device: &Device) -> Result<(), StoreFailed> {
    let pending_until = match device.standing {
        Standing::Pending { until } => Some(seconds(until)),
        _ => None,
    };
    sqlx::query(
        "INSERT INTO devices (id, account, standing, pending_until, added_in, device_key, approval_key, name,
             platform, app, storage, presence, eight, activation_time, has_waited, wakes, code_secret, code_form,
             added, device_key_id, approval_key_id, proved_by, opened_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0, $15, $16, $17, $18, $19, $20, $21,
             $22)",
    )
    .bind(device.id.to_string())
    .bind(device.account.to_string())
    .bind(standing_word(device.standing))
    .bind(pending_until)
    .bind(device.added_in.to_string())
    .bind(json(&device.device_key)?)
    .bind(json(&device.approval_key)?)
    .bind(device.name.as_ref().map(Text::as_str))
    .bind(word(&device.platform))
    .bind(device.app.as_ref().map(Text::as_str))
    .bind(word(&device.storage))
    .bind(word(&device.presence))
    .bind(String::from(device.check.clone()))
    .bind(seconds(device.activation_time))
    .bind(json(&device.wakes)?)
    .bind(device.codes.as_ref().map(|codes| codes.secret.as_slice()))
    .bind(written_form(device.codes.as_ref())?)
    .bind(seconds(device.added))
    .bind(device.device_key.thumbprint().to_string())
    .bind(device.approval_key.thumbprint().to_string())
    .bind(device.grounds.proved_by.map(|by| by.to_string()))
    .bind(device.grounds.opened_by.map(|by| by.to_string()))
    .execute(change.db())
    .await?;
    change.note(device.account, None, Happened::PhoneCame { phone: device.id }).await
}

/// The same phone posts its activation again before its first wait: the newest counts.
pub(crate) async fn activate_again(db: &mut Db, old: &Device, new: &Device) -> Result<(), StoreFailed> {
    let done = sqlx::query(
        "UPDATE devices SET approval_key = $3, name = $4, platform = $5, app = $6, storage = $7, presence = $8,
             eight = $9, activation_time = $10, wakes = $11, code_secret = $12, code_form = $13,
             approval_key_id = $14
         WHERE id = $1 AND activation_time = $2 AND has_waited = 0 AND standing = 'pending'",
    )
    .bind(old.id.to_string())
    .bind(seconds(old.activation_time))
    .bind(json(&new.approval_key)?)
    .bind(new.name.as_ref().map(Text::as_str))
    .bind(word(&new.platform))
    .bind(new.app.as_ref().map(Text::as_str))
    .bind(word(&new.storage))
    .bind(word(&new.presence))
    .bind(String::from(new.check.clone()))
    .bind(seconds(new.activation_time))
    .bind(json(&new.wakes)?)
    .bind(new.codes.as_ref().map(|codes| codes.secret.as_slice()))
    .bind(written_form(new.codes.as_ref())?)
    .bind(new.approval_key.thumbprint().to_string())
    .execute(db)
    .await?;
    changed_one(&done)
}

/// From its first wait on the phone is what it is.
pub(crate) async fn waits(db: &mut Db, id: DeviceId) -> Result<(), StoreFailed> {
    sqlx::query("UPDATE devices SET has_waited = 1 WHERE id = $1").bind(id.to_string()).execute(db).await?;
    Ok(())
}

/// A test was approved: the approval key is proved.
pub(crate) async fn tested(db: &mut Db, id: DeviceId, now: UnixSeconds) -> Result<(), StoreFailed> {
    sqlx::query("UPDATE devices SET tested = COALESCE(tested, $2) WHERE id = $1")
        .bind(id.to_string())
        .bind(seconds(now))
        .execute(db)
        .await?;
    Ok(())
}

/// Saves a phone; [`StoreFailed::Changed`] when its standing is not what was read.
pub(crate) async fn save(
    change: &mut Change,
    device: &Device,
    standing: Standing,
) -> Result<(), StoreFailed> {
    let done =
        sqlx::query("UPDATE devices SET standing = $3, pending_until = NULL WHERE id = $1 AND standing = $2")
            .bind(device.id.to_string())
            .bind(standing_word(device.standing))
            .bind(standing_word(standing))
            .execute(change.db())
            .await?;
    changed_one(&done)?;
    let codes_only = standing == Standing::CodesOnly;
    change.note(device.account, None, Happened::PhoneAdded { phone: device.id, codes_only }).await
}

/// Removes a phone for good: id and keys stay, to tell it; all else goes. False when it is removed already.
pub(crate) async fn remove(
    change: &mut Change,
    id: DeviceId,
    reason: RemovalReason,
    now: UnixSeconds,
) -> Result<bool, StoreFailed> {
    let done = sqlx::query(
        "UPDATE devices SET standing = 'removed', removal_reason = $2, removed = $3, pending_until = NULL,
             name = NULL, app = NULL, wakes = NULL, code_secret = NULL, code_form = NULL
         WHERE id = $1 AND standing <> 'removed' RETURNING account",
    )
    .bind(id.to_string())
    .bind(word(&reason))
    .bind(seconds(now))
    .fetch_optional(change.db())
    .await?;
    let Some(removed) = done else { return Ok(false) };
    change.note(removed.text("account")?, None, Happened::PhoneRemoved { phone: id, reason }).await?;
    Ok(true)
}

/// What an update says, unless one that is as new was taken.
pub(crate) async fn update(
    db: &mut Db,
    id: DeviceId,
    at: UnixSeconds,
    (name, app): (&Text<64>, &Text<64>),
    wakes: &List<WakeUp, 0, 3>,
) -> Result<(), StoreFailed> {
    sqlx::query(
        "UPDATE devices SET update_time = $2, name = $3, app = $4, wakes = $5
         WHERE id = $1 AND standing <> 'removed' AND (update_time IS NULL OR update_time < $2)",
    )
    .bind(id.to_string())
    .bind(seconds(at))
    .bind(name.as_str())
    .bind(app.as_str())
    .bind(json(wakes)?)
    .execute(db)
    .await?;
    Ok(())
}

/// Writes down when it answered.
pub(crate) async fn answered(db: &mut Db, id: DeviceId, now: UnixSeconds) -> Result<(), StoreFailed> {
    sqlx::query("UPDATE devices SET last_answer = $2 WHERE id = $1")
        .bind(id.to_string())
        .bind(seconds(now))
        .execute(db)
        .await?;
    Ok(())
}

/// Uses a step of the phone's one-time codes; false when it was used before.
pub(crate) async fn use_step(
    db: &mut Db,
    id: DeviceId,
    step: u64,
    now: UnixSeconds,
) -> Result<bool, StoreFailed> {
    let done = sqlx::query(
        "INSERT INTO code_steps (device, step, used) VALUES ($1, $2, $3) ON CONFLICT (device, step) DO NOTHING",
    )
    .bind(id.to_string())
    .bind(i64::try_from(step).unwrap_or(i64::MAX))
    .bind(seconds(now))
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}
