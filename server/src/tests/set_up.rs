//! Adding a phone: in the wizard and on Security info.

use countersign_protocol::*;

use super::house::*;
use super::phone::{Phone, Refused};
use crate::*;

#[tokio::test]
async fn s24_s26_s27_s28_the_wizard_adds_a_phone_tests_it_and_saves_it_with_the_approval() {
    let house = House::open().await;
    let mut browser = house.sign_in().await;
    assert_eq!(browser.step().await, Some(Step::SetUp));
    assert!(matches!(browser.set_up().await, SetUp::Ready));

    let phone = browser.scan().await;
    let SetUp::Check { phone: name, check, also_tried_by: None } = browser.set_up().await else { panic!() };
    assert_eq!((name.name.as_str(), check), ("Pixel 8", phone.check()));
    assert_eq!(phone.status().await, Status::Pending);

    assert_eq!(browser.confirm().await, Ask::Asked);
    let card = phone.card().await.unwrap();
    assert_eq!((card.kind, card.account.as_str(), card.digits.get()), (Kind::Test, MIRA, 3));
    assert_eq!(card.address.as_ref().map(Text::as_str), Some("203.0.113.24"));
    assert_eq!(card.browser.as_ref().map(Text::as_str), Some("Firefox on Windows"));

    phone.approve_waiting(browser.test_number().await).await;
    assert_eq!(phone.status().await, Status::Active);
    assert!(matches!(browser.set_up().await, SetUp::Saved { codes_only: false, .. }));
    assert_eq!(browser.step().await, Some(Step::Finish));
    browser.finish().await;
}

#[tokio::test]
async fn a_cookie_is_renewed_once_and_the_old_one_opens_nothing() {
    let house = House::open().await;
    let mut browser = house.sign_in().await;
    let phone = browser.scan().await;
    browser.confirm().await;
    phone.approve_waiting(browser.test_number().await).await;
    let (session, old) = (browser.session().await, browser.cookie.clone());
    browser.finish().await;
    assert!(house.service().finish(&session).await.unwrap().is_none());
    assert!(house.service().session(&old).await.unwrap().is_none());
}

#[tokio::test]
async fn s25_the_typed_code_leads_to_the_same_account() {
    let house = House::open().await;
    let browser = house.sign_in().await;
    assert_eq!(browser.show_code().await, ShowCode::Shown);
    assert!(browser.code().await.typed.is_none(), "it is made only when asked for");
    let session = browser.session().await;
    assert_eq!(house.service().show_typed_code(&session).await.unwrap(), ShowCode::Shown);
    let typed = browser.code().await.typed.unwrap();
    assert_eq!(typed.origin.as_str(), "https://signin.halden.example");
    assert_eq!(typed.pin, None, "the certificate is public");
    let mut phone = Phone::new(&house);
    phone.activate(ActivationCode::Typed(typed.code)).await.unwrap();
    assert_eq!(phone.reply.as_ref().unwrap().account, house.account);
}

#[tokio::test]
async fn s16_a_reload_shows_the_same_code_and_a_new_one_ends_it() {
    let house = House::open().await;
    let browser = house.sign_in().await;
    browser.show_code().await;
    let first = browser.code().await.link.code;
    assert_eq!(browser.code().await.link.code, first);
    browser.show_code().await;
    assert_ne!(browser.code().await.link.code, first);
    let refused = Phone::new(&house).activate(first).await;
    assert_eq!(refused, Err(Refused(410, ProblemCode::ActivationExpired)));
}

#[tokio::test]
async fn i3_a_code_is_good_for_ten_minutes() {
    let house = House::open().await;
    let browser = house.sign_in().await;
    browser.show_code().await;
    let code = browser.code().await.link.code;
    house.pass(600);
    assert!(matches!(browser.set_up().await, SetUp::CodeExpired));
    let refused = Phone::new(&house).activate(code).await;
    assert_eq!(refused, Err(Refused(410, ProblemCode::ActivationExpired)));
    assert_eq!(browser.show_code().await, ShowCode::Shown);
}

