//! The card of a request: who asks, for what, from where, on what; the number; and after that how it ended.

use countersign_core::authenticator::{CardState, EntryId, RequestCard};
use countersign_protocol::{Kind, RequestId};
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::super::bindings;
use super::super::keys::can_report;
use super::super::line::{cut_host, cut_middle, fill, width, wrap};
use super::super::look::{Look, Role, Sign};
use super::super::model::{Model, digits};
use super::super::page::{Page, Press, text_width};
use super::super::screens::Pad;
use crate::words::{Fact, left};

/// Cells of the bar beside the time that is left.
const BAR: usize = 9;
/// When so little is left, it is told in the colour of waiting.
const SOON: u64 = 10;

/// The card that has the keys.
pub(super) fn page(model: &Model, pad: &Pad, area: Rect) -> Page {
    match model.card(pad) {
        Some(card) => match card.state {
            CardState::Waiting => waiting(model, &card, &pad.typed, area, true),
            CardState::Sending => sending(model, &card, &pad.typed, area),
            CardState::Ended { .. } | CardState::NotConfirmed => ended(model, &card, area),
        },
        None => {
            let mut page = Page::new(model.words().text("request-sign-in"));
            page.said(Sign::No, &model.words().said("gone", &[]), model.look(), text_width(area));
            page.presses.push(super::leave(model));
            page
        }
    }
}

/// The card beside the list, before it is opened: nothing can be typed yet.
pub(super) fn preview(model: &Model, account: EntryId, request: RequestId, area: Rect) -> Page {
    match model.card(&Pad::new(account, request)) {
        Some(card) => waiting(model, &card, "", area, false),
        None => Page::new(String::new()),
    }
}

fn waiting(model: &Model, card: &RequestCard, typed: &str, area: Rect, has_keys: bool) -> Page {
    let (look, words) = (model.look(), model.words());
    let mut page = Page::new(words.request_title(card));
    page.aside = time_left(model, card, &page.title, area);
    let is_whole = typed.len() == digits(card);
    page.presses = if has_keys {
        let approve = if is_whole { bindings::APPROVE } else { bindings::APPROVE_WHEN_TYPED };
        let approve = Press::of(approve, words);
        vec![
            approve.in_role(if is_whole { Role::Approve } else { Role::Plain }),
            Press::of(bindings::DENY, words),
            Press::of(bindings::REPORT, words).in_role(Role::Report),
            super::leave(model),
        ]
    } else {
        vec![Press::of(bindings::OPEN, words)]
    };
    let hint = words.text(match (is_whole, card.kind) {
        (true, _) => "same-number",
        (false, Kind::SignIn) => "not-now-sign-in",
        (false, Kind::Test) => "not-now-test",
        (false, Kind::Method) => "not-now-method",
        (false, Kind::Reset) => "not-now-reset",
    });
    // Boxes would promise that digits can be typed.
    let number = has_keys.then(|| Number { typed, digits: digits(card), label: words.text("fact-number") });
    for tightness in Tightness::ALL {
        let (body, row) = body(model, card, number.as_ref().map(|number| (number, &*hint)), tightness, area);
        if body.len() <= Page::room(area, &page.presses) || tightness == Tightness::Cut {
            page.cursor = row
                .zip(number.as_ref())
                .map(|(row, number)| (row, number.cursor(look, text_width(area), facts_width(model, card))));
            page.seen_row = row.unwrap_or(0);
            page.body = body;
            break;
        }
    }
    page
}

/// While the answer is on its way the number stays and the keys go.
fn sending(model: &Model, card: &RequestCard, typed: &str, area: Rect) -> Page {
    let (look, words) = (model.look(), model.words());
    let mut page = Page::new(words.request_title(card));
    page.aside = time_left(model, card, &page.title, area);
    page.presses.push(super::leave(model));
    let said = words.said("sending", &[("organisation", (&card.organisation).into())]);
    page.said(Sign::Wait, &said, look, text_width(area));
    let number = Number { typed, digits: digits(card), label: words.text("fact-number") };
    let number = Some((&number, "")).filter(|_| !typed.is_empty());
    let (body, _) = body(model, card, number, Tightness::Close, area);
    page.blank();
    page.body.extend(body);
    page
}

fn ended(model: &Model, card: &RequestCard, area: Rect) -> Page {
    let (look, words, room) = (model.look(), model.words(), text_width(area));
    let mut page = Page::new(words.request_title(card));
    if let Some(ending) = words.ending(card) {
        page.said(ending.sign, &ending.said, look, room);
        if ending.said.code == "reported"
            && let Some(phone) = model.account(card.account_id).and_then(|row| row.help_desk.clone())
        {
            page.text(&words.with("call-help-desk", &[("phone", phone.into())]), Role::Plain, look, room);
        }
    }
    page.blank();
    let facts = words.ended_facts(card, model.now, &model.setting.zone);
    page.presses.push(Press::of(bindings::DONE, words));
    if can_report(&card.state) {
        page.presses.push(Press::of(bindings::REPORT_AFTER, words).in_role(Role::Report));
    }
    let left = Page::room(area, &page.presses).saturating_sub(page.body.len());
    let mut lines = fact_lines(&facts, look, room, true);
    if lines.len() > left {
        lines = fact_lines(&facts, look, room, false);
    }
    page.body.extend(lines);
    page
}

