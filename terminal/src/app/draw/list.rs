//! The list: what waits, the accounts with their codes, what ended.

mod account;
mod banner;

use countersign_core::authenticator::{Lock, RequestCard};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::super::bindings;
use super::super::field::Field;
use super::super::line::{cut_end, width, wrap};
use super::super::look::{Role, Sign};
use super::super::model::{Item, Model};
use super::super::page::{Press, put, said_lines, set_cursor, text_width};
use super::endings::what_and_when;

use account::account;
pub(super) use banner::banner;

/// The most endings that are listed.
const ENDINGS: usize = 3;

/// Draws the list; `has_keys` when no other screen has the keys.
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, model: &Model, has_keys: bool) {
    let look = model.look();
    let foot = foot(model, area, has_keys);
    let rows = usize::from(area.height);
    let from = header(frame, area, model, has_keys);
    let below = rows.saturating_sub(foot.len());
    let (lines, chosen) = lines(model, text_width(area) + 1, has_keys);
    let room = below.saturating_sub(from);
    let skipped = (chosen.1.saturating_sub(room)).min(chosen.0);
    for (row, line) in lines.into_iter().skip(skipped).take(room).enumerate() {
        put(frame, area, 0, from + row, line);
    }
    for (row, line) in foot.into_iter().enumerate() {
        put(frame, area, 1, below + row, line);
    }
    let is_empty = model.snapshot.accounts.is_empty() && searched(model).is_none();
    if is_empty && model.snapshot.lock == Lock::Open {
        let said = model.words().said("no-accounts", &[]);
        let texts = [(said.happened, Role::Strong), (said.todo, Role::Plain)];
        let lines = texts.into_iter().flat_map(|(text, role)| {
            wrap(&text, text_width(area)).into_iter().map(move |line| Line::styled(line, look.style(role)))
        });
        for (row, line) in lines.enumerate() {
            put(frame, area, 1, from + 1 + row, line);
        }
    }
}

/// The title and the keys, or what is searched for. Gives the row under it.
fn header(frame: &mut Frame<'_>, area: Rect, model: &Model, has_keys: bool) -> usize {
    let (look, words) = (model.look(), model.words());
    let roomy = usize::from(area.height > 16);
    if let Some(search) = &model.list.search {
        let label = format!("{}  ", words.text("search"));
        let room = text_width(area).saturating_sub(width(&label) + 1);
        let text = cut_end(search.text(), room, look.cut());
        put(
            frame,
            area,
            1,
            0,
            Line::from(vec![Span::styled(label.clone(), look.style(Role::Strong)), Span::raw(text.clone())]),
        );
        if has_keys {
            set_cursor(frame, area, 1 + width(&label) + width(&text), 0);
        }
        return 1 + roomy;
    }
    put(frame, area, 1, 0, Line::styled(words.text("accounts"), look.style(Role::Strong)));
    let mut spans = Vec::new();
    for binding in [bindings::SEARCH, bindings::ADD, bindings::KEYS] {
        if !spans.is_empty() {
            spans.push(Span::raw("  "));
        }
        spans.extend(Press::of(binding, words).line(look));
    }
    let aside = Line::from(spans);
    let column = usize::from(area.width).saturating_sub(aside.width() + 1);
    put(frame, area, column, 0, aside);
    1 + roomy
}

/// All lines, and the first and the last but one of what is chosen.
fn lines(model: &Model, columns: usize, has_keys: bool) -> (Vec<Line<'static>>, (usize, usize)) {
    let chosen = model.chosen();
    let (mut lines, mut place) = (Vec::new(), (0, 0));
    let waiting: Vec<_> = model.waiting().collect();
    let next = model.waiting_elsewhere().map(super::super::model::item);
    for card in &waiting {
        let is_chosen = chosen == Some(super::super::model::item(card));
        let first = lines.len();
        let opens = if is_chosen && has_keys {
            Some(bindings::OPEN)
        } else {
            Some(bindings::OPEN_WAITING).filter(|_| next == Some(super::super::model::item(card)))
        };
        lines.extend(banner(model, card, is_chosen, opens, columns));
        if is_chosen {
            place = (first, lines.len());
        }
    }
    if !waiting.is_empty() && columns >= super::LEAST_COLUMNS.into() {
        lines.push(Line::default());
    }
    for row in model.found() {
        let is_chosen = chosen == Some(Item::Account(row.id));
        let first = lines.len();
        lines.extend(account(model, row, is_chosen, has_keys, columns));
        if is_chosen {
            place = (first, lines.len());
        }
    }
    if let Some(searched) = searched(model).filter(|_| model.found().is_empty()) {
        let said = model.words().said("nothing-found", &[("text", searched.into())]);
        let said = said_lines(Sign::Wait, &said, model.look(), columns.saturating_sub(2));
        lines.extend(said.into_iter().map(|mut line| {
            line.spans.insert(0, Span::raw(" "));
            line
        }));
    }
    (lines, place)
}

/// What is searched for, once something is typed.
fn searched(model: &Model) -> Option<&str> {
    model.list.search.as_ref().map(Field::text).filter(|text| !text.is_empty())
}

/// Below the list: that codes are locked, what the vault has to say, what was said last, what ended.
fn foot(model: &Model, area: Rect, has_keys: bool) -> Vec<Line<'static>> {
    let (look, words, room) = (model.look(), model.words(), text_width(area));
    let mut lines = Vec::new();
    if model.snapshot.lock == Lock::SecretsLocked {
        let said = words.said("locked-codes", &[]);
        lines.extend(said_lines(Sign::Wait, &said, look, room));
        lines.push(Press::of(bindings::UNLOCK, words).line(look));
    }
    for notice in &model.snapshot.notices {
        lines.extend(said_lines(Sign::Bad, &words.notice(*notice), look, room));
    }
    if has_keys && !model.snapshot.notices.is_empty() {
        lines.push(Press::of(bindings::DISMISS, words).line(look));
    }
    match (&model.busy, &model.said) {
        (Some(busy), _) if has_keys => lines.extend(super::busy_lines(busy, model, room)),
        (None, Some((sign, said))) if has_keys => lines.extend(said_lines(*sign, said, look, room)),
        _ => {}
    }
    let endings = if area.height > 16 { ENDINGS } else { 0 };
    for card in model.ended().take(endings) {
        let card = RequestCard { state: model.state(card), ..card.clone() };
        lines.extend(ended(model, &card, room));
    }
    if has_keys && endings > 0 && !model.endings(None).is_empty() {
        lines.push(Press::of(bindings::ENDINGS, words).line(look));
    }
    let most = usize::from(area.height / 2);
    lines.truncate(most);
    if !lines.is_empty() && area.height > 16 {
        lines.insert(0, Line::default());
    }
    lines
}

fn ended(model: &Model, card: &RequestCard, room: usize) -> Option<Line<'static>> {
    let (look, words) = (model.look(), model.words());
    let ending = words.ending(card)?;
    let about = what_and_when(model, card);
    let values = [("happened", (&ending.said.happened).into()), ("about", about.into())];
    let text = format!("{} {}", look.sign(ending.sign), words.with("ended-line", &values));
    Some(Line::styled(cut_end(&text, room, look.cut()), look.style(ending.sign.role())))
}
