//! A clock that is an hour wrong, on either side.

use std::sync::Arc;

use countersign_demo::clock::SteppedClock;
use countersign_demo::phone::Phone;
use countersign_demo::scene;
use countersign_protocol::Clock as _;

use crate::stage::{REQUEST_LIFE, Stage, Story, approve, code, is_in, only};

const HOUR: u64 = 3600;

/// The whole way with a phone whose clock differs from the server's.
async fn walk(stage: &Stage, own: &SteppedClock) -> Story {
    let (mut browser, card) = stage.asked().await?;
    // The card counts by the phone's clock, whatever that says, to the 2 s below which no clock is corrected.
    assert!(card.valid_until.since(own.now()) <= REQUEST_LIFE + 2 && card.valid_until > own.now());
    approve(&mut browser, &stage.phone, &card).await?;
    is_in(&mut browser).await?;
    let mut browser = stage.world.browser()?;
    scene::sign_in(&mut browser, &stage.person).await?;
    browser.open("/approve/code").await?;
    browser.press("Next", &[("code", &code(&stage.phone, stage.entry))]).await?;
    is_in(&mut browser).await
}

#[tokio::test]
async fn a_phone_an_hour_ahead_adds_approves_and_makes_codes() -> Story {
    let own = Arc::new(SteppedClock::default());
    own.step(HOUR);
    let stage = Stage::ready_with(|made| made.clock = Arc::<SteppedClock>::clone(&own)).await?;
    walk(&stage, &own).await
}

#[tokio::test]
async fn a_phone_that_falls_an_hour_behind_goes_on() -> Story {
    let own = Arc::new(SteppedClock::default());
    let stage = Stage::ready_with(|made| made.clock = Arc::<SteppedClock>::clone(&own)).await?;
    stage.world.clock.step(HOUR);
    stage.phone.authenticator.refresh().await.unwrap();
    assert!(!only(&stage.phone).unreachable);
    walk(&stage, &own).await
}

#[tokio::test]
async fn the_clock_of_one_server_never_moves_another_accounts_codes() -> Story {
    let own = Arc::new(SteppedClock::default());
    own.step(HOUR);
    let stage = Stage::ready_with(|made| made.clock = Arc::<SteppedClock>::clone(&own)).await?;
    let made = countersign_demo::phone::Made::with_clock(Arc::<SteppedClock>::clone(&own));
    let beside = stage.world.phone_of("No work account", made).await?;
    let shop = |phone: &Phone| {
        let core = Arc::clone(&phone.authenticator);
        async move {
            let text = "otpauth://totp/Shop:mira?secret=JBSWY3DPEHPK3PXP&issuer=Shop&digits=8&period=300";
            let offer = core.read_offer(text.to_owned()).await.unwrap();
            core.add(offer, None).await.unwrap()
        }
    };
    let (one, other) = (shop(&stage.phone).await, shop(&beside).await);
    stage.phone.authenticator.refresh().await.unwrap();
    assert_eq!(code(&stage.phone, one), code(&beside, other));
    Ok(())
}
