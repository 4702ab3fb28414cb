//! The pages' addresses: reads what a browser sends, asks the service, picks the page.
//!
//! A page shows the state on the server, so a reload starts nothing and shows what has become of it. What changes
//! something is a form, sent by POST with the session's token, and answered by a redirect to the page of the new
//! state. No rule is decided here.

mod approve;
mod asset;
mod browser;
mod change;
mod elsewhere;
mod enrolment;
mod headers;
mod link;
mod phone_test;
mod posted;
mod progress;
mod security_info;
mod sign_in;
mod visit;
mod wizard;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use ipnet::IpNet;
use tower_http::catch_panic::CatchPanicLayer;

use crate::pages::{Frame, Person, Trouble, Words, paths};
use crate::rules::SignInMethod;
use crate::service::{Service, Step};
use elsewhere::Elsewhere;

/// What every handler knows.
#[derive(Clone)]
pub(crate) struct Site {
    service: Service,
    proxies: Arc<[IpNet]>,
}

impl Site {
    /// The pages over a service. Of calls that come through `proxies` the address is believed that they tell.
    pub(crate) fn new(service: Service, proxies: &[IpNet]) -> Self {
        Self { service, proxies: proxies.into() }
    }

    /// All addresses of the pages.
    pub(crate) fn routes(self) -> Router {
        Router::new()
            .route(paths::ROOT, get(sign_in::root))
            .route(paths::SIGN_IN, get(sign_in::get).post(sign_in::post))
            .route(paths::SIGN_OUT, get(sign_in::ask_to_sign_out).post(sign_in::sign_out))
            .route(paths::NO_METHOD, get(sign_in::no_method))
            .route(paths::STOPPED, get(sign_in::stopped))
            .route(paths::OTHER_WAYS, get(sign_in::other_ways))
            .route(paths::APPROVE, get(approve::get).post(approve::post))
            .route(paths::GO_ON, post(approve::go_on))
            .route(paths::APPROVE_CODE, get(approve::get_code).post(approve::post_code))
            .merge(wizard::routes())
            .merge(enrolment::routes(paths::WIZARD))
            .merge(enrolment::routes(paths::ADDING))
            .merge(security_info::routes())
            .merge(change::routes())
            .merge(phone_test::routes())
            .route(paths::REQUEST_PROGRESS, get(progress::request))
            .route(&format!("{}/{{id}}", paths::TEST_PROGRESS), get(progress::test))
            .route(paths::SET_UP_PROGRESS, get(progress::set_up))
            .route("/assets/{name}", get(asset::get))
            .route(paths::CLOSE_CHANGES, post(security_info::close))
            .route(paths::LIFT_PAUSE, post(security_info::lift_pause))
            .fallback(async || Elsewhere::Trouble(Trouble::NotFound))
            .layer(CatchPanicLayer::new())
            .layer(from_fn_with_state(self.clone(), headers::guarded))
            .with_state(self)
    }

    fn frame<'a>(&'a self, words: Words, person: Option<Person<'a>>, csrf: &'a str) -> Frame<'a> {
        let organisation = self.service.organisation();
        Frame {
            words,
            organisation: organisation.name.as_str(),
            help_desk: organisation.help_desk.as_ref().map(countersign_protocol::Text::as_str),
            privacy: organisation.privacy.as_deref(),
            person,
            csrf,
        }
    }
}

/// Where a session belongs that has come so far.
fn home(step: Step) -> &'static str {
    match step {
        Step::Prove { first: SignInMethod::App, .. } => paths::APPROVE,
        Step::Prove { first: SignInMethod::Code, .. } => paths::APPROVE_CODE,
        Step::SetUp => paths::PROMPT,
        Step::Helpless { .. } => paths::NO_METHOD,
        Step::Finish => paths::APPROVE,
        Step::Full => paths::ACCOUNT,
    }
}
