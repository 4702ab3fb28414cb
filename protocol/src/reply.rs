//! What a server answers to a call: everything that a phone acts on.

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::jws::{Payload, Refusal, Unverified, Verified, Version, present, within};
use crate::{
    AccountId, CallId, DeviceId, List, PublicKey, RequestId, ServerId, ServerStatement, Text, Thumbprint,
    UnixSeconds, WakeEndpoint, WebPushKey,
};

/// How the server sees this phone: the first that holds, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It is gone from the account, for good.
    Removed(RemovalReason),
    /// It waits for its test request to be approved and saved.
    Pending,
    /// It makes codes and is asked nothing until a test was approved.
    CodesOnly,
    /// It is asked nothing until then, except from browsers that the person is known by.
    Paused(UnixSeconds),
    /// All is well.
    Active,
    /// The call's time is more than 120 s off: nothing was done, and the reply says nothing else.
    ClockSkew,
}

/// The status without what goes with it: what a phone says it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusWord {
    /// See [`Status::Removed`].
    Removed,
    /// See [`Status::Pending`].
    Pending,
    /// See [`Status::CodesOnly`].
    CodesOnly,
    /// See [`Status::Paused`].
    Paused,
    /// See [`Status::Active`].
    Active,
    /// See [`Status::ClockSkew`].
    ClockSkew,
}

/// Who or what removed a phone from the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RemovalReason {
    /// The phone itself, by a removal call.
    Phone,
    /// The person, on the Security info page.
    Person,
    /// The help desk.
    HelpDesk,
    /// The same account was added to the same phone again (S62).
    Replaced,
    /// "No, it is not mine" on the page that shows the check.
    Check,
    /// Set-up was not finished in time.
    Unsaved,
    /// It was added through a sign-in that was reported.
    Report,
}

/// How an answer, or a request without one, ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The right number: the sign-in goes on.
    Approved,
    /// The person denied.
    Denied,
    /// A number has one try, and this was not it.
    WrongNumber,
    /// Too late, or a request that the server no longer keeps.
    Expired,
    /// The sign-in had ended before.
    Cancelled,
    /// Another phone of the person was first.
    AnsweredElsewhere,
    /// "No, it's not me."
    Reported,
}

/// A reply to one call; `B` is what this kind of call gets besides its status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply<B> {
    /// The server that answers.
    pub iss: ServerId,
    /// The caller: a device id, in the reply to an activation the thumbprint of the device key.
    pub aud: String,
    /// When it was signed, by the server's clock.
    pub iat: UnixSeconds,
    /// The call that it answers.
    pub re: CallId,
    /// How the server sees this phone.
    pub status: Status,
    /// There unless the status is `removed` or `clock_skew`, or the call gets nothing else.
    pub body: Option<B>,
}

/// What one kind of call gets besides its status.
pub trait ReplyBody: Serialize + DeserializeOwned {
    /// Whether there is one: then it is there at every status but `removed` and `clock_skew`.
    const IS_THERE: bool = true;

    /// Whether a text has the form of this call's issuer, to whom the reply goes.
    fn is_audience(text: &str) -> bool {
        text.parse::<DeviceId>().is_ok()
    }
}

/// The body of replies that have none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Never {}

impl ReplyBody for Never {
    const IS_THERE: bool = false;
}

impl ReplyBody for WaitReply {}
impl ReplyBody for AnswerReply {}

impl ReplyBody for ActivationReply {
    /// The caller is no device yet.
    fn is_audience(text: &str) -> bool {
        text.parse::<Thumbprint>().is_ok()
    }
}

/// What an activation gets (step 3).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActivationReply {
    /// The server statement, a JWS.
    pub server: String,
    /// The account that the phone was added to.
    pub account: AccountId,
    /// This phone.
    pub device: DeviceId,
    /// Names.
    pub profile: Profile,
    /// One-time codes, where policy gives them.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub codes: Option<CodeForm>,
}

/// Without the statement, which is long.
impl fmt::Debug for ActivationReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { account, device, profile, codes, .. } = self;
        write!(f, "ActivationReply({account:?}, {device:?}, {profile:?}, {codes:?})")
    }
}

/// The server's half of the agreement on the secret of one-time codes, and their form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeForm {
    /// The server's agreement key.
    pub agreement: PublicKey,
    /// The hash of the HMAC.
    pub algorithm: CodeAlgorithm,
    /// 6 to 8.
    #[serde(deserialize_with = "within::<6, 8, _, _>")]
    pub digits: u8,
    /// Seconds that a code is good for, 15 to 120.
    #[serde(deserialize_with = "within::<15, 120, _, _>")]
    pub period: u16,
}

/// The hash of a one-time code's HMAC (RFC 6238, section 1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CodeAlgorithm {
    /// HMAC-SHA-1.
    #[serde(rename = "SHA1")]
    Sha1,
    /// HMAC-SHA-256.
    #[serde(rename = "SHA256")]
    Sha256,
    /// HMAC-SHA-512.
    #[serde(rename = "SHA512")]
    Sha512,
}

/// What a person is shown about an account, and how its phone is woken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Grows with each change; below 2^53.
    #[serde(deserialize_with = "within::<0, { crate::clock::MAX }, _, _>")]
    pub number: u64,
    /// The organisation's name.
    pub organisation: Text<64>,
    /// The person's name there; may change (I15).
    pub account: Text<128>,
    /// The help desk's telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub help_desk: Option<Text<64>>,
    /// The keys of the server's wake-ups (RFC 8292).
    pub vapid: List<WebPushKey, 0, 2>,
}

