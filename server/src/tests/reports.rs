//! How far a report reaches: all that the reported session led to, and nothing else.

use countersign_protocol::*;

use super::house::*;
use super::phone::Phone;
use crate::*;

const REPORTED: Status = Status::Removed(RemovalReason::Report);

/// Somebody signs in with the person's password, and the person is talked into typing the number.
async fn talked_through<'a>(house: &'a House, phone: &Phone) -> (Browser<'a>, (RequestId, Hash)) {
    let mut thief = house.sign_in().await;
    assert_eq!(thief.ask().await, Ask::Asked);
    let card = phone.card().await.unwrap();
    phone.approve_waiting(thief.number().await).await;
    thief.finish().await;
    (thief, (card.id, card.hash()))
}

/// A sign-in that this phone approves.
async fn sign_in_by<'a>(house: &'a House, phone: &Phone) -> Browser<'a> {
    let mut browser = house.sign_in().await;
    assert_eq!(browser.ask().await, Ask::Asked);
    phone.approve_waiting(browser.number().await).await;
    browser.finish().await;
    browser
}

async fn report(phone: &Phone, card: (RequestId, Hash)) {
    assert_eq!(phone.verdict(card, Decision::Report, None).await, Verdict::Reported);
}

#[tokio::test]
async fn a_report_takes_back_all_that_the_session_led_to_however_many_steps_on() {
    let house = House::open().await;
    let (own, phone) = house.with_phone().await;
    let (first, card) = talked_through(&house, &phone).await;
    let thiefs = first.add_phone(&phone).await;
    let second = sign_in_by(&house, &thiefs).await;
    let spare = second.add_phone(&thiefs).await;
    let third = sign_in_by(&house, &spare).await;

    report(&phone, card).await;
    assert_eq!((thiefs.status().await, spare.status().await), (REPORTED, REPORTED));
    for session in [&first, &second, &third] {
        assert!(session.maybe_session().await.is_none());
        assert!(house.service().was_stopped(&session.cookie).await.unwrap(), "its browser is told");
    }
    assert_eq!(own.step().await, Some(Step::Full), "what did not come of it stays");
    assert!(matches!(phone.status().await, Status::Paused(_)));
}

#[tokio::test]
async fn a_phone_goes_also_when_what_it_came_by_is_gone_already() {
    let house = House::open().await;
    let (_, phone) = house.with_phone().await;
    let (first, card) = talked_through(&house, &phone).await;
    let thiefs = first.add_phone(&phone).await;
    let second = sign_in_by(&house, &thiefs).await;
    let spare = second.add_phone(&thiefs).await;
    thiefs.remove().await;
    for session in [&first, &second] {
        house.service().sign_out(&session.session().await).await.unwrap();
    }
    report(&phone, card).await;
    assert_eq!(spare.status().await, REPORTED);
}

#[tokio::test]
async fn a_phone_goes_that_was_added_while_the_thiefs_phone_held_security_info_open() {
    let house = House::open().await;
    let (_, phone) = house.with_phone().await;
    let (first, card) = talked_through(&house, &phone).await;
    let thiefs = first.add_phone(&phone).await;
    house.pass(60);
    let mut by_code = house.sign_in().await;
    let used = house.service().use_code(&by_code.session().await, &phone.code()).await.unwrap();
    assert_eq!(used, CodeUse::Right);
    by_code.finish().await;
    let spare = by_code.add_phone(&thiefs).await;
    report(&phone, card).await;
    assert_eq!(spare.status().await, REPORTED);
    assert!(by_code.maybe_session().await.is_none());
}

#[tokio::test]
async fn a_report_leaves_the_phones_and_sessions_alone_that_came_of_others() {
    let house = House::open().await;
    let (own, phone) = house.with_phone().await;
    let second = own.add_phone(&phone).await;
    let (_thief, card) = talked_through(&house, &phone).await;
    let by_second = sign_in_by(&house, &second).await;
    let third = own.add_phone(&second).await;
    report(&phone, card).await;
    assert!(matches!(second.status().await, Status::Paused(_)));
    assert!(matches!(third.status().await, Status::Paused(_)));
    assert_eq!((own.step().await, by_second.step().await), (Some(Step::Full), Some(Step::Full)));
}

