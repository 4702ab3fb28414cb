//! Limits stop who tries too often, and are no lever against anybody else.

use countersign_protocol::*;

use super::house::*;
use super::passwords::{elsewhere, right_password, sign_in_from, wrong_password};
use super::phone::{Phone, Refused};
use crate::*;

/// It has the form of a code, and is right once in a million steps.
const WRONG_CODE: &str = "000000";

async fn use_code(browser: &Browser<'_>, code: &str) -> CodeUse {
    browser.service().use_code(&browser.session().await, code).await.unwrap()
}

#[tokio::test]
async fn ten_wrong_codes_an_hour_are_the_most_at_an_address_in_all_sessions_together() {
    let house = House::open().await;
    let (_, phone) = house.with_phone().await;
    let begin = house.now();
    for left in (0..10).rev() {
        let browser = house.sign_in().await;
        assert_eq!(use_code(&browser, WRONG_CODE).await, CodeUse::Wrong { left });
    }
    let browser = house.sign_in().await;
    assert_eq!(use_code(&browser, &phone.code()).await, CodeUse::TooMany(begin.plus(3600)));
    assert_eq!(browser.ask().await, Ask::Asked, "a count stops only what it counts");
}

#[tokio::test]
async fn what_has_not_the_form_of_a_code_is_told_and_not_counted() {
    let house = House::open().await;
    let (_, phone) = house.with_phone().await;
    let browser = house.sign_in().await;
    for typed in ["", "abc", "12345", "1234567", "12345a", "not a code"] {
        for _ in 0..3 {
            assert_eq!(use_code(&browser, typed).await, CodeUse::NotACode, "{typed}");
        }
    }
    assert_eq!(use_code(&browser, WRONG_CODE).await, CodeUse::Wrong { left: 9 });
    let code = phone.code();
    let (first, last) = code.split_at(3);
    assert_eq!(
        use_code(&browser, &format!(" {first} {last} ")).await,
        CodeUse::Right,
        "blanks do not matter"
    );
}

#[tokio::test]
async fn wrong_codes_of_who_has_the_password_close_no_codes_elsewhere() {
    let house = House::open().await;
    let (_, phone) = house.with_phone().await;
    let thief = sign_in_from(&house, &elsewhere(1)).await;
    for _ in 0..12 {
        use_code(&thief, WRONG_CODE).await;
    }
    let person = house.sign_in().await;
    assert_eq!(use_code(&person, &phone.code()).await, CodeUse::Right);
}

#[tokio::test]
async fn thirty_wrong_codes_an_hour_are_the_most_of_a_person_wherever_they_come_from() {
    let house = House::open().await;
    let (own, phone) = house.with_phone().await;
    for index in 0..30 {
        let thief = sign_in_from(&house, &elsewhere(index / 10)).await;
        assert!(matches!(use_code(&thief, WRONG_CODE).await, CodeUse::Wrong { .. }));
    }
    let until = house.now().plus(3600);
    let person = house.sign_in().await;
    assert_eq!(use_code(&person, &phone.code()).await, CodeUse::TooMany(until));
    assert_eq!(use_code(&own, &phone.code()).await, CodeUse::Right, "who is signed in has a count apart");
}

#[tokio::test]
async fn wrong_codes_of_a_session_that_is_signed_in_are_counted_too() {
    let house = House::open().await;
    let (own, phone) = house.with_phone().await;
    for left in (0..10).rev() {
        assert_eq!(use_code(&own, WRONG_CODE).await, CodeUse::Wrong { left });
    }
    assert!(matches!(use_code(&own, &phone.code()).await, CodeUse::TooMany(_)));
    assert_eq!(use_code(&house.sign_in().await, &phone.code()).await, CodeUse::Right);
}

#[tokio::test]
async fn requests_of_who_has_the_password_close_no_security_info() {
    let house = House::open().await;
    let (own, phone) = house.with_phone().await;
    for wait in [10, 20, 40, 80, 160] {
        assert_eq!(house.sign_in().await.ask().await, Ask::Asked);
        let card = phone.card().await.unwrap();
        phone.verdict((card.id, card.hash()), Decision::Deny, None).await;
        house.pass(wait);
    }
    assert!(matches!(house.sign_in().await.ask().await, Ask::TooOften(_)));
    own.open_changes(&phone).await;
}