fn time_left(model: &Model, card: &RequestCard, title: &str, area: Rect) -> Line<'static> {
    let (look, words) = (model.look(), model.words());
    let seconds = left(card.valid_until, model.now);
    let whole = card.valid_until.since(card.issued);
    let style = look.style(if seconds <= SOON { Role::Wait } else { Role::Plain });
    let text = words.time_left(seconds);
    let bar = look.bar(seconds, whole, BAR);
    let fits = width(title) + 3 + width(&text) + 1 + BAR <= text_width(area);
    Line::styled(if fits { format!("{text} {bar}") } else { text }, style)
}

/// How closely a card is set. Facts are cut last, the number never.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tightness {
    /// With blank lines.
    Roomy,
    /// Without.
    Close,
    /// Without the hint.
    Bare,
    /// Each fact in one line, cut in its middle.
    Cut,
}

impl Tightness {
    const ALL: [Self; 4] = [Self::Roomy, Self::Close, Self::Bare, Self::Cut];
}

/// The lines of a card, and the row of its number.
fn body(
    model: &Model,
    card: &RequestCard,
    number: Option<(&Number<'_>, &str)>,
    tightness: Tightness,
    area: Rect,
) -> (Vec<Line<'static>>, Option<usize>) {
    let (look, words, room) = (model.look(), model.words(), text_width(area));
    let mut lines = Vec::new();
    let blank = |lines: &mut Vec<Line<'static>>| {
        if tightness == Tightness::Roomy {
            lines.push(Line::default());
        }
    };
    if let Some(text) = words.not_a_sign_in(card) {
        let text = format!("{} {text}", look.sign(Sign::Wait));
        lines.extend(styled(&text, Role::Wait, look, room, tightness));
    }
    lines.extend(styled(&words.question(card), Role::Strong, look, room, tightness));
    blank(&mut lines);
    let facts = words.facts(card);
    lines.extend(fact_lines(&facts, look, room, tightness != Tightness::Cut));
    let mut row = None;
    if let Some((number, hint)) = number {
        blank(&mut lines);
        row = Some(lines.len());
        lines.push(number.line(look, room, label_width(&facts)));
        if matches!(tightness, Tightness::Roomy | Tightness::Close) && !hint.is_empty() {
            blank(&mut lines);
            lines.extend(styled(hint, Role::Plain, look, room, tightness));
        }
    }
    (lines, row)
}

fn styled(text: &str, role: Role, look: Look, room: usize, tightness: Tightness) -> Vec<Line<'static>> {
    let texts =
        if tightness == Tightness::Cut { vec![cut_middle(text, room, look.cut())] } else { wrap(text, room) };
    texts.into_iter().map(|line| Line::styled(line, look.style(role))).collect()
}

fn label_width(facts: &[Fact]) -> usize {
    facts.iter().map(|fact| width(&fact.label)).max().unwrap_or(0)
}

fn facts_width(model: &Model, card: &RequestCard) -> usize {
    label_width(&model.words().facts(card))
}

fn fact_lines(facts: &[Fact], look: Look, room: usize, may_wrap: bool) -> Vec<Line<'static>> {
    let labels = label_width(facts);
    let values = room.saturating_sub(labels + 2);
    let mut lines = Vec::new();
    for fact in facts {
        let texts = match &fact.parts {
            _ if may_wrap => wrap(&fact.value, values),
            // The host has its own line, and its end, which says whose it is, most of the room.
            Some((organisation, host)) if width(&fact.value) > values => {
                let organisation = cut_middle(organisation, values, look.cut());
                let host = cut_host(host, values, look.cut());
                [organisation, host].into_iter().filter(|part| !part.is_empty()).collect()
            }
            _ => vec![cut_middle(&fact.value, values, look.cut())],
        };
        for (row, text) in texts.into_iter().enumerate() {
            let label = if row == 0 { fact.label.as_str() } else { "" };
            lines.push(Line::raw(format!("{}  {text}", fill(label, labels, look.cut()))));
        }
    }
    lines
}

/// The boxes of the number: in one piece to five digits, then 3 + 3, 3 + 4, 4 + 4, as on the page.
struct Number<'a> {
    typed: &'a str,
    digits: usize,
    label: String,
}

impl Number<'_> {
    fn line(&self, look: Look, room: usize, labels: usize) -> Line<'static> {
        let mut spans = vec![Span::raw(format!("{}  ", fill(&self.label, labels, look.cut())))];
        let (open, close, gap) = self.boxes(room, labels);
        let mut typed = self.typed.chars();
        for place in 0..self.digits {
            if place > 0 {
                spans.push(Span::raw(if Some(place) == self.middle() { "  " } else { gap }));
            }
            let digit = typed.next();
            let role = if digit.is_some() { Role::Strong } else { Role::Plain };
            spans.push(Span::raw(open));
            spans.push(Span::styled(digit.unwrap_or('_').to_string(), look.style(role)));
            spans.push(Span::raw(close));
        }
        Line::from(spans)
    }

    /// Where in its line the next digit comes.
    fn cursor(&self, look: Look, room: usize, labels: usize) -> usize {
        let (open, close, gap) = self.boxes(room, labels);
        let place = self.typed.len().min(self.digits.saturating_sub(1));
        let gaps =
            (1..=place).map(|place| if Some(place) == self.middle() { 2 } else { gap.len() }).sum::<usize>();
        let label = width(&fill(&self.label, labels, look.cut())) + 2;
        label + place * (open.len() + 1 + close.len()) + gaps + open.len()
    }

    fn boxes(&self, room: usize, labels: usize) -> (&'static str, &'static str, &'static str) {
        if labels + 2 + self.digits * 6 < room { ("[ ", " ]", " ") } else { ("[", "]", "") }
    }

    fn middle(&self) -> Option<usize> {
        match self.digits {
            6 | 7 => Some(3),
            8 => Some(4),
            _ => None,
        }
    }
}
