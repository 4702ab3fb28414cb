//! From the bytes of a call to a payload whose signature holds, and the phone that made it.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_TYPE, HeaderMap};
use countersign_protocol::{
    Answer, Call, Decision, DeviceId, Payload, PublicKey, Removal, Unverified, Update, Wait,
};

use super::{Api, CallRefused};
use crate::rules::ClientAddress;
use crate::rules::tally::{BAD_CALLS, GOOD_CALLS};
use crate::store::devices::{self, Device};

/// A call of a phone is at most 24 KB: whoever takes longer to send it holds a connection for nothing.
const SENDING: Duration = Duration::from_secs(10);

/// A call by a phone that has its device id.
pub(super) trait PhoneCall: Call {
    /// Who calls.
    fn device(&self) -> DeviceId;

    /// The key of the phone that has to sign this.
    fn key(&self, phone: &Device) -> PublicKey {
        phone.device_key
    }
}

impl PhoneCall for Wait {
    fn device(&self) -> DeviceId {
        self.iss
    }
}

impl PhoneCall for Answer {
    fn device(&self) -> DeviceId {
        self.iss
    }

    fn key(&self, phone: &Device) -> PublicKey {
        match self.decision {
            Decision::Approve => phone.approval_key,
            Decision::Deny | Decision::Report => phone.device_key,
        }
    }
}

impl PhoneCall for Update {
    fn device(&self) -> DeviceId {
        self.iss
    }
}

impl PhoneCall for Removal {
    fn device(&self) -> DeviceId {
        self.iss
    }
}

impl Api {
    /// The text of a call, if its address may call, and within the size of its kind.
    pub(super) async fn read<C: Payload>(
        &self,
        address: ClientAddress,
        headers: &HeaderMap,
        body: Body,
    ) -> Result<String, CallRefused> {
        let now = self.service.now();
        if let Some(until) = self.service.counts().full_until(&bad_calls(address), BAD_CALLS, now) {
            return Err(CallRefused::TooMany(until));
        }
        if headers.get(CONTENT_TYPE).is_none_or(|kind| kind != "application/jose") {
            return Err(CallRefused::BadCall);
        }
        let sent = tokio::time::timeout(SENDING, to_bytes(body, C::LIMIT)).await;
        let bytes = sent.map_err(|_| CallRefused::BadCall)?.map_err(|_| CallRefused::BadCall)?;
        String::from_utf8(bytes.into()).map_err(|_| CallRefused::BadCall)
    }

    /// A call of a phone that the server knows, removed or not, and the phone.
    pub(super) async fn call<C: PhoneCall>(&self, jws: &str) -> Result<(C, Device), CallRefused> {
        let unverified = Unverified::<C>::parse(jws)?;
        let mut db = self.service.store().read().await.map_err(crate::Failure::from)?;
        let phone = devices::find_by_key(&mut db, unverified.kid()).await.map_err(crate::Failure::from)?;
        drop(db);
        let phone = phone.ok_or(CallRefused::UnknownDevice)?;
        let signer = if unverified.kid() == phone.approval_key.thumbprint() {
            phone.approval_key
        } else {
            phone.device_key
        };
        let call = unverified.verify(&signer)?.into_payload();
        let is_for_us = call.server() == self.service.keys().server();
        if call.device() != phone.id || call.key(&phone) != signer || !is_for_us {
            return Err(CallRefused::BadCall);
        }
        let count = format!("calls/{}", phone.id);
        let now = self.service.now();
        self.service.counts().take(&count, GOOD_CALLS, now).map_err(CallRefused::TooMany)?;
        Ok((call, phone))
    }

    pub(super) fn count_bad(&self, address: ClientAddress) {
        self.service.counts().add(&bad_calls(address), BAD_CALLS, self.service.now());
    }
}

fn bad_calls(address: ClientAddress) -> String {
    format!("bad calls/{}", address.counted())
}
