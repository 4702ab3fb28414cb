//! The log: what an administrator finds in it of a journey, and that nothing secret is in it.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use countersign_protocol::*;
use tracing_subscriber::fmt::MakeWriter;

use super::house::*;
use super::phone::Phone;
use crate::*;

/// All that is logged on this thread while it lives. A test's server runs on the test's thread alone.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Log {
    fn listen(&self, filter: &str) -> tracing::subscriber::DefaultGuard {
        // Tests on other threads listen to nothing, and what one of them says first would count as of interest to nobody.
        // Another test may have been first.
        let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry());
        let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).without_time();
        tracing::subscriber::set_default(subscriber.with_writer(self.clone()).finish())
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// What was said since the last time, by the journal: messages, each with its fields.
    fn take(&self) -> Vec<String> {
        let text = String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap();
        let line = |line: &str| line.split_once("countersign::journal: ").map(|(_, said)| said.to_owned());
        text.lines().filter_map(line).collect()
    }
}

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
    assert!(browser.service().lift_pause(&browser.session().await).await.unwrap());
    assert_eq!(ended(), ["pause lifted"]);
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

/// What stands at a debug line of a dependency is theirs; ours say nothing secret at any level.
#[tokio::test]
async fn no_secret_is_in_the_log_at_any_level() {
    let log = Log::default();
    let _listening = log.listen("countersign=trace,tower_http=trace,axum=trace");
    let house = House::open_with(|config| config.policy.digits = Digits::new(8).unwrap()).await;
    let mut secrets = vec!["correct horse".to_owned(), "wrong horse".to_owned(), "hunter2".to_owned()];

    // By the form, as a browser sends it. Another test may have been first with the provider.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let pages = format!("http://{}/sign-in", house.running.pages_address());
    let http = reqwest::Client::new();
    let page = http.get(&pages).send().await.unwrap();
    let cookie = page.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let html = page.text().await.unwrap();
    let csrf = html.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let form = format!("csrf={csrf}&user=hunter2&password=wrong+horse");
    let post = http.post(&pages).header("cookie", &cookie).header("origin", "http://localhost:8080");
    let post = post.header("content-type", "application/x-www-form-urlencoded").body(form);
    let said = post.send().await.unwrap().text().await.unwrap();
    assert!(said.contains("do not match"), "{said}");
    secrets.extend([csrf.to_owned(), cookie.split_once('=').unwrap().1.to_owned()]);

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
    other.service().use_code(&other.session().await, "918273").await.unwrap();
    other.service().use_code(&other.session().await, &code).await.unwrap();
    secrets.extend([code, "918273".to_owned()]);
    let keys = [&phone.device_key, &phone.approval_key];
    secrets.extend(keys.iter().map(|key| key.public().thumbprint().to_string()));
    secrets.push("Firefox".to_owned());

    let text = log.text();
    assert!(text.contains("signed in") && text.contains("wrong number") && text.contains("code accepted"));
    for secret in secrets {
        assert!(secret.len() >= 6 && !text.contains(&secret), "{secret}:\n{text}");
    }
}
