//! What one inbox makes of whatever servers say, in whatever order.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use countersign_core::authenticator::{Decision, Outcome};
use countersign_demo::phone::Phone;
use countersign_protocol::{AnswerReply, Kind, RequestId, Status, SystemRandom, Verdict, WaitReply};

use crate::stage::{Stage, Story, approve, ends_as, phone, waiting};
use crate::stand_in::{Gate, Heard, Keys, Says, StandIn, any, is_held, profile};

#[tokio::test]
async fn a_reply_that_was_overtaken_ends_no_card() -> Story {
    let (gate, id) = (Gate::default(), RequestId::make(&SystemRandom));
    let held = gate.clone();
    let server = StandIn::start(move |keys, heard| match heard.call.as_str() {
        // The long poll finds that nothing waits, and its reply takes its time.
        "wait" if is_held(heard) && heard.named().is_none() => {
            held.wait();
            keys.waits(heard, Status::Active, None)
        }
        "wait" if is_held(heard) => Says::Nothing,
        "wait" if heard.payload["have"]["status"] == "pending" => keys.waits(heard, Status::Active, None),
        "wait" => keys.waits(heard, Status::Active, Some(keys.request(id, Kind::SignIn))),
        _ => keys.usual(heard),
    });
    let (_folder, _, phone) = phone().await?;
    let _ = server.add_to(&phone).await.unwrap();
    phone.authenticator.set_active(true).await;
    server.hears(1, "wait", is_held).await?;
    phone.authenticator.refresh().await.unwrap();
    assert_eq!(waiting(&phone.authenticator.snapshot()), [id]);
    gate.open();
    // The next call was made after the older reply had been read.
    let polls = server.hears(2, "wait", is_held).await?;
    assert_eq!(polls[1].named(), Some(id));
    assert_eq!(waiting(&phone.authenticator.snapshot()), [id]);
    Ok(())
}

#[tokio::test]
async fn i2_a_pull_after_another_phone_approved_says_so() -> Story {
    let mut stage = Stage::ready().await?;
    let second = stage.second_phone("Mira's tablet").await?;
    let (mut browser, _) = stage.asked().await?;
    // One is pulled, the other comes back to the front; neither hears by a poll that it kept open.
    stage.phone.authenticator.set_active(false).await;
    let card = second.request().await?;
    approve(&mut browser, &second, &card).await?;
    stage.phone.authenticator.refresh().await.unwrap();
    ends_as(&stage.phone, card.id, Verdict::AnsweredElsewhere, Some("Mira's tablet")).await?;

    stage.phone.authenticator.set_active(true).await;
    let (mut browser, card) = stage.asked_later().await?;
    second.request().await?;
    second.authenticator.set_active(false).await;
    approve(&mut browser, &stage.phone, &card).await?;
    second.authenticator.set_active(true).await;
    ends_as(&second, card.id, Verdict::AnsweredElsewhere, Some("Mira's phone")).await
}

#[tokio::test]
async fn a_phone_that_is_asked_to_pause_makes_no_call_meanwhile() -> Story {
    let server = StandIn::start(|keys, heard| match heard.call.as_str() {
        "wait" => Says::Problem(429, "too_many", Some(3600)),
        _ => keys.usual(heard),
    });
    let other = StandIn::start(Keys::usual);
    let (_folder, _, phone) = phone().await?;
    for server in [&server, &other] {
        let _ = server.add_to(&phone).await.unwrap();
    }
    for _ in 0..3 {
        phone.authenticator.refresh().await.unwrap();
    }
    for is_active in [true, false, true] {
        phone.authenticator.set_active(is_active).await;
        phone.authenticator.refresh().await.unwrap();
        // The inbox of a server that asked for no pause has come to its second call.
        other.hears(usize::from(is_active), "wait", is_held).await?;
    }
    other.hears(2, "wait", is_held).await?;
    assert_eq!(server.heard("wait").len(), 1);
    assert!(phone.authenticator.snapshot().accounts[0].unreachable);
    Ok(())
}

#[tokio::test]
async fn a_pause_is_as_long_as_the_server_asked_for() -> Story {
    const PAUSE: u32 = 3;
    let id = RequestId::make(&SystemRandom);
    let (waits, answers) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let server = StandIn::start(move |keys, heard| {
        let is_first = |count: &AtomicUsize| count.fetch_add(1, Ordering::AcqRel) == 0;
        match heard.call.as_str() {
            "wait" if is_first(&waits) => Says::Problem(429, "too_many", Some(PAUSE)),
            "wait" if heard.named().is_none() => {
                keys.waits(heard, Status::Active, Some(keys.request(id, Kind::SignIn)))
            }
            "answer" if is_first(&answers) => Says::Problem(429, "too_many", Some(PAUSE)),
            _ => keys.usual(heard),
        }
    });
    let (_folder, _, phone) = phone().await?;
    let entry = server.add_to(&phone).await.unwrap();
    phone.authenticator.set_active(true).await;
    assert_eq!(phone.request().await?.id, id);
    let denied = Outcome::Verdict { verdict: Verdict::Denied, phone: None };
    assert_eq!(phone.authenticator.answer(entry, id, Decision::Deny).await, Ok(denied));
    for call in ["wait", "answer"] {
        let heard = server.heard(call);
        assert!(heard[1].at - heard[0].at >= Duration::from_secs(PAUSE.into()), "{call}");
    }
    Ok(())
}

