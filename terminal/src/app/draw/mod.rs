//! Drawing: what the model holds, and nothing else, onto a frame.
//!
//! Under 100 columns one screen has the whole window; from there on the list stays at the left.

mod account;
mod adding;
mod card;
mod endings;
mod form;
mod list;
mod papers;
mod shut;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::bindings;
use super::line::{width, wrap};
use super::look::{Role, Sign};
use super::model::{Item, Model};
use super::page::{Page, Press, put, said_lines, text_width};
use super::screens::Screen;
use super::shown::make_showable;

/// Under this the window is too small.
const LEAST_COLUMNS: u16 = 40;
const LEAST_ROWS: u16 = 12;
/// From here on the list stays beside the other screens.
const WIDE_COLUMNS: u16 = 100;
/// Columns of the list then.
const LIST_COLUMNS: u16 = 60;

/// Draws everything.
pub(crate) fn draw(frame: &mut Frame<'_>, model: &Model) {
    let area = below_lines_above(frame, model);
    if area.width < LEAST_COLUMNS || area.height < LEAST_ROWS {
        too_small(frame, area, model);
    } else if area.width < WIDE_COLUMNS || model.screens.last().is_some_and(Screen::is_unlock) {
        match model.screens.last() {
            Some(screen) => draw_alone(frame, area, model, screen),
            None => list::draw(frame, area, model, true),
        }
    } else {
        let left = Rect { width: LIST_COLUMNS, ..area };
        let right = Rect { x: area.x + LIST_COLUMNS + 1, width: area.width - LIST_COLUMNS - 1, ..area };
        list::draw(frame, left, model, model.screens.is_empty());
        match model.screens.last() {
            Some(screen) => draw_screen(frame, right, model, screen),
            None => draw_chosen(frame, right, model),
        }
    }
    make_showable(frame.buffer_mut(), model.look());
}

/// The lines above the app, in this window.
struct Above {
    lines: Vec<String>,
    /// Whether none is left out.
    is_whole: bool,
}

/// The lines that stand above the app, as many as leave it the rows that it needs.
fn above(model: &Model, area: Rect) -> Above {
    let columns = usize::from(area.width);
    let whole = |line: &String| if width(line) > columns { wrap(line, columns) } else { vec![line.clone()] };
    let mut lines: Vec<_> = model.setting.above.iter().flat_map(whole).collect();
    let room = usize::from(area.height.saturating_sub(LEAST_ROWS));
    let is_whole = lines.len() <= room;
    lines.truncate(room);
    Above { lines, is_whole }
}

/// Draws the lines that stand above the app; gives what they leave.
fn below_lines_above(frame: &mut Frame<'_>, model: &Model) -> Rect {
    let area = frame.area();
    let lines = above(model, area).lines;
    let taken = u16::try_from(lines.len()).unwrap_or(0);
    for (row, line) in lines.into_iter().enumerate() {
        put(frame, area, 0, row, Line::raw(line));
    }
    Rect { y: area.y + taken, height: area.height - taken, ..area }
}

/// Draws a screen that has the whole window; above it the request that waits, which the list would show.
fn draw_alone(frame: &mut Frame<'_>, area: Rect, model: &Model, screen: &Screen) {
    let lines = match model.waiting_elsewhere() {
        Some(card) => list::banner(model, card, false, Some(bindings::OPEN_WAITING), usize::from(area.width)),
        None => Vec::new(),
    };
    let taken = u16::try_from(lines.len()).unwrap_or(0);
    for (row, line) in lines.into_iter().enumerate() {
        put(frame, area, 0, row, line);
    }
    let below = Rect { y: area.y + taken, height: area.height.saturating_sub(taken), ..area };
    draw_screen(frame, below, model, screen);
}

/// Draws a screen, and above the end of its area what is waited for or was said last.
fn draw_screen(frame: &mut Frame<'_>, area: Rect, model: &Model, screen: &Screen) {
    let look = model.look();
    let lines = match (&model.busy, &model.said) {
        (Some(busy), _) => busy_lines(busy, model, text_width(area)),
        (None, Some((sign, said))) => said_lines(*sign, said, look, text_width(area)),
        (None, None) => Vec::new(),
    };
    let taken = u16::try_from(lines.len()).unwrap_or(0).min(area.height / 3);
    let upper = Rect { height: area.height - taken, ..area };
    let above = above(model, frame.area());
    let hidden: &[String] = if above.is_whole { &[] } else { &model.setting.above };
    page(model, screen, upper, hidden).draw(frame, upper, look);
    let lower = Rect { y: upper.bottom(), height: taken, ..area };
    for (row, line) in lines.into_iter().enumerate() {
        put(frame, lower, 1, row, line);
    }
}

/// A screen; `above` are the lines that should stand above the app and do not.
pub(super) fn page(model: &Model, screen: &Screen, area: Rect, above: &[String]) -> Page {
    match screen {
        Screen::Shut(why) => shut::page(model, *why, area),
        Screen::StartOver => shut::start_over(model, area),
        Screen::OfferCode => shut::offer_code(model, area),
        Screen::UnlockCode(code) => shut::unlock_code(model, code, area),
        Screen::Form(form) => form::page(model, form, area),
        Screen::Menu(menu) => adding::menu(model, *menu, area),
        Screen::Choose { found, at } => adding::choose(model, found, *at, area),
        Screen::Check(id) => adding::check(model, *id, area),
        Screen::Card(pad) => card::page(model, pad, area),
        Screen::Endings { of, at } => endings::page(model, *of, *at, area),
        Screen::Report { account, request } => endings::report(model, *account, *request, area),
        Screen::Account(id) => account::page(model, *id, area, true),
        Screen::Settings { account, at } => account::settings(model, *account, *at, area),
        Screen::Remove(id) => account::remove(model, *id, area),
        Screen::HelpDesk { text, scroll } => papers::help_desk(model, text, *scroll, area),
        Screen::Keys { scroll } => papers::keys(model, *scroll, area, above),
    }
}

/// Beside the list: what is chosen in it, without its keys.
fn draw_chosen(frame: &mut Frame<'_>, area: Rect, model: &Model) {
    let page = match model.chosen() {
        Some(Item::Request(account, request)) => card::preview(model, account, request, area),
        Some(Item::Account(id)) => account::page(model, id, area, false),
        None => return,
    };
    page.draw(frame, area, model.look());
}

fn busy_lines(busy: &str, model: &Model, room: usize) -> Vec<Line<'static>> {
    let look = model.look();
    wrap(&format!("{} {busy}", look.sign(Sign::Wait)), room)
        .into_iter()
        .map(|line| Line::styled(line, look.style(Role::Wait)))
        .collect()
}

fn too_small(frame: &mut Frame<'_>, area: Rect, model: &Model) {
    let values = [("columns", area.width.into()), ("rows", area.height.into())];
    let said = model.words().said("too-small", &values);
    for (row, line) in wrap(&model.words().line(&said), usize::from(area.width)).into_iter().enumerate() {
        put(frame, area, 0, row, Line::raw(line));
    }
}

/// The key that leaves a screen.
fn leave(model: &Model) -> Press {
    Press::of(bindings::LEAVE, model.words())
}

#[cfg(test)]
mod tests;
