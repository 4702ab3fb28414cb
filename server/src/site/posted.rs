//! A form that was sent: only from a page of ours, in this browser.
//!
//! Two guards, either of which would do alone: the token in the form is derived from the browser's cookie, and the
//! browser itself says that the form comes from this origin (`Sec-Fetch-Site`, or `Origin` where it is older). A
//! caller that says neither is no browser that another site could misuse; the token decides then.

use axum::extract::{FromRequest, FromRequestParts as _, Request};
use axum::http::header::{CONTENT_TYPE, ORIGIN};
use axum::http::{HeaderMap, HeaderName};

use super::Site;
use super::elsewhere::Elsewhere;
use super::visit::Visit;
use crate::pages::Trouble;
use crate::sent;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const FORM: &str = "application/x-www-form-urlencoded";
/// The largest form, in bytes.
const LARGEST: usize = 16 * 1024;

/// The most fields of a form: no page of ours has half as many.
const MOST_FIELDS: usize = 16;

/// A call that brought a form.
pub(super) struct Posted {
    pub(super) visit: Visit,
    pub(super) form: Form,
}

/// The fields of a form, each at most once.
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads a body; None if a field is there twice, or there are too many.
    fn read(body: &[u8]) -> Option<Self> {
        let fields: Vec<(String, String)> =
            url::form_urlencoded::parse(body).into_owned().take(MOST_FIELDS + 1).collect();
        if fields.len() > MOST_FIELDS {
            return None;
        }
        let is_twice = |(at, (name, _)): (usize, &(String, String))| {
            fields.iter().take(at).any(|(earlier, _)| earlier == name)
        };
        if fields.iter().enumerate().any(is_twice) { None } else { Some(Self(fields)) }
    }

    /// A field; empty if it is not there.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

impl FromRequest<Site> for Posted {
    type Rejection = Elsewhere;

    async fn from_request(request: Request, site: &Site) -> Result<Self, Elsewhere> {
        let (mut parts, body) = request.into_parts();
        let visit = Visit::from_request_parts(&mut parts, site).await?;
        if is_from_elsewhere(&parts.headers, site.service.pages_url().as_str()) {
            return Err(Elsewhere::Trouble(Trouble::ForeignForm));
        }
        let is_form = header(&parts.headers, CONTENT_TYPE).is_some_and(|kind| kind.starts_with(FORM));
        let bad_form = || Elsewhere::Trouble(Trouble::BadForm);
        if !is_form {
            return Err(bad_form());
        }
        let body = sent::read(body, LARGEST).await.ok_or_else(bad_form)?;
        let form = Form::read(&body).ok_or_else(bad_form)?;
        if visit.matches(form.get("csrf")) {
            Ok(Self { visit, form })
        } else {
            Err(Elsewhere::Trouble(Trouble::ForeignForm))
        }
    }
}

fn is_from_elsewhere(headers: &HeaderMap, origin: &str) -> bool {
    match (header(headers, SEC_FETCH_SITE), header(headers, ORIGIN)) {
        (Some(site), _) => site != "same-origin",
        (None, Some(from)) => from != origin,
        (None, None) => false,
    }
}

fn header(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name).map(|value| value.to_str().unwrap_or("?"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    const OURS: &str = "https://signin.halden.example";

    fn headers(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn a_form_of_another_site_is_told_by_the_browser() {
        for foreign in [
            headers(&[(SEC_FETCH_SITE, "cross-site"), (ORIGIN, OURS)]),
            headers(&[(SEC_FETCH_SITE, "same-site")]),
            headers(&[(SEC_FETCH_SITE, "none")]),
            headers(&[(ORIGIN, "https://evil.example")]),
            headers(&[(ORIGIN, "null")]),
            headers(&[(ORIGIN, "http://signin.halden.example")]),
        ] {
            assert!(is_from_elsewhere(&foreign, OURS), "{foreign:?}");
        }
        for ours in [
            headers(&[(SEC_FETCH_SITE, "same-origin"), (ORIGIN, OURS)]),
            headers(&[(SEC_FETCH_SITE, "same-origin"), (ORIGIN, "null")]),
            headers(&[(ORIGIN, OURS)]),
            headers(&[]),
        ] {
            assert!(!is_from_elsewhere(&ours, OURS), "{ours:?}");
        }
    }

    #[test]
    fn a_field_that_is_there_twice_is_refused() {
        assert!(Form::read(b"same=yes&csrf=a&same=no").is_none());
        let form = Form::read(b"user=mira%40halden.example&password=a+b%26").unwrap();
        assert_eq!(
            (form.get("user"), form.get("password"), form.get("csrf")),
            ("mira@halden.example", "a b&", "")
        );
    }

    #[test]
    fn a_form_of_thousands_of_fields_is_refused_before_they_are_compared() {
        let form = |fields: usize| (0..fields).map(|field| format!("{field}=&")).collect::<String>();
        assert!(Form::read(form(MOST_FIELDS).as_bytes()).is_some());
        assert!(Form::read(form(MOST_FIELDS + 1).as_bytes()).is_none());
        assert!(Form::read(form(2_000).as_bytes()).is_none());
    }
}
