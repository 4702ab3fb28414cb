//! Sign-in, sign-out, and where a session belongs.

use axum::extract::RawQuery;

use super::elsewhere::{Elsewhere, PageResult};
use super::posted::Posted;
use super::visit::Visit;
use super::{approve, change, home};
use crate::pages::{After, NoMethod, NoMethodReason, SignIn, SignOut, Stopped, Trouble, paths};
use crate::rules::SignInMethod;
use crate::service::{self, Password, Step};

/// The way in: to where the session belongs.
pub(super) async fn root(visit: Visit) -> PageResult {
    match visit.session.as_ref().map(|session| session.step) {
        Some(step) => Err(Elsewhere::to(home(step))),
        None => visit.session().map(|_| Elsewhere::to(paths::SIGN_IN)).and_then(Err),
    }
}

/// "Sign in". Who has not finished a sign-in may begin another, as somebody else perhaps.
pub(super) async fn get(visit: Visit, RawQuery(query): RawQuery) -> PageResult {
    match &visit.session {
        Some(session) if matches!(session.step, Step::Finish | Step::Full) => {
            return Err(Elsewhere::to(home(session.step)));
        }
        _ => {}
    }
    let is_out = visit.is_told(query.as_deref(), "out");
    show(&visit, "", if is_out { After::SignOut } else { After::Nothing })
}

/// User name and password. A right one begins a session with a cookie of its own, and asks the phone at once if
/// that is the person's default.
pub(super) async fn post(Posted { visit, form }: Posted) -> PageResult {
    let service = visit.site.service.clone();
    let user_name = form.get("user").trim();
    let password = Password::new(form.get("password").to_owned());
    let cookie = match service.sign_in(user_name, password, &visit.visitor).await? {
        service::PasswordUse::Begun(cookie) => cookie,
        service::PasswordUse::Wrong => return show(&visit, user_name, After::NoMatch),
        service::PasswordUse::TooMany(until) => {
            return show(&visit, user_name, After::TooMany(until.since(service.now())));
        }
        service::PasswordUse::Busy => return Err(Elsewhere::Trouble(Trouble::Busy)),
    };
    if let Some(unfinished) = &visit.session {
        service.sign_out(unfinished).await?;
    }
    let session = service.session(&cookie).await?;
    let visit = visit.begun(cookie, session);
    let session = visit.session()?;
    if matches!(session.step, Step::Prove { first: SignInMethod::App, .. }) {
        return approve::ask(&visit, &approve::Approval::sign_in()).await;
    }
    Ok(visit.go(home(session.step)))
}

/// All was proved: the browser gets a new cookie, and the session is full. Only forms lead here: what a browser asks
/// for by itself, or twice, ends no sign-in.
pub(super) async fn finish(visit: Visit) -> PageResult {
    match visit.site.service.finish(visit.session()?).await? {
        Some(cookie) => Ok(visit.begun(cookie, None).go(paths::ACCOUNT)),
        // Another tab was first, and the browser has its cookie.
        None => Err(Elsewhere::to(paths::ROOT)),
    }
}

/// "Sign out?"
pub(super) async fn ask_to_sign_out(visit: Visit) -> PageResult {
    visit.session()?;
    visit.page(&SignOut { frame: &visit.frame() })
}

/// Ends the session; the browser gets a cookie that was never a session's.
pub(super) async fn sign_out(Posted { visit, .. }: Posted) -> PageResult {
    let service = visit.site.service.clone();
    if let Some(session) = &visit.session {
        service.sign_out(session).await?;
    }
    let cookie = service.new_cookie();
    let visit = visit.begun(cookie, None);
    Ok(visit.go(&visit.telling(paths::SIGN_IN, "out")))
}

/// A report ended the session (rule 7). The browser's cookie says nothing else any more.
pub(super) async fn stopped(visit: Visit) -> PageResult {
    if visit.session.is_some() || !visit.site.service.was_stopped(&visit.cookie).await? {
        return Err(Elsewhere::to(paths::ROOT));
    }
    visit.page(&Stopped { frame: &visit.frame() })
}

/// The password was right and does not do (rule 12).
pub(super) async fn no_method(visit: Visit) -> PageResult {
    let session = visit.session_at(|step| matches!(step, Step::Helpless { .. }))?;
    let why = match session.step {
        Step::Helpless { is_late: true } => {
            NoMethodReason::Late(visit.site.service.policy().set_up_window / 86_400)
        }
        _ => NoMethodReason::NoneLeft,
    };
    visit.page(&NoMethod { frame: &visit.frame(), why, back: None, is_signed_in: false })
}

/// "I don't have my phone". The address names the page that the person came from, for the way back.
pub(super) async fn other_ways(visit: Visit, RawQuery(from): RawQuery) -> PageResult {
    let session = visit.session_at(|step| matches!(step, Step::Prove { .. } | Step::Full))?;
    let is_signed_in = session.step == Step::Full;
    let from = from.as_deref().filter(|from| is_signed_in && change::is_page(from));
    let back = from.unwrap_or(if is_signed_in { paths::SECURITY_INFO } else { home(session.step) });
    visit.page(&NoMethod {
        frame: &visit.frame(),
        why: NoMethodReason::NotAtHand,
        back: Some(back),
        is_signed_in,
    })
}

fn show(visit: &Visit, user_name: &str, after: After) -> PageResult {
    let application = visit.site.service.organisation().application.as_str();
    visit.page(&SignIn { frame: &visit.frame(), application, user_name, after })
}
