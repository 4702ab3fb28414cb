use std::collections::HashSet;

use countersign_protocol::{
    ActivationCode, ActivationLink, BaseUrl, ServerId, SystemRandom, TypedCode, TypedPin, hash,
};
use proptest::prelude::*;
use serde::Deserialize;

use super::*;
use crate::otp::{Algorithm, Generator};

/// What everyone means who does not say.
const USUAL: TypedKind = TypedKind::Time { algorithm: Algorithm::Sha1, digits: 6, period: 30 };

const OTPAUTH: &str = include_str!("../../../tests/vectors/otpauth.json");

#[derive(Deserialize)]
struct File {
    valid: Vec<Valid>,
    refused: Vec<Refused>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Valid {
    text: String,
    kind: String,
    issuer: Option<String>,
    account: Option<String>,
    secret_hex: String,
    algorithm: Option<String>,
    digits: Option<u8>,
    period: Option<u64>,
    counter: Option<u64>,
}

#[derive(Deserialize)]
struct Refused {
    text: String,
    code: String,
}

fn file() -> File {
    serde_json::from_str(OTPAUTH).unwrap()
}

/// The offer in the words of the vectors.
fn described(text: &str, offer: CodesOffer) -> Valid {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let generator = &offer.generator;
    let (kind, algorithm, digits, period, counter) = match generator {
        Generator::Totp(totp) => {
            ("totp", Some(totp.algorithm()), Some(totp.digits()), Some(totp.period().seconds()), None)
        }
        Generator::Hotp(hotp) => {
            ("hotp", Some(hotp.algorithm()), Some(hotp.digits()), None, Some(hotp.counter().get()))
        }
        Generator::Steam(_) => ("steam", None, None, None, None),
    };
    Valid {
        text: text.to_owned(),
        kind: kind.to_owned(),
        issuer: offer.issuer.as_ref().map(ToString::to_string),
        account: offer.account.as_ref().map(ToString::to_string),
        secret_hex: hex(generator.expose_secret()),
        algorithm: algorithm.map(|algorithm| algorithm.to_string()),
        digits: digits.map(|digits| digits.get()),
        period,
        counter,
    }
}

#[test]
fn every_valid_link_gives_its_codes_with_all_their_parts() {
    for vector in file().valid {
        match read(&vector.text) {
            Ok(Offer::Codes(offer)) => assert_eq!(described(&vector.text, offer), vector),
            other => panic!("{}: {other:?}", vector.text),
        }
    }
}

#[test]
fn every_faulty_or_foreign_text_is_refused_with_its_own_word() {
    let file = file();
    assert!(file.refused.len() > 2 * file.valid.len());
    for vector in &file.refused {
        let refusal = read(&vector.text).err().map(Refusal::code);
        assert_eq!(refusal, Some(vector.code.as_str()), "{:?}", vector.text);
    }
    // And each word is met, but for those about what is typed.
    let met: HashSet<_> = file.refused.iter().map(|vector| vector.code.as_str()).collect();
    for refusal in Refusal::ALL {
        let typed = matches!(refusal, Refusal::TypedCode | Refusal::TypedAddress);
        assert_eq!(met.contains(refusal.code()), !typed, "{refusal}");
    }
}

#[test]
fn each_refusal_is_listed_once_and_has_a_word_of_its_own() {
    let codes: HashSet<_> = Refusal::ALL.map(Refusal::code).into();
    assert_eq!(codes.len(), Refusal::ALL.len());
    assert!(codes.iter().all(|code| code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')));
}

fn link() -> ActivationLink {
    ActivationLink {
        base: BaseUrl::new("https://signin.halden.example").unwrap(),
        code: ActivationCode::make(&SystemRandom),
        server: ServerId::from_bytes([1; 32]),
        tls_key: Some(hash(b"key")),
    }
}

#[test]
fn the_qr_code_of_a_server_is_an_activation() {
    let text = link().expose();
    match read(&format!(" {text}\n")) {
        Ok(Offer::Activation(link)) => assert_eq!(link.expose(), text),
        other => panic!("{other:?}"),
    }
    let without_server = text.replace("&k=", "&l=");
    assert_eq!(read(&without_server).err(), Some(Refusal::ActivationDamaged));
    assert_eq!(read(&text.replace("v=1", "v=7")).err(), Some(Refusal::ActivationNewer));
}

#[test]
fn code_and_address_may_be_typed_in_place_of_the_qr_code() {
    let code = TypedCode::make(&SystemRandom);
    let pin = TypedPin::of(&hash(b"key"));
    let spaced = code.expose().to_lowercase().chars().flat_map(|c| [c, ' ']).collect::<String>();
    for (address, origin, has_pin) in [
        ("https://signin.halden.example".to_owned(), "https://signin.halden.example", false),
        (" SignIn.Halden.example/ ".to_owned(), "https://signin.halden.example", false),
        ("signin.halden.example:8443".to_owned(), "https://signin.halden.example:8443", false),
        ("https://signin.halden.example/cs/".to_owned(), "https://signin.halden.example", false),
        (format!("localhost:8443#{}", pin.as_str()), "https://localhost:8443", true),
        (format!("https://localhost # {}", pin.as_str().to_lowercase()), "https://localhost", true),
    ] {
        match read_typed(&spaced, &address) {
            Ok(Offer::TypedActivation(typed)) => {
                assert_eq!(typed.origin.as_str(), origin, "{address}");
                assert_eq!(typed.pin, has_pin.then(|| pin.clone()), "{address}");
                assert_eq!(typed.code, code);
            }
            other => panic!("{address}: {other:?}"),
        }
    }
}

#[test]
fn what_was_mistyped_in_place_of_the_qr_code_is_named() {
    let code = TypedCode::make(&SystemRandom);
    for wrong in ["", "12345", "ABCDEFGHJKML", "ABCD EFGH JKMN P"] {
        assert_eq!(read_typed(wrong, "nowhere at all").err(), Some(Refusal::TypedCode), "{wrong}");
    }
    for wrong in [
        "",
        "http://signin.halden.example",
        "ftp://signin.halden.example",
        "signin halden example",
        "https://",
        "https://user@signin.halden.example",
        "https://signin.halden.example?x=1",
        "signin.halden.example#",
        "signin.halden.example#ABC",
        "signin.halden.example#ABCDEFGHJKMNPQRS#ABCDEFGHJKMNPQRS",
    ] {
        assert_eq!(read_typed(code.expose(), wrong).err(), Some(Refusal::TypedAddress), "{wrong}");
    }
}

#[test]
fn a_typed_secret_has_what_everyone_means_who_does_not_say() {
    let offer = CodesOffer::typed(&key(" Example ", "alice", "jbsw-y3dp ehpk 3pxp", USUAL)).unwrap();
    let scanned = read("otpauth://totp/Example:alice?secret=JBSWY3DPEHPK3PXP");
    let Ok(Offer::Codes(scanned)) = scanned else { panic!("{scanned:?}") };
    assert_eq!(described("", offer), described("", scanned));
    for (secret, refusal) in [
        ("", Refusal::SecretMissing),
        ("JBSW Y3DP EHPK 3PX0", Refusal::SecretCharacter),
        ("JBSW Y3DP EHPK 3PX", Refusal::SecretIncomplete),
    ] {
        let typed = key("Example", "alice", secret, USUAL);
        assert_eq!(CodesOffer::typed(&typed).err(), Some(refusal));
    }
}

#[test]
fn a_typed_key_is_read_as_the_link_of_its_site_would_be() {
    let algorithm = Algorithm::Sha256;
    for (kind, link) in [
        (TypedKind::Time { algorithm, digits: 8, period: 60 }, "totp/b?algorithm=SHA256&digits=8&period=60"),
        (TypedKind::Counter { algorithm, digits: 7 }, "hotp/b?algorithm=SHA256&digits=7&counter=0"),
        (TypedKind::Steam, "steam/b?"),
    ] {
        let Ok(Offer::Codes(scanned)) = read(&format!("otpauth://{link}&secret=JBSWY3DPEHPK3PXP&issuer=A"))
        else {
            panic!("{link}")
        };
        let typed = CodesOffer::typed(&key("A", "b", "JBSWY3DPEHPK3PXP", kind)).unwrap();
        assert_eq!(described("", typed), described("", scanned));
    }
    let algorithm = Algorithm::Sha1;
    for (kind, refusal) in [
        (TypedKind::Time { algorithm, digits: 5, period: 30 }, Refusal::DigitsOutOfRange),
        (TypedKind::Counter { algorithm, digits: 11 }, Refusal::DigitsOutOfRange),
        (TypedKind::Time { algorithm, digits: 6, period: 0 }, Refusal::PeriodOutOfRange),
    ] {
        let typed = key("A", "b", "JBSWY3DPEHPK3PXP", kind);
        assert_eq!(CodesOffer::typed(&typed).err(), Some(refusal), "{typed:?}");
    }
}

fn key(issuer: &str, account: &str, key: &str, kind: TypedKind) -> TypedKey {
    TypedKey { issuer: issuer.to_owned(), account: account.to_owned(), key: key.to_owned().into(), kind }
}

#[test]
fn debug_and_errors_repeat_nothing_of_the_text() {
    let text = "otpauth://totp/Halden:mira?secret=JBSWY3DPEHPK3PXP&issuer=Halden";
    let shown = format!("{:?}", read(text).unwrap());
    assert_eq!(shown, "Codes(CodesOffer { kind: \"totp\", .. })");
    let refused = read(&text.replace("3PXP", "3PX0")).unwrap_err();
    assert_eq!(format!("{refused} {refused:?}"), "secret_character SecretCharacter");
    let activation = link();
    let code = activation.code.expose();
    assert!(!format!("{:?}", read(&activation.expose()).unwrap()).contains(&code));
}

/// Texts that get far into the parser: pieces of real links in any order.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        proptest::sample::select(vec![
            "otpauth://",
            "totp",
            "hotp",
            "steam",
            "/",
            "?",
            "&",
            "=",
            "#",
            ":",
            "%",
            "%3A",
            "%ff",
            "+",
            "secret=",
            "JBSWY3DPEHPK3PXP",
            "MY======",
            "digits=",
            "period=",
            "counter=",
            "algorithm=",
            "issuer=",
            "encoder=steam",
            "6",
            "30",
            "SHA256",
            "countersign://activate?",
            "v=1",
            "pipush",
            "2step",
            "\u{202e}",
            "é",
            "\0",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,3}",
    ];
    proptest::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text: String) {
        let _ = read(&text);
        let _ = read(&format!("otpauth://totp/{text}"));
        let _ = read_typed("ABCDEFGHJKMN", &text);
        let _ = read_typed(&text, "localhost");
        let _ = CodesOffer::typed(&key(&text, &text, &text, USUAL));
    }

    #[test]
    fn no_link_in_pieces_makes_it_panic_and_what_it_takes_is_within_all_limits(text in pieces()) {
        if let Ok(Offer::Codes(offer)) = read(&text) {
            let vector = described("", offer);
            prop_assert!(!vector.secret_hex.is_empty());
            prop_assert!(vector.digits.is_none_or(|digits| (6..=10).contains(&digits)));
            prop_assert!(vector.period.is_none_or(|period| (1..=300).contains(&period)));
        }
    }

    /// A flipped character of a secret is refused or gives another secret; nothing is read around it.
    #[test]
    fn a_changed_secret_is_never_read_as_the_one_before(place in 0usize..16, c in "[!-~]") {
        let good = "JBSWY3DPEHPK3PXP";
        let mut changed = good.to_owned();
        changed.replace_range(place..=place, &c);
        prop_assume!(!changed.eq_ignore_ascii_case(good));
        if let Ok(Offer::Codes(offer)) = read(&format!("otpauth://totp/a?secret={changed}")) {
            prop_assert_ne!(described("", offer).secret_hex, "48656c6c6f21deadbeef");
        }
    }
}
