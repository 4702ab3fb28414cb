//! What one inbox makes of whatever servers say, in whatever order, and what goes on as the app comes and goes.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Condvar, Mutex};
use std::time::Duration;

use countersign_core::authenticator::{CardState, Decision, Outcome, Removed};
use countersign_demo::phone::{Made, Phone};
use countersign_demo::scene::{self, By};
use countersign_protocol::{
    AnswerReply, Kind, RequestId, Status, SystemClock, SystemRandom, Verdict, WaitReply,
};
use tempfile::TempDir;

use crate::keyring::Keyring;
use crate::stage::{Stage, Story, approve, comes_to_show, ends_as, waiting};
use crate::stand_in::{Heard, Keys, Says, StandIn, any, is_held, profile};

/// A phone without a world, and the folder of its vault.
pub async fn phone() -> Result<(TempDir, Made, Phone), String> {
    let folder = tempfile::tempdir().unwrap();
    let made = Made::with_clock(Arc::new(SystemClock));
    let phone = Phone::open(&folder.path().join("vault"), "Mira's phone", made.clone()).await?;
    Ok((folder, made, phone))
}

/// How often the diagnostics have this word.
fn times(phone: &Phone, word: &str) -> usize {
    phone.authenticator.diagnostics().matches(&format!(" {word}\n")).count()
}

/// Something that a server waits for until the story has it happen.
#[derive(Clone, Default)]
struct Gate(Arc<(Mutex<bool>, Condvar)>);

impl Gate {
    fn open(&self) {
        *self.0.0.lock().unwrap() = true;
        self.0.1.notify_all();
    }

    fn wait(&self) {
        let (is_open, opened) = &*self.0;
        drop(opened.wait_while(is_open.lock().unwrap(), |is_open| !*is_open).unwrap());
    }
}

/// Whether the app is away although something is open: a task that is to wait for a gate does not end by itself.
async fn is_away_early(away: &mut tokio::task::JoinHandle<()>) -> bool {
    tokio::time::timeout(Duration::from_millis(300), away).await.is_ok()
}

fn named(heard: &Heard) -> Option<RequestId> {
    heard.payload["have"]["request"].as_str().map(|id| id.parse().unwrap())
}

