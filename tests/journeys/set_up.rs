//! From the password to the first phone: the prompt, the wizard, the app beside it.

use countersign_core::authenticator::{AccountState, CardState, CoreError, Decision, OfferView, UnlockWith};
use countersign_demo::phone::Phone;
use countersign_demo::picture::read_qr;
use countersign_demo::scene::{self, By};
use countersign_protocol::{Kind, ProblemCode, RemovalReason, Verdict};

use crate::stage::{Stage, Story, code, comes_to_show, ends_as, host, is_in, only, waiting, world};

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
async fn s24_a_scan_adds_the_account_and_asks_for_nothing_more() -> Story {
    let world = world().await?;
    let (mut browser, phone) = (world.browser()?, world.phone("Mira's phone").await?);
    let person = world.person(0)?;
    scene::sign_in(&mut browser, &person).await?;
    scene::open_wizard(&mut browser).await?;
    scene::add(&mut browser, &phone, By::QrCode).await?;
    let row = only(&phone);
    assert_eq!((row.organisation.as_str(), row.account), ("Halden College", person.user_name));
    assert_eq!(row.host, Some(host(&world)));
    assert!(matches!(row.state, AccountState::Pending { .. }));
    browser.expect("Mira's phone")
}

#[tokio::test]
async fn s25_typed_code_and_url_do_what_the_scan_does() -> Story {
    let world = world().await?;
    let (mut browser, phone) = (world.browser()?, world.phone("Mira's phone").await?);
    let entry = scene::enrol(&mut browser, &world.person(0)?, &phone, By::Typing).await?;
    assert_eq!(only(&phone).state, AccountState::Ready);
    assert_eq!(code(&phone, entry).len(), 6);
    is_in(&mut browser).await
}

