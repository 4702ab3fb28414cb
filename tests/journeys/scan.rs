//! The code that adds an account: scanned, typed or opened as a link; expired, used by another phone, used before.

use countersign_core::authenticator::{AccountState, CoreError, OfferView};
use countersign_demo::phone::Phone;
use countersign_demo::picture::read_qr;
use countersign_demo::scene::{self, By};
use countersign_protocol::{ProblemCode, RemovalReason};

use crate::stage::{Stage, Story, code, comes_to_show, host, is_in, only, world};

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
