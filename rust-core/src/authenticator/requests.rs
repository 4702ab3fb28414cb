//! Answering a sign-in request: the number, the person, the signature.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::{Answer, CallId, Digits, Number, RequestId, Verdict};

use super::answers::Trying;
use super::cards::{Card, REPORT_SECONDS};
use super::core::Core;
use super::{CardState, CoreError};
use crate::approval::Prompt;
use crate::ports::{PortError, SignFor, Ticket};
use crate::vault::{EndedRequest, EntryId, OutgoingAnswer, WorkAccount};

/// What a person decided on a card.
pub enum Decision {
    /// Yes, with what was typed.
    Approve {
        /// The number as it was typed: digits of any script, blanks between them.
        typed: String,
    },
    /// No.
    Deny,
    /// No, it's not me.
    Report,
}

/// Without what was typed.
impl std::fmt::Debug for Decision {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Approve { .. } => "Approve",
            Self::Deny => "Deny",
            Self::Report => "Report",
        })
    }
}

/// How an answer ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The server has spoken.
    Verdict {
        /// How.
        verdict: Verdict,
        /// The other phone, where it was first.
        phone: Option<String>,
    },
    /// Sent until a minute after expiry without a verdict.
    NotConfirmed,
}

impl Core {
    /// Answers a request. What was signed is kept and sent until there is a verdict, also after a restart.
    pub(super) async fn answer(
        self: &Arc<Self>,
        entry: EntryId,
        request: RequestId,
        decision: Decision,
    ) -> Result<Outcome, CoreError> {
        let account = self.account(entry)?;
        // Whoever holds a locked phone may deny and no more: a report pauses requests, an approval lets somebody in.
        if !matches!(decision, Decision::Deny) {
            self.secrets()?;
        }
        let is_report = matches!(decision, Decision::Report);
        if is_report && self.live().cards.find(entry, request).is_none() {
            return self.report_without_card(&account, request).await;
        }
        let Prompt::TypeNumber(digits) =
            self.live().cards.find(entry, request).ok_or(CoreError::Gone)?.prompt();
        let (wire, number) = take(decision, digits)?;
        let card = self.live().cards.begin(entry, request, is_report).ok_or(CoreError::Gone)?;
        self.publish();
        let answered = match self.sign_answer(&account, &card, wire, number).await {
            Ok(outgoing) => self.deliver_answer(outgoing, Trying::Long).await,
            Err(error) => {
                // Nothing was sent: the card is as it was.
                self.live().cards.set(entry, request, CardState::Waiting);
                Err(error)
            }
        };
        if matches!(answered, Ok(None)) {
            let _ = self.end_card(entry, request, CardState::NotConfirmed);
        }
        self.live().cards.done(entry, request);
        self.publish();
        Ok(answered?.unwrap_or(CardState::NotConfirmed).into())
    }

    async fn sign_answer(
        self: &Arc<Self>,
        account: &WorkAccount,
        card: &Card,
        decision: countersign_protocol::Decision,
        number: Option<Number>,
    ) -> Result<OutgoingAnswer, CoreError> {
        let is_approval = number.is_some();
        if is_approval && card.valid_until() <= self.now() {
            return Err(CoreError::Gone);
        }
        let at = self.now().shifted(self.clock_offset(account.server));
        let answer = card.request.answer(decision, number, at, CallId::make(&*self.random));
        let (key, what_for) = if is_approval {
            (account.approval_key.clone(), SignFor::Approval)
        } else {
            (account.device_key.clone(), SignFor::Call)
        };
        let ticket = self.ticket();
        let signing = self.off(move |core| core.keys.sign(&core.vault, &key, &answer, what_for, ticket));
        let signed =
            if is_approval { self.with_the_person(signing, card, ticket).await } else { signing.await };
        if let Err(CoreError::Key(PortError::Missing | PortError::Invalidated)) = signed {
            self.key_is_gone(account.entry).await;
        }
        let jws = signed?;
        // The person may have taken longer than the request lives.
        if is_approval && card.valid_until() <= self.now() {
            return Err(CoreError::Gone);
        }
        let content = card.request.content();
        let expires = if decision == countersign_protocol::Decision::Report {
            content.iat.plus(REPORT_SECONDS)
        } else {
            content.exp
        };
        let outgoing = OutgoingAnswer { entry: account.entry, request: content.id, jws, expires };
        self.keep_answer(&outgoing).await?;
        Ok(outgoing)
    }

