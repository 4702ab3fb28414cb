//! The list: what waits, the accounts with their codes, what ended.

use countersign_core::authenticator::{
    AccountRow, AccountState, CodeFault, CodeKind, CodeRow, Lock, RequestCard,
};
use countersign_protocol::Kind;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::super::field::Field;
use super::super::line::{cut_end, cut_middle, fill, grouped, width, wrap};
use super::super::look::{Look, Role, Sign};
use super::super::model::{Item, Model, name, second_name};
use super::super::page::{Press, put, said_lines, set_cursor, text_width};
use crate::words::left;

/// Columns of a code, of its seconds, and of their bar where there is room for one.
const CODE: usize = 14;
const SECONDS: usize = 6;
const BAR: usize = 10;
const BAR_FROM: usize = 56;
/// In the last seconds of a code the next is shown, too.
const NEXT_FROM: u64 = 5;
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
    let presses = [("/", "press-search"), ("a", "press-add"), ("?", "press-keys")];
    let spans: Vec<_> = presses
        .into_iter()
        .enumerate()
        .flat_map(|(place, (key, does))| {
            let gap = if place == 0 { "" } else { "  " };
            [
                Span::raw(gap),
                Span::styled(key, look.style(Role::Act)),
                Span::raw(format!(" {}", words.text(does))),
            ]
        })
        .collect();
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
            Some("key-enter")
        } else {
            Some("key-control-o").filter(|_| next == Some(super::super::model::item(card)))
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

/// A request that waits, and the key that opens it. Enter is known without being told, where there is no room.
pub(super) fn banner(
    model: &Model,
    card: &RequestCard,
    is_chosen: bool,
    opens: Option<&str>,
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
    let text = told(&cut_middle(what, name_room.max(4), look.cut()));
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
    let Some(key) = opens else { return vec![Line::from(spans)] };
    let open = [
        Span::raw("   "),
        Span::styled(words.text(key), look.style(Role::Act)),
        Span::raw(format!(" {}", words.text("press-open"))),
    ];
    let has_room = width(&text) + 3 + open.iter().map(Span::width).sum::<usize>() <= columns;
    if has_room {
        spans.extend(open);
        vec![Line::from(spans)]
    } else if key == "key-enter" {
        vec![Line::from(spans)]
    } else {
        vec![Line::from(spans), Line::from(open.to_vec())]
    }
}

/// An account: its name and code, its second name and the next code, and a third line where its state needs words.
fn account(
    model: &Model,
    row: &AccountRow,
    is_chosen: bool,
    has_keys: bool,
    columns: usize,
) -> Vec<Line<'static>> {
    let (look, words) = (model.look(), model.words());
    let bar = if columns >= BAR_FROM { BAR + 1 } else { 0 };
    let beside = CODE + SECONDS + bar;
    let names = columns.saturating_sub(2 + beside);
    let code = Shown::of(model, row, look, bar);
    let state = state(model, row);
    let is_named_beside = code.is_none() && state.as_ref().is_some_and(|(_, text)| width(text) <= beside);

    let mark = if is_chosen { Span::styled(look.mark(), look.style(Role::Act)) } else { Span::raw(" ") };
    let name_style = if is_chosen && has_keys {
        look.style(Role::Strong).patch(look.style(Role::Chosen))
    } else {
        look.style(Role::Strong)
    };
    let mut first =
        vec![mark, Span::styled(fill(&name(row, words), names, look.cut()), name_style), Span::raw(" ")];
    let mut next = None;
    match (&code, &state) {
        (Some(shown), _) => {
            first.extend(shown.spans.clone());
            next.clone_from(&shown.next);
        }
        (None, Some((role, text))) if is_named_beside => {
            first.push(Span::styled(text.clone(), look.style(*role)))
        }
        (None, _) => {}
    }
    let mut lines = vec![Line::from(first)];
    let second = second_name(row);
    match next {
        Some(next) => lines.push(Line::raw(format!(" {} {next}", fill(second, names, look.cut())))),
        None if second.is_empty() => {}
        None => {
            lines.push(Line::raw(format!(" {}", cut_middle(second, columns.saturating_sub(2), look.cut()))))
        }
    }
    if let Some((role, text)) = state.filter(|_| !is_named_beside) {
        let text = cut_end(&text, columns.saturating_sub(2), look.cut());
        lines.push(Line::styled(format!(" {text}"), look.style(role)));
    }
    if row.unreachable
        && let Some(host) = &row.host
    {
        let text = words.with("account-unreachable", &[("host", host.into())]);
        lines.push(Line::styled(
            format!(" {}", cut_end(&text, columns.saturating_sub(2), look.cut())),
            look.style(Role::Wait),
        ));
    }
    lines
}

