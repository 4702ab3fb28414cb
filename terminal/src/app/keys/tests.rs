mod adding;
mod ended;
mod table;
mod vault;

use countersign_core::authenticator::{
    AccountRow, AccountState, CoreError, Notice, RequestCard, Snapshot, VaultFault,
};
use countersign_protocol::{Kind, RequestId, Verdict};
use ratatui::crossterm::event::KeyEvent;

use super::super::done::done;
use super::super::events::Done;
use super::super::model::Setting;
use super::super::samples::{
    ALL, NOW, at, card, codes, ended, halden, id, model, setting, snapshot, text, with,
};
use super::*;
use crate::words::Words;

fn key(code: KeyCode) -> KeyEvent {
    KeyEvent::new(code, KeyModifiers::NONE)
}

fn type_keys(model: &mut Model, keys: &str) -> Vec<Effect> {
    keys.chars().filter_map(|c| press(model, key(KeyCode::Char(c)))).collect()
}

fn opened(card: RequestCard) -> Model {
    let mut model = with(vec![card]);
    press(&mut model, key(KeyCode::Enter));
    assert!(matches!(model.screens.as_slice(), [Screen::Card(_)]));
    model
}

fn typed(model: &Model) -> &str {
    let Some(Screen::Card(pad)) = model.screens.last() else { panic!("no card") };
    &pad.typed
}

#[test]
fn enter_approves_only_when_all_digits_are_there() {
    let mut model = opened(card(Kind::SignIn, 3));
    assert!(press(&mut model, key(KeyCode::Enter)).is_none());
    assert!(type_keys(&mut model, "4 7x").is_empty() && typed(&model) == "47");
    assert!(press(&mut model, key(KeyCode::Enter)).is_none());
    assert!(type_keys(&mut model, "29").is_empty() && typed(&model) == "472", "there is no fourth digit");
    let Some(Effect::Answer { account, request, decision: Decision::Approve { typed } }) =
        press(&mut model, key(KeyCode::Enter))
    else {
        panic!("three digits of three approve")
    };
    assert_eq!((account, request, typed.as_str()), (id('A'), RequestId::from_bytes([7; 16]), "472"));
}

#[test]
fn backspace_takes_the_last_digit_back() {
    let mut model = opened(card(Kind::SignIn, 3));
    type_keys(&mut model, "472");
    press(&mut model, key(KeyCode::Backspace));
    assert_eq!(typed(&model), "47");
    assert!(press(&mut model, key(KeyCode::Enter)).is_none());
}

#[test]
fn deny_and_report_work_at_once() {
    let mut model = opened(card(Kind::SignIn, 3));
    let denied = press(&mut model, key(KeyCode::Char('d')));
    assert!(matches!(denied, Some(Effect::Answer { decision: Decision::Deny, .. })));
    let reported = press(&mut model, key(KeyCode::Char('n')));
    assert!(matches!(reported, Some(Effect::Answer { decision: Decision::Report, .. })));
}

#[test]
fn escape_only_leaves_the_card_and_a_new_card_is_an_empty_pad() {
    let mut model = opened(card(Kind::SignIn, 3));
    type_keys(&mut model, "47");
    assert!(press(&mut model, key(KeyCode::Esc)).is_none());
    assert!(model.screens.is_empty());
    press(&mut model, key(KeyCode::Enter));
    assert_eq!(typed(&model), "");
}

#[test]
fn y_and_every_other_letter_agree_to_nothing() {
    for c in ('a'..='z').filter(|c| !['d', 'n'].contains(c)) {
        let mut model = opened(card(Kind::SignIn, 3));
        type_keys(&mut model, "472");
        assert!(press(&mut model, key(KeyCode::Char(c))).is_none(), "{c}");
        assert_eq!(typed(&model), "472");
    }
    for modifiers in [KeyModifiers::CONTROL, KeyModifiers::ALT] {
        let mut model = opened(card(Kind::SignIn, 3));
        for c in ['d', 'n'] {
            let effect = press(&mut model, KeyEvent::new(KeyCode::Char(c), modifiers));
            assert!(effect.is_none(), "{c} with {modifiers:?}");
        }
    }
}

#[test]
fn a_number_is_typed_and_never_pasted() {
    let mut model = opened(card(Kind::SignIn, 3));
    paste(&mut model, "472");
    assert_eq!(typed(&model), "");
}

#[test]
fn after_its_second_a_card_takes_no_answer_but_a_report() {
    let mut model = opened(card(Kind::SignIn, 3));
    type_keys(&mut model, "472");
    model.now = at(NOW + 41);
    assert!(type_keys(&mut model, "dr").is_empty());
    assert!(matches!(
        type_keys(&mut model, "nr").as_slice(),
        [Effect::Answer { decision: Decision::Report, .. }]
    ));
    assert!(press(&mut model, key(KeyCode::Enter)).is_none() && model.screens.is_empty(), "Enter is done");
}

