//! Activations that somebody tampers with, copies or comes late to.

use countersign_core::authenticator::{AccountState, CoreError, Distrust};
use countersign_core::enrolment::Refusal;
use countersign_demo::browser::Browser;
use countersign_demo::phone::Phone;
use countersign_demo::picture::read_qr;
use countersign_demo::scene::{self, By};
use countersign_demo::world::World;
use countersign_protocol::{ActivationLink, Hash, ProblemCode, ServerId};

use crate::stage::{Story, code, host, is_out, only, world};

/// A browser on the QR page, and what its QR code holds.
pub async fn at_the_code(world: &World) -> Result<(Browser, String), String> {
    let mut browser = world.browser()?;
    scene::sign_in(&mut browser, &world.person(0)?).await?;
    scene::open_wizard(&mut browser).await?;
    let text = read_qr(browser.html()).ok_or("no QR code")?;
    Ok((browser, text))
}

async fn scan(phone: &Phone, text: &str) -> Result<(), CoreError> {
    let offer = phone.authenticator.read_offer(text.to_owned()).await?;
    phone.authenticator.add(offer, None).await.map(|_| ())
}

fn server_says(world: &World, code: ProblemCode) -> Result<(), CoreError> {
    Err(CoreError::Server { host: host(world), code })
}

fn untrusted(world: &World, why: Distrust) -> Result<(), CoreError> {
    Err(CoreError::Untrusted { host: host(world), why })
}

#[tokio::test]
async fn another_tls_key_than_the_qr_code_names_is_refused_and_nothing_stays() -> Story {
    let world = world().await?;
    let (_browser, text) = at_the_code(&world).await?;
    let phone = world.phone("Mira's phone").await?;
    let mut link = ActivationLink::parse(&text).unwrap();
    link.tls_key = Some(Hash::from_bytes([7; 32]));
    assert_eq!(scan(&phone, &link.expose()).await, untrusted(&world, Distrust::TlsKey));
    // Without a pin the system would have to trust the certificate; this one is of its own making.
    link.tls_key = None;
    assert_eq!(scan(&phone, &link.expose()).await, untrusted(&world, Distrust::Certificate));
    assert!(phone.authenticator.snapshot().accounts.is_empty());
    // The code was not used up by that.
    assert_eq!(scan(&phone, &text).await, Ok(()));
    Ok(())
}

#[tokio::test]
async fn another_server_id_than_the_qr_code_names_is_refused_and_nothing_stays() -> Story {
    let world = world().await?;
    let (_browser, text) = at_the_code(&world).await?;
    let phone = world.phone("Mira's phone").await?;
    let mut link = ActivationLink::parse(&text).unwrap();
    link.server = ServerId::from_bytes([7; 32]);
    assert_eq!(scan(&phone, &link.expose()).await, server_says(&world, ProblemCode::BadCall));
    assert!(phone.authenticator.snapshot().accounts.is_empty());
    assert_eq!(scan(&phone, &text).await, Ok(()));
    Ok(())
}

#[tokio::test]
async fn a_code_that_the_server_never_made_adds_nothing() -> Story {
    let world = world().await?;
    let (mut browser, text) = at_the_code(&world).await?;
    let phone = world.phone("Mira's phone").await?;
    let code = text.split("&c=").nth(1).and_then(|rest| rest.split('&').next()).ok_or("no code")?;
    let guessed = text.replace(code, "AAAAAAAAAAAAAAAAAAAAAA");
    assert_eq!(scan(&phone, &guessed).await, server_says(&world, ProblemCode::ActivationUnknown));
    assert!(phone.authenticator.snapshot().accounts.is_empty());
    browser.choose("Next").await?;
    browser.expect("Your phone has not scanned the code yet")
}

#[tokio::test]
async fn of_two_phones_that_scan_one_code_at_once_exactly_one_has_it() -> Story {
    let world = world().await?;
    let (mut browser, text) = at_the_code(&world).await?;
    let (one, other) = (world.phone("One").await?, world.phone("Other").await?);
    let (first, second) = tokio::join!(scan(&one, &text), scan(&other, &text));
    let used = server_says(&world, ProblemCode::ActivationUsed);
    let (winner, loser) = match (first, second) {
        (Ok(()), second) if second == used => (one, other),
        (first, Ok(())) if first == used => (other, one),
        both => return Err(format!("{both:?}")),
    };
    assert!(matches!(only(&winner).state, AccountState::Pending { .. }));
    assert!(loser.authenticator.snapshot().accounts.is_empty());
    browser.reload().await?;
    browser.expect("This code has been used already")
}

