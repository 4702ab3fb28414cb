//! Security info: opened by an approval of its own, phones added and deleted, alone and in either order.

use countersign_protocol::*;

use super::house::*;
use super::phone::Phone;
use crate::*;

#[tokio::test]
async fn an_approval_of_its_own_opens_security_info_for_ten_minutes() {
    let house = House::open().await;
    let (browser, phone) = house.with_phone().await;
    assert!(matches!(browser.set_up().await, SetUp::Saved { .. }), "of the wizard");
    assert_eq!(browser.show_code().await, ShowCode::Closed);
    assert_eq!(browser.ask().await, Ask::Asked);
    assert_eq!(phone.card().await.unwrap().kind, Kind::Method);
    phone.approve_waiting(browser.number().await).await;
    assert_eq!(browser.session().await.changes_until, Some(house.now().plus(600)));
    house.pass(599);
    assert_eq!(browser.show_code().await, ShowCode::Shown);
    house.pass(1);
    assert_eq!(browser.show_code().await, ShowCode::Closed);
    assert!(browser.session().await.changes_until.is_none());
}

#[tokio::test]
async fn close_now_closes_it() {
    let house = House::open().await;
    let (browser, phone) = house.with_phone().await;
    browser.open_changes(&phone).await;
    house.service().close_changes(&browser.session().await).await.unwrap();
    assert_eq!(browser.show_code().await, ShowCode::Closed);
}

#[tokio::test]
async fn s66_s67_a_phone_exists_only_after_its_test_and_save() {
    let house = House::open().await;
    let (browser, first) = house.with_phone().await;
    browser.open_changes(&first).await;
    let phone = browser.scan().await;
    let save = || async { house.service().save_phone(&browser.session().await).await.unwrap() };
    assert!(!save().await, "not before the test");
    assert_eq!(browser.confirm().await, Ask::Asked);
    assert!(first.card().await.is_none(), "S26: the test goes to the new phone alone");
    phone.approve_waiting(browser.test_number().await).await;
    assert!(matches!(browser.set_up().await, SetUp::Save { .. }));
    assert_eq!(phone.status().await, Status::Pending, "S67");
    assert_eq!(browser.info().await.phones.len(), 1);
    assert!(save().await);
    assert_eq!(phone.status().await, Status::Active);
    assert_eq!(browser.info().await.phones.len(), 2);
    assert!(!save().await, "once");
}

#[tokio::test]
async fn what_is_not_saved_in_time_is_removed() {
    let house = House::open().await;
    let (browser, first) = house.with_phone().await;
    browser.open_changes(&first).await;
    let phone = browser.scan().await;
    browser.confirm().await;
    phone.approve_waiting(browser.test_number().await).await;
    house.pass(1800);
    assert!(!house.service().save_phone(&browser.session().await).await.unwrap());
    assert_eq!(phone.status().await, Status::Removed(RemovalReason::Unsaved));
}

#[tokio::test]
async fn s69_a_deleted_phone_is_gone_for_good() {
    let house = House::open().await;
    let (browser, first) = house.with_phone().await;
    let second = browser.add_phone(&first).await;
    assert_eq!(delete(&browser, &first).await, Deletion::Deleted);
    assert_eq!(first.status().await, Status::Removed(RemovalReason::Person));
    assert_eq!(delete(&browser, &first).await, Deletion::Unknown);
    let sign_in = house.sign_in().await;
    assert_eq!(sign_in.ask().await, Ask::Asked);
    assert!(second.card().await.is_some());
    let used = house.service().use_code(&sign_in.session().await, &first.code()).await.unwrap();
    assert!(matches!(used, CodeUse::Wrong { .. }), "its codes are gone, too");
}

#[tokio::test]
async fn i8_the_last_phone_cannot_be_deleted() {
    let house = House::open().await;
    let (browser, phone) = house.with_phone().await;
    assert_eq!(delete(&browser, &phone).await, Deletion::Closed, "rule 13");
    browser.open_changes(&phone).await;
    assert_eq!(delete(&browser, &phone).await, Deletion::Last);
    assert_eq!(phone.status().await, Status::Active);
}

#[tokio::test]
async fn s68_the_two_deletions_are_independent_in_either_order() {
    let house = House::open().await;
    let (browser, first) = house.with_phone().await;
    let second = browser.add_phone(&first).await;
    let third = browser.add_phone(&first).await;
    assert_eq!(delete(&browser, &second).await, Deletion::Deleted);
    assert_eq!(second.remove().await, Status::Removed(RemovalReason::Person), "the first reason stays");
    assert_eq!(third.remove().await, Status::Removed(RemovalReason::Phone));
    assert_eq!(third.remove().await, Status::Removed(RemovalReason::Phone), "sent again");
    assert_eq!(delete(&browser, &third).await, Deletion::Unknown);
    assert_eq!(browser.info().await.phones.len(), 1);
}

