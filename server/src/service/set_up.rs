use countersign_protocol::{
    ActivationLink, BaseUrl, Check, RemovalReason, Text, TypedCode, TypedPin, UnixSeconds,
};

use super::{CodeUse, RequestView};

/// Where adding a phone has come to in a session, in the wizard and on Security info alike.
#[derive(Debug)]
pub enum SetUp {
    /// The session may not add a phone now (rules 12 and 13).
    Closed,
    /// It may: no code is shown yet.
    Ready,
    /// A code waits to be scanned or typed.
    Code(Box<CodeView>),
    /// The code's ten minutes were over before a phone came: a new one with one press (I3).
    CodeExpired,
    /// A phone came: "Is this your phone?"
    Check {
        /// The phone's name.
        phone: Text<64>,
        /// The characters that the phone shows, too.
        check: Check,
        /// The name of another phone that used the same code later (I3).
        also_tried_by: Option<Text<64>>,
    },
    /// "Yes" was pressed: the newest test request.
    Test {
        /// The phone's name.
        phone: Text<64>,
        /// The request and how it ended.
        request: Box<RequestView>,
        /// How many tests may follow.
        tests_left: usize,
    },
    /// The test was approved; on Security info nothing has changed until Save (S67).
    Save {
        /// The phone's name.
        phone: Text<64>,
    },
    /// The phone is saved.
    Saved {
        /// The phone's name.
        phone: Text<64>,
        /// Whether it makes codes and approves nothing, because a code proved it (I2).
        codes_only: bool,
    },
    /// The phone that came was removed before it was saved, or after: with the reason.
    Removed {
        /// The phone's name.
        phone: Text<64>,
        /// Why.
        reason: RemovalReason,
    },
}

/// What the page shows while a code waits.
#[derive(Debug)]
pub struct CodeView {
    /// What the QR code holds and the link of "Open in the app on this device" leads to (I7).
    pub link: ActivationLink,
    /// What is typed instead, once [`show_typed_code`](crate::Service::show_typed_code) made it (S25).
    pub typed: Option<TypedView>,
    /// When it is too late.
    pub expires: UnixSeconds,
}

/// What a person types when the QR code cannot be read.
#[derive(Debug)]
pub struct TypedView {
    /// The code.
    pub code: TypedCode,
    /// The URL: the origin of the base URL.
    pub origin: BaseUrl,
    /// What stands behind the URL and a `#`, where the certificate is not public.
    pub pin: Option<TypedPin>,
}

/// What asking for a code led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShowCode {
    /// [`set_up`](crate::Service::set_up) shows it.
    Shown,
    /// Five codes an hour are the most; again from then on.
    TooMany(UnixSeconds),
    /// Five phones are the most there can be.
    TooManyPhones,
    /// The session may not add a phone now.
    Closed,
}

/// What "Use a code instead" led to while a phone is added (I2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The code was right: the phone is saved for codes only.
    Saved,
    /// It was not.
    Not(CodeUse),
}
