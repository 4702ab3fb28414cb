//! Tallies of calls, in memory: a restart forgets them, and a bad call costs no write.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use countersign_protocol::UnixSeconds;

use crate::rules::tally::{Limit, Tally};

/// So many names are kept. Beyond them those that are over go, and if that is not enough all go, as at a restart.
const MOST: usize = 100_000;

/// Tallies by name.
#[derive(Default)]
pub(crate) struct Counts(Mutex<HashMap<String, Tally>>);

impl Counts {
    /// Until when there may be no more; None if there may be one now.
    pub(crate) fn full_until(&self, name: &str, limit: Limit, now: UnixSeconds) -> Option<UnixSeconds> {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.get(name).and_then(|tally| tally.full_until(limit, now))
    }

    /// One more, whether or not there may be one.
    pub(crate) fn add(&self, name: &str, limit: Limit, now: UnixSeconds) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= MOST && !counts.contains_key(name) {
            counts.retain(|_, tally| {
                tally.forget(now, limit.within);
                !tally.times().is_empty()
            });
            if counts.len() >= MOST {
                counts.clear();
            }
        }
        let tally = counts.entry(name.to_owned()).or_default();
        tally.forget(now, limit.within);
        // What is beyond the limit says nothing new: the newest that count are enough.
        if tally.left(limit, now) > 0 {
            tally.add(now);
        }
    }

    /// One more if there may be one; else until when not.
    pub(crate) fn take(&self, name: &str, limit: Limit, now: UnixSeconds) -> Result<(), UnixSeconds> {
        match self.full_until(name, limit, now) {
            Some(until) => Err(until),
            None => {
                self.add(name, limit, now);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Limit = Limit { most: 2, within: 60 };

    fn at(seconds: u64) -> UnixSeconds {
        UnixSeconds::new(1_800_000_000 + seconds).unwrap()
    }

    #[test]
    fn names_without_end_do_not_fill_the_memory() {
        let counts = Counts::default();
        for index in 0..MOST + 10 {
            counts.add(&index.to_string(), LIMIT, at(0));
        }
        assert!(counts.0.lock().unwrap().len() <= MOST);
    }

    #[test]
    fn a_count_stops_only_what_it_counts() {
        let counts = Counts::default();
        assert_eq!(counts.take("a", LIMIT, at(0)), Ok(()));
        assert_eq!(counts.take("a", LIMIT, at(1)), Ok(()));
        assert_eq!(counts.take("a", LIMIT, at(2)), Err(at(60)));
        assert_eq!(counts.take("b", LIMIT, at(2)), Ok(()));
        assert_eq!(counts.take("a", LIMIT, at(60)), Ok(()));
    }
}
