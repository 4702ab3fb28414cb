use countersign_protocol::{Alphabet, Random, in_fours};
use ring::digest::{SHA256, digest};
use zeroize::Zeroizing;

const ALPHABET: Alphabet = Alphabet::CROCKFORD;
/// Characters of five random bits each: 130 bits.
const DRAWN: usize = 26;
/// The drawn characters and the two that check them.
const LEN: usize = 28;
/// Keeps this use of SHA-256 apart from others.
const CHECK_PURPOSE: &[u8] = b"countersign unlock code v1";

/// What opens the app's own vault when the phone has dropped its key: 28 characters, 130 random bits and a check.
///
/// Shown once, written down by the person, kept nowhere; wiped when dropped.
pub struct UnlockCode(Box<Zeroizing<[u8; LEN]>>);

/// Why a typed unlock code is none. The two are told apart so that a slip of the pen is not taken for a wrong code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MalformedCode {
    /// Not 28 characters of the alphabet.
    #[error("an unlock code has 28 letters and digits")]
    Form,
    /// The last two characters do not fit the others: mistyped.
    #[error("the unlock code is mistyped")]
    Check,
}

impl UnlockCode {
    /// A new random code.
    #[must_use]
    pub fn make(random: &dyn Random) -> Self {
        let mut code = Self(Box::default());
        let mut drawn = Zeroizing::new([0; DRAWN]);
        random.fill(drawn.as_mut());
        for (to, byte) in code.0.iter_mut().zip(drawn.iter()) {
            *to = symbol(*byte);
        }
        code.put_check();
        code
    }

    /// Reads what a person typed. Small letters, blanks, hyphens, O for 0 and I or L for 1 are put right.
    ///
    /// # Errors
    /// [`MalformedCode`].
    pub fn typed(text: &str) -> Result<Self, MalformedCode> {
        let mut code = Self(Box::default());
        let mut places = code.0.iter_mut();
        for typed in text.chars().filter(|c| !c.is_whitespace() && *c != '-') {
            let place = places.next().ok_or(MalformedCode::Form)?;
            *place = meant(typed).ok_or(MalformedCode::Form)?;
        }
        if places.next().is_some() {
            return Err(MalformedCode::Form);
        }
        let mut right = Self(code.0.clone());
        right.put_check();
        if right.0 == code.0 { Ok(code) } else { Err(MalformedCode::Check) }
    }

    /// Seven groups of four, joined by hyphens, to be shown once.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<String> {
        // All of the alphabet is ASCII.
        Zeroizing::new(in_fours(std::str::from_utf8(self.0.as_slice()).unwrap_or_default(), '-'))
    }

    /// What the slot's key is derived from: the 28 characters.
    pub(super) fn expose_symbols(&self) -> &[u8] {
        self.0.as_slice()
    }

    fn put_check(&mut self) {
        let (drawn, check) = self.0.split_at_mut(DRAWN);
        let mut input = Zeroizing::new(Vec::with_capacity(CHECK_PURPOSE.len() + DRAWN));
        input.extend_from_slice(CHECK_PURPOSE);
        input.extend_from_slice(drawn);
        let digest = digest(&SHA256, &input);
        for (to, byte) in check.iter_mut().zip(digest.as_ref()) {
            *to = symbol(*byte);
        }
    }
}

/// The character of a byte's lower five bits; 256 is a multiple of 32, so all are equally likely.
fn symbol(byte: u8) -> u8 {
    ALPHABET.character(usize::from(byte))
}

fn meant(typed: char) -> Option<u8> {
    let symbol = match typed.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    u8::try_from(symbol).ok().filter(|_| ALPHABET.has(symbol))
}

#[cfg(test)]
mod tests {
    use countersign_protocol::SystemRandom;

    use super::*;

    #[test]
    fn a_code_has_seven_groups_and_reads_back_as_it_is_shown() {
        let code = UnlockCode::make(&SystemRandom);
        let shown = code.expose();
        assert!(
            shown.split('-').count() == 7 && shown.split('-').all(|group| group.len() == 4),
            "{}",
            *shown
        );
        let typed = UnlockCode::typed(&shown).unwrap();
        assert!(typed.expose_symbols() == code.expose_symbols());
    }

    #[test]
    fn small_letters_blanks_and_lookalikes_are_put_right() {
        struct Ones;
        impl Random for Ones {
            fn fill(&self, bytes: &mut [u8]) {
                for (place, byte) in bytes.iter_mut().enumerate() {
                    *byte = u8::from(place % 2 == 0);
                }
            }
        }
        let shown = UnlockCode::make(&Ones).expose();
        assert!(shown.starts_with("1010-1010-"));
        for typed in [
            shown.to_lowercase(),
            shown.replace('-', ""),
            shown.replace('-', " "),
            shown.replace('0', "o").replace('1', "l"),
            shown.replace('0', "O").replace('1', "I"),
            format!(" {}\n", *shown),
        ] {
            assert!(UnlockCode::typed(&typed).is_ok(), "{typed}");
        }
    }

    #[test]
    fn every_single_wrong_character_is_told_as_mistyped() {
        let shown = UnlockCode::make(&SystemRandom).expose().replace('-', "");
        let mut unnoticed = 0;
        for place in 0..LEN {
            for other in (0..32).map(|value| ALPHABET.character(value)) {
                let mut typed = shown.clone().into_bytes();
                if typed[place] == other {
                    continue;
                }
                typed[place] = other;
                match UnlockCode::typed(std::str::from_utf8(&typed).unwrap()) {
                    Err(error) => assert_eq!(error, MalformedCode::Check),
                    Ok(_) => unnoticed += 1,
                }
            }
        }
        // 868 wrong codes, of which one in 1,024 fits its check by chance.
        assert!(unnoticed < 10, "{unnoticed}");
    }

    #[test]
    fn what_is_no_code_is_refused_by_its_form() {
        let shown = UnlockCode::make(&SystemRandom).expose();
        let cut = shown.get(..shown.len() - 1).unwrap();
        for typed in [
            "",
            "----",
            cut,
            &format!("{}0", *shown),
            &shown.replace('-', "_"),
            &format!("U{}", shown.get(1..).unwrap()),
        ] {
            assert_eq!(UnlockCode::typed(typed).err(), Some(MalformedCode::Form), "{typed}");
        }
    }

    #[test]
    fn two_codes_differ() {
        assert_ne!(*UnlockCode::make(&SystemRandom).expose(), *UnlockCode::make(&SystemRandom).expose());
    }
}