    /// Reports a request that ended before this run of the app: what it showed is gone, and nothing of it is needed.
    async fn report_without_card(
        self: &Arc<Self>,
        account: &WorkAccount,
        request: RequestId,
    ) -> Result<Outcome, CoreError> {
        let entry = account.entry;
        let ended = self.reportable().into_iter().find(|it| it.entry == entry && it.request == request);
        let (hash, at) = ended.and_then(|ended| Some((ended.hash?, ended.at))).ok_or(CoreError::Gone)?;
        if !self.live().cards.begin_again(entry, request) {
            return Err(CoreError::Gone);
        }
        let offset = self.clock_offset(account.server);
        let (now, call) = (self.now().shifted(offset), CallId::make(&*self.random));
        let decided = (countersign_protocol::Decision::Report, None);
        let report = Answer::new(account.device, account.server, now, call, (request, hash), decided);
        let reported = async {
            let signed = self.sign_with_device_key(account, report, Duration::ZERO).await?;
            // Its end is at most as long ago as its beginning; the server knows when it was made.
            let expires = at.shifted(offset).plus(REPORT_SECONDS);
            let outgoing = OutgoingAnswer { entry, request, jws: signed.jws, expires };
            self.keep_answer(&outgoing).await?;
            self.deliver_answer(outgoing, Trying::Long).await
        };
        let reported = reported.await;
        self.live().cards.done(entry, request);
        Ok(reported?.unwrap_or(CardState::NotConfirmed).into())
    }

    /// The requests that ended here, have no card any more and can still be reported.
    pub(super) fn reportable(&self) -> Vec<EndedRequest> {
        let Ok(contacts) = self.contacts() else { return Vec::new() };
        let (now, live) = (self.now(), self.live());
        let may_report = |ended: &&EndedRequest| {
            ended.hash.is_some()
                && now.since(ended.at) < REPORT_SECONDS
                && live.cards.find(ended.entry, ended.request).is_none()
        };
        contacts.ended.iter().filter(may_report).cloned().collect()
    }

    /// Waits for the person, and takes the question away when it has no sense any more.
    async fn with_the_person(
        self: &Arc<Self>,
        signing: impl Future<Output = Result<String, CoreError>>,
        card: &Card,
        ticket: Ticket,
    ) -> Result<String, CoreError> {
        let left = Duration::from_secs(card.valid_until().since(self.now()));
        let given_up = tokio::select! {
            biased;
            signed = signing => return signed,
            () = tokio::time::sleep(left) => CoreError::Gone,
            () = self.request_ended(card) => CoreError::Gone,
            () = self.app_went_away() => CoreError::Cancelled,
        };
        self.off(move |core| {
            core.keys.give_up(ticket);
            Ok(())
        })
        .await?;
        Err(given_up)
    }

    async fn request_ended(&self, card: &Card) {
        loop {
            // Asked for before the look, so that nothing slips in between.
            let ended = self.ended.notified();
            if !self.live().cards.is_open(card.entry, card.request.content().id) {
                return;
            }
            ended.await;
        }
    }

    /// A shell that never was active, as a command of a terminal, does not go away either.
    async fn app_went_away(&self) {
        let mut active = self.active.subscribe();
        loop {
            // The sender is in this very object.
            let _ = active.changed().await;
            if !*active.borrow_and_update() {
                return;
            }
        }
    }
}

fn take(
    decision: Decision,
    digits: Digits,
) -> Result<(countersign_protocol::Decision, Option<Number>), CoreError> {
    match decision {
        Decision::Approve { typed } => {
            let number =
                Number::typed(&typed).filter(|number| number.digits() == digits).ok_or(CoreError::Typed)?;
            Ok((countersign_protocol::Decision::Approve, Some(number)))
        }
        Decision::Deny => Ok((countersign_protocol::Decision::Deny, None)),
        Decision::Report => Ok((countersign_protocol::Decision::Report, None)),
    }
}

impl From<CardState> for Outcome {
    fn from(state: CardState) -> Self {
        match state {
            CardState::Ended { verdict, phone } => Self::Verdict { verdict, phone },
            CardState::Waiting | CardState::Sending | CardState::NotConfirmed => Self::NotConfirmed,
        }
    }
}
