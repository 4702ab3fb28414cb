//! What a phone and a Countersign server say to each other: the types, and the bytes that are signed.
//!
//! It opens no socket, reads no clock and keeps nothing. It refuses everything that version 1 does not name:
//! unknown and doubled members, other algorithms, non-canonical base64url, texts that a person must not be shown.
//! A payload is readable only after its signature was verified, so nobody acts on an unverified one by mistake.
//!
//! ```text
//! phone                                                    server
//! payload ─► Draft ─► message() ─► key signs ─► compact JWS ─► Unverified ─► verify(key) ─► Verified<payload>
//! Verified<Reply> ◄─ verify(signing key) ◄─ Unverified ◄─ compact JWS ◄─ Draft ◄─ Reply
//! ```
//!
//! ```
//! use countersign_protocol::{CallId, DeviceId, Draft, Removal, SoftwareKey, SystemRandom, UnixSeconds, Unverified};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let (device_key, identity_key) = (SoftwareKey::make()?, SoftwareKey::make()?);
//! let removal = Removal::new(
//!     DeviceId::make(&SystemRandom),
//!     identity_key.public().thumbprint().into(),
//!     UnixSeconds::new(1_800_000_000)?,
//!     CallId::make(&SystemRandom),
//! );
//! let jws = Draft::new(&removal, device_key.public().thumbprint())?.sign(&device_key)?;
//! let received = Unverified::<Removal>::parse(&jws)?.verify(device_key.public())?;
//! assert_eq!(received.jti, removal.jti);
//! # Ok(())
//! # }
//! ```
//!
//! The byte-exact paper is `docs/push-protocol.md`; vectors are in `tests/vectors/`.

mod activation;
mod agreement;
mod alphabet;
mod bytes;
mod calls;
mod check;
mod clock;
mod jws;
mod key;
mod link;
mod list;
mod number;
mod problem;
mod random;
mod reply;
mod request;
mod statement;
mod text;
mod typed;
mod url;
mod wake;

pub use activation::{
    Activation, ActivationKeys, Attested, Can, Certificate, PhoneDescription, Platform, Presence, Storage,
};
pub use agreement::{AgreementKey, CodeSecret};
pub use alphabet::{Alphabet, in_fours};
pub use bytes::{AccountId, CallId, DeviceId, Hash, MalformedBytes, RequestId, ServerId, Thumbprint, hash};
#[doc(hidden)]
pub use bytes::{decode_array, encode};
pub use calls::{Answer, Call, Decision, Have, Hold, Removal, Role, Update, Wait};
pub use check::Check;
pub use clock::{Clock, MalformedTime, SystemClock, UnixSeconds};
pub use jws::{Draft, Payload, Refusal, SelfSigned, Unverified, Verified};
pub use key::{KeyRefused, PublicKey, Signature, SoftwareKey};
pub use link::{ActivationCode, ActivationLink, LinkRefused};
pub use list::{List, WrongLength};
pub use number::{Digits, Number};
pub use problem::{Problem, ProblemCode};
pub use random::{Random, SystemRandom};
pub use reply::{
    ActivationReply, AnswerReply, CodeAlgorithm, CodeForm, Ended, Never, Profile, RemovalReason, Reply,
    ReplyBody, Status, StatusWord, Verdict, WaitReply,
};
pub use request::{Asked, Kind, Request};
pub use statement::ServerStatement;
pub use text::{Text, TextRefused, is_hidden};
pub use typed::{TypedCode, TypedPin};
pub use url::{BaseUrl, Domain, UrlRefused};
pub use wake::{WakeAuth, WakeEndpoint, WakeUp, WebPushKey};

/// The one version of the protocol so far: the member `v` of every payload.
pub const VERSION: u64 = 1;
