use zeroize::Zeroizing;

use super::SecretRefused;

/// RFC 4648, section 6: five bits a character, eight characters for five bytes.
///
/// Taken as people copy it: either case; blanks and hyphens anywhere; padding left out, or all of it. Nothing else is
/// put right, since a wrong secret gives codes that look right. That includes bits left over behind the last whole
/// byte: encoders set them to zero, and a lost last character leaves others there seven times out of eight.
pub(super) fn decode(text: &str) -> Result<Zeroizing<Vec<u8>>, SecretRefused> {
    // Room for all from the start: growing would leave a copy behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() * 5 / 8 + 1));
    let (mut kept, mut bits, mut characters, mut padding) = (0u16, 0u32, 0usize, 0usize);
    for (place, c) in text.chars().enumerate() {
        if c == '-' || c.is_whitespace() {
            continue;
        }
        if c == '=' {
            padding += 1;
            continue;
        }
        if padding > 0 {
            return Err(SecretRefused::Padding);
        }
        let value = value_of(c).ok_or(SecretRefused::Character { position: place + 1 })?;
        characters += 1;
        kept = kept << 5 | value;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((kept >> bits) as u8);
            kept &= (1 << bits) - 1;
        }
    }
    let pads = match characters % 8 {
        0 => 0,
        2 => 6,
        4 => 4,
        5 => 3,
        7 => 1,
        _ => return Err(SecretRefused::Length),
    };
    if padding != 0 && padding != pads {
        Err(SecretRefused::Padding)
    } else if kept != 0 {
        Err(SecretRefused::TrailingBits)
    } else {
        Ok(bytes)
    }
}

fn value_of(c: char) -> Option<u16> {
    match c {
        'A'..='Z' => Some(c as u16 - 'A' as u16),
        'a'..='z' => Some(c as u16 - 'a' as u16),
        '2'..='7' => Some(c as u16 - '2' as u16 + 26),
        _ => None,
    }
}
