//! A phone comes with a single-use code (steps 2 to 4 of the activation).

use countersign_protocol::{
    Activation, ActivationCode, ActivationReply, AgreementKey, Check, CodeForm, CodeSecret, DeviceId, Hash,
    PublicKey, Status, UnixSeconds, Verified,
};

use crate::api::CallRefused;
use crate::rules::device::Standing;
use crate::rules::grounds::Grounds;
use crate::rules::tally::WRONG_ACTIVATIONS;
use crate::rules::{ClientAddress, CodePolicy};
use crate::service::{Failure, Service, kept_hash};
use crate::store::activations::{self, ActivationRow};
use crate::store::devices::{self, Device, SealedCodes, code_place};
use crate::store::{Change, persons, sessions};

/// What a phone gets: a reply, or only the status when it was removed meanwhile.
pub(crate) struct Activated {
    pub(crate) status: Status,
    pub(crate) reply: Option<ActivationReply>,
}

/// A phone that came, and what was made for it before the transaction.
struct Coming {
    activation: Activation,
    check: Check,
    agreed: Option<Agreed>,
}

struct Agreed {
    public: PublicKey,
    secret: CodeSecret,
    form: CodePolicy,
}

impl Service {
    /// Gives a phone the account of the code that it brought; the first phone has it.
    pub(crate) async fn activate(
        &self,
        activation: Verified<Activation>,
        address: ClientAddress,
    ) -> Result<Activated, CallRefused> {
        let (now, code) = (self.now(), &activation.code);
        let count = format!("activation/{}", address.counted());
        let full = self.counts().full_until(&count, WRONG_ACTIVATIONS, now);
        // A typed code could be guessed. A scanned one cannot, so nobody at the same address can keep it out.
        if let (ActivationCode::Typed(_), Some(until)) = (code, full) {
            return Err(CallRefused::TooMany(until));
        }
        // Looked for once before the check is derived, which costs too much to do for everybody who asks.
        if !self.is_known(&kept_hash(&code.expose())).await? {
            self.counts().take(&count, WRONG_ACTIVATIONS, now).map_err(CallRefused::TooMany)?;
            return Err(CallRefused::ActivationUnknown);
        }
        let agreed = agree(self.policy().codes, &activation.keys.agreement, activation.hash())?;
        let identity = self.keys().server().into();
        let (device_key, approval_key) = (activation.keys.device.key, activation.keys.approval.key);
        let derive = move || Check::derive(identity, device_key.thumbprint(), approval_key.thumbprint());
        let check = tokio::task::spawn_blocking(derive).await.map_err(|_| Failure::Hashing)?;
        let coming = Coming { activation: activation.into_payload(), check, agreed };
        self.write(coming, |change, service, coming| Box::pin(take(change, service, coming))).await?
    }

    async fn is_known(&self, code: &str) -> Result<bool, Failure> {
        let mut db = self.store().read().await?;
        Ok(activations::find_by_code(&mut db, code).await?.is_some())
    }
}

fn agree(form: Option<CodePolicy>, phone: &PublicKey, salt: Hash) -> Result<Option<Agreed>, CallRefused> {
    let Some(form) = form else { return Ok(None) };
    let key = AgreementKey::make().map_err(|_| Failure::Signing("no randomness for a key"))?;
    let public = *key.public();
    // The phone's key is not on the curve: nobody else can make that mistake.
    let secret = key.agree(phone, salt).map_err(|_| CallRefused::BadCall)?;
    Ok(Some(Agreed { public, secret, form }))
}

/// What is refused is committed, too: the page names another phone that tried.
async fn take(
    change: &mut Change,
    service: &Service,
    coming: &Coming,
) -> Result<Result<Activated, CallRefused>, Failure> {
    let now = service.now();
    let code = kept_hash(&coming.activation.code.expose());
    let Some(row) = activations::find_by_code(change.db(), &code).await? else {
        return Ok(Err(CallRefused::ActivationUnknown));
    };
    match row.device {
        Some(first) => again(change, service, coming, &row, first, now).await,
        None if row.is_open(now) => first(change, service, coming, &row, now).await,
        None => Ok(Err(CallRefused::ActivationExpired)),
    }
}

