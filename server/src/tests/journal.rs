//! The log: what an administrator finds in it of a journey, and that nothing secret is in it.

use countersign_protocol::*;

use super::house::*;
use super::log::Log;
use super::passwords;
use super::phone::Phone;
use crate::*;

/// Who and where, as it stands in each line of Mira at her browser.
fn mira(house: &House) -> String {
    format!("user=\"{MIRA}\" account={}", house.account)
}

const BROWSER: &str = "address=203.0.113.24";

#[tokio::test]
async fn each_thing_that_happens_is_one_line_with_person_and_address() {
    let log = Log::default();
    let house = House::open().await;
    let _listening = log.listen("info");
    let mira = mira(&house);

    let wrong_password = || Password::new("wrong".to_owned());
    house.service().sign_in(MIRA, wrong_password(), &visitor()).await.unwrap();
    assert_eq!(log.take(), [format!("wrong password {mira} {BROWSER}")]);
    house.service().sign_in("hunter2", wrong_password(), &visitor()).await.unwrap();
    assert_eq!(
        log.take(),
        [format!("wrong password {BROWSER}")],
        "who typed a password there is not shown it"
    );

    let mut browser = house.sign_in().await;
    let phone = browser.scan().await;
    assert_eq!(log.take(), [format!("phone came {mira} phone={}", phone.id())]);
    browser.confirm().await;
    let sent = log.take();
    assert_eq!(sent.len(), 1, "{sent:?}");
    assert!(sent[0].starts_with(&format!("request sent {mira} {BROWSER} request=")), "{sent:?}");
    assert!(sent[0].ends_with(" kind=Test phones=1"), "{sent:?}");
    phone.approve_waiting(browser.test_number().await).await;
    let [approved, added, default] = log.take().try_into().unwrap();
    assert!(
        approved.starts_with(&format!("request approved {mira} address=127.0.0.1 request=")),
        "{approved}"
    );
    assert!(approved.ends_with(&format!(" kind=Test phone={}", phone.id())), "{approved}");
    assert_eq!(added, format!("phone added {mira} phone={} codes_only=false", phone.id()));
    assert_eq!(default, format!("default method {mira} method=app"));
    browser.finish().await;
    assert_eq!(log.take(), [format!("signed in {mira} {BROWSER} method=app")]);
    browser.service().sign_out(&browser.session().await).await.unwrap();
    assert_eq!(log.take(), [format!("session ended {mira}")]);
}

