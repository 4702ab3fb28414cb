//! Pages where nothing can go on here: no method left, and errors.

use super::frame::Frame;
use super::{asset::Asset, icon::Icon, paths};
use askama::Template;

/// Somebody answered "No, it's not me" (rule 7): the session is over.
#[derive(Template)]
#[template(path = "stopped.html")]
pub struct Stopped<'a> {
    /// What stands around it.
    pub frame: &'a Frame<'a>,
}

/// Who has the password and nothing else needs someone's help (rule 12).
#[derive(Template)]
#[template(path = "no_method.html")]
pub struct NoMethod<'a> {
    /// What stands around it.
    pub frame: &'a Frame<'a>,
    /// Why the password alone does not do.
    pub why: NoMethodReason,
    /// The page of the request or code that the person came from.
    pub back: Option<&'a str>,
    /// Whether the person is signed in already, and only wants to change something: then there is nothing to leave.
    pub is_signed_in: bool,
}

/// Why a password alone does not open set-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoMethodReason {
    /// There was a method; none is left.
    NoneLeft,
    /// There never was one, but the time to set up is over: so many days.
    Late(u64),
    /// There is a phone, but not at hand.
    NotAtHand,
}

/// An error, as a page.
#[derive(Template)]
#[template(path = "problem.html")]
pub struct Problem<'a> {
    /// What stands around it.
    pub frame: &'a Frame<'a>,
    /// What happened.
    pub what: Trouble,
    /// Where to try again.
    pub again: &'a str,
    /// What to tell the help desk, so that the line in the log is found.
    pub reference: Option<&'a str>,
    /// When, in Unix seconds.
    pub at: u64,
}

/// What can go wrong with a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Our fault.
    Internal,
    /// There is no such page.
    NotFound,
    /// A form that this session did not get: an old tab, or another site.
    ForeignForm,
    /// A form that cannot be read.
    BadForm,
    /// A sign-in that would wait for too long, since too many come at once.
    Busy,
}
