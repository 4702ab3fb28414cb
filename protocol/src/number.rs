use std::fmt;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroize;

use crate::{Alphabet, Random};

/// How many digits a number has: 2 to 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Digits(u8);

impl Digits {
    /// Digits, when there are 2 to 8 of them.
    #[must_use]
    pub const fn new(count: u8) -> Option<Self> {
        if count >= 2 && count <= 8 { Some(Self(count)) } else { None }
    }

    /// How many.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Digits {
    type Error = &'static str;
    fn try_from(count: u8) -> Result<Self, Self::Error> {
        Self::new(count).ok_or("a number has 2 to 8 digits")
    }
}

impl From<Digits> for u8 {
    fn from(digits: Digits) -> Self {
        digits.0
    }
}

/// The number that the sign-in page shows and the person types into the phone: ASCII digits, leading zeros kept.
///
/// The server makes and compares it; it never travels to the phone. Wiped when dropped, compared in constant time.
#[derive(Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Number(String);

impl Number {
    /// A new one, each equally likely.
    #[must_use]
    pub fn make(digits: Digits, random: &dyn Random) -> Self {
        let mut number = String::with_capacity(usize::from(digits.0));
        while number.len() < usize::from(digits.0) {
            number.push(Alphabet::DIGITS.draw(random));
        }
        Self(number)
    }

    /// What a person typed. Digits of other scripts count as ours (Unicode, general category Nd).
    ///
    /// Returns None unless it is 2 to 8 digits; blanks at the ends and between digits are dropped.
    #[must_use]
    pub fn typed(text: &str) -> Option<Self> {
        let mut digits = String::with_capacity(8);
        for c in text.chars().filter(|c| !c.is_whitespace()) {
            digits.push(ascii_digit(c)?);
        }
        let count = u8::try_from(digits.len()).ok()?;
        Digits::new(count).map(|_| Self(digits))
    }

    /// How many digits it has.
    #[must_use]
    pub fn digits(&self) -> Digits {
        // A Number has 2 to 8 ASCII digits by construction.
        Digits(u8::try_from(self.0.len()).unwrap_or(u8::MAX))
    }

    /// The digits, to be shown to the one browser that asked.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Every script's decimal digits are ten code points in a row, so the value is the distance to the script's zero.
fn ascii_digit(c: char) -> Option<char> {
    use icu_properties::CodePointMapData;
    use icu_properties::props::GeneralCategory;
    if c.is_ascii_digit() {
        return Some(c);
    }
    let is_digit = |code: u32| {
        char::from_u32(code).is_some_and(|c| {
            CodePointMapData::<GeneralCategory>::new().get(c) == GeneralCategory::DecimalNumber
        })
    };
    if !is_digit(u32::from(c)) {
        return None;
    }
    // Blocks of digits begin at multiples of ten from their first digit; mathematical digits are five such blocks in a row.
    let mut before = 0_u32;
    while is_digit(u32::from(c).checked_sub(before + 1)?) {
        before += 1;
    }
    char::from_digit(before % 10, 10)
}

impl TryFrom<String> for Number {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        if (2..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text))
        } else {
            Err("a number is 2 to 8 ASCII digits")
        }
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for Number {}

impl Drop for Number {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Number(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_keeps_its_leading_zeros() {
        assert_eq!(Number::typed("007").unwrap().expose(), "007");
        assert_ne!(Number::typed("007"), Number::typed("07"));
    }

    #[test]
    fn digits_of_other_scripts_are_folded() {
        for typed in ["٣٨١", "۳۸۱", "３８１", "३८१", "𝟑𝟖𝟏", "𝟛𝟠𝟙", "𝟹𝟾𝟷", " 3 8 1 "]
        {
            assert_eq!(
                Number::typed(typed).map(|number| number.expose().to_owned()).as_deref(),
                Some("381"),
                "{typed}"
            );
        }
    }

    #[test]
    fn what_is_not_two_to_eight_digits_is_no_number() {
        for typed in ["", "1", "123456789", "12a", "1.2", "-12", "½3", "Ⅳ2", "①②"] {
            assert!(Number::typed(typed).is_none(), "{typed}");
        }
        assert!(serde_json::from_str::<Number>("\"٣٨\"").is_err(), "on the wire digits are ASCII");
    }

    #[test]
    fn debug_does_not_tell_the_number() {
        assert_eq!(format!("{:?}", Number::typed("381")), "Some(Number(..))");
    }
}