#[tokio::test]
async fn a_reply_that_was_overtaken_ends_no_card() -> Story {
    let (gate, id) = (Gate::default(), RequestId::make(&SystemRandom));
    let held = gate.clone();
    let server = StandIn::start(move |keys, heard| match heard.call.as_str() {
        // The long poll finds that nothing waits, and its reply takes its time.
        "wait" if is_held(heard) && named(heard).is_none() => {
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
    assert_eq!(named(&polls[1]), Some(id));
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
    let (_folder, _, phone) = phone().await?;
    let _ = server.add_to(&phone).await.unwrap();
    for _ in 0..3 {
        phone.authenticator.refresh().await.unwrap();
    }
    for is_active in [true, false, true] {
        phone.authenticator.set_active(is_active).await;
        phone.authenticator.refresh().await.unwrap();
    }
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
            "wait" if named(heard).is_none() => {
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

/// A person whose phone has its only account a second time, about to be saved; the old one's removal cannot be signed
/// yet.
async fn replaced() -> Result<(Stage, Arc<Keyring>), String> {
    let keyring = Arc::new(Keyring::default());
    let kept = Arc::<Keyring>::clone(&keyring);
    let mut stage = Stage::ready_with(move |made| made.device_keys = Some(kept)).await?;
    stage.open_changes().await?;
    stage.browser.choose("Authenticator app").await?;
    stage.browser.choose("Next").await?;
    scene::add(&mut stage.browser, &stage.phone, By::QrCode).await?;
    scene::prove(&mut stage.browser, &stage.phone).await?;
    keyring.hold("removal");
    stage.browser.choose("Save").await?;
    let holds = Arc::clone(&keyring);
    assert!(tokio::task::spawn_blocking(move || holds.is_holding()).await.unwrap());
    Ok((stage, keyring))
}

/// Until the phone and the server have one account each.
async fn is_one(stage: &mut Stage) -> Story {
    let entry = stage.entry;
    let one = stage.phone.wait_for("one account", move |snapshot| {
        (snapshot.accounts.len() == 1 && snapshot.accounts[0].id != entry).then_some(())
    });
    one.await?;
    stage.browser.open("/security-info").await?;
    comes_to_show(&mut stage.browser, "1 of 5").await
}

#[tokio::test]
async fn s62_the_old_account_goes_also_when_the_app_goes_away_meanwhile() -> Story {
    let (mut stage, keyring) = replaced().await?;
    let core = Arc::clone(&stage.phone.authenticator);
    let mut away = tokio::spawn(async move { core.set_active(false).await });
    let is_early = is_away_early(&mut away).await;
    keyring.let_go();
    assert!(!is_early);
    away.await.unwrap();
    // What had come was taken to its end.
    assert_eq!(stage.phone.authenticator.snapshot().accounts.len(), 1);
    stage.phone.authenticator.refresh().await.unwrap();
    is_one(&mut stage).await
}

#[tokio::test]
async fn s62_the_old_account_goes_also_when_the_app_is_killed_meanwhile() -> Story {
    let (stage, keyring) = replaced().await?;
    let Stage { world, person, browser, phone, made, entry } = stage;
    drop(phone);
    keyring.let_go();
    let phone = Phone::open(&world.vault("Mira's phone"), "Mira's phone", made.clone()).await?;
    let mut stage = Stage { world, person, browser, phone, made, entry };
    stage.phone.authenticator.refresh().await.unwrap();
    stage.phone.authenticator.refresh().await.unwrap();
    is_one(&mut stage).await
}

#[tokio::test]
async fn removals_are_sent_to_all_servers_at_once() -> Story {
    let (both, is_up) = (Arc::new(Barrier::new(2)), Arc::new(AtomicBool::new(false)));
    let servers = [(); 2].map(|()| {
        let (both, is_up) = (Arc::clone(&both), Arc::clone(&is_up));
        StandIn::start(move |keys, heard| {
            if heard.call == "removal" && !is_up.load(Ordering::Acquire) {
                return Says::Broken;
            }
            if heard.call == "removal" {
                // Neither has its reply before both have come.
                both.wait();
            }
            keys.usual(heard)
        })
    });
    let (_folder, _, phone) = phone().await?;
    for server in &servers {
        let entry = server.add_to(&phone).await.unwrap();
        assert_eq!(phone.authenticator.remove(entry).await, Ok(Removed::ServerHearsLater));
    }
    is_up.store(true, Ordering::Release);
    phone.authenticator.refresh().await.unwrap();
    assert_eq!(times(&phone, "removal_taken"), 2);
    Ok(())
}

#[tokio::test]
async fn s68_an_app_that_stays_open_tells_a_server_that_was_away_by_itself() -> Story {
    let is_first = AtomicBool::new(true);
    let server = StandIn::start(move |keys, heard| match heard.call.as_str() {
        "removal" if is_first.swap(false, Ordering::AcqRel) => Says::Broken,
        _ => keys.usual(heard),
    });
    let (_folder, _, phone) = phone().await?;
    let entry = server.add_to(&phone).await.unwrap();
    phone.authenticator.set_active(true).await;
    server.hears(1, "wait", is_held).await?;
    assert_eq!(phone.authenticator.remove(entry).await, Ok(Removed::ServerHearsLater));
    server.hears(2, "removal", any).await?;
    // The long poll of an account that is gone does not stay open.
    server.hears(1, "wait", |heard| heard.is_given_up).await?;
    Ok(())
}

#[tokio::test]
async fn the_app_is_away_when_the_answer_on_its_way_has_its_verdict() -> Story {
    let (gate, id) = (Gate::default(), RequestId::make(&SystemRandom));
    let held = gate.clone();
    let server = StandIn::start(move |keys, heard| match heard.call.as_str() {
        "wait" if named(heard).is_none() => {
            keys.waits(heard, Status::Active, Some(keys.request(id, Kind::SignIn)))
        }
        "answer" => {
            held.wait();
            keys.usual(heard)
        }
        _ => keys.usual(heard),
    });
    let (_folder, _, phone) = phone().await?;
    let entry = server.add_to(&phone).await.unwrap();
    phone.authenticator.set_active(true).await;
    phone.request().await?;
    let core = Arc::clone(&phone.authenticator);
    let answer = tokio::spawn(async move { core.answer(entry, id, Decision::Deny).await });
    server.hears(1, "answer", any).await?;
    let core = Arc::clone(&phone.authenticator);
    let mut away = tokio::spawn(async move { core.set_active(false).await });
    let is_early = is_away_early(&mut away).await;
    gate.open();
    assert!(!is_early);
    away.await.unwrap();
    let denied = CardState::Ended { verdict: Verdict::Denied, phone: None };
    assert_eq!(phone.authenticator.snapshot().requests[0].state, denied);
    assert_eq!(answer.await.unwrap(), Ok(Outcome::Verdict { verdict: Verdict::Denied, phone: None }));
    Ok(())
}

#[tokio::test]
async fn what_another_process_adds_is_seen_and_asked_for() -> Story {
    let server = StandIn::start(Keys::usual);
    let (folder, made, phone) = phone().await?;
    phone.authenticator.set_active(true).await;
    let other = Phone::open(&folder.path().join("vault"), "Mira's phone", made).await?;
    let entry = server.add_to(&other).await.unwrap();
    assert!(phone.authenticator.snapshot().accounts.is_empty());
    phone.authenticator.refresh().await.unwrap();
    phone
        .wait_for("account of the other process", move |snapshot| {
            snapshot.accounts.iter().any(|account| account.id == entry).then_some(())
        })
        .await?;
    // Only an app that is in front holds a poll open.
    server.hears(1, "wait", is_held).await?;
    Ok(())
}

#[tokio::test]
async fn a_listener_hears_of_what_another_process_wrote() -> Story {
    let (folder, made, phone) = phone().await?;
    let other = Phone::open(&folder.path().join("vault"), "Mira's phone", made).await?;
    let shop = "otpauth://totp/Shop:mira?secret=JBSWY3DPEHPK3PXP&issuer=Shop";
    let offer = other.authenticator.read_offer(shop.to_owned()).await.unwrap();
    let _ = other.authenticator.add(offer, None).await.unwrap();
    let before = phone.authenticator.snapshot().revision;
    phone.authenticator.refresh().await.unwrap();
    let after = phone.authenticator.snapshot();
    assert!(after.revision > before && after.accounts.len() == 1);
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
        assert_eq!(named(server.heard("wait").last().unwrap()), Some(id));
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
    assert_eq!(named(server.heard("wait").last().unwrap()), None);
    phone.authenticator.refresh().await.unwrap();
    assert_eq!(named(server.heard("wait").last().unwrap()), Some(id));
    Ok(())
}
