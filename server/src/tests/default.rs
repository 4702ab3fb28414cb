//! What a sign-in offers first: decided by what was saved, chosen by the person, kept over what goes.

use countersign_protocol::{Decision, RemovalReason, Status};

use super::house::*;
use super::phone::Phone;
use crate::SignInMethod::{App, Code};
use crate::*;

#[tokio::test]
async fn s28_an_approved_test_makes_the_app_the_default() {
    let house = House::open().await;
    let mut browser = house.sign_in().await;
    let phone = browser.scan().await;
    browser.confirm().await;
    phone.approve_waiting(browser.test_number().await).await;
    let methods = house.service().methods(&browser.session().await).await.unwrap();
    let shown: Vec<_> = methods.iter().map(|view| (view.method, view.is_default)).collect();
    assert_eq!(shown, [(App, true), (Code, false)], "as the page of success lists them");
    browser.finish().await;
    assert_eq!(browser.default().await, Some(App));
    assert_eq!(house.sign_in().await.step().await, Some(BY_APP));
}

#[tokio::test]
async fn s28_a_code_alone_makes_codes_the_default_until_a_test_is_approved() {
    let house = House::open().await;
    let (browser, phone) = by_a_code(&house).await;
    assert_eq!(browser.default().await, Some(Code));
    assert_eq!(house.sign_in().await.step().await, Some(BY_CODE));

    next_code(&browser, &phone).await;
    let session = browser.session().await;
    house.service().test_phone(&session, phone.id(), &visitor()).await.unwrap();
    let test = house.service().phone_test(&session, phone.id()).await.unwrap().unwrap();
    let Outcome::Waiting(number) = test.outcome else { panic!() };
    phone.approve_waiting(number).await;
    assert_eq!(browser.default().await, Some(App));
}

#[tokio::test]
async fn the_default_that_a_person_chose_decides_what_a_sign_in_offers_first() {
    let house = House::open().await;
    let (browser, phone) = house.with_phone().await;
    assert!(!make_default(&browser, Code).await, "rule 13");
    browser.open_changes(&phone).await;
    assert!(make_default(&browser, Code).await);
    assert_eq!(browser.default().await, Some(Code));
    let first_code = Step::Prove { first: Code, by_request: true, by_code: true };
    assert_eq!(house.sign_in().await.step().await, Some(first_code));

    browser.add_phone(&phone).await;
    assert_eq!(browser.default().await, Some(Code), "another phone changes nothing about it");
    let cookie = browser.cookie;
    let house = house.restart().await;
    assert_eq!(Browser { house: &house, cookie }.default().await, Some(Code), "it is stored");
}

#[tokio::test]
async fn what_cannot_be_used_cannot_be_made_the_default() {
    let house = House::open().await;
    let (browser, phone) = by_a_code(&house).await;
    next_code(&browser, &phone).await;
    assert!(!make_default(&browser, App).await, "no phone approves");
    assert_eq!(browser.default().await, Some(Code));
}

#[tokio::test]
async fn i8_deleting_the_phone_behind_the_default_promotes_the_strongest_that_is_left() {
    let house = House::open().await;
    let (browser, codes_only) = by_a_code(&house).await;
    next_code(&browser, &codes_only).await;
    let phone = browser.scan().await;
    browser.confirm().await;
    phone.approve_waiting(browser.test_number().await).await;
    assert!(house.service().save_phone(&browser.session().await).await.unwrap());
    assert_eq!(browser.default().await, Some(App));

    let deleted = house.service().delete_phone(&browser.session().await, phone.id()).await.unwrap();
    assert_eq!(deleted, Deletion::Deleted);
    assert_eq!(browser.default().await, Some(Code));
    assert_eq!(house.sign_in().await.step().await, Some(BY_CODE));
}

#[tokio::test]
async fn i8_a_phone_that_removes_itself_promotes_what_is_left_too() {
    let house = House::open().await;
    let (browser, codes_only) = by_a_code(&house).await;
    next_code(&browser, &codes_only).await;
    let phone = browser.scan().await;
    browser.confirm().await;
    phone.approve_waiting(browser.test_number().await).await;
    house.service().save_phone(&browser.session().await).await.unwrap();
    phone.remove().await;
    assert_eq!(browser.default().await, Some(Code));
}

#[tokio::test]
async fn i8_a_phone_that_a_report_takes_back_promotes_what_is_left_too() {
    let house = House::open().await;
    let (_, codes_only) = by_a_code(&house).await;
    let mut browser = house.sign_in().await;
    next_code(&browser, &codes_only).await;
    browser.finish().await;
    next_code(&browser, &codes_only).await;
    let phone = browser.scan().await;
    browser.confirm().await;
    let card = phone.card().await.unwrap();
    phone.approve_waiting(browser.test_number().await).await;
    house.service().save_phone(&browser.session().await).await.unwrap();
    assert_eq!(house.sign_in().await.step().await, Some(BY_APP));
    let status = phone.answer((card.id, card.hash()), Decision::Report, None).await.status;
    assert_eq!(status, Status::Removed(RemovalReason::Report));
    assert_eq!(house.sign_in().await.step().await, Some(BY_CODE));
}

#[tokio::test]
async fn where_codes_are_taken_no_longer_the_app_comes_first_and_a_code_alone_does_not_do() {
    let house = House::open().await;
    let (browser, phone) = house.with_phone().await;
    browser.open_changes(&phone).await;
    make_default(&browser, Code).await;
    let house = house.restart_with(|config| config.policy.codes = None).await;
    let browser = house.sign_in().await;
    let by_app_alone = Step::Prove { first: App, by_request: true, by_code: false };
    assert_eq!(browser.step().await, Some(by_app_alone));
    let used = house.service().use_code(&browser.session().await, &phone.code()).await.unwrap();
    assert_eq!(used, CodeUse::NotNow);
}

#[tokio::test]
async fn who_has_nothing_that_the_organisation_still_takes_needs_help() {
    let house = House::open().await;
    by_a_code(&house).await;
    let house = house.restart_with(|config| config.policy.codes = None).await;
    assert_eq!(house.sign_in().await.step().await, Some(Step::Helpless { is_late: false }));
}

/// The first set-up by a code instead of the test: a full session, and a phone that makes codes only.
async fn by_a_code(house: &House) -> (Browser<'_>, Phone) {
    let mut browser = house.sign_in().await;
    let phone = browser.scan().await;
    browser.confirm().await;
    let proof = house.service().prove_by_code(&browser.session().await, &phone.code()).await.unwrap();
    assert_eq!(proof, Proof::Saved);
    browser.finish().await;
    (browser, phone)
}

/// Uses the next code: at a sign-in it proves the person, later it opens Security info for changes.
async fn next_code(browser: &Browser<'_>, phone: &Phone) {
    browser.house.pass(30);
    let used = browser.service().use_code(&browser.session().await, &phone.code()).await.unwrap();
    assert_eq!(used, CodeUse::Right);
}

async fn make_default(browser: &Browser<'_>, method: SignInMethod) -> bool {
    browser.service().make_default(&browser.session().await, method).await.unwrap()
}
