//! Rules 12 and 13: who may open set-up, and when Security info is open for changes.

use countersign_protocol::UnixSeconds;

/// How far a sign-in has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The password was right.
    First,
    /// A second step was right, or the first method was saved: the cookie is to be renewed.
    Proved,
    /// Signed in.
    Full,
}

/// What the rules need to know of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct History {
    /// Whether the person ever had a method for two-step verification.
    pub(crate) had_a_method: bool,
    /// Whether the person has one now.
    pub(crate) has_a_method: bool,
    /// When the account was made or set-up became required, whichever is later.
    pub(crate) required_since: UnixSeconds,
}

/// Which way is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// The first set-up, opened by the password (rule 12).
    Wizard,
    /// Security info, opened by an approval of its own until then (rule 13).
    Changes(UnixSeconds),
    /// Nothing before a two-step method.
    Closed,
    /// No method is left, or the days are over: a temporary pass or a recovery code.
    Helpless {
        /// Whether it is because the days for first set-up are over.
        is_late: bool,
    },
}

/// Which way is open for a session.
pub(crate) fn door(
    stage: Stage,
    history: History,
    changes_until: Option<UnixSeconds>,
    set_up_window: u64,
    now: UnixSeconds,
) -> Door {
    match (stage, changes_until) {
        (Stage::Full, Some(until)) if now < until => Door::Changes(until),
        (Stage::Full | Stage::Proved, _) => Door::Closed,
        (Stage::First, _) if history.has_a_method => Door::Closed,
        (Stage::First, _) if history.had_a_method => Door::Helpless { is_late: false },
        (Stage::First, _) if now >= history.required_since.plus(set_up_window) => {
            Door::Helpless { is_late: true }
        }
        (Stage::First, _) => Door::Wizard,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAYS: u64 = 14 * 24 * 3600;

    fn at(seconds: u64) -> UnixSeconds {
        UnixSeconds::new(seconds).unwrap()
    }

    fn door_for(stage: Stage, had: bool, has: bool, changes: Option<u64>, now: u64) -> Door {
        let history = History { had_a_method: had, has_a_method: has, required_since: at(0) };
        door(stage, history, changes.map(at), DAYS, at(now))
    }

    #[test]
    fn a_password_alone_opens_the_first_set_up_for_14_days() {
        assert_eq!(door_for(Stage::First, false, false, None, DAYS - 1), Door::Wizard);
        assert_eq!(door_for(Stage::First, false, false, None, DAYS), Door::Helpless { is_late: true });
    }

    #[test]
    fn removing_the_last_phone_never_leads_back_to_the_first_set_up() {
        assert_eq!(door_for(Stage::First, true, false, None, 1), Door::Helpless { is_late: false });
    }

    #[test]
    fn a_password_opens_nothing_for_who_has_a_method() {
        assert_eq!(door_for(Stage::First, true, true, None, 1), Door::Closed);
        assert_eq!(door_for(Stage::First, true, true, Some(100), 1), Door::Closed);
    }

    #[test]
    fn an_approved_sign_in_does_not_open_security_info() {
        assert_eq!(door_for(Stage::Full, true, true, None, 1), Door::Closed);
        assert_eq!(door_for(Stage::Proved, true, true, Some(100), 1), Door::Closed);
    }

    #[test]
    fn an_approval_of_its_own_opens_security_info_until_its_time_is_over() {
        assert_eq!(door_for(Stage::Full, true, true, Some(100), 99), Door::Changes(at(100)));
        assert_eq!(door_for(Stage::Full, true, true, Some(100), 100), Door::Closed);
    }
}
