//! The life of one request, and what each answer to it gets.
//!
//! ```text
//!           approve, right number ──► approved ─────┐
//!           approve, wrong number ──► wrong_number ─┤
//! waiting ──deny ───────────────────► denied ───────┤ report, up to 24 h after
//!           replaced, session over ─► cancelled ────┤ the request was made
//!           its time is over ───────► expired ──────┤
//!           report ─────────────────────────────────┴──► reported
//! ```
//!
//! Nothing else leads anywhere: each state but `waiting` is an end, and only a report goes beyond an end.

use countersign_protocol::{Decision, DeviceId, UnixSeconds, Verdict};

/// Where a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Nobody has answered.
    Waiting,
    /// The right number came from this phone.
    Approved(DeviceId),
    /// A wrong number came from this phone.
    WrongNumber(DeviceId),
    /// This phone denied.
    Denied(DeviceId),
    /// This phone said: it's not me.
    Reported(DeviceId),
    /// Its time was over before anybody answered.
    Expired,
    /// Its sign-in ended, or another request took its place.
    Cancelled,
}

/// What can happen to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// A phone answers; signature, key, device, server and hash were found right.
    Answer(Answered),
    /// Its session ends, or another request takes its place.
    Cancel,
    /// Somebody looks.
    Look,
}

/// An answer as the rules see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Answered {
    /// Which phone.
    pub(crate) by: DeviceId,
    /// What it says.
    pub(crate) choice: Choice,
    /// What the same phone was told about this request before.
    pub(crate) earlier: Option<Verdict>,
}

/// A decision with its number compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    /// Approve, with the right number or not.
    Approve { right_number: bool },
    /// Deny.
    Deny,
    /// No, it's not me.
    Report,
}

impl Choice {
    /// The decision of the wire.
    pub(crate) fn decision(self) -> Decision {
        match self {
            Self::Approve { .. } => Decision::Approve,
            Self::Deny => Decision::Deny,
            Self::Report => Decision::Report,
        }
    }
}

/// The times of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Life {
    /// When it was made.
    pub(crate) made: UnixSeconds,
    /// The first second at which it is over.
    pub(crate) expires: UnixSeconds,
    /// How long after `made` a report still counts.
    pub(crate) report_window: u64,
}

/// What an event leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// Where the request is now.
    pub(crate) state: State,
    /// What the phone is told, if one answered.
    pub(crate) verdict: Option<Verdict>,
}

/// Where an event leads. The order of the arms is the order of the table of verdicts.
pub(crate) fn step(state: State, event: Event, life: Life, now: UnixSeconds) -> Step {
    let (is_late, may_report) = (now >= life.expires, now <= life.made.plus(life.report_window));
    let stays = |verdict| Step { state, verdict: Some(verdict) };
    match (state, event) {
        (state, Event::Answer(Answered { by, choice: Choice::Report, .. })) if may_report => {
            let reported = if matches!(state, State::Reported(_)) { state } else { State::Reported(by) };
            Step { state: reported, verdict: Some(Verdict::Reported) }
        }
        (_, Event::Answer(Answered { earlier: Some(verdict), .. })) => stays(verdict),
        (
            State::Approved(_) | State::WrongNumber(_) | State::Denied(_) | State::Reported(_),
            Event::Answer(_),
        ) => stays(Verdict::AnsweredElsewhere),
        (State::Cancelled, Event::Answer(_)) => stays(Verdict::Cancelled),
        (State::Expired, Event::Answer(_)) => stays(Verdict::Expired),
        (State::Waiting, Event::Answer(_)) if is_late => {
            Step { state: State::Expired, verdict: Some(Verdict::Expired) }
        }
        (State::Waiting, Event::Answer(Answered { by, choice, .. })) => match choice {
            Choice::Deny => Step { state: State::Denied(by), verdict: Some(Verdict::Denied) },
            Choice::Approve { right_number: true } => {
                Step { state: State::Approved(by), verdict: Some(Verdict::Approved) }
            }
            Choice::Approve { right_number: false } => {
                Step { state: State::WrongNumber(by), verdict: Some(Verdict::WrongNumber) }
            }
            // A request that still waits is younger than the report window, so this is the first arm's.
            Choice::Report => Step { state: State::Reported(by), verdict: Some(Verdict::Reported) },
        },
        (State::Waiting, Event::Cancel | Event::Look) if is_late => {
            Step { state: State::Expired, verdict: None }
        }
        (State::Waiting, Event::Cancel) => Step { state: State::Cancelled, verdict: None },
        (state, Event::Cancel | Event::Look) => Step { state, verdict: None },
    }
}

