//! One-time codes of the app (RFC 6238): each good once, one step either way.

use countersign_protocol::{CodeAlgorithm, DeviceId, Number, UnixSeconds};

use crate::failure::Failure;
use crate::journal::Happened;
use crate::rules::CodePolicy;
use crate::rules::request::Event;
use crate::rules::set_up::Stage;
use crate::rules::tally::{WRONG_CODES, WRONG_CODES_IN_ALL};
use crate::service::sessions::SessionState;
use crate::service::{CodeUse, Service, Session};
use crate::store::devices::{Device, code_place};
use crate::store::sessions::{self, SessionRow};
use crate::store::tallies::{self, Count};
use crate::store::{Change, Seal, StoreFailed, devices};

use crate::service::requests::end_waiting;

impl Service {
    /// "Use a code instead": at [`Step::Prove`](crate::Step::Prove) it signs in, at [`Step::Full`](crate::Step::Full)
    /// it opens Security info for changes.
    ///
    /// # Errors
    /// [`Failure`] on our side.
    pub async fn use_code(&self, session: &Session, typed: &str) -> Result<CodeUse, Failure> {
        self.write((session.id, typed.to_owned()), |change, service, (id, typed)| {
            Box::pin(async move {
                let now = service.now();
                let found = SessionState::find(change.db(), service, *id, now).await?;
                let Some(state) = found else { return Ok(CodeUse::NotNow) };
                let stage = state.session.stage;
                let phones: Vec<&Device> = state.saved().filter(|phone| phone.codes.is_some()).collect();
                if stage == Stage::Proved || !state.usable.code {
                    return Ok(CodeUse::NotNow);
                }
                let account = state.person.account;
                let counts = code_counts(&state.session);
                let by = match try_code(change, service, &counts, &phones, typed, now).await? {
                    Tried::Right(by) => by,
                    Tried::Not(used) => {
                        note_refused(change, &state.session, used, now).await?;
                        return Ok(used);
                    }
                };
                change.note(account, Some(state.session.address), Happened::Code { phone: by }).await?;
                if stage == Stage::Full {
                    let until = now.plus(service.policy().changes_life);
                    sessions::open_changes(change.db(), *id, by, until).await?;
                } else {
                    sessions::prove(change.db(), *id, by).await?;
                }
                end_waiting(change, account, Event::Cancel, |session| session == *id, now).await?;
                change.wake(account);
                Ok(CodeUse::Right)
            })
        })
        .await
    }
}

/// The log tells of a code that was not right.
pub(crate) async fn note_refused(
    change: &mut Change,
    session: &SessionRow,
    used: CodeUse,
    now: UnixSeconds,
) -> Result<(), StoreFailed> {
    let what = match used {
        CodeUse::Right | CodeUse::NotACode | CodeUse::NotNow => return Ok(()),
        CodeUse::Wrong { left } => Happened::WrongCode { left },
        CodeUse::Used => Happened::UsedCode,
        CodeUse::TooMany(until) => Happened::CodesLocked { seconds: until.since(now) },
    };
    change.note(session.account, Some(session.address), what).await
}

/// The counts that a wrong code counts in, its own first. Whoever has no more than the password cannot close the codes of
/// a browser that is signed in, nor those of a sign-in from elsewhere before the count of all is full.
pub(crate) fn code_counts(session: &SessionRow) -> Vec<Count> {
    let (account, address) = (session.account, session.address.counted());
    match session.stage {
        Stage::Full => vec![(format!("codes/{account}/signed in"), WRONG_CODES)],
        Stage::First | Stage::Proved => vec![
            (format!("codes/{account}/{address}"), WRONG_CODES),
            (format!("codes/{account}/others"), WRONG_CODES_IN_ALL),
        ],
    }
}

/// What trying a code led to.
pub(crate) enum Tried {
    /// It is this phone's, and has not been used before.
    Right(DeviceId),
    /// It was not right.
    Not(CodeUse),
}

/// Tries a code with the phones that make codes, and counts it when it is wrong.
pub(crate) async fn try_code(
    change: &mut Change,
    service: &Service,
    counts: &[Count],
    phones: &[&Device],
    typed: &str,
    now: UnixSeconds,
) -> Result<Tried, Failure> {
    if let Err(until) = tallies::room(change.db(), counts, now).await? {
        return Ok(Tried::Not(CodeUse::TooMany(until)));
    }
    let has_form = |typed: &Number| {
        let mut forms = phones.iter().filter_map(|phone| phone.codes.as_ref());
        forms.any(|codes| codes.form.digits == typed.digits().get())
    };
    let Some(typed) = Number::typed(typed).filter(has_form) else { return Ok(Tried::Not(CodeUse::NotACode)) };
    for phone in phones {
        if let Some(step) = matching_step(phone, service.store().seal(), &typed, now)? {
            if !devices::use_step(change.db(), phone.id, step, now).await? {
                return Ok(Tried::Not(CodeUse::Used));
            }
            if let Some((own, _)) = counts.first() {
                tallies::reset(change.db(), own).await?;
            }
            return Ok(Tried::Right(phone.id));
        }
    }
    let left = tallies::add(change.db(), counts, now).await?;
    Ok(Tried::Not(CodeUse::Wrong { left }))
}

/// The step whose code this is: the current one, the one before or the one after.
fn matching_step(
    phone: &Device,
    seal: &Seal,
    typed: &Number,
    now: UnixSeconds,
) -> Result<Option<u64>, StoreFailed> {
    let Some(codes) = &phone.codes else { return Ok(None) };
    let secret = seal.open(code_place(&phone.id.to_string()), &codes.secret)?;
    let CodePolicy { algorithm, digits, period } = codes.form;
    let totp = totp_rs::Builder::new()
        .with_secret(secret.to_vec())
        .with_algorithm(match algorithm {
            CodeAlgorithm::Sha1 => totp_rs::Algorithm::SHA1,
            CodeAlgorithm::Sha256 => totp_rs::Algorithm::SHA256,
            CodeAlgorithm::Sha512 => totp_rs::Algorithm::SHA512,
        })
        .with_digits(digits)
        .with_step_duration(u64::from(period))
        .with_skew(1)
        .build()
        .map_err(|_| StoreFailed::Damaged("code_form"))?;
    Ok(totp.check(typed.expose(), now.get()))
}
