//! The long poll, updates, clocks and limits of the phone's calls.

use std::time::Duration;

use countersign_protocol::*;

use super::house::*;
use super::phone::{Phone, Refused, sign};
use crate::*;

fn up_to_date(house: &House, request: Option<RequestId>, status: StatusWord) -> Have {
    let statement = house.service().keys().statement_time();
    Have { server: Some(statement), profile: Some(2), request, status: Some(status), until: None }
}

/// A wait that is held, on its way; dropped it ends.
async fn held(phone: &Phone, have: Have) -> Reply<WaitReply> {
    phone.wait_for(50, have).await
}

/// So long nothing must happen.
const QUIET: Duration = Duration::from_millis(150);

#[tokio::test]
async fn a_wait_is_held_while_nothing_differs_and_returns_with_the_request() {
    let house = House::open().await;
    let (_, phone) = house.with_phone().await;
    let browser = house.sign_in().await;
    let mut wait = std::pin::pin!(held(&phone, up_to_date(&house, None, StatusWord::Active)));
    tokio::time::timeout(QUIET, &mut wait).await.unwrap_err();
    browser.ask().await;
    let reply = wait.await.body.unwrap();
    assert!(reply.request.is_some());
    assert_eq!((reply.server, reply.profile), (None, None), "only what is newer");
}

#[tokio::test]
async fn a_wait_returns_at_once_when_anything_differs() {
    let house = House::open().await;
    let (_, phone) = house.with_phone().await;
    let have = up_to_date(&house, None, StatusWord::Active);
    let earlier = have.server.map(|at| at.minus(1));
    for differs in [
        Have { server: None, ..have },
        Have { server: earlier, ..have },
        Have { profile: None, ..have },
        Have { profile: Some(1), ..have },
        Have { status: Some(StatusWord::Pending), ..have },
        Have { status: None, ..have },
        Have { request: Some(RequestId::make(&SystemRandom)), ..have },
    ] {
        tokio::time::timeout(Duration::from_secs(5), held(&phone, differs)).await.unwrap();
    }
}

#[tokio::test]
async fn a_wait_that_names_another_end_of_the_pause_returns_at_once() {
    let house = House::open().await;
    let (_, phone) = house.with_phone().await;
    let browser = house.sign_in().await;
    browser.ask().await;
    let card = phone.card().await.unwrap();
    phone.verdict((card.id, card.hash()), Decision::Report, None).await;
    let Status::Paused(until) = phone.status().await else { panic!("not paused") };
    let paused = |until| Have { until: Some(until), ..up_to_date(&house, None, StatusWord::Paused) };
    for other in [until.minus(1), until.plus(1)] {
        let reply = tokio::time::timeout(Duration::from_secs(5), held(&phone, paused(other))).await.unwrap();
        assert_eq!(reply.status, Status::Paused(until));
    }
    tokio::time::timeout(QUIET, held(&phone, paused(until))).await.unwrap_err();
}

#[tokio::test]
async fn a_held_wait_is_told_of_the_end_of_its_request() {
    let house = House::open().await;
    let (_, phone) = house.with_phone().await;
    let browser = house.sign_in().await;
    browser.ask().await;
    let card = phone.card().await.unwrap();
    let have = up_to_date(&house, Some(card.id), StatusWord::Active);
    let mut wait = std::pin::pin!(held(&phone, have));
    tokio::time::timeout(QUIET, &mut wait).await.unwrap_err();
    house.pass(60);
    let reply = wait.await.body.unwrap();
    assert_eq!(reply.request, None);
    assert_eq!(reply.ended.unwrap().verdict, Verdict::Expired);
}

#[tokio::test]
async fn i15_a_new_name_comes_with_the_next_contact() {
    let house = House::open().await;
    let (_, phone) = house.with_phone().await;
    house.sign_in_another().await;
    let number = phone.reply.as_ref().unwrap().profile.number;
    let names = |user_name: &str| (Text::new(user_name).unwrap(), Text::new("Mira Berg").unwrap());
    let house = house
        .restart_after(async |config, given| {
            let rename =
                async |from, to| Server::rename_person(config, given, from, names(to)).await.unwrap();
            assert_eq!(rename("nobody", "mira.berg@halden.example").await, Renaming::Unknown);
            assert_eq!(rename(MIRA, "jonas").await, Renaming::Taken);
            assert_eq!(rename(MIRA, "mira.berg@halden.example").await, Renaming::Renamed);
        })
        .await;
    let phone = phone.moved_to(&house);
    let have = Have { profile: Some(number), ..up_to_date(&house, None, StatusWord::Active) };
    let profile = phone.wait(have).await.body.unwrap().profile.unwrap();
    assert_eq!((profile.account.as_str(), profile.number), ("mira.berg@halden.example", number + 1));
    let begun = house.service().sign_in("mira.berg@halden.example", password(), &visitor()).await.unwrap();
    assert!(matches!(begun, PasswordUse::Begun(_)));
}

