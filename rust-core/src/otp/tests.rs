//! The tables of the standards, and what must not come out.

use countersign_protocol::UnixSeconds;
use proptest::prelude::*;
use serde::Deserialize;

use super::*;

const RFC4226: &str = include_str!("../../../tests/vectors/rfc4226.json");
const RFC6238: &str = include_str!("../../../tests/vectors/rfc6238.json");
const STEAM: &str = include_str!("../../../tests/vectors/steam.json");
const BASE32: &str = include_str!("../../../tests/vectors/base32.json");

fn bytes(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
    digits.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}

fn secret(hex: &str) -> Secret {
    Secret::new(&bytes(hex)).unwrap()
}

fn at(seconds: u64) -> UnixSeconds {
    UnixSeconds::new(seconds).unwrap()
}

#[test]
fn codes_by_counter_are_those_of_rfc_4226_and_no_others() {
    #[derive(Deserialize)]
    struct File {
        secret_hex: String,
        algorithm: String,
        valid: Vec<Vector>,
        wrong: Vec<Vector>,
    }
    #[derive(Deserialize)]
    struct Vector {
        counter: u64,
        digits: u8,
        code: String,
    }
    let file: File = serde_json::from_str(RFC4226).unwrap();
    let code = |vector: &Vector| {
        let algorithm = file.algorithm.parse().unwrap();
        let digits = Digits::new(vector.digits).unwrap();
        Hotp::new(secret(&file.secret_hex), algorithm, digits, Counter::new(vector.counter)).code()
    };
    assert!(file.wrong.len() > file.valid.len());
    for vector in &file.valid {
        assert_eq!(code(vector).expose(), vector.code, "counter {}", vector.counter);
    }
    for vector in &file.wrong {
        assert_ne!(code(vector).expose(), vector.code, "counter {}", vector.counter);
    }
}

#[test]
fn codes_by_time_are_those_of_rfc_6238_and_no_others() {
    #[derive(Deserialize)]
    struct File {
        valid: Vec<Vector>,
        wrong: Vec<Vector>,
    }
    #[derive(Deserialize)]
    struct Vector {
        secret_hex: String,
        algorithm: String,
        time: u64,
        code: String,
        valid_from: Option<u64>,
        valid_until: Option<u64>,
    }
    let file: File = serde_json::from_str(RFC6238).unwrap();
    let code_at = |vector: &Vector, time: u64| {
        let algorithm = vector.algorithm.parse().unwrap();
        let digits = Digits::new(8).unwrap();
        Totp::new(secret(&vector.secret_hex), algorithm, digits, Period::THIRTY_SECONDS).code_at(at(time))
    };
    let code = |vector: &Vector| code_at(vector, vector.time);
    assert!(file.wrong.len() > file.valid.len());
    for vector in &file.valid {
        let code = code(vector);
        assert_eq!(code.text.expose(), vector.code, "{} at {}", vector.algorithm, vector.time);
        let from = vector.valid_from.unwrap();
        assert_eq!(code_at(vector, from), code, "from its first second on");
        assert_eq!(code_at(vector, from - 1).next, code.text);
        assert_eq!(Some(code.valid_until.get()), vector.valid_until);
    }
    for vector in &file.wrong {
        assert_ne!(code(vector).text.expose(), vector.code, "{} at {}", vector.algorithm, vector.time);
    }
}

#[test]
fn codes_of_steam_are_those_of_others_and_no_others() {
    #[derive(Deserialize)]
    struct File {
        valid: Vec<Vector>,
        wrong: Vec<Vector>,
    }
    #[derive(Deserialize)]
    struct Vector {
        secret_hex: String,
        time: u64,
        code: String,
    }
    let file: File = serde_json::from_str(STEAM).unwrap();
    let code = |vector: &Vector| Steam::new(secret(&vector.secret_hex)).code_at(at(vector.time));
    assert!(file.wrong.len() > file.valid.len());
    for vector in &file.valid {
        assert_eq!(code(vector).text.expose(), vector.code, "at {}", vector.time);
    }
    for vector in &file.wrong {
        assert_ne!(code(vector).text.expose(), vector.code, "at {}", vector.time);
    }
}

#[test]
fn base_32_is_read_as_people_copy_it_and_never_guessed() {
    #[derive(Deserialize)]
    struct File {
        valid: Vec<Valid>,
        refused: Vec<Refused>,
    }
    #[derive(Deserialize)]
    struct Valid {
        text: String,
        hex: String,
    }
    #[derive(Deserialize)]
    struct Refused {
        text: String,
        code: String,
        position: Option<usize>,
    }
    let file: File = serde_json::from_str(BASE32).unwrap();
    assert!(file.refused.len() > file.valid.len());
    for Valid { text, hex } in &file.valid {
        assert_eq!(Secret::from_base32(text).ok().unwrap().expose(), bytes(hex), "{text}");
    }
    for Refused { text, code, position } in &file.refused {
        let why = match code.as_str() {
            "empty" => SecretRefused::Empty,
            "length" => SecretRefused::Length,
            "padding" => SecretRefused::Padding,
            "trailing_bits" => SecretRefused::TrailingBits,
            "character" => SecretRefused::Character { position: position.unwrap() },
            other => panic!("no such code: {other}"),
        };
        assert_eq!(Secret::from_base32(text).err(), Some(why), "{text:?}");
    }
}