#[test]
fn a_report_of_what_has_ended_is_asked_about_and_only_one_key_goes_on() {
    let mut model = with(vec![ended(7, Verdict::Approved)]);
    model.screens.push(Screen::Card(Pad::new(id('A'), RequestId::from_bytes([7; 16]))));
    assert!(type_keys(&mut model, "n").is_empty());
    assert!(text(&model, 80, 24).contains("Was this not you: Halden Mail?"));
    for code in [KeyCode::Enter, KeyCode::Char('y'), KeyCode::Char('n'), KeyCode::Char(' ')] {
        assert!(press(&mut model, key(code)).is_none(), "{code:?}");
        assert!(matches!(model.screens.last(), Some(Screen::Report { .. })), "{code:?}");
    }
    assert!(type_keys(&mut model, "k").is_empty());
    assert!(matches!(model.screens.as_slice(), [Screen::Card(_)]));
    assert!(matches!(
        type_keys(&mut model, "nr").as_slice(),
        [Effect::Answer { decision: Decision::Report, .. }]
    ));
    assert!(matches!(model.screens.as_slice(), [Screen::Card(_)]), "the card tells what came of it");
}

#[test]
fn a_request_that_waits_is_seen_on_every_screen_and_opens_by_one_key() {
    let open = KeyEvent::new(KeyCode::Char('o'), KeyModifiers::CONTROL);
    let other =
        RequestCard { id: RequestId::from_bytes([8; 16]), account_id: id('C'), ..card(Kind::SignIn, 3) };
    let screens: [fn() -> Screen; 9] = [
        || Screen::Form(Form::new(Purpose::Typed, Words::default())),
        || Screen::Menu(Menu { of: MenuOf::Type, at: 0 }),
        || Screen::Choose { found: vec![adding::found(0)], at: 0 },
        || Screen::Check(id('A')),
        || Screen::Card(Pad::new(id('A'), RequestId::from_bytes([7; 16]))),
        || Screen::Account(id('A')),
        || Screen::Settings { account: id('A'), at: 0 },
        || Screen::HelpDesk { text: String::new(), scroll: 0 },
        || Screen::Keys { scroll: 0 },
    ];
    for screen in screens {
        for (columns, rows) in [(40, 12), (80, 24), (130, 24)] {
            let mut model = with(vec![card(Kind::SignIn, 3), other.clone()]);
            if !matches!(screen(), Screen::Card(_) | Screen::Check(_)) {
                model.snapshot.requests.remove(0);
            }
            model.screens.push(screen());
            let shown = text(&model, columns, rows);
            assert!(shown.contains("A sign-in is waiting") && shown.contains("Ctrl O open"), "{shown}");
            assert!(press(&mut model, open).is_none());
            let Some(Screen::Card(pad)) = model.screens.last() else { panic!("{shown}") };
            assert_eq!((pad.account, pad.request), (other.account_id, other.id));
            press(&mut model, key(KeyCode::Esc));
            assert_eq!(model.screens.len(), 1, "it stands above what the person was doing");
        }
    }
    let mut model = opened(card(Kind::SignIn, 3));
    assert!(!text(&model, 80, 24).contains("is waiting"), "what is open does not wait elsewhere");
    press(&mut model, open);
    assert_eq!(model.screens.len(), 1);
    // The check tells its own test request, and the key opens it all the same.
    let mut model = with(vec![card(Kind::Test, 3)]);
    model.screens.push(Screen::Check(id('A')));
    press(&mut model, open);
    assert!(matches!(model.screens.as_slice(), [Screen::Check(_), Screen::Card(_)]));
}

#[test]
fn no_request_is_named_or_opened_while_the_vault_is_locked() {
    let locked = Snapshot { lock: Lock::Locked, requests: vec![card(Kind::SignIn, 3)], ..snapshot() };
    let mut model = model(locked, ALL);
    press(&mut model, KeyEvent::new(KeyCode::Char('o'), KeyModifiers::CONTROL));
    assert!(matches!(model.screens.as_slice(), [Screen::Shut(_)]));
    assert!(!text(&model, 80, 24).contains("Halden"));
}

#[test]
fn what_asks_for_more_or_finds_nothing_says_so() {
    let mut model = opened(card(Kind::SignIn, 3));
    type_keys(&mut model, "47");
    press(&mut model, key(KeyCode::Enter));
    assert!(text(&model, 80, 24).contains("The number has 3 digits"));
    type_keys(&mut model, "2");
    assert!(!text(&model, 80, 24).contains("The number has 3 digits"));

    let mut model = with(Vec::new());
    assert!(matches!(type_keys(&mut model, "r").as_slice(), [Effect::Refresh]));
    done(&mut model, Done::Refreshed(Ok(())));
    assert!(text(&model, 80, 24).contains("No request is waiting"));
    model.snapshot.accounts.clear();
    done(&mut model, Done::Refreshed(Ok(())));
    assert!(text(&model, 80, 24).contains("No account here gets requests"));
}