#[tokio::test]
async fn the_third_wait_of_a_phone_sends_the_oldest_home() {
    let house = House::open().await;
    let (_, phone) = house.with_phone().await;
    let have = up_to_date(&house, None, StatusWord::Active);
    let (mut first, mut second) = (std::pin::pin!(held(&phone, have)), std::pin::pin!(held(&phone, have)));
    tokio::time::timeout(QUIET, &mut first).await.unwrap_err();
    tokio::time::timeout(QUIET, &mut second).await.unwrap_err();
    let mut third = std::pin::pin!(held(&phone, have));
    tokio::select! {
        _ = &mut first => {}
        _ = &mut second => panic!("the second is not the oldest"),
        _ = &mut third => panic!("the third is the newest"),
        () = tokio::time::sleep(Duration::from_secs(10)) => panic!("all three are held"),
    }
    tokio::time::timeout(QUIET, &mut second).await.unwrap_err();
}

#[tokio::test]
async fn a_clock_that_is_off_is_told_and_nothing_is_done() {
    let house = House::open().await;
    let (_, mut phone) = house.with_phone().await;
    for (offset, is_skewed) in [(120, false), (-120, false), (121, true), (-121, true), (3600, true)] {
        phone.offset = offset;
        let reply = phone.wait(Have::default()).await;
        assert_eq!(reply.status == Status::ClockSkew, is_skewed, "{offset}");
        assert_eq!(reply.body.is_none(), is_skewed, "{offset}");
        assert_eq!(reply.iat, house.now(), "the phone learns its offset");
    }
}

#[tokio::test]
async fn answers_and_removals_are_not_judged_by_their_time() {
    let house = House::open().await;
    let (_, mut phone) = house.with_phone().await;
    let browser = house.sign_in().await;
    browser.ask().await;
    let card = phone.card().await.unwrap();
    phone.offset = 3600;
    let verdict =
        phone.verdict((card.id, card.hash()), Decision::Approve, Some(browser.number().await)).await;
    assert_eq!(verdict, Verdict::Approved);
    phone.offset = -1_000_000;
    assert_eq!(phone.remove().await, Status::Removed(RemovalReason::Phone));
}

#[tokio::test]
async fn an_update_counts_once_and_an_older_one_changes_nothing() {
    let house = House::open().await;
    let (browser, mut phone) = house.with_phone().await;
    let update = |phone: &Phone, name: &str| {
        let description = PhoneDescription { name: Text::new(name).unwrap(), ..phone.description() };
        Update::new(phone.id(), phone.server, phone.now(), CallId::make(&SystemRandom), description)
    };
    let newer = sign(&update(&phone, "Work phone"), &phone.device_key);
    phone.offset = -1;
    let older = sign(&update(&phone, "Old name"), &phone.device_key);
    for jws in [&newer, &older, &newer] {
        assert_eq!(phone.send::<Update>(jws).await.unwrap().status, Status::Active);
        assert_eq!(browser.info().await.phones[0].name.as_str(), "Work phone");
    }
}

#[tokio::test]
async fn sixty_calls_a_minute_are_the_most_of_a_phone() {
    let house = House::open().await;
    let (browser, phone) = house.with_phone().await;
    house.pass(60);
    for _ in 0..60 {
        phone.status().await;
    }
    let wait = sign(&phone.wait_call(0, Have::default()), &phone.device_key);
    let refused = phone.send::<Wait>(&wait).await.unwrap_err();
    assert_eq!(refused, Refused(429, ProblemCode::TooMany));
    assert_eq!(browser.step().await, Some(Step::Full));
    house.pass(60);
    phone.status().await;
}