#[tokio::test]
async fn an_approval_resets_its_own_count_and_no_other() {
    let house = House::open().await;
    let (_, phone) = house.with_phone().await;
    for _ in 0..10 {
        wrong_password(&house, MIRA, &elsewhere(1)).await;
        use_code(&house.sign_in().await, WRONG_CODE).await;
    }
    let browser = house.sign_in().await;
    assert_eq!(browser.ask().await, Ask::Asked);
    phone.approve_waiting(browser.number().await).await;
    assert!(matches!(right_password(&house, &elsewhere(1)).await, PasswordUse::TooMany(_)));
    let other = house.sign_in().await;
    assert!(matches!(use_code(&other, &phone.code()).await, CodeUse::TooMany(_)));
    assert_eq!(other.ask().await, Ask::Asked, "its own count is empty");
}

#[tokio::test]
async fn a_right_code_empties_its_own_count_and_not_the_one_of_all() {
    let house = House::open().await;
    let (_, phone) = house.with_phone().await;
    for index in 0..30 {
        let thief = sign_in_from(&house, &elsewhere(index / 10)).await;
        use_code(&thief, WRONG_CODE).await;
        if index == 9 {
            let person = house.sign_in().await;
            assert_eq!(use_code(&person, &phone.code()).await, CodeUse::Right);
            house.pass(30);
        }
    }
    let person = house.sign_in().await;
    assert!(matches!(use_code(&person, &phone.code()).await, CodeUse::TooMany(_)));
}

fn used() -> Result<(), Refused> {
    Err(Refused(409, ProblemCode::ActivationUsed))
}

fn too_many() -> Result<(), Refused> {
    Err(Refused(429, ProblemCode::TooMany))
}

#[tokio::test]
async fn a_used_or_expired_activation_code_counts_as_a_wrong_one() {
    let house = House::open().await;
    let browser = house.sign_in().await;
    browser.show_code().await;
    let code = browser.code().await.link.code.expose();
    let scanned = || ActivationCode::try_from(code.clone()).unwrap();
    let mut owner = Phone::new(&house);
    owner.activate(scanned()).await.unwrap();
    for _ in 0..20 {
        assert_eq!(Phone::new(&house).activate(scanned()).await, used());
    }
    assert_eq!(Phone::new(&house).activate(scanned()).await, too_many());
    assert_eq!(owner.status().await, Status::Pending, "the phone that has the code is not touched");

    house.pass(600);
    browser.show_code().await;
    let late = browser.code().await.link.code.expose();
    house.pass(600);
    let expired = Err(Refused(410, ProblemCode::ActivationExpired));
    for _ in 0..20 {
        let code = ActivationCode::try_from(late.clone()).unwrap();
        assert_eq!(Phone::new(&house).activate(code).await, expired);
    }
    let code = ActivationCode::try_from(late.clone()).unwrap();
    assert_eq!(Phone::new(&house).activate(code).await, too_many());
}

#[tokio::test]
async fn the_phone_that_has_a_code_may_post_it_ten_times_again_and_no_more() {
    let house = House::open().await;
    let browser = house.sign_in().await;
    browser.show_code().await;
    let code = browser.code().await.link.code.expose();
    let scanned = || ActivationCode::try_from(code.clone()).unwrap();
    let mut phone = Phone::new(&house);
    for _ in 0..11 {
        phone.activate(scanned()).await.unwrap();
        house.pass(1);
    }
    assert_eq!(phone.activate(scanned()).await, too_many());
    assert_eq!(phone.status().await, Status::Pending);
}

#[tokio::test]
async fn the_page_names_one_other_phone_and_no_name_that_comes_later() {
    let house = House::open().await;
    let browser = house.sign_in().await;
    browser.show_code().await;
    let code = browser.code().await.link.code.expose();
    let scanned = || ActivationCode::try_from(code.clone()).unwrap();
    Phone::new(&house).activate(scanned()).await.unwrap();
    for name in ["Nokia 3310", "Your bank"] {
        let mut rival = Phone::new(&house);
        rival.name = name;
        assert_eq!(rival.activate(scanned()).await, used());
    }
    let SetUp::Check { also_tried_by, .. } = browser.set_up().await else { panic!() };
    assert_eq!(also_tried_by.unwrap().as_str(), "Nokia 3310");
}
