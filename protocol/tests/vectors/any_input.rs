//! Claims over any input: nothing panics, nothing that was touched is taken.

use countersign_protocol::{
    ActivationLink, BaseUrl, Domain, Number, PublicKey, Signature, Text, TypedCode, TypedPin,
};
use proptest::prelude::*;

use crate::file::{File, key};
use crate::jws::{header, signed, verified};

/// One kind for each `typ`, and the reply with the most members.
const KINDS: [(&str, &str); 8] = [
    ("server", "server.json"),
    ("request", "request.json"),
    ("reply/wait", "reply.json"),
    ("activation", "activation.json"),
    ("wait", "wait.json"),
    ("answer", "answer.json"),
    ("update", "update.json"),
    ("removal", "removal.json"),
];

/// A JWS of the kind, and the name of its key.
fn taken(kind: &str, file: &str) -> (String, String) {
    let file = File::read(file);
    let (_, key, jws) = file.taken().find(|(of, ..)| *of == kind).unwrap();
    (jws.to_owned(), key.to_owned())
}

#[test]
fn a_jws_with_any_one_bit_flipped_is_refused() {
    for (kind, file) in KINDS {
        let (jws, name) = taken(kind, file);
        let public = key(&name).public();
        assert!(verified(kind, &jws, public).is_ok(), "{kind}");
        for place in 0..jws.len() {
            for bit in 0..8 {
                let mut flipped = jws.clone().into_bytes();
                flipped[place] ^= 1 << bit;
                // What is no UTF-8 is no text, and so no JWS.
                let Ok(flipped) = String::from_utf8(flipped) else { continue };
                assert!(verified(kind, &flipped, public).is_err(), "{kind}: bit {bit} of byte {place}");
            }
        }
    }
}

#[test]
fn a_jws_with_any_one_byte_left_out_or_doubled_is_refused() {
    for (kind, file) in KINDS {
        let (jws, name) = taken(kind, file);
        for place in 0..jws.len() {
            let (mut shorter, mut longer) = (jws.clone(), jws.clone());
            let byte = shorter.remove(place);
            longer.insert(place, byte);
            assert!(verified(kind, &shorter, key(&name).public()).is_err(), "{kind}: without byte {place}");
            assert!(verified(kind, &longer, key(&name).public()).is_err(), "{kind}: byte {place} twice");
        }
    }
}

fn any_json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|value| value.to_string()),
        any::<i64>().prop_map(|value| value.to_string()),
        any::<f64>().prop_map(|value| value.to_string()),
        any::<String>().prop_map(|value| serde_json::to_string(&value).unwrap()),
        "[A-Za-z0-9_-]{22}|[A-Za-z0-9_-]{43}".prop_map(|value| format!("\"{value}\"")),
    ];
    // The names are those of the protocol, so that reading gets beyond the first member.
    let name = prop::sample::select(vec![
        "v",
        "iss",
        "aud",
        "iat",
        "jti",
        "re",
        "status",
        "body",
        "reason",
        "until",
        "code",
        "keys",
        "device",
        "approval",
        "agreement",
        "key",
        "kty",
        "crv",
        "x",
        "y",
        "have",
        "hold",
        "wakes",
        "request",
        "hash",
        "decision",
        "number",
        "pins",
        "versions",
        "signing_keys",
        "base",
        "rp_id",
        "exp",
        "id",
        "kind",
        "",
    ]);
    leaf.prop_recursive(4, 64, 12, move |inside| {
        let members = prop::collection::vec((name.clone(), inside.clone()), 0..12);
        prop_oneof![
            prop::collection::vec(inside, 0..12).prop_map(|values| format!("[{}]", values.join(","))),
            members.prop_map(|members| {
                let members: Vec<_> =
                    members.into_iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn no_text_is_a_jws_by_chance(text in any::<String>()) {
        for (kind, _) in KINDS {
            prop_assert!(verified(kind, &text, key("signing").public()).is_err());
        }
    }

    #[test]
    fn no_json_is_a_payload_by_chance(payload in any_json()) {
        for (kind, _) in KINDS {
            let jws = signed(&header(kind, key("signing")), &payload, key("signing"));
            prop_assert!(verified(kind, &jws, key("signing").public()).is_err());
        }
    }

    #[test]
    fn no_json_is_a_header_by_chance(header in any_json()) {
        for (kind, _) in KINDS {
            let jws = signed(&header, "{}", key("signing"));
            prop_assert!(verified(kind, &jws, key("signing").public()).is_err());
        }
    }

    #[test]
    fn whatever_a_person_types_or_scans_is_read_or_refused(text in any::<String>(), tail in "[ -~]*") {
        for text in [text, format!("countersign://activate?{tail}"), format!("https://{tail}")] {
            let _ = (ActivationLink::parse(&text).is_ok(), Number::typed(&text), TypedCode::typed(&text));
            let _ = (BaseUrl::new(&text).is_ok(), Domain::new(&text).is_ok(), TypedPin::typed(&text));
            if let Ok(url) = BaseUrl::typed(&text) {
                prop_assert_eq!(BaseUrl::new(url.as_str()), Ok(url), "what was typed is put into the plain form");
            }
        }
    }

    #[test]
    fn a_cleaned_text_may_be_shown_and_cleaning_it_again_changes_nothing(text in any::<String>()) {
        if let Some(clean) = Text::<16>::clean(&text) {
            prop_assert_eq!(Text::<16>::new(clean.as_str()), Ok(clean.clone()));
            prop_assert_eq!(Text::<16>::clean(clean.as_str()), Some(clean));
        }
    }

    #[test]
    fn a_text_that_may_be_shown_is_left_as_it_is_by_cleaning(text in "[a-zé東👍][ a-zé東👍]{0,14}[a-zé東👍]") {
        let cleaned = Text::<16>::clean(&text).unwrap();
        prop_assert_eq!(cleaned.as_str(), text);
    }

    #[test]
    fn any_bytes_of_a_key_store_are_read_or_refused(bytes in any::<Vec<u8>>(), integers in any::<([u8; 8], [u8; 8])>()) {
        let _ = (Signature::from_der(&bytes), Signature::from_fixed(&bytes));
        let _ = (PublicKey::from_spki(&bytes), PublicKey::from_point(&bytes));
        let (r, s) = integers;
        let der = [&[0x30, 20, 2, 8][..], &r, &[2, 8], &s].concat();
        if let Ok(signature) = Signature::from_der(&der) {
            prop_assert!(signature.as_bytes()[24..32] == r && signature.as_bytes()[56..] == s);
        }
    }
}
