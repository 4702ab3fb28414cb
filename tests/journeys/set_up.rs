//! From the password to the first phone: the prompt, the wizard, the test of the app beside it.

use countersign_core::authenticator::{AccountState, Decision};
use countersign_demo::picture::read_qr;
use countersign_demo::scene::{self, By};
use countersign_protocol::{Kind, RemovalReason, Verdict};

use crate::stage::{Stage, Story, code, ends_as, is_in, only, waiting, world};

#[tokio::test]
async fn s1_s11_s15_s16_s23_the_prompt_stands_before_everything_and_leads_to_the_qr_code() -> Story {
    let world = world().await?;
    let mut browser = world.browser()?;
    scene::sign_in(&mut browser, &world.person(0)?).await?;
    for page in ["/", "/account", "/security-info", "/security-info/add", "/approve", "/set-up/success"] {
        browser.open(page).await?;
        browser.expect("More information required")?;
    }
    browser.choose("Next").await?;
    browser.expect("Keep your account secure")?;
    browser.expect("Authenticator app")?;
    browser.expect("Get the app")?;
    assert_eq!(
        browser.attribute("a.button, .download a, main a[href^=https]", "href").as_deref(),
        Some("https://countersign.example/app")
    );
    browser.choose("Next").await?;
    browser.expect("Set up your account")?;
    // The phone takes its time.
    world.clock.step(30 * 60);
    browser.reload().await?;
    browser.expect("Set up your account")?;
    browser.choose("Next").await?;
    browser.expect("Scan the QR code")?;
    let text = read_qr(browser.html()).ok_or("no QR code")?;
    assert!(text.starts_with("countersign://activate?v=1&s=https%3A%2F%2Flocalhost"), "{text}");
    // Another person's is another.
    let mut other = world.browser()?;
    scene::sign_in(&mut other, &world.person(1)?).await?;
    scene::open_wizard(&mut other).await?;
    assert_ne!(read_qr(other.html()), Some(text));
    Ok(())
}

#[tokio::test]
async fn s26_s27_s28_s29_s37_the_test_goes_to_the_new_app_alone_and_its_approval_saves_it() -> Story {
    let world = world().await?;
    let (mut browser, phone) = (world.browser()?, world.phone("Mira's phone").await?);
    let (mut other, bystander) = (world.browser()?, world.phone("Jonas's phone").await?);
    scene::enrol(&mut other, &world.person(1)?, &bystander, By::QrCode).await?;
    let seen = bystander.authenticator.snapshot().requests.len();
    scene::sign_in(&mut browser, &world.person(0)?).await?;
    scene::open_wizard(&mut browser).await?;
    scene::add(&mut browser, &phone, By::QrCode).await?;
    assert!(phone.authenticator.snapshot().requests.is_empty());
    browser.choose("Yes, the same").await?;
    let card = phone.request().await?;
    assert_eq!((card.kind, card.organisation.as_str()), (Kind::Test, "Halden College"));
    // Next before the approval: the page says what it waits for.
    browser.choose("Next").await?;
    browser.expect("Your phone has not answered yet")?;
    for early in ["/set-up/app/connected", "/set-up/success", "/account"] {
        browser.open(early).await?;
        assert!(!browser.shows("Your app is connected") && !browser.shows("Success"), "{early}");
    }
    browser.open("/set-up/app/test").await?;
    let typed = scene::number(&browser)?;
    scene::is(scene::answer(&phone, &card, Decision::Approve { typed }).await?, Verdict::Approved)?;
    browser.reload().await?;
    browser.expect("Your app is connected")?;
    browser.expect("It is now your default for two-step verification")?;
    phone.state(AccountState::Ready).await?;
    browser.choose("Next").await?;
    browser.expect("Success")?;
    browser.expect("Authenticator app Default")?;
    browser.expect("Mira's phone")?;
    browser.choose("Done").await?;
    is_in(&mut browser).await?;
    bystander.authenticator.refresh().await.unwrap();
    assert_eq!(bystander.authenticator.snapshot().requests.len(), seen);
    Ok(())
}

