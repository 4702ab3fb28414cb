//! The default method: its tag on the pages, and what a sign-in offers first.

use countersign_core::authenticator::AccountState;
use countersign_demo::scene::{self, By};

use crate::stage::{Stage, Story, code, world};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

#[tokio::test]
async fn s28_the_default_has_the_tag_and_is_what_a_sign_in_offers_first() -> Story {
    let mut stage = Stage::ready().await?;
    stage.open_changes().await?;
    let browser = &mut stage.browser;
    browser.open("/security-info").await?;
    browser.expect("Authenticator app Default")?;
    assert!(!browser.shows("Code from the app Default"));
    browser.choose("Make default").await?;
    browser.expect("Code from the app comes first")?;
    browser.expect("Code from the app Default")?;
    assert!(!browser.shows("Authenticator app Default"));

    stage.world.clock.step(HOUR);
    let mut browser = stage.world.browser()?;
    scene::sign_in(&mut browser, &stage.person).await?;
    assert_eq!(browser.heading(), "Use a code instead");
    browser.open("/approve").await?;
    assert_eq!(browser.heading(), "Use a code instead", "no phone was asked");
    browser.choose("Approve on the phone").await?;
    assert_eq!(browser.heading(), "Approve it on your phone");
    stage.phone.request().await.map(|_| ())
}

#[tokio::test]
async fn i8_when_the_phone_behind_the_default_is_deleted_what_is_left_takes_the_tag() -> Story {
    let world = world().await?;
    let (codes, asked) = (world.phone("Moto G").await?, world.phone("Pixel 8").await?);
    let mut browser = world.browser()?;
    scene::sign_in(&mut browser, &world.person(0)?).await?;
    scene::open_wizard(&mut browser).await?;
    let entry = scene::add(&mut browser, &codes, By::Link).await?;
    browser.choose("Yes, the same").await?;
    browser.choose("Use a code instead").await?;
    browser.press("Next", &[("code", &code(&codes, entry))]).await?;
    browser.expect("It is now your default for two-step verification")?;
    codes.state(AccountState::CodesOnly).await?;
    browser.choose("Next").await?;
    browser.expect("Code from the app Default")?;
    browser.choose("Done").await?;

    browser.open("/security-info").await?;
    browser.choose("Add sign-in method").await?;
    world.clock.step(2 * MINUTE);
    browser.press("Next", &[("code", &code(&codes, entry))]).await?;
    browser.choose("Authenticator app").await?;
    browser.choose("Next").await?;
    scene::add(&mut browser, &asked, By::Link).await?;
    scene::prove(&mut browser, &asked).await?;
    browser.choose("Save").await?;
    browser.expect("Authenticator app Default")?;

    let delete = browser.attribute("a[aria-label='Delete Pixel 8']", "href").ok_or("no way to delete it")?;
    browser.open(&delete).await?;
    browser.choose("Delete Pixel 8").await?;
    browser.expect("Pixel 8 was deleted")?;
    browser.expect("Code from the app Default")?;
    assert!(!browser.shows("Authenticator app Default"));
    Ok(())
}
