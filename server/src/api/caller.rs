//! From the bytes of a call to a payload whose signature holds, and the phone that made it.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, HeaderMap};
use countersign_protocol::{Answer, Call, DeviceId, Payload, Removal, Unverified, Update, Wait};

use super::{Api, CallRefused};
use crate::failure::Failure;
use crate::rules::ClientAddress;
use crate::rules::tally::{BAD_CALLS, GOOD_CALLS};
use crate::sent;
use crate::store::devices::{self, Device};

/// A call by a phone that has its device id.
pub(super) trait PhoneCall: Call {
    /// Who calls.
    fn device(&self) -> DeviceId;
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
    /// The text of a call within the size of its kind.
    pub(super) async fn read<C: Payload>(
        &self,
        headers: &HeaderMap,
        body: Body,
    ) -> Result<String, CallRefused> {
        if headers.get(CONTENT_TYPE).is_none_or(|kind| kind != "application/jose") {
            return Err(CallRefused::BadCall);
        }
        let bytes = sent::read(body, C::LIMIT).await.ok_or(CallRefused::BadCall)?;
        String::from_utf8(bytes.into()).map_err(|_| CallRefused::BadCall)
    }

    /// A call of a phone that the server knows, removed or not, and the phone.
    pub(super) async fn call<C: PhoneCall>(&self, jws: &str) -> Result<(C, Device), CallRefused> {
        let unverified = Unverified::<C>::parse(jws)?;
        let mut db = self.service.store().read().await.map_err(Failure::from)?;
        let phone = devices::find_by_key(&mut db, unverified.kid()).await.map_err(Failure::from)?;
        drop(db);
        let phone = phone.ok_or(CallRefused::UnknownDevice)?;
        let call = unverified.verify_in_role(&phone.device_key, &phone.approval_key)?.into_payload();
        if call.device() != phone.id || call.server() != self.service.keys().server() {
            return Err(CallRefused::BadCall);
        }
        let count = format!("calls/{}", phone.id);
        let now = self.service.now();
        self.service.counts().take(&count, GOOD_CALLS, now).map_err(CallRefused::TooMany)?;
        Ok((call, phone))
    }

    /// Counts a call that was refused. Only such calls are stopped when there are too many: a good one comes through,
    /// or whoever shares an address with a phone could keep it from answering.
    pub(super) fn counted(&self, address: ClientAddress, refused: CallRefused) -> CallRefused {
        if !matches!(refused, CallRefused::BadCall | CallRefused::UnknownDevice) {
            return refused;
        }
        let now = self.service.now();
        match self.service.counts().take(&bad_calls(address), BAD_CALLS, now) {
            Ok(()) => refused,
            Err(until) => CallRefused::TooMany(until),
        }
    }
}

fn bad_calls(address: ClientAddress) -> String {
    format!("bad calls/{}", address.counted())
}
