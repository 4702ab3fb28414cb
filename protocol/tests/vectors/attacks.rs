//! Attacks that the types alone must stand.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU8, Ordering};

use countersign_protocol::{
    Activation, ActivationCode, ActivationKeys, AgreementKey, Answer, Attested, BaseUrl, CallId, Check,
    CodeSecret, Decision, DeviceId, Domain, Draft, Hash, List, Number, Payload, PhoneDescription, Platform,
    Presence, Random, Refusal, Removal, Reply, Request, RequestId, ServerId, ServerStatement, SoftwareKey,
    Storage, Text, TypedCode, UnixSeconds, Unverified, Update, WaitReply, hash,
};
use serde_json::Value;

use crate::file::{File, key, text};
use crate::jws::{header, sealed, signed, verified};

fn server() -> ServerId {
    key("identity").public().thumbprint().into()
}

fn now() -> UnixSeconds {
    UnixSeconds::new(1_800_000_000).unwrap()
}

fn answer(decision: Decision, by: &SoftwareKey) -> String {
    let number = (decision == Decision::Approve).then(|| Number::typed("038").unwrap());
    let shown = (RequestId::from_bytes([3; 16]), hash(b"the request"));
    let (device, call) = (DeviceId::from_bytes([1; 16]), CallId::from_bytes([2; 16]));
    let answer = Answer::new(device, server(), now(), call, shown, (decision, number));
    Draft::new(&answer, by.public().thumbprint()).unwrap().sign(by).unwrap()
}

fn decided(jws: &str) -> Result<Decision, Refusal> {
    let (device, approval) = (key("device").public(), key("approval").public());
    Unverified::<Answer>::parse(jws)?.verify_in_role(device, approval).map(|answer| answer.decision)
}

#[test]
fn an_approval_by_the_device_key_is_refused() {
    assert_eq!(decided(&answer(Decision::Approve, key("approval"))), Ok(Decision::Approve));
    assert_eq!(decided(&answer(Decision::Approve, key("device"))), Err(Refusal::Key));
    assert_eq!(decided(&answer(Decision::Approve, key("stranger"))), Err(Refusal::Key));
}

#[test]
fn the_approval_key_signs_nothing_but_approvals() {
    for decision in [Decision::Deny, Decision::Report] {
        assert_eq!(decided(&answer(decision, key("device"))), Ok(decision));
        assert_eq!(decided(&answer(decision, key("approval"))), Err(Refusal::Key));
    }
    let (device, call) = (DeviceId::from_bytes([1; 16]), CallId::from_bytes([2; 16]));
    let removal = Removal::new(device, server(), now(), call);
    let update = Update::new(device, server(), now(), call, phone());
    for name in ["approval", "stranger"] {
        let by = key(name);
        let removal = Draft::new(&removal, by.public().thumbprint()).unwrap().sign(by).unwrap();
        let update = Draft::new(&update, by.public().thumbprint()).unwrap().sign(by).unwrap();
        let (device, approval) = (key("device").public(), key("approval").public());
        let removal = Unverified::<Removal>::parse(&removal).unwrap().verify_in_role(device, approval);
        let update = Unverified::<Update>::parse(&update).unwrap().verify_in_role(device, approval);
        assert_eq!((removal.err(), update.err()), (Some(Refusal::Key), Some(Refusal::Key)));
    }
}

#[test]
fn an_approval_under_the_approval_keys_name_and_the_device_keys_signature_is_refused() {
    let jws = answer(Decision::Approve, key("approval"));
    let (message, _) = jws.rsplit_once('.').unwrap();
    assert_eq!(decided(&sealed(message, key("device"))), Err(Refusal::Signature));
}

#[test]
fn a_rewritten_signature_holds_and_changes_no_hash() {
    let file = File::read("form.json");
    let jws = |name| text(file.input(name), "jws");
    let (first, rewritten) = (jws("as we write it"), jws("the signature rewritten as n - s"));
    assert_ne!(first, rewritten);
    let read = |jws| verified("removal", jws, key("device").public()).unwrap();
    assert_eq!(read(first), read(rewritten));
}

fn statement(iss: &SoftwareKey, by: &SoftwareKey) -> String {
    let (base, domain) = (BaseUrl::new("https://new.example").unwrap(), Domain::new("new.example").unwrap());
    let signing_keys = List::of_one(*key("signing").public());
    let statement = ServerStatement::new(*iss.public(), now(), base, domain, List::default(), signing_keys);
    Draft::new(&statement, by.public().thumbprint()).unwrap().sign(by).unwrap()
}

