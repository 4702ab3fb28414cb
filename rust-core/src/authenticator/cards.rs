//! The cards of requests, in memory: one request is one card, whatever delivered it (rule 8).

use countersign_protocol::{RequestId, UnixSeconds, Verdict};

use super::{CardState, RequestCard};
use crate::approval::Prompt;
use crate::approval::countersign::SignInRequest;
use crate::vault::EntryId;

/// How many cards of ended requests are kept.
const ENDED_KEPT: usize = 20;
/// How long after a request was made a report of it counts, in seconds.
pub(super) const REPORT_SECONDS: u64 = 24 * 60 * 60;

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

/// All cards, newest last, and which requests are being answered.
#[derive(Default)]
pub(super) struct Cards {
    cards: Vec<Card>,
    answering: Vec<(EntryId, RequestId)>,
}

impl Cards {
    /// Adds the card of a request. False when it has one already.
    pub(super) fn add(&mut self, entry: EntryId, request: SignInRequest, host: String, offset: i64) -> bool {
        let id = request.content().id;
        if self.find(entry, id).is_some() {
            return false;
        }
        self.cards.push(Card { entry, request, host, offset, state: CardState::Waiting, ended: None });
        true
    }

    pub(super) fn find(&self, entry: EntryId, request: RequestId) -> Option<&Card> {
        self.cards.iter().find(|card| card.entry == entry && card.request.content().id == request)
    }

    /// Takes the card of a request that is to be answered, by one caller at a time: one that waits, and for a report
    /// also one that has ended. Gives it as it was.
    pub(super) fn begin(&mut self, entry: EntryId, request: RequestId, is_report: bool) -> Option<Card> {
        let card = self.find(entry, request)?.clone();
        let may_begin = match card.state {
            CardState::Waiting => true,
            CardState::Sending => false,
            CardState::Ended { .. } | CardState::NotConfirmed => is_report,
        };
        if !may_begin || !self.begin_again(entry, request) {
            return None;
        }
        self.set(entry, request, CardState::Sending);
        Some(card)
    }

    /// As [`begin`](Self::begin), for an answer that was signed before; its card may be gone.
    pub(super) fn begin_again(&mut self, entry: EntryId, request: RequestId) -> bool {
        let is_free = !self.answering.contains(&(entry, request));
        if is_free {
            self.answering.push((entry, request));
        }
        is_free
    }

    /// The caller who began is done.
    pub(super) fn done(&mut self, entry: EntryId, request: RequestId) {
        self.answering.retain(|answering| *answering != (entry, request));
    }

    /// Whether a request has neither ended nor gone with its account.
    pub(super) fn is_open(&self, entry: EntryId, request: RequestId) -> bool {
        self.find(entry, request).is_some_and(|card| card.ended.is_none())
    }

    fn find_mut(&mut self, entry: EntryId, request: RequestId) -> Option<&mut Card> {
        self.cards.iter_mut().find(|card| card.entry == entry && card.request.content().id == request)
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
        let ended = self.cards.iter().filter(|card| card.ended.is_some()).count();
        let mut surplus = ended.saturating_sub(ENDED_KEPT);
        self.cards.retain(|card| match card.ended {
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
        let ids = self.cards.iter().filter(waits).map(|card| card.request.content().id);
        ids.filter(|id| Some(*id) != request).collect()
    }

    /// Takes the cards of an account away.
    pub(super) fn forget(&mut self, entry: EntryId) {
        self.cards.retain(|card| card.entry != entry);
    }

    /// What a person sees: what waits first, then what ended, newest first.
    pub(super) fn rows(&self, now: UnixSeconds) -> Vec<RequestCard> {
        let mut rows: Vec<_> = self.cards.iter().rev().map(|card| card.row(now)).collect();
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

#[cfg(test)]
mod tests {
    use countersign_protocol::SystemRandom;

    use super::*;
    use crate::approval::countersign::shown;

    /// Cards with one that waits, and whose it is.
    fn one_waits() -> (Cards, EntryId, RequestId) {
        let (mut cards, entry, request) = (Cards::default(), EntryId::make(&SystemRandom), shown("Mail"));
        let id = request.content().id;
        assert!(cards.add(entry, request, "signin.halden.example".to_owned(), 0));
        (cards, entry, id)
    }

    fn now() -> UnixSeconds {
        UnixSeconds::new(110).unwrap()
    }

    #[test]
    fn another_request_of_the_same_id_changes_no_card() {
        let (mut cards, entry, id) = one_waits();
        let before = cards.rows(now());
        assert!(!cards.add(entry, shown("Payroll"), "elsewhere.example".to_owned(), 5));
        assert_eq!(cards.rows(now()), before);
        assert_eq!(cards.begin(entry, id, false).unwrap().request.content().application.as_str(), "Mail");
        // Nor while it is answered, nor after.
        assert!(!cards.add(entry, shown("Payroll"), "elsewhere.example".to_owned(), 5));
        cards.end(entry, id, CardState::Ended { verdict: Verdict::Denied, phone: None }, now());
        assert!(!cards.add(entry, shown("Payroll"), "elsewhere.example".to_owned(), 5));
        assert_eq!(cards.rows(now())[0].application, "Mail");
    }

    #[test]
    fn a_card_is_taken_by_one_answer_at_a_time() {
        let (mut cards, entry, id) = one_waits();
        assert!(cards.begin(entry, id, false).is_some());
        assert!(cards.begin(entry, id, false).is_none() && cards.begin(entry, id, true).is_none());
        assert!(!cards.begin_again(entry, id));
        // Nothing was sent: it waits as before.
        cards.set(entry, id, CardState::Waiting);
        cards.done(entry, id);
        assert!(cards.begin(entry, id, false).is_some());
    }

    #[test]
    fn what_has_ended_takes_a_report_and_nothing_else() {
        let ended = CardState::Ended { verdict: Verdict::Approved, phone: None };
        for ending in [ended, CardState::NotConfirmed] {
            let (mut cards, entry, id) = one_waits();
            cards.end(entry, id, ending.clone(), now());
            assert!(cards.begin(entry, id, false).is_none());
            assert!(cards.begin(entry, id, true).is_some());
            assert!(cards.begin(entry, id, true).is_none());
            assert_eq!(cards.find(entry, id).unwrap().state, ending);
            cards.end(entry, id, CardState::Ended { verdict: Verdict::Expired, phone: None }, now());
            assert_eq!(cards.find(entry, id).unwrap().state, ending);
            let reported = CardState::Ended { verdict: Verdict::Reported, phone: None };
            cards.end(entry, id, reported.clone(), now());
            assert_eq!(cards.find(entry, id).unwrap().state, reported);
        }
    }
}
