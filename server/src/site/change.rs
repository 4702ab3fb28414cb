//! "Approve the change on your phone": opens Security info for changes (rule 13), and then leads to the change.

use axum::Router;
use axum::extract::{Path, RawQuery};
use axum::routing::get;
use countersign_protocol::{DeviceId, Kind, Text};

use super::approve::{Approval, ask, not_right, show, show_code};
use super::elsewhere::{Elsewhere, PageResult};
use super::posted::Posted;
use super::visit::Visit;
use super::{Site, security_info};
use crate::methods::app::requests::Outcome;
use crate::pages::{Trouble, method_name, paths};
use crate::rules::{Lifting, SignInMethod};
use crate::service::{CodeUse, Session, Step};

/// What the person wants to change.
#[derive(Clone, Copy)]
enum Then {
    Add,
    Default(SignInMethod),
    Delete(DeviceId),
    Test(DeviceId),
    LiftPause,
}

pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route(&format!("{}/{{*then}}", paths::APPROVE_CHANGE), get(show_request).post(send_request))
        .route(&format!("{}/{{*then}}", paths::APPROVE_CHANGE_CODE), get(ask_for_code).post(take_code))
}

async fn show_request(visit: Visit, Path(then): Path<String>, RawQuery(query): RawQuery) -> PageResult {
    let then = Then::parse(&then)?;
    let session = closed(&visit, then).await?;
    let request = visit.site.service.request(session).await?;
    let Some(request) = request.filter(|request| request.kind == Kind::Method) else {
        return Err(Elsewhere::to(paths::SECURITY_INFO));
    };
    if request.outcome == Outcome::Approved {
        return Err(Elsewhere::to(security_info::closed()));
    }
    let approval = then.approval(&visit, session).await?;
    show(&visit, &approval, Some(&request), query.as_deref() == Some("asked"))
}

async fn send_request(Path(then): Path<String>, Posted { visit, .. }: Posted) -> PageResult {
    let then = Then::parse(&then)?;
    let session = closed(&visit, then).await?;
    let approval = then.approval(&visit, session).await?;
    ask(&visit, &approval).await
}

async fn ask_for_code(visit: Visit, Path(then): Path<String>) -> PageResult {
    let then = Then::parse(&then)?;
    let session = closed(&visit, then).await?;
    let approval = then.approval(&visit, session).await?;
    show_code(&visit, session, &approval, None).await
}

async fn take_code(Path(then): Path<String>, Posted { visit, form }: Posted) -> PageResult {
    let then = Then::parse(&then)?;
    let session = closed(&visit, then).await?;
    let approval = then.approval(&visit, session).await?;
    match visit.site.service.use_code(session, form.get("code")).await? {
        CodeUse::Right => Ok(visit.go(&then.page())),
        used => not_right(&visit, session, &approval, used).await,
    }
}

/// The session, while changes are closed; once they are open, on to the change. They may have been opened by a phone that
/// is too new to lift a pause.
async fn closed(visit: &Visit, then: Then) -> Result<&Session, Elsewhere> {
    let session = visit.session_at(|step| step == Step::Full)?;
    let is_open = match then {
        // Nothing is approved for what cannot be done: its page says so.
        Then::Delete(_) if security_info::read(visit, session).await?.phones.len() == 1 => true,
        _ if session.changes_until.is_none() => false,
        Then::LiftPause => security_info::read(visit, session).await?.lifting != Lifting::ByCode,
        Then::Add | Then::Default(_) | Then::Delete(_) | Then::Test(_) => true,
    };
    if is_open { Err(Elsewhere::to(then.page())) } else { Ok(session) }
}

/// Whether this is the address of a page here.
pub(super) fn is_page(path: &str) -> bool {
    let of = |pages: &str| path.strip_prefix(pages).and_then(|end| end.strip_prefix('/'));
    let end = of(paths::APPROVE_CHANGE).or_else(|| of(paths::APPROVE_CHANGE_CODE));
    end.is_some_and(|then| Then::parse(then).is_ok())
}

impl Then {
    /// From the end of an address.
    fn parse(text: &str) -> Result<Self, Elsewhere> {
        let then = match text.split_once('/') {
            None if text == "add" => Some(Self::Add),
            None if text == "lift-pause" => Some(Self::LiftPause),
            Some(("default", method)) => method.parse().ok().map(Self::Default),
            Some(("delete", id)) => id.parse().ok().map(Self::Delete),
            Some(("test", id)) => id.parse().ok().map(Self::Test),
            _ => None,
        };
        then.ok_or(Elsewhere::Trouble(Trouble::NotFound))
    }

    /// The page of the change itself. A test is sent, another default chosen, and a pause lifted, by a button there.
    fn page(self) -> String {
        match self {
            Self::Add => paths::ADD_METHOD.to_owned(),
            Self::Delete(id) => format!("{}/{id}", paths::DELETE_PHONE),
            Self::Default(_) | Self::Test(_) | Self::LiftPause => paths::SECURITY_INFO.to_owned(),
        }
    }

    async fn approval(self, visit: &Visit, session: &Session) -> Result<Approval, Elsewhere> {
        let words = visit.words();
        let (end, what) = match self {
            Self::Add => ("add".to_owned(), words.plain("change-add", &[])),
            Self::LiftPause => ("lift-pause".to_owned(), words.plain("change-lift-pause", &[])),
            Self::Default(method) => {
                let name = words.plain(method_name(method), &[]);
                (
                    format!("default/{method}"),
                    words.plain("change-default", &[("method", name.as_str().into())]),
                )
            }
            Self::Delete(id) => {
                let phone = name(visit, session, id).await?;
                (format!("delete/{id}"), words.plain("change-delete", &[("phone", phone.as_str().into())]))
            }
            Self::Test(id) => {
                let phone = name(visit, session, id).await?;
                (format!("test/{id}"), words.plain("change-test", &[("phone", phone.as_str().into())]))
            }
        };
        Ok(Approval {
            change: Text::clean(&what),
            page: format!("{}/{end}", paths::APPROVE_CHANGE),
            code: format!("{}/{end}", paths::APPROVE_CHANGE_CODE),
        })
    }
}

/// What a phone is called; a phone that is gone leads back to Security info.
async fn name(visit: &Visit, session: &Session, id: DeviceId) -> Result<Text<64>, Elsewhere> {
    let info = security_info::read(visit, session).await?;
    let phone = info.phones.into_iter().find(|phone| phone.id == id);
    phone.map(|phone| phone.name).ok_or_else(|| Elsewhere::to(paths::SECURITY_INFO))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_leads_to_pages_of_a_change_and_nowhere_else() {
        for own in [
            "approve/add",
            "code/add",
            "code/lift-pause",
            "approve/default/code",
            "approve/delete/q83vEjRWeJASNFZ4q83vEg",
        ] {
            assert!(is_page(&format!("/security-info/{own}")), "{own}");
        }
        for other in
            ["", "/", "//evil.example", "https://evil.example", "/security-info", "/security-info/approve/"]
        {
            assert!(!is_page(other), "{other}");
        }
        for other in
            ["approve/delete", "approve/delete/x", "approve/../../sign-out", "approve/add?x", "approved/add"]
        {
            assert!(!is_page(&format!("/security-info/{other}")), "{other}");
        }
    }
}
