//! Fitting texts into columns: widths, cuts and breaks by what a terminal draws, not by bytes.

use ratatui::text::Span;
use unicode_segmentation::UnicodeSegmentation as _;

/// The columns that a text takes.
pub(crate) fn width(text: &str) -> usize {
    Span::raw(text).width()
}

/// The text, or its beginning and `mark` where it has more columns than `room`.
pub(crate) fn cut_end(text: &str, room: usize, mark: &str) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    beginning(text, room.saturating_sub(width(mark))) + &beginning(mark, room)
}

/// The text, or its two ends and `mark` between them where it has more columns than `room`.
pub(crate) fn cut_middle(text: &str, room: usize, mark: &str) -> String {
    cut(text, room, mark, 2)
}

/// A host's name, cut so that three quarters of the room are for its end: that says whose it is.
pub(crate) fn cut_host(text: &str, room: usize, mark: &str) -> String {
    cut(text, room, mark, 4)
}

/// Keeps a beginning of one part in `parts`, and the end.
fn cut(text: &str, room: usize, mark: &str, parts: usize) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let kept = room.saturating_sub(width(mark));
    let first = kept / parts;
    beginning(text, first) + &beginning(mark, room) + &ending(text, kept - first)
}

/// Breaks a text at blanks; a word that has more columns than `room` behind a dot or another of the signs that join
/// names, and elsewhere only where there is none.
pub(crate) fn wrap(text: &str, room: usize) -> Vec<String> {
    let room = room.max(1);
    let (mut lines, mut line) = (Vec::new(), String::new());
    for word in text.split(' ') {
        let gap = usize::from(!line.is_empty());
        if width(&line) + gap + width(word) > room && !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        } else if gap > 0 {
            line.push(' ');
        }
        let mut rest = word;
        while width(rest) > room {
            let fits = beginning(rest, room);
            let joint = fits.rfind(['.', '@', '/', '-']).map_or(fits.len(), |at| at + 1);
            let Some((begun, kept)) = rest.split_at_checked(joint).filter(|_| joint > 0) else { break };
            lines.push(begun.to_owned());
            rest = kept;
        }
        line.push_str(rest);
    }
    lines.push(line);
    lines
}

/// The text and blanks up to `room` columns, cut at its end where it has more.
pub(crate) fn fill(text: &str, room: usize, mark: &str) -> String {
    let text = cut_end(text, room, mark);
    let blanks = room.saturating_sub(width(&text));
    text + &" ".repeat(blanks)
}

fn beginning(text: &str, room: usize) -> String {
    let mut taken = String::new();
    let mut columns = 0;
    for symbol in text.graphemes(true) {
        columns += width(symbol);
        if columns > room {
            break;
        }
        taken.push_str(symbol);
    }
    taken
}

fn ending(text: &str, room: usize) -> String {
    let mut taken: Vec<&str> = Vec::new();
    let mut columns = 0;
    for symbol in text.graphemes(true).rev() {
        columns += width(symbol);
        if columns > room {
            break;
        }
        taken.push(symbol);
    }
    taken.into_iter().rev().collect()
}

/// A code in groups of three (`381 902`, `921 544 08`); what has letters, or five characters or fewer, stays whole.
pub(crate) fn grouped(code: &str) -> String {
    if code.len() < 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return code.to_owned();
    }
    let mut grouped = String::with_capacity(code.len() + 3);
    for (place, digit) in code.chars().enumerate() {
        if place > 0 && place % 3 == 0 {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_text_never_has_more_columns_than_its_room() {
        for text in
            ["signin.halden.example", "日本語の組織名", "e\u{301}e\u{301}e\u{301}e\u{301}", "👩‍🚀👩‍🚀👩‍🚀", ""]
        {
            for room in 0..24 {
                for mark in ["…", "..."] {
                    assert!(width(&cut_end(text, room, mark)) <= room, "{text} in {room}");
                    assert!(width(&cut_middle(text, room, mark)) <= room, "{text} in {room}");
                    assert_eq!(width(&fill(text, room, mark)), room, "{text} in {room}");
                }
                assert!(
                    wrap(text, room.max(2)).iter().all(|line| width(line) <= room.max(2)),
                    "{text} in {room}"
                );
            }
        }
    }

    #[test]
    fn a_cut_in_the_middle_keeps_both_ends() {
        assert_eq!(cut_middle("signin.halden.example.attacker.example", 20, "…"), "signin.ha…er.example");
        assert_eq!(cut_host("signin.halden.example.attacker.example", 20, "…"), "sign…ttacker.example");
        assert_eq!(cut_middle("short", 20, "…"), "short");
    }

    #[test]
    fn a_text_breaks_at_blanks_and_keeps_every_letter() {
        assert_eq!(wrap("A number has one try.", 10), ["A number", "has one", "try."]);
        assert_eq!(wrap("signin.halden.example", 8), ["signin.", "halden.", "example"]);
        assert_eq!(wrap("abcdefghijkl", 8), ["abcdefgh", "ijkl"]);
        assert_eq!(wrap("", 8), [""]);
        assert_eq!(wrap("a abcdefghij b", 4), ["a", "abcd", "efgh", "ij b"]);
    }

    #[test]
    fn codes_are_read_in_threes() {
        let codes = ["381902", "92154408", "9215440", "0123456789", "R7K2V", "12345"];
        let grouped: Vec<_> = codes.into_iter().map(grouped).collect();
        assert_eq!(grouped, ["381 902", "921 544 08", "921 544 0", "012 345 678 9", "R7K2V", "12345"]);
    }
}
