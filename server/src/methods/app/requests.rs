//! Asking the phone: who may, the request and its cards, and how its page shows it.

use std::fmt;

use countersign_protocol::{AccountId, Asked, DeviceId, Kind, Number, Request, RequestId, Text, UnixSeconds};

use crate::failure::Failure;
use crate::journal::Happened;
use crate::rules::asking::{NewRequest, Permission, Waiting};
use crate::rules::request::{Event, State, step};
use crate::rules::set_up::Stage;
use crate::rules::tally::REQUESTS_A_DAY;
use crate::service::requests::end_waiting;
use crate::service::sessions::SessionState;
use crate::service::{Service, Session, Visitor};
use crate::store::persons::Person;
use crate::store::requests::{self as rows, Card, RequestRow, number_place};
use crate::store::{Change, Db, StoreFailed, devices, tallies};

/// The newest request of a session, as its page shows it.
#[derive(Debug)]
pub struct RequestView {
    /// Which.
    pub id: RequestId,
    /// What an approval opens.
    pub kind: Kind,
    /// Where it is.
    pub outcome: Outcome,
    /// When it was made.
    pub made: UnixSeconds,
    /// When it is over unanswered.
    pub expires: UnixSeconds,
    /// The names of the phones that were asked.
    pub phones: Vec<Text<64>>,
    /// The name of the phone that answered, if one did.
    pub answered_by: Option<Text<64>>,
    /// From when on the next one may be asked for, as far as this count goes.
    pub again_from: UnixSeconds,
}

/// Where a request is.
#[derive(PartialEq, Eq)]
pub enum Outcome {
    /// It waits; the number is for this session's page alone.
    Waiting(Number),
    /// The right number was typed.
    Approved,
    /// A wrong number was typed.
    WrongNumber,
    /// "Deny".
    Denied,
    /// "No, it's not me."
    Reported,
    /// Nobody answered in time.
    Expired,
    /// The sign-in ended, or another request took its place.
    Cancelled,
}

/// What asking the phone led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// A request waits: the page shows it.
    Asked,
    /// One was made a moment ago; again from then on.
    TooSoon(UnixSeconds),
    /// Another session's request waits, until then at the latest.
    OtherWaiting(UnixSeconds),
    /// The count of requests is full until then.
    TooOften(UnixSeconds),
    /// A report pauses requests until then.
    Paused(UnixSeconds),
    /// That was the fifth test of this activation: the phone is not added.
    NoMoreTests,
    /// No phone can be asked, or the session may not ask here.
    NotNow,
}

impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Waiting(_) => "Waiting(..)",
            Self::Approved => "Approved",
            Self::WrongNumber => "WrongNumber",
            Self::Denied => "Denied",
            Self::Reported => "Reported",
            Self::Expired => "Expired",
            Self::Cancelled => "Cancelled",
        })
    }
}

/// What a request is made for.
#[derive(Clone, Debug)]
pub(crate) struct Purpose {
    pub(crate) kind: Kind,
    /// Of a test: the phone.
    pub(crate) tested: Option<DeviceId>,
    /// Of a change of methods: what the person is about to change.
    pub(crate) reason: Option<Text<140>>,
    pub(crate) visitor: Visitor,
}

impl Purpose {
    /// The tally that it counts in. Who has no more than the password cannot close Security info to a browser that is
    /// signed in. Known browsers will have counts of their own.
    fn count(&self, account: AccountId) -> String {
        match (self.tested, self.kind) {
            (Some(device), _) => format!("tests/{device}"),
            (None, Kind::Method) => format!("requests/{account}/signed in"),
            (None, _) => format!("requests/{account}/others"),
        }
    }
}

impl Service {
    /// Asks the person's phones: at [`Step::Prove`](crate::Step::Prove) for the sign-in, at
    /// [`Step::Full`](crate::Step::Full) to open Security info for changes. Also "Send again".
    ///
    /// `reason` is what the person is about to change, as the page and the card say it.
    ///
    /// # Errors
    /// [`Failure`] on our side.
    pub async fn ask(
        &self,
        session: &Session,
        visitor: &Visitor,
        reason: Option<Text<140>>,
    ) -> Result<Ask, Failure> {
        let input = (session.id, visitor.clone(), reason);
        self.write(input, |change, service, (id, visitor, reason)| {
            Box::pin(async move {
                let now = service.now();
                let found = SessionState::find(change.db(), service, *id, now).await?;
                let Some(state) = found else { return Ok(Ask::NotNow) };
                let kind = match state.session.stage {
                    Stage::First => Kind::SignIn,
                    Stage::Full => Kind::Method,
                    Stage::Proved => return Ok(Ask::NotNow),
                };
                let phones: Vec<DeviceId> = state.active().map(|phone| phone.id).collect();
                let reason = reason.clone().filter(|_| kind == Kind::Method);
                let purpose = Purpose { kind, tested: None, reason, visitor: visitor.clone() };
                make(change, service, &state, &purpose, &phones, now).await
            })
        })
        .await
    }

    /// The newest request of this session, tests apart.
    ///
    /// # Errors
    /// [`Failure`] on our side.
    pub async fn request(&self, session: &Session) -> Result<Option<RequestView>, Failure> {
        let mut db = self.store().read().await?;
        match rows::newest(&mut db, session.id, None).await? {
            Some(request) => view(&mut db, self, request).await.map(Some),
            None => Ok(None),
        }
    }
}

