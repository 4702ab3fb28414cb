//! What the pages say and refuse, with a phone beside them. The way through without a fault is the walk.

use countersign_core::authenticator::{AccountState, CardState, Decision, EntryId, RequestCard};
use countersign_demo::browser::Browser;
use countersign_demo::phone::Phone;
use countersign_demo::scene::{self, By, another_number, answer, number, sign_in};
use countersign_demo::world::World;
use countersign_protocol::{Kind, RemovalReason};
use countersign_server::HashingCost;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

/// A server, and Mira with her phone, set up and signed in.
struct Stage {
    world: World,
    browser: Browser,
    phone: Phone,
    entry: EntryId,
}

async fn world() -> World {
    World::start(HashingCost::LEAST).await.unwrap()
}

impl Stage {
    async fn new() -> Self {
        let world = world().await;
        let (mut browser, phone) = (world.browser().unwrap(), world.phone("Pixel 8").await.unwrap());
        let mira = world.person(0).unwrap();
        let entry = scene::enrol(&mut browser, &mira, &phone, By::Link).await.unwrap();
        browser.expect("Mira Okafor").unwrap();
        Self { world, browser, phone, entry }
    }

    /// Another browser, at the request to the phone.
    async fn asking(&self) -> Browser {
        let mut browser = self.world.browser().unwrap();
        sign_in(&mut browser, &self.world.person(0).unwrap()).await.unwrap();
        browser
    }

    /// Opens Security info for changes, on the way to adding a phone.
    async fn open_changes(&mut self) {
        self.browser.open("/security-info").await.unwrap();
        self.browser.choose("Add sign-in method").await.unwrap();
        self.browser.expect("Approve the change on your phone").unwrap();
        self.answer_with_the_number(Kind::Method).await;
        self.browser.choose("Continue").await.unwrap();
        self.browser.expect("Choose a method").unwrap();
    }

    async fn answer_with_the_number(&self, kind: Kind) {
        let card = self.phone.request().await.unwrap();
        assert_eq!(card.kind, kind);
        let typed = number(&self.browser).unwrap();
        answer(&self.phone, &card, Decision::Approve { typed }).await.unwrap();
    }
}

/// A browser in the wizard, at "Scan the QR code".
async fn at_the_qr_code(world: &World, person: usize) -> Browser {
    let mut browser = world.browser().unwrap();
    sign_in(&mut browser, &world.person(person).unwrap()).await.unwrap();
    scene::open_wizard(&mut browser).await.unwrap();
    browser
}