impl State {
    /// How it ended for a phone that shows its card: a verdict, and the phone that answered. None while it waits.
    pub(crate) fn ended(self) -> Option<(Verdict, Option<DeviceId>)> {
        match self {
            Self::Waiting => None,
            Self::Approved(by) => Some((Verdict::Approved, Some(by))),
            Self::WrongNumber(by) => Some((Verdict::WrongNumber, Some(by))),
            Self::Denied(by) => Some((Verdict::Denied, Some(by))),
            Self::Reported(by) => Some((Verdict::Reported, Some(by))),
            Self::Expired => Some((Verdict::Expired, None)),
            Self::Cancelled => Some((Verdict::Cancelled, None)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: DeviceId = DeviceId::from_bytes([1; 16]);
    const THERE: DeviceId = DeviceId::from_bytes([2; 16]);
    const CHOICES: [Choice; 4] = [
        Choice::Approve { right_number: true },
        Choice::Approve { right_number: false },
        Choice::Deny,
        Choice::Report,
    ];

    fn made() -> UnixSeconds {
        UnixSeconds::new(1_800_000_000).unwrap()
    }

    fn life() -> Life {
        Life { made: made(), expires: made().plus(60), report_window: 24 * 3600 }
    }

    fn answer(state: State, by: DeviceId, choice: Choice, earlier: Option<Verdict>, after: u64) -> Step {
        step(state, Event::Answer(Answered { by, choice, earlier }), life(), made().plus(after))
    }

    fn first_verdict(choice: Choice) -> Verdict {
        match choice {
            Choice::Approve { right_number: true } => Verdict::Approved,
            Choice::Approve { right_number: false } => Verdict::WrongNumber,
            Choice::Deny => Verdict::Denied,
            Choice::Report => Verdict::Reported,
        }
    }

    #[test]
    fn the_first_answer_in_time_gets_what_it_says() {
        for choice in CHOICES {
            for after in [0, 59] {
                let step = answer(State::Waiting, HERE, choice, None, after);
                assert_eq!(step.verdict, Some(first_verdict(choice)));
                assert_eq!(step.state.ended(), Some((first_verdict(choice), Some(HERE))));
            }
        }
    }

    #[test]
    fn a_late_answer_is_expired_unless_it_reports() {
        for choice in CHOICES {
            for after in [60, 61, 24 * 3600] {
                let step = answer(State::Waiting, HERE, choice, None, after);
                let expected = match choice {
                    Choice::Report => (State::Reported(HERE), Verdict::Reported),
                    _ => (State::Expired, Verdict::Expired),
                };
                assert_eq!((step.state, step.verdict), (expected.0, Some(expected.1)));
            }
            let step = answer(State::Waiting, HERE, choice, None, 24 * 3600 + 1);
            assert_eq!((step.state, step.verdict), (State::Expired, Some(Verdict::Expired)));
        }
    }

    /// Every state × every choice × same or other phone × in time, late and after the report window.
    #[test]
    fn the_table_of_verdicts_holds_for_every_state_and_answer() {
        let ended = [
            State::Approved(HERE),
            State::WrongNumber(HERE),
            State::Denied(HERE),
            State::Reported(HERE),
            State::Expired,
            State::Cancelled,
        ];
        for state in ended {
            for choice in CHOICES {
                for after in [1, 59, 60, 24 * 3600, 24 * 3600 + 1] {
                    let reports = choice == Choice::Report && after <= 24 * 3600;
                    let other = match state {
                        State::Expired => Verdict::Expired,
                        State::Cancelled => Verdict::Cancelled,
                        _ => Verdict::AnsweredElsewhere,
                    };
                    let step = answer(state, THERE, choice, None, after);
                    assert_eq!(step.verdict, Some(if reports { Verdict::Reported } else { other }));
                    let expected = match state {
                        State::Reported(_) => state,
                        _ if reports => State::Reported(THERE),
                        _ => state,
                    };
                    assert_eq!(step.state, expected, "an ended request changes by a report only");

                    for earlier in
                        [Verdict::Approved, Verdict::WrongNumber, Verdict::Denied, Verdict::Expired]
                    {
                        let step = answer(state, HERE, choice, Some(earlier), after);
                        assert_eq!(step.verdict, Some(if reports { Verdict::Reported } else { earlier }));
                    }
                }
            }
        }
    }

    #[test]
    fn every_order_of_two_answers_has_one_winner() {
        for first in CHOICES {
            for second in CHOICES {
                for by in [HERE, THERE] {
                    let one = answer(State::Waiting, HERE, first, None, 1);
                    let earlier = if by == HERE { one.verdict } else { None };
                    let two = answer(one.state, by, second, earlier, 2);
                    let expected = match (second, by == HERE) {
                        (Choice::Report, _) => Verdict::Reported,
                        (_, true) => first_verdict(first),
                        (_, false) => Verdict::AnsweredElsewhere,
                    };
                    assert_eq!(two.verdict, Some(expected), "{first:?} then {second:?}");
                    if second != Choice::Report {
                        assert_eq!(two.state, one.state, "{first:?} then {second:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn an_approval_never_follows_another_answer() {
        for first in [Choice::Approve { right_number: false }, Choice::Deny, Choice::Report] {
            for by in [HERE, THERE] {
                let one = answer(State::Waiting, HERE, first, None, 1);
                let earlier = if by == HERE { one.verdict } else { None };
                let two = answer(one.state, by, Choice::Approve { right_number: true }, earlier, 2);
                assert!(!matches!(two.state, State::Approved(_)));
                assert_ne!(two.verdict, Some(Verdict::Approved));
            }
        }
    }

    #[test]
    fn a_report_after_the_other_phones_approval_counts() {
        let step = answer(State::Approved(HERE), THERE, Choice::Report, None, 600);
        assert_eq!((step.state, step.verdict), (State::Reported(THERE), Some(Verdict::Reported)));
    }

    #[test]
    fn what_ends_without_an_answer_is_cancelled_in_time_and_expired_after() {
        let at = |event, after| step(State::Waiting, event, life(), made().plus(after)).state;
        assert_eq!((at(Event::Cancel, 59), at(Event::Cancel, 60)), (State::Cancelled, State::Expired));
        assert_eq!((at(Event::Look, 59), at(Event::Look, 60)), (State::Waiting, State::Expired));
        for ended in [State::Approved(HERE), State::Denied(HERE), State::Cancelled] {
            assert_eq!(step(ended, Event::Cancel, life(), made()).state, ended);
        }
    }
}
