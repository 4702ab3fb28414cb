use std::fmt;

use countersign_protocol::Domain;
use url::{Host, Url};

/// Where a browser finds the pages: an origin, `https` but for `http://localhost`, where a browser trusts plain HTTP.
#[derive(Clone, PartialEq, Eq)]
pub struct PagesUrl {
    url: Url,
    domain: Domain,
}

impl PagesUrl {
    /// The pages of a server on this machine.
    pub(crate) fn localhost(port: u16) -> Result<Self, &'static str> {
        Self::try_from(format!("http://localhost:{port}"))
    }

    /// The origin without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.url.as_str().trim_end_matches('/')
    }

    /// The host's name, the RP ID of passkeys.
    #[must_use]
    pub fn domain(&self) -> &Domain {
        &self.domain
    }

    /// Whether it is `https`: then the cookie is `Secure` and has the prefix `__Host-`.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.url.scheme() == "https"
    }
}

impl TryFrom<String> for PagesUrl {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let url = Url::parse(&text).map_err(|_| "it is no URL: https://, and the name that browsers call")?;
        let Some(Host::Domain(host)) = url.host() else {
            return Err("the host must be a name, not an address");
        };
        let domain = Domain::new(host).map_err(|_| "the host must be a name without a dot at its end")?;
        if url.scheme() != "https" && !(url.scheme() == "http" && host == "localhost") {
            return Err("it must begin with https:// (http:// is for localhost alone)");
        }
        let is_bare = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        if is_bare {
            Ok(Self { domain, url })
        } else {
            Err("it must be an origin, without a path or anything else")
        }
    }
}

impl fmt::Display for PagesUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for PagesUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PagesUrl({self})")
    }
}
