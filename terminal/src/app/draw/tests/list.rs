//! The list of accounts: codes, states, search, notices.

use super::*;

#[test]
fn the_list_shows_codes_with_their_time_and_the_next_in_the_last_seconds() {
    compare("list", &with(Vec::new()), USUAL);
    compare("list-waiting", &with(vec![card(Kind::SignIn, 3), ended(1, Verdict::WrongNumber)]), USUAL);
    compare("list-least", &with(vec![card(Kind::SignIn, 3)]), LEAST);
    compare("waiting-above-account", &on(Screen::Account(id('B')), with(vec![card(Kind::SignIn, 3)])), USUAL);
    compare("waiting-above-least", &on(Screen::Keys { scroll: 0 }, with(vec![card(Kind::Method, 3)])), LEAST);
    compare("list-empty", &model(Snapshot { accounts: Vec::new(), ..snapshot() }, ALL), LEAST);
}

#[test]
fn the_list_has_words_for_every_state_of_an_account() {
    let states = Snapshot { accounts: states(), ..snapshot() };
    compare("list-states", &model(states.clone(), ALL), USUAL);
    let mut narrow = model(states, ALL);
    narrow.list.chosen = Some(Item::Account(id('H')));
    compare("list-states-least", &narrow, LEAST);
}

#[test]
fn nothing_is_said_of_the_codes_of_a_locked_vault() {
    let shown = |lock| {
        let accounts = vec![AccountRow { codes: CodeKind::None, ..halden('A') }];
        text(&model(Snapshot { accounts, lock, ..snapshot() }, ALL), 80, 24)
    };
    assert!(shown(Lock::Open).contains("no codes"));
    assert!(!shown(Lock::SecretsLocked).contains("no codes"));
}

#[test]
fn the_search_leaves_what_fits_and_says_when_nothing_does() {
    let mut found = with(Vec::new());
    found.list.search = Some(Field::line("search").with("pine"));
    compare("search", &found, LEAST);
    let mut nobody = with(Vec::new());
    nobody.snapshot.accounts.clear();
    nobody.list.search = Some(Field::line("search").with("pine"));
    compare("search-without-accounts", &nobody, LEAST);
    found.list.search = Some(Field::line("search").with("nobody"));
    compare("search-nothing", &found, LEAST);
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
fn what_the_vault_has_to_say_stands_under_the_list() {
    let notices = vec![Notice::NotGenuine, Notice::StorageFailed];
    compare("list-notices", &model(Snapshot { notices, ..snapshot() }, ALL), USUAL);
    let locked = Snapshot { lock: Lock::SecretsLocked, ..snapshot() };
    let mut model = model(locked, ALL);
    model.codes.clear();
    compare("list-locked", &model, USUAL);
}

#[test]
fn lines_of_whoever_shows_the_app_stand_above_it_as_far_as_there_is_room() {
    let mut beside = with(Vec::new());
    beside.setting.above = (1..=6).map(|line| format!("Line {line} of the demo")).collect();
    compare("lines-above", &beside, USUAL);
    let least = text(&beside, LEAST.0, LEAST.1 + 2);
    assert!(least.contains("Line 2 of the demo") && !least.contains("Line 3"), "{least}");
    assert!(!text(&beside, LEAST.0, LEAST.1).contains("Line 1"));
}
