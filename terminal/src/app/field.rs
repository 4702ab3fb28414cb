//! One line that a person types, or one of a few values that they choose.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use zeroize::Zeroizing;

/// The most bytes of a field: as much as a link may have. The room is taken at once, so that a secret which grows is
/// never copied to a new place and left behind in the old one.
const ROOM: usize = 8192;

/// One field of a form.
pub(crate) struct Field {
    /// The id of its label.
    pub(crate) label: &'static str,
    /// What is typed or chosen.
    pub(crate) content: Content,
}

pub(crate) enum Content {
    /// A line of text. `cursor` counts characters from the beginning.
    Line { text: Zeroizing<String>, cursor: usize, is_hidden: bool },
    /// One of several values.
    Choice { values: Vec<String>, chosen: usize },
}

impl Field {
    /// An empty line.
    pub(crate) fn line(label: &'static str) -> Self {
        let text = Zeroizing::new(String::with_capacity(ROOM));
        Self { label, content: Content::Line { text, cursor: 0, is_hidden: false } }
    }

    /// A line whose characters are not shown.
    pub(crate) fn hidden(label: &'static str) -> Self {
        let text = Zeroizing::new(String::with_capacity(ROOM));
        Self { label, content: Content::Line { text, cursor: 0, is_hidden: true } }
    }

    /// One of these values, the first to begin with.
    pub(crate) fn choice(label: &'static str, values: Vec<String>) -> Self {
        Self { label, content: Content::Choice { values, chosen: 0 } }
    }

    /// A line that begins with this.
    pub(crate) fn with(self, text: &str) -> Self {
        let mut field = self;
        field.set(text);
        field
    }

    /// What was typed, or the value that is chosen.
    pub(crate) fn text(&self) -> &str {
        match &self.content {
            Content::Line { text, .. } => text,
            Content::Choice { values, chosen } => values.get(*chosen).map_or("", String::as_str),
        }
    }

    /// Which value is chosen; 0 for a line.
    pub(crate) fn chosen(&self) -> usize {
        match &self.content {
            Content::Line { .. } => 0,
            Content::Choice { chosen, .. } => *chosen,
        }
    }

    /// Puts another text in place of what was typed.
    pub(crate) fn set(&mut self, new: &str) {
        if let Content::Line { text, cursor, .. } = &mut self.content {
            text.clear();
            *cursor = 0;
            insert(text, cursor, new);
        }
    }

    /// Types a text at the cursor; line breaks are left out.
    pub(crate) fn type_text(&mut self, new: &str) {
        if let Content::Line { text, cursor, .. } = &mut self.content {
            insert(text, cursor, new);
        }
    }

    /// Takes a key. False when it means nothing here.
    pub(crate) fn press(&mut self, key: KeyEvent) -> bool {
        let is_control = key.modifiers.contains(KeyModifiers::CONTROL);
        match (&mut self.content, key.code) {
            (Content::Line { text, cursor, .. }, KeyCode::Char('u')) if is_control => {
                text.clear();
                *cursor = 0;
            }
            (Content::Line { .. }, KeyCode::Char(_))
                if is_control || key.modifiers.contains(KeyModifiers::ALT) =>
            {
                return false;
            }
            (Content::Line { text, cursor, .. }, KeyCode::Char(c)) => {
                insert(text, cursor, c.encode_utf8(&mut [0; 4]));
            }
            (Content::Line { text, cursor, .. }, KeyCode::Backspace) => {
                if let Some(before) = cursor.checked_sub(1) {
                    *cursor = before;
                    remove(text, before);
                }
            }
            (Content::Line { text, cursor, .. }, KeyCode::Delete) => remove(text, *cursor),
            (Content::Line { cursor, .. }, KeyCode::Left) => *cursor = cursor.saturating_sub(1),
            (Content::Line { text, cursor, .. }, KeyCode::Right) => {
                *cursor = (*cursor + 1).min(text.chars().count());
            }
            (Content::Line { cursor, .. }, KeyCode::Home) => *cursor = 0,
            (Content::Line { text, cursor, .. }, KeyCode::End) => *cursor = text.chars().count(),
            (Content::Choice { values, chosen }, KeyCode::Left) => {
                *chosen = chosen.checked_sub(1).unwrap_or(values.len().saturating_sub(1));
            }
            (Content::Choice { values, chosen }, KeyCode::Right | KeyCode::Char(' ')) => {
                *chosen = (*chosen + 1) % values.len().max(1);
            }
            _ => return false,
        }
        true
    }
}

fn insert(text: &mut Zeroizing<String>, cursor: &mut usize, new: &str) {
    for c in new.chars().filter(|c| !c.is_control()) {
        if text.len() + c.len_utf8() > ROOM {
            return;
        }
        let at = byte_of(text, *cursor);
        text.insert(at, c);
        *cursor += 1;
    }
}

fn remove(text: &mut Zeroizing<String>, character: usize) {
    let at = byte_of(text, character);
    if at < text.len() {
        text.remove(at);
    }
}

fn byte_of(text: &str, character: usize) -> usize {
    text.char_indices().nth(character).map_or(text.len(), |(byte, _)| byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(field: &mut Field, codes: &[KeyCode]) {
        for code in codes {
            field.press(KeyEvent::new(*code, KeyModifiers::NONE));
        }
    }

    #[test]
    fn a_line_is_edited_at_its_cursor_by_characters() {
        let mut field = Field::line("field-name").with("Høgskole");
        press(
            &mut field,
            &[KeyCode::Char('n'), KeyCode::Home, KeyCode::Right, KeyCode::Delete, KeyCode::Char('o')],
        );
        assert_eq!(field.text(), "Hogskolen");
        press(
            &mut field,
            &[KeyCode::Left, KeyCode::Left, KeyCode::Backspace, KeyCode::End, KeyCode::Backspace],
        );
        assert_eq!(field.text(), "Hogskole", "before the first character there is nothing to delete");
    }

    #[test]
    fn control_characters_of_a_paste_are_left_out_and_its_end_is_cut_at_the_room() {
        let mut field = Field::line("field-link");
        field.type_text("otpauth://\u{1b}[31m\n totp");
        assert_eq!(field.text(), "otpauth://[31m totp");
        field.set(&"ø".repeat(ROOM));
        assert_eq!(field.text().len(), ROOM);
    }

    #[test]
    fn a_choice_goes_round_both_ways() {
        let mut field =
            Field::choice("field-hash", vec!["SHA1".to_owned(), "SHA256".to_owned(), "SHA512".to_owned()]);
        press(&mut field, &[KeyCode::Left]);
        assert_eq!(field.text(), "SHA512");
        press(&mut field, &[KeyCode::Right, KeyCode::Char(' ')]);
        assert_eq!(field.text(), "SHA256");
        assert!(!field.press(KeyEvent::new(KeyCode::Char('x'), KeyModifiers::NONE)));
    }
}
