//! How often something happened: the one mechanism behind every limit.

use countersign_protocol::UnixSeconds;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// So many in so many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limit {
    pub(crate) most: usize,
    pub(crate) within: u64,
}

/// Wrong passwords for one user name from one address.
pub(crate) const WRONG_PASSWORDS: Limit = Limit { most: 10, within: HOUR };
/// Wrong passwords for one user name from all addresses together.
pub(crate) const WRONG_PASSWORDS_IN_ALL: Limit = Limit { most: 100, within: HOUR };
/// Wrong passwords from one address for all user names together: it slows down who tries one password with many names.
/// Whoever shares the address is kept out as well, so it is high and soon over.
pub(crate) const WRONG_PASSWORDS_OF_ADDRESS: Limit = Limit { most: 100, within: 10 * MINUTE };
/// Wrong one-time codes of a person: at sign-ins from one address, and in sessions that are signed in.
pub(crate) const WRONG_CODES: Limit = Limit { most: 10, within: HOUR };
/// Wrong one-time codes of a person at sign-ins from all addresses together. Of a million codes three are right at a time.
pub(crate) const WRONG_CODES_IN_ALL: Limit = Limit { most: 30, within: HOUR };
/// Activation codes that are unknown, used or over, per address.
pub(crate) const WRONG_ACTIVATIONS: Limit = Limit { most: 20, within: 10 * MINUTE };
/// Activations that a phone posts again, per code: each costs as much as the first.
pub(crate) const ACTIVATIONS_AGAIN: Limit = Limit { most: 10, within: 10 * MINUTE };
/// Activation codes made, per session.
pub(crate) const ACTIVATIONS: Limit = Limit { most: 5, within: HOUR };
/// Test requests to one phone: five an activation, which lives for half an hour.
pub(crate) const TESTS: Limit = Limit { most: 5, within: DAY };
/// Requests to a person, per count, not approved.
pub(crate) const REQUESTS: Limit = Limit { most: 5, within: 10 * MINUTE };
/// The same over a day.
pub(crate) const REQUESTS_A_DAY: Limit = Limit { most: 20, within: DAY };
/// Bad calls, per address.
pub(crate) const BAD_CALLS: Limit = Limit { most: 100, within: 10 * MINUTE };
/// Good calls, per device.
pub(crate) const GOOD_CALLS: Limit = Limit { most: 60, within: MINUTE };

/// The wait after the first request that was not approved; it doubles with each further one.
const FIRST_WAIT: u64 = 10;
const LONGEST_WAIT: u64 = HOUR;

/// When something happened, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    times: Vec<UnixSeconds>,
}

impl Tally {
    /// From stored times, in any order.
    pub(crate) fn new(mut times: Vec<UnixSeconds>) -> Self {
        times.sort_unstable();
        Self { times }
    }

    pub(crate) fn times(&self) -> &[UnixSeconds] {
        &self.times
    }

    /// One more.
    pub(crate) fn add(&mut self, now: UnixSeconds) {
        let at = self.times.partition_point(|time| *time <= now);
        self.times.insert(at, now);
    }

    /// Forgets what is older than so many seconds.
    pub(crate) fn forget(&mut self, now: UnixSeconds, older_than: u64) {
        self.times.retain(|time| !is_over(*time, older_than, now));
    }

    /// How many more there may be now.
    pub(crate) fn left(&self, limit: Limit, now: UnixSeconds) -> usize {
        limit.most.saturating_sub(self.counted(limit, now).count())
    }

    /// Until when there may be no more; None if there may be one now.
    pub(crate) fn full_until(&self, limit: Limit, now: UnixSeconds) -> Option<UnixSeconds> {
        // Of those that count, the one that has to go before there is room for another.
        let oldest = self.counted(limit, now).rev().nth(limit.most.checked_sub(1)?)?;
        Some(oldest.plus(limit.within))
    }

