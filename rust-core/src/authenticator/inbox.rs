//! One long poll an account: the only transport while the app is open. `refresh` is one turn of it.
//!
//! ```text
//!            ┌──────────── replied ───────────┐
//!            ▼                                │
//!  ──► Asking(hold 0) ── replied ──► Asking(hold 50 s)
//!            ▲   │                            │
//!   time is  │   └──── failed ──┬─── failed ──┘
//!   up       └── Resting(n) ◄───┘      n failures in a row: 1, 2, 4 … 60 s, with jitter, or what the server asked for;
//!                                      over as soon as the vault is unlocked
//! ```

use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::{
    Have, Hold, Kind, Reply, RequestId, Status, StatusWord, UnixSeconds, Verdict, Wait, WaitReply,
};
use tokio::sync::watch;

use super::core::Core;
use super::diagnostics::Event;
use super::line::Asked;
use super::{CardState, CoreError};
use crate::approval::countersign::{RequestRefused, SignInRequest};
use crate::vault::{EntryId, WorkAccount, WorkState};

/// The longest rest between two calls that failed, in seconds.
const LONGEST_REST: u64 = 60;

/// Where an inbox stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Asking { hold: Hold },
    Resting { failures: u32 },
}

/// What happened to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    Replied,
    Failed,
    TimeIsUp,
    Unlocked,
}

fn next(state: State, turn: Turn) -> State {
    match (state, turn) {
        (_, Turn::Replied) => State::Asking { hold: Hold::LONGEST },
        (State::Asking { .. }, Turn::Failed) => State::Resting { failures: 1 },
        (State::Resting { failures }, Turn::Failed) => {
            State::Resting { failures: failures.saturating_add(1) }
        }
        (state @ State::Resting { .. }, Turn::TimeIsUp) => state,
        (State::Asking { .. }, Turn::TimeIsUp) | (_, Turn::Unlocked) => State::Asking { hold: Hold::NONE },
    }
}

/// How long to rest after so many failures: doubled each time, plus up to a quarter so that phones do not come at once.
fn rest(failures: u32, jitter: u8) -> Duration {
    let seconds = 1_u64.checked_shl(failures.saturating_sub(1)).unwrap_or(LONGEST_REST).min(LONGEST_REST);
    Duration::from_millis(seconds * 1000 + seconds * 250 * u64::from(jitter) / 255)
}

/// What one account's inbox remembers between two calls.
#[derive(Default)]
pub(super) struct Inbox {
    /// The request that the server said last; naming it keeps the next call from coming back at once with the same.
    seen: Option<RequestId>,
    /// Whether the server was told what changed about this phone.
    has_told: bool,
}

impl Core {
    /// Keeps asking until the app goes away or the account does.
    pub(super) async fn keep_inbox(self: Arc<Self>, entry: EntryId, mut active: watch::Receiver<bool>) {
        let mut inbox = Inbox::default();
        let mut state = State::Asking { hold: Hold::NONE };
        let mut unlocked = self.unlocked.subscribe();
        loop {
            // Before the turn, so that an unlocking in the midst of one that fails for the lock is not missed.
            unlocked.mark_unchanged();
            let hold = match state {
                State::Asking { hold } => hold,
                State::Resting { .. } => Hold::NONE,
            };
            let turn = tokio::select! {
                biased;
                _ = active.wait_for(|is_active| !is_active) => return,
                turn = self.turn(entry, &mut inbox, hold) => turn,
            };
            state = match turn {
                Ok(true) => next(state, Turn::Replied),
                Ok(false) => return,
                Err(error) if error.is_gone_for_good() => return,
                Err(_) => next(state, Turn::Failed),
            };
            if let State::Resting { failures } = state {
                let mut jitter = [0];
                self.random.fill(&mut jitter);
                let [jitter] = jitter;
                tokio::select! {
                    biased;
                    _ = active.wait_for(|is_active| !is_active) => return,
                    _ = unlocked.changed() => state = next(state, Turn::Unlocked),
                    () = tokio::time::sleep(rest(failures, jitter)) => state = next(state, Turn::TimeIsUp),
                }
            }
        }
    }

