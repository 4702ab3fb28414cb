//! The commands of requests: what waits, and the answers to it.

use std::time::Duration;

use countersign_core::authenticator::{CardState, CoreError, Decision, EntryId, Outcome, RequestCard};
use countersign_protocol::{RequestId, Verdict};
use serde_json::json;

use super::perform::Runner;
use super::written::{Answered, Request};
use super::{Exit, Failure, Output};
use crate::words::left;

/// So many characters of an id name a request: more than anybody types by chance, so that nobody answers what they
/// have not seen.
const LEAST: usize = 4;

/// A request that an id names.
enum Found {
    /// With what it shows.
    Card(Box<RequestCard>),
    /// It ended before this process began: only its account and id are known.
    Before(EntryId, RequestId),
}

impl Runner<'_> {
    pub(super) async fn requests(&self, wait: Option<u64>, output: &mut Output<'_>) -> Result<(), Failure> {
        self.ask().await?;
        if let Some(seconds) = wait.filter(|_| self.waiting().is_empty()) {
            self.wait(seconds).await;
        }
        let cards = self.waiting();
        // Nothing is not known to be there while a server is silent.
        if let Some(silent) = self.silent().filter(|_| cards.is_empty()) {
            return Err(silent);
        }
        let values: Vec<_> = cards.iter().map(Request::of).collect();
        self.write(output, &json!({ "requests": values }), || {
            if cards.is_empty() {
                return vec![self.words.text("out-no-requests")];
            }
            cards.iter().flat_map(|card| self.card_lines(card)).collect()
        })?;
        if cards.is_empty() && wait.is_some() {
            return Err(Failure::new(Exit::NotThere, self.words.said("no-request-came", &[])));
        }
        Ok(())
    }

    /// The first server that did not answer.
    pub(super) fn silent(&self) -> Option<Failure> {
        let rows = self.authenticator.snapshot().accounts;
        let host = rows.into_iter().find(|row| row.unreachable)?.host?;
        Some(self.failed(&CoreError::Unreachable { host }))
    }

    pub(super) async fn answer(
        &self,
        wanted: &str,
        decision: Decision,
        asked: Verdict,
        output: &mut Output<'_>,
    ) -> Result<(), Failure> {
        self.ask().await?;
        let found = self.find(wanted, matches!(decision, Decision::Report))?;
        let (account, request) = match &found {
            Found::Card(card) => {
                if !output.is_json {
                    // Whoever answers has seen what to.
                    self.write(output, &(), || self.card_lines(card))?;
                }
                (card.account_id, card.id)
            }
            Found::Before(account, request) => (*account, *request),
        };
        let answered = self.authenticator.answer(account, request, decision).await;
        let outcome = answered.map_err(|error| match (&error, &found) {
            (CoreError::Typed, Found::Card(card)) => {
                Failure::new(Exit::Failed, self.words.digits_missing(crate::app::digits(card)))
            }
            _ => self.failed(&error),
        })?;
        let said = match found {
            Found::Card(card) => {
                let ended = RequestCard { state: state(&outcome), ..*card };
                // Each outcome is an ending.
                self.words.ending(&ended).ok_or_else(|| self.failed(&CoreError::Gone))?.said
            }
            Found::Before(..) => self.words.reported_late(&outcome),
        };
        let value = json!({ "answer": Answered::of(request, &outcome, &said) });
        if matches!(outcome, Outcome::Verdict { verdict, .. } if verdict == asked) {
            return self.write(output, &value, || vec![self.words.line(&said)]);
        }
        if output.is_json {
            self.write(output, &value, Vec::new)?;
        }
        Err(Failure::new(Exit::EndedOtherwise, said))
    }

    /// Asks every server. Before the first account there is no vault, and so nothing that could wait.
    pub(super) async fn ask(&self) -> Result<(), Failure> {
        match self.authenticator.refresh().await {
            Ok(()) | Err(CoreError::Locked) => Ok(()),
            Err(error) => Err(self.failed(&error)),
        }
    }

    /// Waits until a request is there, or the time is over.
    async fn wait(&self, seconds: u64) {
        self.authenticator.set_active(true).await;
        let comes = async {
            while self.waiting().is_empty() {
                self.bell.rung().await;
            }
        };
        // Whether one came is seen by whoever looks next.
        let _ = tokio::time::timeout(Duration::from_secs(seconds), comes).await;
        self.authenticator.set_active(false).await;
    }

    fn waiting(&self) -> Vec<RequestCard> {
        let cards = self.authenticator.snapshot().requests;
        cards.into_iter().filter(|card| card.state == CardState::Waiting).collect()
    }

    /// The one request whose id begins so: one that waits, and to report also one that has ended.
    fn find(&self, wanted: &str, is_report: bool) -> Result<Found, Failure> {
        let failed = |id: &str| {
            let least = i64::try_from(LEAST).unwrap_or(i64::MAX);
            let values = [("text", wanted.into()), ("least", least.into())];
            Failure::new(Exit::NotThere, self.words.said(id, &values))
        };
        if wanted.chars().count() < LEAST {
            return Err(failed("request-id-short"));
        }
        let fits = |id: RequestId| id.to_string().starts_with(wanted);
        let cards = if is_report { self.authenticator.snapshot().requests } else { self.waiting() };
        let cards = cards.into_iter().filter(|card| fits(card.id)).map(|card| Found::Card(Box::new(card)));
        let before = if is_report { self.authenticator.ended_before() } else { Vec::new() };
        let before = before.into_iter().filter(|ended| fits(ended.id));
        let mut found = cards.chain(before.map(|ended| Found::Before(ended.account_id, ended.id)));
        match (found.next(), found.next()) {
            (Some(found), None) => Ok(found),
            (Some(_), Some(_)) => Err(failed("request-ambiguous")),
            (None, _) => Err(self.silent().unwrap_or_else(|| failed("request-not-found"))),
        }
    }

    fn card_lines(&self, card: &RequestCard) -> Vec<String> {
        let words = self.words;
        let title = words.request_title(card);
        let time = words.time_left(left(card.valid_until, self.clock.now()));
        let title = words.with("beside", &[("name", title.into()), ("second", time.into())]);
        let mut lines = vec![format!("{}  {title}", card.id)];
        lines.extend(words.not_a_sign_in(card).map(|text| format!("  {text}")));
        lines.push(format!("  {}", words.question(card)));
        let facts = words.facts(card);
        let widest = facts.iter().map(|fact| fact.label.chars().count()).max().unwrap_or(0);
        lines.extend(facts.iter().map(|fact| format!("  {:<widest$}  {}", fact.label, fact.value)));
        let digits = crate::app::digits(card);
        let digits = i64::try_from(digits).unwrap_or(i64::MAX);
        lines.push(format!("  {}", words.with("out-digits", &[("digits", digits.into())])));
        lines
    }
}

fn state(outcome: &Outcome) -> CardState {
    match outcome {
        Outcome::Verdict { verdict, phone } => CardState::Ended { verdict: *verdict, phone: phone.clone() },
        Outcome::NotConfirmed => CardState::NotConfirmed,
    }
}
