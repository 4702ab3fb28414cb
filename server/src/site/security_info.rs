//! The account, and its Security info.

use axum::Router;
use axum::extract::{Path, RawQuery};
use axum::routing::{get, post};
use countersign_protocol::{DeviceId, Text};

use super::Site;
use super::elsewhere::{Elsewhere, PageResult};
use super::posted::Posted;
use super::visit::Visit;
use crate::methods::app::set_up::SetUp;
use crate::pages::{
    Account, AddMethod, DeletePhone, Grade, LastMethod, ListedMethod, ListedPhone, Notice, OwnAccount,
    Person, Rail, SecurityInfo, Trouble, method_name, paths, platform_name,
};
use crate::rules::SignInMethod;
use crate::service::{self, Deletion, MethodView, PhoneView, Session, Step};

pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route(paths::ACCOUNT, get(account))
        .route(paths::SECURITY_INFO, get(overview).post(delete))
        .route(paths::ADD_METHOD, get(choose))
        .route(&format!("{}/{{id}}", paths::DELETE_PHONE), get(ask_to_delete))
        .route(&format!("{}/{{method}}", paths::MAKE_DEFAULT), post(make_default))
}

/// Security info, which says that the time for changes is over.
pub(super) fn closed() -> String {
    format!("{}?closed", paths::SECURITY_INFO)
}

/// Security info, which says that a phone was added.
pub(super) fn added() -> String {
    format!("{}?added", paths::SECURITY_INFO)
}

/// Whose Security info it is, and whether it is open.
pub(super) fn own<'a>(visit: &Visit, session: &'a Session, sections: bool) -> OwnAccount<'a> {
    let now = visit.site.service.now();
    OwnAccount {
        person: Person { name: session.name.as_str(), user_name: session.user_name.as_str() },
        open: session.changes_until.map(|until| until.since(now)),
        sections,
    }
}

async fn account(visit: Visit) -> PageResult {
    let session = full(&visit)?;
    let app = !read(&visit, session).await?.phones.is_empty();
    visit.page(&Account { frame: &visit.frame(), own: own(&visit, session, false), app })
}

async fn overview(visit: Visit, RawQuery(query): RawQuery) -> PageResult {
    let session = full(&visit)?;
    let added = match query.as_deref() {
        Some("added") => match visit.site.service.set_up(session).await? {
            SetUp::Saved { phone, .. } => Some(phone),
            _ => None,
        },
        _ => None,
    };
    let info = read(&visit, session).await?;
    let notice = match (&added, query.as_deref()) {
        (Some(phone), _) => Some(Notice::Added(phone.as_str())),
        (None, Some("default")) => info.methods.iter().find(|view| view.is_default).map(new_default),
        (None, query) if visit.is_told(query, "lifted") => Some(Notice::Lifted),
        (None, Some("closed")) if session.changes_until.is_none() => Some(Notice::Closed),
        _ => None,
    };
    show(&visit, session, &info, notice)
}

/// Security info as it is now. A pause is said before anything else.
fn show(
    visit: &Visit,
    session: &Session,
    info: &service::SecurityInfoView,
    notice: Option<Notice<'_>>,
) -> PageResult {
    let names: Vec<_> = info.phones.iter().map(|phone| Names::of(phone, visit)).collect();
    let methods = listed(&info.methods);
    let phones: Vec<_> = info.phones.iter().zip(&names).map(|(phone, names)| names.listed(phone)).collect();
    visit.page(&SecurityInfo {
        frame: &visit.frame(),
        rail: Rail::Account(own(visit, session, true)),
        methods: &methods,
        phones: &phones,
        most: info.most_phones,
        minutes: visit.site.service.policy().changes_life / 60,
        notice: info.paused_until.map(|until| Notice::Paused(until.get(), info.lifting)).or(notice),
    })
}

async fn choose(visit: Visit) -> PageResult {
    let session = open(&visit)?;
    visit.page(&AddMethod { frame: &visit.frame(), rail: Rail::Account(own(&visit, session, false)) })
}

async fn ask_to_delete(visit: Visit, Path(id): Path<String>) -> PageResult {
    let id = device(&id)?;
    let session = full(&visit)?;
    let info = read(&visit, session).await?;
    let Some(phone) = info.phones.iter().find(|phone| phone.id == id) else {
        return Err(Elsewhere::to(paths::SECURITY_INFO));
    };
    if info.phones.len() == 1 {
        let rail = Rail::Account(own(&visit, session, false));
        return visit.page(&LastMethod { frame: &visit.frame(), rail });
    }
    open(&visit)?;
    let others: Vec<_> =
        info.phones.iter().filter(|phone| phone.id != id).map(|phone| phone.name.as_str()).collect();
    visit.page(&DeletePhone {
        frame: &visit.frame(),
        rail: Rail::Account(own(&visit, session, false)),
        id: &id.to_string(),
        phone: phone.name.as_str(),
        others: &others,
    })
}

