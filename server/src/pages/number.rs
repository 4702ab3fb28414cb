//! The number: the largest thing on a page.

/// The number of a waiting request, as the page shows it. Never in a title or an address.
#[derive(Clone, Copy)]
pub struct Number<'a> {
    /// Its ASCII digits.
    pub digits: &'a str,
    /// How many seconds are left.
    pub left: u64,
    /// How many seconds the request lives.
    pub total: u64,
}

impl Number<'_> {
    /// In one piece to five digits, then 3+3, 3+4, 4+4: as on the phone.
    #[must_use]
    pub fn grouped(&self) -> String {
        let first = match self.digits.len() {
            6 | 7 => 3,
            8 => 4,
            _ => return self.digits.to_owned(),
        };
        let (front, back) = self.digits.split_at_checked(first).unwrap_or((self.digits, ""));
        format!("{front} {back}")
    }

    /// For a screen reader: digit by digit.
    #[must_use]
    pub fn spelled(&self) -> String {
        self.digits.chars().flat_map(|digit| [digit, ' ']).collect::<String>().trim_end().to_owned()
    }

    /// The class of its size.
    #[must_use]
    pub fn class(&self) -> &'static str {
        match self.digits.len() {
            0..=3 => "short",
            4..=6 => "long",
            _ => "longer",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped_as_on_the_phone() {
        for (digits, expected) in [
            ("47", "47"),
            ("472", "472"),
            ("47201", "47201"),
            ("480275", "480 275"),
            ("4802751", "480 2751"),
            ("48027519", "4802 7519"),
        ] {
            assert_eq!(Number { digits, left: 0, total: 60 }.grouped(), expected);
        }
    }

    #[test]
    fn a_screen_reader_reads_digit_by_digit() {
        assert_eq!(Number { digits: "047", left: 0, total: 60 }.spelled(), "0 4 7");
    }
}