async fn first(
    change: &mut Change,
    service: &Service,
    coming: &Coming,
    row: &ActivationRow,
    now: UnixSeconds,
) -> Result<Result<Activated, CallRefused>, Failure> {
    let keys = &coming.activation.keys;
    for key in [keys.device.key.thumbprint(), keys.approval.key.thumbprint()] {
        // A key names one phone of one account; one that was used before proves nothing new.
        if devices::find_by_key(change.db(), key).await?.is_some() {
            return Ok(Err(CallRefused::BadCall));
        }
    }
    let id = DeviceId::make(service.random());
    let until = now.plus(service.policy().pending_life);
    let session = sessions::find(change.db(), row.session, now).await?;
    let grounds = session.map(|session| session.grounds).unwrap_or_default();
    let device = device(service, coming, row, (id, grounds), Standing::Pending { until }, now)?;
    devices::insert(change.db(), &device).await?;
    activations::take(change.db(), &row.id, id, &coming.activation.name).await?;
    change.wake(row.account);
    reply(change, service, coming, row, id).await.map(Ok)
}

/// The same device key may come again until its first wait, each time later: a lost reply costs nothing.
async fn again(
    change: &mut Change,
    service: &Service,
    coming: &Coming,
    row: &ActivationRow,
    first: DeviceId,
    now: UnixSeconds,
) -> Result<Result<Activated, CallRefused>, Failure> {
    let old = devices::find(change.db(), first).await?;
    let Some(old) = old.filter(|old| old.device_key == coming.activation.keys.device.key) else {
        activations::also_tried(change.db(), &row.id, &coming.activation.name).await?;
        change.wake(row.account);
        return Ok(Err(CallRefused::ActivationUsed));
    };
    if let Standing::Removed(reason) = old.standing.at(now) {
        return Ok(Ok(Activated { status: Status::Removed(reason), reply: None }));
    }
    if old.has_waited || row.confirmed.is_some() {
        return Ok(Err(CallRefused::ActivationUsed));
    }
    let approval = coming.activation.keys.approval.key.thumbprint();
    let has_new_key = approval != old.approval_key.thumbprint();
    let is_taken = has_new_key && devices::find_by_key(change.db(), approval).await?.is_some();
    // The same one once more would give the server another secret of codes than the phone has.
    if coming.activation.iat <= old.activation_time || is_taken {
        return Ok(Err(CallRefused::BadCall));
    }
    let new = device(service, coming, row, (first, old.grounds), old.standing, now)?;
    devices::activate_again(change.db(), &old, &new).await?;
    change.wake(row.account);
    reply(change, service, coming, row, first).await.map(Ok)
}

fn device(
    service: &Service,
    coming: &Coming,
    row: &ActivationRow,
    (id, grounds): (DeviceId, Grounds),
    standing: Standing,
    now: UnixSeconds,
) -> Result<Device, Failure> {
    let Activation { iat, keys, name, platform, app, wakes, .. } = &coming.activation;
    let sealed = |agreed: &Agreed| {
        let secret = service.store().seal().seal(code_place(&id.to_string()), agreed.secret.expose())?;
        Ok::<_, Failure>(SealedCodes { secret, form: agreed.form })
    };
    Ok(Device {
        id,
        account: row.account,
        standing,
        added_in: row.session,
        grounds,
        device_key: keys.device.key,
        approval_key: keys.approval.key,
        name: Some(name.clone()),
        platform: *platform,
        app: Some(app.clone()),
        storage: keys.approval.storage,
        presence: keys.approval.presence,
        check: coming.check.clone(),
        activation_time: *iat,
        has_waited: false,
        wakes: wakes.clone(),
        codes: coming.agreed.as_ref().map(sealed).transpose()?,
        added: now,
        tested: None,
        last_answer: None,
    })
}

async fn reply(
    change: &mut Change,
    service: &Service,
    coming: &Coming,
    row: &ActivationRow,
    device: DeviceId,
) -> Result<Activated, Failure> {
    let person = persons::find(change.db(), row.account).await?;
    let codes = coming.agreed.as_ref().map(|Agreed { public, form, .. }| CodeForm {
        agreement: *public,
        algorithm: form.algorithm,
        digits: form.digits,
        period: form.period,
    });
    let reply = ActivationReply {
        server: service.keys().statement().to_owned(),
        account: row.account,
        device,
        profile: service.profile(&person),
        codes,
    };
    Ok(Activated { status: Status::Pending, reply: Some(reply) })
}
