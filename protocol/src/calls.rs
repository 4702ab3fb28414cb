//! What a phone asks of a server: one payload a call, posted to `<base>/v1/<call>`.

use serde::{Deserialize, Serialize};

use crate::jws::{Payload, Refusal, Unverified, Verified, Version, present};
use crate::{
    CallId, Can, DeviceId, Hash, List, Number, PhoneDescription, PublicKey, ReplyBody, RequestId, ServerId,
    StatusWord, Text, UnixSeconds, WakeUp,
};

/// A call: where it goes, and who is asked.
pub trait Call: Payload {
    /// The last part of its URL.
    const NAME: &'static str;
    /// What the reply carries besides its status.
    type Reply: ReplyBody;
    /// Its id.
    fn id(&self) -> CallId;
    /// The server that is asked.
    fn server(&self) -> ServerId;
    /// Which of the phone's keys signs it.
    fn role(&self) -> Role {
        Role::Device
    }
}

/// The two keys of an account on a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Signs all calls but approvals.
    Device,
    /// Signs approvals and nothing else.
    Approval,
}

impl<C: Call> Unverified<C> {
    /// Opens a call when the key of its role has signed it.
    ///
    /// # Errors
    /// [`Refusal::Key`] when it was the other one or none of the two, or [`Refusal::Signature`].
    pub fn verify_in_role(self, device: &PublicKey, approval: &PublicKey) -> Result<Verified<C>, Refusal> {
        match self.claimed().role() {
            Role::Device => self.verify(device),
            Role::Approval => self.verify(approval),
        }
    }
}

/// What every call has: its `typ`, its limit, its reply.
macro_rules! call {
    ($name:ident, $path:literal, $limit:literal, $reply:ty $(, agrees: $agrees:expr)? $(, role: $role:expr)?) => {
        impl Payload for $name {
            const TYP: &'static str = concat!("countersign-", $path, "+jwt");
            const LIMIT: usize = $limit;

            $(fn is_coherent(&self) -> bool {
                $agrees(self)
            })?
        }

        impl Call for $name {
            const NAME: &'static str = $path;
            type Reply = $reply;

            fn id(&self) -> CallId {
                self.jti
            }

            fn server(&self) -> ServerId {
                self.aud
            }

            $(fn role(&self) -> Role {
                $role(self)
            })?
        }
    };
}

pub(crate) use call;

call!(Wait, "wait", 8_192, crate::WaitReply, agrees: Wait::agrees);
call!(Answer, "answer", 8_192, crate::AnswerReply, agrees: Answer::agrees, role: Answer::signed_by);
call!(Update, "update", 8_192, crate::Never);
call!(Removal, "removal", 8_192, crate::Never);

/// The long poll: what the phone has, and how long it would wait for something else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wait {
    v: Version,
    /// This phone.
    pub iss: DeviceId,
    /// The server.
    pub aud: ServerId,
    /// When, by the phone's clock; within 120 s of the server's.
    pub iat: UnixSeconds,
    /// Its id.
    pub jti: CallId,
    /// How long the server may hold the call.
    pub hold: Hold,
    /// What the phone has.
    pub have: Have,
}

/// 0 to 50 seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Hold(u8);

impl Hold {
    /// Answer at once.
    pub const NONE: Self = Self(0);
    /// The longest.
    pub const LONGEST: Self = Self(50);

    /// In seconds.
    #[must_use]
    pub fn seconds(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Hold {
    type Error = &'static str;
    fn try_from(seconds: u8) -> Result<Self, Self::Error> {
        if seconds <= 50 { Ok(Self(seconds)) } else { Err("a wait is held for at most 50 seconds") }
    }
}

impl From<Hold> for u8 {
    fn from(hold: Hold) -> Self {
        hold.0
    }
}

/// What a phone has; each is left out while it has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Have {
    /// The `iat` of its server statement.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub server: Option<UnixSeconds>,
    /// The number of its profile; below 2^53.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub profile: Option<u64>,
    /// The request whose card it shows.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub request: Option<RequestId>,
    /// Its status.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub status: Option<StatusWord>,
    /// When its pause ends, as the server said it; with `paused`, and only there.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub until: Option<UnixSeconds>,
}

/// A person's decision on one request. Approve is signed by the approval key, deny and report by the device key.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    v: Version,
    /// This phone.
    pub iss: DeviceId,
    /// The server.
    pub aud: ServerId,
    /// When, by the phone's clock; answers are not judged by it.
    pub iat: UnixSeconds,
    /// Its id.
    pub jti: CallId,
    /// Which request.
    pub request: RequestId,
    /// The hash of the request's JWS: everything that was shown.
    pub hash: Hash,
    /// What was decided.
    pub decision: Decision,
    /// What was typed; with approve, and only there.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub number: Option<Number>,
}

