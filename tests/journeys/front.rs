//! What goes on as the app comes to the front and goes away, and beside another process.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};
use std::time::Duration;

use countersign_core::authenticator::{CardState, Decision, Outcome, Removed};
use countersign_demo::phone::{Made, Phone};
use countersign_demo::scene::{self, By};
use countersign_protocol::{Kind, RequestId, Status, SystemRandom, Verdict};

use crate::keyring::Keyring;
use crate::stage::{Stage, Story, comes_to_show, phone};
use crate::stand_in::{Gate, Keys, Says, StandIn, any, is_held};

/// How often the diagnostics have this word.
fn times(phone: &Phone, word: &str) -> usize {
    phone.authenticator.diagnostics().matches(&format!(" {word}\n")).count()
}

/// Whether the app is away although something is open: a task that is to wait for a gate does not end by itself.
async fn is_away_early(away: &mut tokio::task::JoinHandle<()>) -> bool {
    tokio::time::timeout(Duration::from_millis(300), away).await.is_ok()
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
        "wait" if heard.named().is_none() => {
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
    server.hears(2, "wait", any).await?;
    let core = Arc::clone(&phone.authenticator);
    let mut away = tokio::spawn(async move { core.set_active(false).await });
    // Nothing is open any more but the answer.
    server.hears(1, "wait", |heard| heard.is_given_up).await?;
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
async fn what_a_server_took_of_a_change_is_kept_though_the_app_goes_away_and_is_told_once() -> Story {
    let gate = Gate::default();
    let held = gate.clone();
    let server = StandIn::start(move |keys, heard| {
        if heard.call == "update" {
            held.wait();
        }
        keys.usual(heard)
    });
    let (folder, made, phone) = phone().await?;
    let _ = server.add_to(&phone).await.unwrap();
    drop(phone);
    let newer = Made { app: "9.8.7".to_owned(), ..made };
    let phone = Phone::open(&folder.path().join("vault"), "Mira's phone", newer).await?;
    phone.authenticator.set_active(true).await;
    server.hears(1, "update", any).await?;
    let waits = server.heard("wait").len();
    let core = Arc::clone(&phone.authenticator);
    let pull = tokio::spawn(async move { core.refresh().await });
    server.hears(waits + 1, "wait", any).await?;
    let core = Arc::clone(&phone.authenticator);
    let mut away = tokio::spawn(async move { core.set_active(false).await });
    let is_early = is_away_early(&mut away).await;
    gate.open();
    assert!(!is_early);
    away.await.unwrap();
    pull.await.unwrap().unwrap();
    phone.authenticator.set_active(true).await;
    phone.authenticator.refresh().await.unwrap();
    assert_eq!((server.heard("update").len(), times(&phone, "updated")), (1, 1));
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