#[tokio::test]
async fn i3_a_second_phone_gets_already_used_and_the_page_names_both() {
    let house = House::open().await;
    let browser = house.sign_in().await;
    browser.show_code().await;
    let code = browser.code().await.link.code.expose();
    Phone::new(&house).activate(scanned(&code)).await.unwrap();
    let mut second = Phone::new(&house);
    second.name = "Nokia 3310";
    assert_eq!(second.activate(scanned(&code)).await, Err(Refused(409, ProblemCode::ActivationUsed)));
    let SetUp::Check { phone, also_tried_by, .. } = browser.set_up().await else { panic!() };
    assert_eq!((phone.name.as_str(), also_tried_by.unwrap().as_str()), ("Pixel 8", "Nokia 3310"));
}

#[tokio::test]
async fn two_phones_at_once_get_one_account_between_them() {
    let house = House::open().await;
    let browser = house.sign_in().await;
    browser.show_code().await;
    let code = browser.code().await.link.code.expose();
    let mut phones: Vec<Phone> = (0..8).map(|_| Phone::new(&house)).collect();
    let mut tasks = tokio::task::JoinSet::new();
    for mut phone in phones.drain(..) {
        let code = scanned(&code);
        tasks.spawn(async move { phone.activate(code).await });
    }
    let results = tasks.join_all().await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    let used = Err(Refused(409, ProblemCode::ActivationUsed));
    assert_eq!(results.iter().filter(|result| **result == used).count(), 7);
}

#[tokio::test]
async fn a_lost_reply_costs_nothing_until_the_first_wait() {
    let house = House::open().await;
    let browser = house.sign_in().await;
    browser.show_code().await;
    let code = browser.code().await.link.code.expose();
    let mut phone = Phone::new(&house);
    phone.activate(scanned(&code)).await.unwrap();
    let first = phone.id();
    house.pass(1);
    phone.approval_key = SoftwareKey::make().unwrap();
    phone.activate(scanned(&code)).await.unwrap();
    assert_eq!(phone.id(), first);
    let SetUp::Check { check, .. } = browser.set_up().await else { panic!() };
    assert_eq!(check, phone.check(), "the newest counts");

    phone.offset = -2;
    assert_eq!(phone.activate(scanned(&code)).await, Err(Refused(400, ProblemCode::BadCall)), "an older one");
    phone.offset = 0;
    phone.status().await;
    assert_eq!(phone.activate(scanned(&code)).await, Err(Refused(409, ProblemCode::ActivationUsed)));
}

#[tokio::test]
async fn after_yes_at_the_check_the_keys_of_the_phone_stay() {
    let house = House::open().await;
    let browser = house.sign_in().await;
    browser.show_code().await;
    let code = browser.code().await.link.code.expose();
    let mut phone = Phone::new(&house);
    phone.activate(scanned(&code)).await.unwrap();
    assert_eq!(browser.confirm().await, Ask::Asked);
    house.pass(1);
    assert_eq!(phone.activate(scanned(&code)).await, Err(Refused(409, ProblemCode::ActivationUsed)));
}

#[tokio::test]
async fn the_secret_of_the_last_reply_makes_the_codes() {
    let house = House::open().await;
    let browser = house.sign_in().await;
    browser.show_code().await;
    let code = browser.code().await.link.code.expose();
    let mut phone = Phone::new(&house);
    phone.activate(scanned(&code)).await.unwrap();
    house.pass(1);
    phone.activate(scanned(&code)).await.unwrap();
    let replayed = phone.activate(scanned(&code)).await;
    assert_eq!(replayed, Err(Refused(400, ProblemCode::BadCall)), "it would part the two secrets");
    browser.confirm().await;
    assert_eq!(prove(&browser, &phone.code()).await, Proof::Saved);
}