/// Says at once, each time, that the names have changed.
fn always_newer(keys: &Keys, heard: &Heard, number: &AtomicU64) -> Says {
    let profile = profile(number.fetch_add(1, Ordering::AcqRel));
    let body = WaitReply {
        server: None,
        profile: Some(profile),
        request: None,
        ended: None,
        wakes_gone: countersign_protocol::List::default(),
    };
    keys.says(&keys.reply(heard, Status::Active, Some(body)))
}

#[tokio::test]
async fn a_server_that_always_has_news_is_not_asked_without_end() -> Story {
    let number = AtomicU64::new(2);
    let server = StandIn::start(move |keys, heard| match heard.call.as_str() {
        "wait" => always_newer(keys, heard, &number),
        _ => keys.usual(heard),
    });
    let (_folder, _, phone) = phone().await?;
    let _ = server.add_to(&phone).await.unwrap();
    phone.authenticator.set_active(true).await;
    // Thirty come one after the other, then each has to wait longer than the one before.
    let heard = server.hears(33, "wait", any).await?;
    assert!(heard[32].at - heard[0].at >= Duration::from_secs(3));
    Ok(())
}

#[tokio::test]
async fn a_phone_that_is_not_saved_shows_tests_only() -> Story {
    let says = Arc::new(Mutex::new((Status::Pending, RequestId::make(&SystemRandom), Kind::SignIn)));
    let said = Arc::clone(&says);
    let server = StandIn::start(move |keys, heard| match heard.call.as_str() {
        "wait" => {
            let (status, id, kind) = *said.lock().unwrap();
            keys.waits(heard, status, Some(keys.request(id, kind)))
        }
        _ => keys.usual(heard),
    });
    let (_folder, _, phone) = phone().await?;
    let _ = server.add_to(&phone).await.unwrap();
    for (status, kind, is_shown) in [
        (Status::Pending, Kind::SignIn, false),
        (Status::Pending, Kind::Method, false),
        (Status::Pending, Kind::Test, true),
        (Status::CodesOnly, Kind::SignIn, false),
        (Status::CodesOnly, Kind::Test, true),
        // What the reply makes of the phone counts for the request in it.
        (Status::Active, Kind::SignIn, true),
        (Status::CodesOnly, Kind::SignIn, false),
    ] {
        let id = RequestId::make(&SystemRandom);
        *says.lock().unwrap() = (status, id, kind);
        phone.authenticator.refresh().await.unwrap();
        let shown = waiting(&phone.authenticator.snapshot());
        assert_eq!(shown, if is_shown { vec![id] } else { vec![] }, "{status:?} {kind:?}");
        // It is named all the same, so that the server says how it ends.
        phone.authenticator.refresh().await.unwrap();
        assert_eq!(server.heard("wait").last().unwrap().named(), Some(id));
    }
    Ok(())
}

#[tokio::test]
async fn a_request_that_ended_here_is_never_shown_again_also_after_a_restart() -> Story {
    let id = RequestId::make(&SystemRandom);
    let server = StandIn::start(move |keys, heard| match heard.call.as_str() {
        "wait" => keys.waits(heard, Status::Active, Some(keys.request(id, Kind::SignIn))),
        "answer" => {
            let body = AnswerReply { verdict: Verdict::Denied, phone: None };
            keys.says(&keys.reply(heard, Status::Active, Some(body)))
        }
        _ => keys.usual(heard),
    });
    let (folder, made, phone) = phone().await?;
    let entry = server.add_to(&phone).await.unwrap();
    phone.authenticator.refresh().await.unwrap();
    assert_eq!(waiting(&phone.authenticator.snapshot()), [id]);
    phone.authenticator.answer(entry, id, Decision::Deny).await.unwrap();
    drop(phone);
    let phone = Phone::open(&folder.path().join("vault"), "Mira's phone", made).await?;
    phone.authenticator.refresh().await.unwrap();
    assert!(phone.authenticator.snapshot().requests.is_empty());
    assert_eq!(server.heard("wait").last().unwrap().named(), None);
    phone.authenticator.refresh().await.unwrap();
    assert_eq!(server.heard("wait").last().unwrap().named(), Some(id));
    Ok(())
}
