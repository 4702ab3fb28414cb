//! On the way to a new account: what kind, how, which one, and the eight characters to compare.

use countersign_core::authenticator::{AccountRow, AccountState, EntryId};
use countersign_protocol::RemovalReason;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::super::bindings;
use super::super::line::{cut_middle, wrap};
use super::super::look::{Role, Sign};
use super::super::model::Model;
use super::super::page::{Page, Press, text_width};
use super::super::screens::{Found, Menu, MenuOf};
use crate::words::left;

/// Our own words have as many lines beside a name at most; a longer text is somebody's name, and is cut.
const SECOND_LINES: usize = 2;

/// A menu: each entry with what it is for.
pub(super) fn menu(model: &Model, menu: Menu, area: Rect) -> Page {
    let words = model.words();
    let mut page = Page::new(words.text(match menu.of {
        MenuOf::Type => "add-type",
        MenuOf::Work => "add-work",
        MenuOf::Other => "add-other",
    }));
    page.presses = choosing(model);
    let ask = words.text(match menu.of {
        MenuOf::Type => "add-type.ask",
        MenuOf::Work | MenuOf::Other => "add-how",
    });
    let entries: Vec<_> = menu
        .of
        .entries()
        .iter()
        .map(|(id, _)| (words.text(id), Some(words.text(&format!("{id}.about")))))
        .collect();
    options(model, &mut page, &ask, &entries, menu.at, area);
    page
}

/// Several codes of one picture, or the one of a link.
pub(super) fn choose(model: &Model, found: &[Found], at: usize, area: Rect) -> Page {
    let words = model.words();
    let question = if found.len() == 1 { "add-this" } else { "choose-code" };
    let mut page = Page::new(words.text(question));
    page.presses = choosing(model);
    let entries: Vec<_> = found
        .iter()
        .map(|found| {
            let name = [&found.organisation, &found.host, &found.account].into_iter().flatten().next();
            let name = match (&found.refused, name) {
                (Some(said), None) => said.happened.clone(),
                (_, Some(name)) => name.clone(),
                (None, None) => words.text("issuer-unknown"),
            };
            let second = match (&found.refused, &found.host) {
                (Some(said), _) if said.happened != name => {
                    Some(words.with("choose-code-unusable", &[("happened", (&said.happened).into())]))
                }
                (Some(said), _) => Some(said.todo.clone()),
                (None, Some(_)) => Some(words.text("add-work")),
                (None, None) => found.account.clone(),
            };
            (name, second)
        })
        .collect();
    options(model, &mut page, &words.text(&format!("{question}-lead")), &entries, at, area);
    page
}

/// The check, and after it what became of the set-up.
pub(super) fn check(model: &Model, id: EntryId, area: Rect) -> Page {
    let (look, words, room) = (model.look(), model.words(), text_width(area));
    let Some(row) = model.account(id) else { return Page::new(words.text("added")) };
    let organisation = [("organisation", (&row.organisation).into())];
    let mut page = Page::new(words.text("added"));
    match &row.state {
        AccountState::Pending { check } => {
            page.presses =
                vec![Press::of(bindings::NOT_OURS, words).in_role(Role::Report), super::leave(model)];
            let line = words.text("check-line");
            let roomy = Page::room(area, &page.presses) >= 14;
            page.text(&words.text("added-lead"), Role::Plain, look, room);
            page.blank();
            page.body.push(Line::from(vec![
                Span::raw(line + "  "),
                Span::styled(check.clone(), look.style(Role::Strong)),
            ]));
            page.seen_row = page.body.len();
            if roomy {
                page.blank();
            }
            whose(model, row, &mut page, room);
            same_name(model, row, &mut page, room);
            if roomy {
                page.blank();
            }
            waiting(model, id, &mut page, room);
        }
        AccountState::Removed { reason: RemovalReason::Check } => {
            page.title = words.text("added-no.title");
            page.said(Sign::No, &words.said("added-no", &organisation), look, room);
            page.presses.push(super::leave(model));
        }
        AccountState::Removed { .. } | AccountState::SetUpAgain | AccountState::Damaged => {
            page.title = words.text("added-no.title");
            page.said(Sign::No, &words.said("not-set-up", &organisation), look, room);
            page.presses.push(super::leave(model));
        }
        AccountState::Ready | AccountState::CodesOnly | AccountState::Paused { .. } => {
            page.title = words.text("added-done.title");
            page.said(Sign::Good, &words.said("added-done", &organisation), look, room);
            page.blank();
            whose(model, row, &mut page, room);
            page.presses.push(Press::of(bindings::DONE, words));
        }
    }
    page
}

