//! Where the pages are. What is shown there follows from the state on the server: a reload never starts anything.

/// The way in; leads to the account or to the sign-in.
pub const ROOT: &str = "/";
/// User name and password.
pub const SIGN_IN: &str = "/sign-in";
/// Ends the session.
pub const SIGN_OUT: &str = "/sign-out";
/// "More information required" (S1).
pub const PROMPT: &str = "/more-information";
/// The wizard: leads to the first method that is missing (S11).
pub const SET_UP: &str = "/set-up";
/// The wizard's first step of the app: get it (S15).
pub const GET_APP: &str = "/set-up/app";
/// "Success" (S37).
pub const SUCCESS: &str = "/set-up/success";
/// "Approve it on your phone" (S54).
pub const APPROVE: &str = "/approve";
/// Goes on from an approved sign-in.
pub const GO_ON: &str = "/approve/continue";
/// A code instead of an approval.
pub const APPROVE_CODE: &str = "/approve/code";
/// No phone, no code: what else there is.
pub const OTHER_WAYS: &str = "/other-ways";
/// This takes more than a password (rule 12).
pub const NO_METHOD: &str = "/no-method";
/// A report ended the session (rule 7).
pub const STOPPED: &str = "/stopped";
/// The account (S59).
pub const ACCOUNT: &str = "/account";
/// Security info (S53).
pub const SECURITY_INFO: &str = "/security-info";
/// "Choose a method" (S64).
pub const ADD_METHOD: &str = "/security-info/add";
/// "Approve the change on your phone" (rule 13).
pub const APPROVE_CHANGE: &str = "/security-info/approve";
/// A code instead of that approval.
pub const APPROVE_CHANGE_CODE: &str = "/security-info/code";
/// Ends the time in which changes are open.
pub const CLOSE_CHANGES: &str = "/security-info/close";
/// Ends the pause of requests.
pub const LIFT_PAUSE: &str = "/security-info/lift-pause";
/// Tests a phone that makes codes only, so that it may approve; its id follows.
pub const TEST_PHONE: &str = "/security-info/test";
/// Makes a method the default; its name follows.
pub const MAKE_DEFAULT: &str = "/security-info/default";
/// Asks to delete a phone; its id follows.
pub const DELETE_PHONE: &str = "/security-info/delete";

/// What has become of the session's request: for the script.
pub const REQUEST_PROGRESS: &str = "/progress/request";
/// What has become of the test of a phone that makes codes only; its id follows.
pub const TEST_PROGRESS: &str = "/progress/test";
/// What has become of the session's enrolment: for the script.
pub const SET_UP_PROGRESS: &str = "/progress/set-up";

/// Where an enrolment of the app takes place: the same steps, at other addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Enrolment {
    /// "Set up your account" (S16).
    pub prepare: &'static str,
    /// "Scan the QR code" (S23).
    pub scan: &'static str,
    /// "Can't scan the QR image?" (S25).
    pub typed: &'static str,
    /// "Is this your phone?".
    pub check: &'static str,
    /// "Let's test it" (S26).
    pub test: &'static str,
    /// A code instead of the test (I2); the wizard alone has it.
    pub code: Option<&'static str>,
    /// Where it came from: back, and out.
    pub leave: &'static str,
    /// What follows an approved test: the wizard's success (S29), or Save (S67).
    pub end: &'static str,
}

/// In the wizard.
pub const WIZARD: Enrolment = Enrolment {
    prepare: "/set-up/app/prepare",
    scan: "/set-up/app/scan",
    typed: "/set-up/app/type",
    check: "/set-up/app/check",
    test: "/set-up/app/test",
    code: Some("/set-up/app/code"),
    leave: GET_APP,
    end: "/set-up/app/connected",
};

/// On Security info.
pub const ADDING: Enrolment = Enrolment {
    prepare: "/security-info/add/prepare",
    scan: "/security-info/add/scan",
    typed: "/security-info/add/type",
    check: "/security-info/add/check",
    test: "/security-info/add/test",
    code: None,
    leave: ADD_METHOD,
    end: "/security-info/add/save",
};
