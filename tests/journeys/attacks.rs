//! What somebody does who has recorded calls, drives one of the keys, or answers in the server's place.

use std::fs;
use std::sync::Arc;

use countersign_core::authenticator::{AccountState, CoreError, Decision, Removed};
use countersign_core::ports::{KeyPurpose, PortError};
use countersign_demo::browser::Fault;
use countersign_demo::scene;
use countersign_protocol::{
    Answer, CallId, Clock as _, Decision as Decided, DeviceId, Hash, Have, Hold, List, Number,
    PhoneDescription, Platform, Removal, Request, RequestId, ServerId, SystemRandom, Text, Unverified,
    Update, Verdict, Wait,
};
use serde_json::Value;

use crate::keyring::{Keyring, decode};
use crate::stage::{Stage, Story, approve, code, is_in, is_out, only, waiting, world_with};

/// A person who is set up, and somebody who has the phone's keys at hand.
struct Foe {
    stage: Stage,
    keyring: Arc<Keyring>,
    device: DeviceId,
    server: ServerId,
}

impl Foe {
    async fn beside_a_phone() -> Result<Self, Fault> {
        let (stage, keyring) = Stage::with_keyring().await?;
        let wait = keyring.calls("wait").pop().ok_or("the phone asked nothing")?;
        let said = payload(&wait);
        let (device, server) = (said["iss"].as_str().unwrap(), said["aud"].as_str().unwrap());
        let (device, server) = (device.parse().unwrap(), server.parse().unwrap());
        Ok(Self { stage, keyring, device, server })
    }

    /// Posts a call as it is: the status and, of a reply, its payload; of a problem, its word.
    async fn post(&self, call: &str, jws: String) -> (u16, Value) {
        let client =
            reqwest::Client::builder().tls_danger_accept_invalid_certs(true).no_proxy().build().unwrap();
        let base = self.stage.world.demo.as_ref().unwrap().running.phone_base().clone();
        let sent = client.post(base.call(call)).header("content-type", "application/jose").body(jws);
        let response = sent.send().await.unwrap();
        let (status, text) = (response.status().as_u16(), response.text().await.unwrap());
        if status == 200 {
            (status, payload(&text))
        } else {
            (status, serde_json::from_str::<Value>(&text).unwrap()["code"].clone())
        }
    }

    async fn is_bad(&self, call: &str, jws: String) {
        assert_eq!(self.post(call, jws).await, (400, Value::from("bad_call")));
    }

    fn wait(&self) -> Wait {
        let (at, id) = (self.stage.world.clock.now(), CallId::make(&SystemRandom));
        Wait::new(self.device, self.server, at, id, Hold::NONE, Have::default())
    }

    /// Id and hash of the request that waits.
    async fn waiting_request(&self) -> (RequestId, Hash) {
        let (_, reply) = self.post("wait", self.keyring.sign_as(KeyPurpose::Device, &self.wait())).await;
        let jws = find(&reply, "request").as_str().unwrap().to_owned();
        let id = payload(&jws)["id"].as_str().or(payload(&jws)["jti"].as_str()).unwrap().parse().unwrap();
        (id, Unverified::<Request>::parse(&jws).unwrap().hash())
    }

    fn answer(&self, request: (RequestId, Hash), decided: (Decided, Option<Number>)) -> Answer {
        let (at, id) = (self.stage.world.clock.now(), CallId::make(&SystemRandom));
        Answer::new(self.device, self.server, at, id, request, decided)
    }
}

fn payload(jws: &str) -> Value {
    serde_json::from_str(&decode(jws.split('.').nth(1).unwrap())).unwrap()
}

/// A member of a reply, wherever in it.
fn find<'a>(reply: &'a Value, name: &str) -> &'a Value {
    let inside = reply.as_object().into_iter().flat_map(|members| members.values());
    reply.get(name).or_else(|| inside.filter_map(|it| it.get(name)).next()).unwrap_or(&Value::Null)
}

