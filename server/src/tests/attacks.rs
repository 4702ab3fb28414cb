//! What a phone, a thief or a proxy might try at the calls.

use countersign_protocol::*;

use super::house::*;
use super::phone::{Phone, Refused, sign};
use crate::*;

const BAD: Refused = Refused(400, ProblemCode::BadCall);

#[tokio::test]
async fn an_approval_by_the_device_key_is_a_bad_call_and_the_request_still_waits() {
    let house = House::open().await;
    let (_, phone) = house.with_phone().await;
    let browser = house.sign_in().await;
    browser.ask().await;
    let (card, number) = (phone.card().await.unwrap(), browser.number().await);
    let approve = phone.answer_to((card.id, card.hash()), Decision::Approve, Some(number));
    assert_eq!(phone.send::<Answer>(&sign(&approve, &phone.device_key)).await.unwrap_err(), BAD);
    for decision in [Decision::Deny, Decision::Report] {
        let answer = phone.answer_to((card.id, card.hash()), decision, None);
        assert_eq!(phone.send::<Answer>(&sign(&answer, &phone.approval_key)).await.unwrap_err(), BAD);
    }
    assert!(matches!(browser.outcome().await, Outcome::Waiting(_)));
}

#[tokio::test]
async fn all_other_calls_by_the_approval_key_are_bad_calls() {
    let house = House::open().await;
    let (_, phone) = house.with_phone().await;
    let (id, server, now) = (phone.id(), phone.server, phone.now());
    let call = CallId::make(&SystemRandom);
    let wait = sign(&phone.wait_call(0, Have::default()), &phone.approval_key);
    assert_eq!(phone.send::<Wait>(&wait).await.unwrap_err(), BAD);
    let update = sign(&Update::new(id, server, now, call, phone.description()), &phone.approval_key);
    assert_eq!(phone.send::<Update>(&update).await.unwrap_err(), BAD);
    let removal = sign(&Removal::new(id, server, now, call), &phone.approval_key);
    assert_eq!(phone.send::<Removal>(&removal).await.unwrap_err(), BAD);
    assert_eq!(phone.status().await, Status::Active);
}

#[tokio::test]
async fn an_answer_to_another_card_is_a_bad_call_and_the_request_still_waits() {
    let house = House::open().await;
    let (_, phone) = house.with_phone().await;
    let browser = house.sign_in().await;
    browser.ask().await;
    let (card, number) = (phone.card().await.unwrap(), browser.number().await);
    let other = phone.answer_to((card.id, hash(b"another card")), Decision::Approve, Some(number));
    assert_eq!(phone.send::<Answer>(&sign(&other, &phone.approval_key)).await.unwrap_err(), BAD);
    phone.approve_waiting(browser.number().await).await;
}

#[tokio::test]
async fn a_call_for_another_phone_or_server_is_a_bad_call() {
    let house = House::open().await;
    let (_, phone) = house.with_phone().await;
    let other_house = House::open().await;
    let (_, other) = other_house.with_phone().await;
    let call = CallId::make(&SystemRandom);
    let for_other = Removal::new(other.id(), phone.server, phone.now(), call);
    assert_eq!(phone.send::<Removal>(&sign(&for_other, &phone.device_key)).await.unwrap_err(), BAD);
    let to_other = Removal::new(phone.id(), other.server, phone.now(), call);
    assert_eq!(phone.send::<Removal>(&sign(&to_other, &phone.device_key)).await.unwrap_err(), BAD);
    let unknown = Refused(404, ProblemCode::UnknownDevice);
    let of_other = sign(&other.wait_call(0, Have::default()), &other.device_key);
    assert_eq!(phone.send::<Wait>(&of_other).await.unwrap_err(), unknown);
    assert_eq!(phone.status().await, Status::Active);
}

#[tokio::test]
async fn one_call_is_never_taken_for_another() {
    let house = House::open().await;
    let (_, phone) = house.with_phone().await;
    let wait = sign(&phone.wait_call(0, Have::default()), &phone.device_key);
    let removal = Removal::new(phone.id(), phone.server, phone.now(), CallId::make(&SystemRandom));
    let removal = sign(&removal, &phone.device_key);
    for (name, jws) in
        [("removal", &wait), ("update", &wait), ("answer", &wait), ("activation", &wait), ("wait", &removal)]
    {
        let (status, ..) = phone.post(name, "application/jose", jws.clone()).await;
        assert_eq!(status, 400, "{name}");
    }
    assert_eq!(phone.status().await, Status::Active);
}

#[tokio::test]
async fn a_flipped_bit_anywhere_in_a_call_is_found() {
    let house = House::open_with(|_| {}).await;
    let (_, phone) = house.with_phone().await;
    let removal = Removal::new(phone.id(), phone.server, phone.now(), CallId::make(&SystemRandom));
    let jws = sign(&removal, &phone.device_key);
    let step = jws.len() / 60;
    for index in (0..jws.len()).step_by(step) {
        let mut bytes = jws.clone().into_bytes();
        // Another character of base64url, so that the form stays right where it can.
        bytes[index] = if bytes[index] == b'A' { b'B' } else { b'A' };
        let flipped = String::from_utf8(bytes).unwrap();
        let (status, ..) = phone.post("removal", "application/jose", flipped).await;
        assert!(status == 400 || status == 404, "{index}: {status}");
    }
    assert_eq!(phone.status().await, Status::Active);
}

