//! One call of a browser: its cookie, its session, where it comes from, its language.

use std::net::SocketAddr;

use askama::Template;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::header::{ACCEPT_LANGUAGE, COOKIE, SET_COOKIE, USER_AGENT};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{Html, IntoResponse as _, Response};
use cookie::{Cookie, SameSite};
use countersign_texts::Language;

use super::elsewhere::{Elsewhere, PageResult};
use super::{Site, browser, home};
use crate::failure::Failure;
use crate::pages::{Frame, Person, Words, paths};
use crate::rules::ClientAddress;
use crate::service::{Csrf, Session, SessionCookie, Step, Visitor};

/// One call of a browser.
pub(super) struct Visit {
    pub(super) site: Site,
    /// The browser's cookie; a new one if it brought none.
    pub(super) cookie: SessionCookie,
    is_new: bool,
    csrf: Csrf,
    pub(super) session: Option<Session>,
    was_stopped: bool,
    pub(super) visitor: Visitor,
    pub(super) is_android: bool,
    words: Words,
}

impl FromRequestParts<Site> for Visit {
    type Rejection = Elsewhere;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Elsewhere> {
        let brought = brought_cookie(&parts.headers, site.cookie_name());
        let session = match &brought {
            Some(cookie) => site.service.session(cookie).await?,
            None => None,
        };
        let was_stopped = match (&brought, &session) {
            (Some(cookie), None) => site.service.was_stopped(cookie).await?,
            _ => false,
        };
        let is_new = brought.is_none();
        let cookie = brought.unwrap_or_else(|| site.service.new_cookie());
        let user_agent = text(&parts.headers, USER_AGENT);
        Ok(Self {
            csrf: cookie.csrf(),
            cookie,
            is_new,
            session,
            was_stopped,
            visitor: Visitor { address: address(parts, site)?, browser: browser::name(user_agent) },
            is_android: browser::is_android(user_agent),
            words: words(&parts.headers),
            site: site.clone(),
        })
    }
}

impl Visit {
    /// What stands around each page of this call. The account menu is there once all was proved.
    pub(super) fn frame(&self) -> Frame<'_> {
        let full = self.session.as_ref().filter(|session| session.step == Step::Full);
        let person =
            full.map(|session| Person { name: session.name.as_str(), user_name: session.user_name.as_str() });
        self.site.frame(self.words, person, self.csrf.expose())
    }

    /// The words of this call's language.
    pub(super) fn words(&self) -> Words {
        self.words
    }

    /// Whether a form brought this browser's token.
    pub(super) fn matches(&self, token: &str) -> bool {
        // A browser without cookie has no token yet, whatever it brings.
        !self.is_new && self.csrf.matches(token)
    }

    /// The session; without one, on to the sign-in, or to why there is none any more.
    pub(super) fn session(&self) -> Result<&Session, Elsewhere> {
        let instead = if self.was_stopped { paths::STOPPED } else { paths::SIGN_IN };
        self.session.as_ref().ok_or_else(|| Elsewhere::to(instead))
    }

    /// The session if it has come to where `is_there` says; else on to where it belongs.
    pub(super) fn session_at(&self, is_there: impl FnOnce(Step) -> bool) -> Result<&Session, Elsewhere> {
        let session = self.session()?;
        if is_there(session.step) { Ok(session) } else { Err(Elsewhere::to(home(session.step))) }
    }

    /// The same call once a session has begun: its page brings the new cookie.
    pub(super) fn begun(mut self, cookie: SessionCookie, session: Option<Session>) -> Self {
        self.csrf = cookie.csrf();
        self.cookie = cookie;
        self.is_new = true;
        self.session = session;
        self
    }

    /// The address of a page that tells what has just happened here.
    pub(super) fn telling(&self, page: &str, what: &str) -> String {
        format!("{page}?{what}={}", self.cookie.mark(what))
    }

    /// Whether the address tells it, and comes from us: links from elsewhere make no page say what was not.
    pub(super) fn is_told(&self, query: Option<&str>, what: &str) -> bool {
        let told = query.and_then(|query| query.split_once('='));
        told.is_some_and(|(told, mark)| told == what && mark == self.cookie.mark(what))
    }

    /// On to another page.
    pub(super) fn go(&self, path: &str) -> Response {
        let mut response = Elsewhere::to(path).into_response();
        if self.is_new {
            self.site.set_cookie(&mut response, &self.cookie);
        }
        response
    }

    /// A page.
    pub(super) fn page(&self, page: &impl Template) -> PageResult {
        let html = page.render().map_err(|_| Elsewhere::NotDrawn)?;
        let mut response = Html(html).into_response();
        if self.is_new {
            self.site.set_cookie(&mut response, &self.cookie);
        }
        Ok(response)
    }
}

impl Site {
    /// `__Host-` binds the cookie to this origin (RFC 6265bis); only `http://localhost` has to do without, since
    /// not every browser takes a `Secure` cookie there.
    fn cookie_name(&self) -> &'static str {
        if self.service.pages_url().is_secure() { "__Host-countersign" } else { "countersign" }
    }

    /// Gives the browser a cookie. It ends with the browser; the session behind it has its own end.
    pub(super) fn set_cookie(&self, response: &mut Response, cookie: &SessionCookie) {
        let cookie = Cookie::build((self.cookie_name(), cookie.expose()))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(self.service.pages_url().is_secure())
            .build();
        if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
            response.headers_mut().insert(SET_COOKIE, value);
        }
    }
}

/// The words for a call's `Accept-Language`.
pub(super) fn words(headers: &HeaderMap) -> Words {
    Words::of(Language::preferred(text(headers, ACCEPT_LANGUAGE)))
}

fn text(headers: &HeaderMap, name: HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn brought_cookie(headers: &HeaderMap, name: &str) -> Option<SessionCookie> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut cookies = lines.flat_map(Cookie::split_parse).filter_map(Result::ok);
    cookies.find(|cookie| cookie.name() == name).and_then(|cookie| SessionCookie::parse(cookie.value()))
}

fn address(parts: &Parts, site: &Site) -> Result<ClientAddress, Elsewhere> {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    // Without a connection there is no peer: a test that calls the routes themselves.
    let peer = peer.unwrap_or_else(|| std::net::Ipv4Addr::LOCALHOST.into());
    ClientAddress::of_call(peer, &parts.headers, &site.proxies).ok_or(Elsewhere::Failed(Failure::NoClient))
}
