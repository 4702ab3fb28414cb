//! The first step of a sign-in: name and password.

use countersign_protocol::UnixSeconds;

use super::{Password, Service, SessionCookie, Visitor, kept_hash};
use crate::failure::Failure;
use crate::ids::SessionId;
use crate::journal::{Happened, Line};
use crate::rules::ClientAddress;
use crate::rules::grounds::Grounds;
use crate::rules::set_up::Stage;
use crate::rules::tally::{WRONG_PASSWORDS, WRONG_PASSWORDS_IN_ALL, WRONG_PASSWORDS_OF_ADDRESS};
use crate::store::sessions::SessionRow;
use crate::store::tallies::{self, Count};
use crate::store::{persons, sessions};

/// What a password led to.
#[derive(Debug)]
pub enum SignIn {
    /// It was right: a session has begun, with a new cookie. [`Session::step`](super::Session) says what comes next.
    Begun(SessionCookie),
    /// User name and password do not match.
    Wrong,
    /// Too many wrong ones; again from then on.
    TooMany(UnixSeconds),
}

/// What a one-time code led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeUse {
    /// It was right; at a sign-in the session's step is now [`Finish`](super::Step::Finish).
    Right,
    /// It was wrong; so many tries are left.
    Wrong {
        /// Tries that are left within the hour.
        left: usize,
    },
    /// It has not the form of a code: other signs than digits, or too many or too few. Nothing is counted.
    NotACode,
    /// It was right, but it was used before.
    Used,
    /// Too many wrong ones; again from then on.
    TooMany(UnixSeconds),
    /// No phone of this person makes codes, or the session may not use one here.
    NotNow,
}

impl Service {
    /// Checks name and password. A name that nobody has takes as long and looks the same as a wrong password.
    ///
    /// # Errors
    /// [`Failure`] on our side.
    pub async fn sign_in(
        &self,
        user_name: &str,
        password: Password,
        visitor: &Visitor,
    ) -> Result<SignIn, Failure> {
        let signed_in = self.try_password(user_name, password, visitor).await?;
        let what = match signed_in {
            // The second step follows, or the wizard.
            SignIn::Begun(_) => return Ok(signed_in),
            SignIn::Wrong => Happened::WrongPassword,
            SignIn::TooMany(until) => Happened::PasswordsLocked { seconds: until.since(self.now()) },
        };
        // What was typed is not logged: it may be a password in the wrong field.
        let mut db = self.store().read().await?;
        let person = persons::find_by_user_name(&mut db, user_name).await?;
        let person = person.map(|person| (person.shown_name, person.account));
        Line { person, address: Some(visitor.address), what }.write();
        Ok(signed_in)
    }

    async fn try_password(
        &self,
        user_name: &str,
        password: Password,
        visitor: &Visitor,
    ) -> Result<SignIn, Failure> {
        // Whoever sends many at once waits behind their own, and keeps nobody else from the processor.
        let _turn = self.turns().take(visitor.address).await;
        let now = self.now();
        // Counted before it is checked, so that many at once are no way around the limit; taken back if it was right.
        let counts = password_counts(user_name, visitor.address);
        let counted = self
            .write(counts.clone(), move |change, _, counts| {
                Box::pin(async move {
                    if let Some(until) = tallies::full_until(change.db(), counts, now).await? {
                        return Ok(Err(until));
                    }
                    tallies::add(change.db(), counts, now).await?;
                    Ok(Ok(()))
                })
            })
            .await?;
        if let Err(until) = counted {
            return Ok(SignIn::TooMany(until));
        }
        let mut db = self.store().read().await?;
        let person = persons::find_by_user_name(&mut db, user_name).await?;
        drop(db);
        let phc = person.as_ref().map(|person| person.password.clone());
        let is_right = self.hashing().matches(password, phc).await?;
        let Some(person) = person.filter(|_| is_right) else { return Ok(SignIn::Wrong) };
        let cookie = self.new_cookie();
        let session = SessionRow {
            id: SessionId::make(self.random()),
            cookie: cookie.hash(),
            account: person.account,
            stage: Stage::First,
            begun: now,
            last_used: now,
            expires: now.plus(self.policy().first_step_life),
            address: visitor.address,
            browser: visitor.browser.clone(),
            changes_until: None,
            grounds: Grounds::default(),
        };
        self.write((session, counts), move |change, _, (session, counts)| {
            Box::pin(async move {
                tallies::take_back(change.db(), counts, now).await?;
                sessions::insert(change.db(), session).await?;
                change.wake(session.account);
                Ok(())
            })
        })
        .await?;
        Ok(SignIn::Begun(cookie))
    }
}

/// The counts that a wrong password counts in. A name that nobody has is counted as any other.
fn password_counts(user_name: &str, address: ClientAddress) -> [Count; 3] {
    let (name, address) = (kept_hash(&persons::folded(user_name)), address.counted());
    [
        (format!("passwords/{name}/{address}"), WRONG_PASSWORDS),
        (format!("passwords/{name}"), WRONG_PASSWORDS_IN_ALL),
        (format!("passwords of {address}"), WRONG_PASSWORDS_OF_ADDRESS),
    ]
}
