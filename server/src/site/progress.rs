//! What the script of a waiting page asks: whether the state is still the one that the page shows.
//!
//! The answer is one word about the state, made here, and never the number. The question is held until the word is
//! another one, or half a minute at most; the page is then asked for anew, and says what has become of it.

use std::time::Duration;

use axum::Json;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};

use super::turn::Turn;
use super::visit::Visit;
use crate::{Outcome, RequestView, Session, SetUp, Step};
use countersign_protocol::UnixSeconds;

/// Shorter than proxies wait for an answer.
const HOLD: Duration = Duration::from_secs(25);

/// What the page shows.
#[derive(Deserialize)]
pub(super) struct Shown {
    state: String,
}

#[derive(Serialize)]
struct Now<'a> {
    state: &'a str,
}

/// Of the session's request.
pub(super) async fn request(visit: Visit, Query(shown): Query<Shown>) -> Result<Response, Turn> {
    held(visit, &shown.state, async |visit, session| {
        let request = visit.site.service.request(session).await?;
        let until = request.as_ref().map(|request| request.expires);
        Ok((request_word(session, request.as_ref()), until))
    })
    .await
}

/// Of the session's enrolment.
pub(super) async fn set_up(visit: Visit, Query(shown): Query<Shown>) -> Result<Response, Turn> {
    held(visit, &shown.state, async |visit, session| {
        let set_up = visit.site.service.set_up(session).await?;
        let until = match &set_up {
            SetUp::Code(code) => Some(code.expires),
            SetUp::Test { request, .. } => Some(request.expires),
            _ => None,
        };
        Ok((set_up_word(&set_up), until))
    })
    .await
}

async fn held(
    mut visit: Visit,
    shown: &str,
    read: impl AsyncFn(&Visit, &Session) -> Result<(String, Option<UnixSeconds>), Turn>,
) -> Result<Response, Turn> {
    let Some(session) = &visit.session else { return Ok(StatusCode::UNAUTHORIZED.into_response()) };
    let service = visit.site.service.clone();
    let mut listening = service.listen(session.account);
    let (mut word, until) = read(&visit, session).await?;
    if word == shown {
        // What ends by time alone wakes nobody.
        let left = until.map(|until| until.since(service.now())).filter(|left| *left > 0);
        listening.changed(left.map_or(HOLD, Duration::from_secs).min(HOLD)).await;
        visit.session = service.session(&visit.cookie).await?;
        let Some(session) = &visit.session else { return Ok(StatusCode::UNAUTHORIZED.into_response()) };
        (word, _) = read(&visit, session).await?;
    }
    Ok(Json(Now { state: &word }).into_response())
}

/// The state of a session's request in one word.
pub(super) fn request_word(session: &Session, request: Option<&RequestView>) -> String {
    if session.step == Step::Finish {
        return "proved".to_owned();
    }
    request.map_or("none".to_owned(), |request| format!("{}-{}", outcome(&request.outcome), request.id))
}

/// The state of a session's enrolment in one word.
pub(super) fn set_up_word(set_up: &SetUp) -> String {
    let word = match set_up {
        SetUp::Closed => "closed",
        SetUp::Ready => "ready",
        SetUp::Code(_) => "code",
        SetUp::CodeExpired => "code-expired",
        SetUp::Check { also_tried_by: None, .. } => "check",
        SetUp::Check { also_tried_by: Some(_), .. } => "check-tried",
        SetUp::Test { request, .. } => return format!("test-{}-{}", outcome(&request.outcome), request.id),
        SetUp::Save { .. } => "save",
        SetUp::Saved { .. } => "saved",
        SetUp::Removed { .. } => "removed",
    };
    word.to_owned()
}

fn outcome(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Waiting(_) => "waiting",
        Outcome::Approved => "approved",
        Outcome::WrongNumber => "wrong",
        Outcome::Denied => "denied",
        Outcome::Reported => "reported",
        Outcome::Expired => "expired",
        Outcome::Cancelled => "cancelled",
    }
}
