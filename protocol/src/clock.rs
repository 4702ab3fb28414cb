use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// The largest integer of the protocol: below 2^53, so that every JSON reader keeps it exact.
pub(crate) const MAX: u64 = (1 << 53) - 1;

/// Seconds since 1970-01-01T00:00:00Z, leap seconds not counted, below 2^53.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct UnixSeconds(u64);

/// A time of 2^53 seconds or more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a time must be below 2^53 seconds")]
pub struct MalformedTime;

impl UnixSeconds {
    /// The start of 1970.
    pub const EPOCH: Self = Self(0);

    /// # Errors
    /// [`MalformedTime`] from 2^53 on.
    pub fn new(seconds: u64) -> Result<Self, MalformedTime> {
        if seconds <= MAX { Ok(Self(seconds)) } else { Err(MalformedTime) }
    }

    /// Whole seconds since 1970.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0
    }

    /// Later by so many seconds; stays at the largest time.
    #[must_use]
    pub fn plus(self, seconds: u64) -> Self {
        Self(self.0.saturating_add(seconds).min(MAX))
    }

    /// Earlier by so many seconds; stays at 1970.
    #[must_use]
    pub fn minus(self, seconds: u64) -> Self {
        Self(self.0.saturating_sub(seconds))
    }

    /// Moved by a clock offset in seconds, either way.
    #[must_use]
    pub fn shifted(self, offset: i64) -> Self {
        if offset < 0 { self.minus(offset.unsigned_abs()) } else { self.plus(offset.unsigned_abs()) }
    }

    /// How many seconds this is after `earlier`; 0 if it is not.
    #[must_use]
    pub fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// What must be added to `other` to have this time, in seconds.
    #[must_use]
    pub fn offset_from(self, other: Self) -> i64 {
        // Both are below 2^53, so neither the casts nor the difference can overflow.
        i64::try_from(self.0).unwrap_or(i64::MAX).saturating_sub(i64::try_from(other.0).unwrap_or(i64::MAX))
    }
}

impl TryFrom<u64> for UnixSeconds {
    type Error = MalformedTime;
    fn try_from(seconds: u64) -> Result<Self, MalformedTime> {
        Self::new(seconds)
    }
}

impl From<UnixSeconds> for u64 {
    fn from(time: UnixSeconds) -> Self {
        time.0
    }
}

impl fmt::Display for UnixSeconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where the time comes from. Passed in everywhere, so that expiry, replay and back-off are tested without waiting.
pub trait Clock: Send + Sync {
    /// Now, by this clock.
    fn now(&self) -> UnixSeconds;
}

/// The machine's own clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that is passed in")]
    fn now(&self) -> UnixSeconds {
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
        UnixSeconds(seconds.min(MAX))
    }
}
