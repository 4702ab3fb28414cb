//! The first step of a sign-in: name and password.

use countersign_protocol::UnixSeconds;

use super::trials::Trial;
use super::turns::Turn;
use super::{Password, Service, SessionCookie, Visitor, kept_hash};
use crate::failure::Failure;
use crate::ids::SessionId;
use crate::journal::{Happened, Line};
use crate::rules::ClientAddress;
use crate::rules::grounds::Grounds;
use crate::rules::set_up::Stage;
use crate::rules::tally::{WRONG_PASSWORDS, WRONG_PASSWORDS_IN_ALL, WRONG_PASSWORDS_OF_ADDRESS};
use crate::store::persons::Person;
use crate::store::sessions::SessionRow;
use crate::store::tallies::{self, Count};
use crate::store::{persons, sessions};

/// What a password led to.
#[derive(Debug)]
pub enum PasswordUse {
    /// It was right: a session has begun, with a new cookie. [`Session::step`](super::Session) says what comes next.
    Begun(SessionCookie),
    /// User name and password do not match.
    Wrong,
    /// Too many wrong ones; again from then on.
    TooMany(UnixSeconds),
    /// It was not looked at, since too many wait for that: in a moment again.
    Busy,
}

/// Whether a password may be looked at now.
enum Begin {
    Begun(Turn, Trial),
    Locked(UnixSeconds),
    Busy,
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
    ) -> Result<PasswordUse, Failure> {
        let name = kept_hash(&persons::folded(user_name));
        let counts = password_counts(&name, visitor.address);
        let begin = self.turns().in_time(self.begin_trial(&name, visitor, &counts)).await;
        let (turn, trial) = match begin.unwrap_or(Ok(Begin::Busy))? {
            Begin::Begun(turn, trial) => (turn, trial),
            Begin::Locked(until) => {
                let mut db = self.store().read().await?;
                let person = persons::find_by_user_name(&mut db, user_name).await?;
                let seconds = until.since(self.now());
                self.log(person.as_ref(), visitor, Happened::PasswordsLocked { seconds });
                return Ok(PasswordUse::TooMany(until));
            }
            Begin::Busy => {
                self.log(None, visitor, Happened::Busy);
                return Ok(PasswordUse::Busy);
            }
        };
        let (service, user_name, visitor) = (self.clone(), user_name.to_owned(), visitor.clone());
        // To its end, even when the browser goes away: a wrong password counts though nobody waits for the answer.
        let check = tokio::spawn(async move {
            let checked = service.check_password(turn, &user_name, password, &visitor, counts).await;
            drop(trial);
            checked
        });
        check.await.map_err(|_| Failure::Hashing)?
    }

    /// Waits for a turn, and until there is room for one more wrong password beside those that are being checked.
    async fn begin_trial(&self, name: &str, visitor: &Visitor, counts: &[Count]) -> Result<Begin, Failure> {
        // Who is locked out takes nobody's place in the line.
        if let Err(until) = self.room(counts).await? {
            return Ok(Begin::Locked(until));
        }
        loop {
            let Some(turn) = self.turns().take(visitor.address, name).await else { return Ok(Begin::Busy) };
            let mut ended = self.trials().ended();
            let room = match self.room(counts).await? {
                Ok(room) => room,
                Err(until) => return Ok(Begin::Locked(until)),
            };
            if let Some(trial) = self.trials().begin(&room, &ended) {
                return Ok(Begin::Begun(turn, trial));
            }
            // Those that are being checked may use up what is left: to wait for them takes no processor.
            drop(turn);
            // The sender lives as long as the service.
            let _ = ended.changed().await;
        }
    }

    async fn room(&self, counts: &[Count]) -> Result<Result<Vec<(String, usize)>, UnixSeconds>, Failure> {
        let mut db = self.store().read().await?;
        Ok(tallies::room(&mut db, counts, self.now()).await?)
    }

    async fn check_password(
        &self,
        turn: Turn,
        user_name: &str,
        password: Password,
        visitor: &Visitor,
        counts: [Count; 3],
    ) -> Result<PasswordUse, Failure> {
        let now = self.now();
        let mut db = self.store().read().await?;
        let person = persons::find_by_user_name(&mut db, user_name).await?;
        drop(db);
        let phc = person.as_ref().map(|person| person.password.clone());
        let is_right = self.hashing().matches(turn, password, phc).await?;
        let person = match person {
            Some(person) if is_right => person,
            person => {
                self.write(counts, move |change, _, counts| {
                    Box::pin(async move { Ok(tallies::add(change.db(), counts, now).await?) })
                })
                .await?;
                self.log(person.as_ref(), visitor, Happened::WrongPassword);
                return Ok(PasswordUse::Wrong);
            }
        };
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
        self.write(session, |change, _, session| {
            Box::pin(async move {
                sessions::insert(change.db(), session).await?;
                change.wake(session.account);
                Ok(())
            })
        })
        .await?;
        Ok(PasswordUse::Begun(cookie))
    }

    /// What was typed is not logged: it may be a password in the wrong field.
    fn log(&self, person: Option<&Person>, visitor: &Visitor, what: Happened) {
        let person = person.map(|person| (person.shown_name.clone(), person.account));
        self.store().journal().write(&Line { person, address: Some(visitor.address), what });
    }
}

/// The counts that a wrong password counts in. A name that nobody has is counted as any other.
fn password_counts(name: &str, address: ClientAddress) -> [Count; 3] {
    let address = address.counted();
    [
        (format!("passwords/{name}/{address}"), WRONG_PASSWORDS),
        (format!("passwords/{name}"), WRONG_PASSWORDS_IN_ALL),
        (format!("passwords of {address}"), WRONG_PASSWORDS_OF_ADDRESS),
    ]
}
