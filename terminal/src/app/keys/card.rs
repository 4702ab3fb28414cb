//! The keys on a request's card.

use super::*;

/// On the card of a request. Enter approves only when all digits are there; deny and report work at once. Once it has
/// ended a report is asked about: there is no hurry left, and it takes back what was approved.
pub(super) fn on_card(model: &mut Model, mut pad: Pad, key: KeyEvent) -> Option<Effect> {
    let card = model.card(&pad)?;
    let (account, request) = (pad.account, pad.request);
    let answer = |decision| Some(Effect::Answer { account, request, decision });
    let effect = match (&card.state, key.code) {
        (_, KeyCode::Esc) => return None,
        (CardState::Waiting, KeyCode::Backspace) => {
            pad.typed.pop();
            None
        }
        (CardState::Waiting, KeyCode::Enter) if pad.typed.len() == digits(&card) => {
            answer(Decision::Approve { typed: std::mem::take(&mut *pad.typed) })
        }
        (CardState::Waiting, KeyCode::Enter) => {
            let said = model.words().digits_missing(digits(&card));
            model.said = Some((Sign::Wait, said));
            None
        }
        (CardState::Waiting, KeyCode::Char('d')) => answer(Decision::Deny),
        (CardState::Waiting, KeyCode::Char('n')) => answer(Decision::Report),
        (CardState::Ended { .. }, KeyCode::Char('n')) if can_report(&card.state) => {
            model.screens.extend([Screen::Card(pad), Screen::Report { account, request }]);
            return None;
        }
        (CardState::Waiting, KeyCode::Char(c)) => {
            pad.type_digit(c, digits(&card));
            None
        }
        (CardState::Ended { .. } | CardState::NotConfirmed, KeyCode::Enter) => return None,
        _ => None,
    };
    model.screens.push(Screen::Card(pad));
    effect
}

/// In the list of requests that have ended: one with a card shows it; of one from before this run only the question
/// is left.
pub(super) fn in_endings(model: &mut Model, of: Option<EntryId>, at: usize, key: KeyEvent) -> Option<Effect> {
    let endings = model.endings(of);
    let last = endings.len().saturating_sub(1);
    let at = match key.code {
        KeyCode::Esc => return None,
        KeyCode::Up => at.min(last).saturating_sub(1),
        KeyCode::Down => (at + 1).min(last),
        _ => at.min(last),
    };
    model.screens.push(Screen::Endings { of, at });
    if key.code == KeyCode::Enter
        && let Some(Item::Request(account, request)) = endings.get(at)
    {
        let (account, request) = (*account, *request);
        model.screens.push(match model.before(account, request) {
            Some(_) => Screen::Report { account, request },
            None => Screen::Card(Pad::new(account, request)),
        });
    }
    None
}

/// On the question whether a request that has ended is to be reported. One key goes on, no other.
pub(super) fn on_report(
    model: &mut Model,
    account: EntryId,
    request: RequestId,
    key: KeyEvent,
) -> Option<Effect> {
    match key.code {
        KeyCode::Esc | KeyCode::Char('k') => None,
        KeyCode::Char('r') => Some(Effect::Answer { account, request, decision: Decision::Report }),
        _ => {
            model.screens.push(Screen::Report { account, request });
            None
        }
    }
}

/// A report is possible on a card that waits, and up to a day after it ended.
pub(crate) fn can_report(state: &CardState) -> bool {
    use countersign_protocol::Verdict::Reported;
    match state {
        CardState::Waiting => true,
        CardState::Ended { verdict, .. } => *verdict != Reported,
        CardState::Sending | CardState::NotConfirmed => false,
    }
}