#[tokio::test]
async fn i2_a_code_instead_of_the_test_saves_the_phone_for_codes_only() {
    let house = House::open().await;
    let mut browser = house.sign_in().await;
    let phone = browser.scan().await;
    assert_eq!(prove(&browser, &phone.code()).await, Proof::Not(CodeUse::NotNow), "the check comes first");
    browser.confirm().await;
    let wrong = prove(&browser, "000000").await;
    assert_eq!(wrong, Proof::Not(CodeUse::Wrong { left: 9 }));
    assert_eq!(prove(&browser, &phone.code()).await, Proof::Saved);
    assert_eq!(phone.status().await, Status::CodesOnly);
    assert!(phone.card().await.is_none(), "the test is cancelled");
    assert!(matches!(browser.set_up().await, SetUp::Saved { codes_only: true, .. }));
    browser.finish().await;

    let mut again = house.sign_in().await;
    assert_eq!(again.step().await, Some(BY_CODE));
    assert_eq!(again.ask().await, Ask::NotNow);
    house.pass(30);
    assert_eq!(use_code(&again, &phone.code()).await, CodeUse::Right);
    again.finish().await;

    house.pass(30);
    assert_eq!(use_code(&again, &phone.code()).await, CodeUse::Right);
    let session = again.session().await;
    let asked = house.service().test_phone(&session, phone.id(), &visitor()).await.unwrap();
    assert_eq!(asked, Ask::Asked);
    let test = house.service().phone_test(&session, phone.id()).await.unwrap().unwrap();
    let Outcome::Waiting(number) = test.outcome else { panic!() };
    phone.approve_waiting(number).await;
    assert_eq!(phone.status().await, Status::Active);
}

#[tokio::test]
async fn no_to_is_this_your_phone_removes_it() {
    let house = House::open().await;
    let browser = house.sign_in().await;
    let phone = browser.scan().await;
    house.service().refuse_phone(&browser.session().await).await.unwrap();
    assert_eq!(phone.status().await, Status::Removed(RemovalReason::Check));
    let SetUp::Removed { phone: name, reason } = browser.set_up().await else { panic!() };
    assert_eq!((name.as_str(), reason), ("Pixel 8", RemovalReason::Check));
    assert_eq!(browser.show_code().await, ShowCode::Shown, "and a new code may follow");
}

#[tokio::test]
async fn i2_a_test_that_failed_is_sent_again_five_times_and_no_more() {
    let house = House::open().await;
    let browser = house.sign_in().await;
    let phone = browser.scan().await;
    for left in (0..5).rev() {
        assert_eq!(browser.confirm().await, Ask::Asked);
        let card = phone.card().await.unwrap();
        assert_eq!(phone.verdict((card.id, card.hash()), Decision::Deny, None).await, Verdict::Denied);
        let SetUp::Test { request, tests_left, .. } = browser.set_up().await else { panic!() };
        assert_eq!((request.outcome, tests_left), (Outcome::Denied, left));
    }
    assert_eq!(browser.confirm().await, Ask::NoMoreTests);
    assert_eq!(phone.status().await, Status::Removed(RemovalReason::Unsaved));
}

#[tokio::test]
async fn i2_an_expired_test_says_so_and_may_be_sent_again() {
    let house = House::open().await;
    let browser = house.sign_in().await;
    let phone = browser.scan().await;
    browser.confirm().await;
    house.pass(60);
    let SetUp::Test { request, .. } = browser.set_up().await else { panic!() };
    assert_eq!(request.outcome, Outcome::Expired);
    assert_eq!(browser.confirm().await, Ask::Asked);
    phone.approve_waiting(browser.test_number().await).await;
    assert_eq!(browser.step().await, Some(Step::Finish));
}

#[tokio::test]
async fn a_phone_that_is_not_saved_in_30_minutes_is_removed() {
    let house = House::open().await;
    let browser = house.sign_in().await;
    let phone = browser.scan().await;
    house.pass(1799);
    assert_eq!(phone.status().await, Status::Pending);
    house.pass(1);
    assert_eq!(phone.status().await, Status::Removed(RemovalReason::Unsaved), "before anybody wrote it down");
    house.service().sweep().await.unwrap();
    assert_eq!(phone.status().await, Status::Removed(RemovalReason::Unsaved));
    let SetUp::Removed { reason: RemovalReason::Unsaved, .. } = browser.set_up().await else { panic!() };
}

