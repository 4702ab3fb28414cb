//! The table of verdicts, seen from the card and from the page; and what happens to a card.

use std::sync::Arc;

use countersign_core::authenticator::{AccountState, CoreError, Decision, Outcome};
use countersign_demo::clock::SteppedClock;
use countersign_demo::scene;
use countersign_protocol::{Kind, Verdict};

use crate::stage::{
    BACK_OFF, REQUEST_LIFE, Stage, Story, answer_unheard, approve, code, comes_to_be_out, ends_as, host,
    is_in, is_out, waiting,
};

#[tokio::test]
async fn the_card_shows_who_asks_from_where_and_how_long_and_never_the_number() -> Story {
    let stage = Stage::ready().await?;
    let (browser, card) = stage.asked().await?;
    assert_eq!((card.kind, card.organisation.as_str()), (Kind::SignIn, "Halden College"));
    assert_eq!((card.host, card.application.as_str()), (host(&stage.world), "Halden Mail"));
    assert_eq!(
        (card.account.as_str(), card.address.as_deref()),
        (&*stage.person.user_name, Some("127.0.0.1"))
    );
    assert_eq!(card.browser.as_deref(), Some("Firefox on Linux"));
    assert_eq!(card.valid_until.since(card.issued), REQUEST_LIFE);
    let number = scene::number(&browser)?;
    assert_eq!(number.len(), 3);
    let shown = [Some(&card.application), card.address.as_ref(), card.browser.as_ref(), card.reason.as_ref()];
    assert!(shown.into_iter().flatten().all(|text| !text.contains(&number) || text.contains("127")));
    Ok(())
}

#[tokio::test]
async fn denied_wrong_and_expired_open_nothing_and_both_sides_say_which() -> Story {
    let stage = Stage::ready().await?;
    let (mut browser, card) = stage.asked().await?;
    scene::is(scene::answer(&stage.phone, &card, Decision::Deny).await?, Verdict::Denied)?;
    ends_as(&stage.phone, card.id, Verdict::Denied, None).await?;
    browser.choose("Continue").await?;
    browser.expect("The sign-in was denied on Mira's phone")?;
    is_out(&mut browser).await?;

    let (mut browser, card) = stage.asked_later().await?;
    let number = scene::number(&browser)?;
    let typed = scene::another_number(&number);
    scene::is(scene::answer(&stage.phone, &card, Decision::Approve { typed }).await?, Verdict::WrongNumber)?;
    browser.choose("Continue").await?;
    browser.expect("That was not the number")?;
    // A number has one try.
    let second =
        stage.phone.authenticator.answer(card.account_id, card.id, Decision::Approve { typed: number });
    assert_eq!(second.await, Err(CoreError::Gone));
    is_out(&mut browser).await?;

    let (mut browser, card) = stage.asked_later().await?;
    let typed = scene::number(&browser)?;
    stage.pass(REQUEST_LIFE + 1).await?;
    browser.choose("Continue").await?;
    browser.expect("The request has expired")?;
    ends_as(&stage.phone, card.id, Verdict::Expired, None).await?;
    let late = stage.phone.authenticator.answer(card.account_id, card.id, Decision::Approve { typed });
    assert_eq!(late.await, Err(CoreError::Gone));
    is_out(&mut browser).await
}

#[tokio::test]
async fn an_answer_that_the_server_gets_late_is_expired_and_never_success() -> Story {
    // The phone's own clock stands while the server's goes on, so that the card still looks alive.
    let stage = Stage::ready_with(|made| made.clock = Arc::new(SteppedClock::default())).await?;
    let (mut browser, card) = stage.asked().await?;
    let typed = scene::number(&browser)?;
    stage.world.clock.step(REQUEST_LIFE + 1);
    assert_eq!(stage.phone.request().await?.id, card.id);
    let verdict = scene::answer(&stage.phone, &card, Decision::Approve { typed }).await?;
    scene::is(verdict, Verdict::Expired)?;
    ends_as(&stage.phone, card.id, Verdict::Expired, None).await?;
    browser.choose("Continue").await?;
    browser.expect("The request has expired")?;
    is_out(&mut browser).await
}

