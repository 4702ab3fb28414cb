//! Persons: one account each.

use countersign_protocol::{AccountId, Random, Text, UnixSeconds};
use icu_normalizer::ComposingNormalizerBorrowed;
use sqlx::sqlite::SqliteRow;

use super::row::{Columns, seconds};
use super::{Change, Db, StoreFailed, changed_one};
use crate::journal::Happened;
use crate::rules::SignInMethod;

/// A person as stored.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) account: AccountId,
    /// The user name as it is shown.
    pub(crate) shown_name: Text<128>,
    pub(crate) name: Text<64>,
    /// PHC string.
    pub(crate) password: String,
    pub(crate) required_since: UnixSeconds,
    pub(crate) first_method: Option<UnixSeconds>,
    /// What a sign-in offers first, as it was last decided.
    pub(crate) default_method: Option<SignInMethod>,
    pub(crate) profile: u64,
    pub(crate) pause: Option<Pause>,
}

/// A pause of requests, after a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pause {
    /// When it is over.
    pub(crate) until: UnixSeconds,
    /// When the request was made that was reported, of several the first. What came after it may be the thief's.
    pub(crate) reported: UnixSeconds,
}

impl Person {
    /// A person who was just added: the days of first set-up begin (rule 12).
    pub(crate) fn new(
        random: &dyn Random,
        (shown_name, name): (Text<128>, Text<64>),
        password: String,
        now: UnixSeconds,
    ) -> Self {
        Self {
            account: AccountId::make(random),
            shown_name,
            name,
            password,
            required_since: now,
            first_method: None,
            default_method: None,
            profile: 1,
            pause: None,
        }
    }

    /// Until when a report pauses requests, if one does or did.
    pub(crate) fn paused_until(&self) -> Option<UnixSeconds> {
        self.pause.map(|pause| pause.until)
    }
}

/// The form in which a user name is looked for: however it was typed, it is the same person. Some keyboards send a
/// letter and its accent apart.
pub(crate) fn folded(user_name: &str) -> String {
    let nfc = ComposingNormalizerBorrowed::new_nfc();
    nfc.normalize(&nfc.normalize(user_name.trim()).to_lowercase()).into_owned()
}

fn read(row: &SqliteRow) -> Result<Person, StoreFailed> {
    Ok(Person {
        account: row.text("account")?,
        shown_name: row.shown("shown_name")?,
        name: row.shown("name")?,
        password: row.text("password")?,
        required_since: row.time("required_since")?,
        first_method: row.maybe_time("first_method")?,
        default_method: row.maybe_text("default_method")?,
        profile: row.number("profile")?,
        pause: (row.maybe_time("paused_until")?.zip(row.maybe_time("reported")?))
            .map(|(until, reported)| Pause { until, reported }),
    })
}

/// By account.
pub(crate) async fn find(db: &mut Db, account: AccountId) -> Result<Person, StoreFailed> {
    let row = sqlx::query("SELECT * FROM persons WHERE account = $1")
        .bind(account.to_string())
        .fetch_one(db)
        .await?;
    read(&row)
}

/// By the name that somebody typed.
pub(crate) async fn find_by_user_name(db: &mut Db, typed: &str) -> Result<Option<Person>, StoreFailed> {
    let row = sqlx::query("SELECT * FROM persons WHERE user_name = $1")
        .bind(folded(typed))
        .fetch_optional(db)
        .await?;
    row.as_ref().map(read).transpose()
}

/// Adds a person; false when the user name is taken.
pub(crate) async fn insert(db: &mut Db, person: &Person) -> Result<bool, StoreFailed> {
    let done = sqlx::query(
        "INSERT INTO persons (account, user_name, shown_name, name, password, required_since, profile)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (user_name) DO NOTHING",
    )
    .bind(person.account.to_string())
    .bind(folded(person.shown_name.as_str()))
    .bind(person.shown_name.as_str())
    .bind(person.name.as_str())
    .bind(&person.password)
    .bind(seconds(person.required_since))
    .bind(i64::try_from(person.profile).unwrap_or(i64::MAX))
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Writes down when the person had the first method ever (rule 12).
pub(crate) async fn has_method(db: &mut Db, account: AccountId, now: UnixSeconds) -> Result<(), StoreFailed> {
    let done = sqlx::query("UPDATE persons SET first_method = COALESCE(first_method, $2) WHERE account = $1")
        .bind(account.to_string())
        .bind(seconds(now))
        .execute(db)
        .await?;
    changed_one(&done)
}

/// Decides what a sign-in offers first; [`StoreFailed::Changed`] when it is not what was read.
pub(crate) async fn set_default(
    change: &mut Change,
    person: &Person,
    default: Option<SignInMethod>,
) -> Result<(), StoreFailed> {
    let word = |method: Option<SignInMethod>| method.map(|method| method.to_string());
    let done = sqlx::query(
        "UPDATE persons SET default_method = $3 WHERE account = $1 AND COALESCE(default_method, '') = $2",
    )
    .bind(person.account.to_string())
    .bind(word(person.default_method).unwrap_or_default())
    .bind(word(default))
    .execute(change.db())
    .await?;
    changed_one(&done)?;
    change.note(person.account, None, Happened::Default { method: default }).await
}

/// Pauses requests, or lifts the pause.
pub(crate) async fn pause(
    change: &mut Change,
    account: AccountId,
    pause: Option<Pause>,
) -> Result<(), StoreFailed> {
    let done = sqlx::query("UPDATE persons SET paused_until = $2, reported = $3 WHERE account = $1")
        .bind(account.to_string())
        .bind(pause.map(|pause| seconds(pause.until)))
        .bind(pause.map(|pause| seconds(pause.reported)))
        .execute(change.db())
        .await?;
    changed_one(&done)?;
    match pause {
        Some(_) => Ok(()),
        None => change.note(account, None, Happened::PauseLifted).await,
    }
}

/// Gives the person another name; phones are told by the profile's number (I15).
pub(crate) async fn rename(
    db: &mut Db,
    account: AccountId,
    shown_name: &Text<128>,
    name: &Text<64>,
) -> Result<(), StoreFailed> {
    let done = sqlx::query(
        "UPDATE persons SET user_name = $2, shown_name = $3, name = $4, profile = profile + 1 WHERE account = $1",
    )
    .bind(account.to_string())
    .bind(folded(shown_name.as_str()))
    .bind(shown_name.as_str())
    .bind(name.as_str())
    .execute(db)
    .await?;
    changed_one(&done)
}