fn whose(model: &Model, row: &AccountRow, page: &mut Page, room: usize) {
    let (look, words) = (model.look(), model.words());
    if let Some(host) = &row.host {
        let at = [("organisation", (&row.organisation).into()), ("host", host.into())];
        page.text(&words.with("organisation-at", &at), Role::Plain, look, room);
    }
    page.body.push(Line::raw(cut_middle(&row.account, room, look.cut())));
}

/// Anyone can take a name: an organisation that is called like one from another server is told, with both hosts.
fn same_name(model: &Model, row: &AccountRow, page: &mut Page, room: usize) {
    let (look, words) = (model.look(), model.words());
    let Some(same) = words.same_name(row, &model.snapshot.accounts) else { return };
    page.blank();
    page.said(Sign::Bad, &same.said, look, room);
    for host in same.hosts {
        page.text(&host, Role::Plain, look, room);
    }
}

/// What is awaited: the page, or the test request that has come.
fn waiting(model: &Model, id: EntryId, page: &mut Page, room: usize) {
    let (look, words) = (model.look(), model.words());
    let test = model.waiting().find(|card| card.account_id == id);
    match test {
        Some(card) => {
            let time = words.time_left(left(card.valid_until, model.now));
            let values = [("what", (&card.organisation).into()), ("left", time.into())];
            let text = format!("{} {}", look.sign(Sign::Bad), words.with("waiting-test", &values));
            page.text(&text, Role::Report, look, room);
            page.presses.insert(0, Press::of(bindings::OPEN, words).in_role(Role::Act));
        }
        None => {
            let text = format!("{} {}", look.sign(Sign::Wait), words.text("waiting-for-page"));
            page.text(&text, Role::Wait, look, room);
        }
    }
}

/// Things to choose from, each with a second line where there is room for it.
pub(super) fn options(
    model: &Model,
    page: &mut Page,
    ask: &str,
    entries: &[(String, Option<String>)],
    at: usize,
    area: Rect,
) {
    let (look, room) = (model.look(), text_width(area));
    let roomy = Page::room(area, &page.presses) >= 2 + entries.len() * 3;
    page.text(ask, Role::Plain, look, room);
    if roomy {
        page.blank();
    }
    for (place, (name, second)) in entries.iter().enumerate() {
        let is_here = place == at;
        let role = if is_here { Role::Chosen } else { Role::Strong };
        page.body.push(Line::from(vec![
            Span::styled(if is_here { look.mark() } else { " " }, look.style(Role::Act)),
            Span::styled(cut_middle(name, room.saturating_sub(1), look.cut()), look.style(role)),
        ]));
        if let Some(second) = second {
            let mut lines = wrap(second, room.saturating_sub(1));
            if lines.len() > SECOND_LINES {
                lines = vec![cut_middle(second, room.saturating_sub(1), look.cut())];
            }
            page.body.extend(lines.into_iter().map(|line| Line::raw(format!(" {line}"))));
        }
        if is_here {
            page.seen_row = page.body.len().saturating_sub(1);
        }
        if roomy {
            page.blank();
        }
    }
}

fn choosing(model: &Model) -> Vec<Press> {
    let words = model.words();
    vec![Press::of(bindings::CHOOSE, words), Press::of(bindings::NEXT, words), super::leave(model)]
}
