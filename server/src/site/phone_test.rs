//! The test of a phone that proved itself by a code alone: once it is approved, the phone approves sign-ins, too.

use axum::Router;
use axum::extract::{Path, RawQuery};
use axum::routing::get;
use countersign_protocol::DeviceId;

use super::elsewhere::{Elsewhere, PageResult};
use super::enrolment::test_state;
use super::posted::Posted;
use super::visit::Visit;
use super::{Site, progress, security_info};
use crate::methods::app::requests::{Ask, Outcome, RequestView};
use crate::pages::{Progress, Rail, Test, TestState, paths};
use crate::service::Session;

pub(super) fn routes() -> Router<Site> {
    Router::new().route(&format!("{}/{{id}}", paths::TEST_PHONE), get(show).post(send))
}

/// How the test stands.
async fn show(visit: Visit, Path(id): Path<String>, RawQuery(query): RawQuery) -> PageResult {
    let session = security_info::full(&visit)?;
    let id = security_info::device(&id)?;
    let test = visit.site.service.phone_test(session, id).await?;
    match &test {
        Some(test) if test.outcome != Outcome::Approved => {
            let state = test_state(&visit, test, query.as_deref() == Some("asked"));
            draw(&visit, session, id, Some(test), state).await
        }
        _ => Err(Elsewhere::to(paths::SECURITY_INFO)),
    }
}

/// "Test it", and "Send again".
async fn send(Path(id): Path<String>, Posted { visit, .. }: Posted) -> PageResult {
    let session = security_info::full(&visit)?;
    let id = security_info::device(&id)?;
    let service = &visit.site.service;
    match service.test_phone(session, id, &visit.visitor).await? {
        Ask::Asked => Ok(visit.go(&page(id))),
        Ask::OtherWaiting(until) => {
            let state = TestState::OtherWaiting(until.since(service.now()));
            draw(&visit, session, id, None, state).await
        }
        Ask::NotNow => Err(Elsewhere::to(security_info::closed())),
        Ask::TooSoon(_) | Ask::TooOften(_) | Ask::Paused(_) | Ask::NoMoreTests => {
            Err(Elsewhere::to(paths::SECURITY_INFO))
        }
    }
}

async fn draw(
    visit: &Visit,
    session: &Session,
    id: DeviceId,
    test: Option<&RequestView>,
    state: TestState<'_>,
) -> PageResult {
    let info = security_info::read(visit, session).await?;
    let Some(phone) = info.phones.iter().find(|phone| phone.id == id) else {
        return Err(Elsewhere::to(paths::SECURITY_INFO));
    };
    let page = page(id);
    visit.page(&Test {
        frame: &visit.frame(),
        rail: Rail::Account(security_info::own(visit, session, false)),
        page: &page,
        code: None,
        progress: Progress {
            url: &format!("{}/{id}", paths::TEST_PROGRESS),
            state: &progress::request_word(session, test),
            next: &page,
        },
        phone: phone.name.as_str(),
        state,
    })
}

fn page(id: DeviceId) -> String {
    format!("{}/{id}", paths::TEST_PHONE)
}
