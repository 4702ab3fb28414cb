//! The app's own steps, in the wizard and on Security info alike.
//!
//! ```text
//! prepare ──Next──► scan or typed ──phone──► check ──Yes──► test ──approved──► saved (wizard), save (Security info)
//!                        ▲                     │ No            │ code instead (wizard)
//!                        └── Show a new code ──┴───────────────┘
//! ```
//! Each address shows its own step, or leads to where the enrolment has come.

use axum::Router;
use axum::extract::RawQuery;
use axum::routing::get;
use countersign_protocol::{RemovalReason, in_fours};

use super::approve::{code_form, number, wrong};
use super::elsewhere::{Elsewhere, PageResult};
use super::posted::Posted;
use super::visit::Visit;
use super::{Site, home, link, progress, security_info, wizard};
use crate::methods::app::requests::{Ask, Outcome, RequestView};
use crate::methods::app::set_up::{CodeView, Proof, SetUp, ShowCode};
use crate::pages::paths::{self, Enrolment};
use crate::pages::{
    Check, CodeEnded, Ending, Grade, Prepare, Progress, Qr, Rail, Save, Scan, Test, TestCode, TestState,
    Typed, WrongCode, platform_name,
};
use crate::service::{CodeUse, Session, Step};

/// The addresses of the steps in one place.
pub(super) fn routes(at: Enrolment) -> Router<Site> {
    let mut routes = Router::new()
        .route(at.prepare, get(move |visit| prepare(visit, at)))
        .route(at.scan, get(move |visit, query| scan(visit, query, at)).post(move |form| new_code(form, at)))
        .route(
            at.typed,
            get(move |visit, query| typed(visit, query, at)).post(move |form| typed_code(form, at)),
        )
        .route(
            at.check,
            get(move |visit, query| check(visit, query, at)).post(move |form| compared(form, at)),
        )
        .route(
            at.test,
            get(move |visit, query| test(visit, query, at)).post(move |form| test_again(form, at)),
        );
    if let Some(code) = at.code {
        routes =
            routes.route(code, get(move |visit| code_instead(visit, at)).post(move |form| prove(form, at)));
    }
    if at == paths::ADDING {
        routes = routes.route(at.end, get(save).post(saved));
    }
    routes
}

async fn prepare(visit: Visit, at: Enrolment) -> PageResult {
    let session = enrolling(&visit, at)?;
    if at == paths::ADDING && session.changes_until.is_none() {
        return Err(closed(session));
    }
    let set_up = visit.site.service.set_up(session).await?;
    if at == paths::WIZARD && matches!(set_up, SetUp::Saved { .. }) {
        return Err(where_it_is(&set_up, session, at));
    }
    visit.page(&Prepare { frame: &visit.frame(), rail: rail(&visit, at, 2)?, at })
}

async fn scan(visit: Visit, RawQuery(query): RawQuery, at: Enrolment) -> PageResult {
    let session = enrolling(&visit, at)?;
    let set_up = visit.site.service.set_up(session).await?;
    let code = match &set_up {
        SetUp::Code(code) => code,
        SetUp::CodeExpired => return ended(&visit, at, Ending::Expired),
        SetUp::Removed { phone, reason } => return removed(&visit, at, phone.as_str(), *reason),
        other => return Err(where_it_is(other, session, at)),
    };
    let qr_link = code.link.expose();
    let qr = Qr::of(&qr_link).map_err(|_| Elsewhere::NotDrawn)?;
    visit.page(&Scan {
        frame: &visit.frame(),
        rail: rail(&visit, at, 3)?,
        at,
        progress: waiting(&progress::set_up_word(&set_up), at.scan),
        qr: &qr,
        link: &link::for_browser(&qr_link, visit.is_android),
        account: session.user_name.as_str(),
        left: left(&visit, code),
        not_yet: was_asked(query.as_deref()),
    })
}

/// Next on "Set up your account", and "Show a new code": a new code ends the old one.
async fn new_code(Posted { visit, .. }: Posted, at: Enrolment) -> PageResult {
    let session = enrolling(&visit, at)?;
    let shown = visit.site.service.show_code(session).await?;
    after_show(&visit, session, at, shown, at.scan)
}

async fn typed(visit: Visit, RawQuery(query): RawQuery, at: Enrolment) -> PageResult {
    let session = enrolling(&visit, at)?;
    let set_up = visit.site.service.set_up(session).await?;
    let SetUp::Code(code) = &set_up else { return Err(where_it_is(&set_up, session, at)) };
    let Some(typed) = &code.typed else { return Err(Elsewhere::to(at.scan)) };
    visit.page(&Typed {
        frame: &visit.frame(),
        rail: rail(&visit, at, 3)?,
        at,
        progress: waiting(&progress::set_up_word(&set_up), at.typed),
        code: &in_fours(typed.code.expose(), ' '),
        url: typed.origin.as_str(),
        pin: typed.pin.as_ref().map(|pin| in_fours(pin.as_str(), ' ')).as_deref(),
        left: left(&visit, code),
        not_yet: was_asked(query.as_deref()),
    })
}