/// What a wait gets: the whole truth, at once when it differs from what the phone said it has.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaitReply {
    /// The server statement, a JWS, if newer.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub server: Option<String>,
    /// The profile, if newer.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub profile: Option<Profile>,
    /// The one request that waits, a JWS.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub request: Option<String>,
    /// How the request that the phone named ended.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub ended: Option<Ended>,
    /// Wake-ups that no longer work.
    pub wakes_gone: List<WakeEndpoint, 0, 3>,
}

/// Without the JWS: names, addresses and reasons are in a request.
impl fmt::Debug for WaitReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitReply")
            .field("has_server", &self.server.is_some())
            .field("has_profile", &self.profile.is_some())
            .field("has_request", &self.request.is_some())
            .field("ended", &self.ended)
            .field("wakes_gone", &self.wakes_gone.len())
            .finish()
    }
}

/// How a request ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ended {
    /// Which.
    pub request: RequestId,
    /// How.
    pub verdict: Verdict,
    /// The name of the phone that answered, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub phone: Option<Text<64>>,
}

/// What an answer gets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerReply {
    /// How it ended.
    pub verdict: Verdict,
    /// The name of the other phone, where it was first.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub phone: Option<Text<64>>,
}

impl Status {
    /// The word that stands on the wire.
    #[must_use]
    pub fn word(self) -> StatusWord {
        match self {
            Self::Removed(_) => StatusWord::Removed,
            Self::Pending => StatusWord::Pending,
            Self::CodesOnly => StatusWord::CodesOnly,
            Self::Paused(_) => StatusWord::Paused,
            Self::Active => StatusWord::Active,
            Self::ClockSkew => StatusWord::ClockSkew,
        }
    }

    /// When the pause ends, where this is one.
    #[must_use]
    pub fn until(self) -> Option<UnixSeconds> {
        match self {
            Self::Paused(until) => Some(until),
            Self::Removed(_) | Self::Pending | Self::CodesOnly | Self::Active | Self::ClockSkew => None,
        }
    }
}

/// The reply as it is written: `reason` beside `removed`, `until` beside `paused`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written<B, A> {
    v: Version,
    iss: ServerId,
    aud: A,
    iat: UnixSeconds,
    re: CallId,
    status: StatusWord,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    reason: Option<RemovalReason>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    until: Option<UnixSeconds>,
    #[serde(default = "none", skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    #[serde(bound(deserialize = "B: Deserialize<'de>"))]
    body: Option<B>,
}

fn none<T>() -> Option<T> {
    None
}

impl<B: Serialize> Serialize for Reply<B> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let reason = match self.status {
            Status::Removed(reason) => Some(reason),
            _ => None,
        };
        Written {
            v: Version,
            iss: self.iss,
            aud: self.aud.as_str(),
            iat: self.iat,
            re: self.re,
            status: self.status.word(),
            reason,
            until: self.status.until(),
            body: self.body.as_ref(),
        }
        .serialize(serializer)
    }
}

impl<'de, B: Deserialize<'de>> Deserialize<'de> for Reply<B> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = Written::<B, String>::deserialize(deserializer)?;
        let status = match (written.status, written.reason, written.until) {
            (StatusWord::Removed, Some(reason), None) => Status::Removed(reason),
            (StatusWord::Paused, None, Some(until)) => Status::Paused(until),
            (StatusWord::Pending, None, None) => Status::Pending,
            (StatusWord::CodesOnly, None, None) => Status::CodesOnly,
            (StatusWord::Active, None, None) => Status::Active,
            (StatusWord::ClockSkew, None, None) => Status::ClockSkew,
            _ => return Err(serde::de::Error::custom("a status without what belongs to it")),
        };
        let Written { iss, aud, iat, re, body, .. } = written;
        Ok(Self { iss, aud, iat, re, status, body })
    }
}

impl<B: ReplyBody> Payload for Reply<B> {
    const TYP: &'static str = "countersign-reply+jwt";
    const LIMIT: usize = 32 * 1024;

    fn is_coherent(&self) -> bool {
        let is_open = !matches!(self.status, Status::Removed(_) | Status::ClockSkew);
        B::is_audience(&self.aud) && self.body.is_some() == (B::IS_THERE && is_open)
    }
}

/// The reply to an activation brings the statement that names the key it is signed by.
impl Unverified<Reply<ActivationReply>> {
    /// Opens what it says, when the statement inside is signed by the identity key of this server, and the reply by
    /// one of the keys that the statement names.
    ///
    /// # Errors
    /// [`Refusal`]; [`Refusal::Key`] when the statement is another server's.
    pub fn verify_with_statement(
        self,
        server: ServerId,
    ) -> Result<(Verified<Reply<ActivationReply>>, Verified<ServerStatement>), Refusal> {
        let body = self.claimed().body.as_ref().ok_or(Refusal::Payload)?;
        let statement = Unverified::<ServerStatement>::parse(&body.server)?.verify_inside()?;
        if statement.iss != server {
            return Err(Refusal::Key);
        }
        let reply = self.verify_any(&statement.signing_keys)?;
        Ok((reply, statement))
    }
}