/// What a person decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Yes, with the number.
    Approve,
    /// No.
    Deny,
    /// No, it's not me.
    Report,
}

/// What changed about the phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Update {
    v: Version,
    /// This phone.
    pub iss: DeviceId,
    /// The server.
    pub aud: ServerId,
    /// When, by the phone's clock; one that is not newer than the last changes nothing.
    pub iat: UnixSeconds,
    /// Its id.
    pub jti: CallId,
    /// Optional parts that the phone speaks.
    pub can: List<Can, 0, 8>,
    /// What the phone is called.
    pub name: Text<64>,
    /// The app's version.
    pub app: Text<64>,
    /// Where it can be woken.
    pub wakes: List<WakeUp, 0, 3>,
}

/// The end of this phone on the account: never expires, can only ever remove this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Removal {
    v: Version,
    /// This phone.
    pub iss: DeviceId,
    /// The server.
    pub aud: ServerId,
    /// When, by the phone's clock; removals are not judged by it.
    pub iat: UnixSeconds,
    /// Its id.
    pub jti: CallId,
}

impl Wait {
    /// A wait of version 1.
    #[must_use]
    pub fn new(iss: DeviceId, aud: ServerId, iat: UnixSeconds, jti: CallId, hold: Hold, have: Have) -> Self {
        Self { v: Version, iss, aud, iat, jti, hold, have }
    }

    fn agrees(&self) -> bool {
        let Have { profile, status, until, .. } = self.have;
        // A wrong clock is said once and kept by nobody.
        profile.is_none_or(|number| number <= crate::clock::MAX)
            && status != Some(StatusWord::ClockSkew)
            && until.is_some() == (status == Some(StatusWord::Paused))
    }
}

impl Answer {
    /// An answer of version 1.
    #[must_use]
    pub fn new(
        iss: DeviceId,
        aud: ServerId,
        iat: UnixSeconds,
        jti: CallId,
        (request, hash): (RequestId, Hash),
        (decision, number): (Decision, Option<Number>),
    ) -> Self {
        Self { v: Version, iss, aud, iat, jti, request, hash, decision, number }
    }

    fn agrees(&self) -> bool {
        self.number.is_some() == (self.decision == Decision::Approve)
    }

    fn signed_by(&self) -> Role {
        match self.decision {
            Decision::Approve => Role::Approval,
            Decision::Deny | Decision::Report => Role::Device,
        }
    }
}

impl Update {
    /// An update of version 1.
    #[must_use]
    pub fn new(iss: DeviceId, aud: ServerId, iat: UnixSeconds, jti: CallId, phone: PhoneDescription) -> Self {
        let PhoneDescription { name, platform: _, app, wakes } = phone;
        Self { v: Version, iss, aud, iat, jti, can: List::default(), name, app, wakes }
    }
}

impl Removal {
    /// A removal of version 1.
    #[must_use]
    pub fn new(iss: DeviceId, aud: ServerId, iat: UnixSeconds, jti: CallId) -> Self {
        Self { v: Version, iss, aud, iat, jti }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Draft, Refusal, Thumbprint};

    #[test]
    fn a_wait_cannot_say_what_no_phone_has() {
        let drafted = |have| {
            let (device, server) = (DeviceId::from_bytes([1; 16]), ServerId::from_bytes([2; 32]));
            let call = CallId::from_bytes([3; 16]);
            let wait = Wait::new(device, server, UnixSeconds::EPOCH, call, Hold::LONGEST, have);
            Draft::new(&wait, Thumbprint::from_bytes([4; 32])).map(|draft| draft.hash())
        };
        let largest = (1 << 53) - 1;
        assert!(drafted(Have { profile: Some(largest), ..Have::default() }).is_ok());
        assert_eq!(drafted(Have { profile: Some(largest + 1), ..Have::default() }), Err(Refusal::Payload));
        let says = |status, until| drafted(Have { status: Some(status), until, ..Have::default() });
        assert_eq!(says(StatusWord::ClockSkew, None), Err(Refusal::Payload));
        let until = Some(UnixSeconds::EPOCH);
        assert!(says(StatusWord::Paused, until).is_ok());
        assert_eq!(says(StatusWord::Paused, None), Err(Refusal::Payload));
        assert_eq!(says(StatusWord::Active, until), Err(Refusal::Payload));
    }
}