#[test]
fn a_move_that_the_identity_key_did_not_sign_is_refused() {
    let read = |jws: &str| Unverified::<ServerStatement>::parse(jws)?.verify_inside().map(|found| found.iss);
    assert_eq!(read(&statement(key("identity"), key("identity"))), Ok(server()));
    assert_eq!(read(&statement(key("identity"), key("signing"))), Err(Refusal::Key));
    let jws = statement(key("identity"), key("identity"));
    let (message, _) = jws.rsplit_once('.').unwrap();
    assert_eq!(read(&sealed(message, key("signing"))), Err(Refusal::Signature));
}

#[test]
fn a_server_cannot_take_the_id_of_another() {
    let jws = statement(key("other identity"), key("other identity"));
    assert_ne!(Unverified::<ServerStatement>::parse(&jws).unwrap().verify_inside().unwrap().iss, server());
    let mut payload: Value = serde_json::from_slice(&payload_of(&jws)).unwrap();
    payload["iss"] = serde_json::to_value(server()).unwrap();
    let dressed =
        signed(&header("server", key("other identity")), &payload.to_string(), key("other identity"));
    assert_eq!(Unverified::<ServerStatement>::parse(&dressed).unwrap_err(), Refusal::Payload);
}

fn payload_of(jws: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(jws.split('.').nth(1).unwrap()).unwrap()
}

#[test]
fn a_request_of_a_signing_key_that_no_statement_names_is_refused() {
    let file = File::read("request.json");
    let (_, _, jws) = file.taken().next().unwrap();
    let read = |names: &[&str]| {
        let keys: Vec<_> = names.iter().map(|name| *key(name).public()).collect();
        Unverified::<Request>::parse(jws).unwrap().verify_any(&keys).map(drop)
    };
    assert_eq!(read(&["second signing", "signing"]), Ok(()));
    assert_eq!(read(&["second signing"]), Err(Refusal::Key));
    assert_eq!(read(&["identity"]), Err(Refusal::Key));
    assert_eq!(read(&[]), Err(Refusal::Key));
}

fn phone() -> PhoneDescription {
    PhoneDescription {
        name: Text::new("Fairphone 5").unwrap(),
        platform: Platform::Android,
        app: Text::new("1.0.0").unwrap(),
        wakes: List::default(),
    }
}

fn activation(device: &SoftwareKey, agreement: &AgreementKey) -> Draft<Activation> {
    let attested = |key: &SoftwareKey, presence| Attested {
        key: *key.public(),
        storage: Storage::Software,
        presence,
        attestation: None,
    };
    let keys = ActivationKeys {
        device: attested(device, Presence::None),
        approval: attested(key("approval"), Presence::EachUse),
        agreement: *agreement.public(),
    };
    let code = ActivationCode::Scanned([7; 16]);
    let activation = Activation::new(server(), now(), CallId::from_bytes([2; 16]), code, keys, phone());
    Draft::new(&activation, device.public().thumbprint()).unwrap()
}

#[test]
fn a_device_key_that_the_phone_does_not_hold_cannot_be_activated() {
    let draft = activation(key("device"), &AgreementKey::make().unwrap());
    let message = str::from_utf8(draft.message()).unwrap().to_owned();
    let read = |jws: &str| Unverified::<Activation>::parse(jws).unwrap().verify_inside().map(drop);
    assert_eq!(read(&draft.sign(key("device")).unwrap()), Ok(()));
    assert_eq!(read(&sealed(&message, key("stranger"))), Err(Refusal::Signature));
}

/// Whoever reads all that TLS carries has both public keys and the hash, and no secret of either side.
#[test]
fn the_secret_of_the_codes_is_in_nothing_that_crossed_tls() {
    let (phone, server) = (AgreementKey::make().unwrap(), AgreementKey::make().unwrap());
    let jws = activation(key("device"), &phone);
    let (salt, phone_public, server_public) = (jws.hash(), *phone.public(), *server.public());
    let on_phone = phone.agree(&server_public, salt).unwrap();
    let on_server = server.agree(&phone_public, salt).unwrap();
    assert_eq!(on_phone.expose(), on_server.expose());
    for public in [phone_public, server_public] {
        for coordinate in [&public.point()[1..33], &public.point()[33..]] {
            let guess = CodeSecret::derive(coordinate, salt).unwrap();
            assert_ne!(guess.expose(), on_phone.expose());
        }
        let proxy = AgreementKey::make().unwrap().agree(&public, salt).unwrap();
        assert_ne!(proxy.expose(), on_phone.expose());
    }
}

