//! The pause after a report, as the phone shows it.

use std::sync::Arc;

use countersign_core::authenticator::{AccountState, Decision};
use countersign_demo::clock::SteppedClock;
use countersign_demo::phone::Phone;
use countersign_demo::scene;
use countersign_protocol::{Clock as _, Status, SystemClock, UnixSeconds, Verdict};

use crate::stage::{Stage, Story, only, phone};
use crate::stand_in::{Heard, Says, StandIn};

const DAY: u64 = 24 * 3600;

/// When the pause of the phone's account ends, once it ends later than this.
async fn paused_beyond(phone: &Phone, before: UnixSeconds) -> Result<UnixSeconds, String> {
    phone
        .wait_for("later end of a pause", move |snapshot| match snapshot.accounts.first()?.state {
            AccountState::Paused { until } if until > before => Some(until),
            _ => None,
        })
        .await
}

#[tokio::test]
async fn an_end_of_the_pause_that_moves_is_shown_though_the_phone_is_paused_already() -> Story {
    let stage = Stage::ready().await?;
    let (_one, first) = stage.asked().await?;
    scene::is(scene::answer(&stage.phone, &first, Decision::Deny).await?, Verdict::Denied)?;
    let (_other, second) = stage.asked_later().await?;
    scene::is(scene::answer(&stage.phone, &second, Decision::Report).await?, Verdict::Reported)?;
    let until = paused_beyond(&stage.phone, UnixSeconds::EPOCH).await?;
    stage.world.clock.step(600);
    // The earlier one was not the person's either.
    scene::is(scene::answer(&stage.phone, &first, Decision::Report).await?, Verdict::Reported)?;
    let later = paused_beyond(&stage.phone, until).await?;
    assert!(later >= until.plus(600), "{until} to {later}");
    Ok(())
}

#[tokio::test]
async fn a_phone_names_the_end_of_its_pause() -> Story {
    let until = SystemClock.now().plus(DAY);
    let server = StandIn::start(move |keys, heard| match heard.call.as_str() {
        "wait" if heard.payload["have"]["until"] == until.get() => Says::Nothing,
        "wait" => keys.waits(heard, Status::Paused(until), None),
        _ => keys.usual(heard),
    });
    let (_folder, _, phone) = phone().await?;
    let _ = server.add_to(&phone).await.unwrap();
    phone.authenticator.set_active(true).await;
    let is_paused = |heard: &Heard| heard.payload["have"]["status"] == "paused";
    let polls = server.hears(1, "wait", is_paused).await?;
    assert_eq!(polls[0].payload["have"]["until"], until.get());
    Ok(())
}

#[tokio::test]
async fn the_end_of_a_pause_is_told_by_the_phones_own_clock() -> Story {
    let own = Arc::new(SteppedClock::default());
    own.step(3600);
    let stage = Stage::ready_with(|made| made.clock = Arc::<SteppedClock>::clone(&own)).await?;
    let (_browser, card) = stage.asked().await?;
    scene::is(scene::answer(&stage.phone, &card, Decision::Report).await?, Verdict::Reported)?;
    let left = paused_beyond(&stage.phone, UnixSeconds::EPOCH).await?.since(own.now());
    assert!((DAY - 30..=DAY + 5).contains(&left), "{left} seconds are left");
    Ok(())
}

#[tokio::test]
async fn a_pause_is_over_at_its_time_though_the_server_is_away() -> Story {
    let mut stage = Stage::ready().await?;
    let (_browser, card) = stage.asked().await?;
    scene::is(scene::answer(&stage.phone, &card, Decision::Report).await?, Verdict::Reported)?;
    paused_beyond(&stage.phone, UnixSeconds::EPOCH).await?;
    stage.world.take_down().await;
    stage.world.clock.step(DAY - 60);
    assert!(matches!(only(&stage.phone).state, AccountState::Paused { .. }));
    stage.world.clock.step(61);
    assert_eq!(only(&stage.phone).state, AccountState::Ready);
    Ok(())
}
