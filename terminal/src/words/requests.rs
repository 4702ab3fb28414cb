//! What the card of a request says: its title, its question and its facts, the same wherever it is shown.

use countersign_core::authenticator::RequestCard;
use countersign_protocol::{Kind, UnixSeconds};
use jiff::tz::TimeZone;

use super::{Said, Words};

/// The most characters that the core takes for a name.
const MOST_OF_NAME: i64 = 64;

/// A label, and what stands behind it.
pub(crate) struct Fact {
    pub(crate) label: String,
    pub(crate) value: String,
    /// Where `value` has an organisation and its host: the two apart, for where they must be cut.
    pub(crate) parts: Option<(String, String)>,
}

impl Words {
    pub(crate) fn request_title(self, card: &RequestCard) -> String {
        self.text(match card.kind {
            Kind::SignIn => "request-sign-in",
            Kind::Test => "request-test",
            Kind::Method => "request-method",
            Kind::Reset => "request-reset",
        })
    }

    /// The question that an approval answers.
    pub(crate) fn question(self, card: &RequestCard) -> String {
        let organisation = [("organisation", (&card.organisation).into())];
        match card.kind {
            Kind::SignIn => self.with("ask-sign-in", &[("application", (&card.application).into())]),
            Kind::Test => self.with("ask-test", &organisation),
            Kind::Method => self.with("ask-method", &organisation),
            Kind::Reset => self.with("ask-reset", &organisation),
        }
    }

    /// What is not a sign-in says so.
    pub(crate) fn not_a_sign_in(self, card: &RequestCard) -> Option<String> {
        match card.kind {
            Kind::SignIn => None,
            Kind::Test => Some(self.text("not-sign-in-test")),
            Kind::Method => Some(self.text("not-sign-in-method")),
            Kind::Reset => Some(self.text("not-sign-in-reset")),
        }
    }

    /// Who asks, for whom, from where, on what. What is not known is told as unknown.
    pub(crate) fn facts(self, card: &RequestCard) -> Vec<Fact> {
        let at = match card.kind {
            Kind::SignIn => self.organisation_at(card),
            // The question names the organisation.
            Kind::Test | Kind::Method | Kind::Reset => {
                let parts = Some((String::new(), card.host.clone()));
                Fact { parts, ..self.fact("fact-at", card.host.clone()) }
            }
        };
        let mut facts = vec![at, self.fact("fact-account", card.account.clone())];
        if let Some(reason) = &card.reason {
            let id = if card.kind == Kind::Method { "fact-what" } else { "fact-why" };
            facts.push(self.fact(id, reason.clone()));
        }
        facts.push(self.fact("fact-from", self.from(card)));
        facts.push(self.fact("fact-on", card.browser.clone().unwrap_or_else(|| self.text("unknown"))));
        facts
    }

    /// What it was, once it has ended.
    pub(crate) fn ended_facts(self, card: &RequestCard, now: UnixSeconds, zone: &TimeZone) -> Vec<Fact> {
        let was = match card.kind {
            Kind::SignIn => card.application.clone(),
            Kind::Test | Kind::Method | Kind::Reset => self.request_title(card),
        };
        vec![
            self.fact("fact-was", was),
            self.organisation_at(card),
            self.fact("fact-from", self.from(card)),
            self.fact("fact-asked", self.moment(card.issued, now, zone)),
        ]
    }

    /// What is wrong with a number of another length.
    pub(crate) fn digits_missing(self, digits: usize) -> Said {
        let digits = i64::try_from(digits).unwrap_or(i64::MAX);
        self.said("digits-missing", &[("digits", digits.into())])
    }

    /// What is wrong with a name of an account or of this device.
    pub(crate) fn name_refused(self) -> Said {
        self.said("name-refused", &[("most", MOST_OF_NAME.into())])
    }

    fn fact(self, id: &str, value: String) -> Fact {
        Fact { label: self.text(id), value, parts: None }
    }

    fn organisation_at(self, card: &RequestCard) -> Fact {
        let values = [("organisation", (&card.organisation).into()), ("host", (&card.host).into())];
        let parts = Some((card.organisation.clone(), card.host.clone()));
        Fact { parts, ..self.fact("fact-at", self.with("organisation-at", &values)) }
    }

    fn from(self, card: &RequestCard) -> String {
        let unknown = self.text("place-unknown");
        match (&card.place, &card.address) {
            (None, None) => unknown,
            (Some(place), None) => place.clone(),
            (place, Some(address)) => {
                let place = place.as_ref().unwrap_or(&unknown);
                self.with("place-and-address", &[("place", place.into()), ("address", address.into())])
            }
        }
    }
}
