//! The prompt, and the wizard "Keep your account secure" apart from the methods' own pages.

use super::frame::Frame;
use super::method::ListedMethod;
use super::rail::{Method, StepState, Steps};
use super::{asset::Asset, icon::Icon, paths};
use askama::Template;

/// "More information required" (S1): before access is given.
#[derive(Template)]
#[template(path = "prompt.html")]
pub struct Prompt<'a> {
    /// What stands around it.
    pub frame: &'a Frame<'a>,
    /// The methods that are missing, in the order of policy.
    pub missing: &'a [Method],
}

/// "Get the app" (S15): the app's first step.
#[derive(Template)]
#[template(path = "get_app.html")]
pub struct GetApp<'a> {
    /// What stands around it.
    pub frame: &'a Frame<'a>,
    /// The rail.
    pub steps: Steps<'a>,
    /// Where the app is to be had.
    pub download: Option<&'a str>,
}

/// "Success" (S37): all required methods are set up.
#[derive(Template)]
#[template(path = "success.html")]
pub struct Success<'a> {
    /// What stands around it.
    pub frame: &'a Frame<'a>,
    /// The rail, all done.
    pub steps: Steps<'a>,
    /// The methods, the strongest first.
    pub methods: &'a [ListedMethod],
}
