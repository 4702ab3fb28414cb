//! Who may lift the pause of a report (rules 7 and 13).
//!
//! Lifting is a change as others are: it takes Security info open for changes, and a report closes it everywhere. So
//! whoever lifts a pause has proved to be the person after the report, and by a phone that the person had before what was
//! reported: an earlier session proves nothing, since it may be the thief's too, and neither does a phone that came since.

use countersign_protocol::UnixSeconds;

/// What a session can do about a pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifting {
    /// Lift it.
    Now,
    /// Lift it after a code of a phone that the person had before: it opens Security info, which no request does in a
    /// pause.
    ByCode,
    /// Nothing: it ends by itself.
    Never,
}

/// By when the request was made that was reported, when the phone was added that holds Security info open, and when those
/// were that make codes.
pub(crate) fn lifting(
    reported: UnixSeconds,
    held_open_by: Option<UnixSeconds>,
    mut making_codes: impl Iterator<Item = UnixSeconds>,
) -> Lifting {
    let is_older = |added| added <= reported;
    if held_open_by.is_some_and(is_older) {
        Lifting::Now
    } else if making_codes.any(is_older) {
        Lifting::ByCode
    } else {
        Lifting::Never
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> UnixSeconds {
        UnixSeconds::new(seconds).unwrap()
    }

    #[test]
    fn a_pause_is_lifted_by_a_phone_that_was_there_before_what_was_reported() {
        for (held_open_by, making_codes, expected) in [
            (None, vec![], Lifting::Never),
            (None, vec![101], Lifting::Never),
            (Some(101), vec![101], Lifting::Never),
            (None, vec![101, 100], Lifting::ByCode),
            (Some(101), vec![99], Lifting::ByCode),
            (Some(100), vec![], Lifting::Now),
            (Some(99), vec![101], Lifting::Now),
        ] {
            let found = lifting(at(100), held_open_by.map(at), making_codes.iter().copied().map(at));
            assert_eq!(found, expected, "{held_open_by:?} {making_codes:?}");
        }
    }
}
