//! Adding a phone, as the pages see it: the code, and where it has come to.

use std::sync::atomic::{AtomicU64, Ordering};

use countersign_protocol::{
    ActivationCode, ActivationLink, BaseUrl, Check, Random, RemovalReason, Text, TypedCode, TypedPin,
    UnixSeconds,
};

use super::requests::{RequestView, view};
use crate::failure::Failure;
use crate::ids::ActivationId;
use crate::keys::Whereabouts;
use crate::rules::device::Standing;
use crate::rules::tally::{ACTIVATIONS, TESTS};
use crate::service::security_info::phone_view;
use crate::service::sessions::{SessionState, remove_unsaved};
use crate::service::{CodeUse, PhoneView, Service, Session, SessionCookie, kept_hash};
use crate::store::activations::ActivationRow;
use crate::store::requests as rows;
use crate::store::{StoreFailed, activations, devices, tallies};

/// Where adding a phone has come to in a session, in the wizard and on Security info alike.
#[derive(Debug)]
pub enum SetUp {
    /// The session may not add a phone now (rules 12 and 13).
    Closed,
    /// It may: no code is shown yet.
    Ready,
    /// A code waits to be scanned or typed.
    Code(Box<CodeView>),
    /// The code's ten minutes were over before a phone came: a new one with one press (I3).
    CodeExpired,
    /// A phone came: "Is this your phone?"
    Check {
        /// The phone, as it says of itself.
        phone: Box<PhoneView>,
        /// The characters that the phone shows, too.
        check: Check,
        /// The name of another phone that used the same code later (I3).
        also_tried_by: Option<Text<64>>,
    },
    /// "Yes" was pressed: the newest test request.
    Test {
        /// The phone's name.
        phone: Text<64>,
        /// The request and how it ended.
        request: Box<RequestView>,
        /// How many tests may follow.
        tests_left: usize,
    },
    /// The test was approved; on Security info nothing has changed until Save (S67).
    Save {
        /// The phone's name.
        phone: Text<64>,
    },
    /// The phone is saved.
    Saved {
        /// The phone's name.
        phone: Text<64>,
        /// Whether it makes codes and approves nothing, because a code proved it (I2).
        codes_only: bool,
    },
    /// The phone that came was removed before it was saved, or after: with the reason.
    Removed {
        /// The phone's name.
        phone: Text<64>,
        /// Why.
        reason: RemovalReason,
    },
}

/// What the page shows while a code waits.
#[derive(Debug)]
pub struct CodeView {
    /// What the QR code holds and the link of "Open in the app on this device" leads to (I7).
    pub link: ActivationLink,
    /// What is typed instead, once [`show_typed_code`](Service::show_typed_code) made it (S25).
    pub typed: Option<TypedView>,
    /// When it is too late.
    pub expires: UnixSeconds,
}

/// What a person types when the QR code cannot be read.
#[derive(Debug)]
pub struct TypedView {
    /// The code.
    pub code: TypedCode,
    /// The URL: the origin of the base URL.
    pub origin: BaseUrl,
    /// What stands behind the URL and a `#`, where the certificate is not public.
    pub pin: Option<TypedPin>,
}

/// What asking for a code led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShowCode {
    /// [`set_up`](crate::Service::set_up) shows it.
    Shown,
    /// Five codes an hour are the most; again from then on.
    TooMany(UnixSeconds),
    /// Five phones are the most there can be.
    TooManyPhones,
    /// The session may not add a phone now.
    Closed,
}

/// What "Use a code instead" led to while a phone is added (I2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The code was right: the phone is saved for codes only.
    Saved,
    /// It was not.
    Not(CodeUse),
}

impl Service {
    /// Where adding a phone has come to in this session.
    ///
    /// # Errors
    /// [`Failure`] on our side.
    pub async fn set_up(&self, session: &Session) -> Result<SetUp, Failure> {
        let now = self.now();
        let mut db = self.store().read().await?;
        let Some(state) = SessionState::find(&mut db, self, session.id, now).await? else {
            return Ok(SetUp::Closed);
        };
        let activation = activations::of_session(&mut db, session.id).await?;
        let device = match &activation {
            Some(ActivationRow { device: Some(device), .. }) => devices::find(&mut db, *device).await?,
            _ => None,
        };
        let may_add = state.may_add();
        let (Some(activation), device) = (activation, device) else {
            return Ok(if may_add { SetUp::Ready } else { SetUp::Closed });
        };
        let Some(device) = device else {
            return Ok(match (may_add, activation.is_open(now)) {
                (false, _) => SetUp::Closed,
                (true, true) => SetUp::Code(Box::new(self.code_view(session, &activation))),
                (true, false) => SetUp::CodeExpired,
            });
        };
        let phone = activation.phone.ok_or(StoreFailed::Damaged("phone"))?;
        Ok(match device.standing.at(now) {
            Standing::Removed(reason) => SetUp::Removed { phone, reason },
            Standing::Active => SetUp::Saved { phone, codes_only: false },
            Standing::CodesOnly => SetUp::Saved { phone, codes_only: true },
            Standing::Pending { .. } if device.tested.is_some() => SetUp::Save { phone },
            Standing::Pending { .. } => {
                let test = match activation.confirmed {
                    Some(_) => rows::newest(&mut db, session.id, Some(device.id)).await?,
                    None => None,
                };
                match test {
                    Some(test) => {
                        let tally = tallies::find(&mut db, &test.counted_as).await?.tally;
                        let request = Box::new(view(&mut db, self, test).await?);
                        SetUp::Test { phone, request, tests_left: tally.left(TESTS, now) }
                    }
                    None => {
                        let phone = Box::new(phone_view(&device)?);
                        SetUp::Check { phone, check: device.check, also_tried_by: activation.also_tried_by }
                    }
                }
            }
        })
    }