#[tokio::test]
async fn how_each_request_ends_is_told() {
    let log = Log::default();
    let house = House::open().await;
    let (_, phone) = house.with_phone().await;
    let _listening = log.listen("info");
    let ended = || {
        let lines = log.take();
        let ends = lines.iter().filter(|line| !line.starts_with("request sent "));
        ends.map(|line| line.split(" user=").next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let browser = house.sign_in().await;

    browser.ask().await;
    let (card, number) = (phone.card().await.unwrap(), browser.number().await);
    phone.verdict((card.id, card.hash()), Decision::Approve, Some(wrong(&number))).await;
    assert_eq!(ended(), ["wrong number"]);

    house.pass(20);
    browser.ask().await;
    let card = phone.card().await.unwrap();
    phone.verdict((card.id, card.hash()), Decision::Deny, None).await;
    assert_eq!(ended(), ["request denied"]);

    house.pass(100);
    assert_eq!(browser.ask().await, Ask::Asked);
    house.pass(60);
    house.service().sweep().await.unwrap();
    assert_eq!(ended(), ["request expired"]);
    house.service().sweep().await.unwrap();
    assert_eq!(ended(), [""; 0], "once");

    house.pass(100);
    browser.ask().await;
    let card = phone.card().await.unwrap();
    phone.verdict((card.id, card.hash()), Decision::Report, None).await;
    assert_eq!(ended(), ["request reported: it was not them", "session ended"]);

    let browser = house.sign_in().await;
    assert!(matches!(browser.ask().await, Ask::Paused(_)));
    let [paused] = log.take().try_into().unwrap();
    assert!(paused.ends_with("kind=SignIn why=\"paused by a report\" seconds=86400"), "{paused}");
    let code = phone.code();
    assert_eq!(
        browser.service().use_code(&browser.session().await, "000000").await.unwrap(),
        CodeUse::Wrong { left: 9 }
    );
    assert_eq!(ended(), ["wrong code"]);
    assert_eq!(browser.service().use_code(&browser.session().await, &code).await.unwrap(), CodeUse::Right);
    assert_eq!(ended(), ["code accepted"]);
    let mut browser = browser;
    browser.finish().await;
    assert!(log.take()[0].ends_with("method=code"));
    house.pass(30);
    assert_eq!(browser.open_by_code(&phone).await, CodeUse::Right);
    assert!(browser.service().lift_pause(&browser.session().await).await.unwrap());
    assert_eq!(ended(), ["code accepted", "pause lifted"]);
}

#[tokio::test]
async fn locks_and_removals_are_told() {
    let log = Log::default();
    let house = House::open().await;
    let (browser, phone) = house.with_phone().await;
    let second = browser.add_phone(&phone).await;
    let _listening = log.listen("info");
    let mira = mira(&house);
    browser.service().delete_phone(&browser.session().await, second.id()).await.unwrap();
    assert_eq!(log.take(), [format!("phone removed {mira} phone={} reason=Person", second.id())]);
    phone.remove().await;
    let [removed, default] = log.take().try_into().unwrap();
    assert_eq!(removed, format!("phone removed {mira} phone={} reason=Phone", phone.id()));
    assert_eq!(default, format!("default method {mira}"));
    loop {
        let tried =
            house.service().sign_in(MIRA, Password::new("wrong".to_owned()), &visitor()).await.unwrap();
        if matches!(tried, PasswordUse::TooMany(_)) {
            break;
        }
    }
    let locked = log.take().pop().unwrap();
    assert_eq!(locked, format!("too many wrong passwords {mira} {BROWSER} seconds=3600"));
}

#[tokio::test]
async fn what_is_refused_again_and_again_is_told_once_a_minute_with_how_often() {
    let log = Log::default();
    let house = House::open().await;
    let (browser, phone) = house.with_phone().await;
    for _ in 0..10 {
        passwords::wrong_password(&house, MIRA, &visitor()).await;
        passwords::wrong_password(&house, "hunter2", &visitor()).await;
        browser.service().use_code(&browser.session().await, "000000").await.unwrap();
    }
    let other = passwords::sign_in_from(&house, &passwords::elsewhere(1)).await;
    other.ask().await;
    let card = phone.card().await.unwrap();
    phone.verdict((card.id, card.hash()), Decision::Report, None).await;
    let paused = passwords::sign_in_from(&house, &passwords::elsewhere(1)).await;
    let _listening = log.listen("info");
    let mira = mira(&house);
    let refuse = async |times: usize| {
        for _ in 0..times {
            passwords::wrong_password(&house, MIRA, &visitor()).await;
            passwords::wrong_password(&house, "hunter2", &visitor()).await;
            browser.service().use_code(&browser.session().await, "000000").await.unwrap();
            paused.ask().await;
        }
    };
    refuse(50).await;
    let begun = log.take();
    assert_eq!(begun.len(), 4, "{begun:?}");
    assert_eq!(begun[0], format!("too many wrong passwords {mira} {BROWSER} seconds=3600"));
    assert_eq!(begun[1], format!("too many wrong passwords {BROWSER} seconds=3600"));
    assert_eq!(begun[2], format!("too many wrong codes {mira} {BROWSER} seconds=3600"));
    assert!(begun[3].starts_with(&format!("no request sent {mira} ")), "{begun:?}");
    house.service().sweep().await.unwrap();
    refuse(1).await;
    assert_eq!(log.take(), [""; 0], "a line in a minute at most");
    house.service().sweep().await.unwrap();
    let again = log.take();
    assert_eq!(again.len(), 4, "{again:?}");
    assert!(again.iter().all(|line| line.ends_with(" again=50")), "{again:?}");
    refuse(2).await;
    house.service().sweep().await.unwrap();
    assert!(log.take().iter().all(|line| line.ends_with(" again=2")));
    house.service().sweep().await.unwrap();
    assert_eq!(log.take(), [""; 0], "nothing came");
    refuse(1).await;
    assert_eq!(log.take().len(), 4, "a lock that is met anew is told at once");
}

/// Neither by us nor by anything that we build on: a dependency may say more with any update.
#[tokio::test]
async fn no_secret_is_in_the_log_at_any_level() {
    let log = Log::default();
    let _listening = log.listen_to_all();
    // So many digits are in none of the times and counts there by chance.
    let house = House::open_with(|config| {
        config.policy.digits = Digits::new(8).unwrap();
        let codes = config.policy.codes.as_mut().unwrap();
        codes.digits = 8;
    })
    .await;
    let mut secrets = vec!["correct horse".to_owned(), "wrong horse".to_owned(), "hunter2".to_owned()];

    // By the form, as a browser sends it. Another test may have been first with the provider.
    let _ = rustls::crypto::ring::default_provider().install_default();
    for http in [reqwest::Client::builder(), reqwest::Client::builder().http2_prior_knowledge()] {
        secrets.extend(wrong_password_by_form(&house, http.build().unwrap()).await);
    }

    let mut browser = house.sign_in().await;
    secrets.extend([browser.cookie.expose(), browser.cookie.csrf().expose().to_owned()]);
    assert_eq!(browser.show_code().await, ShowCode::Shown);
    let link = browser.code().await.link;
    secrets.push(link.code.expose());
    let mut phone = Phone::new(&house);
    phone.activate(link.code).await.unwrap();
    secrets.push(phone.name.to_owned());
    secrets.push(phone.check().to_string());
    browser.confirm().await;
    let number = browser.test_number().await;
    secrets.push(number.expose().to_owned());
    phone.approve_waiting(number).await;
    browser.finish().await;
    secrets.push(browser.cookie.expose());
    let other = house.sign_in().await;
    other.ask().await;
    let (card, number) = (phone.card().await.unwrap(), other.number().await);
    secrets.push(number.expose().to_owned());
    let wrong = wrong(&number);
    secrets.push(wrong.expose().to_owned());
    phone.verdict((card.id, card.hash()), Decision::Approve, Some(wrong)).await;
    let code = phone.code();
    other.service().use_code(&other.session().await, "91827364").await.unwrap();
    other.service().use_code(&other.session().await, &code).await.unwrap();
    secrets.extend([code, "91827364".to_owned()]);
    let keys = [&phone.device_key, &phone.approval_key];
    secrets.extend(keys.iter().map(|key| key.public().thumbprint().to_string()));
    secrets.push("Firefox".to_owned());

    let text = log.text();
    assert!(text.contains("signed in") && text.contains("wrong number") && text.contains("code accepted"));
    for target in ["TRACE h2::", "TRACE hyper_util::", "DEBUG sqlx::query: "] {
        assert!(text.contains(target), "{target} is listened to");
    }
    for secret in secrets {
        assert!(secret.len() >= 6 && !text.contains(&secret), "{secret}:\n{text}");
    }
}

/// What nobody may read of it: cookie, token, and by what browser.
async fn wrong_password_by_form(house: &House, http: reqwest::Client) -> [String; 3] {
    let pages = format!("http://{}/sign-in", house.running.pages_address());
    let ((forwarded, client), browser) = (FORWARDED, "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101");
    let sent = async |call: reqwest::RequestBuilder| {
        call.header(forwarded, client).header("user-agent", browser).send().await.unwrap()
    };
    let page = sent(http.get(&pages)).await;
    let cookie = page.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let html = page.text().await.unwrap();
    let csrf = html.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let form = format!("csrf={csrf}&user=hunter2&password=wrong+horse");
    let post = http.post(&pages).header("cookie", &cookie).header("origin", "http://localhost:8080");
    let said = sent(post.header("content-type", "application/x-www-form-urlencoded").body(form)).await;
    let said = said.text().await.unwrap();
    assert!(said.contains("do not match"), "{said}");
    [csrf.to_owned(), cookie.split_once('=').unwrap().1.to_owned(), browser.to_owned()]
}
