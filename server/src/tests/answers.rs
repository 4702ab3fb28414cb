//! The table of verdicts through real calls, two phones, and what a report takes back.

use countersign_protocol::*;

use super::house::*;
use crate::store::requests;
use crate::*;

#[tokio::test]
async fn i10_either_phone_may_answer_and_the_first_answer_counts() {
    let house = House::open().await;
    let (browser, first) = house.with_phone().await;
    let second = browser.add_phone(&first).await;
    let sign_in = house.sign_in().await;
    sign_in.ask().await;
    let (one, other) = (first.card().await.unwrap(), second.card().await.unwrap());
    assert_eq!(one.id, other.id);
    assert_ne!(one.hash(), other.hash(), "each phone has its own card");
    let number = sign_in.number().await;
    let denied = first.verdict((one.id, one.hash()), Decision::Deny, None).await;
    assert_eq!(denied, Verdict::Denied);
    let reply = second.answer((other.id, other.hash()), Decision::Approve, Some(number)).await.body.unwrap();
    assert_eq!(reply.verdict, Verdict::AnsweredElsewhere);
    assert_eq!(reply.phone.unwrap().as_str(), "Pixel 8");
    let have = Have { request: Some(other.id), ..Have::default() };
    let ended = second.wait(have).await.body.unwrap().ended.unwrap();
    assert_eq!((ended.request, ended.verdict), (other.id, Verdict::AnsweredElsewhere));
    let have = Have { request: Some(one.id), ..Have::default() };
    assert_eq!(first.wait(have).await.body.unwrap().ended.unwrap().verdict, Verdict::Denied);
}

#[tokio::test]
async fn of_many_answers_at_once_one_wins() {
    let house = House::open().await;
    let (browser, first) = house.with_phone().await;
    let second = browser.add_phone(&first).await;
    let sign_in = house.sign_in().await;
    sign_in.ask().await;
    let (one, other) = (first.card().await.unwrap(), second.card().await.unwrap());
    let number = sign_in.number().await;
    let (deny, approve) = tokio::join!(
        first.verdict((one.id, one.hash()), Decision::Deny, None),
        second.verdict((other.id, other.hash()), Decision::Approve, Some(number)),
    );
    match (deny, approve) {
        (Verdict::Denied, Verdict::AnsweredElsewhere) => assert_eq!(sign_in.outcome().await, Outcome::Denied),
        (Verdict::AnsweredElsewhere, Verdict::Approved) => {
            assert_eq!(sign_in.outcome().await, Outcome::Approved)
        }
        both => panic!("{both:?}"),
    }
}

#[tokio::test]
async fn a_second_answer_of_the_same_phone_gets_the_first_ones_verdict() {
    let house = House::open().await;
    let (_, phone) = house.with_phone().await;
    let browser = house.sign_in().await;
    browser.ask().await;
    let (card, number) = (phone.card().await.unwrap(), browser.number().await);
    let card = (card.id, card.hash());
    assert_eq!(phone.verdict(card, Decision::Deny, None).await, Verdict::Denied);
    assert_eq!(phone.verdict(card, Decision::Approve, Some(number)).await, Verdict::Denied);
    assert_eq!(browser.outcome().await, Outcome::Denied);
}

#[tokio::test]
async fn a_late_answer_is_expired_to_the_second() {
    for (after, expected) in [(59, Verdict::Approved), (60, Verdict::Expired)] {
        let house = House::open().await;
        let (_, phone) = house.with_phone().await;
        let browser = house.sign_in().await;
        browser.ask().await;
        let (card, number) = (phone.card().await.unwrap(), browser.number().await);
        house.pass(after);
        let verdict = phone.verdict((card.id, card.hash()), Decision::Approve, Some(number)).await;
        assert_eq!(verdict, expected);
        let is_open = browser.step().await == Some(Step::Finish);
        assert_eq!(is_open, expected == Verdict::Approved);
    }
}

#[tokio::test]
async fn a_request_that_is_not_kept_is_expired() {
    let house = House::open().await;
    let (_, phone) = house.with_phone().await;
    let unknown = (RequestId::make(&SystemRandom), hash(b""));
    assert_eq!(phone.verdict(unknown, Decision::Deny, None).await, Verdict::Expired);
    let have = Have { request: Some(unknown.0), ..Have::default() };
    assert_eq!(phone.wait(have).await.body.unwrap().ended.unwrap().verdict, Verdict::Expired);
}

