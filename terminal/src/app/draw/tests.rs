//! Screens compared with what they should be, to the cell. `WRITE_SCREENS=1` writes what they are; look at it then.

use std::fs;
use std::path::PathBuf;

use countersign_core::authenticator::{
    AccountRow, AccountState, CardState, CodeKind, Lock, Notice, RequestCard, Snapshot,
};
use countersign_protocol::{Kind, RemovalReason, RequestId, Verdict};
use ratatui::style::{Color, Modifier};

use super::super::field::Field;
use super::super::form::{Form, Purpose};
use super::super::line::width;
use super::super::look::Look;
use super::super::model::Model;
use super::super::samples::{
    ALL, NOW, at, buffer, card, codes, ended, halden, id, model, snapshot, states, text, with,
};
use super::super::screens::{Found, Menu, MenuOf, Pad, Screen};
use crate::words::Words;

const PLAIN: Look = Look { is_coloured: false, is_unicode: true };
const ASCII: Look = Look { is_coloured: true, is_unicode: false };
/// A window of each kind: the least, the usual, two panes.
const LEAST: (u16, u16) = (40, 12);
const USUAL: (u16, u16) = (80, 24);
const WIDE: (u16, u16) = (130, 24);

#[track_caller]
fn compare(name: &str, model: &Model, (columns, rows): (u16, u16)) {
    let shown = text(model, columns, rows);
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "src", "app", "draw", "screens", &format!("{name}.txt")]
        .iter()
        .collect();
    if std::env::var_os("WRITE_SCREENS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &shown).unwrap();
    }
    let wanted = fs::read_to_string(&path).unwrap_or_default();
    assert!(shown == wanted, "{name} is:\n{shown}\nand should be:\n{wanted}");
}

fn on(screen: Screen, mut model: Model) -> Model {
    model.screens.push(screen);
    model
}

fn typed(number: &str, card: RequestCard) -> Model {
    let mut pad = Pad::new(card.account_id, card.id);
    pad.typed.push_str(number);
    on(Screen::Card(pad), with(vec![card]))
}

fn form(purpose: Purpose, texts: &[&str]) -> Form {
    let mut form = Form::new(purpose, Words::default());
    for (field, text) in form.fields.iter_mut().zip(texts) {
        field.set(text);
    }
    form
}

#[test]
fn the_list_and_a_request_stand_beside_each_other_in_a_wide_window() {
    let requests = vec![
        card(Kind::SignIn, 3),
        ended(1, Verdict::Approved),
        ended(2, Verdict::Denied),
        ended(3, Verdict::Reported),
    ];
    let mut pad = Pad::new(id('A'), RequestId::from_bytes([7; 16]));
    pad.typed.push_str("47");
    compare("wide-request", &on(Screen::Card(pad), with(requests.clone())), WIDE);
    compare("wide-request-waits", &with(requests), WIDE);
    compare("wide-account", &with(Vec::new()), WIDE);
}

#[test]
fn the_list_shows_codes_with_their_time_and_the_next_in_the_last_seconds() {
    compare("list", &with(Vec::new()), USUAL);
    compare("list-waiting", &with(vec![card(Kind::SignIn, 3), ended(1, Verdict::WrongNumber)]), USUAL);
    compare("list-least", &with(vec![card(Kind::SignIn, 3)]), LEAST);
    compare("list-empty", &model(Snapshot { accounts: Vec::new(), ..snapshot() }, ALL), LEAST);
}

#[test]
fn the_list_has_words_for_every_state_of_an_account() {
    let states = Snapshot { accounts: states(), ..snapshot() };
    compare("list-states", &model(states.clone(), ALL), USUAL);
    let mut narrow = model(states, ALL);
    narrow.list.chosen = Some(super::super::model::Item::Account(id('H')));
    compare("list-states-least", &narrow, LEAST);
}

