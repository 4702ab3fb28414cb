use std::fmt;

use countersign_protocol::{AccountId, Random, Text, UnixSeconds};
use ring::hmac;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::ids::SessionId;
use crate::rules::{ClientAddress, SignInMethod};

/// Who asks, as far as the connection tells.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// The address, behind trusted proxies.
    pub address: ClientAddress,
    /// What the browser and its system are called, as a person is shown it: "Firefox on Windows".
    pub browser: Option<Text<64>>,
}

/// The value of the session cookie: 256 random bits, kept by the browser alone (the store has a hash).
///
/// A browser without a session has one, too, so that the sign-in form has its CSRF token.
#[derive(Clone)]
pub struct SessionCookie(Zeroizing<[u8; 32]>);

/// The token that a form of this browser carries.
#[derive(Clone, PartialEq, Eq)]
pub struct Csrf(String);

/// A session of a browser, read at the begin of a call.
#[derive(Clone, Debug)]
pub struct Session {
    /// Which.
    pub id: SessionId,
    /// Whose.
    pub account: AccountId,
    /// The person's name.
    pub name: Text<64>,
    /// The name that the person signs in with.
    pub user_name: Text<128>,
    /// What comes next.
    pub step: Step,
    /// Until when Security info is open for changes; None while it is closed.
    pub changes_until: Option<UnixSeconds>,
    pub(crate) cookie: SessionCookie,
}

/// How far a session has come, and what opens the way on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The password was right; a two-step method is to be used: a request to the phone or a code of the app.
    Prove {
        /// What is offered first.
        first: SignInMethod,
        /// Whether a phone can be asked; if not, only a code will do.
        by_request: bool,
        /// Whether a phone makes codes.
        by_code: bool,
    },
    /// The password was right, there is no method yet, and rule 12 lets it open the wizard.
    SetUp,
    /// The password was right, but it takes a temporary pass or a recovery code to go on (rule 12).
    Helpless {
        /// Whether it is because the 14 days for first set-up are over.
        is_late: bool,
    },
    /// All was proved: the cookie is to be renewed by [`finish`](crate::Service::finish), then the session is full.
    Finish,
    /// Signed in.
    Full,
}

impl SessionCookie {
    /// A new value.
    #[must_use]
    pub fn make(random: &dyn Random) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        random.fill(bytes.as_mut());
        Self(bytes)
    }

    /// Reads a cookie's value; None unless it has the form of ours.
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        let hash: countersign_protocol::Hash = value.parse().ok()?;
        Some(Self(Zeroizing::new(*hash.as_bytes())))
    }

    /// The value for the browser.
    #[must_use]
    pub fn expose(&self) -> String {
        countersign_protocol::Hash::from_bytes(*self.0).to_string()
    }

    /// The token for this browser's forms.
    #[must_use]
    pub fn csrf(&self) -> Csrf {
        Csrf(self.derive(b"csrf").to_string())
    }

    /// The mark of an address that tells what has just happened in this browser: no link from elsewhere has it.
    pub(crate) fn mark(&self, what: &str) -> String {
        self.derive(format!("mark {what}").as_bytes()).to_string()
    }

    /// What the store keeps of it.
    pub(crate) fn hash(&self) -> String {
        self.derive(b"session").to_string()
    }

    /// Another secret that only this browser can bring back.
    pub(crate) fn derive(&self, purpose: &[u8]) -> countersign_protocol::Hash {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.0.as_ref());
        // A tag of HMAC-SHA-256 has 32 bytes.
        let tag = hmac::sign(&key, purpose).as_ref().first_chunk().copied().unwrap_or_default();
        countersign_protocol::Hash::from_bytes(tag)
    }
}

impl Csrf {
    /// The token for a form's hidden field.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether a form brought this token; in constant time.
    #[must_use]
    pub fn matches(&self, brought: &str) -> bool {
        self.0.as_bytes().ct_eq(brought.as_bytes()).into()
    }
}

impl fmt::Debug for SessionCookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionCookie(..)")
    }
}

impl fmt::Debug for Csrf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Csrf(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use countersign_protocol::SystemRandom;

    #[test]
    fn a_cookie_comes_back_from_its_value_and_nothing_else_does() {
        let cookie = SessionCookie::make(&SystemRandom);
        assert_eq!(SessionCookie::parse(&cookie.expose()).unwrap().expose(), cookie.expose());
        for wrong in ["", "x", &cookie.expose().split_off(1), &format!("{}=", cookie.expose())] {
            assert!(SessionCookie::parse(wrong).is_none());
        }
    }

    #[test]
    fn a_token_belongs_to_its_cookie() {
        let (one, other) = (SessionCookie::make(&SystemRandom), SessionCookie::make(&SystemRandom));
        assert!(one.csrf().matches(one.csrf().expose()));
        assert!(!one.csrf().matches(other.csrf().expose()));
        assert!(!one.csrf().matches(""));
    }

    #[test]
    fn what_the_store_keeps_opens_no_session_and_no_form() {
        let cookie = SessionCookie::make(&SystemRandom);
        assert_ne!(cookie.hash(), cookie.expose());
        assert_ne!(cookie.hash(), cookie.csrf().expose());
    }
}