#[tokio::test]
async fn a_report_ends_the_session_that_an_approval_opened_and_pauses_requests() {
    let house = House::open().await;
    let (own, phone) = house.with_phone().await;
    let mut thief = house.sign_in().await;
    thief.ask().await;
    let card = phone.card().await.unwrap();
    phone.approve_waiting(thief.number().await).await;
    thief.finish().await;

    house.pass(3600);
    let verdict = phone.verdict((card.id, card.hash()), Decision::Report, None).await;
    assert_eq!(verdict, Verdict::Reported);
    assert!(thief.maybe_session().await.is_none());
    let until = house.now().plus(24 * 3600);
    assert_eq!(phone.status().await, Status::Paused(until));
    assert_eq!(house.sign_in().await.ask().await, Ask::Paused(until));
    assert_eq!(own.step().await, Some(Step::Full), "other sessions stay");

    assert!(!house.service().lift_pause(&own.session().await).await.unwrap(), "that takes a proof");
    assert_eq!(own.open_by_code(&phone).await, CodeUse::Right);
    assert!(house.service().lift_pause(&own.session().await).await.unwrap());
    assert_eq!(phone.status().await, Status::Active);
    assert_eq!(house.sign_in().await.ask().await, Ask::Asked);
}

#[tokio::test]
async fn a_pause_leaves_codes_open_and_ends_by_itself() {
    let house = House::open().await;
    let (_, phone) = house.with_phone().await;
    let browser = house.sign_in().await;
    browser.ask().await;
    let card = phone.card().await.unwrap();
    phone.verdict((card.id, card.hash()), Decision::Report, None).await;
    assert!(browser.maybe_session().await.is_none(), "the sign-in that was reported is over");
    let mut browser = house.sign_in().await;
    let used = house.service().use_code(&browser.session().await, &phone.code()).await.unwrap();
    assert_eq!(used, CodeUse::Right);
    browser.finish().await;
    house.pass(24 * 3600);
    assert_eq!(phone.status().await, Status::Active);
}

#[tokio::test]
async fn a_report_takes_back_the_phone_that_the_session_added() {
    let house = House::open().await;
    let (_, first) = house.with_phone().await;
    let mut thief = house.sign_in().await;
    thief.ask().await;
    let card = first.card().await.unwrap();
    first.approve_waiting(thief.number().await).await;
    thief.finish().await;
    let theirs = thief.add_phone(&first).await;
    assert_eq!(theirs.status().await, Status::Active);

    let verdict = first.verdict((card.id, card.hash()), Decision::Report, None).await;
    assert_eq!(verdict, Verdict::Reported);
    assert_eq!(theirs.status().await, Status::Removed(RemovalReason::Report));
    assert!(thief.maybe_session().await.is_none());
}

#[tokio::test]
async fn a_report_never_leads_back_to_the_first_set_up() {
    let house = House::open().await;
    let browser = house.sign_in().await;
    let phone = browser.scan().await;
    browser.confirm().await;
    let card = phone.card().await.unwrap();
    phone.approve_waiting(browser.test_number().await).await;
    let status = phone.answer((card.id, card.hash()), Decision::Report, None).await.status;
    assert_eq!(status, Status::Removed(RemovalReason::Report), "the phone was added through it");
    assert_eq!(house.sign_in().await.step().await, Some(Step::Helpless { is_late: false }));
}

#[tokio::test]
async fn a_report_counts_for_24_hours_and_no_longer() {
    let house = House::open().await;
    let (_, phone) = house.with_phone().await;
    let browser = house.sign_in().await;
    browser.ask().await;
    let card = phone.card().await.unwrap();
    phone.approve_waiting(browser.number().await).await;
    house.pass(24 * 3600 + 1);
    let verdict = phone.verdict((card.id, card.hash()), Decision::Report, None).await;
    assert_eq!(verdict, Verdict::Approved, "what it was told before");
    assert_eq!(phone.status().await, Status::Active);
}

#[tokio::test]
async fn the_number_is_kept_while_its_request_waits_and_no_longer() {
    for end in ["approve", "wrong", "deny", "report", "expire", "sign out"] {
        let house = House::open().await;
        let (_, phone) = house.with_phone().await;
        let browser = house.sign_in().await;
        browser.ask().await;
        let (card, number) = (phone.card().await.unwrap(), browser.number().await);
        let kept = async || {
            let mut db = house.service().store().read().await.unwrap();
            requests::find(&mut db, card.id).await.unwrap().unwrap().number
        };
        assert!(kept().await.is_some());
        let wrong = wrong(&number);
        let (decision, number) = match end {
            "approve" => (Some(Decision::Approve), Some(number)),
            "wrong" => (Some(Decision::Approve), Some(wrong)),
            "deny" => (Some(Decision::Deny), None),
            "report" => (Some(Decision::Report), None),
            "expire" => (None, None),
            _ => {
                house.service().sign_out(&browser.session().await).await.unwrap();
                (None, None)
            }
        };
        match decision {
            Some(decision) => drop(phone.verdict((card.id, card.hash()), decision, number).await),
            None => house.pass(60),
        }
        if end == "expire" {
            assert_eq!(browser.ask().await, Ask::TooSoon(house.now().plus(10)));
        }
        assert!(kept().await.is_none(), "{end}");
    }
}