    /// Makes a new code for this session; it ends an earlier one and removes a phone that came by it and is not saved.
    ///
    /// # Errors
    /// [`Failure`] on our side.
    pub async fn show_code(&self, session: &Session) -> Result<ShowCode, Failure> {
        self.write(session.clone(), |change, service, session| {
            Box::pin(async move {
                let now = service.now();
                let found = SessionState::find(change.db(), service, session.id, now).await?;
                let Some(state) = found.filter(SessionState::may_add) else { return Ok(ShowCode::Closed) };
                if state.saved().count() >= service.policy().most_phones {
                    return Ok(ShowCode::TooManyPhones);
                }
                let count = format!("activations/{}", session.id);
                let mut stored = tallies::find(change.db(), &count).await?;
                if let Some(until) = stored.tally.full_until(ACTIVATIONS, now) {
                    return Ok(ShowCode::TooMany(until));
                }
                stored.tally.add(now);
                tallies::put(change.db(), &count, stored, ACTIVATIONS.within, now).await?;
                let (account, own) = (session.account, |other| other == session.id);
                remove_unsaved(change, account, own, now).await?;
                let id = ActivationId::make(service.random());
                let activation = ActivationRow {
                    code: kept_hash(&derive_code(session, id).expose()),
                    id,
                    session: session.id,
                    account,
                    typed: None,
                    made: now,
                    expires: now.plus(service.policy().activation_life),
                    ended: None,
                    device: None,
                    phone: None,
                    confirmed: None,
                    also_tried_by: None,
                };
                activations::insert(change.db(), &activation).await?;
                change.wake(account);
                Ok(ShowCode::Shown)
            })
        })
        .await
    }

    /// "Can't scan": makes the typed form of the code that is shown (S25).
    ///
    /// # Errors
    /// [`Failure`] on our side.
    pub async fn show_typed_code(&self, session: &Session) -> Result<ShowCode, Failure> {
        self.write(session.clone(), |change, service, session| {
            Box::pin(async move {
                let shown = activations::of_session(change.db(), session.id).await?;
                let is_open = |shown: &ActivationRow| shown.is_open(service.now()) && shown.device.is_none();
                let Some(shown) = shown.filter(is_open) else { return Ok(ShowCode::Closed) };
                let typed = derive_typed_code(session, shown.id);
                activations::set_typed(change.db(), shown.id, &kept_hash(typed.expose())).await?;
                change.wake(session.account);
                Ok(ShowCode::Shown)
            })
        })
        .await
    }

    fn code_view(&self, session: &Session, activation: &ActivationRow) -> CodeView {
        let Whereabouts { base, pin, .. } = self.whereabouts();
        CodeView {
            link: ActivationLink {
                base: base.clone(),
                code: derive_code(session, activation.id),
                server: self.keys().server(),
                tls_key: *pin,
            },
            typed: activation.typed.as_ref().map(|_| TypedView {
                code: derive_typed_code(session, activation.id),
                origin: base.origin(),
                pin: pin.as_ref().map(TypedPin::of),
            }),
            expires: activation.expires,
        }
    }
}

/// The code is made of the session's cookie, which only the browser keeps: so a page can show it again, and the store
/// has no more than its hash.
fn derive_code(session: &Session, activation: ActivationId) -> ActivationCode {
    ActivationCode::make(&Derived::of(&session.cookie, "activation code", activation))
}

fn derive_typed_code(session: &Session, activation: ActivationId) -> TypedCode {
    TypedCode::make(&Derived::of(&session.cookie, "typed code", activation))
}

/// Bytes derived from a cookie: whoever has not got the cookie cannot tell them from random ones.
struct Derived<'a> {
    cookie: &'a SessionCookie,
    purpose: String,
    block: AtomicU64,
}

impl<'a> Derived<'a> {
    fn of(cookie: &'a SessionCookie, what: &str, id: ActivationId) -> Self {
        Self { cookie, purpose: format!("{what}/{id}"), block: AtomicU64::new(0) }
    }
}

impl Random for Derived<'_> {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let block = self.block.fetch_add(1, Ordering::Relaxed);
            let derived = self.cookie.derive(format!("{}/{block}", self.purpose).as_bytes());
            for (to, from) in chunk.iter_mut().zip(derived.as_bytes()) {
                *to = *from;
            }
        }
    }
}
