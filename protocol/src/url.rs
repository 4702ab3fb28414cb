//! Where a server is.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// The most characters of a base URL.
const LIMIT: usize = 200;

/// Why a text is no base URL or domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlRefused {
    /// It does not begin with `https://`.
    #[error("a base URL begins with https://")]
    Scheme,
    /// It has a user, query, fragment or slash at its end, a host that is not in lower-case ASCII form, a path of other
    /// characters than `A-Z a-z 0-9 - . _ ~`, or is too long.
    #[error("not a base URL in its plain form")]
    Form,
}

/// An `https` URL under which a server's calls lie: host in lower-case ASCII form, without user, query, fragment or a
/// slash at its end, at most 200 characters. Its path, if it has one, is of the characters that RFC 3986 never
/// reserves (section 2.3), so that it has one form only.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BaseUrl(String);

impl BaseUrl {
    /// Takes the plain form only, as it comes from a server or a QR code.
    ///
    /// # Errors
    /// [`UrlRefused`].
    pub fn new(text: impl Into<String>) -> Result<Self, UrlRefused> {
        let text = text.into();
        if !text.starts_with("https://") {
            return Err(UrlRefused::Scheme);
        }
        let plain = plain(&text).ok_or(UrlRefused::Form)?;
        if plain == text { Ok(Self(text)) } else { Err(UrlRefused::Form) }
    }

    /// Takes what a person typed: blanks around it, capitals in the host and a slash at the end are put right.
    ///
    /// # Errors
    /// [`UrlRefused`].
    pub fn typed(text: &str) -> Result<Self, UrlRefused> {
        let text = text.trim();
        let url = Url::parse(text).map_err(|_| UrlRefused::Scheme)?;
        if url.scheme() != "https" {
            return Err(UrlRefused::Scheme);
        }
        plain(text).map(Self).ok_or(UrlRefused::Form)
    }

    /// The URL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host (and port, unless it is 443), in ASCII form: what stands beside an organisation's name.
    #[must_use]
    pub fn host(&self) -> &str {
        let rest = self.0.strip_prefix("https://").unwrap_or(&self.0);
        rest.split_once('/').map_or(rest, |(host, _)| host)
    }

    /// The URL without its path.
    #[must_use]
    pub fn origin(&self) -> Self {
        Self(format!("https://{}", self.host()))
    }

    /// Where a call is posted to: `<base>/v1/<call>`.
    #[must_use]
    pub fn call(&self, name: &str) -> String {
        format!("{}/v1/{name}", self.0)
    }

    /// Where the server statement lies, also after a move: `<origin>/.well-known/countersign` (RFC 8615).
    #[must_use]
    pub fn well_known(&self) -> String {
        format!("{}/.well-known/countersign", self.origin().0)
    }
}

fn plain(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let is_bare = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    let plain = url.as_str().strip_suffix('/').unwrap_or(url.as_str()).to_owned();
    let is_address = match url.host()? {
        Host::Domain(name) => is_host_name(name),
        Host::Ipv4(_) | Host::Ipv6(_) => true,
    };
    let has_usable_port = url.port() != Some(0);
    let path = url.path().strip_suffix('/').unwrap_or(url.path());
    let is_plain_path = path.split('/').skip(1).all(is_plain_segment);
    (url.scheme() == "https"
        && is_bare
        && is_address
        && has_usable_port
        && is_plain_path
        && plain.len() <= LIMIT)
        .then_some(plain)
}

fn is_plain_segment(segment: &str) -> bool {
    let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    !segment.is_empty() && segment.bytes().all(is_unreserved)
}

