//! What a server lists of a phone follows the phone: what it is called, which version of the app it runs.

use std::sync::Arc;
use std::time::Duration;

use countersign_demo::phone::{Made, Phone};
use countersign_protocol::{Clock, Status, SystemClock, UnixSeconds};

use crate::stage::{Stage, Story, comes_to_show, phone};
use crate::stand_in::{Gate, Says, StandIn, any, is_held};

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

#[tokio::test]
async fn of_two_names_that_are_told_at_once_the_later_one_is_heard_last() -> Story {
    let gate = Gate::default();
    let held = gate.clone();
    let server = StandIn::start(move |keys, heard| {
        if heard.call == "update" {
            held.wait();
        }
        keys.usual(heard)
    });
    let (folder, made, _) = phone().await?;
    // By its clock, both are of the same second.
    let made = Made { clock: Arc::new(StandsStill(SystemClock.now())), ..made };
    let phone = Phone::open(&folder.path().join("still"), "Mira's phone", made).await?;
    let _ = server.add_to(&phone).await.unwrap();
    let name = |name: &str| {
        let (authenticator, name) = (Arc::clone(&phone.authenticator), name.to_owned());
        tokio::spawn(async move { authenticator.name_phone(name).await })
    };
    let first = name("First");
    server.hears(1, "update", any).await?;
    let second = name("Second");
    let authenticator = Arc::clone(&phone.authenticator);
    let is_second = move |_: &_| (authenticator.phone_name().ok()? == "Second").then_some(());
    phone.wait_for("second name", is_second).await?;
    // Time for a second update to come, if it does not wait for the first.
    tokio::time::sleep(Duration::from_millis(200)).await;
    gate.open();
    first.await.unwrap().unwrap();
    second.await.unwrap().unwrap();
    let updates = server.heard("update");
    let told: Vec<_> = updates.iter().map(|heard| heard.payload["name"].as_str().unwrap()).collect();
    assert_eq!(told, ["First", "Second"]);
    let times = [0, 1].map(|at: usize| updates[at].payload["iat"].as_u64().unwrap());
    assert!(times[0] < times[1], "{times:?}: a server takes none that is not newer");
    Ok(())
}

#[tokio::test]
async fn a_server_that_refuses_what_it_is_told_is_told_again_only_when_the_app_comes_back() -> Story {
    let server = StandIn::start(|keys, heard| match heard.call.as_str() {
        "update" => Says::Problem(400, "bad_call", None),
        // Each comes back at once: the inbox takes turn after turn.
        "wait" if is_held(heard) => keys.waits(heard, Status::CodesOnly, None),
        _ => keys.usual(heard),
    });
    let (_folder, _, phone) = phone().await?;
    let _ = server.add_to(&phone).await.unwrap();
    phone.authenticator.name_phone("Work phone".to_owned()).await.unwrap();
    assert_eq!(server.heard("update").len(), 1);
    for coming in 1..3 {
        let turns = server.heard("wait").iter().filter(|heard| is_held(heard)).count();
        phone.authenticator.set_active(true).await;
        server.hears(turns + 5, "wait", is_held).await?;
        phone.authenticator.set_active(false).await;
        assert_eq!(server.heard("update").len(), 1 + coming);
    }
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