#[tokio::test]
async fn i5_who_leaves_the_wizard_begins_it_again_at_the_next_sign_in() {
    let house = House::open().await;
    let browser = house.sign_in().await;
    let phone = browser.scan().await;
    house.service().sign_out(&browser.session().await).await.unwrap();
    assert_eq!(phone.status().await, Status::Removed(RemovalReason::Unsaved), "nobody else could save it");
    assert_eq!(house.sign_in().await.step().await, Some(Step::SetUp));
}

#[tokio::test]
async fn a_code_goes_with_its_session() {
    let house = House::open().await;
    let browser = house.sign_in().await;
    browser.show_code().await;
    let code = browser.code().await.link.code;
    house.service().sign_out(&browser.session().await).await.unwrap();
    let refused = Phone::new(&house).activate(code).await;
    assert_eq!(refused, Err(Refused(404, ProblemCode::ActivationUnknown)));
}

#[tokio::test]
async fn five_codes_an_hour_are_the_most_of_a_session() {
    let house = House::open_with(|config| config.policy.first_step_life = 7200).await;
    let browser = house.sign_in().await;
    for _ in 0..5 {
        assert_eq!(browser.show_code().await, ShowCode::Shown);
    }
    assert_eq!(browser.show_code().await, ShowCode::TooMany(house.now().plus(3600)));
    house.pass(3600);
    assert_eq!(browser.show_code().await, ShowCode::Shown);
}

#[tokio::test]
async fn a_password_opens_the_wizard_for_14_days() {
    let house = House::open().await;
    house.pass(14 * 24 * 3600 - 1);
    let browser = house.sign_in().await;
    assert_eq!(browser.step().await, Some(Step::SetUp));
    house.pass(1);
    assert_eq!(browser.step().await, Some(Step::Helpless { is_late: true }));
    assert_eq!(browser.show_code().await, ShowCode::Closed);
}

#[tokio::test]
async fn of_two_wizards_at_once_only_one_adds_the_first_phone() {
    let house = House::open().await;
    let (one, other) = (house.sign_in().await, house.sign_in().await);
    let (first, second) = (one.scan().await, other.scan().await);
    one.confirm().await;
    first.approve_waiting(one.test_number().await).await;
    assert_eq!(first.status().await, Status::Active);

    assert_eq!(other.step().await, Some(BY_APP));
    assert_eq!(other.confirm().await, Ask::NotNow);
    assert_eq!(prove(&other, &second.code()).await, Proof::Not(CodeUse::NotNow));
    assert_eq!(other.show_code().await, ShowCode::Closed);
    assert_eq!(second.status().await, Status::Pending);
}

#[tokio::test]
async fn a_test_that_was_sent_before_the_other_wizard_ended_saves_nothing() {
    let house = House::open().await;
    let (one, other) = (house.sign_in().await, house.sign_in().await);
    let (first, second) = (one.scan().await, other.scan().await);
    assert_eq!(one.confirm().await, Ask::Asked);
    house.pass(60);
    assert_eq!(other.confirm().await, Ask::Asked);
    assert_eq!(prove(&one, &first.code()).await, Proof::Saved);
    assert_eq!(prove(&other, &second.code()).await, Proof::Not(CodeUse::NotNow));
    second.approve_waiting(other.test_number().await).await;
    assert_eq!(second.status().await, Status::Pending);
    assert_eq!(other.step().await, Some(BY_CODE));
}

fn scanned(code: &str) -> ActivationCode {
    ActivationCode::try_from(code.to_owned()).unwrap()
}

async fn prove(browser: &Browser<'_>, code: &str) -> Proof {
    browser.service().prove_by_code(&browser.session().await, code).await.unwrap()
}

async fn use_code(browser: &Browser<'_>, code: &str) -> CodeUse {
    browser.service().use_code(&browser.session().await, code).await.unwrap()
}

#[tokio::test]
async fn a_new_code_removes_the_phone_that_came_by_the_old_one() {
    let house = House::open().await;
    let browser = house.sign_in().await;
    let first = browser.scan().await;
    let second = browser.scan().await;
    assert_eq!(first.status().await, Status::Removed(RemovalReason::Unsaved));
    assert_eq!(second.status().await, Status::Pending);
}
