//! The cards of requests, in memory: one request is one card, whatever delivered it (rule 8).

use countersign_protocol::{RequestId, UnixSeconds, Verdict};

use super::{CardState, RequestCard};
use crate::approval::Prompt;
use crate::approval::countersign::SignInRequest;
use crate::vault::EntryId;

/// How many cards of ended requests are kept.
const ENDED_KEPT: usize = 20;
/// How long a request can still be reported after its end.
const REPORT_SECONDS: u64 = 24 * 60 * 60;

/// One request that was checked, and how far it is.
#[derive(Clone)]
pub(super) struct Card {
    pub(super) entry: EntryId,
    pub(super) request: SignInRequest,
    /// The server's host, as it was when the request came.
    host: String,
    /// Server's clock minus phone's, as it was when the request came.
    offset: i64,
    pub(super) state: CardState,
    /// When it ended here.
    ended: Option<UnixSeconds>,
}

/// All cards, newest last.
#[derive(Default)]
pub(super) struct Cards(Vec<Card>);

impl Cards {
    /// Adds the card of a request. False when it has one already.
    pub(super) fn add(&mut self, entry: EntryId, request: SignInRequest, host: String, offset: i64) -> bool {
        let id = request.content().id;
        if self.find(entry, id).is_some() {
            return false;
        }
        self.0.push(Card { entry, request, host, offset, state: CardState::Waiting, ended: None });
        true
    }

    pub(super) fn find(&self, entry: EntryId, request: RequestId) -> Option<&Card> {
        self.0.iter().find(|card| card.entry == entry && card.request.content().id == request)
    }

    /// Whether a request has neither ended nor gone with its account.
    pub(super) fn is_open(&self, entry: EntryId, request: RequestId) -> bool {
        self.find(entry, request).is_some_and(|card| card.ended.is_none())
    }

    fn find_mut(&mut self, entry: EntryId, request: RequestId) -> Option<&mut Card> {
        self.0.iter_mut().find(|card| card.entry == entry && card.request.content().id == request)
    }

    /// Moves a card that has not ended on.
    pub(super) fn set(&mut self, entry: EntryId, request: RequestId, state: CardState) {
        if let Some(card) = self.find_mut(entry, request)
            && card.ended.is_none()
        {
            card.state = state;
        }
    }

    /// Ends a card. A report after another ending takes its place; nothing else does.
    pub(super) fn end(&mut self, entry: EntryId, request: RequestId, state: CardState, now: UnixSeconds) {
        let is_report = matches!(state, CardState::Ended { verdict: Verdict::Reported, .. });
        if let Some(card) = self.find_mut(entry, request)
            && (card.ended.is_none() || is_report)
        {
            card.state = state;
            card.ended = Some(now);
        }
        let ended = self.0.iter().filter(|card| card.ended.is_some()).count();
        let mut surplus = ended.saturating_sub(ENDED_KEPT);
        self.0.retain(|card| match card.ended {
            Some(at) if surplus > 0 || now.since(at) > REPORT_SECONDS => {
                surplus = surplus.saturating_sub(1);
                false
            }
            _ => true,
        });
    }

    /// The cards of an account that wait for a person, other than this request's: the server has none but that.
    pub(super) fn waiting_but(&self, entry: EntryId, request: Option<RequestId>) -> Vec<RequestId> {
        let waits = |card: &&Card| card.entry == entry && card.state == CardState::Waiting;
        let ids = self.0.iter().filter(waits).map(|card| card.request.content().id);
        ids.filter(|id| Some(*id) != request).collect()
    }

    /// Takes the cards of an account away.
    pub(super) fn forget(&mut self, entry: EntryId) {
        self.0.retain(|card| card.entry != entry);
    }

    /// What a person sees: what waits first, then what ended, newest first.
    pub(super) fn rows(&self, now: UnixSeconds) -> Vec<RequestCard> {
        let mut rows: Vec<_> = self.0.iter().rev().map(|card| card.row(now)).collect();
        rows.sort_by_key(|row| !matches!(row.state, CardState::Waiting | CardState::Sending));
        rows
    }
}

impl Card {
    /// When it ends unanswered, by this phone's clock.
    pub(super) fn valid_until(&self) -> UnixSeconds {
        self.request.content().exp.shifted(self.offset.saturating_neg())
    }

    /// What the person is asked for.
    pub(super) fn prompt(&self) -> Prompt {
        Prompt::TypeNumber(self.request.content().digits)
    }

    fn row(&self, now: UnixSeconds) -> RequestCard {
        let shown = self.request.content();
        let text = |text: &dyn ToString| text.to_string();
        let is_late = self.state == CardState::Waiting && self.valid_until() <= now;
        RequestCard {
            id: shown.id,
            account_id: self.entry,
            kind: shown.kind,
            prompt: self.prompt(),
            organisation: text(&shown.organisation),
            host: self.host.clone(),
            account: text(&shown.account),
            application: text(&shown.application),
            address: shown.address.as_ref().map(|shown| text(shown)),
            place: shown.place.as_ref().map(|shown| text(shown)),
            browser: shown.browser.as_ref().map(|shown| text(shown)),
            known: shown.known,
            reason: shown.reason.as_ref().map(|shown| text(shown)),
            issued: shown.iat.shifted(self.offset.saturating_neg()),
            valid_until: self.valid_until(),
            state: if is_late {
                CardState::Ended { verdict: Verdict::Expired, phone: None }
            } else {
                self.state.clone()
            },
        }
    }
}
