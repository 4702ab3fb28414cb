//! When the next second begins.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How long it is until the clock shows another second. A little more than that, so that whoever sleeps so long and
/// looks sees the new second.
#[expect(
    clippy::disallowed_methods,
    reason = "only where within its second the machine's clock is; what time it is comes from the clock that is passed in"
)]
pub(super) fn until_next_second() -> Duration {
    let within = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().subsec_millis();
    Duration::from_millis(u64::from(1_001 - within.min(1_000)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_second_is_never_further_than_a_second_away() {
        for _ in 0..1_000 {
            let rest = until_next_second();
            assert!(rest > Duration::ZERO && rest <= Duration::from_millis(1_001), "{rest:?}");
        }
    }
}