#[test]
fn the_search_leaves_what_fits_and_says_when_nothing_does() {
    let mut found = with(Vec::new());
    found.list.search = Some(Field::line("search").with("pine"));
    compare("search", &found, LEAST);
    found.list.search = Some(Field::line("search").with("nobody"));
    compare("search-nothing", &found, LEAST);
}

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
        assert!(!shown.contains("Enter approve ") && shown.contains("approve: once typed"), "{shown}");
    }
    let shown = text(&typed("472", card(Kind::SignIn, 3)), 80, 24);
    assert!(shown.contains("Enter approve ") && !shown.contains("once typed"), "{shown}");
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
fn an_expired_code_never_stays_on_the_screen_unnoticed() {
    let mut model = with(Vec::new());
    assert!(!model.is_stale());
    model.now = at(NOW + 3);
    assert!(!model.is_stale() && text(&model, 80, 24).contains("1 s"));
    model.now = at(NOW + 4);
    assert!(model.is_stale(), "the runner looks anew before it draws");
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

#[test]
fn colours_are_of_the_sixteen_and_none_are_there_without() {
    let screens = |look| {
        let list =
            model(Snapshot { requests: vec![card(Kind::Method, 3)], accounts: states(), ..snapshot() }, look);
        let mut pad = Pad::new(id('A'), RequestId::from_bytes([7; 16]));
        pad.typed.push_str("472");
        let card = on(
            Screen::Card(pad),
            model(Snapshot { requests: vec![card(Kind::Method, 3)], ..snapshot() }, look),
        );
        [list, card]
    };
    let cells = |look| screens(look).map(|model| buffer(&model, 130, 24).content);
    let ansi = |colour: Color| !matches!(colour, Color::Rgb(..) | Color::Indexed(_));
    assert!(cells(ALL).iter().flatten().all(|cell| ansi(cell.fg) && cell.bg == Color::Reset));
    for wanted in [Color::Blue, Color::Green, Color::Red, Color::Yellow] {
        assert!(cells(ALL).iter().flatten().any(|cell| cell.fg == wanted), "{wanted:?}");
    }
    for cell in cells(PLAIN).iter().flatten() {
        assert_eq!((cell.fg, cell.bg), (Color::Reset, Color::Reset));
        assert!((Modifier::BOLD | Modifier::REVERSED).contains(cell.modifier), "{:?}", cell.modifier);
    }
    let [list, _] = screens(PLAIN);
    assert_eq!(text(&list, 130, 24), text(&screens(ALL)[0], 130, 24), "colours carry nothing alone");
}

#[test]
fn without_utf_8_every_screen_is_ascii() {
    let requests = vec![card(Kind::SignIn, 3), ended(1, Verdict::Approved), ended(2, Verdict::Denied)];
    let list = model(Snapshot { requests: requests.clone(), ..snapshot() }, ASCII);
    assert!(text(&list, 130, 24).is_ascii());
    compare("list-ascii", &list, USUAL);
    let mut pad = Pad::new(id('A'), RequestId::from_bytes([7; 16]));
    pad.typed.push_str("47");
    let card = on(Screen::Card(pad), model(Snapshot { requests, ..snapshot() }, ASCII));
    assert!(text(&card, 80, 24).is_ascii());
    compare("request-ascii", &card, USUAL);
}

#[test]
fn s18_s19_adding_begins_with_the_kind_of_account() {
    compare("add-type", &on(Screen::Menu(Menu { of: MenuOf::Type, at: 0 }), with(Vec::new())), LEAST);
    compare("add-work", &on(Screen::Menu(Menu { of: MenuOf::Work, at: 1 }), with(Vec::new())), USUAL);
    compare("add-other", &on(Screen::Menu(Menu { of: MenuOf::Other, at: 2 }), with(Vec::new())), LEAST);
}

#[test]
fn s25_code_and_url_have_a_form_that_says_what_was_wrong() {
    let mut typed = form(Purpose::Typed, &["HX4W D8RN 6PTC", "http://signin.halden.exam"]);
    typed.at = 1;
    let refusal = countersign_core::enrolment::Refusal::TypedAddress;
    typed.fault = Some(Words::default().refusal(refusal));
    compare("form-typed", &on(Screen::Form(typed), with(Vec::new())), LEAST);
    let picture = form(
        Purpose::Picture { is_work: true },
        &["~/a very long folder/with/a very long name/Screenshot 12.png"],
    );
    compare("form-picture", &on(Screen::Form(picture), with(Vec::new())), USUAL);
    let mut key = form(Purpose::Key, &["Gitforge", "mokafor", "JBSW Y3DP EHPK 3PXP"]);
    key.at = 3;
    compare("form-key", &on(Screen::Form(key), with(Vec::new())), LEAST);
}

#[test]
fn what_is_secret_is_not_shown_while_it_is_typed() {
    let locked =
        |is_first_start| Snapshot { lock: Lock::Locked, accounts: Vec::new(), is_first_start, ..snapshot() };
    let of = |snapshot| {
        let mut setting = super::super::samples::setting(ALL);
        setting.has_keyring = false;
        Model::new(setting, at(NOW), snapshot)
    };
    let mut model = of(locked(false));
    let Some(Screen::Form(form)) = model.screens.last_mut() else { panic!("a locked vault asks") };
    assert_eq!(form.purpose, Purpose::Unlock);
    form.fields[0].set("correct horse battery");
    assert!(!text(&model, 80, 24).contains("horse"));
    compare("unlock", &model, LEAST);
    compare("new-passphrase", &of(locked(true)), LEAST);
    compare("recover", &of(Snapshot { lock: Lock::KeyDropped, accounts: Vec::new(), ..snapshot() }), LEAST);
}

#[test]
fn several_codes_of_one_picture_are_chosen_from() {
    let found = |place| Found { place, organisation: None, account: None, host: None, refused: None };
    let all = vec![
        Found { host: Some("signin.halden.example".to_owned()), ..found(0) },
        Found { organisation: Some("Gitforge".to_owned()), account: Some("mokafor".to_owned()), ..found(1) },
        Found {
            refused: Some(
                Words::default().refusal(countersign_core::enrolment::Refusal::MicrosoftActivation),
            ),
            ..found(2)
        },
    ];
    let link = vec![all[0].clone()];
    compare("choose-link", &on(Screen::Choose { found: link, at: 0 }, with(Vec::new())), USUAL);
    compare("choose", &on(Screen::Choose { found: all.clone(), at: 1 }, with(Vec::new())), USUAL);
    compare("choose-least", &on(Screen::Choose { found: all, at: 2 }, with(Vec::new())), LEAST);
}

fn checked(state: AccountState, requests: Vec<RequestCard>, others: Vec<AccountRow>) -> Model {
    let mut accounts = others;
    accounts.push(AccountRow { state, codes: CodeKind::None, ..halden('A') });
    on(Screen::Check(id('A')), model(Snapshot { accounts, requests, ..snapshot() }, ALL))
}

#[test]
fn the_check_is_shown_to_be_compared_and_then_what_became_of_it() {
    let pending = || AccountState::Pending { check: "K7QF 2M9T".to_owned() };
    compare("check", &checked(pending(), Vec::new(), Vec::new()), USUAL);
    compare("check-least", &checked(pending(), Vec::new(), Vec::new()), LEAST);
    compare("check-test", &checked(pending(), vec![card(Kind::Test, 3)], Vec::new()), USUAL);
    compare("check-done", &checked(AccountState::Ready, Vec::new(), Vec::new()), LEAST);
    let no = AccountState::Removed { reason: RemovalReason::Check };
    compare("check-no", &checked(no, Vec::new(), Vec::new()), LEAST);
    let other = AccountRow { host: Some("halden-college.signin.example.net".to_owned()), ..halden('Z') };
    compare("check-same-name", &checked(pending(), Vec::new(), vec![other]), USUAL);
}

#[test]
fn an_account_tells_its_state_and_what_to_do_about_it() {
    for (row, name) in states().into_iter().zip([
        "again",
        "removed",
        "paused",
        "pending",
        "codes-only",
        "damaged",
        "unreachable",
    ]) {
        let screen = Screen::Account(row.id);
        let model = on(screen, model(Snapshot { accounts: vec![row], ..snapshot() }, ALL));
        compare(&format!("account-{name}"), &model, USUAL);
    }
}

#[test]
fn s71_remove_account_stands_in_the_settings_and_asks_first() {
    let settings = |at| on(Screen::Settings { account: id('A'), at }, with(Vec::new()));
    compare("settings", &settings(0), USUAL);
    compare("settings-least", &settings(1), LEAST);
    compare("remove", &on(Screen::Remove(id('A')), with(Vec::new())), LEAST);
    compare("remove-codes", &on(Screen::Remove(id('B')), with(Vec::new())), LEAST);
}

#[test]
fn keys_and_help_desk_are_read_by_scrolling() {
    compare("keys", &on(Screen::Keys { scroll: 0 }, with(Vec::new())), LEAST);
    compare("keys-end", &on(Screen::Keys { scroll: 500 }, with(Vec::new())), LEAST);
    let text = "countersign 0.1.0\n1795355880 opened\n1795355880 unlocked\n".to_owned();
    compare("help-desk", &on(Screen::HelpDesk { text, scroll: 0 }, with(Vec::new())), USUAL);
    for letter in ["  y ", " y  "] {
        assert!(
            !super::super::samples::text(&on(Screen::Keys { scroll: 0 }, with(Vec::new())), 80, 60)
                .contains(letter)
        );
    }
}

#[test]
fn what_the_vault_has_to_say_stands_under_the_list() {
    let notices = vec![Notice::NotGenuine, Notice::StorageFailed];
    compare("list-notices", &model(Snapshot { notices, ..snapshot() }, ALL), USUAL);
    let locked = Snapshot { lock: Lock::SecretsLocked, ..snapshot() };
    let mut model = model(locked, ALL);
    model.codes.clear();
    compare("list-locked", &model, USUAL);
}

#[test]
fn a_window_that_is_too_small_says_so() {
    compare("too-small", &with(Vec::new()), (39, 11));
    for (columns, rows) in [(0, 0), (1, 1), (10, 2), (200, 3)] {
        text(&with(vec![card(Kind::SignIn, 8)]), columns, rows);
    }
}

#[test]
fn no_size_of_a_window_is_too_odd_for_any_screen() {
    let screens: [fn() -> Screen; 9] = [
        || Screen::Locked { is_damaged: true },
        || Screen::Form(form(Purpose::Key, &["x"])),
        || Screen::Menu(Menu { of: MenuOf::Work, at: 2 }),
        || Screen::Check(id('A')),
        || Screen::Card(Pad::new(id('A'), RequestId::from_bytes([7; 16]))),
        || Screen::Account(id('A')),
        || Screen::Settings { account: id('A'), at: 1 },
        || Screen::Remove(id('A')),
        || Screen::Keys { scroll: 9 },
    ];
    for screen in screens {
        for columns in (40..140).step_by(7) {
            for rows in (12..40).step_by(5) {
                let model = on(screen(), with(vec![card(Kind::Method, 8)]));
                assert!(!text(&model, columns, rows).trim().is_empty());
            }
        }
    }
    assert_eq!(codes().len(), 2);
}
