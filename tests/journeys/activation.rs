//! Activations that somebody tampers with, copies or comes late to.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use countersign_core::authenticator::{AccountState, CoreError, Distrust};
use countersign_core::enrolment::Refusal;
use countersign_demo::browser::Browser;
use countersign_demo::phone::Phone;
use countersign_demo::picture::read_qr;
use countersign_demo::scene::{self, By};
use countersign_demo::world::World;
use countersign_protocol::{
    ActivationLink, ActivationReply, CallId, Clock as _, Hash, ProblemCode, Reply, ServerId, SoftwareKey,
    Status, SystemClock, SystemRandom, Thumbprint, TypedCode, TypedPin, UnixSeconds,
};

use crate::stage::{Story, code, host, is_out, only, phone, world};
use crate::stand_in::{Keys, Says, StandIn, signed, statement_time};

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

/// What becomes of an activation whose reply was changed.
async fn changed(
    change: impl Fn(&mut Reply<ActivationReply>) + Send + Sync + 'static,
) -> (Result<(), CoreError>, StandIn, usize) {
    let server = StandIn::start(move |keys, heard| match heard.call.as_str() {
        "activation" => {
            let mut reply = keys.activated(heard);
            change(&mut reply);
            keys.says(&reply)
        }
        _ => keys.usual(heard),
    });
    let (_folder, _, phone) = phone().await.unwrap();
    let added = server.add_to(&phone).await.map(|_| ());
    let accounts = phone.authenticator.snapshot().accounts.len();
    (added, server, accounts)
}

#[tokio::test]
async fn a_reply_to_another_call_to_another_phone_or_of_another_server_adds_nothing() -> Story {
    let (as_it_should_be, _, accounts) = changed(|_| {}).await;
    assert_eq!((as_it_should_be, accounts), (Ok(()), 1));
    let changes: [fn(&mut Reply<ActivationReply>); 3] = [
        |reply| reply.re = CallId::make(&SystemRandom),
        |reply| reply.aud = Thumbprint::from_bytes([7; 32]).to_string(),
        |reply| reply.iss = ServerId::from_bytes([7; 32]),
    ];
    for change in changes {
        let (refused, server, accounts) = changed(change).await;
        let host = server.keys.base.host().to_owned();
        assert_eq!((refused, accounts), (Err(CoreError::Untrusted { host, why: Distrust::Reply }), 0));
    }
    Ok(())
}

#[tokio::test]
async fn an_older_statement_of_a_server_that_is_known_adds_nothing_and_moves_no_clock() -> Story {
    let (retired, count) = (SoftwareKey::make().unwrap(), AtomicUsize::new(0));
    let server = StandIn::start(move |keys, heard| match heard.call.as_str() {
        "activation" if count.fetch_add(1, Ordering::AcqRel) > 0 => {
            // Whoever has a signing key of before, and the statement that named it.
            let older = UnixSeconds::new(statement_time().get() - 1).unwrap();
            let statement = keys.statement(older, &keys.base, &retired);
            let mut reply = keys.reply(heard, Status::Pending, Some(keys.added(statement)));
            reply.iat = SystemClock.now().plus(3600);
            Says::Text(signed(&reply, &retired))
        }
        _ => keys.usual(heard),
    });
    let (_folder, _, phone) = phone().await?;
    let entry = server.add_to(&phone).await.unwrap();
    let host = server.keys.base.host().to_owned();
    let refused = Err(CoreError::Untrusted { host, why: Distrust::Identity });
    assert_eq!(server.add_to(&phone).await, refused);
    assert_eq!(only(&phone).id, entry);
    phone.authenticator.refresh().await.unwrap();
    assert!(!only(&phone).unreachable);
    let waits = server.heard("wait");
    assert!(waits[0].payload["iat"].as_u64().unwrap() <= SystemClock.now().get());
    // Nor does anybody hear that a phone was removed.
    assert!(server.heard("removal").is_empty());
    Ok(())
}

#[tokio::test]
async fn a_typed_address_gives_only_a_server_of_that_address_and_that_tls_key() -> Story {
    let elsewhere = StandIn::start(Keys::usual);
    let base = elsewhere.keys.base.clone();
    let server = StandIn::start(move |keys, heard| match heard.call.as_str() {
        // A true statement of its identity key, for a place that nobody typed.
        "countersign" => Says::Text(keys.statement(statement_time(), &base, &keys.signing)),
        _ => keys.usual(heard),
    });
    let (_folder, _, phone) = phone().await?;
    let typed = async |server: &StandIn, pin: &Hash| {
        let (code, base) = (TypedCode::make(&SystemRandom), &server.keys.base);
        let url = format!("{base}#{}", TypedPin::of(pin).as_str());
        let offer = phone.authenticator.read_typed(code.expose().to_owned(), url).await?;
        phone.authenticator.add(offer, None).await.map(|_| ())
    };
    let untrusted =
        |server: &StandIn, why| Err(CoreError::Untrusted { host: server.keys.base.host().to_owned(), why });
    assert_eq!(typed(&server, &server.keys.tls_key).await, untrusted(&server, Distrust::Identity));
    let other = typed(&elsewhere, &server.keys.tls_key).await;
    assert_eq!(other, untrusted(&elsewhere, Distrust::TlsKey));
    assert!(elsewhere.heard("activation").is_empty() && server.heard("activation").is_empty());
    assert!(elsewhere.heard("countersign").is_empty());
    assert_eq!(typed(&elsewhere, &elsewhere.keys.tls_key).await, Ok(()));
    Ok(())
}

#[tokio::test]
async fn a_connection_that_breaks_is_tried_again_after_a_rest() -> Story {
    let count = Arc::new(AtomicUsize::new(0));
    let server = StandIn::start(move |keys, heard| match heard.call.as_str() {
        "activation" if count.fetch_add(1, Ordering::AcqRel) < 2 => Says::Broken,
        _ => keys.usual(heard),
    });
    let (_folder, _, phone) = phone().await?;
    assert!(server.add_to(&phone).await.is_ok());
    let tries = server.heard("activation");
    assert_eq!(tries.len(), 3);
    assert!(tries[1].at - tries[0].at >= Duration::from_secs(1));
    assert!(tries[2].at - tries[1].at >= Duration::from_secs(2));
    Ok(())
}