#[tokio::test]
async fn a_hundred_bad_calls_in_ten_minutes_are_the_most_of_an_address() {
    let house = House::open().await;
    let phone = Phone::new(&house);
    for _ in 0..100 {
        let (status, ..) = phone.post("wait", "application/jose", "no.jws.here".to_owned()).await;
        assert_eq!(status, 400);
    }
    let (status, ..) = phone.post("wait", "application/jose", "no.jws.here".to_owned()).await;
    assert_eq!(status, 429);
    house.pass(600);
    let (status, ..) = phone.post("wait", "application/jose", "no.jws.here".to_owned()).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn whoever_shares_an_address_with_a_phone_cannot_keep_it_from_calling() {
    let house = House::open().await;
    let (_browser, phone) = house.with_phone().await;
    for _ in 0..101 {
        phone.post("wait", "application/jose", "no.jws.here".to_owned()).await;
    }
    let (status, ..) = phone.post("wait", "application/jose", "no.jws.here".to_owned()).await;
    assert_eq!(status, 429);
    assert_eq!(phone.status().await, Status::Active);
}

#[tokio::test]
async fn calls_of_keys_that_nobody_has_are_bad_calls_too() {
    let (house, other) = (House::open().await, House::open().await);
    let (_, stranger) = other.with_phone().await;
    let stranger = stranger.moved_to(&house);
    let wait = sign(&stranger.wait_call(0, Have::default()), &stranger.device_key);
    for _ in 0..100 {
        let (status, ..) = stranger.post("wait", "application/jose", wait.clone()).await;
        assert_eq!(status, 404);
    }
    let (status, ..) = stranger.post("wait", "application/jose", wait.clone()).await;
    assert_eq!(status, 429);
}

#[tokio::test]
async fn twenty_wrong_activation_codes_in_ten_minutes_are_the_most_of_an_address() {
    let house = House::open().await;
    let typed = || ActivationCode::Typed(TypedCode::make(&SystemRandom));
    for _ in 0..20 {
        let refused = Phone::new(&house).activate(typed()).await;
        assert_eq!(refused, Err(Refused(404, ProblemCode::ActivationUnknown)));
    }
    let browser = house.sign_in().await;
    browser.show_code().await;
    house.service().show_typed_code(&browser.session().await).await.unwrap();
    let right = browser.code().await.typed.unwrap().code;
    let refused = Phone::new(&house).activate(ActivationCode::Typed(right)).await;
    assert_eq!(refused, Err(Refused(429, ProblemCode::TooMany)));
    let refused = Phone::new(&house).activate(ActivationCode::make(&SystemRandom)).await;
    assert_eq!(refused, Err(Refused(429, ProblemCode::TooMany)), "a wrong one that was scanned");
    house.pass(600);
    let refused = Phone::new(&house).activate(typed()).await;
    assert_eq!(refused, Err(Refused(404, ProblemCode::ActivationUnknown)));
}

#[tokio::test]
async fn wrong_activation_codes_do_not_keep_a_scanned_one_out() {
    let house = House::open().await;
    for _ in 0..21 {
        let _ = Phone::new(&house).activate(ActivationCode::make(&SystemRandom)).await;
    }
    let browser = house.sign_in().await;
    browser.show_code().await;
    Phone::new(&house).activate(browser.code().await.link.code).await.unwrap();
}

#[tokio::test]
async fn the_statement_lies_at_its_well_known_place() {
    let house = House::open().await;
    let statement = Phone::new(&house).statement().await;
    assert_eq!(statement.iss, house.running.server_id());
    assert_eq!(statement.base.as_str(), "https://signin.halden.example/countersign");
    assert_eq!(statement.rp_id.as_str(), "localhost");
}

#[tokio::test]
async fn a_proxy_that_names_no_client_is_our_fault_on_pages_and_calls_alike() {
    let house = House::open().await;
    let origin = format!("http://{}", house.call_address());
    // Another test may have been first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::new();
    let statuses = async |forwarded_for: Option<&[u8]>| {
        let mut statuses = Vec::new();
        for call in
            [http.get(format!("{origin}/sign-in")), http.post(format!("{origin}/countersign/v1/wait"))]
        {
            let call = match forwarded_for {
                Some(line) => call.header("x-forwarded-for", line),
                None => call,
            };
            statuses.push(call.send().await.unwrap().status().as_u16());
        }
        statuses
    };
    assert_eq!(statuses(None).await, [500, 500]);
    assert_eq!(statuses(Some(b"198.51.100.7, \xff")).await, [500, 500]);
    assert_eq!(statuses(Some(b"\xff, 198.51.100.7")).await, [200, 400]);
}

#[tokio::test]
async fn an_update_by_a_clock_that_is_off_is_told_and_changes_nothing() {
    let house = House::open().await;
    let (browser, mut phone) = house.with_phone().await;
    for (offset, expected) in [(3600, Status::ClockSkew), (-121, Status::ClockSkew), (120, Status::Active)] {
        (phone.offset, phone.name) = (offset, "Renamed");
        let call = CallId::make(&SystemRandom);
        let update = Update::new(phone.id(), phone.server, phone.now(), call, phone.description());
        let reply = phone.send::<Update>(&sign(&update, &phone.device_key)).await.unwrap();
        assert_eq!(reply.status, expected);
        let is_renamed = browser.info().await.phones[0].name.as_str() == "Renamed";
        assert_eq!(is_renamed, expected == Status::Active, "{offset}");
    }
}