#[tokio::test]
async fn i7_the_link_of_the_page_is_the_qr_code_and_shows_its_host_before_it_adds() -> Story {
    let world = world().await?;
    let (mut browser, phone) = (world.browser()?, world.phone("Mira's phone").await?);
    scene::sign_in(&mut browser, &world.person(0)?).await?;
    scene::open_wizard(&mut browser).await?;
    let link = browser.attribute("a[href^='countersign:']", "href").ok_or("no link")?;
    assert_eq!(Some(&link), read_qr(browser.html()).as_ref());
    let offer = phone.authenticator.read_offer(link).await.unwrap();
    assert_eq!(*offer.view(), OfferView::Work { host: host(&world), is_known: false });
    assert!(phone.authenticator.snapshot().accounts.is_empty());
    phone.authenticator.add(offer, None).await.unwrap();
    assert!(matches!(only(&phone).state, AccountState::Pending { .. }));
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
async fn i3_an_expired_code_says_so_on_both_sides_and_a_new_one_is_one_press_away() -> Story {
    let world = world().await?;
    let (mut browser, phone) = (world.browser()?, world.phone("Mira's phone").await?);
    scene::sign_in(&mut browser, &world.person(0)?).await?;
    scene::open_wizard(&mut browser).await?;
    let old = read_qr(browser.html()).ok_or("no QR code")?;
    world.clock.step(10 * 60 + 1);
    let offer = phone.authenticator.read_offer(old.clone()).await.unwrap();
    let refused = phone.authenticator.add(offer, None).await;
    let code = ProblemCode::ActivationExpired;
    assert_eq!(refused, Err(CoreError::Server { host: host(&world), code }));
    assert!(phone.authenticator.snapshot().accounts.is_empty());
    browser.reload().await?;
    browser.expect("This code has expired")?;
    browser.choose("Show a new code").await?;
    assert_ne!(read_qr(browser.html()), Some(old));
    scene::add(&mut browser, &phone, By::QrCode).await?;
    Ok(())
}

#[tokio::test]
async fn i3_a_second_phone_gets_already_used_and_the_page_names_both() -> Story {
    let world = world().await?;
    let mut browser = world.browser()?;
    let (first, second) = (world.phone("Thief's phone").await?, world.phone("Mira's phone").await?);
    scene::sign_in(&mut browser, &world.person(0)?).await?;
    scene::open_wizard(&mut browser).await?;
    let text = read_qr(browser.html()).ok_or("no QR code")?;
    let offer = first.authenticator.read_offer(text.clone()).await.unwrap();
    first.authenticator.add(offer, None).await.unwrap();
    let offer = second.authenticator.read_offer(text).await.unwrap();
    let refused = second.authenticator.add(offer, None).await;
    let code = ProblemCode::ActivationUsed;
    assert_eq!(refused, Err(CoreError::Server { host: host(&world), code }));
    assert!(second.authenticator.snapshot().accounts.is_empty());

    browser.reload().await?;
    browser.expect("This code has been used already")?;
    browser.expect("Thief's phone")?;
    browser.expect("Mira's phone")?;
    browser.choose("No, remove Thief's phone").await?;
    browser.expect("Thief's phone was removed")?;
    first.state(AccountState::Removed { reason: RemovalReason::Check }).await?;
    browser.choose("Show a new code").await?;
    scene::add(&mut browser, &second, By::QrCode).await?;
    scene::prove(&mut browser, &second).await?;
    browser.expect("Your app is connected")
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
async fn s62_a_phone_knows_the_code_that_it_has_used_itself() -> Story {
    let world = world().await?;
    let mut browser = world.browser()?;
    let (first, second) = (world.phone("Mira's phone").await?, world.phone("Mira's tablet").await?);
    let is_known = async |phone: &Phone, text: &str| {
        let offer = phone.authenticator.read_offer(text.to_owned()).await.unwrap();
        matches!(offer.view(), OfferView::Work { is_known: true, .. })
    };
    scene::sign_in(&mut browser, &world.person(0)?).await?;
    scene::open_wizard(&mut browser).await?;
    let text = read_qr(browser.html()).ok_or("no QR code")?;
    assert!(!is_known(&first, &text).await);
    let offer = first.authenticator.read_offer(text.clone()).await.unwrap();
    first.authenticator.add(offer, None).await.unwrap();
    assert!(is_known(&first, &text).await);
    assert!(!is_known(&second, &text).await, "to another phone it is one that somebody has used");
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
async fn s62_adding_an_account_that_the_app_has_takes_the_place_of_the_old_one() -> Story {
    let mut stage = Stage::ready().await?;
    stage.open_changes().await?;
    stage.browser.choose("Authenticator app").await?;
    stage.browser.choose("Next").await?;
    let new = scene::add(&mut stage.browser, &stage.phone, By::QrCode).await?;
    // Until it is saved the old one is as it was.
    let snapshot = stage.phone.authenticator.snapshot();
    let old = snapshot.accounts.iter().find(|row| row.id == stage.entry).ok_or("the old one is gone")?;
    assert_eq!((snapshot.accounts.len(), &old.state), (2, &AccountState::Ready));
    scene::prove(&mut stage.browser, &stage.phone).await?;
    stage.browser.choose("Save").await?;
    let entry = stage.entry;
    let is_replaced = stage.phone.wait_for("one account", move |snapshot| {
        (snapshot.accounts.len() == 1 && snapshot.accounts[0].id != entry).then_some(())
    });
    is_replaced.await?;
    assert_eq!((only(&stage.phone).id, only(&stage.phone).state), (new, AccountState::Ready));
    stage.browser.open("/security-info").await?;
    comes_to_show(&mut stage.browser, "1 of 5").await?;
    let (mut browser, card) = stage.asked().await?;
    crate::stage::approve(&mut browser, &stage.phone, &card).await?;
    is_in(&mut browser).await
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

#[tokio::test]
async fn a_locked_app_adds_nothing_and_shows_requests_without_approving() -> Story {
    let stage = Stage::ready().await?;
    stage.phone.authenticator.lock();
    let (browser, card) = stage.asked().await?;
    let typed = scene::number(&browser)?;
    let refused = stage.phone.authenticator.answer(card.account_id, card.id, Decision::Approve { typed });
    assert_eq!(refused.await, Err(CoreError::Locked));
    assert_eq!(stage.phone.request().await?.state, CardState::Waiting);
    stage.phone.authenticator.unlock(UnlockWith::KeyStore).await.unwrap();
    scene::is(scene::answer(&stage.phone, &card, Decision::Deny).await?, Verdict::Denied)?;
    Ok(())
}
