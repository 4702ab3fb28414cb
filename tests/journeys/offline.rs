//! The server is away, comes back, or has moved.

use std::net::SocketAddr;

use countersign_core::authenticator::{AccountState, CoreError, Decision, Outcome, Removed};
use countersign_demo::picture::read_qr;
use countersign_demo::scene::{self, By};
use countersign_protocol::{BaseUrl, Verdict};
use countersign_server::Urls;
use tokio::net::{TcpListener, TcpStream};

use crate::stage::{
    Stage, Story, answer_unheard, approve, code, comes_to_show, ends_as, host, is_in, only, world,
};

#[tokio::test]
async fn an_account_whose_server_is_away_is_not_added_and_leaves_nothing() -> Story {
    let mut world = world().await?;
    let (mut browser, phone) = (world.browser()?, world.phone("Mira's phone").await?);
    scene::sign_in(&mut browser, &world.person(0)?).await?;
    scene::open_wizard(&mut browser).await?;
    let text = read_qr(browser.html()).ok_or("no QR code")?;
    let host = host(&world);
    world.take_down().await;
    let offer = phone.authenticator.read_offer(text).await.unwrap();
    let refused = phone.authenticator.add(std::sync::Arc::clone(&offer), None).await;
    assert_eq!(refused, Err(CoreError::Unreachable { host }));
    assert!(phone.authenticator.snapshot().accounts.is_empty());
    // The page, its code and the session are all there when the server is.
    world.bring_back().await?;
    browser.reload().await?;
    browser.expect("Scan the QR code")?;
    phone.authenticator.add(offer, None).await.unwrap();
    browser.choose("Next").await?;
    browser.expect("Is this your phone?")
}

#[tokio::test]
async fn an_approval_while_the_server_is_away_arrives_when_it_is_back() -> Story {
    let mut stage = Stage::ready().await?;
    let (mut browser, card) = stage.asked().await?;
    let typed = scene::number(&browser)?;
    stage.world.take_down().await;
    let answer = answer_unheard(&stage.phone, &card, Decision::Approve { typed }).await?;
    assert!(!answer.is_finished());
    stage.world.bring_back().await?;
    let outcome = answer.await.map_err(|error| error.to_string())?;
    assert_eq!(outcome, Ok(Outcome::Verdict { verdict: Verdict::Approved, phone: None }));
    browser.choose("Continue").await?;
    is_in(&mut browser).await
}

#[tokio::test]
async fn an_approval_that_was_signed_survives_the_death_of_the_app() -> Story {
    let mut stage = Stage::ready().await?;
    let (mut browser, card) = stage.asked().await?;
    let typed = scene::number(&browser)?;
    stage.world.take_down().await;
    let answer = answer_unheard(&stage.phone, &card, Decision::Approve { typed }).await?;
    // Signed and kept; then the app is killed.
    answer.abort();
    let _ = answer.await;
    let mut stage = stage.restart_phone().await?;
    stage.world.bring_back().await?;
    comes_to_show(&mut browser, "The sign-in is approved").await?;
    browser.choose("Continue").await?;
    is_in(&mut browser).await?;
    stage.world.take_down().await;
    Ok(())
}

#[tokio::test]
async fn an_answer_that_never_arrived_is_not_called_success() -> Story {
    let mut stage = Stage::ready().await?;
    let (browser, card) = stage.asked().await?;
    let typed = scene::number(&browser)?;
    stage.world.take_down().await;
    let answer = answer_unheard(&stage.phone, &card, Decision::Approve { typed }).await?;
    // A minute after its end nobody tries any more.
    stage.world.clock.step(60 + 61);
    assert_eq!(answer.await.map_err(|error| error.to_string())?, Ok(Outcome::NotConfirmed));
    Ok(())
}

