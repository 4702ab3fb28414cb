//! "Approve it on your phone": shows how the session's request stands, asks the phone again, takes a code instead.

use axum::extract::RawQuery;

use super::elsewhere::{Elsewhere, PageResult};
use super::posted::Posted;
use super::visit::Visit;
use super::{progress, sign_in};
use crate::methods::app::requests::{Ask, Outcome, RequestView};
use crate::methods::app::set_up::SetUp;
use crate::pages::{
    Approve, ApproveCode, ApproveState, Asked, Asking, CodeShape, Number, Progress, Proved, ToRequest,
    WrongCode, paths,
};
use crate::rules::SignInMethod;
use crate::service::{CodeUse, Session, Step};
use countersign_protocol::{Text, UnixSeconds};

/// What an approval is for, and where its pages are.
pub(super) struct Approval {
    /// What it opens Security info for; None for a sign-in.
    pub(super) change: Option<Text<140>>,
    /// The page of the request.
    pub(super) page: String,
    /// The page for a code instead.
    pub(super) code: String,
}

impl Approval {
    /// A sign-in.
    pub(super) fn sign_in() -> Self {
        Self { change: None, page: paths::APPROVE.to_owned(), code: paths::APPROVE_CODE.to_owned() }
    }
}

/// How the session's sign-in request stands.
pub(super) async fn get(visit: Visit, RawQuery(query): RawQuery) -> PageResult {
    let session =
        visit.session_at(|step| matches!(step, Step::Prove { by_request: true, .. } | Step::Finish))?;
    if session.step == Step::Finish {
        return proved(&visit, session).await;
    }
    let request = visit.site.service.request(session).await?;
    if request.is_none() && is_code_first(session) {
        return Err(Elsewhere::to(paths::APPROVE_CODE));
    }
    show(&visit, &Approval::sign_in(), request.as_ref(), query.as_deref() == Some("asked"))
}

/// "Send again".
pub(super) async fn post(Posted { visit, .. }: Posted) -> PageResult {
    visit.session_at(|step| matches!(step, Step::Prove { by_request: true, .. }))?;
    ask(&visit, &Approval::sign_in()).await
}

/// All is proved, by a form that has not come yet; in the wizard its last pages have that form.
async fn proved(visit: &Visit, session: &Session) -> PageResult {
    if matches!(visit.site.service.set_up(session).await?, SetUp::Saved { .. }) {
        return Err(Elsewhere::to(paths::WIZARD.end));
    }
    let application = visit.site.service.organisation().application.as_str();
    visit.page(&Proved { frame: &visit.frame(), application })
}

/// "Continue": the sign-in is over if the phone has approved it, else the page says how it stands.
pub(super) async fn go_on(Posted { visit, .. }: Posted) -> PageResult {
    let session =
        visit.session_at(|step| matches!(step, Step::Prove { by_request: true, .. } | Step::Finish))?;
    if session.step == Step::Finish {
        return sign_in::finish(visit).await;
    }
    Ok(visit.go(&format!("{}?asked", paths::APPROVE)))
}

/// "Use a code instead".
pub(super) async fn get_code(visit: Visit) -> PageResult {
    let session = visit.session_at(|step| matches!(step, Step::Prove { by_code: true, .. }))?;
    show_code(&visit, session, &Approval::sign_in(), None).await
}

/// The code.
pub(super) async fn post_code(Posted { visit, form }: Posted) -> PageResult {
    let session = visit.session_at(|step| matches!(step, Step::Prove { by_code: true, .. }))?;
    match visit.site.service.use_code(session, form.get("code")).await? {
        CodeUse::Right => sign_in::finish(visit).await,
        used => not_right(&visit, session, &Approval::sign_in(), used).await,
    }
}

/// Asks the phone, and goes to the page of the request, or says why there is none.
pub(super) async fn ask(visit: &Visit, approval: &Approval) -> PageResult {
    let service = &visit.site.service;
    let session = visit.session()?;
    let asked = service.ask(session, &visit.visitor, approval.change.clone()).await?;
    let state = match refusal(asked, service.now()) {
        Some(state) => state,
        None if asked == Ask::Asked => return Ok(visit.go(&approval.page)),
        None => return Ok(visit.go(&approval.code)),
    };
    let request = service.request(session).await?;
    draw(visit, approval, request.as_ref(), state)
}

/// Shows how a request stands.
pub(super) fn show(
    visit: &Visit,
    approval: &Approval,
    request: Option<&RequestView>,
    was_asked: bool,
) -> PageResult {
    let now = visit.site.service.now();
    let state =
        request.map_or(ApproveState::Cancelled { again: 0 }, |request| state_of(request, now, was_asked));
    draw(visit, approval, request, state)
}