    /// Until when to wait after requests that were not approved: 10 s, doubling, to an hour, gone after 24 h.
    ///
    /// `last_end` is when the newest ended; while it waits its making counts.
    pub(crate) fn back_off_until(
        &self,
        last_end: Option<UnixSeconds>,
        now: UnixSeconds,
    ) -> Option<UnixSeconds> {
        let day = Limit { most: usize::MAX, within: DAY };
        let newest = self.counted(day, now).next_back()?;
        let doublings = u32::try_from(self.counted(day, now).count()).unwrap_or(u32::MAX).saturating_sub(1);
        let wait =
            1_u64.checked_shl(doublings).map_or(LONGEST_WAIT, |times| FIRST_WAIT.saturating_mul(times));
        let until = last_end.unwrap_or(*newest).max(*newest).plus(wait.min(LONGEST_WAIT));
        (now < until).then_some(until)
    }

    fn counted(&self, limit: Limit, now: UnixSeconds) -> impl DoubleEndedIterator<Item = &UnixSeconds> {
        self.times.iter().filter(move |time| !is_over(**time, limit.within, now))
    }
}

/// A clock that was put back must not make an old time count for longer than its limit from now on.
fn is_over(time: UnixSeconds, within: u64, now: UnixSeconds) -> bool {
    now >= time.plus(within) || time > now.plus(within)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> UnixSeconds {
        UnixSeconds::new(1_800_000_000 + seconds).unwrap()
    }

    fn tally(times: &[u64]) -> Tally {
        Tally::new(times.iter().map(|time| at(*time)).collect())
    }

    const TWO_A_MINUTE: Limit = Limit { most: 2, within: 60 };

    #[test]
    fn a_limit_is_full_until_its_oldest_is_over() {
        let tally = tally(&[0, 10]);
        assert_eq!(tally.full_until(TWO_A_MINUTE, at(10)), Some(at(60)));
        assert_eq!(tally.full_until(TWO_A_MINUTE, at(59)), Some(at(60)));
        assert_eq!(tally.full_until(TWO_A_MINUTE, at(60)), None);
        assert_eq!((tally.left(TWO_A_MINUTE, at(59)), tally.left(TWO_A_MINUTE, at(60))), (0, 1));
    }

    #[test]
    fn more_than_the_limit_waits_for_all_that_are_too_many() {
        assert_eq!(tally(&[0, 10, 20]).full_until(TWO_A_MINUTE, at(20)), Some(at(70)));
    }

    #[test]
    fn a_clock_put_back_by_days_does_not_lock_for_days() {
        assert_eq!(tally(&[100_000, 100_001]).full_until(TWO_A_MINUTE, at(0)), None);
    }

    #[test]
    fn the_wait_doubles_to_an_hour() {
        let waits: Vec<u64> = (1..=20)
            .map(|count| {
                let tally = Tally::new(vec![at(0); count]);
                tally.back_off_until(None, at(0)).unwrap().since(at(0))
            })
            .collect();
        assert_eq!(waits[..9], [10, 20, 40, 80, 160, 320, 640, 1280, 2560]);
        assert!(waits[9..].iter().all(|wait| *wait == 3600));
        assert_eq!(Tally::new(vec![at(0); 200]).back_off_until(None, at(0)), Some(at(3600)));
    }

    #[test]
    fn the_wait_begins_with_the_end_of_the_last_request() {
        assert_eq!(tally(&[0]).back_off_until(Some(at(60)), at(60)), Some(at(70)));
        assert_eq!(tally(&[0]).back_off_until(Some(at(60)), at(70)), None);
        assert_eq!(tally(&[0]).back_off_until(None, at(5)), Some(at(10)));
    }

    #[test]
    fn without_a_request_in_24_hours_there_is_no_wait() {
        assert_eq!(tally(&[]).back_off_until(None, at(0)), None);
        assert_eq!(tally(&[0]).back_off_until(Some(at(60)), at(24 * 3600)), None);
    }
}