#[tokio::test]
async fn only_jose_within_its_size_is_read() {
    let house = House::open().await;
    let (_, phone) = house.with_phone().await;
    let wait = sign(&phone.wait_call(0, Have::default()), &phone.device_key);
    for kind in ["application/json", "text/plain", "application/jose; charset=utf-8", ""] {
        let (status, ..) = phone.post("wait", kind, wait.clone()).await;
        assert_eq!(status, 400, "{kind}");
    }
    let (status, ..) = phone.post("wait", "application/jose", "a".repeat(8193)).await;
    assert_eq!(status, 400);
    let (status, ..) = phone.post("nothing", "application/jose", wait).await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn a_later_version_is_told_apart_from_a_bad_call() {
    let house = House::open().await;
    let (_, phone) = house.with_phone().await;
    for (version, expected) in [(2, ProblemCode::UpdateServer), (0, ProblemCode::UpdateApp)] {
        let wait = serde_json::to_string(&phone.wait_call(0, Have::default())).unwrap();
        let wait = wait.replace(r#""v":1"#, &format!(r#""v":{version}"#));
        let jws = raw(&phone, "countersign-wait+jwt", &wait);
        let (_, _, body) = phone.post("wait", "application/jose", jws).await;
        let problem: Problem = serde_json::from_str(&body).unwrap();
        assert_eq!(problem.code, expected);
    }
}

#[tokio::test]
async fn a_replayed_approval_opens_nothing_again() {
    let house = House::open().await;
    let (_, phone) = house.with_phone().await;
    let mut browser = house.sign_in().await;
    browser.ask().await;
    let card = phone.card().await.unwrap();
    let approve = phone.answer_to((card.id, card.hash()), Decision::Approve, Some(browser.number().await));
    let jws = sign(&approve, &phone.approval_key);
    for _ in 0..2 {
        assert_eq!(phone.send::<Answer>(&jws).await.unwrap().body.unwrap().verdict, Verdict::Approved);
    }
    browser.finish().await;
    let other = house.sign_in().await;
    other.ask().await;
    assert_eq!(phone.send::<Answer>(&jws).await.unwrap().body.unwrap().verdict, Verdict::Approved);
    assert_eq!(other.step().await, Some(BY_APP));
    assert!(matches!(other.outcome().await, Outcome::Waiting(_)));
}

#[tokio::test]
async fn a_removed_phone_is_told_so_for_400_days_and_gets_nothing_else() {
    let house = House::open().await;
    let (_, phone) = house.with_phone().await;
    let browser = house.sign_in().await;
    browser.ask().await;
    let (card, number) = (phone.card().await.unwrap(), browser.number().await);
    phone.remove().await;
    let answer = phone.answer((card.id, card.hash()), Decision::Approve, Some(number)).await;
    assert_eq!((answer.status, answer.body), (Status::Removed(RemovalReason::Phone), None));
    assert!(matches!(browser.outcome().await, Outcome::Waiting(_)));
    house.pass(400 * 24 * 3600 - 1);
    house.service().sweep().await.unwrap();
    assert_eq!(phone.status().await, Status::Removed(RemovalReason::Phone));
    house.pass(1);
    house.service().sweep().await.unwrap();
    let wait = sign(&phone.wait_call(0, Have::default()), &phone.device_key);
    let refused = phone.send::<Wait>(&wait).await.unwrap_err();
    assert_eq!(refused, Refused(404, ProblemCode::UnknownDevice));
}

#[tokio::test]
async fn a_key_names_one_phone_of_one_account() {
    let house = House::open().await;
    let (_, first) = house.with_phone().await;
    let browser = house.sign_in_another().await;
    browser.show_code().await;
    let mut second = Phone::new(&house);
    second.device_key = first.device_key;
    assert_eq!(second.activate(browser.code().await.link.code).await, Err(BAD));
    let mut third = Phone::new(&house);
    third.device_key = first.approval_key;
    assert_eq!(third.activate(browser.code().await.link.code).await, Err(BAD));
}

#[tokio::test]
async fn a_phone_learns_nothing_of_another_persons_request() {
    let house = House::open().await;
    let (browser, phone) = house.with_phone().await;
    let other = house.sign_in_another().await;
    let theirs = other.scan().await;
    browser.ask().await;
    let card = phone.card().await.unwrap();
    phone.verdict((card.id, card.hash()), Decision::Deny, None).await;
    let have = Have { request: Some(card.id), ..Have::default() };
    let ended = theirs.wait(have).await.body.unwrap().ended.unwrap();
    assert_eq!((ended.verdict, ended.phone), (Verdict::Expired, None));
    let answer = theirs.answer_to((card.id, card.hash()), Decision::Report, None);
    assert_eq!(theirs.send::<Answer>(&sign(&answer, &theirs.device_key)).await.unwrap_err(), BAD);
    assert_eq!(phone.status().await, Status::Active);
}

#[tokio::test]
async fn an_activation_for_another_server_is_a_bad_call() {
    let (house, other) = (House::open().await, House::open().await);
    let browser = house.sign_in().await;
    browser.show_code().await;
    let mut phone = Phone::new(&house);
    phone.server = other.running.server_id();
    assert_eq!(phone.activate(browser.code().await.link.code).await, Err(BAD));
}

/// A JWS of any payload, signed by the device key.
fn raw(phone: &Phone, typ: &str, payload: &str) -> String {
    use base64::Engine as _;
    let encode = |bytes: &[u8]| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes);
    let kid = phone.device_key.public().thumbprint();
    let header = format!(r#"{{"alg":"ES256","typ":"{typ}","kid":"{kid}"}}"#);
    let signed = format!("{}.{}", encode(header.as_bytes()), encode(payload.as_bytes()));
    let draft: Draft<Wait> = Draft::new(&phone.wait_call(0, Have::default()), kid).unwrap();
    let sealed = draft.seal(&phone.device_key.sign(signed.as_bytes()).unwrap());
    let (_, signature) = sealed.rsplit_once('.').unwrap();
    format!("{signed}.{signature}")
}