#[tokio::test]
async fn every_call_replayed_byte_for_byte_opens_nothing_and_changes_nothing() -> Story {
    let foe = Foe::beside_a_phone().await?;
    let (mut approved, card) = foe.stage.asked().await?;
    approve(&mut approved, &foe.stage.phone, &card).await?;
    let (mut denied, card) = foe.stage.asked().await?;
    scene::is(scene::answer(&foe.stage.phone, &card, Decision::Deny).await?, Verdict::Denied)?;

    let (mut browser, card) = foe.stage.asked_later().await?;
    let replayed = foe.keyring.calls("activation");
    assert_eq!(replayed.len(), 1);
    let refused = foe.post("activation", replayed[0].clone()).await;
    assert_eq!(refused, (409, Value::from("activation_used")));
    let answers = foe.keyring.calls("answer");
    assert_eq!(answers.len(), 3);
    for (answer, verdict) in answers.into_iter().zip(["approved", "approved", "denied"]) {
        let (status, reply) = foe.post("answer", answer).await;
        assert_eq!((status, find(&reply, "verdict")), (200, &Value::from(verdict)));
    }
    for wait in foe.keyring.calls("wait").into_iter().take(3) {
        // An hour has passed since: nothing but the clock is said.
        let (status, reply) = foe.post("wait", wait).await;
        assert_eq!((status, find(&reply, "request")), (200, &Value::Null));
    }
    // The request of now waits as before, and nobody came in.
    assert_eq!(waiting(&foe.stage.phone.authenticator.snapshot()), [card.id]);
    is_out(&mut denied).await?;
    is_out(&mut browser).await?;
    is_in(&mut approved).await?;
    assert_eq!(only(&foe.stage.phone).state, AccountState::Ready);
    browser.open("/approve").await?;
    approve(&mut browser, &foe.stage.phone, &card).await?;
    is_in(&mut browser).await?;

    // A removal is taken once; after that nothing of the phone counts.
    let removed = foe.stage.phone.authenticator.remove(foe.stage.entry).await;
    assert_eq!(removed, Ok(Removed::HereAndThere));
    let removal = foe.keyring.calls("removal").pop().ok_or("no removal")?;
    let answer = foe.keyring.calls("answer").pop().ok_or("no answer")?;
    for (call, jws) in [("removal", removal), ("answer", answer)] {
        let (status, reply) = foe.post(call, jws).await;
        assert_eq!((status, find(&reply, "verdict")), (200, &Value::Null));
        assert!(reply.to_string().contains("removed"), "{reply}");
    }
    Ok(())
}

#[tokio::test]
async fn an_approval_by_the_device_key_and_a_denial_by_the_approval_key_are_refused() -> Story {
    let foe = Foe::beside_a_phone().await?;
    let (mut browser, card) = foe.stage.asked().await?;
    let request = foe.waiting_request().await;
    assert_eq!(request.0, card.id);
    let number = Number::typed(&scene::number(&browser)?);
    let approval = foe.answer(request, (Decided::Approve, number));
    foe.is_bad("answer", foe.keyring.sign_as(KeyPurpose::Device, &approval)).await;
    for decided in [Decided::Deny, Decided::Report] {
        let answer = foe.answer(request, (decided, None));
        foe.is_bad("answer", foe.keyring.sign_as(KeyPurpose::Approval, &answer)).await;
    }
    // Nor is an approval taken whose card was another.
    let other = (request.0, Hash::from_bytes([7; 32]));
    let number = Number::typed(&scene::number(&browser)?);
    let approval = foe.answer(other, (Decided::Approve, number));
    foe.is_bad("answer", foe.keyring.sign_as(KeyPurpose::Approval, &approval)).await;
    // None of it was a try: the request waits, and the right answer counts.
    is_out(&mut browser).await?;
    browser.open("/approve").await?;
    approve(&mut browser, &foe.stage.phone, &card).await?;
    is_in(&mut browser).await
}