#[tokio::test]
async fn i2_a_test_that_is_denied_wrong_or_expired_says_which_and_is_sent_again() -> Story {
    let world = world().await?;
    let (mut browser, phone) = (world.browser()?, world.phone("Mira's phone").await?);
    scene::sign_in(&mut browser, &world.person(0)?).await?;
    scene::open_wizard(&mut browser).await?;
    scene::add(&mut browser, &phone, By::QrCode).await?;
    browser.choose("Yes, the same").await?;

    let card = phone.request().await?;
    scene::is(scene::answer(&phone, &card, Decision::Deny).await?, Verdict::Denied)?;
    browser.reload().await?;
    browser.expect("You denied the request on Mira's phone")?;
    browser.expect("Use a code instead")?;
    browser.choose("Send again").await?;

    let card = phone.request().await?;
    let typed = scene::another_number(&scene::number(&browser)?);
    scene::is(scene::answer(&phone, &card, Decision::Approve { typed }).await?, Verdict::WrongNumber)?;
    browser.reload().await?;
    browser.expect("That was not the number")?;
    browser.choose("Send again").await?;

    let card = phone.request().await?;
    world.clock.step(61);
    browser.reload().await?;
    browser.expect("The request has expired")?;
    browser.expect("Is the phone online?")?;
    browser.expect("Use a code instead")?;
    phone.authenticator.refresh().await.unwrap();
    ends_as(&phone, card.id, Verdict::Expired, None).await?;
    browser.choose("Send again").await?;

    let card = phone.request().await?;
    let typed = scene::number(&browser)?;
    scene::is(scene::answer(&phone, &card, Decision::Approve { typed }).await?, Verdict::Approved)?;
    browser.choose("Next").await?;
    browser.expect("Your app is connected")
}

#[tokio::test]
async fn i2_a_code_instead_saves_the_phone_for_codes_and_a_later_test_for_approvals() -> Story {
    let world = world().await?;
    let person = world.person(0)?;
    let (mut browser, phone) = (world.browser()?, world.phone("Mira's phone").await?);
    scene::sign_in(&mut browser, &person).await?;
    scene::open_wizard(&mut browser).await?;
    let entry = scene::add(&mut browser, &phone, By::QrCode).await?;
    browser.choose("Yes, the same").await?;
    browser.choose("Use a code instead").await?;
    let wrong = scene::another_number(&code(&phone, entry));
    browser.press("Next", &[("code", &wrong)]).await?;
    browser.expect("That is not the code")?;
    browser.press("Next", &[("code", &code(&phone, entry))]).await?;
    browser.expect("It approves sign-ins once it has approved a test")?;
    phone.state(AccountState::CodesOnly).await?;
    browser.choose("Next").await?;
    browser.choose("Done").await?;

    // A sign-in asks no phone that approves nothing yet; its codes do.
    world.clock.step(60);
    let mut second = world.browser()?;
    scene::sign_in(&mut second, &person).await?;
    second.press("Next", &[("code", &code(&phone, entry))]).await?;
    is_in(&mut second).await?;

    // The test on Security info makes it whole.
    world.clock.step(60);
    second.open("/security-info").await?;
    second.choose("Test it").await?;
    second.press("Next", &[("code", &code(&phone, entry))]).await?;
    second.choose("Test it").await?;
    let card = phone.request().await?;
    let typed = scene::number(&second)?;
    scene::is(scene::answer(&phone, &card, Decision::Approve { typed }).await?, Verdict::Approved)?;
    phone.state(AccountState::Ready).await
}

#[tokio::test]
async fn i2_the_app_finds_what_waits_on_pull_and_on_coming_to_the_front() -> Story {
    let stage = Stage::ready().await?;
    stage.phone.authenticator.set_active(false).await;
    let mut browser = stage.world.browser()?;
    scene::sign_in(&mut browser, &stage.person).await?;
    assert!(waiting(&stage.phone.authenticator.snapshot()).is_empty());
    stage.phone.authenticator.refresh().await.unwrap();
    let pulled = waiting(&stage.phone.authenticator.snapshot());
    assert_eq!(pulled.len(), 1);
    let card = stage.phone.request().await?;
    scene::is(scene::answer(&stage.phone, &card, Decision::Deny).await?, Verdict::Denied)?;

    stage.world.clock.step(3600);
    let mut browser = stage.world.browser()?;
    scene::sign_in(&mut browser, &stage.person).await?;
    assert!(waiting(&stage.phone.authenticator.snapshot()).is_empty());
    stage.phone.authenticator.set_active(true).await;
    let card = stage.phone.request().await?;
    assert_ne!(pulled, [card.id]);
    Ok(())
}