async fn typed_code(Posted { visit, .. }: Posted, at: Enrolment) -> PageResult {
    let session = enrolling(&visit, at)?;
    let shown = visit.site.service.show_typed_code(session).await?;
    after_show(&visit, session, at, shown, at.typed)
}

async fn check(visit: Visit, RawQuery(query): RawQuery, at: Enrolment) -> PageResult {
    let session = enrolling(&visit, at)?;
    let set_up = visit.site.service.set_up(session).await?;
    let SetUp::Check { phone, check, also_tried_by } = &set_up else {
        return Err(where_it_is(&set_up, session, at));
    };
    let name = phone.name.as_str();
    if let Some(other) = also_tried_by.as_ref().filter(|_| !visit.is_told(query.as_deref(), "mine")) {
        let compare = &visit.telling(at.check, "mine");
        return ended(&visit, at, Ending::Used { phone: name, other: other.as_str(), compare });
    }
    visit.page(&Check {
        frame: &visit.frame(),
        rail: rail(&visit, at, 3)?,
        at,
        check: &check.to_string(),
        phone: name,
        platform: &visit.words().plain(platform_name(phone.platform), &[]),
        grade: Grade::of(phone.storage, phone.presence),
        scanned: phone.added.get(),
    })
}

/// "Yes, the same" sends the test; "No, remove it" ends the enrolment.
async fn compared(Posted { visit, form }: Posted, at: Enrolment) -> PageResult {
    let session = enrolling(&visit, at)?;
    match form.get("same") {
        "yes" => send_test(&visit, at).await,
        "no" => {
            visit.site.service.refuse_phone(session).await?;
            Ok(visit.go(at.scan))
        }
        _ => Err(Elsewhere::to(at.check)),
    }
}

async fn test(visit: Visit, RawQuery(query): RawQuery, at: Enrolment) -> PageResult {
    let session = enrolling(&visit, at)?;
    let set_up = visit.site.service.set_up(session).await?;
    let SetUp::Test { phone, request, .. } = &set_up else {
        return Err(where_it_is(&set_up, session, at));
    };
    let state = test_state(&visit, request, was_asked(query.as_deref()));
    show_test(&visit, at, phone.as_str(), &progress::set_up_word(&set_up), state)
}

async fn test_again(Posted { visit, .. }: Posted, at: Enrolment) -> PageResult {
    enrolling(&visit, at)?;
    send_test(&visit, at).await
}

async fn code_instead(visit: Visit, at: Enrolment) -> PageResult {
    show_code(&visit, at, None).await
}

/// A code instead of the test (I2).
async fn prove(Posted { visit, form }: Posted, at: Enrolment) -> PageResult {
    let session = enrolling(&visit, at)?;
    match visit.site.service.prove_by_code(session, form.get("code")).await? {
        Proof::Saved => Ok(visit.go(at.end)),
        Proof::Not(CodeUse::NotNow) => Err(Elsewhere::to(at.test)),
        Proof::Not(used) => show_code(&visit, at, wrong(used)).await,
    }
}

async fn save(visit: Visit) -> PageResult {
    let at = paths::ADDING;
    let session = enrolling(&visit, at)?;
    let set_up = visit.site.service.set_up(session).await?;
    let SetUp::Save { phone } = &set_up else { return Err(where_it_is(&set_up, session, at)) };
    visit.page(&Save { frame: &visit.frame(), rail: rail(&visit, at, 4)?, phone: phone.as_str() })
}

/// "Save" adds the phone (S67); "Cancel" removes it again.
async fn saved(Posted { visit, form }: Posted) -> PageResult {
    let session = enrolling(&visit, paths::ADDING)?;
    if form.get("save") != "yes" {
        visit.site.service.refuse_phone(session).await?;
        return Ok(visit.go(paths::SECURITY_INFO));
    }
    let is_saved = visit.site.service.save_phone(session).await?;
    Ok(visit.go(&if is_saved { security_info::added() } else { security_info::closed() }))
}

async fn send_test(visit: &Visit, at: Enrolment) -> PageResult {
    let service = &visit.site.service;
    let session = visit.session()?;
    match service.confirm_phone(session, &visit.visitor).await? {
        Ask::NoMoreTests => ended(visit, at, Ending::TooManyTests),
        Ask::OtherWaiting(until) => {
            let set_up = service.set_up(session).await?;
            let phone = match &set_up {
                SetUp::Check { phone, .. } => phone.name.as_str(),
                SetUp::Test { phone, .. } => phone.as_str(),
                _ => return Err(where_it_is(&set_up, session, at)),
            };
            let state = TestState::OtherWaiting(until.since(service.now()));
            show_test(visit, at, phone, &progress::set_up_word(&set_up), state)
        }
        // Neither back-off nor pause touches a test; whatever else it is, the page says it.
        Ask::Asked | Ask::TooSoon(_) | Ask::TooOften(_) | Ask::Paused(_) | Ask::NotNow => {
            Ok(visit.go(at.test))
        }
    }
}