/// The phone goes for good (S69). Security info is drawn here, since nothing keeps the name of a phone that is gone;
/// sent again, the form finds no such phone and leads to Security info.
async fn delete(Posted { visit, form }: Posted) -> PageResult {
    let session = full(&visit)?;
    let id = device(form.get("delete"))?;
    let phones = read(&visit, session).await?.phones;
    match visit.site.service.delete_phone(session, id).await? {
        Deletion::Deleted => {
            let phone = phones.iter().find(|phone| phone.id == id);
            let notice = phone.map(|phone| Notice::Deleted(phone.name.as_str()));
            show(&visit, session, &read(&visit, session).await?, notice)
        }
        Deletion::Unknown => Err(Elsewhere::to(paths::SECURITY_INFO)),
        Deletion::Closed => Err(Elsewhere::to(closed())),
        Deletion::Last => {
            let rail = Rail::Account(own(&visit, session, false));
            visit.page(&LastMethod { frame: &visit.frame(), rail })
        }
    }
}

/// "Make default": what a sign-in offers first.
async fn make_default(Path(method): Path<String>, Posted { visit, .. }: Posted) -> PageResult {
    let session = full(&visit)?;
    let method: SignInMethod = method.parse().map_err(|_| Elsewhere::Trouble(Trouble::NotFound))?;
    if visit.site.service.make_default(session, method).await? {
        Ok(visit.go(&format!("{}?default", paths::SECURITY_INFO)))
    } else {
        Err(Elsewhere::to(closed()))
    }
}

/// "Close now".
pub(super) async fn close(Posted { visit, .. }: Posted) -> PageResult {
    visit.site.service.close_changes(full(&visit)?).await?;
    Ok(visit.go(paths::SECURITY_INFO))
}

/// "Lift the pause now".
pub(super) async fn lift_pause(Posted { visit, .. }: Posted) -> PageResult {
    let is_lifted = visit.site.service.lift_pause(full(&visit)?).await?;
    let page = paths::SECURITY_INFO;
    Ok(if is_lifted { visit.go(&visit.telling(page, "lifted")) } else { visit.go(page) })
}

/// What Security info shows; the session may have ended meanwhile.
pub(super) async fn read(visit: &Visit, session: &Session) -> Result<service::SecurityInfoView, Elsewhere> {
    visit.site.service.security_info(session).await?.ok_or_else(|| Elsewhere::to(paths::ROOT))
}

pub(super) fn full(visit: &Visit) -> Result<&Session, Elsewhere> {
    visit.session_at(|step| step == Step::Full)
}

/// The session, if changes are open (rule 13). The service looks again before it changes anything.
fn open(visit: &Visit) -> Result<&Session, Elsewhere> {
    let session = full(visit)?;
    if session.changes_until.is_some() { Ok(session) } else { Err(Elsewhere::to(closed())) }
}

pub(super) fn device(id: &str) -> Result<DeviceId, Elsewhere> {
    id.parse().map_err(|_| Elsewhere::Trouble(Trouble::NotFound))
}

fn new_default(view: &MethodView) -> Notice<'static> {
    Notice::NewDefault(method_name(view.method))
}

/// The methods as a list shows them.
pub(super) fn listed(methods: &[MethodView]) -> Vec<ListedMethod> {
    let listed = |view: &MethodView| ListedMethod {
        method: view.method,
        phones: view.phones.iter().map(Text::as_str).collect::<Vec<_>>().join(", "),
        is_default: view.is_default,
    };
    methods.iter().map(listed).collect()
}

/// What is written out for a listed phone.
struct Names {
    id: String,
    platform: String,
}

impl Names {
    fn of(phone: &PhoneView, visit: &Visit) -> Self {
        Self { id: phone.id.to_string(), platform: visit.words().plain(platform_name(phone.platform), &[]) }
    }

    fn listed<'a>(&'a self, phone: &'a PhoneView) -> ListedPhone<'a> {
        ListedPhone {
            id: &self.id,
            name: Text::as_str(&phone.name),
            platform: &self.platform,
            app: Text::as_str(&phone.app),
            added: phone.added.get(),
            answered: phone.last_answer.map(countersign_protocol::UnixSeconds::get),
            grade: Grade::of(phone.storage, phone.presence),
            codes_only: phone.codes_only,
        }
    }
}
