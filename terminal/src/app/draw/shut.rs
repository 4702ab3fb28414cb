//! The screens of a vault that is shut, and of the second way into it.

use ratatui::layout::Rect;
use ratatui::text::Line;

use super::super::bindings::{self, ENTER};
use super::super::look::{Role, Sign};
use super::super::model::Model;
use super::super::page::{Page, Press, text_width};
use super::super::screens::Shut;

/// Why it is shut, and the ways on.
pub(super) fn page(model: &Model, why: Shut, area: Rect) -> Page {
    let (look, words, room) = (model.look(), model.words(), text_width(area));
    let has_typed = model.typed().is_some();
    let (title, leads): (_, &[_]) = match why {
        Shut::Locked => ("locked", &["locked-lead"]),
        Shut::NoKeyring => ("vault-no-passphrase", &["no-keyring-lead"]),
        Shut::KeyGone if has_typed => ("recover", &["recover-lead"]),
        Shut::KeyGone => ("key-gone", &["recover-lead", "key-gone-lead"]),
        Shut::Damaged => ("vault-damaged", &["restore-lead"]),
    };
    let mut page = Page::new(words.text(title));
    for lead in leads {
        page.text(&words.text(lead), Role::Plain, look, room);
    }
    page.blank();
    waiting(model, &mut page, room);
    let enter = match why {
        Shut::NoKeyring => None,
        Shut::Locked => Some("press-unlock"),
        Shut::KeyGone if has_typed => Some("press-type-it"),
        Shut::KeyGone => Some("press-try-again"),
        Shut::Damaged => (model.opens_by_keyring() || has_typed).then_some("press-restore"),
    };
    page.presses.extend(enter.map(|does| Press::of(ENTER.does(does), words)));
    if matches!(why, Shut::KeyGone | Shut::Damaged) {
        page.presses.push(Press::of(bindings::START_OVER, words));
    }
    page.presses.push(Press::of(bindings::QUIT, words));
    page
}

/// That a request waits is told also while the vault is locked, without a name.
pub(super) fn waiting(model: &Model, page: &mut Page, room: usize) {
    if model.waiting().next().is_some() {
        page.said(Sign::Bad, &model.words().said("waiting-behind-lock", &[]), model.look(), room);
    }
}

/// Whether the vault is to be put aside.
pub(super) fn start_over(model: &Model, area: Rect) -> Page {
    let (look, words, room) = (model.look(), model.words(), text_width(area));
    let mut page = Page::new(words.text("start-over"));
    page.text(&words.text("start-over-lead"), Role::Plain, look, room);
    page.presses.push(Press::of(bindings::START_OVER, words).in_role(Role::Report));
    page.presses.push(super::leave(model));
    page
}

/// Whether an unlock code is to be made.
pub(super) fn offer_code(model: &Model, area: Rect) -> Page {
    let (look, words, room) = (model.look(), model.words(), text_width(area));
    let mut page = Page::new(words.text("unlock-code"));
    let (lead, has_one) = match model.typed() {
        None => ("offer-code-lead", false),
        Some(typed) => ("offer-code-lead.passphrase", typed != crate::platform::Typed::Passphrase),
    };
    page.text(&words.text(lead), Role::Plain, look, room);
    if has_one {
        page.text(&words.text("offer-code-lead.again"), Role::Plain, look, room);
    }
    page.presses.push(Press::of(bindings::MAKE_CODE, words));
    page.presses.push(Press::of(bindings::NOT_NOW, words));
    page
}

/// The code, in the groups that it is typed in.
pub(super) fn unlock_code(model: &Model, code: &str, area: Rect) -> Page {
    let (look, words, room) = (model.look(), model.words(), text_width(area));
    let mut page = Page::new(words.text("unlock-code-made"));
    page.body.push(Line::styled(code.to_owned(), look.style(Role::Strong)));
    page.blank();
    page.text(&words.text("unlock-code-made.do"), Role::Plain, look, room);
    page.presses.push(Press::of(bindings::WRITTEN_DOWN, words));
    page
}
