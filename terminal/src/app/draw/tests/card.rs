//! The card of a request and its endings.

use countersign_core::authenticator::EndedBefore;

use super::*;

#[test]
fn a_request_fits_the_least_window_with_its_number_whole() {
    compare("request-least", &typed("", card(Kind::SignIn, 3)), LEAST);
    compare("request-least-eight", &typed("480275", card(Kind::SignIn, 8)), LEAST);
    compare("request-least-method", &typed("", card(Kind::Method, 8)), LEAST);
}

#[test]
fn each_kind_of_request_says_what_it_opens() {
    compare("request-sign-in", &typed("472", card(Kind::SignIn, 3)), USUAL);
    compare("request-test", &typed("", card(Kind::Test, 3)), USUAL);
    compare("request-method", &typed("48", card(Kind::Method, 6)), USUAL);
    compare("request-reset", &typed("", card(Kind::Reset, 7)), USUAL);
}

#[test]
fn approve_does_not_stand_on_a_card_before_the_number_is_typed() {
    for number in ["", "4", "47"] {
        let shown = text(&typed(number, card(Kind::SignIn, 3)), 80, 24);
        assert!(!shown.contains("Enter approve ") && shown.contains("approves when typed"), "{shown}");
    }
    let shown = text(&typed("472", card(Kind::SignIn, 3)), 80, 24);
    assert!(shown.contains("Enter approve ") && !shown.contains("when typed"), "{shown}");
}

#[test]
fn every_ending_has_its_sign_and_its_next_step() {
    let endings = [
        ("approved", Verdict::Approved),
        ("denied", Verdict::Denied),
        ("wrong-number", Verdict::WrongNumber),
        ("expired", Verdict::Expired),
        ("cancelled", Verdict::Cancelled),
        ("answered-elsewhere", Verdict::AnsweredElsewhere),
        ("reported", Verdict::Reported),
    ];
    for (name, verdict) in endings {
        let phone = (verdict == Verdict::AnsweredElsewhere).then(|| "iPhone 12".to_owned());
        let ended = RequestCard { state: CardState::Ended { verdict, phone }, ..card(Kind::SignIn, 3) };
        compare(&format!("ended-{name}"), &typed("", ended), (60, 14));
    }
    let mut approved = typed("", ended(7, Verdict::Approved));
    approved.screens.push(Screen::Report { account: id('A'), request: RequestId::from_bytes([7; 16]) });
    compare("report", &approved, LEAST);
    let before = |account_id, hours| EndedBefore {
        id: RequestId::from_bytes([hours; 16]),
        account_id,
        ended: at(NOW - 3600 * u64::from(hours)),
    };
    let mut endings = with(vec![ended(1, Verdict::Approved), ended(2, Verdict::Denied)]);
    endings.ended_before = vec![before(id('C'), 2), before(id('A'), 20)];
    endings.screens.push(Screen::Endings { of: None, at: 3 });
    compare("endings", &endings, USUAL);
    compare("endings-least", &endings, LEAST);
    endings.screens.push(Screen::Report { account: id('A'), request: RequestId::from_bytes([20; 16]) });
    compare("report-before", &endings, LEAST);
    compare("endings-none", &on(Screen::Endings { of: None, at: 0 }, with(Vec::new())), LEAST);
    let unconfirmed = RequestCard { state: CardState::NotConfirmed, ..card(Kind::SignIn, 3) };
    compare("ended-not-confirmed", &typed("", unconfirmed), (60, 14));
    compare(
        "sending",
        &typed("472", RequestCard { state: CardState::Sending, ..card(Kind::SignIn, 3) }),
        (60, 14),
    );
}

#[test]
fn a_card_is_too_late_at_the_second_it_expires_whatever_the_snapshot_says() {
    let mut model = typed("47", card(Kind::SignIn, 3));
    model.now = at(NOW + 40);
    assert!(text(&model, 80, 24).contains("1 s left"));
    model.now = at(NOW + 41);
    let shown = text(&model, 80, 24);
    assert!(shown.contains("Too late") && !shown.contains("[ 4 ]") && !shown.contains("deny"), "{shown}");
    assert_eq!(model.waiting().count(), 0);
}

#[test]
fn hostile_long_names_are_cut_and_neither_hide_the_host_nor_the_number() {
    let long = |text: &str| text.repeat(64).chars().take(64).collect::<String>();
    let hostile = RequestCard {
        organisation: long("Halden College "),
        host: format!("{}.attacker.example", "signin.halden.example.".repeat(6).trim_end_matches('.')),
        account: "\u{202e}elpmaxe.nedlah@\u{1b}[2Jmira".repeat(5),
        application: long("日本語の組織"),
        place: Some(long("Trondheim\u{200b} ")),
        address: Some("2001:db8:1234:5678:9abc:def0:1234:5678".to_owned()),
        browser: Some(long("e\u{301}")),
        reason: Some("x".repeat(140)),
        ..card(Kind::SignIn, 8)
    };
    let model = typed("4802", hostile);
    for (columns, rows) in [LEAST, (60, 16), USUAL, (100, 12), WIDE] {
        let shown = text(&model, columns, rows);
        assert!(shown.contains("attacker."), "the end of the host is cut at {columns} x {rows}:\n{shown}");
        let boxes = shown.matches("[ 4 ] [ 8 ] [ 0 ] [ 2 ]  [ _ ] [ _ ] [ _ ] [ _ ]").count()
            + shown.matches("[4][8][0][2]  [_][_][_][_]").count();
        assert_eq!(boxes, 1, "the number is cut at {columns} x {rows}:\n{shown}");
        assert!(shown.contains("deny") && shown.contains("no, it’s not me"), "{shown}");
        let hidden = |c: char| matches!(c, '\u{1b}' | '\u{202e}' | '\u{200b}');
        assert!(!shown.chars().any(hidden), "{shown:?}");
        assert!(shown.lines().all(|line| width(line) <= usize::from(columns)), "{shown}");
    }
    compare("hostile-least", &model, LEAST);
    compare("hostile-usual", &model, USUAL);
}
