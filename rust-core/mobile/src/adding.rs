use std::sync::Arc;

use countersign_core::authenticator::{Cancel as CoreCancel, Offer as CoreOffer, OfferView};
use countersign_core::enrolment::{TypedKey, TypedKind};
use countersign_core::otp::Algorithm;

use crate::values::TypedSecret;

/// An account that can be added. What it holds stays inside.
#[derive(uniffi::Object)]
pub struct Offer(pub(crate) Arc<CoreOffer>);

impl Offer {
    pub(crate) fn new(offer: Arc<CoreOffer>) -> Arc<Self> {
        Arc::new(Self(offer))
    }
}

#[uniffi::export]
impl Offer {
    /// What a person may see of it.
    pub fn view(&self) -> OfferView {
        self.0.view().clone()
    }
}

/// Gives up the adding of one account, as long as nothing of it is kept.
#[derive(uniffi::Object)]
pub struct Cancel(pub(crate) Arc<CoreCancel>);

#[uniffi::export]
impl Cancel {
    /// For one call of `add`.
    #[uniffi::constructor]
    pub fn new() -> Self {
        Self(Arc::default())
    }

    /// Gives up: nothing stays, and `add` ends with `Cancelled`. False when it is too late: then the account is there.
    pub fn cancel(&self) -> bool {
        self.0.cancel()
    }
}

/// What a person may see of an offer before it is added.
#[uniffi::remote(Enum)]
pub enum OfferView {
    /// A work or school account at this host. It was not asked yet, so the organisation's name is not known; `is_known`
    /// says that this phone has used the code itself.
    Work { host: String, is_known: bool },
    /// One-time codes of any issuer, by its own word; `is_known` says that the same codes are here already.
    Codes { issuer: Option<String>, account: Option<String>, is_known: bool },
}

/// What a person types who has no code to scan: a key in base 32, as sites show it, and the person's names for it.
#[uniffi::remote(Record)]
pub struct TypedKey {
    pub issuer: String,
    pub account: String,
    pub key: TypedSecret,
    pub kind: TypedKind,
}

/// What the codes of a typed key are made by. The core looks at the numbers.
#[uniffi::remote(Enum)]
pub enum TypedKind {
    /// By time: the hash, digits of a code, seconds that a code lasts.
    Time { algorithm: Algorithm, digits: u8, period: u32 },
    /// By a counter that begins at 0.
    Counter { algorithm: Algorithm, digits: u8 },
    /// As Steam Guard makes them.
    Steam,
}

/// The hash of a code's HMAC.
#[uniffi::remote(Enum)]
pub enum Algorithm {
    Sha1,
    Sha256,
    Sha512,
}