/// Labels of 1 to 63 letters, digits and hyphens (RFC 1123, section 2.1), no hyphen at either end, no dot at the end.
fn is_host_name(name: &str) -> bool {
    let is_label = |label: &str| {
        let is_inside = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        (1..=63).contains(&label.len())
            && label.bytes().all(is_inside)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.split('.').all(is_label)
}

impl TryFrom<String> for BaseUrl {
    type Error = UrlRefused;
    fn try_from(text: String) -> Result<Self, UrlRefused> {
        Self::new(text)
    }
}

impl From<BaseUrl> for String {
    fn from(url: BaseUrl) -> Self {
        url.0
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BaseUrl({})", self.0)
    }
}

/// A host name in lower-case ASCII form, for one the RP ID of passkeys (WebAuthn, section 4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Domain(String);

impl Domain {
    /// # Errors
    /// [`UrlRefused::Form`] for everything but a host name in its plain form.
    pub fn new(text: impl Into<String>) -> Result<Self, UrlRefused> {
        let text = text.into();
        match Host::parse(&text) {
            Ok(Host::Domain(domain)) if domain == text && text.len() <= LIMIT && is_host_name(&text) => {
                Ok(Self(text))
            }
            _ => Err(UrlRefused::Form),
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Domain {
    type Error = UrlRefused;
    fn try_from(text: String) -> Result<Self, UrlRefused> {
        Self::new(text)
    }
}

impl From<Domain> for String {
    fn from(domain: Domain) -> Self {
        domain.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_base_url_is_taken_and_taken_apart() {
        let url = BaseUrl::new("https://signin.halden.example:8443/countersign").unwrap();
        assert_eq!(url.host(), "signin.halden.example:8443");
        assert_eq!(url.origin().as_str(), "https://signin.halden.example:8443");
        assert_eq!(url.call("wait"), "https://signin.halden.example:8443/countersign/v1/wait");
        assert_eq!(url.well_known(), "https://signin.halden.example:8443/.well-known/countersign");
        for url in [
            "https://a.example",
            "https://[2001:db8::1]",
            "https://192.0.2.1:444",
            "https://xn--mller-kva.example",
        ] {
            assert!(BaseUrl::new(url).is_ok(), "{url}");
        }
    }

    #[test]
    fn every_other_form_is_refused() {
        for url in [
            "http://a.example",
            "HTTPS://a.example",
            "https://a.example/",
            "https://A.example",
            "https://müller.example",
            "https://a.example?b",
            "https://a.example#b",
            "https://u@a.example",
            "https://u:p@a.example",
            "https://",
            "https://a.example:443",
            "https://a.example/a/../b",
            "https://a.example/%2e",
            "https://a.example\\b",
            "https://a.example/ b",
            "https://0x7f.1",
            "https://a.example\n",
            "https://a.example.",
            "https://a..example",
            "https://-a.example",
            "https://a_b.example",
            "https://a.example:0",
            "https://a.example//b",
            "https://a.example/b//",
            "https://a.example/b|c",
            "https://a.example/b;c=d",
        ] {
            assert!(BaseUrl::new(url).is_err(), "{url}");
        }
        assert!(BaseUrl::new(format!("https://a.example/{}", "a".repeat(182))).is_ok());
        assert!(BaseUrl::new(format!("https://a.example/{}", "a".repeat(183))).is_err());
    }

    #[test]
    fn what_a_person_typed_is_put_right() {
        assert_eq!(
            BaseUrl::typed(" https://SignIn.Halden.example/ ").unwrap().as_str(),
            "https://signin.halden.example"
        );
        assert_eq!(
            BaseUrl::typed("https://müller.example").unwrap().as_str(),
            "https://xn--mller-kva.example"
        );
        assert_eq!(BaseUrl::typed("http://a.example"), Err(UrlRefused::Scheme));
        assert_eq!(BaseUrl::typed("signin.halden.example"), Err(UrlRefused::Scheme));
        assert_eq!(BaseUrl::typed("https://a.example?x=1"), Err(UrlRefused::Form));
        assert_eq!(BaseUrl::typed("https://a.example//"), Err(UrlRefused::Form));
    }

    #[test]
    fn a_domain_is_a_plain_host_name() {
        for good in ["localhost", "halden.example"] {
            assert!(Domain::new(good).is_ok(), "{good}");
        }
        for wrong in [
            "",
            "Halden.example",
            "halden.example.",
            "a..b",
            "a_b.example",
            "192.0.2.1",
            "[::1]",
            "a b",
            "a/b",
            "müller.example",
        ] {
            assert!(Domain::new(wrong).is_err(), "{wrong}");
        }
    }
}