#[test]
fn a_question_mark_lists_the_keys_and_is_typed_in_a_form() {
    let mut model = opened(card(Kind::SignIn, 3));
    type_keys(&mut model, "47?");
    assert!(matches!(model.screens.last(), Some(Screen::Keys { .. })));
    press(&mut model, key(KeyCode::Esc));
    assert_eq!(typed(&model), "47");
    model.screens = vec![Screen::Form(Form::new(Purpose::Link, Words::default()))];
    type_keys(&mut model, "?");
    let Some(Screen::Form(form)) = model.screens.last() else { panic!("no form") };
    assert_eq!(form.fields[0].text(), "?");
}

#[test]
fn what_was_reported_is_not_reported_again() {
    let mut model = with(vec![ended(7, Verdict::Reported)]);
    model.screens.push(Screen::Card(Pad::new(id('A'), RequestId::from_bytes([7; 16]))));
    assert!(type_keys(&mut model, "n").is_empty());
}

#[test]
fn a_request_that_comes_is_chosen_but_never_opens_by_itself() {
    let mut model = with(Vec::new());
    press(&mut model, key(KeyCode::Down));
    model.see(Snapshot { requests: vec![card(Kind::SignIn, 3)], ..snapshot() }, codes());
    assert!(model.screens.is_empty() && matches!(model.chosen(), Some(Item::Request(..))));
    assert!(type_keys(&mut model, "d472").is_empty(), "the list has no such keys");
}

#[test]
fn who_searches_or_fills_in_a_form_is_not_disturbed_by_a_request() {
    let mut model = with(Vec::new());
    type_keys(&mut model, "/pin");
    model.see(Snapshot { requests: vec![card(Kind::SignIn, 3)], ..snapshot() }, codes());
    assert!(type_keys(&mut model, "d").is_empty());
    assert_eq!(model.list.search.as_ref().unwrap().text(), "pind");
    press(&mut model, key(KeyCode::Esc));
    assert!(model.list.search.is_none());

    type_keys(&mut model, "a");
    model.see(Snapshot { requests: vec![card(Kind::SignIn, 4)], ..snapshot() }, codes());
    assert!(matches!(model.screens.as_slice(), [Screen::Menu(_)]));
}

#[test]
fn notices_are_dismissed_where_there_are_some() {
    assert!(type_keys(&mut with(Vec::new()), "x").is_empty());
    let mut model = model(Snapshot { notices: vec![Notice::NotGenuine], ..snapshot() }, ALL);
    assert!(matches!(type_keys(&mut model, "x").as_slice(), [Effect::Dismiss]));
}

#[test]
fn s71_an_account_is_removed_through_its_settings_and_one_more_key() {
    let mut model = with(Vec::new());
    press(&mut model, key(KeyCode::Enter));
    type_keys(&mut model, "s");
    press(&mut model, key(KeyCode::Down));
    press(&mut model, key(KeyCode::Down));
    press(&mut model, key(KeyCode::Enter));
    for code in [KeyCode::Enter, KeyCode::Char('y'), KeyCode::Char(' '), KeyCode::Delete] {
        assert!(press(&mut model, key(code)).is_none(), "{code:?}");
        assert!(matches!(model.screens.last(), Some(Screen::Remove(_))));
    }
    assert!(press(&mut model, key(KeyCode::Char('k'))).is_none());
    assert!(matches!(model.screens.last(), Some(Screen::Settings { .. })), "keep it goes back");
    press(&mut model, key(KeyCode::Enter));
    assert!(matches!(press(&mut model, key(KeyCode::Char('r'))), Some(Effect::Remove { .. })));
}

#[test]
fn the_screens_of_an_account_go_with_it() {
    let mut model = with(Vec::new());
    model.screens.extend([Screen::Account(id('A')), Screen::Settings { account: id('A'), at: 1 }]);
    model.see(Snapshot { accounts: Vec::new(), ..snapshot() }, Vec::new());
    assert!(model.screens.is_empty());
}

#[test]
fn control_c_quits_from_every_screen_and_releases_of_keys_do_nothing() {
    let mut model = opened(card(Kind::SignIn, 3));
    let quit = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
    assert!(matches!(press(&mut model, quit), Some(Effect::Quit)));
    let release = KeyEvent::new_with_kind(KeyCode::Char('d'), KeyModifiers::NONE, KeyEventKind::Release);
    assert!(press(&mut model, release).is_none());
}
