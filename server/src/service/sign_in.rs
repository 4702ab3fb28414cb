use std::fmt;

use countersign_protocol::UnixSeconds;
use zeroize::Zeroizing;

use super::SessionCookie;

/// A password as it was typed. Wiped when dropped.
pub struct Password(Zeroizing<String>);

impl Password {
    /// A password as it was typed.
    #[must_use]
    pub fn new(typed: String) -> Self {
        Self(Zeroizing::new(typed))
    }

    /// The characters.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

/// What a password led to.
#[derive(Debug)]
pub enum SignIn {
    /// It was right: a session has begun, with a new cookie. [`Session::step`](super::Session) says what comes next.
    Begun(SessionCookie),
    /// User name and password do not match.
    Wrong,
    /// Too many wrong ones from this address; again from then on.
    TooMany(UnixSeconds),
}

/// What a one-time code led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeUse {
    /// It was right; at a sign-in the session's step is now [`Finish`](super::Step::Finish).
    Right,
    /// It was wrong; so many tries are left.
    Wrong {
        /// Tries that are left within the hour.
        left: usize,
    },
    /// It was right, but it was used before.
    Used,
    /// Too many wrong ones; again from then on.
    TooMany(UnixSeconds),
    /// No phone of this person makes codes, or the session may not use one here.
    NotNow,
}