/// What stands in the columns of a code.
struct Shown {
    spans: Vec<Span<'static>>,
    next: Option<String>,
}

impl Shown {
    fn of(model: &Model, row: &AccountRow, look: Look, bar: usize) -> Option<Self> {
        if row.codes == CodeKind::None {
            return None;
        }
        let words = model.words();
        let code = model.codes.get(&row.id)?;
        let plain =
            |id| Some(Self { spans: vec![Span::styled(words.text(id), look.style(Role::Wait))], next: None });
        match (code, &code.code) {
            (CodeRow { fault: Some(CodeFault::Locked), .. }, _) => plain("code-locked"),
            (CodeRow { fault: Some(CodeFault::Damaged), .. }, _) => plain("code-damaged"),
            (_, None) => plain("no-code-yet"),
            (_, Some(text)) => Some(Self::code(model, code, text, look, bar)),
        }
    }

    fn code(model: &Model, row: &CodeRow, text: &str, look: Look, bar: usize) -> Self {
        let words = model.words();
        let mut spans = vec![Span::styled(fill(&grouped(text), CODE, look.cut()), look.style(Role::Strong))];
        let mut next = None;
        if let Some(until) = row.valid_until {
            let seconds = left(until, model.now);
            let whole = row.next_valid_until.map_or(seconds, |next| next.since(until));
            let role = if seconds <= NEXT_FROM { Role::Wait } else { Role::Plain };
            spans.push(Span::styled(format!("{:>SECONDS$}", words.seconds(seconds)), look.style(role)));
            if let Some(cells) = bar.checked_sub(1) {
                spans.push(Span::raw(" "));
                spans.push(Span::styled(look.bar(seconds, whole, cells), look.style(role)));
            }
            if seconds <= NEXT_FROM {
                let code = row.next.as_deref().map(grouped);
                next = code.map(|code| words.with("next-code", &[("code", code.into())]));
            }
        }
        Self { spans, next }
    }
}

/// What the state of an account says in the list; None for one that simply works.
fn state(model: &Model, row: &AccountRow) -> Option<(Role, String)> {
    let words = model.words();
    match &row.state {
        AccountState::Ready if row.codes == CodeKind::None => {
            Some((Role::Plain, words.text("approves-only")))
        }
        AccountState::Ready => None,
        AccountState::CodesOnly if row.host.is_some() => Some((Role::Wait, words.text("account-codes-only"))),
        AccountState::CodesOnly => None,
        AccountState::Pending { check } => {
            Some((Role::Wait, words.with("account-pending", &[("check", check.into())])))
        }
        AccountState::Paused { until } => {
            let until = words.moment(*until, model.now, &model.setting.zone);
            Some((Role::Wait, words.with("account-paused", &[("until", until.into())])))
        }
        AccountState::SetUpAgain => Some((Role::Wait, words.text("account-set-up-again"))),
        AccountState::Removed { .. } => {
            let by = [("organisation", (&row.organisation).into())];
            Some((Role::Report, words.with("account-removed", &by)))
        }
        AccountState::Damaged => Some((Role::Report, words.text("account-damaged"))),
    }
}

/// Below the list: that codes are locked, what the vault has to say, what was said last, what ended.
fn foot(model: &Model, area: Rect, has_keys: bool) -> Vec<Line<'static>> {
    let (look, words, room) = (model.look(), model.words(), text_width(area));
    let mut lines = Vec::new();
    if model.snapshot.lock == Lock::SecretsLocked {
        let said = words.said("locked-codes", &[]);
        lines.extend(said_lines(Sign::Wait, &said, look, room));
        lines.push(Press::letter('u', "press-unlock", words).line(look));
    }
    for notice in &model.snapshot.notices {
        lines.extend(said_lines(Sign::Bad, &words.notice(*notice), look, room));
    }
    if has_keys && !model.snapshot.notices.is_empty() {
        lines.push(Press::letter('x', "press-dismiss", words).line(look));
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
    let what = if card.kind == Kind::SignIn { &card.application } else { &card.organisation };
    let time = words.moment(card.issued, model.now, &model.setting.zone);
    let values = |what: String| {
        words.with(
            "ended-line",
            &[("happened", (&ending.said.happened).into()), ("what", what.into()), ("time", (&time).into())],
        )
    };
    let text = values(match &card.place {
        Some(place) => words.with("ended-what", &[("what", what.into()), ("place", place.into())]),
        None => what.clone(),
    });
    let text = cut_end(&format!("{} {text}", look.sign(ending.sign)), room, look.cut());
    Some(Line::styled(text, look.style(ending.sign.role())))
}
