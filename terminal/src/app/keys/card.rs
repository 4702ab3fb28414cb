//! The keys on a request's card.

use super::*;

/// On the card of a request. Enter approves only when all digits are there; deny and report work at once. Once it has
/// ended a report is asked about: there is no hurry left, and it takes back what was approved.
pub(super) fn on_card(model: &mut Model, mut pad: Pad, key: KeyEvent) -> Option<Effect> {
    let card = model.card(&pad)?;
    let (account, request) = (pad.account, pad.request);
    let answer = |decision| Some(Effect::Answer { account, request, decision });
    let is_plain = !key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
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
        (CardState::Waiting, KeyCode::Char('d')) if is_plain => answer(Decision::Deny),
        (CardState::Waiting, KeyCode::Char('n')) if is_plain => answer(Decision::Report),
        (CardState::Ended { .. }, KeyCode::Char('n')) if is_plain && can_report(&card.state) => {
            model.screens.extend([Screen::Card(pad), Screen::Report(Pad::new(account, request))]);
            return None;
        }
        (CardState::Waiting, KeyCode::Char(c)) if is_plain => {
            pad.type_digit(c, digits(&card));
            None
        }
        (CardState::Ended { .. } | CardState::NotConfirmed, KeyCode::Enter) => return None,
        _ => None,
    };
    model.screens.push(Screen::Card(pad));
    effect
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