#[tokio::test]
async fn s71_removing_the_only_phone_is_final_until_someone_helps() {
    let house = House::open().await;
    let (_, phone) = house.with_phone().await;
    assert_eq!(phone.remove().await, Status::Removed(RemovalReason::Phone));
    let browser = house.sign_in().await;
    assert_eq!(browser.step().await, Some(Step::Helpless { is_late: false }));
    assert_eq!(browser.show_code().await, ShowCode::Closed);
}

#[tokio::test]
async fn s69_deleting_a_phone_ends_the_sessions_that_it_let_in_and_no_others() {
    let house = House::open().await;
    let (own, first) = house.with_phone().await;
    let stolen = own.add_phone(&first).await;
    let mut by_request = house.sign_in().await;
    assert_eq!(by_request.ask().await, Ask::Asked);
    stolen.approve_waiting(by_request.number().await).await;
    by_request.finish().await;
    let mut by_code = house.sign_in().await;
    let used = house.service().use_code(&by_code.session().await, &stolen.code()).await.unwrap();
    assert_eq!(used, CodeUse::Right);
    by_code.finish().await;
    let first_step = house.sign_in().await;
    own.open_changes(&stolen).await;

    assert_eq!(delete(&own, &stolen).await, Deletion::Deleted);
    assert!(by_request.maybe_session().await.is_none() && by_code.maybe_session().await.is_none());
    assert_eq!(own.step().await, Some(Step::Full), "the one that deletes");
    assert!(first_step.maybe_session().await.is_some());
}

#[tokio::test]
async fn five_phones_are_the_most() {
    let house = House::open().await;
    let (browser, first) = house.with_phone().await;
    for _ in 0..4 {
        browser.add_phone(&first).await;
        house.pass(3600);
    }
    browser.open_changes(&first).await;
    assert_eq!(browser.show_code().await, ShowCode::TooManyPhones);
    assert_eq!(browser.info().await.phones.len(), 5);
}

#[tokio::test]
async fn the_page_lists_phones_as_they_say_of_themselves_and_only_for_who_is_signed_in() {
    let house = House::open().await;
    let (browser, _) = house.with_phone().await;
    let info = browser.info().await;
    let [phone] = info.phones.as_slice() else { panic!() };
    assert_eq!((phone.name.as_str(), phone.storage), ("Pixel 8", Storage::Software));
    assert_eq!((phone.presence, phone.codes_only), (Presence::EachUse, false));
    assert!(phone.last_answer.is_some());
    let other = house.sign_in().await;
    assert!(house.service().security_info(&other.session().await).await.unwrap().is_none());
}

async fn delete(browser: &Browser<'_>, phone: &Phone) -> Deletion {
    browser.service().delete_phone(&browser.session().await, phone.id()).await.unwrap()
}

#[tokio::test]
async fn a_phone_that_makes_codes_only_is_tested_while_security_info_is_open_and_not_before() {
    let house = House::open().await;
    let mut browser = house.sign_in().await;
    let phone = browser.scan().await;
    browser.confirm().await;
    let proved = house.service().prove_by_code(&browser.session().await, &phone.code()).await.unwrap();
    assert_eq!(proved, Proof::Saved);
    browser.finish().await;
    let test = async || {
        let session = browser.session().await;
        house.service().test_phone(&session, phone.id(), &visitor()).await.unwrap()
    };
    assert_eq!(test().await, Ask::NotNow);
    assert!(phone.card().await.is_none());
    house.pass(30);
    let used = house.service().use_code(&browser.session().await, &phone.code()).await.unwrap();
    assert_eq!(used, CodeUse::Right);
    assert_eq!(test().await, Ask::Asked);
}

#[tokio::test]
async fn five_phones_are_the_most_also_when_two_sessions_add_the_fifth() {
    let house = House::open().await;
    let (one, first) = house.with_phone().await;
    for _ in 0..3 {
        one.add_phone(&first).await;
        house.pass(3600);
    }
    let mut other = house.sign_in().await;
    assert_eq!(other.ask().await, Ask::Asked);
    first.approve_waiting(other.number().await).await;
    other.finish().await;
    for browser in [&one, &other] {
        browser.open_changes(&first).await;
        let phone = browser.scan().await;
        assert_eq!(browser.confirm().await, Ask::Asked);
        phone.approve_waiting(browser.test_number().await).await;
    }
    assert!(house.service().save_phone(&one.session().await).await.unwrap());
    assert!(!house.service().save_phone(&other.session().await).await.unwrap());
    assert_eq!(one.info().await.phones.len(), 5);
}