fn show_test(visit: &Visit, at: Enrolment, phone: &str, word: &str, state: TestState<'_>) -> PageResult {
    let rail = rail(visit, at, 4)?;
    let progress = waiting(word, at.test);
    visit.page(&Test { frame: &visit.frame(), rail, page: at.test, code: at.code, progress, phone, state })
}

pub(super) fn test_state<'a>(visit: &Visit, request: &'a RequestView, not_yet: bool) -> TestState<'a> {
    match &request.outcome {
        Outcome::Waiting(digits) => {
            let number = number(digits.expose(), request, visit.site.service.now());
            TestState::Waiting { number, not_yet }
        }
        Outcome::Denied => TestState::Denied,
        Outcome::Expired => TestState::Expired(request.expires.since(request.made)),
        Outcome::WrongNumber => TestState::Wrong,
        Outcome::Approved | Outcome::Reported | Outcome::Cancelled => TestState::Cancelled,
    }
}

async fn show_code(visit: &Visit, at: Enrolment, wrong: Option<WrongCode>) -> PageResult {
    let session = enrolling(visit, at)?;
    let set_up = visit.site.service.set_up(session).await?;
    let (SetUp::Test { phone, .. }, Some(form)) = (&set_up, code_form(visit)) else {
        return Err(where_it_is(&set_up, session, at));
    };
    let rail = rail(visit, at, 4)?;
    visit.page(&TestCode { frame: &visit.frame(), rail, at, phone: phone.as_str(), form, wrong })
}

fn after_show(visit: &Visit, session: &Session, at: Enrolment, shown: ShowCode, page: &str) -> PageResult {
    match shown {
        ShowCode::Shown => Ok(visit.go(page)),
        ShowCode::TooMany(until) => {
            ended(visit, at, Ending::TooManyCodes(until.since(visit.site.service.now())))
        }
        ShowCode::TooManyPhones => ended(visit, at, Ending::TooManyPhones),
        ShowCode::Closed => Err(closed(session)),
    }
}

fn removed(visit: &Visit, at: Enrolment, phone: &str, reason: RemovalReason) -> PageResult {
    let why = match reason {
        RemovalReason::Check => Ending::NotMine { phone },
        RemovalReason::Unsaved => Ending::NotFinished,
        _ => Ending::Gone { phone },
    };
    ended(visit, at, why)
}

fn ended(visit: &Visit, at: Enrolment, why: Ending<'_>) -> PageResult {
    visit.page(&CodeEnded { frame: &visit.frame(), rail: rail(visit, at, 3)?, at, why })
}

/// The session, if it is where this enrolment belongs.
fn enrolling(visit: &Visit, at: Enrolment) -> Result<&Session, Elsewhere> {
    visit.session_at(|step| match step {
        Step::SetUp | Step::Finish => at == paths::WIZARD,
        Step::Full => at == paths::ADDING,
        Step::Prove { .. } | Step::Helpless { .. } => false,
    })
}

/// The page that shows what the enrolment has come to.
fn where_it_is(set_up: &SetUp, session: &Session, at: Enrolment) -> Elsewhere {
    match set_up {
        SetUp::Closed => closed(session),
        SetUp::Ready => Elsewhere::to(at.prepare),
        SetUp::Code(_) | SetUp::CodeExpired | SetUp::Removed { .. } => Elsewhere::to(at.scan),
        SetUp::Check { .. } => Elsewhere::to(at.check),
        SetUp::Test { .. } => Elsewhere::to(at.test),
        SetUp::Save { .. } => Elsewhere::to(at.end),
        SetUp::Saved { .. } if at == paths::ADDING => Elsewhere::to(security_info::added()),
        SetUp::Saved { .. } => Elsewhere::to(at.end),
    }
}

fn closed(session: &Session) -> Elsewhere {
    match session.step {
        Step::Full => Elsewhere::to(security_info::closed()),
        step => Elsewhere::to(home(step)),
    }
}

fn rail(visit: &Visit, at: Enrolment, part: usize) -> Result<Rail<'_>, Elsewhere> {
    if at == paths::WIZARD {
        return Ok(wizard::rail(part));
    }
    Ok(Rail::Account(security_info::own(visit, visit.session()?, false)))
}

fn waiting<'a>(word: &'a str, page: &'a str) -> Progress<'a> {
    Progress { url: paths::SET_UP_PROGRESS, state: word, next: page }
}

fn left(visit: &Visit, code: &CodeView) -> u64 {
    code.expires.since(visit.site.service.now())
}

fn was_asked(query: Option<&str>) -> bool {
    query == Some("asked")
}
