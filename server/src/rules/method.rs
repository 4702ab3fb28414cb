//! The ways of two-step verification, and which of them a sign-in offers first.

use std::fmt;
use std::str::FromStr;

/// A way of two-step verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInMethod {
    /// A phone with the app approves a request, with the number.
    App,
    /// A one-time code of the app.
    Code,
}

impl SignInMethod {
    /// All, the strongest first.
    pub const ALL: [Self; 2] = [Self::App, Self::Code];
}

/// The word by which the store and addresses name it.
impl fmt::Display for SignInMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::App => "app",
            Self::Code => "code",
        })
    }
}

/// There is no method of this name.
#[derive(Debug)]
pub struct UnknownMethod;

impl FromStr for SignInMethod {
    type Err = UnknownMethod;
    fn from_str(word: &str) -> Result<Self, UnknownMethod> {
        Self::ALL.into_iter().find(|method| method.to_string() == word).ok_or(UnknownMethod)
    }
}

/// What a person can use now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Usable {
    /// Whether a phone can be asked.
    pub(crate) app: bool,
    /// Whether a phone makes codes, and the organisation takes them.
    pub(crate) code: bool,
}

impl Usable {
    pub(crate) fn has(self, method: SignInMethod) -> bool {
        match method {
            SignInMethod::App => self.app,
            SignInMethod::Code => self.code,
        }
    }

    fn strongest(self) -> Option<SignInMethod> {
        SignInMethod::ALL.into_iter().find(|method| self.has(*method))
    }

    /// The default: the one that was kept as long as it can be used, else the strongest that can (I8).
    pub(crate) fn default(self, kept: Option<SignInMethod>) -> Option<SignInMethod> {
        kept.filter(|kept| self.has(*kept)).or_else(|| self.strongest())
    }

    /// The default after a change of what can be used. The app becomes it with the first phone that approves (S28),
    /// whatever came before: a code proved the person only until a test was approved.
    pub(crate) fn default_after(self, before: Self, kept: Option<SignInMethod>) -> Option<SignInMethod> {
        if self.app && !before.app { Some(SignInMethod::App) } else { self.default(kept) }
    }
}

#[cfg(test)]
mod tests {
    use super::SignInMethod::{App, Code};
    use super::*;

    const NONE: Usable = Usable { app: false, code: false };
    const CODES: Usable = Usable { app: false, code: true };
    const APP: Usable = Usable { app: true, code: false };
    const BOTH: Usable = Usable { app: true, code: true };

    #[test]
    fn i8_when_the_default_goes_the_strongest_that_is_left_takes_its_place() {
        for (now, before, kept, expected) in [
            (CODES, BOTH, Some(App), Some(Code)),
            (APP, BOTH, Some(Code), Some(App)),
            (NONE, APP, Some(App), None),
        ] {
            assert_eq!(now.default_after(before, kept), expected, "{now:?} {kept:?}");
        }
    }

    #[test]
    fn what_was_chosen_stays_while_it_can_be_used() {
        for kept in [App, Code] {
            assert_eq!(BOTH.default_after(BOTH, Some(kept)), Some(kept));
            assert_eq!(BOTH.default(Some(kept)), Some(kept));
        }
    }

    #[test]
    fn s28_the_first_phone_that_approves_makes_the_app_the_default() {
        assert_eq!(BOTH.default_after(NONE, None), Some(App));
        assert_eq!(CODES.default_after(NONE, None), Some(Code), "a code alone proved it");
        assert_eq!(BOTH.default_after(CODES, Some(Code)), Some(App), "then a test was approved");
    }
}
