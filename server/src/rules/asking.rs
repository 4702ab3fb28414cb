//! Whether a session may ask the phone now.

use countersign_protocol::{Kind, RequestId, UnixSeconds};

use super::tally::{REQUESTS, REQUESTS_A_DAY, TESTS, Tally};

/// Everything that speaks for or against one more request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewRequest<'a> {
    /// What is to be asked.
    pub(crate) kind: Kind,
    /// What waits already for this person.
    pub(crate) waiting: Option<Waiting>,
    /// Requests that were not approved: of this count, or for a test of its activation.
    pub(crate) tally: &'a Tally,
    /// When the newest of the count ended; None while it waits.
    pub(crate) last_end: Option<UnixSeconds>,
    /// Until when a report pauses requests.
    pub(crate) paused_until: Option<UnixSeconds>,
}

/// The request that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Waiting {
    pub(crate) id: RequestId,
    pub(crate) kind: Kind,
    pub(crate) expires: UnixSeconds,
    /// Whether the session that asks now has made it.
    pub(crate) is_own: bool,
}

/// Whether a request may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Permission {
    /// Yes; this one is cancelled by it.
    Yes { replaces: Option<RequestId> },
    /// A report pauses requests until then.
    Paused(UnixSeconds),
    /// Another session's request waits until then.
    OtherWaiting(UnixSeconds),
    /// One was made a moment ago: from then on.
    TooSoon(UnixSeconds),
    /// The count is full until then.
    TooOften(UnixSeconds),
    /// That were all tests of this activation.
    NoMoreTests,
}

impl NewRequest<'_> {
    /// Decides. A test is part of adding one phone, so neither the pause nor the count of sign-ins touches it.
    pub(crate) fn permission(self, now: UnixSeconds) -> Permission {
        let is_test = self.kind == Kind::Test;
        if let Some(until) = self.paused_until.filter(|until| !is_test && now < *until) {
            return Permission::Paused(until);
        }
        let waiting = self.waiting.filter(|waiting| now < waiting.expires);
        let replaces = match waiting {
            // A reset is asked for with a user name only: whoever has proved more goes first.
            Some(waiting) if waiting.is_own || waiting.kind == Kind::Reset => Some(waiting.id),
            Some(waiting) => return Permission::OtherWaiting(waiting.expires),
            None => None,
        };
        if is_test {
            return if self.tally.left(TESTS, now) == 0 {
                Permission::NoMoreTests
            } else {
                Permission::Yes { replaces }
            };
        }
        let full = |limit| self.tally.full_until(limit, now);
        match (full(REQUESTS).max(full(REQUESTS_A_DAY)), self.tally.back_off_until(self.last_end, now)) {
            (Some(until), _) => Permission::TooOften(until),
            (None, Some(until)) => Permission::TooSoon(until),
            (None, None) => Permission::Yes { replaces },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: RequestId = RequestId::from_bytes([7; 16]);

    fn at(seconds: u64) -> UnixSeconds {
        UnixSeconds::new(1_800_000_000 + seconds).unwrap()
    }

    fn tally(times: &[u64]) -> Tally {
        Tally::new(times.iter().map(|time| at(*time)).collect())
    }

    fn asking(tally: &Tally) -> NewRequest<'_> {
        NewRequest { kind: Kind::SignIn, waiting: None, tally, last_end: None, paused_until: None }
    }

    fn waiting(kind: Kind, is_own: bool) -> Option<Waiting> {
        Some(Waiting { id: ID, kind, expires: at(60), is_own })
    }

    #[test]
    fn the_first_request_may_be_made() {
        assert_eq!(asking(&tally(&[])).permission(at(0)), Permission::Yes { replaces: None });
    }

    #[test]
    fn one_request_waits_at_a_time() {
        let tally = tally(&[]);
        for kind in [Kind::SignIn, Kind::Method, Kind::Test] {
            for other in [Kind::SignIn, Kind::Method, Kind::Test] {
                let asking = NewRequest { kind, waiting: waiting(other, false), ..asking(&tally) };
                assert_eq!(asking.permission(at(59)), Permission::OtherWaiting(at(60)));
                assert_eq!(asking.permission(at(60)), Permission::Yes { replaces: None });
                let own = NewRequest { waiting: waiting(other, true), ..asking };
                assert_eq!(own.permission(at(59)), Permission::Yes { replaces: Some(ID) });
            }
        }
    }

    #[test]
    fn a_reset_gives_way_to_who_has_proved_more() {
        let tally = tally(&[]);
        let asking = NewRequest { waiting: waiting(Kind::Reset, false), ..asking(&tally) };
        assert_eq!(asking.permission(at(1)), Permission::Yes { replaces: Some(ID) });
    }

    #[test]
    fn send_again_waits_out_the_back_off_of_the_request_that_still_waits() {
        let tally = tally(&[0]);
        let asking = NewRequest { waiting: waiting(Kind::SignIn, true), ..asking(&tally) };
        assert_eq!(asking.permission(at(9)), Permission::TooSoon(at(10)));
        assert_eq!(asking.permission(at(10)), Permission::Yes { replaces: Some(ID) });
    }

    #[test]
    fn five_in_ten_minutes_are_the_most() {
        let tally = tally(&[0, 11, 32, 73, 154]);
        let asking = NewRequest { last_end: Some(at(155)), ..asking(&tally) };
        assert_eq!(asking.permission(at(599)), Permission::TooOften(at(600)));
        assert_eq!(asking.permission(at(600)), Permission::Yes { replaces: None });
    }

    #[test]
    fn twenty_a_day_are_the_most() {
        let tally = Tally::new((0..20).map(|hour| at(hour * 3600)).collect());
        let asking = NewRequest { last_end: Some(at(19 * 3600)), ..asking(&tally) };
        assert_eq!(asking.permission(at(24 * 3600 - 1)), Permission::TooOften(at(24 * 3600)));
        assert!(matches!(asking.permission(at(24 * 3600)), Permission::Yes { .. }));
    }

    #[test]
    fn a_pause_stops_requests_but_not_tests() {
        let tally = tally(&[]);
        let paused = NewRequest { paused_until: Some(at(100)), ..asking(&tally) };
        assert_eq!(paused.permission(at(99)), Permission::Paused(at(100)));
        assert_eq!(paused.permission(at(100)), Permission::Yes { replaces: None });
        assert_eq!(
            NewRequest { kind: Kind::Method, ..paused }.permission(at(99)),
            Permission::Paused(at(100))
        );
        assert_eq!(
            NewRequest { kind: Kind::Test, ..paused }.permission(at(99)),
            Permission::Yes { replaces: None }
        );
    }

    #[test]
    fn an_activation_has_five_tests_and_no_wait_between_them() {
        let (four, five) = (tally(&[0, 1, 2, 3]), tally(&[0, 1, 2, 3, 4]));
        assert_eq!(
            NewRequest { kind: Kind::Test, ..asking(&four) }.permission(at(4)),
            Permission::Yes { replaces: None }
        );
        assert_eq!(
            NewRequest { kind: Kind::Test, ..asking(&five) }.permission(at(9999)),
            Permission::NoMoreTests
        );
    }
}
