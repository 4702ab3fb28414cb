//! The ways of two-step verification that a person has, as lists show them.

use super::icon::Icon;
use crate::rules::SignInMethod;

/// A method in a list.
pub struct ListedMethod {
    /// Which.
    pub method: SignInMethod,
    /// The names of the phones that do it.
    pub phones: String,
    /// Whether a sign-in offers it first.
    pub is_default: bool,
}

impl ListedMethod {
    /// The id of its name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        method_name(self.method)
    }

    /// The id of what it asks of the person.
    #[must_use]
    pub fn about(&self) -> &'static str {
        match self.method {
            SignInMethod::App => "method-app.asks",
            SignInMethod::Code => "method-code.asks",
        }
    }

    /// Its sign.
    #[must_use]
    pub fn icon(&self) -> Icon {
        match self.method {
            SignInMethod::App => Icon::Smartphone,
            SignInMethod::Code => Icon::KeyRound,
        }
    }
}

/// The id of a method's name.
#[must_use]
pub fn method_name(method: SignInMethod) -> &'static str {
    match method {
        SignInMethod::App => "method-app",
        SignInMethod::Code => "method-code",
    }
}
