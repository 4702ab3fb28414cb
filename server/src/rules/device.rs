//! How the server sees one phone.

use countersign_protocol::{RemovalReason, Status, UnixSeconds};

/// What is stored of a phone's standing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Added, not saved; over after a while.
    Pending {
        /// The first second at which it is too late to save.
        until: UnixSeconds,
    },
    /// Proved by a code instead of a test: makes codes, is asked nothing but tests.
    CodesOnly,
    /// Saved.
    Active,
    /// Gone from the account, for good.
    Removed(RemovalReason),
}

impl Standing {
    /// As it is at a time: a phone that nobody saved in time is removed, whether or not that was written down yet.
    pub(crate) fn at(self, now: UnixSeconds) -> Self {
        match self {
            Self::Pending { until } if now >= until => Self::Removed(RemovalReason::Unsaved),
            standing => standing,
        }
    }

    /// The first that holds of removed, pending, codes only, paused, active.
    pub(crate) fn status(self, paused_until: Option<UnixSeconds>, now: UnixSeconds) -> Status {
        match (self.at(now), paused_until) {
            (Self::Removed(reason), _) => Status::Removed(reason),
            (Self::Pending { .. }, _) => Status::Pending,
            (Self::CodesOnly, _) => Status::CodesOnly,
            (Self::Active, Some(until)) if now < until => Status::Paused(until),
            (Self::Active, _) => Status::Active,
        }
    }

    /// Whether it counts as one of the person's phones.
    pub(crate) fn is_saved(self) -> bool {
        matches!(self, Self::CodesOnly | Self::Active)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> UnixSeconds {
        UnixSeconds::new(seconds).unwrap()
    }

    #[test]
    fn the_first_status_that_holds_is_told() {
        let (pause, pending) = (Some(at(100)), Standing::Pending { until: at(50) });
        let removed = Standing::Removed(RemovalReason::Person);
        for (standing, paused, now, expected) in [
            (removed, pause, 0, Status::Removed(RemovalReason::Person)),
            (pending, pause, 49, Status::Pending),
            (pending, pause, 50, Status::Removed(RemovalReason::Unsaved)),
            (Standing::CodesOnly, pause, 0, Status::CodesOnly),
            (Standing::Active, pause, 99, Status::Paused(at(100))),
            (Standing::Active, pause, 100, Status::Active),
            (Standing::Active, None, 0, Status::Active),
        ] {
            assert_eq!(standing.status(paused, at(now)), expected);
        }
    }
}
