//! Pages of text: which key does what, and what to hand to a help desk.

use ratatui::layout::Rect;
use ratatui::text::Line;

use super::super::line::{fill, width};
use super::super::look::Role;
use super::super::model::{Model, name};
use super::super::page::{Page, Press, text_width};

/// Which key does what. `y` is in none of the lists.
pub(super) fn keys(model: &Model, scroll: usize, area: Rect) -> Page {
    let (look, words, room) = (model.look(), model.words(), text_width(area));
    let mut page = Page::new(words.text("keys"));
    page.presses = scrolling(model);
    let named = |key: &str, does: &str| (words.text(key), words.text(does));
    let letter = |key: &str, does: &str| (key.to_owned(), words.text(does));
    let parts = [
        (
            "keys-list",
            vec![
                named("key-up-down", "press-choose"),
                named("key-enter", "press-open"),
                letter("/", "press-search"),
                letter("a", "press-add"),
                letter("r", "press-refresh"),
                letter("l", "press-lock"),
                letter("u", "press-unlock"),
                letter("x", "press-dismiss"),
                letter("k", "press-unlock-code"),
                letter("h", "press-help-desk"),
                letter("q", "press-quit"),
            ],
        ),
        (
            "keys-card",
            vec![
                named("key-digits", "press-type-number"),
                named("key-backspace", "press-delete-digit"),
                named("key-enter", "press-approve-not-yet"),
                letter("d", "press-deny"),
                letter("n", "press-report"),
            ],
        ),
        ("keys-ended", vec![named("key-enter", "press-done"), letter("n", "press-report-after")]),
        (
            "keys-account",
            vec![
                letter("s", "press-settings"),
                letter("n", "press-next-code"),
                letter("r", "press-refresh"),
                letter("u", "press-unlock"),
                letter("h", "press-help-desk"),
            ],
        ),
        ("keys-check", vec![named("key-enter", "press-open"), letter("n", "press-not-ours")]),
        (
            "keys-form",
            vec![
                named("key-up-down", "press-next-field"),
                named("key-left-right", "press-change"),
                named("key-tab", "press-complete"),
            ],
        ),
        (
            "keys-everywhere",
            vec![
                named("key-control-o", "press-open-waiting"),
                named("key-escape", "press-leave"),
                letter("?", "press-keys"),
                named("key-control-c", "press-quit"),
            ],
        ),
    ];
    let widest = parts.iter().flat_map(|(_, rows)| rows).map(|(key, _)| width(key)).max().unwrap_or(0);
    for (title, rows) in parts {
        page.body.push(Line::styled(words.text(title), look.style(Role::Strong)));
        for (key, does) in rows {
            page.body.push(Line::raw(format!("  {}  {does}", fill(&key, widest, look.cut()))));
        }
        page.blank();
    }
    page.text(&words.text("keys-card-lead"), Role::Plain, look, room);
    scroll_to(&mut page, scroll, area);
    page
}

/// Whom to call, and what happened lately in words and times.
pub(super) fn help_desk(model: &Model, text: &str, scroll: usize, area: Rect) -> Page {
    let (look, words, room) = (model.look(), model.words(), text_width(area));
    let mut page = Page::new(words.text("help-desk"));
    page.presses = scrolling(model);
    let mut is_named = false;
    for row in &model.snapshot.accounts {
        if let Some(phone) = &row.help_desk {
            let beside = [("name", name(row, words).into()), ("second", phone.into())];
            page.text(&words.with("beside", &beside), Role::Strong, look, room);
            is_named = true;
        }
    }
    if !is_named {
        page.text(&words.text("help-desk-none"), Role::Plain, look, room);
    }
    page.blank();
    page.text(&words.text("reference-lead"), Role::Plain, look, room);
    page.blank();
    for line in text.lines() {
        page.text(line, Role::Plain, look, room);
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
    vec![Press::named("key-up-down", "press-scroll", model.words()), super::leave(model)]
}
