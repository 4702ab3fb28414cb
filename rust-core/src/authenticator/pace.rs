//! When an inbox asks again.
//!
//! ```text
//!                    replied
//!  ──► Asking(hold 0) ────► Asking(hold 50 s) ◄─┐
//!        ▲     │ failed      │ failed │ replied │
//!        │     ▼             │        └─────────┘
//!        │   Resting(n) ◄────┘     n failures in a row: 1, 2, 4 … 60 s, with jitter
//!        └─────┘ time is up, or the vault is unlocked
//! ```
//!
//! Before each call the inbox also waits as long as the server has asked for, and as long as its [`Pace`] says.

use std::time::Duration;

use countersign_protocol::Hold;
use tokio::time::Instant;

/// The longest rest between two calls that failed, in seconds.
const LONGEST_REST: u64 = 60;
/// So many replies may come one after the other without a rest,
const AT_ONCE: u32 = 30;
/// and one more each time that this has passed.
const EACH: Duration = Duration::from_secs(5);

/// Where an inbox stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// It asks, after so many failures in a row.
    Asking { hold: Hold, failures: u32 },
    /// It rests after so many failures in a row.
    Resting { failures: u32 },
}

/// What happens to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    Replied,
    Failed,
    TimeIsUp,
    /// What failed may have failed for the lock.
    Unlocked,
}

/// Where each inbox begins.
pub(super) const START: State = State::Asking { hold: Hold::NONE, failures: 0 };

pub(super) fn next(state: State, event: Event) -> State {
    let (State::Asking { failures, .. } | State::Resting { failures }) = state;
    match event {
        Event::Replied => State::Asking { hold: Hold::LONGEST, failures: 0 },
        Event::Failed => State::Resting { failures: failures.saturating_add(1) },
        Event::TimeIsUp => State::Asking { hold: Hold::NONE, failures },
        Event::Unlocked => START,
    }
}

/// How long to rest after so many failures: doubled each time, plus up to a quarter so that phones do not come at once.
pub(super) fn rest(failures: u32, jitter: u8) -> Duration {
    let Some(doublings) = failures.checked_sub(1) else { return Duration::ZERO };
    let seconds = 1_u64.checked_shl(doublings).unwrap_or(LONGEST_REST).min(LONGEST_REST);
    Duration::from_millis(seconds * 1000 + seconds * 250 * u64::from(jitter) / 255)
}

/// How fast replies come. A server that has news tells some at once; one that always has is asked less and less, so
/// that it empties neither the battery nor the disk.
pub(super) struct Pace {
    /// What has not been waited for yet: [`EACH`] a reply, less the time that has passed.
    owed: Duration,
    last: Instant,
}

impl Pace {
    pub(super) fn new(now: Instant) -> Self {
        Self { owed: Duration::ZERO, last: now }
    }

    /// After a reply: how long to wait before the next call.
    pub(super) fn replied(&mut self, now: Instant) -> Duration {
        self.owed = self.owed.saturating_sub(now.saturating_duration_since(self.last)) + EACH;
        self.last = now;
        let too_much = self.owed.saturating_sub(EACH * AT_ONCE);
        rest(u32::try_from(too_much.as_secs().div_ceil(EACH.as_secs())).unwrap_or(u32::MAX), 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_a_reply_the_server_may_hold_the_next_call() {
        for state in
            [START, State::Asking { hold: Hold::LONGEST, failures: 2 }, State::Resting { failures: 3 }]
        {
            assert_eq!(next(state, Event::Replied), State::Asking { hold: Hold::LONGEST, failures: 0 });
        }
    }

    #[test]
    fn a_vault_that_is_unlocked_ends_every_rest() {
        for state in [State::Asking { hold: Hold::LONGEST, failures: 1 }, State::Resting { failures: 9 }] {
            assert_eq!(next(state, Event::Unlocked), START);
        }
    }

    #[test]
    fn rests_double_up_to_a_minute_and_a_quarter() {
        let mut state = State::Asking { hold: Hold::LONGEST, failures: 0 };
        let mut rests = Vec::new();
        for _ in 0..9 {
            state = next(state, Event::Failed);
            let State::Resting { failures } = state else { panic!("{state:?}") };
            rests.push(rest(failures, 0).as_secs());
            assert!(rest(failures, 255) <= rest(failures, 0) * 5 / 4);
            state = next(state, Event::TimeIsUp);
            assert_eq!(state, State::Asking { hold: Hold::NONE, failures });
        }
        assert_eq!(rests, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(rest(u32::MAX, 0).as_secs(), 60);
    }

    /// How many replies in ten minutes a server gets to send that sends each at once.
    fn replies(took: Duration) -> usize {
        let start = Instant::now();
        let (mut now, mut pace, mut replies) = (start, Pace::new(start), 0);
        while now < start + Duration::from_secs(600) {
            now += took;
            now += pace.replied(now);
            replies += 1;
        }
        replies
    }

    #[test]
    fn a_server_that_always_has_news_is_asked_less_and_less() {
        let replies = replies(Duration::from_millis(10));
        assert!((100..170).contains(&replies), "{replies}");
    }

    #[test]
    fn news_now_and_then_are_asked_for_at_once() {
        let start = Instant::now();
        let (mut now, mut pace) = (start, Pace::new(start));
        for _ in 0..10 {
            for _ in 0..12 {
                assert_eq!(pace.replied(now), Duration::ZERO);
            }
            now += Duration::from_secs(60);
        }
        assert_eq!(replies(Duration::from_secs(50)), 12);
    }
}
