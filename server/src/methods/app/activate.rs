//! A phone comes with a single-use code (steps 2 to 4 of the activation).

use countersign_protocol::{
    Activation, ActivationCode, ActivationReply, AgreementKey, Check, CodeForm, CodeSecret, DeviceId, Hash,
    PublicKey, Status, UnixSeconds, Verified,
};

use crate::failure::Failure;
use crate::journal::{Happened, Line};
use crate::rules::device::Standing;
use crate::rules::grounds::Grounds;
use crate::rules::tally::{ACTIVATIONS_AGAIN, WRONG_ACTIVATIONS};
use crate::rules::{ClientAddress, CodePolicy};
use crate::service::{Service, kept_hash};
use crate::store::activations::{self, ActivationRow};
use crate::store::devices::{self, Device, SealedCodes, code_place};
use crate::store::{Change, Db, persons, sessions};

/// After so many seconds a phone comes again that was turned away because too many waited.
const BUSY: u64 = 5;

/// What a phone gets: a reply, or only the status when it was removed meanwhile.
pub(crate) struct Activated {
    pub(crate) status: Status,
    pub(crate) reply: Option<ActivationReply>,
}

/// Why a phone that comes with a code gets nothing.
pub(crate) enum ActivationRefused {
    /// The call is malformed, or names a key that is no new one.
    BadCall,
    /// Nothing has this code.
    Unknown,
    /// The code is over.
    Expired,
    /// Another phone has used the code.
    Used,
    /// Slow down until then.
    TooMany(UnixSeconds),
    /// Our own fault.
    Failed(Failure),
}

impl From<Failure> for ActivationRefused {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// A phone that came, and what was made for it before the transaction.
struct ArrivedPhone {
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
    ) -> Result<Activated, ActivationRefused> {
        let (now, code) = (self.now(), &activation.code);
        let count = format!("activation/{}", address.counted());
        let full = self.counts().full_until(&count, WRONG_ACTIVATIONS, now);
        // A typed code could be guessed. A scanned one cannot, so nobody at the same address can keep it out.
        if let (ActivationCode::Typed(_), Some(until)) = (code, full) {
            return Err(ActivationRefused::TooMany(until));
        }
        // Deriving the check costs too much to do it for everybody who asks: what gives nothing is refused before.
        let mut db = self.store().read().await.map_err(Failure::from)?;
        let found = Found::by_code(&mut db, code).await?;
        drop(db);
        if let Some(refused) = found.refusal(&activation, now) {
            self.counts().take(&count, WRONG_ACTIVATIONS, now).map_err(ActivationRefused::TooMany)?;
            if found.is_untold_rival(&activation) {
                self.tell_of_rival(activation.into_payload()).await?;
            }
            return Err(refused);
        }
        if let Found { row: Some(row), first: Some(_) } = &found {
            let again = format!("activation again/{}", row.id);
            self.counts().take(&again, ACTIVATIONS_AGAIN, now).map_err(ActivationRefused::TooMany)?;
        }
        let agreed = agree(self.policy().codes, &activation.keys.agreement, activation.hash())?;
        let identity = self.keys().server().into();
        let (device_key, approval_key) = (activation.keys.device.key, activation.keys.approval.key);
        let derive = move || Check::derive(identity, device_key.thumbprint(), approval_key.thumbprint());
        let turn = self.turns().in_time(self.turns().take(address, &kept_hash(&code.expose()))).await;
        let Some(turn) = turn.flatten() else {
            self.store().journal().write(&Line {
                person: None,
                address: Some(address),
                what: Happened::Busy,
            });
            return Err(ActivationRefused::TooMany(now.plus(BUSY)));
        };
        let check = turn.work(derive).await?;
        let arrived = ArrivedPhone { activation: activation.into_payload(), check, agreed };
        self.write(arrived, |change, service, arrived| Box::pin(take(change, service, arrived))).await?
    }

    async fn tell_of_rival(&self, rival: Activation) -> Result<(), Failure> {
        self.write(rival, |change, _, rival| {
            Box::pin(async move {
                let found = Found::by_code(change.db(), &rival.code).await?;
                found.tell_of_rival(change, rival).await
            })
        })
        .await
    }
}

/// What a code leads to.
struct Found {
    row: Option<ActivationRow>,
    /// The phone that has the code.
    first: Option<Device>,
}

impl Found {
    async fn by_code(db: &mut Db, code: &ActivationCode) -> Result<Self, Failure> {
        let row = activations::find_by_code(db, &kept_hash(&code.expose())).await?;
        let first = match row.as_ref().and_then(|row| row.device) {
            Some(first) => devices::find(db, first).await?,
            None => None,
        };
        Ok(Self { row, first })
    }

    /// Whether this is another phone than the one that has the code.
    fn is_rival(&self, activation: &Activation) -> bool {
        let is_taken = self.row.as_ref().is_some_and(|row| row.device.is_some());
        let key = activation.keys.device.key;
        is_taken && self.first.as_ref().is_none_or(|first| first.device_key != key)
    }

    fn is_untold_rival(&self, activation: &Activation) -> bool {
        self.is_rival(activation) && self.row.as_ref().is_some_and(|row| row.also_tried_by.is_none())
    }

    /// The page names the first other phone that came with a code that is taken (I3), and no more of them.
    async fn tell_of_rival(&self, change: &mut Change, rival: &Activation) -> Result<(), Failure> {
        if let Some(row) = self.row.as_ref().filter(|_| self.is_untold_rival(rival)) {
            activations::also_tried(change.db(), row.id, &rival.name).await?;
            change.wake(row.account);
        }
        Ok(())
    }