#[tokio::test]
async fn the_first_look_after_set_up_is_saved_finds_the_sign_in_that_waits() -> Story {
    let world = world().await?;
    let (mut browser, phone) = (world.browser()?, world.phone("Mira's phone").await?);
    // As the commands have it: nothing asks but them.
    phone.authenticator.set_active(false).await;
    let person = world.person(0)?;
    scene::sign_in(&mut browser, &person).await?;
    scene::open_wizard(&mut browser).await?;
    scene::add(&mut browser, &phone, By::QrCode).await?;
    browser.choose("Yes, the same").await?;
    phone.authenticator.refresh().await.unwrap();
    let test = phone.request().await?;
    scene::answer(&phone, &test, Decision::Approve { typed: scene::number(&browser)? }).await?;
    browser.choose("Next").await?;
    browser.expect("Your app is connected")?;
    let mut other = world.browser()?;
    scene::sign_in(&mut other, &person).await?;
    other.expect("Approve it on your phone")?;
    assert!(matches!(only(&phone).state, AccountState::Pending { .. }), "it has not heard of Save yet");
    phone.authenticator.refresh().await.unwrap();
    assert_eq!(waiting(&phone.authenticator.snapshot()).len(), 1);
    Ok(())
}

#[tokio::test]
async fn i4_next_before_the_phone_has_scanned_says_what_the_page_waits_for() -> Story {
    let world = world().await?;
    let (mut browser, phone) = (world.browser()?, world.phone("Mira's phone").await?);
    scene::sign_in(&mut browser, &world.person(0)?).await?;
    scene::open_wizard(&mut browser).await?;
    let text = read_qr(browser.html());
    browser.choose("Next").await?;
    browser.expect("Your phone has not scanned the code yet")?;
    assert_eq!(read_qr(browser.html()), text);
    // Once the phone has, the same page leads on.
    let offer = phone.authenticator.read_offer(text.ok_or("no QR code")?).await.unwrap();
    phone.authenticator.add(offer, None).await.unwrap();
    browser.reload().await?;
    browser.expect("Is this your phone?")
}

#[tokio::test]
async fn i5_who_leaves_the_wizard_finds_it_again_and_what_was_finished_stays() -> Story {
    let world = world().await?;
    let person = world.person(0)?;
    let (mut browser, phone) = (world.browser()?, world.phone("Mira's phone").await?);
    scene::sign_in(&mut browser, &person).await?;
    scene::open_wizard(&mut browser).await?;
    scene::add(&mut browser, &phone, By::QrCode).await?;
    drop(browser);

    let again = world.phone("Mira's other phone").await?;
    let mut browser = world.browser()?;
    scene::sign_in(&mut browser, &person).await?;
    scene::open_wizard(&mut browser).await?;
    scene::add(&mut browser, &again, By::QrCode).await?;
    scene::prove(&mut browser, &again).await?;
    browser.expect("Your app is connected")?;
    drop(browser);

    // The app is finished, so nothing is asked for any more but the app itself.
    let mut browser = world.browser()?;
    scene::sign_in(&mut browser, &person).await?;
    browser.expect("Approve it on your phone")?;
    // The phone that was never proved is nobody's.
    world.clock.step(31 * 60);
    phone.authenticator.refresh().await.unwrap();
    assert!(matches!(only(&phone).state, AccountState::Removed { .. }));
    Ok(())
}

#[tokio::test]
async fn no_to_is_this_your_phone_removes_it() -> Story {
    let world = world().await?;
    let (mut browser, phone) = (world.browser()?, world.phone("Somebody's phone").await?);
    scene::sign_in(&mut browser, &world.person(0)?).await?;
    scene::open_wizard(&mut browser).await?;
    scene::add(&mut browser, &phone, By::QrCode).await?;
    browser.choose("No, remove it").await?;
    browser.expect("Somebody's phone was removed")?;
    phone.state(AccountState::Removed { reason: RemovalReason::Check }).await?;
    // It was never a method, so the wizard is open as before.
    browser.open("/account").await?;
    browser.expect("More information required")
}
