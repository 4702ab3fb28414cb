//! What the script of a waiting page asks: whether the state is still the one that the page shows.
//!
//! The answer is one word about the state, made here, and never the number. The question is held until
//! something changes for the person or 25 seconds are over. With the same word the script asks again; with another one it
//! asks for the page anew, which says what has become of it.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use countersign_protocol::{DeviceId, UnixSeconds};
use serde::{Deserialize, Serialize};

use super::elsewhere::{Elsewhere, PageResult};
use super::security_info;
use super::visit::Visit;
use crate::methods::app::requests::{Outcome, RequestView};
use crate::methods::app::set_up::SetUp;
use crate::service::{Service, Session, Step};

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

/// What a page waits for.
#[derive(Clone, Copy)]
enum Awaited {
    Request,
    Test(DeviceId),
    SetUp,
}

/// Of the session's request.
pub(super) async fn request(visit: Visit, Query(shown): Query<Shown>) -> PageResult {
    held(visit, &shown.state, Awaited::Request).await
}

/// Of the test of a phone that makes codes only.
pub(super) async fn test(visit: Visit, Path(id): Path<String>, Query(shown): Query<Shown>) -> PageResult {
    held(visit, &shown.state, Awaited::Test(security_info::device(&id)?)).await
}

/// Of the session's enrolment.
pub(super) async fn set_up(visit: Visit, Query(shown): Query<Shown>) -> PageResult {
    held(visit, &shown.state, Awaited::SetUp).await
}

async fn held(mut visit: Visit, shown: &str, awaited: Awaited) -> PageResult {
    let Some(session) = &visit.session else { return Ok(signed_out()) };
    let service = visit.site.service.clone();
    let mut listening = service.listen(session.account);
    let (mut word, until) = awaited.read(&service, session).await?;
    if word == shown {
        // What ends by time alone wakes nobody.
        let left = until.map(|until| until.since(service.now())).filter(|left| *left > 0);
        listening.changed(left.map_or(HOLD, Duration::from_secs).min(HOLD)).await;
        visit.session = service.session(&visit.cookie).await?;
        let Some(session) = &visit.session else { return Ok(signed_out()) };
        (word, _) = awaited.read(&service, session).await?;
    }
    // A session that ended just before the state was read has another one, but not the one to tell.
    if service.session(&visit.cookie).await?.is_none() {
        return Ok(signed_out());
    }
    Ok(Json(Now { state: &word }).into_response())
}

fn signed_out() -> Response {
    (StatusCode::UNAUTHORIZED, Json(Now { state: "signed-out" })).into_response()
}

impl Awaited {
    /// Its state in one word, and when it changes by time alone.
    async fn read(
        self,
        service: &Service,
        session: &Session,
    ) -> Result<(String, Option<UnixSeconds>), Elsewhere> {
        let request = match self {
            Self::Request => service.request(session).await?,
            Self::Test(phone) => service.phone_test(session, phone).await?,
            Self::SetUp => {
                let set_up = service.set_up(session).await?;
                let until = match &set_up {
                    SetUp::Code(code) => Some(code.expires),
                    SetUp::Test { request, .. } => Some(request.expires),
                    _ => None,
                };
                return Ok((set_up_word(&set_up), until));
            }
        };
        let until = request.as_ref().map(|request| request.expires);
        Ok((request_word(session, request.as_ref()), until))
    }
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
