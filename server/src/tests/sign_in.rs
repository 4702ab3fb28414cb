//! Sign-in: password, request, number, code, and how sessions end.

use countersign_protocol::*;

use super::house::*;
use crate::*;

#[tokio::test]
async fn an_approval_opens_the_sign_in_that_asked_and_no_other() {
    let house = House::open().await;
    let (_, phone) = house.with_phone().await;
    let (mut browser, other) = (house.sign_in().await, house.sign_in().await);
    assert_eq!(browser.step().await, Some(BY_APP));
    assert_eq!(browser.ask().await, Ask::Asked);
    let card = phone.card().await.unwrap();
    assert_eq!((card.kind, card.application.as_str()), (Kind::SignIn, "Halden Mail"));
    phone.approve_waiting(browser.number().await).await;
    assert_eq!(browser.outcome().await, Outcome::Approved);
    assert_eq!(browser.step().await, Some(Step::Finish));
    assert_eq!(other.step().await, Some(BY_APP));
    browser.finish().await;
    assert!(browser.session().await.changes_until.is_none(), "rule 13");
}

#[tokio::test]
async fn a_wrong_number_ends_the_request() {
    let house = House::open().await;
    let (_, phone) = house.with_phone().await;
    let browser = house.sign_in().await;
    browser.ask().await;
    let (card, number) = (phone.card().await.unwrap(), browser.number().await);
    let card = (card.id, card.hash());
    let verdict = phone.verdict(card, Decision::Approve, Some(wrong(&number))).await;
    assert_eq!(verdict, Verdict::WrongNumber);
    assert_eq!(phone.verdict(card, Decision::Approve, Some(number)).await, Verdict::WrongNumber);
    assert_eq!(browser.outcome().await, Outcome::WrongNumber);
    assert_eq!(browser.step().await, Some(BY_APP));
}

#[tokio::test]
async fn a_number_with_another_count_of_digits_is_wrong() {
    let house = House::open().await;
    let (_, phone) = house.with_phone().await;
    let browser = house.sign_in().await;
    browser.ask().await;
    let (card, number) = (phone.card().await.unwrap(), browser.number().await);
    let longer = Number::typed(&format!("{}0", number.expose())).unwrap();
    let verdict = phone.verdict((card.id, card.hash()), Decision::Approve, Some(longer)).await;
    assert_eq!(verdict, Verdict::WrongNumber);
}

#[tokio::test]
async fn one_request_waits_at_a_time_and_send_again_replaces_its_own() {
    let house = House::open().await;
    let (_, phone) = house.with_phone().await;
    let (browser, other) = (house.sign_in().await, house.sign_in().await);
    assert_eq!(browser.ask().await, Ask::Asked);
    let first = phone.card().await.unwrap();
    assert_eq!(other.ask().await, Ask::OtherWaiting(house.now().plus(60)));
    assert_eq!(browser.ask().await, Ask::TooSoon(house.now().plus(10)));
    house.pass(10);
    assert_eq!(browser.ask().await, Ask::Asked);
    let second = phone.card().await.unwrap();
    assert_ne!(second.id, first.id);
    let number = browser.number().await;
    let late = phone.verdict((first.id, first.hash()), Decision::Approve, Some(number)).await;
    assert_eq!(late, Verdict::Cancelled);
}

#[tokio::test]
async fn the_wait_doubles_from_the_end_of_each_request_and_an_approval_resets_it() {
    let house = House::open().await;
    let (_, phone) = house.with_phone().await;
    let mut browser = house.sign_in().await;
    for wait in [10, 20, 40] {
        assert_eq!(browser.ask().await, Ask::Asked);
        house.pass(5);
        let card = phone.card().await.unwrap();
        phone.verdict((card.id, card.hash()), Decision::Deny, None).await;
        assert_eq!(browser.ask().await, Ask::TooSoon(house.now().plus(wait)));
        house.pass(wait);
    }
    assert_eq!(browser.ask().await, Ask::Asked);
    phone.approve_waiting(browser.number().await).await;
    browser.finish().await;
    assert_eq!(house.sign_in().await.ask().await, Ask::Asked);
}

#[tokio::test]
async fn five_requests_in_ten_minutes_are_the_most_whatever_session_asks() {
    let house = House::open().await;
    let (_, phone) = house.with_phone().await;
    let begin = house.now();
    for wait in [10, 20, 40, 80, 160] {
        let browser = house.sign_in().await;
        assert_eq!(browser.ask().await, Ask::Asked);
        let card = phone.card().await.unwrap();
        phone.verdict((card.id, card.hash()), Decision::Deny, None).await;
        house.pass(wait);
    }
    assert_eq!(house.sign_in().await.ask().await, Ask::TooOften(begin.plus(600)));
}