#[tokio::test]
async fn s68_s71_a_removal_that_the_server_could_not_hear_reaches_it_later_also_after_a_restart() -> Story {
    let mut stage = Stage::ready().await?;
    stage.world.take_down().await;
    let code = code(&stage.phone, stage.entry);
    assert_eq!(code.len(), 6);
    assert_eq!(stage.phone.authenticator.remove(stage.entry).await, Ok(Removed::ServerHearsLater));
    assert!(stage.phone.authenticator.snapshot().accounts.is_empty());
    let mut stage = stage.restart_phone().await?;
    assert!(stage.phone.authenticator.snapshot().accounts.is_empty());
    stage.world.bring_back().await?;
    stage.phone.authenticator.refresh().await.unwrap();
    let mut browser = stage.world.browser()?;
    scene::sign_in(&mut browser, &stage.person).await?;
    browser.expect("This takes more than a password")
}

#[tokio::test]
async fn the_account_says_that_its_server_is_away_and_keeps_making_codes() -> Story {
    let mut stage = Stage::ready().await?;
    stage.world.take_down().await;
    stage.phone.authenticator.refresh().await.unwrap();
    assert!(only(&stage.phone).unreachable);
    assert_eq!(only(&stage.phone).state, AccountState::Ready);
    let code = code(&stage.phone, stage.entry);
    stage.world.bring_back().await?;
    stage.phone.authenticator.refresh().await.unwrap();
    assert!(!only(&stage.phone).unreachable);
    let mut browser = stage.world.browser()?;
    scene::sign_in(&mut browser, &stage.person).await?;
    browser.open("/approve/code").await?;
    browser.press("Next", &[("code", &code)]).await?;
    is_in(&mut browser).await
}

#[tokio::test]
async fn a_restart_of_the_server_loses_nothing_that_was_confirmed() -> Story {
    let mut stage = Stage::ready().await?;
    let (mut browser, card) = stage.asked().await?;
    stage.world.take_down().await;
    stage.world.bring_back().await?;
    browser.reload().await?;
    approve(&mut browser, &stage.phone, &card).await?;
    is_in(&mut browser).await?;
    is_in(&mut stage.browser).await
}

/// Listens at a new address and passes everything on to the old one.
async fn forward(to: SocketAddr) -> Result<(SocketAddr, tokio::task::JoinHandle<()>), String> {
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(|error| error.to_string())?;
    let at = listener.local_addr().map_err(|error| error.to_string())?;
    let forwarding = tokio::spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            tokio::spawn(async move {
                let Ok(mut far) = TcpStream::connect(to).await else { return };
                let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
            });
        }
    });
    Ok((at, forwarding))
}

#[tokio::test]
async fn i16_the_app_follows_the_server_to_another_address() -> Story {
    let mut stage = Stage::ready().await?;
    let running = &stage.world.demo.as_ref().ok_or("no server")?.running;
    let (old, pages) = (running.phone_address(), running.pages_url().clone());
    let (new, forwarding) = forward(old).await?;
    let phone = BaseUrl::new(format!("https://localhost:{}", new.port())).unwrap();
    stage.world.take_down().await;
    // The statement is newer than the one before by the clock.
    stage.world.clock.step(1);
    stage.world.reconfigure(|config| config.urls = Urls::Fixed { pages, phone });
    stage.world.bring_back().await?;
    // The old address hands over the statement; from then on the new one is asked.
    for _ in 0..3 {
        stage.phone.authenticator.refresh().await.unwrap();
    }
    stage.phone.authenticator.set_active(false).await;
    stage.world.take_down().await;
    forwarding.abort();
    let _ = forwarding.await;
    // Now nothing is left at the old address.
    stage.world.reconfigure(|config| config.phone_listen = Some(new));
    stage.world.bring_back().await?;
    assert!(TcpStream::connect(old).await.is_err());
    let stage = stage.restart_phone().await?;
    let (mut browser, card) = stage.asked().await?;
    approve(&mut browser, &stage.phone, &card).await?;
    is_in(&mut browser).await?;
    ends_as(&stage.phone, card.id, Verdict::Approved, None).await?;

    // An account that is added there is the same server's.
    let (mut other, jonas) = (stage.world.browser()?, stage.world.person(1)?);
    let phone = stage.world.phone("Jonas's phone").await?;
    scene::enrol(&mut other, &jonas, &phone, By::QrCode).await?;
    Ok(())
}