#[test]
fn a_secret_has_1_to_1024_bytes() {
    assert_eq!(Secret::new(&[]).err(), Some(SecretRefused::Empty));
    assert_eq!(Secret::new(&[7]).unwrap().expose(), [7]);
    assert_eq!(Secret::new(&[7; 1024]).unwrap().expose(), [7; 1024]);
    assert_eq!(Secret::new(&[7; 1025]).err(), Some(SecretRefused::TooLong));
}

#[test]
fn digits_periods_and_algorithms_out_of_range_are_refused_and_never_cut_to_fit() {
    for digits in (0..=5).chain(11..=u8::MAX) {
        assert_eq!(Digits::new(digits), Err(DigitsOutOfRange), "{digits}");
    }
    for digits in 6..=10 {
        assert_eq!(Digits::new(digits).unwrap().get(), digits);
    }
    for period in [0, 301, 3_600, 65_536, 65_566, u32::MAX] {
        assert_eq!(Period::new(period), Err(PeriodOutOfRange), "{period}");
    }
    for period in [1, 15, 30, 60, 300] {
        assert_eq!(Period::new(period).unwrap().seconds(), u64::from(period));
    }
    for name in
        ["", "SHA", "SHA0", "SHA2", "SHA224", "SHA384", "SHA3-256", "MD5", "SHA1 ", "SHA-1-", "HMAC", "STEAM"]
    {
        assert_eq!(name.parse::<Algorithm>(), Err(UnknownAlgorithm), "{name}");
    }
    for (name, algorithm) in
        [("SHA1", Algorithm::Sha1), ("sha256", Algorithm::Sha256), ("SHA-512", Algorithm::Sha512)]
    {
        assert_eq!(name.parse(), Ok(algorithm));
        assert_eq!(algorithm.name().parse(), Ok(algorithm));
    }
}

#[test]
fn the_next_code_is_the_code_of_the_next_step() {
    let period = Period::new(45).unwrap();
    let totp = Totp::new(secret("00ff"), Algorithm::Sha512, Digits::new(9).unwrap(), period);
    let code = totp.code_at(at(1_800_000_044));
    let next = totp.code_at(code.valid_until);
    assert_eq!(code.valid_until, at(1_800_000_045));
    assert_eq!((&code.next, code.next_valid_until), (&next.text, next.valid_until));
    assert_ne!(code.text, code.next);
}

#[test]
fn the_ends_of_time_and_of_counters_have_codes() {
    let end = at((1 << 53) - 1);
    let totp = Totp::new(secret("00"), Algorithm::Sha1, Digits::SIX, Period::new(300).unwrap());
    assert_eq!(totp.code_at(end).valid_until, end);
    assert_eq!(totp.code_at(UnixSeconds::EPOCH).valid_until, at(300));
    assert_eq!(Steam::new(secret("00")).code_at(end).text.expose().len(), 5);
    let last = Counter::new(u64::MAX);
    assert_eq!(Hotp::new(secret("00"), Algorithm::Sha1, Digits::SIX, last).code().expose().len(), 6);
}

#[test]
fn debug_shows_no_code() {
    let totp = Totp::new(secret("3132"), Algorithm::Sha1, Digits::SIX, Period::THIRTY_SECONDS);
    let code = totp.code_at(at(59));
    let shown = format!("{code:?}");
    assert!(shown.contains("CodeText(..)"));
    assert!(!shown.contains(code.text.expose()) && !shown.contains(code.next.expose()));
}

/// The hash of ring, as a second opinion on totp-rs, and the truncation of RFC 4226 in another form.
fn second_opinion(key: &[u8], algorithm: Algorithm, counter: u64, digits: u8) -> String {
    let hash = match algorithm {
        Algorithm::Sha1 => ring::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        Algorithm::Sha256 => ring::hmac::HMAC_SHA256,
        Algorithm::Sha512 => ring::hmac::HMAC_SHA512,
    };
    let tag = ring::hmac::sign(&ring::hmac::Key::new(hash, key), &counter.to_be_bytes());
    let mac = tag.as_ref();
    let offset = usize::from(mac[mac.len() - 1] % 16);
    let number =
        mac[offset..offset + 4].iter().fold(0u64, |number, byte| number * 256 + u64::from(*byte)) % (1 << 31);
    let mut text = format!("{number:010}");
    text.split_off(10 - usize::from(digits))
}

proptest! {
    #[test]
    fn any_code_is_the_one_that_ring_gives(
        key in proptest::collection::vec(any::<u8>(), 1..200),
        algorithm in prop_oneof![Just(Algorithm::Sha1), Just(Algorithm::Sha256), Just(Algorithm::Sha512)],
        digits in 6u8..=10,
        counter: u64,
    ) {
        let hotp = Hotp::new(Secret::new(&key).unwrap(), algorithm, Digits::new(digits).unwrap(), Counter::new(counter));
        let code = hotp.code();
        prop_assert_eq!(code.expose(), second_opinion(&key, algorithm, counter, digits));
        prop_assert_eq!(hotp.expose_secret(), key);
    }

    #[test]
    fn no_text_makes_base_32_panic(text: String) {
        let _ = Secret::from_base32(&text);
    }

    #[test]
    fn every_secret_in_base_32_is_read_back(key in proptest::collection::vec(any::<u8>(), 1..80)) {
        const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let bits: String = key.iter().map(|byte| format!("{byte:08b}")).collect();
        let text: String = bits.as_bytes().chunks(5).map(|chunk| {
            let bits = format!("{:0<5}", std::str::from_utf8(chunk).unwrap());
            char::from(ALPHABET[usize::from_str_radix(&bits, 2).unwrap()])
        }).collect();
        let secret = Secret::from_base32(&text).ok().unwrap();
        prop_assert_eq!(secret.expose(), key);
    }
}
