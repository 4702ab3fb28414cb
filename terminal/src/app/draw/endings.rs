//! The requests that have ended, and the question whether one of them is to be reported.

use countersign_core::authenticator::{EndedBefore, EntryId, RequestCard};
use countersign_protocol::{Kind, RequestId};
use ratatui::layout::Rect;

use super::super::bindings;
use super::super::look::Role;
use super::super::model::{Item, Model, name};
use super::super::page::{Page, Press, text_width};
use super::super::screens::Pad;
use super::adding::options;

/// How each one ended, newest first; of those from before this run only the account and the time are left.
pub(super) fn page(model: &Model, of: Option<EntryId>, at: usize, area: Rect) -> Page {
    let (look, words, room) = (model.look(), model.words(), text_width(area));
    let mut page = Page::new(words.text("endings"));
    let endings = model.endings(of);
    if endings.is_empty() {
        page.text(&words.text("endings-none"), Role::Plain, look, room);
        page.presses.push(super::leave(model));
        return page;
    }
    page.presses =
        vec![Press::of(bindings::CHOOSE, words), Press::of(bindings::OPEN, words), super::leave(model)];
    let entries: Vec<_> = endings.iter().filter_map(|item| entry(model, *item)).collect();
    let at = at.min(entries.len().saturating_sub(1));
    options(model, &mut page, &words.text("endings-lead"), &entries, at, area);
    page
}

fn entry(model: &Model, item: Item) -> Option<(String, Option<String>)> {
    let words = model.words();
    let Item::Request(account, request) = item else { return None };
    if let Some(before) = model.before(account, request) {
        let about = words.with("ended-before.about", &values(model, before));
        return Some((words.text("ended-before"), Some(about)));
    }
    let card = model.card(&Pad::new(account, request))?;
    let ending = words.ending(&card)?;
    let line = format!("{} {}", model.look().sign(ending.sign), ending.said.happened);
    Some((line, Some(what_and_when(model, &card))))
}

/// What a request was about, from where, and when it was asked.
pub(super) fn what_and_when(model: &Model, card: &RequestCard) -> String {
    let words = model.words();
    let what = if card.kind == Kind::SignIn { &card.application } else { &card.organisation };
    let time = words.moment(card.issued, model.now, &model.setting.zone);
    let what = match &card.place {
        Some(place) => words.with("ended-what", &[("what", what.into()), ("place", place.into())]),
        None => what.clone(),
    };
    words.with("ended-about", &[("what", what.into()), ("time", time.into())])
}

/// Whether a request that has ended is to be reported: what that stops, and for how long.
pub(super) fn report(model: &Model, account: EntryId, request: RequestId, area: Rect) -> Page {
    let (look, words, room) = (model.look(), model.words(), text_width(area));
    let mut page = Page::new(words.text("report"));
    page.presses = vec![
        Press::of(bindings::REPORT_NOW, words).in_role(Role::Report),
        Press::of(bindings::REPORT_NOT, words),
    ];
    let ask = match (model.card(&Pad::new(account, request)), model.before(account, request)) {
        (Some(card), _) => {
            let what = match card.kind {
                Kind::SignIn => card.application.clone(),
                Kind::Test | Kind::Method | Kind::Reset => words.request_title(&card),
            };
            words.with("report-ask", &[("what", what.into())])
        }
        (None, Some(before)) => words.with("ended-before.ask", &values(model, before)),
        (None, None) => return page,
    };
    page.text(&ask, Role::Strong, look, room);
    page.blank();
    page.text(&words.text("report-lead"), Role::Plain, look, room);
    page
}

/// Whose it was, and when it ended.
fn values(model: &Model, before: &EndedBefore) -> [(&'static str, countersign_texts::Value<'static>); 2] {
    let row = model.account(before.account_id);
    let whose = row.map(|row| name(row, model.words())).unwrap_or_default();
    let time = model.words().moment(before.ended, model.now, &model.setting.zone);
    [("name", whose.into()), ("time", time.into())]
}