/// The page for a code.
pub(super) async fn show_code(
    visit: &Visit,
    session: &Session,
    approval: &Approval,
    wrong: Option<WrongCode>,
) -> PageResult {
    let Some(form) = code_form(visit) else { return Err(Elsewhere::to(&approval.page)) };
    let request = visit.site.service.request(session).await?;
    let phones = phones_of(request.as_ref());
    let to_request = match (session.step, &request) {
        (Step::Prove { by_request: false, .. }, _) => None,
        (Step::Prove { .. }, None) => Some(ToRequest::Ask(&approval.page)),
        _ => Some(ToRequest::Back(&approval.page)),
    };
    visit.page(&ApproveCode {
        frame: &visit.frame(),
        asking: asking(visit, session, approval, &visit.visitor.address.to_string(), false),
        phones: &phones,
        form,
        wrong,
        page: &approval.code,
        request: to_request,
    })
}

fn is_code_first(session: &Session) -> bool {
    matches!(session.step, Step::Prove { first: SignInMethod::Code, .. })
}

/// A code that does not lead on.
pub(super) async fn not_right(
    visit: &Visit,
    session: &Session,
    approval: &Approval,
    used: CodeUse,
) -> PageResult {
    match wrong(used) {
        None => Err(Elsewhere::to(&approval.page)),
        wrong => show_code(visit, session, approval, wrong).await,
    }
}

/// What is wrong with a code.
pub(super) fn wrong(used: CodeUse) -> Option<WrongCode> {
    match used {
        CodeUse::Right | CodeUse::NotNow => None,
        CodeUse::Wrong { .. } => Some(WrongCode::Wrong),
        CodeUse::NotACode => Some(WrongCode::NotDigits),
        CodeUse::Used => Some(WrongCode::Used),
        CodeUse::TooMany(_) => Some(WrongCode::TooMany),
    }
}

/// How the codes are made, where policy gives any.
pub(super) fn code_form(visit: &Visit) -> Option<CodeShape> {
    let codes = visit.site.service.policy().codes?;
    Some(CodeShape { digits: codes.digits, period: codes.period.into() })
}

/// The number of a waiting request.
pub(super) fn number<'a>(digits: &'a str, request: &RequestView, now: UnixSeconds) -> Number<'a> {
    Number { digits, left: request.expires.since(now), total: request.expires.since(request.made) }
}

fn state_of(request: &RequestView, now: UnixSeconds, was_asked: bool) -> ApproveState<'_> {
    let again = request.again_from.since(now);
    match &request.outcome {
        Outcome::Waiting(digits) => {
            ApproveState::Waiting { number: number(digits.expose(), request, now), not_yet: was_asked }
        }
        Outcome::WrongNumber => ApproveState::Wrong { again },
        Outcome::Denied => ApproveState::Denied { phone: answered_by(request), again },
        Outcome::Expired => ApproveState::Expired { lived: request.expires.since(request.made), again },
        // An approval has led on already, and a report has ended the session.
        Outcome::Approved | Outcome::Reported | Outcome::Cancelled => ApproveState::Cancelled { again },
    }
}

fn refusal(asked: Ask, now: UnixSeconds) -> Option<ApproveState<'static>> {
    match asked {
        Ask::TooSoon(until) => Some(ApproveState::TooSoon { again: until.since(now) }),
        Ask::OtherWaiting(until) => Some(ApproveState::OtherWaiting { again: until.since(now) }),
        Ask::TooOften(until) => Some(ApproveState::TooOften { until: until.get() }),
        Ask::Paused(until) => Some(ApproveState::Paused { until: until.get() }),
        Ask::Asked | Ask::NoMoreTests | Ask::NotNow => None,
    }
}

fn draw(
    visit: &Visit,
    approval: &Approval,
    request: Option<&RequestView>,
    state: ApproveState<'_>,
) -> PageResult {
    let session = visit.session()?;
    let by_code = code_form(visit).is_some() && !matches!(session.step, Step::Prove { by_code: false, .. });
    let waiting = matches!(state, ApproveState::Waiting { .. });
    visit.page(&Approve {
        frame: &visit.frame(),
        asking: asking(visit, session, approval, &visit.visitor.address.to_string(), waiting),
        progress: Progress {
            url: paths::REQUEST_PROGRESS,
            state: &progress::request_word(session, request),
            next: &approval.page,
        },
        phones: &phones_of(request),
        state,
        page: &approval.page,
        code: by_code.then_some(&approval.code),
    })
}

fn asking<'a>(
    visit: &'a Visit,
    session: &'a Session,
    approval: &'a Approval,
    address: &'a str,
    waiting: bool,
) -> Asking<'a> {
    let service = &visit.site.service;
    let asked = match &approval.change {
        Some(what) => Asked::Change { what: what.as_str(), minutes: service.policy().changes_life / 60 },
        None => Asked::SignIn { application: service.organisation().application.as_str() },
    };
    Asking {
        asked,
        account: session.user_name.as_str(),
        place: None,
        address: Some(address),
        browser: visit.visitor.browser.as_ref().map(Text::as_str),
        waiting,
    }
}

fn phones_of(request: Option<&RequestView>) -> Vec<&str> {
    request.map(|request| request.phones.iter().map(Text::as_str).collect()).unwrap_or_default()
}

fn answered_by(request: &RequestView) -> &str {
    let phone = request.answered_by.as_ref().or(request.phones.first());
    phone.map_or("", Text::as_str)
}
