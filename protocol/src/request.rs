use serde::{Deserialize, Serialize};

use crate::jws::{Payload, Version, present};
use crate::{DeviceId, Digits, RequestId, ServerId, Text, UnixSeconds};

/// The longest life of a request, in seconds.
const LONGEST: u64 = 300;

/// What an approval opens. Written as `sign_in`, `test`, `reset`, `method`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// One sign-in.
    SignIn,
    /// Nothing but the proof that the phone works (S26).
    Test,
    /// The reset of a forgotten password.
    Reset,
    /// Security info, for changes, for ten minutes (rule 13).
    Method,
}

/// One sign-in request for one phone: what its card shows, all of it signed by the server.
///
/// The number is not in it, nor anything made of the number. A card never changes: another request is another card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    pub(crate) v: Version,
    /// The server that asks.
    pub iss: ServerId,
    /// The phone that is asked.
    pub aud: DeviceId,
    /// When it was made.
    pub iat: UnixSeconds,
    /// When it ends unanswered, by the server's clock; at most 300 seconds later.
    pub exp: UnixSeconds,
    /// The same on all phones of the person.
    pub id: RequestId,
    /// What an approval opens.
    pub kind: Kind,
    /// How many digits the number on the page has.
    pub digits: Digits,
    /// Who asks.
    pub organisation: Text<64>,
    /// For whom.
    pub account: Text<128>,
    /// What the person signs in to.
    pub application: Text<64>,
    /// The address that asks.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub address: Option<Text<45>>,
    /// Where that address is.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub place: Option<Text<64>>,
    /// On what the person signs in.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub browser: Option<Text<64>>,
    /// Whether the person has signed in with that browser before.
    pub known: bool,
    /// Why, in the application's words.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub reason: Option<Text<140>>,
}

/// Who is asked by whom, for how long: the part of a [`Request`] that is not shown.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// The server that asks.
    pub by: ServerId,
    /// The phone that is asked.
    pub device: DeviceId,
    /// The request's id.
    pub id: RequestId,
    /// When it was made.
    pub at: UnixSeconds,
    /// When it ends unanswered.
    pub until: UnixSeconds,
}

impl Request {
    /// A request of version 1 without the members that may be left out.
    #[must_use]
    pub fn new(
        asked: Asked,
        kind: Kind,
        digits: Digits,
        organisation: Text<64>,
        account: Text<128>,
        application: Text<64>,
    ) -> Self {
        let Asked { by: iss, device: aud, id, at: iat, until: exp } = asked;
        Self {
            v: Version,
            iss,
            aud,
            iat,
            exp,
            id,
            kind,
            digits,
            organisation,
            account,
            application,
            address: None,
            place: None,
            browser: None,
            known: false,
            reason: None,
        }
    }
}

impl Payload for Request {
    const TYP: &'static str = "countersign-request+jwt";
    const LIMIT: usize = 8192;

    fn is_coherent(&self) -> bool {
        self.exp > self.iat && self.exp.since(self.iat) <= LONGEST
    }
}
