//! One account: its code, its state, its settings, and the way out.

use countersign_core::authenticator::{AccountRow, AccountState, CodeKind, CodeRow, EntryId, Lock};
use countersign_protocol::RemovalReason;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::super::bindings;
use super::super::line::{cut_end, cut_middle, fill, grouped, width, wrap};
use super::super::look::{Role, Sign};
use super::super::model::{Model, name, second_name};
use super::super::page::{Page, Press, text_width};
use super::super::screens::SettingRow;
use crate::words::{Said, left};

/// Cells of the bar beside a code's seconds.
const BAR: usize = 10;

/// An account; `has_keys` when it is more than what is chosen in the list.
pub(super) fn page(model: &Model, id: EntryId, area: Rect, has_keys: bool) -> Page {
    let (look, words, room) = (model.look(), model.words(), text_width(area));
    let Some(row) = model.account(id) else { return Page::new(String::new()) };
    let mut page = Page::new(name(row, words));
    if has_keys {
        page.presses.push(Press::of(bindings::SETTINGS, words));
        if row.codes == CodeKind::Counted {
            page.presses.push(Press::of(bindings::NEXT_CODE, words));
        }
        if model.snapshot.lock != Lock::Open {
            page.presses.push(Press::of(bindings::UNLOCK, words));
        }
        if row.host.is_some() {
            page.presses.push(Press::of(bindings::REFRESH, words));
            page.presses.push(Press::of(bindings::ENDINGS, words));
            page.presses.push(Press::of(bindings::HELP_DESK, words));
        }
        page.presses.push(super::leave(model));
    }
    page.text(&row.account, Role::Plain, look, room);
    if let Some(host) = &row.host {
        let at = [("organisation", (&row.organisation).into()), ("host", host.into())];
        page.text(&words.with("organisation-at", &at), Role::Plain, look, room);
    }
    page.blank();
    code(model, row, &mut page);
    if let Some((sign, said)) = state(model, row) {
        page.said(sign, &said, look, room);
        more(model, row, &mut page, room);
    }
    if let Some(said) = words.shared_name(row, &model.snapshot.accounts) {
        page.blank();
        page.said(Sign::Bad, &said, look, room);
    }
    if row.unreachable
        && let Some(host) = &row.host
    {
        page.blank();
        page.said(Sign::Wait, &words.said("account-unreachable", &[("host", host.into())]), look, room);
    }
    page
}

/// The code, its time, and the one after it.
fn code(model: &Model, row: &AccountRow, page: &mut Page) {
    let (look, words) = (model.look(), model.words());
    let Some(CodeRow { code, next, valid_until, next_valid_until, fault, .. }) = model.codes.get(&row.id)
    else {
        return;
    };
    if row.codes == CodeKind::None {
        return;
    }
    let Some(code) = code else {
        let id = match fault {
            Some(countersign_core::authenticator::CodeFault::Damaged) => "code-damaged",
            Some(countersign_core::authenticator::CodeFault::Locked) => "code-locked",
            None => "no-code-yet",
        };
        page.body.push(Line::styled(words.text(id), look.style(Role::Wait)));
        page.blank();
        return;
    };
    page.body.push(Line::styled(grouped(code), look.style(Role::Strong)));
    if let Some(until) = valid_until {
        let seconds = left(*until, model.now);
        let whole = next_valid_until.map_or(seconds, |next| next.since(*until));
        page.body.push(Line::raw(format!("{} {}", words.time_left(seconds), look.bar(seconds, whole, BAR))));
    }
    if let Some(next) = next {
        page.body.push(Line::raw(words.with("next-code", &[("code", grouped(next).into())])));
    }
    page.blank();
}

fn state(model: &Model, row: &AccountRow) -> Option<(Sign, Said)> {
    let words = model.words();
    let organisation = [("organisation", (&row.organisation).into())];
    let told = |happened: String, todo: String| Said { code: String::new(), happened, todo };
    match &row.state {
        AccountState::Ready => Some((Sign::Good, words.said("account-ready", &organisation))),
        AccountState::CodesOnly if row.host.is_none() => None,
        AccountState::CodesOnly => Some((Sign::Wait, words.said("account-codes-only", &[]))),
        AccountState::Pending { check } => {
            let happened = words.with("account-pending", &[("check", check.into())]);
            Some((Sign::Wait, told(happened, words.text("added-lead"))))
        }
        AccountState::Paused { until } => {
            let until = words.moment(*until, model.now, &model.setting.zone);
            let happened = words.with("account-paused", &[("until", until.into())]);
            Some((Sign::Wait, told(happened, words.text("account-paused.do"))))
        }
        AccountState::SetUpAgain => Some((Sign::Wait, words.said("account-set-up-again", &[]))),
        AccountState::Removed { .. } => Some((Sign::Bad, words.said("account-removed", &organisation))),
        AccountState::Damaged => Some((Sign::Bad, words.said("account-damaged", &[]))),
    }
}

