//! The last look at everything before it is shown: whatever a server, a QR code or a file put into a text, it cannot
//! move the cursor, turn the direction of reading or hide.

use ratatui::buffer::Buffer;

use super::look::Look;

/// What stands in place of a character that must not be shown.
const REFUSED: &str = "?";

/// Goes over a screen that was drawn: hidden characters are replaced, and all but ASCII where the locale has no more.
pub(crate) fn make_showable(buffer: &mut Buffer, look: Look) {
    for cell in &mut buffer.content {
        let symbol = cell.symbol();
        if symbol.chars().any(is_hidden) {
            cell.set_symbol(REFUSED);
        } else if !look.is_unicode && !symbol.is_ascii() {
            let plain = ascii(symbol);
            cell.set_symbol(plain);
        }
    }
}

/// A text for a command's output: as it is, but for hidden characters; line breaks within a text are hidden ones, too.
pub(crate) fn showable(text: &str, look: Look) -> String {
    text.chars()
        .map(|c| match c {
            c if is_hidden(c) => REFUSED.to_owned(),
            c if look.is_unicode || c.is_ascii() => c.to_string(),
            c => ascii(c.encode_utf8(&mut [0; 4])).to_owned(),
        })
        .collect()
}

/// What the protocol takes from no server, but for the joiners and selectors within an emoji or an Indic word: names of
/// accounts that have only codes come from anybody's QR codes, and have them.
fn is_hidden(c: char) -> bool {
    let joins = matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}');
    countersign_protocol::is_hidden(c) && !joins
}

/// The nearest in ASCII for what our own texts have; names in other scripts cannot be told.
fn ascii(symbol: &str) -> &'static str {
    match symbol {
        "’" | "‘" => "'",
        "“" | "”" => "\"",
        "·" | "–" | "—" => "-",
        _ => REFUSED,
    }
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use super::*;

    const ALL: Look = Look { is_coloured: true, is_unicode: true };
    const ASCII: Look = Look { is_coloured: true, is_unicode: false };

    #[test]
    fn a_hostile_name_cannot_reach_the_terminal_as_it_is() {
        let hostile = "Hal\u{1b}[2Jden\u{202e}elpmaxe\u{200b}\n\u{7f}\u{9b}31m\u{2066}";
        let shown = showable(hostile, ALL);
        assert_eq!(shown, "Hal?[2Jden?elpmaxe????31m?");
        let mut buffer = Buffer::empty(Rect::new(0, 0, 40, 1));
        buffer.set_string(0, 0, hostile, Style::new());
        make_showable(&mut buffer, ALL);
        assert!(buffer.content.iter().all(|cell| !cell.symbol().chars().any(is_hidden)));
    }

    #[test]
    fn what_the_protocol_hides_is_hidden_here() {
        for c in ['\u{e000}', '\u{2800}', '\u{fffc}', '\u{13441}', '\u{1d159}', '\u{2064}', '\u{e0100}'] {
            assert_eq!(showable(&format!("a{c}b"), ALL), "a?b", "{c:?}");
        }
    }

    #[test]
    fn names_of_all_scripts_stay_as_they_are() {
        for name in ["Høgskolen", "日本語", "הספרייה", "किताबें", "👩‍🚀 ❤️", "Ελλάδα"]
        {
            assert_eq!(showable(name, ALL), name);
        }
    }

    #[test]
    fn without_utf_8_only_ascii_is_left() {
        assert_eq!(showable("“No, it’s not me” · Høgskolen", ASCII), "\"No, it's not me\" - H?gskolen");
        let mut buffer = Buffer::empty(Rect::new(0, 0, 10, 1));
        buffer.set_string(0, 0, "a · 日本", Style::new());
        make_showable(&mut buffer, ASCII);
        assert!(buffer.content.iter().all(|cell| cell.symbol().is_ascii()));
    }
}