#[tokio::test]
async fn what_is_no_number_of_so_many_digits_is_not_sent_and_the_card_waits() -> Story {
    let stage = Stage::ready().await?;
    let (mut browser, card) = stage.asked().await?;
    let number = scene::number(&browser)?;
    for typed in ["", "12", "1234", "abc", "1 2"] {
        let typed = typed.to_owned();
        let refused = stage.phone.authenticator.answer(card.account_id, card.id, Decision::Approve { typed });
        assert_eq!(refused.await, Err(CoreError::Typed));
    }
    assert_eq!(waiting(&stage.phone.authenticator.snapshot()), [card.id]);
    // Digits of another script, with blanks, are the same number.
    let arabic = |c: char| c.to_digit(10).and_then(|digit| char::from_u32(0x660 + digit));
    let typed = number.chars().filter_map(arabic).flat_map(|digit| [digit, ' ']).collect();
    scene::is(scene::answer(&stage.phone, &card, Decision::Approve { typed }).await?, Verdict::Approved)?;
    browser.choose("Continue").await?;
    is_in(&mut browser).await
}

/// Seconds until the phone shows another code.
const CODE_PERIOD: u64 = 30;

#[tokio::test]
async fn a_report_ends_the_sign_in_and_pauses_requests_but_not_codes() -> Story {
    let stage = Stage::ready().await?;
    let (mut stranger, card) = stage.asked().await?;
    scene::is(scene::answer(&stage.phone, &card, Decision::Report).await?, Verdict::Reported)?;
    stranger.reload().await?;
    stranger.expect("This sign-in was stopped")?;
    is_out(&mut stranger).await?;
    let entry = stage.entry;
    let paused = stage.phone.wait_for("pause", move |snapshot| {
        let row = snapshot.accounts.iter().find(|row| row.id == entry)?;
        matches!(row.state, AccountState::Paused { .. }).then_some(())
    });
    paused.await?;

    // Past every back-off there is still no request, and a code goes on.
    stage.world.clock.step(BACK_OFF);
    let mut browser = stage.world.browser()?;
    scene::sign_in(&mut browser, &stage.person).await?;
    browser.expect("Requests are paused until")?;
    stage.phone.authenticator.refresh().await.unwrap();
    assert!(waiting(&stage.phone.authenticator.snapshot()).is_empty());
    browser.open("/approve/code").await?;
    browser.press("Next", &[("code", &code(&stage.phone, stage.entry))]).await?;
    is_in(&mut browser).await?;

    // The person lifts the pause, by a code of its own.
    browser.open("/security-info").await?;
    browser.expect("Requests are paused")?;
    browser.choose("Use a code").await?;
    stage.world.clock.step(CODE_PERIOD);
    browser.press("Next", &[("code", &code(&stage.phone, stage.entry))]).await?;
    browser.choose("Lift the pause now").await?;
    stage.phone.state(AccountState::Ready).await?;
    let (mut browser, card) = stage.asked_later().await?;
    approve(&mut browser, &stage.phone, &card).await
}

#[tokio::test]
async fn a_report_after_the_approval_ends_what_it_opened() -> Story {
    let stage = Stage::ready().await?;
    let (mut stranger, card) = stage.asked().await?;
    approve(&mut stranger, &stage.phone, &card).await?;
    is_in(&mut stranger).await?;
    scene::is(scene::answer(&stage.phone, &card, Decision::Report).await?, Verdict::Reported)?;
    ends_as(&stage.phone, card.id, Verdict::Reported, None).await?;
    is_out(&mut stranger).await
}

