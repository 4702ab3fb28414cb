//! The account, and its Security info.

use super::frame::Frame;
use super::method::ListedMethod;
use super::phone::Grade;
use super::rail::{OwnAccount, Rail, StepState};
use super::{asset::Asset, icon::Icon, paths};
use crate::rules::Lifting;
use askama::Template;

/// "Your account" (S59).
#[derive(Template)]
#[template(path = "account.html")]
pub struct Account<'a> {
    /// What stands around it; its person is signed in.
    pub frame: &'a Frame<'a>,
    /// Whose account.
    pub own: OwnAccount<'a>,
    /// Whether the app is set up.
    pub app: bool,
}

/// "Security info" (S53), with what this server manages: the app and its phones.
#[derive(Template)]
#[template(path = "security_info.html")]
pub struct SecurityInfo<'a> {
    /// What stands around it.
    pub frame: &'a Frame<'a>,
    /// The rail.
    pub rail: Rail<'a>,
    /// The methods, the strongest first.
    pub methods: &'a [ListedMethod],
    /// The phones with the app.
    pub phones: &'a [ListedPhone<'a>],
    /// How many an account may have.
    pub most: usize,
    /// For how many minutes an approval opens changes.
    pub minutes: u64,
    /// What is to be said first.
    pub notice: Option<Notice<'a>>,
}

impl SecurityInfo<'_> {
    fn is_open(&self) -> bool {
        matches!(self.rail, Rail::Account(OwnAccount { open: Some(_), .. }))
    }
}

/// A phone in the list.
#[derive(Clone, Copy)]
pub struct ListedPhone<'a> {
    /// Its id, as it stands in addresses.
    pub id: &'a str,
    /// What it is called.
    pub name: &'a str,
    /// What it runs on.
    pub platform: &'a str,
    /// The app's version.
    pub app: &'a str,
    /// When it was added, in Unix seconds.
    pub added: u64,
    /// When it answered last, in Unix seconds.
    pub answered: Option<u64>,
    /// How its key is kept.
    pub grade: Grade,
    /// Whether it makes codes only.
    pub codes_only: bool,
}

/// What Security info says first.
#[derive(Clone, Copy)]
pub enum Notice<'a> {
    /// Requests are paused until then, in Unix seconds; and what this session can do about it.
    Paused(u64, Lifting),
    /// The pause was lifted.
    Lifted,
    /// A phone was added.
    Added(&'a str),
    /// A phone was deleted.
    Deleted(&'a str),
    /// Sign-ins offer this method first from now on: the id of its name.
    NewDefault(&'static str),
    /// The ten minutes were over before the change was done.
    Closed,
}

/// "Choose a method" (S64).
#[derive(Template)]
#[template(path = "add_method.html")]
pub struct AddMethod<'a> {
    /// What stands around it.
    pub frame: &'a Frame<'a>,
    /// The rail.
    pub rail: Rail<'a>,
}

/// "Delete …?" (S69): what stops, what stays.
#[derive(Template)]
#[template(path = "delete_phone.html")]
pub struct DeletePhone<'a> {
    /// What stands around it.
    pub frame: &'a Frame<'a>,
    /// The rail.
    pub rail: Rail<'a>,
    /// The phone's id.
    pub id: &'a str,
    /// Its name.
    pub phone: &'a str,
    /// The phones that stay.
    pub others: &'a [&'a str],
}

impl DeletePhone<'_> {
    fn others(&self) -> String {
        self.others.join(", ")
    }
}

/// The last phone of a required method cannot go without a replacement (I8).
#[derive(Template)]
#[template(path = "last_method.html")]
pub struct LastMethod<'a> {
    /// What stands around it.
    pub frame: &'a Frame<'a>,
    /// The rail.
    pub rail: Rail<'a>,
}
