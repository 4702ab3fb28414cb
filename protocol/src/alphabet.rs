//! How codes are written for people: in characters that nobody confuses, in groups of four.

use crate::Random;

/// The characters of a code.
#[derive(Clone, Copy)]
pub struct Alphabet(&'static [u8]);

impl Alphabet {
    /// Crockford's base 32: no I, L, O or U.
    pub const CROCKFORD: Self = Self(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ");
    /// 2 to 9 and A to Z without I, L, O: 31 characters of which no two look alike.
    pub const DISTINCT: Self = Self(b"23456789ABCDEFGHJKMNPQRSTUVWXYZ");
    /// The ten digits.
    pub const DIGITS: Self = Self(b"0123456789");

    /// The character of a value, taken modulo their number. It is ASCII.
    #[must_use]
    pub fn character(self, value: usize) -> u8 {
        value.checked_rem(self.0.len()).and_then(|at| self.0.get(at)).copied().unwrap_or_default()
    }

    /// Whether this is one of the characters.
    #[must_use]
    pub fn has(self, c: char) -> bool {
        u8::try_from(c).is_ok_and(|c| self.0.contains(&c))
    }

    /// A random character, each equally likely.
    #[must_use]
    pub fn draw(self, random: &dyn Random) -> char {
        // Above the largest multiple of their number that a byte reaches they would not be equally likely.
        let end = 256 - 256_usize.checked_rem(self.0.len()).unwrap_or_default();
        loop {
            let mut byte = [0];
            random.fill(&mut byte);
            let [value] = byte.map(usize::from);
            if value < end {
                return char::from(self.character(value));
            }
        }
    }
}

/// A code in groups of four, with this between them. No other copy of it is left in memory.
#[must_use]
pub fn in_fours(code: &str, between: char) -> String {
    let mut grouped = String::with_capacity(code.len() + code.len() / 4 * between.len_utf8());
    for (place, c) in code.chars().enumerate() {
        if place > 0 && place % 4 == 0 {
            grouped.push(between);
        }
        grouped.push(c);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemRandom;

    #[test]
    fn each_character_is_equally_likely() {
        for alphabet in [Alphabet::CROCKFORD, Alphabet::DISTINCT, Alphabet::DIGITS] {
            let mut counts = [0_u32; 128];
            for _ in 0..4_000 * alphabet.0.len() {
                counts[usize::try_from(u32::from(alphabet.draw(&SystemRandom))).unwrap()] += 1;
            }
            // 4,000 each expected; six standard deviations of a binomial are less than 380.
            let drawn = alphabet.0.iter().map(|c| counts[usize::from(*c)]);
            assert!(drawn.clone().all(|count| (3_620..=4_380).contains(&count)), "{counts:?}");
            assert_eq!(drawn.sum::<u32>(), counts.iter().sum::<u32>());
        }
    }

    #[test]
    fn no_alphabet_has_a_character_twice_or_one_that_looks_like_another() {
        for (alphabet, count) in [(Alphabet::CROCKFORD, 32), (Alphabet::DISTINCT, 31)] {
            let characters: std::collections::HashSet<u8> = alphabet.0.iter().copied().collect();
            assert_eq!(characters.len(), count);
            assert!(!['I', 'L', 'O', 'i', 'Ä'].into_iter().any(|c| alphabet.has(c)));
        }
    }

    #[test]
    fn codes_stand_in_fours() {
        assert_eq!(in_fours("HX4WD8RN6PTC", ' '), "HX4W D8RN 6PTC");
        assert_eq!(in_fours("ABCDE", '-'), "ABCD-E");
        assert_eq!(in_fours("", '-'), "");
    }

    #[test]
    fn grouping_a_secret_leaves_no_copy_behind() {
        for code in ["", "ABC", "ABCD", "ABCDE", "ABCDEFGH"] {
            let whole = String::with_capacity(code.len() + code.len() / 4).capacity();
            assert_eq!(in_fours(code, '-').capacity(), whole, "it grew while it was written");
        }
    }
}