#[test]
fn a_proxy_at_the_typed_code_shows_another_check() {
    let [identity, proxys_identity, device, proxys_device, approval, proxys_approval] =
        ["identity", "other identity", "device", "stranger", "approval", "agreement"]
            .map(|name| key(name).public().thumbprint());
    // The phone talks to the proxy's server, the proxy's phone talks to the real one.
    let on_phone = Check::derive(proxys_identity, device, approval);
    for on_page in [
        Check::derive(identity, proxys_device, proxys_approval),
        Check::derive(identity, proxys_device, approval),
        Check::derive(identity, device, proxys_approval),
        Check::derive(identity, device, approval),
    ] {
        assert_ne!(on_phone, on_page);
    }
}

#[test]
fn a_jws_longer_than_its_kind_may_be_is_not_even_read() {
    fn limit<P: Payload>(kind: &str) {
        let longest = "a".repeat(P::LIMIT);
        assert_eq!(Unverified::<P>::parse(&longest).err(), Some(Refusal::Form), "{kind}");
        assert_eq!(Unverified::<P>::parse(&(longest + "a")).err(), Some(Refusal::TooLong), "{kind}");
    }
    limit::<Activation>("activation");
    limit::<Answer>("answer");
    limit::<Removal>("removal");
    limit::<ServerStatement>("server");
    limit::<Request>("request");
    limit::<Reply<WaitReply>>("reply");
    assert_eq!((Activation::LIMIT, Answer::LIMIT, ServerStatement::LIMIT), (24_576, 8_192, 4_096));
    assert_eq!(Reply::<WaitReply>::LIMIT, 32_768);
}

/// Gives each byte once, over and over.
struct EachByte(AtomicU8);

impl Random for EachByte {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            *byte = self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}

#[test]
fn a_typed_code_is_as_hard_to_guess_as_its_characters_allow() {
    let random = EachByte(AtomicU8::new(0));
    let mut counts = BTreeMap::new();
    // 62 rounds of 12 characters take the 248 bytes that count exactly three times.
    for _ in 0..62 {
        for character in TypedCode::make(&random).expose().chars() {
            *counts.entry(character).or_insert(0) += 1;
        }
    }
    assert_eq!(counts.len(), 31);
    assert!(counts.values().all(|count| *count == 24), "{counts:?}");
}

#[test]
fn what_was_drafted_has_the_hash_of_what_was_received() {
    let draft = activation(key("device"), &AgreementKey::make().unwrap());
    let before: Hash = draft.hash();
    let jws = draft.sign(key("device")).unwrap();
    let received = Unverified::<Activation>::parse(&jws).unwrap();
    assert_eq!(received.hash(), before);
    assert_eq!(received.verify_inside().unwrap().hash(), before);
}

/// Number and code are in what is signed, names in what is received: a log must not get them by `{:?}`.
#[test]
fn debug_tells_nothing_that_was_signed_or_received() {
    let shown = |jws: &str, debug: String| {
        let secret = [text_of(jws), jws.to_owned()];
        secret.iter().all(|secret| !debug.contains(secret.as_str())) && !debug.contains("eyJ")
    };
    let approval = answer(Decision::Approve, key("approval"));
    let unverified = Unverified::<Answer>::parse(&approval).unwrap();
    assert!(shown(&approval, format!("{unverified:?}")));
    let verified = unverified.verify(key("approval").public()).unwrap();
    assert!(!format!("{verified:?}").contains("038"));
    let draft = activation(key("device"), &AgreementKey::make().unwrap());
    assert_eq!(format!("{draft:?}"), "Draft(..)");
    let code = ActivationCode::Scanned([7; 16]).expose();
    let received = Unverified::<Activation>::parse(&draft.sign(key("device")).unwrap()).unwrap();
    let debug = format!("{:?}", received.verify_inside().unwrap());
    assert!(!debug.contains(&code) && !debug.contains("Fairphone"));
    let body = WaitReply {
        server: Some("eyJ".to_owned()),
        profile: None,
        request: Some("eyJ".to_owned()),
        ended: None,
        wakes_gone: List::default(),
    };
    assert!(!format!("{body:?}").contains("eyJ"));
}

fn text_of(jws: &str) -> String {
    String::from_utf8(payload_of(jws)).unwrap()
}
