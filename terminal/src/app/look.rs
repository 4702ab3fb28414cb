//! How the screens look in this terminal: colours or not, all characters or only ASCII.

use ratatui::style::{Color, Modifier, Style};

/// What a terminal can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Whether colours are wanted: `NO_COLOR` is not set (<https://no-color.org>).
    pub is_coloured: bool,
    /// Whether the locale is of UTF-8; else everything is told in ASCII.
    pub is_unicode: bool,
}

/// What a piece of a screen means. Its colour is one of the sixteen of ANSI, so that the person's theme rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Plain text.
    Plain,
    /// A title, a name, what was typed.
    Strong,
    /// The person acts on this.
    Act,
    /// Approves, or was approved.
    Approve,
    /// Denies, or was denied.
    Deny,
    /// Reports, warns, deletes.
    Report,
    /// Waits, is late, or cannot be done now.
    Wait,
    /// What is chosen.
    Chosen,
}

/// The signs that stand before an ending or a warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    /// Done.
    Good,
    /// Denied, or not done.
    No,
    /// Over, and nobody's fault.
    Over,
    /// Stopped, refused, dangerous.
    Bad,
    /// Late, or waiting.
    Wait,
}

impl Look {
    /// For measuring only.
    pub(crate) const PLAIN: Self = Self { is_coloured: false, is_unicode: true };

    /// By the environment: `NO_COLOR`, and the first of `LC_ALL`, `LC_CTYPE` and `LANG` that says something.
    #[must_use]
    pub fn of_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        let said = |name: &str| variable(name).filter(|value| !value.is_empty());
        let locale = said("LC_ALL").or_else(|| said("LC_CTYPE")).or_else(|| said("LANG"));
        // Windows and macOS terminals are of UTF-8 and set none of the three.
        let is_unicode = locale.map_or(cfg!(any(windows, target_os = "macos")), |locale| {
            let locale = locale.to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        });
        Self { is_coloured: said("NO_COLOR").is_none(), is_unicode }
    }

    pub(crate) fn style(self, role: Role) -> Style {
        let coloured = |colour: Color| if self.is_coloured { Style::new().fg(colour) } else { Style::new() };
        match role {
            Role::Plain | Role::Deny => Style::new(),
            Role::Strong => Style::new().add_modifier(Modifier::BOLD),
            Role::Act => coloured(Color::Blue).add_modifier(Modifier::BOLD),
            Role::Approve => coloured(Color::Green).add_modifier(Modifier::BOLD),
            Role::Report => coloured(Color::Red).add_modifier(Modifier::BOLD),
            Role::Wait => coloured(Color::Yellow),
            Role::Chosen => Style::new().add_modifier(Modifier::REVERSED),
        }
    }

    pub(crate) fn sign(self, sign: Sign) -> &'static str {
        match (sign, self.is_unicode) {
            (Sign::Good, true) => "✓",
            (Sign::Good, false) => "v",
            (Sign::No, true) => "✗",
            (Sign::No, false) => "x",
            (Sign::Over, true) => "·",
            (Sign::Over, false) => "-",
            (Sign::Bad, _) => "!",
            (Sign::Wait, true) => "…",
            (Sign::Wait, false) => "...",
        }
    }

    /// Marks the row that is chosen, also where reverse video is not seen.
    pub(crate) fn mark(self) -> &'static str {
        if self.is_unicode { "▌" } else { ">" }
    }

    /// What stands for the middle or the end of a text that does not fit.
    pub(crate) fn cut(self) -> &'static str {
        if self.is_unicode { "…" } else { "..." }
    }

    /// A bar of so many cells, filled by what is left of the whole; empty only when nothing is left.
    pub(crate) fn bar(self, left: u64, whole: u64, cells: usize) -> String {
        let (full, empty) = if self.is_unicode { ("█", "░") } else { ("#", ".") };
        let (left, whole) = (left.min(whole), whole.max(1));
        let filled = (u64::try_from(cells).unwrap_or(0).saturating_mul(left) + whole / 2) / whole;
        let filled = usize::try_from(filled).unwrap_or(cells).max(usize::from(left > 0)).min(cells);
        full.repeat(filled) + &empty.repeat(cells - filled)
    }

    /// A character of a secret that is typed.
    pub(crate) fn hidden_character(self) -> &'static str {
        if self.is_unicode { "•" } else { "*" }
    }
}

impl Sign {
    pub(crate) fn role(self) -> Role {
        match self {
            Self::Good => Role::Approve,
            Self::No => Role::Deny,
            Self::Over => Role::Plain,
            Self::Bad => Role::Report,
            Self::Wait => Role::Wait,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(variables: &[(&str, &str)]) -> Look {
        Look::of_environment(|name| {
            variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_first_locale_that_says_something_decides() {
        assert!(look(&[("LANG", "nb_NO.UTF-8")]).is_unicode);
        assert!(look(&[("LC_ALL", ""), ("LC_CTYPE", "C.utf8"), ("LANG", "C")]).is_unicode);
        assert!(!look(&[("LC_ALL", "C"), ("LANG", "en_GB.UTF-8")]).is_unicode);
        assert_eq!(look(&[]).is_unicode, cfg!(any(windows, target_os = "macos")));
    }

    #[test]
    fn no_color_takes_every_colour_away() {
        let plain = look(&[("NO_COLOR", "1"), ("LANG", "C.UTF-8")]);
        for role in
            [Role::Plain, Role::Strong, Role::Act, Role::Approve, Role::Deny, Role::Report, Role::Wait]
        {
            assert_eq!(plain.style(role).fg, None, "{role:?}");
        }
        assert!(look(&[("NO_COLOR", "")]).is_coloured, "an empty NO_COLOR is not set");
    }

    #[test]
    fn a_bar_is_empty_only_at_the_end() {
        let look = look(&[("LANG", "C")]);
        assert_eq!(look.bar(30, 30, 10), "##########");
        assert_eq!(look.bar(18, 30, 10), "######....");
        assert_eq!(look.bar(1, 300, 10), "#.........");
        assert_eq!(look.bar(0, 30, 10), "..........");
        assert_eq!(look.bar(90, 30, 4), "####", "a clock that jumped back");
    }
}
