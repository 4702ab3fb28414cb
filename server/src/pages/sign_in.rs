//! Sign-in with a password, and sign-out.

use super::frame::Frame;
use super::{asset::Asset, icon::Icon, paths};
use askama::Template;

/// "Sign in".
#[derive(Template)]
#[template(path = "sign_in.html")]
pub struct SignIn<'a> {
    /// What stands around it.
    pub frame: &'a Frame<'a>,
    /// What the sign-in opens.
    pub application: &'a str,
    /// What was typed before, so that a typing mistake in the password costs no user name.
    pub user_name: &'a str,
    /// What came before.
    pub after: After,
}

/// What came before the sign-in page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// Nothing.
    Nothing,
    /// A user name and password that do not match.
    NoMatch,
    /// Too many wrong passwords: none is looked at for so many seconds.
    TooMany(u64),
    /// A sign-out.
    SignOut,
}

/// "Sign out?": for who follows a link to it; the account menu asks at once.
#[derive(Template)]
#[template(path = "sign_out.html")]
pub struct SignOut<'a> {
    /// What stands around it.
    pub frame: &'a Frame<'a>,
}
