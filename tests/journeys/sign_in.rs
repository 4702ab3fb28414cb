//! Signing in, and what a sign-in opens.

use countersign_core::authenticator::{AccountState, Decision};
use countersign_demo::scene;
use countersign_protocol::{Kind, Verdict};

use crate::stage::{Stage, Story, approve, code, ends_as, is_in, is_out, waiting};

#[tokio::test]
async fn s2_s54_who_is_set_up_sees_no_prompt_and_signs_in_with_the_app() -> Story {
    let stage = Stage::ready().await?;
    let (mut browser, card) = stage.asked().await?;
    assert!(!browser.shows("More information required"));
    is_out(&mut browser).await?;
    browser.open("/approve").await?;
    approve(&mut browser, &stage.phone, &card).await?;
    is_in(&mut browser).await
}

#[tokio::test]
async fn s54_a_code_signs_in_in_place_of_an_approval_and_is_good_once() -> Story {
    let stage = Stage::ready().await?;
    let (mut browser, card) = stage.asked().await?;
    browser.choose("Use a code instead").await?;
    let used = code(&stage.phone, stage.entry);
    browser.press("Next", &[("code", &scene::another_number(&used))]).await?;
    browser.expect("That is not the code")?;
    browser.press("Next", &[("code", &used)]).await?;
    is_in(&mut browser).await?;
    ends_as(&stage.phone, card.id, Verdict::Cancelled, None).await?;

    let mut other = stage.world.browser()?;
    scene::sign_in(&mut other, &stage.person).await?;
    other.open("/approve/code").await?;
    other.press("Next", &[("code", &used)]).await?;
    other.expect("This code was used already")?;
    is_out(&mut other).await
}

#[tokio::test]
async fn a_wrong_password_asks_no_phone() -> Story {
    let stage = Stage::ready().await?;
    let mut browser = stage.world.browser()?;
    let wrong = scene::Credentials { password: "wrong".to_owned(), ..stage.person.clone() };
    scene::sign_in(&mut browser, &wrong).await?;
    browser.expect("User name and password do not match")?;
    stage.phone.authenticator.refresh().await.unwrap();
    assert!(waiting(&stage.phone.authenticator.snapshot()).is_empty());
    is_out(&mut browser).await
}

#[tokio::test]
async fn s59_the_account_menu_leads_to_security_info() -> Story {
    let mut stage = Stage::ready().await?;
    stage.browser.open("/security-info").await?;
    stage.browser.follow("View account").await?;
    stage.browser.expect("Security info")?;
    stage.browser.follow("Update info").await?;
    assert_eq!(stage.browser.heading(), "Security info");
    stage.browser.expect("Mira's phone")
}

#[tokio::test]
async fn an_approved_sign_in_does_not_open_security_info_for_changes() -> Story {
    let stage = Stage::ready().await?;
    let (mut browser, card) = stage.asked().await?;
    approve(&mut browser, &stage.phone, &card).await?;
    for change in ["/security-info/add", "/security-info/add/prepare", "/security-info/add/scan"] {
        browser.open(change).await?;
        assert_eq!(browser.heading(), "Security info", "{change}");
    }
    browser.choose("Add sign-in method").await?;
    let card = stage.phone.request().await?;
    assert_eq!((card.kind, card.reason.as_deref()), (Kind::Method, Some("Add a phone")));
    scene::is(scene::answer(&stage.phone, &card, Decision::Deny).await?, Verdict::Denied)?;
    browser.choose("Continue").await?;
    browser.expect("The change was denied on Mira's phone")?;
    browser.open("/security-info/add").await?;
    assert_eq!(browser.heading(), "Security info");
    Ok(())
}

#[tokio::test]
async fn an_approval_opens_the_changes_for_ten_minutes_and_no_sign_in() -> Story {
    let mut stage = Stage::ready().await?;
    stage.open_changes().await?;
    stage.world.clock.step(10 * 60 + 1);
    stage.browser.open("/security-info/add").await?;
    assert_eq!(stage.browser.heading(), "Security info");
    let mut other = stage.world.browser()?;
    scene::sign_in(&mut other, &stage.person).await?;
    is_out(&mut other).await
}

