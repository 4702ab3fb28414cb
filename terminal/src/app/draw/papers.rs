//! Pages of text: which key does what, and what to hand to a help desk.

use ratatui::layout::Rect;
use ratatui::text::Line;

use super::super::bindings::{self, Place};
use super::super::line::{fill, width, wrap};
use super::super::look::Role;
use super::super::model::Model;
use super::super::page::{Page, Press, text_width};

/// Which key does what: where the person is first. `above` are lines that should stand above the app, and have no room.
pub(super) fn keys(model: &Model, scroll: usize, area: Rect, above: &[String]) -> Page {
    let (look, words, room) = (model.look(), model.words(), text_width(area));
    let mut page = Page::new(words.text("keys"));
    page.presses = scrolling(model);
    for line in above {
        page.text(line.trim_start(), Role::Plain, look, room);
    }
    let behind = model.screens.len().checked_sub(2).and_then(|place| model.screens.get(place));
    let here = model.place(behind);
    let others = Place::ALL.into_iter().filter(|place| *place != here);
    let widest = Place::ALL.iter().flat_map(|place| place.bindings()).map(|it| width(&it.key.name(words)));
    let widest = widest.max().unwrap_or(0);
    for place in std::iter::once(here).chain(others) {
        page.body.push(Line::styled(words.text(place.title()), look.style(Role::Strong)));
        for binding in place.bindings() {
            let key = fill(&binding.key.name(words), widest, look.cut());
            let indent = widest + 4;
            for (row, does) in wrap(&words.text(binding.does), room.saturating_sub(indent)).iter().enumerate()
            {
                let before = if row == 0 { format!("  {key}  ") } else { " ".repeat(indent) };
                page.body.push(Line::raw(before + does));
            }
        }
        if place == Place::Request {
            page.text(&words.text("keys-card-lead"), Role::Plain, look, room);
        }
        page.blank();
    }
    scroll_to(&mut page, scroll, area);
    page
}

/// Whom to call, and what happened lately in words and times.
pub(super) fn help_desk(model: &Model, text: &str, scroll: usize, area: Rect) -> Page {
    let (look, words, room) = (model.look(), model.words(), text_width(area));
    let mut page = Page::new(words.text("help-desk"));
    page.presses = scrolling(model);
    let mut desks = Vec::new();
    for row in &model.snapshot.accounts {
        if let Some(phone) = &row.help_desk
            && !desks.contains(&(&row.host, phone))
        {
            desks.push((&row.host, phone));
            let beside = [("name", (&row.organisation).into()), ("second", phone.into())];
            page.text(&words.with("beside", &beside), Role::Strong, look, room);
        }
    }
    if desks.is_empty() {
        page.text(&words.text("help-desk-none"), Role::Plain, look, room);
    }
    page.blank();
    page.text(&words.text("reference-lead"), Role::Plain, look, room);
    page.blank();
    for line in words.diagnostics(text, &model.setting.zone) {
        page.text(&line, Role::Plain, look, room);
    }
    scroll_to(&mut page, scroll, area);
    page
}

/// Shows what stands `scroll` lines below the beginning, as far as there is something.
fn scroll_to(page: &mut Page, scroll: usize, area: Rect) {
    let rows = Page::room(area, &page.presses);
    let last = page.body.len().saturating_sub(1);
    page.seen_row = (scroll + rows.saturating_sub(1)).min(last);
}

fn scrolling(model: &Model) -> Vec<Press> {
    vec![Press::of(bindings::SCROLL, model.words()), super::leave(model)]
}