    /// Asks once and takes what comes. False when the server has removed this phone: there is nothing left to ask.
    pub(super) async fn turn(
        self: &Arc<Self>,
        entry: EntryId,
        inbox: &mut Inbox,
        hold: Hold,
    ) -> Result<bool, CoreError> {
        let seen = inbox.seen;
        let time = Duration::from_secs(hold.seconds().into());
        let asked = self.ask(entry, time, move |account, statement, at, id| {
            let have = Have {
                server: Some(statement.content().iat),
                profile: Some(account.profile.number),
                request: seen,
                status: word(&account.state),
            };
            Wait::new(account.device, account.server, at, id, hold, have)
        });
        let result = asked.await;
        // Where there is no account to ask for, or none that can be seen, no server was asked.
        if !matches!(result, Err(CoreError::Locked | CoreError::Gone)) {
            self.reached(entry, result.is_ok());
        }
        let Asked { account, reply, .. } = result?;
        let is_there = self.take(&account, reply, inbox).await?;
        self.send_kept_answers(entry).await;
        if is_there && !inbox.has_told {
            // A server that does not take it is not asked again before the app comes back; one that is away is.
            inbox.has_told = !matches!(self.tell_changes(entry).await, Err(CoreError::Unreachable { .. }));
        }
        Ok(is_there)
    }

    /// Whether the last call to an account's server worked is part of the snapshot.
    fn reached(&self, entry: EntryId, is_reached: bool) {
        let mut live = self.live();
        let was_unreachable = live.unreachable.contains(&entry);
        if is_reached && was_unreachable {
            live.unreachable.retain(|unreachable| *unreachable != entry);
        } else if !is_reached && !was_unreachable {
            live.unreachable.push(entry);
        } else {
            return;
        }
        drop(live);
        self.publish();
    }

    async fn take(
        self: &Arc<Self>,
        account: &WorkAccount,
        reply: Reply<WaitReply>,
        inbox: &mut Inbox,
    ) -> Result<bool, CoreError> {
        let entry = account.entry;
        self.take_status(account, &reply).await?;
        let Some(body) = reply.body else {
            self.live().cards.forget(entry);
            self.ended.notify_waiters();
            self.publish();
            return Ok(!matches!(reply.status, Status::Removed(_)));
        };
        if let Some(jws) = body.server {
            let kept = self.line(account)?.statement;
            if let Ok(Some(later)) = kept.later(&jws) {
                self.adopt(later).await?;
            }
        }
        if let Some(ended) = body.ended {
            let phone = ended.phone.map(|phone| phone.to_string());
            self.end(entry, ended.request, CardState::Ended { verdict: ended.verdict, phone }).await?;
        }
        inbox.seen = match body.request {
            Some(jws) => Some(self.show(account, &jws, reply.iat)?),
            None => None,
        };
        // What still waits here and not there ended without anybody here hearing how.
        let lost = self.live().cards.waiting_but(entry, inbox.seen);
        for request in lost {
            self.end(entry, request, CardState::Ended { verdict: Verdict::Expired, phone: None }).await?;
        }
        Ok(true)
    }

    /// Checks a request and makes its card. A request that is not genuine is an error, so that the inbox rests.
    fn show(
        &self,
        account: &WorkAccount,
        jws: &str,
        server_time: UnixSeconds,
    ) -> Result<RequestId, CoreError> {
        let contacts = self.contacts()?;
        let line = self.line(account)?;
        let statement = line.statement.content();
        let has_ended = |id: &RequestId| {
            contacts.ended.iter().any(|ended| ended.entry == account.entry && ended.request == *id)
        };
        match SignInRequest::read(jws, statement, account.device, server_time, has_ended) {
            Ok(request) => {
                let id = request.content().id;
                let is_allowed = !matches!(account.state, WorkState::Pending { .. } | WorkState::CodesOnly)
                    || request.content().kind == Kind::Test;
                let offset = self.clock_offset(account.server);
                if is_allowed && self.live().cards.add(account.entry, request, line.host(), offset) {
                    self.note(Event::RequestShown);
                    self.publish();
                }
                Ok(id)
            }
            Err(RequestRefused::Ended(id) | RequestRefused::Expired(id)) => Ok(id),
            Err(RequestRefused::Form(_) | RequestRefused::Elsewhere) => {
                self.not_genuine();
                Err(CoreError::Untrusted { host: line.host(), why: super::Distrust::Reply })
            }
        }
    }

