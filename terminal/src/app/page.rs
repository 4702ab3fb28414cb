//! The frame of every screen: a title with something beside it, a body, and the keys at its foot.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};

use super::bindings::Binding;
use super::line::{cut_end, width, wrap};
use super::look::{Look, Role, Sign};
use crate::words::{Said, Words};

/// One screen, ready to be drawn.
pub(crate) struct Page {
    pub(crate) title: String,
    /// At the right of the title.
    pub(crate) aside: Line<'static>,
    pub(crate) body: Vec<Line<'static>>,
    /// The row of the body that must be seen.
    pub(crate) seen_row: usize,
    /// Where in the body something is typed: row and column.
    pub(crate) cursor: Option<(usize, usize)>,
    pub(crate) presses: Vec<Press>,
}

/// A key of the table and what it does, as it stands at a foot.
#[derive(Clone)]
pub(crate) struct Press {
    pub(crate) binding: Binding,
    words: Words,
    role: Role,
}

impl Press {
    pub(crate) fn of(binding: Binding, words: Words) -> Self {
        Self { binding, words, role: Role::Plain }
    }

    pub(crate) fn in_role(self, role: Role) -> Self {
        Self { role, ..self }
    }

    fn key(&self) -> String {
        self.binding.key.name(self.words)
    }

    fn does(&self) -> String {
        self.words.text(self.binding.does)
    }

    fn width(&self) -> usize {
        width(&self.key()) + 1 + width(&self.does())
    }

    /// In a line of its own.
    pub(crate) fn line(&self, look: Look) -> Line<'static> {
        Line::from(self.spans(look).to_vec())
    }

    fn spans(&self, look: Look) -> [Span<'static>; 3] {
        let (key, does) = match self.role {
            Role::Plain => (Role::Act, Role::Plain),
            role => (role, role),
        };
        [
            Span::styled(self.key(), look.style(key)),
            Span::raw(" "),
            Span::styled(self.does(), look.style(does)),
        ]
    }
}

impl Page {
    pub(crate) fn new(title: String) -> Self {
        Self {
            title,
            aside: Line::default(),
            body: Vec::new(),
            seen_row: 0,
            cursor: None,
            presses: Vec::new(),
        }
    }

    /// Rows that the frame leaves to the body in an area of this size, blank lines not counted.
    pub(crate) fn room(area: Rect, presses: &[Press]) -> usize {
        usize::from(area.height).saturating_sub(1 + foot(presses, text_width(area), Look::PLAIN).len())
    }

    /// Adds a text, broken into lines.
    pub(crate) fn text(&mut self, text: &str, role: Role, look: Look, room: usize) {
        self.body.extend(wrap(text, room).into_iter().map(|line| Line::styled(line, look.style(role))));
    }

    pub(crate) fn blank(&mut self) {
        self.body.push(Line::default());
    }

    /// Adds a sign with what happened, and under it what to do.
    pub(crate) fn said(&mut self, sign: Sign, said: &Said, look: Look, room: usize) {
        self.body.extend(said_lines(sign, said, look, room));
    }

    pub(crate) fn draw(self, frame: &mut Frame<'_>, area: Rect, look: Look) {
        if area.is_empty() {
            return;
        }
        let room = text_width(area);
        let foot = foot(&self.presses, room, look);
        self.draw_title(frame, area, look);
        let height = usize::from(area.height);
        let mut top = 1;
        let mut rows = height.saturating_sub(1 + foot.len());
        // Blank lines under the title and above the keys, where there is room for them.
        if self.body.len() < rows {
            top += 1;
            rows -= 1;
        }
        let skipped = if self.body.len() > rows { (self.seen_row + 1).saturating_sub(rows) } else { 0 };
        let skipped = skipped.min(self.body.len().saturating_sub(rows));
        for (row, line) in self.body.into_iter().skip(skipped).take(rows).enumerate() {
            put(frame, area, 1, top + row, line);
        }
        if let Some((row, column)) = self.cursor
            && let Some(row) = row.checked_sub(skipped)
        {
            set_cursor(frame, area, 1 + column, top + row);
        }
        let first = height.saturating_sub(foot.len());
        for (row, line) in foot.into_iter().enumerate() {
            put(frame, area, 1, first + row, line);
        }
    }

    fn draw_title(&self, frame: &mut Frame<'_>, area: Rect, look: Look) {
        let columns = usize::from(area.width);
        let beside = self.aside.width();
        let room = columns.saturating_sub(1 + if beside > 0 { beside + 2 } else { 0 });
        let title = cut_end(&self.title, room, look.cut());
        put(frame, area, 1, 0, Line::styled(title, look.style(Role::Strong)));
        put(frame, area, columns.saturating_sub(beside + 1), 0, self.aside.clone());
    }
}

/// A sign with what happened, and under it what to do.
pub(crate) fn said_lines(sign: Sign, said: &Said, look: Look, room: usize) -> Vec<Line<'static>> {
    let mark = look.sign(sign);
    let indent = width(mark) + 1;
    let room = room.saturating_sub(indent);
    let mut lines = Vec::new();
    for (row, text) in wrap(&said.happened, room).into_iter().enumerate() {
        let style = look.style(if sign == Sign::No { Role::Strong } else { sign.role() });
        let before = if row == 0 { format!("{mark} ") } else { " ".repeat(indent) };
        lines
            .push(Line::from(vec![Span::styled(before, look.style(sign.role())), Span::styled(text, style)]));
    }
    lines.extend(wrap(&said.todo, room).into_iter().map(|text| Line::raw(" ".repeat(indent) + &text)));
    lines
}

/// Columns for text in an area: one is free at each side.
pub(crate) fn text_width(area: Rect) -> usize {
    usize::from(area.width).saturating_sub(2)
}

/// Puts a line into an area at this column and row; what does not fit is not drawn.
pub(crate) fn put(frame: &mut Frame<'_>, area: Rect, column: usize, row: usize, line: Line<'_>) {
    let (Ok(x), Ok(y)) = (u16::try_from(column), u16::try_from(row)) else { return };
    if x < area.width && y < area.height {
        let place = Rect { x: area.x + x, y: area.y + y, width: area.width - x, height: 1 };
        frame.render_widget(line, place);
    }
}

pub(crate) fn set_cursor(frame: &mut Frame<'_>, area: Rect, column: usize, row: usize) {
    let (Ok(x), Ok(y)) = (u16::try_from(column), u16::try_from(row)) else { return };
    if y < area.height {
        frame
            .set_cursor_position(Position { x: area.x + x.min(area.width.saturating_sub(1)), y: area.y + y });
    }
}

/// The keys in as many rows as they take.
fn foot(presses: &[Press], room: usize, look: Look) -> Vec<Line<'static>> {
    const GAP: usize = 2;
    let mut rows: Vec<(usize, Vec<Span<'static>>)> = Vec::new();
    for press in presses {
        let columns = press.width();
        match rows.last_mut() {
            Some((taken, spans)) if *taken + GAP + columns <= room => {
                spans.push(Span::raw(" ".repeat(GAP)));
                spans.extend(press.spans(look));
                *taken += GAP + columns;
            }
            _ => rows.push((columns, press.spans(look).to_vec())),
        }
    }
    rows.into_iter().map(|(_, spans)| Line::from(spans)).collect()
}