#[tokio::test]
async fn one_request_waits_at_a_time_and_its_approval_opens_its_own_browser_only() -> Story {
    let stage = Stage::ready().await?;
    let (mut browser, card) = stage.asked().await?;
    let mut other = stage.world.browser()?;
    scene::sign_in(&mut other, &stage.person).await?;
    other.expect("Your phone is being asked for another browser")?;
    other.expect("Use a code")?;
    stage.phone.authenticator.refresh().await.unwrap();
    assert_eq!(waiting(&stage.phone.authenticator.snapshot()), [card.id]);
    approve(&mut browser, &stage.phone, &card).await?;
    is_in(&mut browser).await?;
    is_out(&mut other).await
}

#[tokio::test]
async fn after_a_request_without_approval_the_next_one_has_to_wait() -> Story {
    let stage = Stage::ready().await?;
    let (mut browser, card) = stage.asked().await?;
    scene::is(scene::answer(&stage.phone, &card, Decision::Deny).await?, Verdict::Denied)?;
    browser.reload().await?;
    browser.expect("The sign-in was denied on Mira's phone")?;
    let mut other = stage.world.browser()?;
    scene::sign_in(&mut other, &stage.person).await?;
    other.expect("We asked a moment ago")?;
    stage.phone.authenticator.refresh().await.unwrap();
    assert!(waiting(&stage.phone.authenticator.snapshot()).is_empty());
    // A code is never closed by that.
    other.open("/approve/code").await?;
    other.press("Next", &[("code", &code(&stage.phone, stage.entry))]).await?;
    is_in(&mut other).await?;

    stage.world.clock.step(11);
    browser.reload().await?;
    browser.choose("Send again").await?;
    let card = stage.phone.request().await?;
    approve(&mut browser, &stage.phone, &card).await?;
    is_in(&mut browser).await?;
    // An approval resets it.
    let (mut third, card) = stage.asked().await?;
    approve(&mut third, &stage.phone, &card).await
}

#[tokio::test]
async fn i14_signing_out_cancels_the_request_that_waits() -> Story {
    let stage = Stage::ready().await?;
    let (mut browser, card) = stage.asked().await?;
    let typed = scene::number(&browser)?;
    browser.open("/sign-out").await?;
    browser.choose("Sign out").await?;
    browser.expect("You are signed out")?;
    ends_as(&stage.phone, card.id, Verdict::Cancelled, None).await?;
    let late = stage.phone.authenticator.answer(card.account_id, card.id, Decision::Approve { typed });
    assert!(late.await.is_err());
    is_out(&mut browser).await
}

#[tokio::test]
async fn opening_pages_ends_no_sign_in_and_changes_no_cookie_until_continue_is_pressed() -> Story {
    let stage = Stage::ready().await?;
    let (mut browser, card) = stage.asked().await?;
    let typed = scene::number(&browser)?;
    scene::is(scene::answer(&stage.phone, &card, Decision::Approve { typed }).await?, Verdict::Approved)?;
    let before = browser.cookies().clone();
    for address in ["/approve", "/", "/sign-in", "/approve?asked", "/set-up/success"] {
        browser.open(address).await?;
        browser.expect("The sign-in is approved")?;
        assert_eq!(browser.cookies(), &before, "{address}");
    }
    is_out(&mut browser).await?;
    browser.open("/approve").await?;
    browser.choose("Continue").await?;
    browser.expect("Update info")?;
    assert_ne!(browser.cookies(), &before);
    is_in(&mut browser).await
}

#[tokio::test]
async fn i15_a_renamed_person_shows_at_the_next_contact_in_the_same_account() -> Story {
    let mut stage = Stage::ready().await?;
    stage.world.take_down().await;
    stage.world.rename(&stage.person.user_name, "mira.lund@halden.example", "Mira Lund").await?;
    stage.world.bring_back().await?;
    let entry = stage.entry;
    let renamed = stage.phone.wait_for("new name", move |snapshot| {
        let row = snapshot.accounts.iter().find(|row| row.id == entry)?;
        (row.account == "mira.lund@halden.example").then_some(row.state.clone())
    });
    assert_eq!(renamed.await?, AccountState::Ready);
    let renamed = scene::Credentials { user_name: "mira.lund@halden.example".to_owned(), ..stage.person };
    let mut other = stage.world.browser()?;
    scene::sign_in(&mut other, &renamed).await?;
    let card = stage.phone.request().await?;
    assert_eq!(card.account, "mira.lund@halden.example");
    approve(&mut other, &stage.phone, &card).await?;
    is_in(&mut other).await
}
