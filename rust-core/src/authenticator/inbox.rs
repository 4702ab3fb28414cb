//! One long poll an account: the only transport while the app is open. `refresh` is one turn of it.
//!
//! ```text
//! turn: ask ─► reply, in the order in which the calls began ─► status, names ─► statement ─► how a card ended
//!           ─► the card of what waits ─► what waits here and not there is over ─► the account before this one goes
//! ```
//!
//! Asking may be cut at any time; what has come is taken to its end.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use countersign_protocol::{
    Have, Hold, Kind, Reply, RequestId, Status, UnixSeconds, Verdict, Wait, WaitReply,
};
use tokio::time::Instant;

use super::core::Core;
use super::diagnostics::Event;
use super::front::End;
use super::line::Asked;
use super::pace::{self, Pace, State, next, rest};
use super::{CardState, CoreError};
use crate::approval::countersign::{RequestRefused, SignInRequest};
use crate::vault::{EntryId, WorkAccount, WorkState};

/// What is known of one account's inbox between two calls, whoever makes them.
#[derive(Default)]
pub(super) struct Inbox {
    /// Held while a reply is taken: one at a time.
    taken: tokio::sync::Mutex<Taken>,
    /// The server has asked to be left alone until then.
    pause: Mutex<Option<Instant>>,
    /// Held while the server is told what changed about this phone; whether it was told.
    pub(super) telling: tokio::sync::Mutex<bool>,
}

#[derive(Default)]
struct Taken {
    /// How many calls have begun.
    begun: u64,
    /// Which of them is the newest whose reply was taken.
    newest: u64,
    /// The request that the server said last, shown or not; naming it keeps the next call from coming back at once with
    /// the same, and lets the server say how it ended.
    seen: Option<RequestId>,
}

/// What a server said to one call.
pub(super) struct News {
    call: u64,
    reply: Reply<WaitReply>,
}

impl Inbox {
    /// The server asks to be left alone.
    pub(super) fn ask_to_pause(&self, pause: Duration) {
        *self.pause.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now().checked_add(pause);
    }

    /// How long the server has still asked to be left alone.
    pub(super) fn pause_left(&self) -> Duration {
        let until = *self.pause.lock().unwrap_or_else(PoisonError::into_inner);
        until.map_or(Duration::ZERO, |until| until.saturating_duration_since(Instant::now()))
    }
}

impl Core {
    /// What is known of an account's inbox.
    pub(super) fn inbox(&self, entry: EntryId) -> Arc<Inbox> {
        Arc::clone(self.live().inboxes.entry(entry).or_default())
    }

    /// Keeps asking until it is to end, or there is nothing left to ask.
    pub(super) async fn keep_inbox(self: Arc<Self>, entry: EntryId, mut end: End) {
        let inbox = self.inbox(entry);
        // A server that did not take what it was told is told again when the app comes back.
        *inbox.telling.lock().await = false;
        let (mut state, mut pace) = (pace::START, Pace::new(Instant::now()));
        let (mut gap, mut unlocked) = (Duration::ZERO, self.unlocked.subscribe());
        loop {
            let hold = match state {
                State::Asking { hold, .. } => hold,
                State::Resting { failures } => {
                    let mut jitter = [0];
                    self.random.fill(&mut jitter);
                    let [jitter] = jitter;
                    let event = async {
                        tokio::select! {
                            biased;
                            _ = unlocked.changed() => pace::Event::Unlocked,
                            () = tokio::time::sleep(rest(failures, jitter)) => pace::Event::TimeIsUp,
                        }
                    };
                    let Some(event) = end.or(event).await else { return };
                    state = next(state, event);
                    continue;
                }
            };
            let Some(()) = end.or_rested(gap.max(inbox.pause_left())).await else { return };
            // Before the call, so that an unlocking in the midst of one that fails for the lock is not missed.
            unlocked.mark_unchanged();
            let Some(news) = end.or(self.ask_for_news(entry, hold)).await else { return };
            let turn = match news {
                Ok(news) => self.take_news(entry, news).await,
                Err(error) => Err(error),
            };
            (state, gap) = match turn {
                Ok(true) => (next(state, pace::Event::Replied), pace.replied(Instant::now())),
                Ok(false) => return,
                Err(error) if error.is_gone_for_good() => return,
                Err(_) => (next(state, pace::Event::Failed), Duration::ZERO),
            };
            if let State::Asking { .. } = state {
                let Some(()) = end.or(self.say_what_is_left(entry)).await else { return };
            }
        }
    }

    /// Asks once and takes what comes, unless the server has asked to be left alone.
    pub(super) async fn turn(self: &Arc<Self>, entry: EntryId, hold: Hold) -> Result<(), CoreError> {
        if !self.inbox(entry).pause_left().is_zero() {
            return Ok(());
        }
        let news = self.ask_for_news(entry, hold).await?;
        if self.take_news(entry, news).await? {
            self.say_what_is_left(entry).await;
        }
        Ok(())
    }