#[tokio::test]
async fn the_approval_key_removes_updates_and_asks_nothing() -> Story {
    let foe = Foe::beside_a_phone().await?;
    let (at, id) = (foe.stage.world.clock.now(), CallId::make(&SystemRandom));
    let removal = Removal::new(foe.device, foe.server, at, id);
    foe.is_bad("removal", foe.keyring.sign_as(KeyPurpose::Approval, &removal)).await;
    let phone = PhoneDescription {
        name: Text::new("Foe's phone").unwrap(),
        platform: Platform::Terminal,
        app: Text::new("1").unwrap(),
        wakes: List::default(),
    };
    let update = Update::new(foe.device, foe.server, at, id, phone);
    foe.is_bad("update", foe.keyring.sign_as(KeyPurpose::Approval, &update)).await;
    foe.is_bad("wait", foe.keyring.sign_as(KeyPurpose::Approval, &foe.wait())).await;
    foe.stage.phone.authenticator.refresh().await.unwrap();
    assert_eq!(only(&foe.stage.phone).state, AccountState::Ready);
    let mut stage = foe.stage;
    stage.browser.open("/security-info").await?;
    stage.browser.expect("Mira's phone")?;
    assert!(!stage.browser.shows("Foe's phone"));
    Ok(())
}

#[tokio::test]
async fn an_unsigned_unknown_device_changes_nothing_that_the_phone_keeps() -> Story {
    let mut stage = Stage::ready().await?;
    let address = stage.world.demo.as_ref().ok_or("no server")?.running.phone_address();
    let code_before = code(&stage.phone, stage.entry);
    stage.world.take_down().await;
    // Another server at the same address, with the same TLS key: it knows none of the phones.
    let theirs = stage.world.vault("server");
    let mut foe = world_with(|config| {
        fs::create_dir_all(&config.state).unwrap();
        for file in ["phone-certificate.pem", "phone-certificate.key"] {
            fs::copy(theirs.join(file), config.state.join(file)).unwrap();
        }
        config.phone_listen = Some(address);
    })
    .await?;
    stage.phone.authenticator.refresh().await.unwrap();
    assert_eq!((only(&stage.phone).state, only(&stage.phone).unreachable), (AccountState::Ready, true));
    assert_eq!(code(&stage.phone, stage.entry), code_before);
    let stage = stage.restart_phone().await?;
    assert_eq!(only(&stage.phone).state, AccountState::Ready);
    foe.take_down().await;
    let mut stage = stage;
    stage.world.bring_back().await?;
    let (mut browser, card) = stage.asked().await?;
    approve(&mut browser, &stage.phone, &card).await?;
    is_in(&mut browser).await
}

#[tokio::test]
async fn who_turns_away_from_the_sensor_has_approved_nothing_and_the_card_waits() -> Story {
    let foe = Foe::beside_a_phone().await?;
    let (mut browser, card) = foe.stage.asked().await?;
    foe.keyring.turn_away(true);
    let typed = scene::number(&browser)?;
    let refused = foe.stage.phone.authenticator.answer(card.account_id, card.id, Decision::Approve { typed });
    assert_eq!(refused.await, Err(CoreError::Key(PortError::Cancelled)));
    assert_eq!(waiting(&foe.stage.phone.authenticator.snapshot()), [card.id]);
    is_out(&mut browser).await?;
    foe.keyring.turn_away(false);
    browser.open("/approve").await?;
    approve(&mut browser, &foe.stage.phone, &card).await?;
    is_in(&mut browser).await
}

#[tokio::test]
async fn a_key_that_the_platform_dropped_approves_nothing_and_asks_for_set_up() -> Story {
    let foe = Foe::beside_a_phone().await?;
    let (mut browser, card) = foe.stage.asked().await?;
    foe.keyring.drop_keys();
    let typed = scene::number(&browser)?;
    let refused = foe.stage.phone.authenticator.answer(card.account_id, card.id, Decision::Approve { typed });
    assert_eq!(refused.await, Err(CoreError::Key(PortError::Missing)));
    foe.stage.phone.state(AccountState::SetUpAgain).await?;
    is_out(&mut browser).await
}
