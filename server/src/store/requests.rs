//! Requests, their cards and the answers to them.

use countersign_protocol::{AccountId, Decision, DeviceId, Hash, Kind, RequestId, UnixSeconds, Verdict};
use sqlx::sqlite::SqliteRow;

use super::row::{Columns, seconds, word};
use super::{Change, Db, Place, StoreFailed, changed_one};
use crate::ids::SessionId;
use crate::journal::Happened;
use crate::rules::ClientAddress;
use crate::rules::request::{Life, State};

/// A request as stored.
#[derive(Clone)]
pub(crate) struct RequestRow {
    pub(crate) id: RequestId,
    pub(crate) account: AccountId,
    pub(crate) session: SessionId,
    /// Of a test: the phone.
    pub(crate) tested: Option<DeviceId>,
    pub(crate) kind: Kind,
    /// The tally that an approval resets.
    pub(crate) counted_as: String,
    pub(crate) state: State,
    pub(crate) made: UnixSeconds,
    pub(crate) expires: UnixSeconds,
    pub(crate) ended: Option<UnixSeconds>,
    /// Sealed; only while it waits.
    pub(crate) number: Option<Vec<u8>>,
}

impl RequestRow {
    /// Its times, for the rules.
    pub(crate) fn life(&self, report_window: u64) -> Life {
        Life { made: self.made, expires: self.expires, report_window }
    }

    /// When it ended, written down or not; None while it waits.
    pub(crate) fn end(&self, now: UnixSeconds) -> Option<UnixSeconds> {
        self.ended.or_else(|| (now >= self.expires).then_some(self.expires))
    }
}

/// Where a request's number stands.
pub(crate) fn number_place(id: &str) -> Place<'_> {
    Place { column: "requests.number", row: id }
}

/// A request's card for one phone.
pub(crate) struct Card {
    pub(crate) device: DeviceId,
    pub(crate) hash: Hash,
    pub(crate) jws: String,
}

fn state_word(state: State) -> (&'static str, Option<DeviceId>) {
    match state {
        State::Waiting => ("waiting", None),
        State::Approved(by) => ("approved", Some(by)),
        State::WrongNumber(by) => ("wrong_number", Some(by)),
        State::Denied(by) => ("denied", Some(by)),
        State::Reported(by) => ("reported", Some(by)),
        State::Expired => ("expired", None),
        State::Cancelled => ("cancelled", None),
    }
}

fn read(row: &SqliteRow) -> Result<RequestRow, StoreFailed> {
    let state: String = row.text("state")?;
    let by = || row.text("answered_by");
    Ok(RequestRow {
        id: row.text("id")?,
        account: row.text("account")?,
        session: row.text("session")?,
        tested: row.maybe_text("tested")?,
        kind: row.word("kind")?,
        counted_as: row.text("counted_as")?,
        state: match state.as_str() {
            "waiting" => State::Waiting,
            "approved" => State::Approved(by()?),
            "wrong_number" => State::WrongNumber(by()?),
            "denied" => State::Denied(by()?),
            "reported" => State::Reported(by()?),
            "expired" => State::Expired,
            "cancelled" => State::Cancelled,
            _ => return Err(StoreFailed::Damaged("state")),
        },
        made: row.time("made")?,
        expires: row.time("expires")?,
        ended: row.maybe_time("ended")?,
        number: row.maybe_bytes("number")?,
    })
}

/// Adds a request with its cards. That one waits already is [`StoreFailed::Changed`].
/// `address` is whose browser asks.
pub(crate) async fn insert(
    change: &mut Change,
    request: &RequestRow,
    cards: &[Card],
    address: ClientAddress,
) -> Result<(), StoreFailed> {
    let done = sqlx::query(
        "INSERT INTO requests (id, account, session, tested, kind, counted_as, state, made, expires, number, turn)
         VALUES ($1, $2, $3, $4, $5, $6, 'waiting', $7, $8, $9,
             (SELECT COALESCE(MAX(turn), 0) + 1 FROM requests WHERE account = $2))
         ON CONFLICT (account) WHERE state = 'waiting' DO NOTHING",
    )
    .bind(request.id.to_string())
    .bind(request.account.to_string())
    .bind(request.session.to_string())
    .bind(request.tested.map(|device| device.to_string()))
    .bind(word(&request.kind))
    .bind(&request.counted_as)
    .bind(seconds(request.made))
    .bind(seconds(request.expires))
    .bind(request.number.as_deref())
    .execute(change.db())
    .await?;
    changed_one(&done)?;
    for card in cards {
        sqlx::query("INSERT INTO cards (request, device, hash, jws) VALUES ($1, $2, $3, $4)")
            .bind(request.id.to_string())
            .bind(card.device.to_string())
            .bind(card.hash.to_string())
            .bind(&card.jws)
            .execute(change.db())
            .await?;
    }
    let asked = Happened::Asked { request: request.id, kind: request.kind, phones: cards.len() };
    change.note(request.account, Some(address), asked).await
}

/// By id.
pub(crate) async fn find(db: &mut Db, id: RequestId) -> Result<Option<RequestRow>, StoreFailed> {
    let row =
        sqlx::query("SELECT * FROM requests WHERE id = $1").bind(id.to_string()).fetch_optional(db).await?;
    row.as_ref().map(read).transpose()
}

