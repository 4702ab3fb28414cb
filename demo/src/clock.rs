//! A clock that can be put forward, so that expiry is walked without waiting.

use std::sync::atomic::{AtomicU64, Ordering};

use countersign_protocol::{Clock, SystemClock, UnixSeconds};

/// The machine's clock, and so many seconds more.
#[derive(Debug, Default)]
pub struct SteppedClock(AtomicU64);

impl SteppedClock {
    /// Puts it forward.
    pub fn step(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::AcqRel);
    }
}

impl Clock for SteppedClock {
    fn now(&self) -> UnixSeconds {
        SystemClock.now().plus(self.0.load(Ordering::Acquire))
    }
}
