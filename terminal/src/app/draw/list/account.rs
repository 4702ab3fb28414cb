//! An account in the list: its names, its code, and what its state says.

use countersign_core::authenticator::{AccountRow, AccountState, CodeFault, CodeKind, CodeRow, Lock};
use ratatui::text::{Line, Span};

use super::super::super::line::{cut_end, cut_middle, fill, grouped, width, wrap};
use super::super::super::look::{Look, Role};
use super::super::super::model::{Model, name, second_name};
use crate::words::left;

/// Columns of a code, of its seconds, and of their bar where there is room for one.
const CODE: usize = 14;
const SECONDS: usize = 6;
const BAR: usize = 10;
const BAR_FROM: usize = 56;
/// In the last seconds of a code the next is shown, too.
const NEXT_FROM: u64 = 5;

/// An account: its name and code, its second name and the next code, and a third line where its state needs words.
pub(super) fn account(
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
    let code = CodeColumns::of(model, row, look, bar);
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
        let texts = wrap(&text, columns.saturating_sub(2)).into_iter();
        lines.extend(texts.map(|text| Line::styled(format!(" {text}"), look.style(role))));
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
struct CodeColumns {
    spans: Vec<Span<'static>>,
    next: Option<String>,
}

impl CodeColumns {
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
        // Of a locked vault nobody knows which accounts have codes.
        AccountState::Ready if row.codes == CodeKind::None && model.snapshot.lock == Lock::Open => {
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
