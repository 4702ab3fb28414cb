//! "Keep your account secure", apart from the app's own steps.

use axum::Router;
use axum::routing::get;

use super::elsewhere::{Elsewhere, PageResult};
use super::posted::Posted;
use super::visit::Visit;
use super::{Site, security_info, sign_in};
use crate::methods::app::set_up::SetUp;
use crate::pages::{Connected, GetApp, Method, Prompt, Rail, Steps, Success, paths};
use crate::rules::SignInMethod;
use crate::service::Step;

/// The methods that policy asks for, in its order. So far there is one.
const METHODS: &[Method] = &[Method::APP];

pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route(paths::PROMPT, get(prompt))
        .route(paths::SET_UP, get(first_missing))
        .route(paths::GET_APP, get(get_app))
        .route(paths::WIZARD.end, get(connected))
        .route(paths::SUCCESS, get(success).post(done))
}

/// The rail while the app is set up.
pub(super) fn rail(part: usize) -> Rail<'static> {
    Rail::Wizard(steps(part))
}

fn steps(part: usize) -> Steps<'static> {
    Steps { methods: &[(Method::APP, false)], at: Some(0), part }
}

async fn prompt(visit: Visit) -> PageResult {
    visit.session_at(|step| step == Step::SetUp)?;
    visit.page(&Prompt { frame: &visit.frame(), missing: METHODS })
}

/// What was finished stays; the wizard opens on the first method that is missing (S11, I5).
async fn first_missing(visit: Visit) -> PageResult {
    visit.session_at(|step| step == Step::SetUp)?;
    Err(Elsewhere::to(paths::GET_APP))
}

async fn get_app(visit: Visit) -> PageResult {
    visit.session_at(|step| step == Step::SetUp)?;
    let download = visit.site.service.organisation().download.as_deref();
    visit.page(&GetApp { frame: &visit.frame(), steps: steps(1), download })
}

async fn connected(visit: Visit) -> PageResult {
    let session = visit.session_at(|step| step == Step::Finish)?;
    let SetUp::Saved { phone, codes_only } = visit.site.service.set_up(session).await? else {
        return Err(Elsewhere::to(paths::ROOT));
    };
    let method = if codes_only { SignInMethod::Code } else { SignInMethod::App };
    let methods = visit.site.service.methods(session).await?;
    visit.page(&Connected {
        frame: &visit.frame(),
        rail: rail(4),
        phone: phone.as_str(),
        account: session.user_name.as_str(),
        codes_only,
        is_default: methods.iter().any(|view| view.method == method && view.is_default),
        then: None,
        next: paths::SUCCESS,
    })
}

async fn success(visit: Visit) -> PageResult {
    let session = visit.session_at(|step| step == Step::Finish)?;
    let SetUp::Saved { .. } = visit.site.service.set_up(session).await? else {
        return Err(Elsewhere::to(paths::ROOT));
    };
    let methods = security_info::listed(&visit.site.service.methods(session).await?);
    let done: Vec<_> = METHODS.iter().map(|method| (*method, true)).collect();
    let steps = Steps { methods: &done, at: None, part: 0 };
    visit.page(&Success { frame: &visit.frame(), steps, methods: &methods })
}

/// "Done": the sign-in goes on.
async fn done(Posted { visit, .. }: Posted) -> PageResult {
    visit.session_at(|step| step == Step::Finish)?;
    sign_in::finish(visit).await
}