    /// Ends a card, and remembers the request so that nothing shows it again.
    pub(super) async fn end(
        self: &Arc<Self>,
        entry: EntryId,
        request: RequestId,
        state: CardState,
    ) -> Result<(), CoreError> {
        let now = self.now();
        self.end_card(entry, request, state);
        self.change_contacts(move |contacts| contacts.remember_ended(entry, request, now)).await
    }

    /// Keeps status and names when they have changed. A phone that was saved takes the place of the one before (S62).
    async fn take_status(
        self: &Arc<Self>,
        account: &WorkAccount,
        reply: &Reply<WaitReply>,
    ) -> Result<(), CoreError> {
        let entry = account.entry;
        let profile = reply.body.as_ref().and_then(|body| body.profile.clone());
        let profile = profile.filter(|profile| profile.number > account.profile.number);
        let state = match (reply.status, &account.state) {
            (Status::Removed(reason), _) => Some(WorkState::Removed { reason }),
            (_, WorkState::SetUpAgain) | (Status::Pending | Status::ClockSkew, _) => None,
            (Status::CodesOnly, _) => Some(WorkState::CodesOnly),
            (Status::Paused(until), _) => Some(WorkState::Paused { until }),
            (Status::Active, _) => Some(WorkState::Ready),
        };
        let state = state.filter(|state| *state != account.state);
        if matches!(state, Some(WorkState::Removed { .. })) {
            self.note(Event::RemovedByServer);
        }
        let is_saved = state.is_some() && !matches!(state, Some(WorkState::Removed { .. }));
        let replaced = if is_saved { account.replaces } else { None };
        if profile.is_none() && state.is_none() {
            return Ok(());
        }
        self.change_contacts(move |contacts| {
            let Some(account) = contacts.account_mut(entry) else { return };
            if let Some(profile) = profile {
                account.profile = profile;
            }
            if let Some(state) = state {
                account.state = state;
            }
            if replaced.is_some() {
                account.replaces = None;
            }
        })
        .await?;
        match replaced {
            // The server cannot know that both are one phone: it is told that the old one is gone.
            Some(old) => match self.remove(old).await {
                Ok(_) | Err(CoreError::Gone) => Ok(()),
                Err(error) => Err(error),
            },
            None => Ok(()),
        }
    }
}

/// The status that stands behind a state.
fn word(state: &WorkState) -> Option<StatusWord> {
    match state {
        WorkState::Pending { .. } => Some(StatusWord::Pending),
        WorkState::Ready => Some(StatusWord::Active),
        WorkState::CodesOnly => Some(StatusWord::CodesOnly),
        WorkState::Paused { .. } => Some(StatusWord::Paused),
        WorkState::Removed { .. } => Some(StatusWord::Removed),
        WorkState::SetUpAgain => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_a_reply_the_server_may_hold_the_next_call() {
        for state in [State::Asking { hold: Hold::NONE }, State::Resting { failures: 3 }] {
            assert_eq!(next(state, Turn::Replied), State::Asking { hold: Hold::LONGEST });
        }
    }

    #[test]
    fn a_vault_that_is_unlocked_ends_every_rest() {
        for state in [State::Asking { hold: Hold::LONGEST }, State::Resting { failures: 9 }] {
            assert_eq!(next(state, Turn::Unlocked), State::Asking { hold: Hold::NONE });
        }
    }

    #[test]
    fn rests_double_up_to_a_minute_and_a_quarter() {
        let mut state = State::Asking { hold: Hold::LONGEST };
        let mut rests = Vec::new();
        for _ in 0..9 {
            state = next(next(state, Turn::Failed), Turn::TimeIsUp);
            let State::Resting { failures } = state else { panic!("{state:?}") };
            rests.push(rest(failures, 0).as_secs());
            assert!(rest(failures, 255) <= rest(failures, 0) * 5 / 4);
        }
        assert_eq!(rests, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(rest(u32::MAX, 0).as_secs(), 60);
    }
}