#[tokio::test]
async fn a_pause_is_lifted_only_after_a_proof_by_a_phone_older_than_what_was_reported() {
    let house = House::open().await;
    let (own, phone) = house.with_phone().await;
    let (_thief, card) = talked_through(&house, &phone).await;
    house.pass(60);
    let newer = own.add_phone(&phone).await;
    let by_newer = sign_in_by(&house, &newer).await;
    report(&phone, card).await;
    assert_eq!(by_newer.open_by_code(&newer).await, CodeUse::Right);
    assert!(by_newer.session().await.changes_until.is_some());
    assert_eq!(by_newer.info().await.lifting, Lifting::ByCode);
    assert!(!house.service().lift_pause(&by_newer.session().await).await.unwrap());
    assert!(matches!(phone.status().await, Status::Paused(_)));

    house.pass(60);
    let mut by_code = house.sign_in().await;
    assert_eq!(by_code.open_by_code(&phone).await, CodeUse::Right);
    by_code.finish().await;
    assert_eq!(by_code.info().await.lifting, Lifting::ByCode, "that code counted for the sign-in");
    assert!(!house.service().lift_pause(&by_code.session().await).await.unwrap());
    house.pass(30);
    assert_eq!(by_code.open_by_code(&phone).await, CodeUse::Right);
    assert_eq!(by_code.info().await.lifting, Lifting::Now);
    assert!(house.service().lift_pause(&by_code.session().await).await.unwrap());
    assert_eq!(phone.status().await, Status::Active);
}

/// One that nobody reported: talked through as well, and in since before the request that was.
#[tokio::test]
async fn a_thiefs_earlier_session_lifts_no_pause_and_has_security_info_closed() {
    let house = House::open().await;
    let (own, phone) = house.with_phone().await;
    let (earlier, _) = talked_through(&house, &phone).await;
    house.pass(60);
    earlier.open_changes(&phone).await;
    house.pass(60);
    let (_later, card) = talked_through(&house, &phone).await;
    assert!(earlier.session().await.changes_until.is_some());
    report(&phone, card).await;

    assert_eq!(earlier.step().await, Some(Step::Full), "it was not reported");
    assert_eq!(earlier.session().await.changes_until, None);
    assert!(!house.service().lift_pause(&earlier.session().await).await.unwrap());
    assert!(matches!(phone.status().await, Status::Paused(_)));
    assert!(!house.service().lift_pause(&own.session().await).await.unwrap(), "nor does the person's own");
    assert_eq!(own.open_by_code(&phone).await, CodeUse::Right);
    assert!(house.service().lift_pause(&own.session().await).await.unwrap());
}

#[tokio::test]
async fn nothing_lifts_a_pause_where_no_older_phone_makes_codes() {
    let house = House::open_with(|config| config.policy.codes = None).await;
    let (own, phone) = house.with_phone().await;
    let (_thief, card) = talked_through(&house, &phone).await;
    report(&phone, card).await;
    assert_eq!(own.info().await.lifting, Lifting::Never);
    assert!(!house.service().lift_pause(&own.session().await).await.unwrap());
}

#[tokio::test]
async fn of_two_reports_the_one_of_the_older_request_says_who_may_lift_the_pause() {
    let house = House::open().await;
    let (own, phone) = house.with_phone().await;
    let (_one, first) = talked_through(&house, &phone).await;
    house.pass(60);
    let between = own.add_phone(&phone).await;
    house.pass(60);
    let (_two, second) = talked_through(&house, &phone).await;
    report(&phone, first).await;
    report(&phone, second).await;
    assert_eq!(own.open_by_code(&between).await, CodeUse::Right);
    assert_eq!(own.info().await.lifting, Lifting::ByCode);
    assert_eq!(own.open_by_code(&phone).await, CodeUse::Right);
    assert_eq!(own.info().await.lifting, Lifting::Now);
}