    /// Why the code gives the phone nothing; None if it may.
    fn refusal(&self, activation: &Activation, now: UnixSeconds) -> Option<ActivationRefused> {
        match (&self.row, &self.first) {
            (None, _) => Some(ActivationRefused::Unknown),
            (Some(_), _) if self.is_rival(activation) => Some(ActivationRefused::Used),
            (Some(row), None) => (!row.is_open(now)).then_some(ActivationRefused::Expired),
            // Who was removed is told that.
            (Some(_), Some(first)) if matches!(first.standing.at(now), Standing::Removed(_)) => None,
            (Some(row), Some(first)) if first.has_waited || row.confirmed.is_some() => {
                Some(ActivationRefused::Used)
            }
            // The same one once more would give the server another secret of codes than the phone has.
            (Some(_), Some(first)) => {
                (activation.iat <= first.activation_time).then_some(ActivationRefused::BadCall)
            }
        }
    }
}

fn agree(
    form: Option<CodePolicy>,
    phone: &PublicKey,
    salt: Hash,
) -> Result<Option<Agreed>, ActivationRefused> {
    let Some(form) = form else { return Ok(None) };
    let key = AgreementKey::make().map_err(|_| Failure::Signing("no randomness for a key"))?;
    let public = *key.public();
    // The phone's key is not on the curve: nobody else can make that mistake.
    let secret = key.agree(phone, salt).map_err(|_| ActivationRefused::BadCall)?;
    Ok(Some(Agreed { public, secret, form }))
}

/// Looks again: another phone may have been faster. What is refused is committed, too.
async fn take(
    change: &mut Change,
    service: &Service,
    arrived: &ArrivedPhone,
) -> Result<Result<Activated, ActivationRefused>, Failure> {
    let now = service.now();
    let found = Found::by_code(change.db(), &arrived.activation.code).await?;
    if let Some(refused) = found.refusal(&arrived.activation, now) {
        found.tell_of_rival(change, &arrived.activation).await?;
        return Ok(Err(refused));
    }
    match found {
        Found { row: None, .. } => Ok(Err(ActivationRefused::Unknown)),
        Found { row: Some(row), first: None } => first(change, service, arrived, &row, now).await,
        Found { row: Some(row), first: Some(old) } => again(change, service, arrived, &row, &old, now).await,
    }
}

async fn first(
    change: &mut Change,
    service: &Service,
    arrived: &ArrivedPhone,
    row: &ActivationRow,
    now: UnixSeconds,
) -> Result<Result<Activated, ActivationRefused>, Failure> {
    let keys = &arrived.activation.keys;
    for key in [keys.device.key.thumbprint(), keys.approval.key.thumbprint()] {
        // A key names one phone of one account; one that was used before proves nothing new.
        if devices::find_by_key(change.db(), key).await?.is_some() {
            return Ok(Err(ActivationRefused::BadCall));
        }
    }
    let id = DeviceId::make(service.random());
    let until = now.plus(service.policy().pending_life);
    let session = sessions::find(change.db(), row.session, now).await?;
    let grounds = session.map(|session| session.grounds).unwrap_or_default();
    let device = device(service, arrived, row, (id, grounds), Standing::Pending { until }, now)?;
    devices::insert(change, &device).await?;
    activations::take(change.db(), row.id, id, &arrived.activation.name).await?;
    change.wake(row.account);
    reply(change, service, arrived, row, id).await.map(Ok)
}

/// The same device key may come again until its first wait, each time later: a lost reply costs nothing.
async fn again(
    change: &mut Change,
    service: &Service,
    arrived: &ArrivedPhone,
    row: &ActivationRow,
    old: &Device,
    now: UnixSeconds,
) -> Result<Result<Activated, ActivationRefused>, Failure> {
    if let Standing::Removed(reason) = old.standing.at(now) {
        return Ok(Ok(Activated { status: Status::Removed(reason), reply: None }));
    }
    let approval = arrived.activation.keys.approval.key.thumbprint();
    let has_new_key = approval != old.approval_key.thumbprint();
    if has_new_key && devices::find_by_key(change.db(), approval).await?.is_some() {
        return Ok(Err(ActivationRefused::BadCall));
    }
    let new = device(service, arrived, row, (old.id, old.grounds), old.standing, now)?;
    devices::activate_again(change.db(), old, &new).await?;
    change.wake(row.account);
    reply(change, service, arrived, row, old.id).await.map(Ok)
}

fn device(
    service: &Service,
    arrived: &ArrivedPhone,
    row: &ActivationRow,
    (id, grounds): (DeviceId, Grounds),
    standing: Standing,
    now: UnixSeconds,
) -> Result<Device, Failure> {
    let Activation { iat, keys, name, platform, app, wakes, .. } = &arrived.activation;
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
        check: arrived.check.clone(),
        activation_time: *iat,
        has_waited: false,
        wakes: wakes.clone(),
        codes: arrived.agreed.as_ref().map(sealed).transpose()?,
        added: now,
        tested: None,
        last_answer: None,
    })
}

async fn reply(
    change: &mut Change,
    service: &Service,
    arrived: &ArrivedPhone,
    row: &ActivationRow,
    device: DeviceId,
) -> Result<Activated, Failure> {
    let person = persons::find(change.db(), row.account).await?;
    let codes = arrived.agreed.as_ref().map(|Agreed { public, form, .. }| CodeForm {
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
