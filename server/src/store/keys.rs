//! The server's own keys and statements.

use countersign_protocol::{Thumbprint, UnixSeconds};
use sqlx::Row as _;

use super::row::{Columns, seconds};
use super::{Db, Place, StoreFailed};

/// What a key of the server signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Server statements, nothing else.
    Identity,
    /// Requests and replies.
    Signing,
}

impl Role {
    fn word(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Signing => "signing",
        }
    }
}

/// A key as stored.
pub(crate) struct KeyRow {
    pub(crate) id: String,
    /// PKCS#8, sealed.
    pub(crate) secret: Vec<u8>,
}

/// Where a key's secret stands.
pub(crate) fn key_place(id: &str) -> Place<'_> {
    Place { column: "keys.secret", row: id }
}

/// The keys of a role that are in use, oldest first.
pub(crate) async fn of_role(db: &mut Db, role: Role) -> Result<Vec<KeyRow>, StoreFailed> {
    let rows = sqlx::query("SELECT * FROM keys WHERE role = $1 AND retired IS NULL ORDER BY made, id")
        .bind(role.word())
        .fetch_all(db)
        .await?;
    rows.iter().map(|row| Ok(KeyRow { id: row.text("id")?, secret: row.try_get("secret")? })).collect()
}

/// Adds a key.
pub(crate) async fn insert(
    db: &mut Db,
    role: Role,
    id: Thumbprint,
    sealed: &[u8],
    now: UnixSeconds,
) -> Result<(), StoreFailed> {
    sqlx::query("INSERT INTO keys (id, role, secret, made) VALUES ($1, $2, $3, $4)")
        .bind(id.to_string())
        .bind(role.word())
        .bind(sealed)
        .bind(seconds(now))
        .execute(db)
        .await?;
    Ok(())
}

/// The newest statement's time.
pub(crate) async fn newest_statement(db: &mut Db) -> Result<Option<UnixSeconds>, StoreFailed> {
    let row =
        sqlx::query("SELECT issued FROM statements ORDER BY issued DESC LIMIT 1").fetch_optional(db).await?;
    row.as_ref().map(|row| row.time("issued")).transpose()
}

/// Whether a statement of that time was ever signed by this store.
pub(crate) async fn knows_statement(db: &mut Db, issued: UnixSeconds) -> Result<bool, StoreFailed> {
    let row = sqlx::query("SELECT issued FROM statements WHERE issued = $1")
        .bind(seconds(issued))
        .fetch_optional(db)
        .await?;
    Ok(row.is_some())
}

/// Keeps the time of a statement.
pub(crate) async fn keep_statement(db: &mut Db, issued: UnixSeconds) -> Result<(), StoreFailed> {
    sqlx::query("INSERT INTO statements (issued) VALUES ($1)").bind(seconds(issued)).execute(db).await?;
    Ok(())
}

/// A fact that was decided once, such as the RP ID.
pub(crate) async fn meta(db: &mut Db, name: &str) -> Result<Option<String>, StoreFailed> {
    let row = sqlx::query("SELECT value FROM meta WHERE name = $1").bind(name).fetch_optional(db).await?;
    row.as_ref().map(|row| row.text("value")).transpose()
}

/// Decides a fact, once.
pub(crate) async fn decide(db: &mut Db, name: &str, value: &str) -> Result<(), StoreFailed> {
    sqlx::query("INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING")
        .bind(name)
        .bind(value)
        .execute(db)
        .await?;
    Ok(())
}

/// A number that grows whenever these texts are not those of the last start.
pub(crate) async fn profile_generation(db: &mut Db, texts: &str) -> Result<u64, StoreFailed> {
    let before = meta(db, "profile_texts").await?;
    let generation: u64 = match meta(db, "profile_generation").await? {
        Some(number) => number.parse().map_err(|_| StoreFailed::Damaged("profile_generation"))?,
        None => 0,
    };
    if before.as_deref() == Some(texts) {
        return Ok(generation);
    }
    let next = generation + 1;
    for (name, value) in [("profile_texts", texts), ("profile_generation", next.to_string().as_str())] {
        sqlx::query(
            "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )
        .bind(name)
        .bind(value)
        .execute(&mut *db)
        .await?;
    }
    Ok(next)
}
