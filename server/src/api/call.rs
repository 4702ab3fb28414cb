//! Each call: what it asks of the service, and the reply.

use std::time::Duration;

use axum::body::Body;
use axum::http::header::HeaderMap;
use countersign_protocol::{
    Activation, Answer, Call, CallId, DeviceId, Removal, Reply, ReplyBody, Status, UnixSeconds, Unverified,
    Update, Wait,
};
use tokio::time::Instant;

use super::{Api, CallRefused};
use crate::methods::app::answer::AnswerOutcome;
use crate::methods::app::wait::WaitView;
use crate::rules::ClientAddress;
use crate::store::devices::Device;

/// `iat` of `wait` and `update` must be so near to the server's clock, in seconds.
const SKEW: u64 = 120;

type Replied = Result<String, CallRefused>;

pub(super) async fn activation(
    api: &Api,
    address: ClientAddress,
    headers: &HeaderMap,
    body: Body,
) -> Replied {
    let jws = api.read::<Activation>(headers, body).await?;
    let activation = Unverified::<Activation>::parse(&jws)?.verify_inside()?;
    if activation.server() != api.service.keys().server() {
        return Err(CallRefused::BadCall);
    }
    let (to, call) = (activation.iss.to_string(), activation.id());
    let activated = api.service.activate(activation, address).await?;
    api.reply(to, call, activated.status, activated.reply)
}

/// The long poll: at once when something differs from what the phone has, else after its hold.
pub(super) async fn wait(api: &Api, headers: &HeaderMap, body: Body) -> Replied {
    let jws = api.read::<Wait>(headers, body).await?;
    let (wait, phone) = api.call::<Wait>(&jws).await?;
    if is_skewed(wait.iat, api.service.now()) {
        return api.reply::<<Wait as Call>::Reply>(wait.iss.to_string(), wait.jti, Status::ClockSkew, None);
    }
    if !phone.has_waited {
        api.service.first_wait(phone.id).await?;
    }
    let view = hold(api, &wait, &phone).await?;
    api.reply(wait.iss.to_string(), wait.jti, view.status, view.reply)
}

async fn hold(api: &Api, wait: &Wait, phone: &Device) -> Result<WaitView, CallRefused> {
    let mut open = api.polls.open(phone.id);
    let mut closing = api.service.closing();
    let until = Instant::now() + Duration::from_secs(wait.hold.seconds().into());
    loop {
        // Listening begins before the look, so that a change between the two is not missed.
        let mut listening = api.service.listen(phone.account);
        let view = api.service.wait_view(phone.id, wait.have).await?.ok_or(CallRefused::UnknownDevice)?;
        let left = until.saturating_duration_since(Instant::now());
        if view.is_news || left.is_zero() || open.is_released() || *closing.borrow() {
            return Ok(view);
        }
        let by_time = view.changes_at.map(|at| Duration::from_secs(at.since(api.service.now())));
        tokio::select! {
            () = listening.changed(by_time.map_or(left, |by_time| by_time.min(left))) => {}
            () = open.released() => {}
            _ = closing.changed() => {}
        }
    }
}

pub(super) async fn answer(api: &Api, address: ClientAddress, headers: &HeaderMap, body: Body) -> Replied {
    let jws = api.read::<Answer>(headers, body).await?;
    let (answer, phone) = api.call::<Answer>(&jws).await?;
    let (to, call) = (phone.id, answer.jti);
    let verdict = match api.service.answer(answer, address).await? {
        AnswerOutcome::Verdict(verdict) => Some(verdict),
        AnswerOutcome::NotThisCard => return Err(CallRefused::BadCall),
        AnswerOutcome::Removed => None,
    };
    api.reply_with_status(to, call, verdict).await
}

pub(super) async fn update(api: &Api, headers: &HeaderMap, body: Body) -> Replied {
    let jws = api.read::<Update>(headers, body).await?;
    let (update, phone) = api.call::<Update>(&jws).await?;
    let call = update.jti;
    if is_skewed(update.iat, api.service.now()) {
        return api.reply::<<Update as Call>::Reply>(phone.id.to_string(), call, Status::ClockSkew, None);
    }
    api.service.update(update).await?;
    api.reply_with_status::<<Update as Call>::Reply>(phone.id, call, None).await
}

pub(super) async fn removal(api: &Api, headers: &HeaderMap, body: Body) -> Replied {
    let jws = api.read::<Removal>(headers, body).await?;
    let (removal, phone) = api.call::<Removal>(&jws).await?;
    api.service.remove(removal).await?;
    api.reply_with_status::<<Removal as Call>::Reply>(phone.id, removal.jti, None).await
}

fn is_skewed(by_phone: UnixSeconds, now: UnixSeconds) -> bool {
    by_phone.offset_from(now).unsigned_abs() > SKEW
}

impl Api {
    async fn reply_with_status<B: ReplyBody>(&self, to: DeviceId, call: CallId, body: Option<B>) -> Replied {
        let status = self.service.status(to).await?.ok_or(CallRefused::UnknownDevice)?;
        // Whoever is removed by this very call is told that, and nothing else.
        let body = body.filter(|_| !matches!(status, Status::Removed(_)));
        self.reply(to.to_string(), call, status, body)
    }

    fn reply<B: ReplyBody>(&self, aud: String, re: CallId, status: Status, body: Option<B>) -> Replied {
        let keys = self.service.keys();
        let reply = Reply { iss: keys.server(), aud, iat: self.service.now(), re, status, body };
        Ok(keys.sign(&reply)?)
    }
}