#[tokio::test]
async fn each_way_of_ending_a_request_counts_for_the_back_off() {
    for end in ["deny", "wrong", "expire", "sign out", "send again"] {
        let house = House::open().await;
        let (_, phone) = house.with_phone().await;
        let browser = house.sign_in().await;
        browser.ask().await;
        match end {
            "deny" => {
                let card = phone.card().await.unwrap();
                phone.verdict((card.id, card.hash()), Decision::Deny, None).await;
            }
            "wrong" => {
                let (card, number) = (phone.card().await.unwrap(), browser.number().await);
                phone.verdict((card.id, card.hash()), Decision::Approve, Some(wrong(&number))).await;
            }
            "expire" => house.pass(60),
            "sign out" => house.service().sign_out(&browser.session().await).await.unwrap(),
            _ => {
                house.pass(10);
                assert_eq!(browser.ask().await, Ask::Asked);
                house.service().sign_out(&browser.session().await).await.unwrap();
            }
        }
        let asked = house.sign_in().await.ask().await;
        assert!(matches!(asked, Ask::TooSoon(_)), "{end}: {asked:?}");
    }
}

#[tokio::test]
async fn a_code_signs_in_once_and_one_step_either_way() {
    let house = House::open().await;
    let (_, mut phone) = house.with_phone().await;
    for (offset, expected) in [(0, true), (-30, true), (30, true), (-61, false), (61, false)] {
        house.pass(300);
        let mut browser = house.sign_in().await;
        phone.offset = offset;
        let code = phone.code();
        phone.offset = 0;
        let used = use_code(&browser, &code).await;
        if expected {
            assert_eq!(used, CodeUse::Right, "{offset}");
            browser.finish().await;
            assert_eq!(use_code(&house.sign_in().await, &code).await, CodeUse::Used, "{offset}");
        } else {
            assert!(matches!(used, CodeUse::Wrong { .. }), "{offset}");
        }
    }
}

#[tokio::test]
async fn s54_a_code_ends_the_request_that_waits() {
    let house = House::open().await;
    let (_, phone) = house.with_phone().await;
    let browser = house.sign_in().await;
    browser.ask().await;
    let (card, number) = (phone.card().await.unwrap(), browser.number().await);
    house.pass(30);
    assert_eq!(use_code(&browser, &phone.code()).await, CodeUse::Right);
    let verdict = phone.verdict((card.id, card.hash()), Decision::Approve, Some(number)).await;
    assert_eq!(verdict, Verdict::Cancelled);
}

#[tokio::test]
async fn a_name_is_known_however_it_is_typed() {
    let house = House::open().await;
    let name = (Text::new("bjørn.sjöberg").unwrap(), Text::new("Bjørn Sjöberg").unwrap());
    house.service().add_person(name.0, name.1, password()).await.unwrap().unwrap();
    for typed in [" Mira.Okafor@HALDEN.example", "bjørn.sjo\u{308}berg", "BJØRN.SJO\u{308}BERG"] {
        let begun = house.service().sign_in(typed, password(), &visitor()).await.unwrap();
        assert!(matches!(begun, PasswordUse::Begun(_)), "{typed}");
    }
}

#[tokio::test]
async fn a_session_ends_by_its_time() {
    let house = House::open().await;
    let browser = house.sign_in().await;
    house.pass(3599);
    assert!(browser.maybe_session().await.is_some());
    house.pass(1);
    assert!(browser.maybe_session().await.is_none());
    let (browser, _) = house.with_phone().await;
    house.pass(12 * 3600 - 1);
    assert_eq!(browser.step().await, Some(Step::Full));
    house.pass(1);
    assert!(browser.maybe_session().await.is_none());
}

#[tokio::test]
async fn an_approval_after_the_session_ended_by_its_time_is_cancelled() {
    let house = House::open_with(|config| config.policy.first_step_life = 30).await;
    let (_, phone) = {
        let house = &house;
        house.with_phone().await
    };
    let browser = house.sign_in().await;
    browser.ask().await;
    let (card, number) = (phone.card().await.unwrap(), browser.number().await);
    house.pass(30);
    let verdict = phone.verdict((card.id, card.hash()), Decision::Approve, Some(number)).await;
    assert_eq!(verdict, Verdict::Cancelled);
}

async fn use_code(browser: &Browser<'_>, code: &str) -> CodeUse {
    browser.service().use_code(&browser.session().await, code).await.unwrap()
}