    /// Asks once. Nothing is lost when it is cut: the server says the same again.
    async fn ask_for_news(self: &Arc<Self>, entry: EntryId, hold: Hold) -> Result<News, CoreError> {
        let (call, seen) = {
            let inbox = self.inbox(entry);
            let mut taken = inbox.taken.lock().await;
            taken.begun += 1;
            (taken.begun, taken.seen)
        };
        let time = Duration::from_secs(hold.seconds().into());
        let asked = self.ask(entry, time, move |account, statement, at, id| {
            let status = status_behind(&account.state);
            let have = Have {
                server: Some(statement.content().iat),
                profile: Some(account.profile.number),
                request: seen,
                status: status.map(Status::word),
                until: status.and_then(Status::until),
            };
            Wait::new(account.device, account.server, at, id, hold, have)
        });
        let result = asked.await;
        // Where there is no account to ask for, or none that can be seen, no server was asked.
        if !matches!(result, Err(CoreError::Locked | CoreError::Gone)) {
            self.reached(entry, result.is_ok());
        }
        let Asked { reply, .. } = result?;
        Ok(News { call, reply })
    }

    /// Takes what has come. False when the server has removed this phone: there is nothing left to ask.
    async fn take_news(self: &Arc<Self>, entry: EntryId, news: News) -> Result<bool, CoreError> {
        let inbox = self.inbox(entry);
        let mut taken = inbox.taken.lock().await;
        if news.call < taken.newest {
            // Overtaken: what it says may be over. Whoever made this call asks again, and hears all that is true then.
            return Ok(true);
        }
        taken.newest = news.call;
        self.take(entry, news.reply, &mut taken).await
    }

    /// The server answers: it gets what it has not taken yet, from whoever can keep that it has.
    async fn say_what_is_left(self: &Arc<Self>, entry: EntryId) {
        if self.may_write().is_ok() {
            self.send_kept_answers(entry).await;
            // Runs to its end though the inbox is gone, so that it is kept what the server has taken.
            let _ = tokio::spawn(Arc::clone(self).tell_once(entry)).await;
        }
    }

    /// Tells the server what changed about this phone. One that does not take it is not told again before the app comes
    /// back; one that is away is.
    async fn tell_once(self: Arc<Self>, entry: EntryId) {
        let _step = self.underway.begin();
        let inbox = self.inbox(entry);
        let mut has_told = inbox.telling.lock().await;
        if !*has_told {
            *has_told = !matches!(self.tell_changes(entry).await, Err(CoreError::Unreachable { .. }));
        }
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
        entry: EntryId,
        reply: Reply<WaitReply>,
        taken: &mut Taken,
    ) -> Result<bool, CoreError> {
        self.take_status(&self.account(entry)?, &reply).await?;
        let account = self.account(entry)?;
        let Some(body) = reply.body else {
            self.live().cards.forget(entry);
            self.ended.notify_waiters();
            self.publish();
            return Ok(!matches!(reply.status, Status::Removed(_)));
        };
        if let Some(jws) = body.server {
            let kept = self.line(&account)?.statement;
            if let Ok(Some(later)) = kept.later(&jws) {
                self.adopt(later).await?;
            }
        }
        if let Some(ended) = body.ended {
            let phone = ended.phone.map(|phone| phone.to_string());
            self.end(entry, ended.request, CardState::Ended { verdict: ended.verdict, phone }).await?;
        }
        taken.seen = match body.request {
            Some(jws) => Some(self.show(&account, &jws, reply.iat)?),
            None => None,
        };
        // What still waits here and not there ended without anybody here hearing how.
        let lost = self.live().cards.waiting_but(entry, taken.seen);
        for request in lost {
            self.end(entry, request, CardState::Ended { verdict: Verdict::Expired, phone: None }).await?;
        }
        self.take_place(&account).await?;
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
        let remember = self.end_card(entry, request, state);
        self.learn(remember).await
    }

    /// Keeps status and names when they have changed.
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
        if profile.is_none() && state.is_none() {
            return Ok(());
        }
        self.learn(move |contacts| {
            let Some(account) = contacts.account_mut(entry) else { return };
            if let Some(profile) = profile {
                account.profile = profile;
            }
            if let Some(state) = state {
                account.state = state;
            }
        })
        .await
    }

    /// A phone that was saved takes the place of the one before (S62), which the server cannot know: it hears of that by
    /// a removal. Where this was cut, the next reply finds it undone; so does the app, where nothing is written. There it
    /// is not tried: the vault would refuse it, but only after a removal was signed, and each turn would have failed.
    async fn take_place(self: &Arc<Self>, account: &WorkAccount) -> Result<(), CoreError> {
        if self.may_write().is_err() {
            return Ok(());
        }
        let is_saved =
            matches!(account.state, WorkState::Ready | WorkState::CodesOnly | WorkState::Paused { .. });
        let Some(old) = account.replaces.filter(|_| is_saved) else { return Ok(()) };
        let entry = account.entry;
        match self.take_out(old).await {
            Ok(_) => {
                self.removal_kept.notify_one();
                Ok(())
            }
            // It went before it was kept who is replaced.
            Err(CoreError::Gone) => {
                self.change_contacts(move |contacts| {
                    if let Some(account) = contacts.account_mut(entry) {
                        account.replaces = None;
                    }
                })
                .await
            }
            Err(error) => Err(error),
        }
    }
}

/// The status that stands behind a state.
fn status_behind(state: &WorkState) -> Option<Status> {
    match *state {
        WorkState::Pending { .. } => Some(Status::Pending),
        WorkState::Ready => Some(Status::Active),
        WorkState::CodesOnly => Some(Status::CodesOnly),
        WorkState::Paused { until } => Some(Status::Paused(until)),
        WorkState::Removed { reason } => Some(Status::Removed(reason)),
        WorkState::SetUpAgain => None,
    }
}
