//! The line of a request that waits, in the list and above every screen.

use countersign_core::authenticator::RequestCard;
use countersign_protocol::Kind;
use ratatui::text::{Line, Span};

use super::super::super::bindings::{self, Binding};
use super::super::super::line::{cut_end, cut_middle, width};
use super::super::super::look::{Role, Sign};
use super::super::super::model::Model;
use crate::words::left;

/// Of a name that is cut shorter nobody knows it any more: then it is left out.
const LEAST_NAME: usize = 8;

/// A request that waits, and the key that opens it. Enter is known without being told, where there is no room.
pub(crate) fn banner(
    model: &Model,
    card: &RequestCard,
    is_chosen: bool,
    opens: Option<Binding>,
    columns: usize,
) -> Vec<Line<'static>> {
    let (look, words) = (model.look(), model.words());
    let time = words.time_left(left(card.valid_until, model.now));
    let (id, what) = match card.kind {
        Kind::SignIn => ("waiting-sign-in", &card.application),
        Kind::Test => ("waiting-test", &card.organisation),
        Kind::Reset => ("waiting-reset", &card.organisation),
        Kind::Method => ("waiting-method", &card.organisation),
    };
    let told = |what: &str| words.with(id, &[("what", what.into()), ("left", time.as_str().into())]);
    let room = columns.saturating_sub(4);
    let name_room = room.saturating_sub(width(&told("")));
    let text = if name_room >= width(what).min(LEAST_NAME) {
        told(&cut_middle(what, name_room, look.cut()))
    } else {
        let short = words.with(&format!("{id}.short"), &[("left", time.as_str().into())]);
        cut_end(&short, room, look.cut())
    };
    // A colour in reverse has too little contrast in most terminals.
    let style = if is_chosen {
        look.style(Role::Strong).patch(look.style(Role::Chosen))
    } else {
        look.style(Role::Report)
    };
    let mark = if is_chosen { look.mark() } else { " " };
    let mut spans = vec![
        Span::styled(mark, look.style(Role::Act)),
        Span::styled(format!("{} {text}", look.sign(Sign::Bad)), style),
    ];
    let Some(open) = opens else { return vec![Line::from(spans)] };
    let is_enter = open == bindings::OPEN;
    let open = [
        Span::raw("   "),
        Span::styled(open.key.name(words), look.style(Role::Act)),
        Span::raw(format!(" {}", words.text("press-open"))),
    ];
    let has_room = width(&text) + 3 + open.iter().map(Span::width).sum::<usize>() <= columns;
    if has_room {
        spans.extend(open);
        vec![Line::from(spans)]
    } else if is_enter {
        vec![Line::from(spans)]
    } else {
        vec![Line::from(spans), Line::from(open.to_vec())]
    }
}