async fn scan(browser: &Browser, phone: &Phone) -> Result<EntryId, String> {
    let link = browser.attribute("a[href^='countersign:']", "href").unwrap();
    let offer = phone.authenticator.read_offer(link).await.unwrap();
    phone.authenticator.add(offer, None).await.map_err(|error| error.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn i3_a_code_that_a_second_phone_tries_names_the_phone_that_was_first() {
    let world = world().await;
    let mut browser = at_the_qr_code(&world, 0).await;
    let (first, second) = (world.phone("Pixel 8").await.unwrap(), world.phone("Moto G").await.unwrap());
    scan(&browser, &first).await.unwrap();
    let scanned = scan(&browser, &second).await;
    assert!(scanned.is_err(), "the code is good once");
    browser.choose("Next").await.unwrap();
    browser.expect("This code has been used already").unwrap();
    browser.expect("Pixel 8").unwrap();
    browser.expect("Moto G").unwrap();

    browser.follow("It is mine: compare").await.unwrap();
    browser.expect("Is this your phone?").unwrap();
    browser.choose("No, remove it").await.unwrap();
    browser.expect("Pixel 8 was removed").unwrap();
    first.state(AccountState::Removed { reason: RemovalReason::Check }).await.unwrap();
    browser.choose("Show a new code").await.unwrap();
    assert_eq!(browser.heading(), "Scan the QR code");
}

#[tokio::test(flavor = "multi_thread")]
async fn i3_an_expired_code_says_so_and_a_new_one_comes_with_one_press() {
    let world = world().await;
    let mut browser = at_the_qr_code(&world, 0).await;
    world.clock.step(10 * MINUTE);
    browser.choose("Next").await.unwrap();
    browser.expect("This code has expired").unwrap();
    browser.choose("Show a new code").await.unwrap();
    assert_eq!(browser.heading(), "Scan the QR code");
}

#[tokio::test(flavor = "multi_thread")]
async fn i2_the_page_says_how_a_test_ended_and_sends_another() {
    let world = world().await;
    let mut browser = at_the_qr_code(&world, 0).await;
    let phone = world.phone("Pixel 8").await.unwrap();
    scan(&browser, &phone).await.unwrap();
    browser.choose("Next").await.unwrap();
    browser.choose("Yes, the same").await.unwrap();

    let card = phone.request().await.unwrap();
    browser.choose("Next").await.unwrap();
    browser.expect("Your phone has not answered yet").unwrap();
    answer(&phone, &card, Decision::Deny).await.unwrap();
    browser.choose("Next").await.unwrap();
    browser.expect("You denied the request on Pixel 8").unwrap();

    browser.choose("Send again").await.unwrap();
    let card = phone.request().await.unwrap();
    let typed = another_number(&number(&browser).unwrap());
    answer(&phone, &card, Decision::Approve { typed }).await.unwrap();
    browser.reload().await.unwrap();
    browser.expect("That was not the number").unwrap();

    browser.choose("Send again").await.unwrap();
    let late = phone.request().await.unwrap().id;
    world.clock.step(MINUTE);
    browser.reload().await.unwrap();
    browser.expect("Pixel 8 did not answer within 60 seconds").unwrap();

    browser.choose("Send again").await.unwrap();
    let newer = phone.wait_for("newer request", move |snapshot| {
        let waits = |card: &&RequestCard| card.state == CardState::Waiting && card.id != late;
        snapshot.requests.iter().find(waits).cloned()
    });
    let card = newer.await.unwrap();
    answer(&phone, &card, Decision::Approve { typed: number(&browser).unwrap() }).await.unwrap();
    browser.choose("Next").await.unwrap();
    browser.expect("Your app is connected").unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn i2_a_code_in_place_of_the_test_lets_the_phone_make_codes_until_a_test_is_approved() {
    let world = world().await;
    let mut browser = at_the_qr_code(&world, 0).await;
    let phone = world.phone("Pixel 8").await.unwrap();
    let entry = scan(&browser, &phone).await.unwrap();
    browser.choose("Next").await.unwrap();
    browser.choose("Yes, the same").await.unwrap();
    browser.choose("Use a code instead").await.unwrap();
    browser.press("Next", &[("code", "000000")]).await.unwrap();
    browser.expect("That is not the code").unwrap();
    let code = code_of(&phone, entry);
    browser.press("Next", &[("code", &code)]).await.unwrap();
    browser.expect("Pixel 8 makes codes").unwrap();
    browser.choose("Next").await.unwrap();
    browser.choose("Done").await.unwrap();

    // Codes alone open changes, and then the test is sent from the list.
    browser.open("/security-info").await.unwrap();
    browser.expect("Codes only").unwrap();
    browser.choose("Test it").await.unwrap();
    browser.expect("Use a code instead").unwrap();
    world.clock.step(2 * MINUTE);
    let code = code_of(&phone, entry);
    browser.press("Next", &[("code", &code)]).await.unwrap();
    browser.expect("Open for changes").unwrap();
    browser.choose("Test it").await.unwrap();
    let card = phone.request().await.unwrap();
    assert_eq!(card.kind, Kind::Test);
    answer(&phone, &card, Decision::Approve { typed: number(&browser).unwrap() }).await.unwrap();
    browser.choose("Next").await.unwrap();
    browser.expect("Phones with the app").unwrap();
    assert!(!browser.shows("Codes only"));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_sign_in_waits_at_a_time_and_the_next_after_a_while() {
    let stage = Stage::new().await;
    stage.world.clock.step(HOUR);
    let mut first = stage.asking().await;
    first.expect("Approve it on your phone").unwrap();
    let second = stage.asking().await;
    second.expect("Another sign").unwrap();
    second.expect("Ask again in").unwrap();
    assert!(number(&second).is_err(), "the number is for the browser that asked");

    let card = stage.phone.request().await.unwrap();
    answer(&stage.phone, &card, Decision::Deny).await.unwrap();
    first.choose("Continue").await.unwrap();
    first.expect("The sign-in was denied on Pixel 8").unwrap();
    first.expect("Send again in").unwrap();
    first.choose("Send again").await.unwrap();
    first.expect("We asked a moment ago").unwrap();
    stage.world.clock.step(11);
    first.choose("Send again").await.unwrap();
    first.expect("Approve it on your phone").unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_number_is_shown_to_the_one_browser_that_asked_and_nowhere_else() {
    let stage = Stage::new().await;
    stage.world.clock.step(HOUR);
    let mut browser = stage.asking().await;
    let shown = number(&browser).unwrap();
    let html = browser.html().to_owned();
    assert_eq!(browser.header("cache-control"), Some("no-store"));
    assert!(!browser.url().as_str().contains(&shown) && !browser.text("title").unwrap().contains(&shown));
    assert_eq!(html.matches(&format!(">{shown}<")).count(), 1);
    let spelled: Vec<String> = shown.chars().map(String::from).collect();
    assert_eq!(html.matches(&format!("\"{}\"", spelled.join(" "))).count(), 1);

    let state = browser.attribute("[data-progress]", "data-state").unwrap();
    browser.open("/progress/request?state=another").await.unwrap();
    assert_eq!(browser.html(), format!("{{\"state\":\"{state}\"}}"));
    browser.open("/approve").await.unwrap();
    assert_eq!(number(&browser).unwrap(), shown, "a reload makes no new number");

    stage.world.clock.step(MINUTE);
    browser.reload().await.unwrap();
    assert!(number(&browser).is_err(), "it is gone with its request");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_page_is_told_when_the_phone_has_answered() {
    let stage = Stage::new().await;
    stage.world.clock.step(HOUR);
    let mut browser = stage.asking().await;
    let state = browser.attribute("[data-progress]", "data-state").unwrap();
    let card = stage.phone.request().await.unwrap();
    let typed = number(&browser).unwrap();
    let (told, answered) = tokio::join!(
        async {
            browser.open(&format!("/progress/request?state={state}")).await.unwrap();
            browser.html().to_owned()
        },
        answer(&stage.phone, &card, Decision::Approve { typed }),
    );
    answered.unwrap();
    assert_eq!(told, r#"{"state":"proved"}"#);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_named_on_page_and_phone_and_an_approved_sign_in_opens_none() {
    let mut stage = Stage::new().await;
    let browser = &mut stage.browser;
    for address in ["/security-info/add", "/security-info/add/prepare", "/security-info/add/scan"] {
        browser.open(address).await.unwrap();
        assert!(!browser.shows("Choose a method") && !browser.shows("Set up your account"), "{address}");
    }
    browser.open("/security-info").await.unwrap();
    browser.choose("Add sign-in method").await.unwrap();
    let card = stage.phone.request().await.unwrap();
    assert_eq!((card.kind, card.reason.as_deref()), (Kind::Method, Some("Add a phone")));
    browser.expect("Add a phone").unwrap();
    for fact in [&card.account, card.address.as_ref().unwrap(), card.browser.as_ref().unwrap()] {
        browser.expect(fact).unwrap();
    }
    let typed = number(browser).unwrap();
    answer(&stage.phone, &card, Decision::Approve { typed }).await.unwrap();
    browser.choose("Continue").await.unwrap();
    browser.expect("Choose a method").unwrap();
    browser.expect("Open for changes").unwrap();

    stage.world.clock.step(10 * MINUTE);
    browser.choose("Authenticator app").await.unwrap();
    browser.expect("Changes are closed again").unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn close_now_closes_changes_at_once() {
    let mut stage = Stage::new().await;
    stage.open_changes().await;
    stage.browser.choose("Close now").await.unwrap();
    stage.browser.open("/security-info/add").await.unwrap();
    stage.browser.expect("Changes are closed again").unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn i8_the_last_phone_cannot_be_deleted() {
    let mut stage = Stage::new().await;
    // Said before anything is approved for it, and after.
    for opens in [false, true] {
        if opens {
            stage.open_changes().await;
        }
        let browser = &mut stage.browser;
        browser.open("/security-info").await.unwrap();
        browser.choose("Delete").await.unwrap();
        browser.expect("The authenticator app cannot be deleted yet").unwrap();
    }
    let browser = &mut stage.browser;
    browser.open("/security-info").await.unwrap();
    browser.expect("Pixel 8").unwrap();
    stage.phone.state(AccountState::Ready).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn s67_a_phone_that_was_tested_is_there_only_after_save() {
    let mut stage = Stage::new().await;
    let second = stage.world.phone("iPhone 12").await.unwrap();
    stage.open_changes().await;
    let browser = &mut stage.browser;
    browser.choose("Authenticator app").await.unwrap();
    browser.choose("Next").await.unwrap();
    scene::add(browser, &second, By::Link).await.unwrap();
    scene::prove(browser, &second).await.unwrap();
    browser.expect("Approved on iPhone 12").unwrap();
    browser.open("/security-info").await.unwrap();
    assert!(!browser.shows("iPhone 12"), "it is not saved");
    browser.open("/security-info/add/save").await.unwrap();
    browser.choose("Cancel").await.unwrap();
    assert!(!browser.shows("iPhone 12"), "it was not wanted");
    second.state(AccountState::Removed { reason: RemovalReason::Unsaved }).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_ends_what_was_approved_and_the_pause_can_be_lifted() {
    let stage = Stage::new().await;
    stage.world.clock.step(HOUR);
    let mut stranger = stage.asking().await;
    let card = stage.phone.request().await.unwrap();
    answer(&stage.phone, &card, Decision::Report).await.unwrap();
    stranger.choose("Continue").await.unwrap();
    stranger.expect("This sign-in was stopped").unwrap();
    stranger.open("/account").await.unwrap();
    stranger.expect("This sign-in was stopped").unwrap();
    stranger.choose("Use another method").await.unwrap();
    assert_eq!(stranger.heading(), "Sign in");

    let mut again = stage.asking().await;
    again.expect("Requests are paused until").unwrap();
    again.choose("Use a code").await.unwrap();
    let code = code_of(&stage.phone, stage.entry);
    again.press("Next", &[("code", &code)]).await.unwrap();
    again.open("/security-info").await.unwrap();
    again.expect("Requests are paused").unwrap();
    assert!(!again.shows("Lift the pause now"), "not before a proof of its own");
    again.choose("Use a code").await.unwrap();
    again.expect("Lift the pause").unwrap();
    stage.world.clock.step(MINUTE);
    let code = code_of(&stage.phone, stage.entry);
    again.press("Next", &[("code", &code)]).await.unwrap();
    again.choose("Lift the pause now").await.unwrap();
    again.expect("Requests are not paused any more").unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_alone_sets_up_nothing_after_14_days() {
    let world = world().await;
    world.clock.step(14 * 24 * HOUR);
    let mut browser = world.browser().unwrap();
    sign_in(&mut browser, &world.person(0).unwrap()).await.unwrap();
    browser.expect("Your 14 days to set up are over").unwrap();
    browser.open("/set-up/app/prepare").await.unwrap();
    browser.expect("Your 14 days to set up are over").unwrap();
}

/// The code that the phone shows now.
fn code_of(phone: &Phone, entry: EntryId) -> String {
    phone.authenticator.codes(&[entry]).into_iter().find_map(|row| row.code).unwrap()
}
