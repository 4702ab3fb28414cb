//! Forms.

use countersign_core::authenticator::Lock;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::super::bindings::{self, ENTER};
use super::super::field::{Content, Field};
use super::super::form::{Form, Purpose};
use super::super::line::{fill, width, wrap};
use super::super::look::{Look, Role, Sign};
use super::super::model::Model;
use super::super::page::{Page, Press, said_lines, text_width};
use crate::platform::Typed;

/// The title of a form, what stands above its fields, and what Enter does at its end.
fn texts(purpose: Purpose) -> (&'static str, Option<&'static str>, &'static str) {
    match purpose {
        Purpose::Unlock(Typed::UnlockCode) => ("locked", Some("locked-elsewhere-lead"), "press-unlock"),
        Purpose::Unlock(_) => ("locked", Some("locked-lead"), "press-unlock"),
        Purpose::NewPassphrase => ("passphrase-choose", Some("passphrase-choose-lead"), "press-next"),
        Purpose::Recover(_) => ("recover", Some("recover-lead"), "press-unlock"),
        Purpose::Restore(_) => ("vault-damaged", Some("restore-lead"), "press-restore"),
        Purpose::Picture { is_work: true } => ("scan", Some("scan-lead"), "press-add"),
        Purpose::Picture { is_work: false } => ("scan", Some("scan-lead-other"), "press-add"),
        Purpose::Typed => ("enter-code", Some("enter-code-lead"), "press-add"),
        Purpose::Link => ("enter-link", Some("enter-link-lead"), "press-add"),
        Purpose::Key => ("enter-key", Some("enter-key-lead"), "press-add"),
        Purpose::Name(_) => ("field-name", None, "press-save"),
        Purpose::DeviceName => ("this-device", Some("this-device.lead"), "press-save"),
    }
}

/// A form, its fault below its fields.
pub(super) fn page(model: &Model, form: &Form, area: Rect) -> Page {
    let (look, words, room) = (model.look(), model.words(), text_width(area));
    let (title, lead, enter) = texts(form.purpose);
    let mut page = Page::new(words.text(title));
    let last = form.fields.len().saturating_sub(1);
    let enter = if form.at == last { ENTER.does(enter) } else { bindings::NEXT_FIELD };
    page.presses.push(Press::of(enter, words));
    if matches!(form.purpose, Purpose::Picture { .. }) {
        page.presses.push(Press::of(bindings::COMPLETE, words));
    }
    if form.fields.get(form.at).is_some_and(|field| matches!(field.content, Content::Choice { .. })) {
        page.presses.push(Press::of(bindings::CHANGE, words));
    }
    let has_more_behind = model.screens.len() > 1 || model.snapshot.lock == Lock::SecretsLocked;
    let can_leave = !form.purpose.opens_vault() || has_more_behind;
    page.presses.push(if can_leave {
        super::leave(model)
    } else {
        Press::of(bindings::QUIT_ANYWHERE, words)
    });

    let labels: Vec<_> = form.fields.iter().map(|field| words.text(field.label)).collect();
    let widest = labels.iter().map(|label| width(label)).max().unwrap_or(0);
    let is_beside = widest + 4 <= room / 2;
    let fault = form.fault.as_ref().map(|said| said_lines(Sign::Bad, said, look, room)).unwrap_or_default();
    let lead = lead.map(|lead| wrap(&words.text(lead), room)).unwrap_or_default();
    let rows = Page::room(area, &page.presses);
    let needed = form.fields.len() * if is_beside { 1 } else { 2 } + fault.len();
    // With a blank line under the lead, and one above the fault.
    let roomy = rows >= lead.len() + needed + 2;
    if roomy || rows >= lead.len() + needed || fault.is_empty() {
        page.body.extend(lead.into_iter().map(Line::raw));
        if roomy {
            page.blank();
        }
    }
    // Where not all is seen at once, what was wrong stands by its field.
    let is_by_field = rows < needed;
    for (place, (field, label)) in form.fields.iter().zip(&labels).enumerate() {
        let is_here = place == form.at;
        let mark = if is_here { look.mark() } else { " " };
        let role = if is_here { Role::Strong } else { Role::Plain };
        let mark = Span::styled(mark, look.style(Role::Act));
        let (indent, mut spans) = if is_beside {
            let label = fill(label, widest, look.cut());
            (1 + widest + 2, vec![mark, Span::styled(label, look.style(role)), Span::raw("  ")])
        } else {
            page.body.push(Line::from(vec![mark, Span::styled(label.clone(), look.style(role))]));
            (1, vec![Span::raw(" ")])
        };
        let (value, cursor) = value(field, room.saturating_sub(indent + 1), look, is_here);
        spans.push(value);
        if is_here {
            page.seen_row = page.body.len();
            page.cursor = cursor.map(|column| (page.body.len(), indent + column));
        }
        page.body.push(Line::from(spans));
        if is_here && is_by_field {
            page.body.extend(fault.clone());
            page.seen_row = page.body.len().saturating_sub(1);
        }
    }
    if form.fault.is_some() && !is_by_field {
        if roomy {
            page.blank();
        }
        page.body.extend(fault);
    } else if form.fault.is_none() && matches!(form.purpose, Purpose::Unlock(_)) && roomy {
        page.blank();
        super::shut::waiting(model, &mut page, room);
    }
    page
}

/// What is seen of a field, and where its cursor stands: the end of what was typed is seen, or the part at the cursor.
fn value(field: &Field, room: usize, look: Look, is_here: bool) -> (Span<'static>, Option<usize>) {
    match &field.content {
        Content::Choice { .. } => {
            let style = look.style(if is_here { Role::Chosen } else { Role::Plain });
            (Span::styled(field.text().to_owned(), style), None)
        }
        Content::Line { text, cursor, is_hidden } => {
            let shown: Vec<String> = text
                .chars()
                .map(|c| if *is_hidden { look.hidden_character().to_owned() } else { c.to_string() })
                .collect();
            let mut from = 0;
            let columns = |from: usize, to: usize| -> usize {
                shown.iter().take(to).skip(from).map(|symbol| width(symbol)).sum()
            };
            while columns(from, *cursor) >= room && from < *cursor {
                from += 1;
            }
            let mut seen = String::new();
            for symbol in shown.iter().skip(from) {
                if width(&seen) + width(symbol) > room {
                    break;
                }
                seen.push_str(symbol);
            }
            (Span::raw(seen), Some(columns(from, *cursor)))
        }
    }
}