#[tokio::test]
async fn i10_the_first_answer_counts_and_the_other_card_goes_and_names_the_phone() -> Story {
    let mut stage = Stage::ready().await?;
    let second = stage.second_phone("Mira's tablet").await?;
    let (mut browser, card) = stage.asked().await?;
    let there = second.request().await?;
    assert_eq!(card.id, there.id);
    approve(&mut browser, &second, &there).await?;
    is_in(&mut browser).await?;
    ends_as(&stage.phone, card.id, Verdict::AnsweredElsewhere, Some("Mira's tablet")).await?;
    assert!(waiting(&stage.phone.authenticator.snapshot()).is_empty());

    // And the other way round: a denial counts as well.
    let (mut browser, card) = stage.asked_later().await?;
    let there = second.request().await?;
    scene::is(scene::answer(&stage.phone, &card, Decision::Deny).await?, Verdict::Denied)?;
    ends_as(&second, there.id, Verdict::AnsweredElsewhere, Some("Mira's phone")).await?;
    is_out(&mut browser).await
}

#[tokio::test]
async fn i10_of_two_answers_at_once_one_counts() -> Story {
    let mut stage = Stage::ready().await?;
    let second = stage.second_phone("Mira's tablet").await?;
    let (mut browser, card) = stage.asked().await?;
    let there = second.request().await?;
    let typed = scene::number(&browser)?;
    let (here, there) = tokio::join!(
        scene::answer(&stage.phone, &card, Decision::Approve { typed }),
        scene::answer(&second, &there, Decision::Deny),
    );
    match (here?, there?) {
        (Verdict::Approved, Verdict::AnsweredElsewhere) => is_in_after(&mut browser).await,
        (Verdict::AnsweredElsewhere, Verdict::Denied) => is_out(&mut browser).await,
        both => Err(format!("{both:?}")),
    }
}

async fn is_in_after(browser: &mut countersign_demo::browser::Browser) -> Story {
    browser.choose("Continue").await?;
    is_in(browser).await
}

#[tokio::test]
async fn one_request_is_one_card_whatever_mix_of_poll_pull_and_restart_delivered_it() -> Story {
    let mut stage = Stage::ready().await?;
    let (mut browser, card) = stage.asked().await?;
    for _ in 0..3 {
        stage.phone.authenticator.refresh().await.unwrap();
    }
    stage.phone.authenticator.set_active(false).await;
    stage.phone.authenticator.set_active(true).await;
    stage.phone.authenticator.refresh().await.unwrap();
    assert_eq!(waiting(&stage.phone.authenticator.snapshot()), [card.id]);

    // Killed, not closed: nobody says goodbye.
    stage = stage.restart_phone().await?;
    assert_eq!(stage.phone.request().await?.id, card.id);
    stage.phone.authenticator.refresh().await.unwrap();
    assert_eq!(waiting(&stage.phone.authenticator.snapshot()), [card.id]);
    approve(&mut browser, &stage.phone, &card).await?;
    is_in(&mut browser).await?;

    // Ended is ended, after another kill, too.
    stage = stage.restart_phone().await?;
    stage.phone.authenticator.refresh().await.unwrap();
    assert!(waiting(&stage.phone.authenticator.snapshot()).is_empty());
    Ok(())
}

#[tokio::test]
async fn send_again_is_a_new_card_with_a_new_number_and_the_old_one_is_cancelled() -> Story {
    let stage = Stage::ready().await?;
    let (mut browser, first) = stage.asked().await?;
    let old = scene::number(&browser)?;
    stage.world.clock.step(11);
    browser.open("/sign-in").await?;
    // The same browser signs in anew: its request takes the place of the one before.
    scene::sign_in(&mut browser, &stage.person).await?;
    if browser.shows("We asked a moment ago") {
        stage.world.clock.step(30);
        browser.choose("Send again").await?;
    }
    ends_as(&stage.phone, first.id, Verdict::Cancelled, None).await?;
    let second = stage.phone.request().await?;
    assert_ne!(first.id, second.id);
    let late = Decision::Approve { typed: old };
    assert_eq!(
        stage.phone.authenticator.answer(first.account_id, first.id, late).await,
        Err(CoreError::Gone)
    );
    approve(&mut browser, &stage.phone, &second).await?;
    is_in(&mut browser).await
}

