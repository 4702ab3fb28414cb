//! What every response of the pages carries, and the pages of trouble.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse as _, Response};

use super::Site;
use super::elsewhere::{TroublePage, trouble_of};
use super::visit::words;
use crate::pages::{Problem, Template as _, paths};

/// Nothing may load but what we serve; nothing inline; nobody frames us; forms come back here.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
                      require-trusted-types-for 'script'; trusted-types 'none'";

const HEADERS: [(&str, &str); 7] = [
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    // Not no-referrer: with that, browsers send `Origin: null` with our own forms (Fetch, "append a request Origin
    // header").
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
];

/// Sets the headers. A page is kept nowhere: it may show the number.
pub(super) async fn guarded(State(site): State<Site>, request: Request, next: Next) -> Response {
    let asked = request.headers().clone();
    let response = next.run(request).await;
    let mut response = drawn(&site, &asked, response);
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if site.service.pages_url().is_secure() {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// A response that is trouble gets its page.
fn drawn(site: &Site, asked: &HeaderMap, response: Response) -> Response {
    let told = match response.extensions().get::<TroublePage>() {
        Some(told) => told.clone(),
        None => match trouble_of(response.status()) {
            Some(trouble) if !is_json(&response) => TroublePage { trouble, reference: None },
            _ => return response,
        },
    };
    let frame = site.frame(words(asked), None, "");
    let at = site.service.now().get();
    let page = Problem {
        frame: &frame,
        what: told.trouble,
        again: paths::ROOT,
        reference: told.reference.as_deref(),
        at,
    };
    match page.render() {
        Ok(html) => (response.status(), Html(html)).into_response(),
        Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, Body::empty()).into_response(),
    }
}

fn is_json(response: &Response) -> bool {
    response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/json")
}
