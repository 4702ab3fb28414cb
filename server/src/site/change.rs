//! "Approve the change on your phone": opens Security info for changes (rule 13), and then leads to the change.

use axum::Router;
use axum::extract::{Path, RawQuery};
use axum::routing::get;
use countersign_protocol::{DeviceId, Kind};

use super::approve::{Place, ask, show, show_code, use_code};
use super::posted::Posted;
use super::turn::{Answer, Turn};
use super::visit::Visit;
use super::{Site, security_info};
use crate::pages::{Trouble, paths};
use crate::{Outcome, Step};

/// What the person wants to change.
#[derive(Clone, Copy)]
enum Then {
    Add,
    Delete(DeviceId),
}

pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route(&format!("{}/{{*then}}", paths::APPROVE_CHANGE), get(show_request).post(send_request))
        .route(&format!("{}/{{*then}}", paths::APPROVE_CHANGE_CODE), get(ask_for_code).post(take_code))
}

async fn show_request(visit: Visit, Path(then): Path<String>, RawQuery(query): RawQuery) -> Answer {
    let then = Then::parse(&then)?;
    let session = visit.session_at(|step| step == Step::Full)?;
    if session.changes_until.is_some() {
        return Err(Turn::to(then.page()));
    }
    let request = visit.site.service.request(session).await?;
    let Some(request) = request.filter(|request| request.kind == Kind::Method) else {
        return Err(Turn::to(paths::SECURITY_INFO));
    };
    if request.outcome == Outcome::Approved {
        return Err(Turn::to(security_info::closed()));
    }
    show(&visit, &then.place(), Some(&request), query.as_deref() == Some("asked"))
}

async fn send_request(Path(then): Path<String>, Posted { visit, .. }: Posted) -> Answer {
    let then = Then::parse(&then)?;
    let session = visit.session_at(|step| step == Step::Full)?;
    if session.changes_until.is_some() {
        return Err(Turn::to(then.page()));
    }
    ask(&visit, &then.place()).await
}

async fn ask_for_code(visit: Visit, Path(then): Path<String>) -> Answer {
    let then = Then::parse(&then)?;
    let session = visit.session_at(|step| step == Step::Full)?;
    show_code(&visit, session, &then.place(), None).await
}

async fn take_code(Path(then): Path<String>, Posted { visit, form }: Posted) -> Answer {
    let then = Then::parse(&then)?;
    let session = visit.session_at(|step| step == Step::Full)?;
    use_code(&visit, session, &then.place(), form.get("code"), &then.page()).await
}

impl Then {
    /// From the end of an address.
    fn parse(text: &str) -> Result<Self, Turn> {
        let then = match text.split_once('/') {
            None if text == "add" => Some(Self::Add),
            Some(("delete", id)) => id.parse().ok().map(Self::Delete),
            _ => None,
        };
        then.ok_or(Turn::Trouble(Trouble::NotFound))
    }

    /// The page of the change itself.
    fn page(self) -> String {
        match self {
            Self::Add => paths::ADD_METHOD.to_owned(),
            Self::Delete(id) => format!("{}/{id}", paths::DELETE_PHONE),
        }
    }

    fn place(self) -> Place {
        let end = match self {
            Self::Add => "add".to_owned(),
            Self::Delete(id) => format!("delete/{id}"),
        };
        Place {
            is_change: true,
            page: format!("{}/{end}", paths::APPROVE_CHANGE),
            code: format!("{}/{end}", paths::APPROVE_CHANGE_CODE),
        }
    }
}
