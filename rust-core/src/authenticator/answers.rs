//! Answers on their way: kept when they were signed, sent until there is a verdict, and what is remembered of it.

use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::{
    Answer, AnswerReply, Call as _, RemovalReason, Reply, RequestId, Status, UnixSeconds, Unverified, Verdict,
};

use super::core::Core;
use super::diagnostics::Event;
use super::line::Signed;
use super::{CardState, CoreError};
use crate::vault::{Contacts, EndedRequest, EntryId, OutgoingAnswer, WorkAccount};

/// How long after expiry an answer is still sent, in seconds.
const GRACE: u64 = 60;

impl Core {
    /// Keeps what was signed until there is a verdict.
    pub(super) async fn keep_answer(self: &Arc<Self>, outgoing: &OutgoingAnswer) -> Result<(), CoreError> {
        let kept = outgoing.clone();
        self.change_contacts(move |contacts| {
            contacts.answers.retain(|answer| answer.entry != kept.entry || answer.request != kept.request);
            contacts.answers.push(kept);
        })
        .await?;
        self.note(Event::Answered);
        Ok(())
    }

    /// Sends an answer until there is a verdict, or until it counts no more. A report counts for a day, so it is tried
    /// for a minute and then stays kept: None. Whoever calls this has begun the answer.
    pub(super) async fn deliver_answer(
        self: &Arc<Self>,
        outgoing: OutgoingAnswer,
        trying: Trying,
    ) -> Result<Option<CardState>, CoreError> {
        let (entry, request) = (outgoing.entry, outgoing.request);
        let until = self.now().plus(GRACE);
        let mut rest = Duration::from_secs(1);
        loop {
            let account = self.account(entry)?;
            let (signed, decision) = own_answer(&account, &outgoing).ok_or(CoreError::Gone)?;
            let line = self.line(&account)?;
            let step = self.underway.begin();
            let state = match self.deliver::<AnswerReply>(entry, line, &signed).await {
                Ok(reply) => {
                    self.note(Event::Verdict);
                    ending(reply)
                }
                Err(error) if !is_worth_another(&error) || self.is_over(&account, outgoing.expires) => {
                    self.note(Event::NotConfirmed);
                    CardState::NotConfirmed
                }
                Err(_) => {
                    drop(step);
                    let is_report = decision == countersign_protocol::Decision::Report;
                    let is_late = || is_report && self.now() >= until;
                    if trying == Trying::Once || is_late() {
                        return Ok(None);
                    }
                    // A server that asked to be left alone is, until it is too late: then comes the last try.
                    loop {
                        tokio::time::sleep(rest).await;
                        rest = (rest * 2).min(Duration::from_secs(10));
                        let is_asked_to_pause = !self.inbox(entry).pause_left().is_zero();
                        if !is_asked_to_pause || is_late() || self.is_over(&account, outgoing.expires) {
                            break;
                        }
                    }
                    continue;
                }
            };
            self.settle(entry, request, state.clone()).await;
            return Ok(Some(state));
        }
    }

    /// Ends a card, and gives what remembers its end, so that nothing shows the request again.
    pub(super) fn end_card(
        &self,
        entry: EntryId,
        request: RequestId,
        state: CardState,
    ) -> impl FnOnce(&mut Contacts) + Send + use<> {
        let at = self.now();
        let is_reported = matches!(state, CardState::Ended { verdict: Verdict::Reported, .. });
        let hash = {
            let mut live = self.live();
            let hash = live.cards.find(entry, request).map(|card| card.request.hash());
            live.cards.end(entry, request, state, at);
            hash
        };
        self.ended.notify_waiters();
        self.publish();
        move |contacts| {
            contacts.remember_ended(EndedRequest { entry, request, at, hash });
            if is_reported {
                contacts.forget_hash(entry, request);
            }
        }
    }

    /// An answer is sent no more. What the server said stands, whatever the disk says: an answer that could not be
    /// taken away is sent once more at the next start, and gets the same verdict.
    async fn settle(self: &Arc<Self>, entry: EntryId, request: RequestId, state: CardState) {
        let remember = self.end_card(entry, request, state);
        let written = self.change_contacts(move |contacts| {
            contacts.answers.retain(|answer| answer.entry != entry || answer.request != request);
            remember(contacts);
        });
        let _ = written.await;
    }

    fn is_over(&self, account: &WorkAccount, expires: UnixSeconds) -> bool {
        self.now().shifted(self.clock_offset(account.server)) >= expires.plus(GRACE)
    }

    /// Sends what an earlier run of the app has signed and not heard of.
    pub(super) fn deliver_kept_answers(self: &Arc<Self>) {
        for outgoing in self.kept_answers(None) {
            tokio::spawn(Arc::clone(self).take_up(outgoing, Trying::Long));
        }
    }

    /// Sends an account's answers that are kept and not on their way, once: its server answers again.
    pub(super) async fn send_kept_answers(self: &Arc<Self>, entry: EntryId) {
        for outgoing in self.kept_answers(Some(entry)) {
            // Runs to its end though the inbox is gone.
            let _ = tokio::spawn(Arc::clone(self).take_up(outgoing, Trying::Once)).await;
        }
    }

    fn kept_answers(&self, entry: Option<EntryId>) -> Vec<OutgoingAnswer> {
        let is_its = |answer: &&OutgoingAnswer| entry.is_none_or(|entry| answer.entry == entry);
        self.contacts()
            .map(|contacts| contacts.answers.iter().filter(is_its).cloned().collect())
            .unwrap_or_default()
    }

    async fn take_up(self: Arc<Self>, outgoing: OutgoingAnswer, trying: Trying) {
        let (entry, request) = (outgoing.entry, outgoing.request);
        if self.live().cards.begin_again(entry, request) {
            // What fails stays kept.
            let _ = self.deliver_answer(outgoing, trying).await;
            self.live().cards.done(entry, request);
        }
    }
}

/// How often an answer is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trying {
    /// Until there is a verdict or no sense in it.
    Long,
    /// Once.
    Once,
}

/// What the reply to an answer says.
fn ending(reply: Reply<AnswerReply>) -> CardState {
    match (reply.body, reply.status) {
        (Some(body), _) => {
            CardState::Ended { verdict: body.verdict, phone: body.phone.map(|phone| phone.to_string()) }
        }
        // The report took back this phone, too.
        (None, Status::Removed(RemovalReason::Report)) => {
            CardState::Ended { verdict: Verdict::Reported, phone: None }
        }
        // This phone was removed: its answers count for nothing.
        (None, Status::Removed(_)) => CardState::Ended { verdict: Verdict::Cancelled, phone: None },
        (None, _) => CardState::NotConfirmed,
    }
}

/// Only the network's silence and a server's own fault are worth another try.
fn is_worth_another(error: &CoreError) -> bool {
    use countersign_protocol::ProblemCode::{Internal, TooMany};
    matches!(error, CoreError::Unreachable { .. } | CoreError::Server { code: Internal | TooMany, .. })
        || matches!(error, CoreError::Untrusted { .. })
}

/// An answer of our own, read back for its id and what it says.
fn own_answer(
    account: &WorkAccount,
    outgoing: &OutgoingAnswer,
) -> Option<(Signed, countersign_protocol::Decision)> {
    let keys = [account.device_key.public, account.approval_key.public];
    let answer = Unverified::<Answer>::parse(&outgoing.jws).ok()?.verify_any(&keys).ok()?;
    let signed =
        Signed { name: Answer::NAME, id: answer.jti, jws: outgoing.jws.clone(), hold: Duration::ZERO };
    Some((signed, answer.decision))
}