/// Makes a request for these phones, if the rules let it.
pub(crate) async fn make(
    change: &mut Change,
    service: &Service,
    state: &SessionState,
    purpose: &Purpose,
    phones: &[DeviceId],
    now: UnixSeconds,
) -> Result<Ask, Failure> {
    let SessionState { session, person, .. } = state;
    let account = person.account;
    if phones.is_empty() {
        return Ok(Ask::NotNow);
    }
    end_waiting(change, account, Event::Look, |_| true, now).await?;
    let count = purpose.count(account);
    let waiting = rows::waiting(change.db(), account).await?;
    let mut stored = tallies::find(change.db(), &count).await?;
    let last = rows::newest_of_count(change.db(), account, &count).await?;
    let new = NewRequest {
        kind: purpose.kind,
        waiting: waiting.map(|waiting| Waiting {
            id: waiting.id,
            kind: waiting.kind,
            expires: waiting.expires,
            is_own: waiting.session == session.id,
        }),
        tally: &stored.tally,
        last_end: last.and_then(|last| last.end(now)),
        paused_until: person.paused_until(),
    };
    let mut refused = async |why, until: UnixSeconds| {
        let refused = Happened::NotAsked { kind: purpose.kind, why, seconds: until.since(now) };
        change.note(account, Some(purpose.visitor.address), refused).await
    };
    let replaces = match new.permission(now) {
        Permission::Yes { replaces } => replaces,
        Permission::Paused(until) => {
            refused("paused by a report", until).await?;
            return Ok(Ask::Paused(until));
        }
        Permission::TooOften(until) => {
            refused("too often", until).await?;
            return Ok(Ask::TooOften(until));
        }
        Permission::OtherWaiting(until) => return Ok(Ask::OtherWaiting(until)),
        Permission::TooSoon(until) => return Ok(Ask::TooSoon(until)),
        Permission::NoMoreTests => return Ok(Ask::NoMoreTests),
    };
    if replaces.is_some() {
        end_waiting(change, account, Event::Cancel, |_| true, now).await?;
    }
    stored.tally.add(now);
    tallies::put(change.db(), &count, stored, REQUESTS_A_DAY.within, now).await?;
    let id = RequestId::make(service.random());
    let number = Number::make(service.policy().digits, service.random());
    let expires = now.plus(service.policy().request_life);
    let request = RequestRow {
        id,
        account,
        session: session.id,
        tested: purpose.tested,
        kind: purpose.kind,
        counted_as: count,
        state: State::Waiting,
        made: now,
        expires,
        ended: None,
        number: Some(service.store().seal().seal(number_place(&id.to_string()), number.expose().as_bytes())?),
    };
    let cards: Result<Vec<Card>, Failure> = phones
        .iter()
        .map(|phone| {
            let asked = Asked { by: service.keys().server(), device: *phone, id, at: now, until: expires };
            let (hash, jws) = service.keys().sign_card(&card(service, person, purpose, asked))?;
            Ok(Card { device: *phone, hash, jws })
        })
        .collect();
    rows::insert(change, &request, &cards?, purpose.visitor.address).await?;
    change.wake(account);
    Ok(Ask::Asked)
}

/// What one phone's card shows.
fn card(service: &Service, person: &Person, purpose: &Purpose, asked: Asked) -> Request {
    let organisation = service.organisation();
    let mut request = Request::new(
        asked,
        purpose.kind,
        service.policy().digits,
        organisation.name.clone(),
        person.shown_name.clone(),
        organisation.application.clone(),
    );
    request.address = Text::new(purpose.visitor.address.to_string()).ok();
    request.browser = purpose.visitor.browser.clone();
    request.reason = purpose.reason.clone();
    request
}

/// A request as its page shows it.
pub(crate) async fn view(
    db: &mut Db,
    service: &Service,
    request: RequestRow,
) -> Result<RequestView, Failure> {
    let now = service.now();
    let state = step(request.state, Event::Look, request.life(0), now).state;
    let outcome = match (state, &request.number) {
        (State::Waiting, Some(sealed)) => {
            let number = service.store().seal().open(number_place(&request.id.to_string()), sealed)?;
            let number = String::from_utf8(number.to_vec()).ok().and_then(|text| Number::try_from(text).ok());
            Outcome::Waiting(number.ok_or(StoreFailed::Damaged("number"))?)
        }
        (State::Waiting, None) => return Err(StoreFailed::Damaged("number").into()),
        (State::Approved(_), _) => Outcome::Approved,
        (State::WrongNumber(_), _) => Outcome::WrongNumber,
        (State::Denied(_), _) => Outcome::Denied,
        (State::Reported(_), _) => Outcome::Reported,
        (State::Expired, _) => Outcome::Expired,
        (State::Cancelled, _) => Outcome::Cancelled,
    };
    let mut phones = Vec::new();
    for id in rows::asked(db, request.id).await? {
        phones.extend(devices::find(db, id).await?.and_then(|phone| phone.name));
    }
    let answered_by = match state.ended().and_then(|(_, by)| by) {
        Some(by) => devices::find(db, by).await?.and_then(|phone| phone.name),
        None => None,
    };
    let tally = tallies::find(db, &request.counted_as).await?.tally;
    let back_off = match request.kind {
        Kind::Test => None,
        Kind::SignIn | Kind::Method | Kind::Reset => tally.back_off_until(request.end(now), now),
    };
    let again_from = back_off.unwrap_or(now);
    let RequestRow { id, kind, made, expires, .. } = request;
    Ok(RequestView { id, kind, outcome, made, expires, phones, answered_by, again_from })
}