#[tokio::test]
async fn a_code_belongs_to_its_session_and_ends_with_it() -> Story {
    let world = world().await?;
    let (mut browser, text) = at_the_code(&world).await?;
    // Another session of the same person has nothing of it.
    let mut other = world.browser()?;
    scene::sign_in(&mut other, &world.person(0)?).await?;
    scene::open_wizard(&mut other).await?;
    assert_ne!(read_qr(other.html()).as_ref(), Some(&text));
    let phone = world.phone("Mira's phone").await?;
    scan(&phone, &text).await.map_err(|error| error.to_string())?;
    other.reload().await?;
    other.expect("Scan the QR code")?;
    for page in ["/set-up/app/check", "/set-up/app/test"] {
        other.open(page).await?;
        other.expect("Scan the QR code")?;
    }
    browser.reload().await?;
    browser.expect("Is this your phone?")?;

    // And the code of a session that ended is none.
    let dead = read_qr({
        other.open("/set-up/app/scan").await?;
        other.html()
    });
    other.open("/sign-out").await?;
    other.choose("Sign out").await?;
    let second = world.phone("Mira's tablet").await?;
    let late = scan(&second, &dead.ok_or("no QR code")?).await;
    assert_eq!(late, server_says(&world, ProblemCode::ActivationUnknown));
    assert!(second.authenticator.snapshot().accounts.is_empty());
    is_out(&mut other).await
}

#[tokio::test]
async fn a_new_code_ends_the_one_before() -> Story {
    let world = world().await?;
    let (mut browser, old) = at_the_code(&world).await?;
    browser.open("/set-up/app/prepare").await?;
    browser.choose("Next").await?;
    let new = read_qr(browser.html()).ok_or("no QR code")?;
    assert_ne!(old, new);
    let phone = world.phone("Mira's phone").await?;
    let late = scan(&phone, &old).await;
    assert_eq!(late, server_says(&world, ProblemCode::ActivationExpired));
    assert_eq!(scan(&phone, &new).await, Ok(()));
    Ok(())
}

#[tokio::test]
async fn texts_that_are_damaged_or_somebody_elses_are_refused_by_name_and_add_nothing() -> Story {
    let world = world().await?;
    let (_browser, text) = at_the_code(&world).await?;
    let phone = world.phone("Mira's phone").await?;
    for (wrong, why) in [
        (text.replace("&k=", "&k=A"), Refusal::ActivationDamaged),
        (text.replace("&c=", "&d="), Refusal::ActivationDamaged),
        (format!("{text}&v=1"), Refusal::ActivationDamaged),
        (text.replace("v=1", "v=2"), Refusal::ActivationNewer),
        ("https://halden.example/".to_owned(), Refusal::NoAccount),
        ("WIFI:T:WPA;S:guest;P:secret;;".to_owned(), Refusal::NoAccount),
        (
            "phonefactor://activate_account?code=1&url=https%3A%2F%2Fx".to_owned(),
            Refusal::MicrosoftActivation,
        ),
        ("otpauth://totp/a?secret=GEZDGNBV0".to_owned(), Refusal::SecretCharacter),
        ("otpauth://totp/a?issuer=b".to_owned(), Refusal::SecretMissing),
    ] {
        assert_eq!(scan(&phone, &wrong).await, Err(CoreError::Offer(why)), "{wrong}");
    }
    assert!(phone.authenticator.snapshot().accounts.is_empty());
    Ok(())
}

#[tokio::test]
async fn codes_of_any_issuer_stand_beside_the_work_account() -> Story {
    let world = world().await?;
    let (mut browser, phone) = (world.browser()?, world.phone("Mira's phone").await?);
    let other = "otpauth://totp/Shop:mira?secret=JBSWY3DPEHPK3PXP&issuer=Shop";
    scan(&phone, other).await.map_err(|error| error.to_string())?;
    let work = scene::enrol(&mut browser, &world.person(0)?, &phone, By::QrCode).await?;
    let accounts = phone.authenticator.snapshot().accounts;
    assert_eq!(accounts.len(), 2);
    let shop = accounts.iter().find(|row| row.host.is_none()).ok_or("no codes")?;
    assert_eq!((shop.organisation.as_str(), shop.account.as_str()), ("Shop", "mira"));
    assert_ne!(code(&phone, shop.id), code(&phone, work));
    phone.authenticator.refresh().await.unwrap();
    assert!(phone.authenticator.snapshot().notices.is_empty());
    Ok(())
}