/// What else there is to know in a state that asks for something.
fn more(model: &Model, row: &AccountRow, page: &mut Page, room: usize) {
    let (look, words) = (model.look(), model.words());
    let mut texts = Vec::new();
    match &row.state {
        AccountState::SetUpAgain => texts.extend([words.text("again-where"), words.text("again-where.none")]),
        AccountState::Removed { reason } => {
            let why = words.text(reason_id(*reason));
            texts.push(words.with("removed-why", &[("why", why.into())]));
        }
        AccountState::Ready
        | AccountState::Paused { .. }
        | AccountState::CodesOnly
        | AccountState::Pending { .. }
        | AccountState::Damaged => {}
    }
    let is_good = matches!(row.state, AccountState::Ready | AccountState::Pending { .. });
    if let Some(phone) = row.help_desk.as_ref().filter(|_| !is_good) {
        texts.push(words.with("call-help-desk", &[("phone", phone.into())]));
    }
    for text in texts {
        page.blank();
        page.text(&text, Role::Plain, look, room);
    }
}

fn reason_id(reason: RemovalReason) -> &'static str {
    match reason {
        RemovalReason::Phone => "reason-phone",
        RemovalReason::Person => "reason-person",
        RemovalReason::HelpDesk => "reason-help-desk",
        RemovalReason::Replaced => "reason-replaced",
        RemovalReason::Check => "reason-check",
        RemovalReason::Unsaved => "reason-unsaved",
        RemovalReason::Report => "reason-report",
    }
}

/// The settings of an account: its name, what this device is called at its server, and Remove account.
pub(super) fn settings(model: &Model, id: EntryId, at: usize, area: Rect) -> Page {
    let (look, words, room) = (model.look(), model.words(), text_width(area));
    let mut page = Page::new(words.text("account-settings"));
    page.presses =
        vec![Press::of(bindings::CHOOSE, words), Press::of(bindings::OPEN, words), super::leave(model)];
    let Some(row) = model.account(id) else { return page };
    let rows = SettingRow::of(row);
    let facts = facts(model, row);
    let label = |kind: SettingRow| match kind {
        SettingRow::Name => words.text("field-name"),
        SettingRow::Device => words.text("this-device"),
        SettingRow::Remove => words.text("remove-account"),
    };
    let is_valued = |kind: &&SettingRow| **kind != SettingRow::Remove;
    let labels = rows.iter().filter(is_valued).map(|kind| label(*kind));
    let widest = labels.chain(facts.iter().map(|(label, _)| label.clone())).map(|it| width(&it)).max();
    let widest = widest.unwrap_or(0);
    let valued = |label: &str, value: &str| format!("{}  {value}", fill(label, widest, look.cut()));
    for (place, kind) in rows.iter().enumerate() {
        let label = label(*kind);
        let (text, role) = match kind {
            SettingRow::Name => (valued(&label, &name(row, words)), Role::Plain),
            SettingRow::Device => {
                (valued(&label, model.device_name.as_deref().unwrap_or_default()), Role::Plain)
            }
            SettingRow::Remove => (label, Role::Report),
        };
        if *kind == SettingRow::Remove {
            // What cannot be chosen stands between.
            for (label, value) in &facts {
                for (line, text) in wrap(value, room.saturating_sub(widest + 3)).into_iter().enumerate() {
                    let label = if line == 0 { label.as_str() } else { "" };
                    page.body.push(Line::raw(format!(" {}", valued(label, &text))));
                }
            }
            page.blank();
        }
        if at == place {
            page.seen_row = page.body.len();
        }
        // A colour in reverse has too little contrast in most terminals.
        let style = look.style(if at == place { Role::Chosen } else { role });
        let mark = Span::styled(if at == place { look.mark() } else { " " }, look.style(Role::Act));
        let text = cut_end(&text, room.saturating_sub(1), look.cut());
        page.body.push(Line::from(vec![mark, Span::styled(text, style)]));
    }
    page
}

/// What stands among the settings and cannot be changed here.
fn facts(model: &Model, row: &AccountRow) -> Vec<(String, String)> {
    let words = model.words();
    let mut facts = vec![(words.text("field-account-name"), row.account.clone())];
    if let Some(host) = &row.host {
        let desk = row.help_desk.clone().unwrap_or_else(|| words.text("help-desk-none"));
        facts.extend([
            (words.text("organisation"), row.organisation.clone()),
            (words.text("server"), host.clone()),
            (words.text("help-desk"), desk),
        ]);
    }
    facts
}

/// Whether the account is to be removed (S71).
pub(super) fn remove(model: &Model, id: EntryId, area: Rect) -> Page {
    let (look, words, room) = (model.look(), model.words(), text_width(area));
    let mut page = Page::new(words.text("remove-account"));
    page.presses =
        vec![Press::of(bindings::REMOVE, words).in_role(Role::Report), Press::of(bindings::KEEP, words)];
    let Some(row) = model.account(id) else { return page };
    page.text(&words.with("remove-ask", &[("name", name(row, words).into())]), Role::Strong, look, room);
    page.body.push(Line::raw(cut_middle(second_name(row), room, look.cut())));
    page.blank();
    let is_work = row.host.is_some();
    page.text(
        &words.text(if is_work { "remove-lead" } else { "remove-lead.codes" }),
        Role::Plain,
        look,
        room,
    );
    if is_work {
        page.blank();
        page.text(&words.text("remove-other"), Role::Plain, look, room);
    }
    page
}