/// The one that waits for a person, as stored: its time may be over.
pub(crate) async fn waiting(db: &mut Db, account: AccountId) -> Result<Option<RequestRow>, StoreFailed> {
    let row = sqlx::query("SELECT * FROM requests WHERE account = $1 AND state = 'waiting'")
        .bind(account.to_string())
        .fetch_optional(db)
        .await?;
    row.as_ref().map(read).transpose()
}

/// Whose request waits though its time is over.
pub(crate) async fn overdue(db: &mut Db, now: UnixSeconds) -> Result<Vec<AccountId>, StoreFailed> {
    let rows = sqlx::query("SELECT account FROM requests WHERE state = 'waiting' AND expires <= $1")
        .bind(seconds(now))
        .fetch_all(db)
        .await?;
    rows.iter().map(|row| row.text("account")).collect()
}

/// The newest of a session, for a sign-in or a change; or the newest test of a phone in that session.
pub(crate) async fn newest(
    db: &mut Db,
    session: SessionId,
    tested: Option<DeviceId>,
) -> Result<Option<RequestRow>, StoreFailed> {
    let row = sqlx::query(
        "SELECT * FROM requests WHERE session = $1 AND COALESCE(tested, '') = $2 ORDER BY turn DESC LIMIT 1",
    )
    .bind(session.to_string())
    .bind(tested.map(|device| device.to_string()).unwrap_or_default())
    .fetch_optional(db)
    .await?;
    row.as_ref().map(read).transpose()
}

/// The newest of a count.
pub(crate) async fn newest_of_count(
    db: &mut Db,
    account: AccountId,
    counted_as: &str,
) -> Result<Option<RequestRow>, StoreFailed> {
    let row = sqlx::query(
        "SELECT * FROM requests WHERE account = $1 AND counted_as = $2 ORDER BY turn DESC LIMIT 1",
    )
    .bind(account.to_string())
    .bind(counted_as)
    .fetch_optional(db)
    .await?;
    row.as_ref().map(read).transpose()
}

/// From the state that was read to another; the number goes when it no longer waits. `address` is whose phone answers.
pub(crate) async fn advance(
    change: &mut Change,
    request: &RequestRow,
    state: State,
    address: Option<ClientAddress>,
    now: UnixSeconds,
) -> Result<(), StoreFailed> {
    let ((from, _), (to, by)) = (state_word(request.state), state_word(state));
    let done = sqlx::query(
        "UPDATE requests SET state = $3, answered_by = $4, ended = COALESCE(ended, $5), number = NULL
         WHERE id = $1 AND state = $2",
    )
    .bind(request.id.to_string())
    .bind(from)
    .bind(to)
    .bind(by.map(|by| by.to_string()))
    .bind(seconds(now.min(request.expires)))
    .execute(change.db())
    .await?;
    changed_one(&done)?;
    let ended = Happened::Ended { request: request.id, kind: request.kind, state };
    change.note(request.account, address, ended).await
}

/// The card that a phone is shown.
pub(crate) async fn card(
    db: &mut Db,
    request: RequestId,
    device: DeviceId,
) -> Result<Option<Card>, StoreFailed> {
    let row = sqlx::query("SELECT * FROM cards WHERE request = $1 AND device = $2")
        .bind(request.to_string())
        .bind(device.to_string())
        .fetch_optional(db)
        .await?;
    let read = |row: &SqliteRow| {
        Ok(Card { device: row.text("device")?, hash: row.text("hash")?, jws: row.text("jws")? })
    };
    row.as_ref().map(read).transpose()
}

/// The phones that were asked.
pub(crate) async fn asked(db: &mut Db, request: RequestId) -> Result<Vec<DeviceId>, StoreFailed> {
    let rows = sqlx::query("SELECT device FROM cards WHERE request = $1")
        .bind(request.to_string())
        .fetch_all(db)
        .await?;
    rows.iter().map(|row| row.text("device")).collect()
}

/// What a phone was told about a request before.
pub(crate) async fn earlier_verdict(
    db: &mut Db,
    request: RequestId,
    device: DeviceId,
) -> Result<Option<Verdict>, StoreFailed> {
    let row = sqlx::query("SELECT verdict FROM answers WHERE request = $1 AND device = $2")
        .bind(request.to_string())
        .bind(device.to_string())
        .fetch_optional(db)
        .await?;
    row.as_ref().map(|row| row.word("verdict")).transpose()
}

/// Writes down what a phone said and was told; only a report goes over an earlier one.
pub(crate) async fn answered(
    db: &mut Db,
    (request, device): (RequestId, DeviceId),
    (decision, verdict): (Decision, Verdict),
    address: ClientAddress,
    now: UnixSeconds,
) -> Result<(), StoreFailed> {
    sqlx::query(
        "INSERT INTO answers (request, device, decision, verdict, answered, address) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (request, device) DO UPDATE SET decision = excluded.decision, verdict = excluded.verdict,
             answered = excluded.answered, address = excluded.address
         WHERE excluded.verdict = 'reported' AND answers.verdict <> 'reported'",
    )
    .bind(request.to_string())
    .bind(device.to_string())
    .bind(word(&decision))
    .bind(word(&verdict))
    .bind(seconds(now))
    .bind(address.to_string())
    .execute(db)
    .await?;
    Ok(())
}
