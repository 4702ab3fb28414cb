//! What a person can use, and which of it a sign-in offers first.

use countersign_protocol::{AccountId, Text, UnixSeconds};

use super::sessions::SessionState;
use super::{Service, Session};
use crate::failure::Failure;
use crate::rules::device::Standing;
use crate::rules::method::Usable;
use crate::rules::set_up::Stage;
use crate::rules::{Policy, SignInMethod};
use crate::store::devices::Device;
use crate::store::{Change, StoreFailed, devices, persons};

/// A way of two-step verification that a person can use.
#[derive(Clone, Debug)]
pub struct MethodView {
    /// Which.
    pub method: SignInMethod,
    /// The names of the phones that do it, oldest first.
    pub phones: Vec<Text<64>>,
    /// Whether a sign-in offers it first.
    pub is_default: bool,
}

impl Service {
    /// What the person can use, the strongest first; nothing before all was proved.
    ///
    /// # Errors
    /// [`Failure`] on our side.
    pub async fn methods(&self, session: &Session) -> Result<Vec<MethodView>, Failure> {
        let mut db = self.store().read().await?;
        let found = SessionState::find(&mut db, self, session.id, self.now()).await?;
        let proved = found.filter(|state| state.session.stage != Stage::First);
        Ok(proved.map(|state| views(&state)).unwrap_or_default())
    }

    /// Has sign-ins offer this method first, while Security info is open for changes. False when it is not, or when
    /// the person cannot use that method.
    ///
    /// # Errors
    /// [`Failure`] on our side.
    pub async fn make_default(&self, session: &Session, method: SignInMethod) -> Result<bool, Failure> {
        self.write((session.id, method), |change, service, (id, method)| {
            Box::pin(async move {
                let found = SessionState::find(change.db(), service, *id, service.now()).await?;
                let may = |found: &SessionState| found.may_change() && found.usable.has(*method);
                let Some(state) = found.filter(may) else { return Ok(false) };
                persons::set_default(change, &state.person, Some(*method)).await?;
                change.wake(state.person.account);
                Ok(true)
            })
        })
        .await
    }
}

pub(crate) fn views(state: &SessionState) -> Vec<MethodView> {
    let default = state.default();
    let usable = SignInMethod::ALL.into_iter().filter(|method| state.usable.has(*method));
    let view = |method| {
        let phones = state.phones.iter().filter(|phone| does(phone, method));
        MethodView {
            method,
            phones: phones.filter_map(|phone| phone.name.clone()).collect(),
            is_default: default == Some(method),
        }
    };
    usable.map(view).collect()
}

/// Whether a phone serves for a method, whatever the organisation takes.
fn does(phone: &Device, method: SignInMethod) -> bool {
    match method {
        SignInMethod::App => phone.standing == Standing::Active,
        SignInMethod::Code => phone.standing.is_saved() && phone.codes.is_some(),
    }
}

/// What a person with these phones can use.
pub(crate) fn usable(phones: &[Device], policy: &Policy) -> Usable {
    Usable {
        app: phones.iter().any(|phone| does(phone, SignInMethod::App)),
        code: policy.codes.is_some() && phones.iter().any(|phone| does(phone, SignInMethod::Code)),
    }
}

/// What a person can use now.
pub(crate) async fn usable_now(
    change: &mut Change,
    service: &Service,
    account: AccountId,
    now: UnixSeconds,
) -> Result<Usable, StoreFailed> {
    Ok(usable(&devices::of_person(change.db(), account, now).await?, service.policy()))
}

/// After a change of the person's phones: decides what a sign-in offers first (S28, I8).
pub(crate) async fn settle(
    change: &mut Change,
    service: &Service,
    account: AccountId,
    before: Usable,
    now: UnixSeconds,
) -> Result<(), StoreFailed> {
    let person = persons::find(change.db(), account).await?;
    let default =
        usable_now(change, service, account, now).await?.default_after(before, person.default_method);
    if default == person.default_method {
        return Ok(());
    }
    persons::set_default(change, &person, default).await
}