#[tokio::test]
async fn many_presses_at_once_sign_and_send_one_answer() -> Story {
    let (stage, keyring) = Stage::with_keyring().await?;
    let (mut browser, card) = stage.asked().await?;
    let before = keyring.calls("answer").len();
    let typed = scene::number(&browser)?;
    let mut presses = tokio::task::JoinSet::new();
    for press in 0..8 {
        let (core, card) = (Arc::clone(&stage.phone.authenticator), card.clone());
        let decision =
            if press % 2 == 0 { Decision::Deny } else { Decision::Approve { typed: typed.clone() } };
        presses.spawn(async move { core.answer(card.account_id, card.id, decision).await });
    }
    let (counted, refused): (Vec<_>, Vec<_>) = presses.join_all().await.into_iter().partition(Result::is_ok);
    let [Ok(Outcome::Verdict { verdict, .. })] = counted.as_slice() else {
        return Err(format!("{counted:?} {refused:?}"));
    };
    assert!(refused.iter().all(|it| *it == Err(CoreError::Gone)), "{refused:?}");
    assert_eq!(keyring.calls("answer").len(), before + 1);
    ends_as(&stage.phone, card.id, *verdict, None).await?;
    match verdict {
        Verdict::Approved => is_in_after(&mut browser).await,
        _ => is_out(&mut browser).await,
    }
}

#[tokio::test]
async fn a_report_that_the_server_could_not_hear_reaches_it_later_also_after_a_restart() -> Story {
    let mut stage = Stage::ready().await?;
    let (mut stranger, card) = stage.asked().await?;
    approve(&mut stranger, &stage.phone, &card).await?;
    is_in(&mut stranger).await?;
    // Long after the request has expired, and while the server is away.
    stage.world.clock.step(2 * REQUEST_LIFE + 1);
    stage.world.take_down().await;
    let report = answer_unheard(&stage.phone, &card, Decision::Report).await?;
    stage.world.clock.step(REQUEST_LIFE + 1);
    assert_eq!(report.await.map_err(|error| error.to_string())?, Ok(Outcome::NotConfirmed));
    ends_as(&stage.phone, card.id, Verdict::Approved, None).await?;
    let mut stage = stage.restart_phone().await?;
    stage.world.bring_back().await?;
    // The app may have tried as it started; then it tries again after a rest.
    comes_to_be_out(&mut stranger).await
}

#[tokio::test]
async fn a_report_on_its_way_is_sent_again_when_the_server_answers_and_its_card_says_so() -> Story {
    let mut stage = Stage::ready().await?;
    let (mut stranger, card) = stage.asked().await?;
    stage.world.take_down().await;
    let report = answer_unheard(&stage.phone, &card, Decision::Report).await?;
    stage.world.clock.step(2 * REQUEST_LIFE + 1);
    assert_eq!(report.await.map_err(|error| error.to_string())?, Ok(Outcome::NotConfirmed));
    stage.world.bring_back().await?;
    stage.phone.authenticator.refresh().await.unwrap();
    ends_as(&stage.phone, card.id, Verdict::Reported, None).await?;
    stranger.open("/approve").await?;
    is_out(&mut stranger).await
}

#[tokio::test]
async fn an_approval_that_took_the_person_too_long_is_not_sent_and_one_begun_too_late_asks_nobody() -> Story {
    let (stage, keyring) = Stage::with_keyring().await?;
    let (mut browser, card) = stage.asked().await?;
    let typed = scene::number(&browser)?;
    // Nobody tells the phone that the request has ended: it goes by the clock.
    stage.phone.authenticator.set_active(false).await;
    let signed = keyring.calls("answer").len();
    let approve = |typed: &str| {
        let decision = Decision::Approve { typed: typed.to_owned() };
        stage.phone.authenticator.answer(card.account_id, card.id, decision)
    };
    let clock = Arc::clone(&stage.world.clock);
    keyring.while_asked(move || clock.step(REQUEST_LIFE + 1));
    assert_eq!(approve(&typed).await, Err(CoreError::Gone));
    assert_eq!(keyring.calls("answer").len(), signed + 1);
    assert_eq!(approve(&typed).await, Err(CoreError::Gone));
    assert_eq!(keyring.calls("answer").len(), signed + 1);
    is_out(&mut browser).await
}
