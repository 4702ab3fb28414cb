//! What a server lists of a phone follows the phone: what it is called, which version of the app it runs.

use std::sync::Arc;

use countersign_demo::phone::{Made, Phone};
use countersign_protocol::{Clock, SystemClock, UnixSeconds};

use crate::stage::{Stage, Story, comes_to_show};

/// The word of the diagnostics for an update that the server has taken.
const UPDATED: &str = " updated\n";

/// The app is started again on the same vault, and the phone is called this now.
async fn restarted(stage: Stage, name: &str, app: &str) -> Result<Stage, String> {
    let Stage { world, person, browser, phone, made, entry } = stage;
    drop(phone);
    let made = Made { app: app.to_owned(), ..made };
    let phone = Phone::open(&world.vault("Mira's phone"), name, made.clone()).await?;
    phone.authenticator.set_active(true).await;
    Ok(Stage { world, person, browser, phone, made, entry })
}

/// Waits until Security info has a phone of this name.
async fn comes_to_list(stage: &mut Stage, name: &str) -> Story {
    stage.browser.open("/security-info").await?;
    comes_to_show(&mut stage.browser, name).await
}

/// How many updates the server has taken since the app was started.
fn updates(stage: &Stage) -> usize {
    stage.phone.authenticator.diagnostics().matches(UPDATED).count()
}

#[tokio::test]
async fn security_info_shows_what_the_phone_is_called_now_and_the_newer_app() -> Story {
    let mut stage = Stage::ready().await?;
    comes_to_list(&mut stage, "Mira's phone").await?;
    assert!(!stage.browser.shows("app 9.8.7"));
    let mut stage = restarted(stage, "Work phone", "9.8.7").await?;
    comes_to_list(&mut stage, "Work phone").await?;
    stage.browser.expect("app 9.8.7")?;
    assert!(!stage.browser.shows("Mira's phone"));
    Ok(())
}

#[tokio::test]
async fn what_the_server_has_heard_is_not_told_again() -> Story {
    let stage = Stage::ready().await?;
    stage.phone.authenticator.refresh().await.unwrap();
    assert_eq!(updates(&stage), 0, "the activation has told everything");
    let mut stage = restarted(stage, "Work phone", "9.8.7").await?;
    comes_to_list(&mut stage, "Work phone").await?;
    for _ in 0..3 {
        stage.phone.authenticator.set_active(false).await;
        stage.phone.authenticator.set_active(true).await;
        stage.phone.authenticator.refresh().await.unwrap();
    }
    assert_eq!(updates(&stage), 1);
    let stage = restarted(stage, "Work phone", "9.8.7").await?;
    stage.phone.authenticator.refresh().await.unwrap();
    assert_eq!(updates(&stage), 0);
    Ok(())
}

#[tokio::test]
async fn two_changes_within_a_second_both_count_and_the_later_one_stays() -> Story {
    let mut stage = Stage::ready().await?;
    // A clock that stands still: each update is newer than the one before all the same.
    stage.made.clock = Arc::new(StandsStill(SystemClock.now()));
    for name in ["First", "Second", "Third"] {
        stage = restarted(stage, name, "9.8.7").await?;
        comes_to_list(&mut stage, name).await?;
    }
    Ok(())
}

#[tokio::test]
async fn what_could_not_be_told_is_told_when_the_server_is_back() -> Story {
    let mut stage = Stage::ready().await?;
    stage.world.take_down().await;
    let mut stage = restarted(stage, "Work phone", "9.8.7").await?;
    stage.phone.authenticator.refresh().await.unwrap();
    assert_eq!(updates(&stage), 0);
    stage.world.bring_back().await?;
    // By itself, as the inbox comes through again.
    comes_to_list(&mut stage, "Work phone").await
}

#[tokio::test]
async fn a_phone_whose_clock_is_an_hour_wrong_is_heard_all_the_same() -> Story {
    for offset in [-3600, 3600] {
        let mut stage = Stage::ready().await?;
        stage.made.clock = Arc::new(Wrong(offset));
        let mut stage = restarted(stage, "Work phone", "9.8.7").await?;
        comes_to_list(&mut stage, "Work phone").await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_phone_that_was_added_with_a_clock_an_hour_wrong_is_heard_all_the_same() -> Story {
    for offset in [-3600, 3600] {
        let stage = Stage::ready_with(|made| made.clock = Arc::new(Wrong(offset))).await?;
        let mut stage = restarted(stage, "Work phone", "9.8.7").await?;
        comes_to_list(&mut stage, "Work phone").await?;
    }
    Ok(())
}

#[tokio::test]
async fn the_persons_own_name_for_a_phone_is_told_at_once_and_outlasts_a_restart() -> Story {
    let mut stage = Stage::ready().await?;
    stage.phone.authenticator.name_phone("Mira's desk".to_owned()).await.unwrap();
    stage.browser.open("/security-info").await?;
    stage.browser.expect("Mira's desk")?;
    assert_eq!(updates(&stage), 1);
    let mut stage = restarted(stage, "vm", "9.8.7").await?;
    stage.phone.authenticator.refresh().await.unwrap();
    assert_eq!(stage.phone.authenticator.phone_name().unwrap(), "Mira's desk");
    stage.browser.open("/security-info").await?;
    stage.browser.expect("Mira's desk")?;
    assert!(!stage.browser.shows("vm"));
    let refused = stage.phone.authenticator.name_phone("\u{202e}x".to_owned()).await;
    assert_eq!(refused, Err(countersign_core::authenticator::CoreError::Typed));
    stage.phone.authenticator.name_phone(" ".to_owned()).await.unwrap();
    assert_eq!(stage.phone.authenticator.phone_name().unwrap(), "vm", "the platform's again");
    Ok(())
}

struct StandsStill(UnixSeconds);

impl Clock for StandsStill {
    fn now(&self) -> UnixSeconds {
        self.0
    }
}

struct Wrong(i64);

impl Clock for Wrong {
    fn now(&self) -> UnixSeconds {
        SystemClock.now().shifted(self.0)
    }
}
