//! On the way to a new account.

use super::*;

#[test]
fn s18_s19_add_account_leads_through_the_kind_to_a_form() {
    let mut model = with(Vec::new());
    type_keys(&mut model, "a");
    assert!(text(&model, 80, 24).contains("Work or school account"));
    press(&mut model, key(KeyCode::Enter));
    press(&mut model, key(KeyCode::Down));
    press(&mut model, key(KeyCode::Enter));
    let Some(Screen::Form(form)) = model.screens.last() else { panic!("no form") };
    assert_eq!(form.purpose, Purpose::Typed);
    paste(&mut model, " hx4w-d8rn 6ptc\n");
    press(&mut model, key(KeyCode::Enter));
    type_keys(&mut model, "https://signin.halden.example");
    let Some(Effect::ReadTyped { code, url }) = press(&mut model, key(KeyCode::Enter)) else {
        panic!("both are there")
    };
    assert_eq!((code.as_str(), url.as_str()), ("hx4w-d8rn 6ptc", "https://signin.halden.example"));
    for _ in 0..3 {
        press(&mut model, key(KeyCode::Esc));
    }
    assert!(model.screens.is_empty());
}

pub(super) fn found(place: usize) -> Found {
    Found {
        place,
        organisation: None,
        account: None,
        host: Some("signin.halden.example".to_owned()),
        refused: None,
    }
}

fn asking_for_a_picture() -> Model {
    let mut model = with(Vec::new());
    type_keys(&mut model, "a");
    press(&mut model, key(KeyCode::Enter));
    press(&mut model, key(KeyCode::Enter));
    assert!(matches!(model.screens.last(), Some(Screen::Form(_))));
    model
}

#[test]
fn whoever_leaves_while_an_account_is_added_gives_it_up() {
    let mut model = asking_for_a_picture();
    assert!(press(&mut model, key(KeyCode::Esc)).is_none(), "nothing has been begun");
    press(&mut model, key(KeyCode::Enter));
    done(&mut model, Done::Read(Ok(vec![found(0)])));
    assert!(matches!(press(&mut model, key(KeyCode::Esc)), Some(Effect::GiveUp)));
    done(&mut model, Done::Added(Err(CoreError::Cancelled)));
    assert!(text(&model, 80, 24).contains("Nothing was added"));

    let mut model = asking_for_a_picture();
    done(&mut model, Done::Read(Ok(vec![found(0), found(1)])));
    press(&mut model, key(KeyCode::Enter));
    assert!(matches!(press(&mut model, key(KeyCode::Esc)), Some(Effect::GiveUp)));
}

#[test]
fn what_was_read_after_the_person_left_is_not_added() {
    let mut model = asking_for_a_picture();
    press(&mut model, key(KeyCode::Esc));
    assert!(done(&mut model, Done::Read(Ok(vec![found(0)]))).is_none());
    assert!(matches!(model.screens.as_slice(), [Screen::Menu(_), Screen::Menu(_)]));
}

#[test]
fn a_link_is_asked_about_before_it_is_added() {
    let mut model = with(Vec::new());
    model.screens.push(Screen::Form(Form::new(Purpose::Link, model.words())));
    assert!(done(&mut model, Done::Read(Ok(vec![found(0)]))).is_none());
    assert!(text(&model, 80, 24).contains("signin.halden.example"));
    assert!(matches!(press(&mut model, key(KeyCode::Enter)), Some(Effect::Add(0))));
}

#[test]
fn s24_one_code_is_added_without_asking_more_and_of_several_one_is_chosen() {
    let mut model = asking_for_a_picture();
    assert!(matches!(done(&mut model, Done::Read(Ok(vec![found(0)]))), Some(Effect::Add(0))));
    assert_eq!(model.busy.as_deref(), Some("Asking signin.halden.example"));
    assert!(done(&mut model, Done::Read(Ok(vec![found(0), found(1)]))).is_none());
    press(&mut model, key(KeyCode::Down));
    assert!(matches!(press(&mut model, key(KeyCode::Enter)), Some(Effect::Add(1))));
}

#[test]
fn what_cannot_be_added_says_why_where_the_person_is_looking() {
    let mut model = asking_for_a_picture();
    let refusal = countersign_core::enrolment::Refusal::MicrosoftActivation;
    let refused = Some(Words::default().refusal(refusal));
    assert!(done(&mut model, Done::Read(Ok(vec![Found { refused, ..found(0) }]))).is_none());
    assert!(text(&model, 80, 24).contains("Only Microsoft Authenticator can use this code"));
    let host = || "signin.halden.example".to_owned();
    done(&mut model, Done::Added(Err(CoreError::Unreachable { host: host() })));
    assert!(text(&model, 80, 24).contains("signin.halden.example does not answer"));
}

#[test]
fn s26_after_adding_the_check_is_shown_and_enter_opens_the_test_that_comes() {
    let pending =
        AccountRow { state: AccountState::Pending { check: "K7QF 2M9T".to_owned() }, ..halden('A') };
    let accounts = vec![pending];
    let mut model = model(Snapshot { accounts: accounts.clone(), ..snapshot() }, ALL);
    type_keys(&mut model, "a");
    done(&mut model, Done::Added(Ok(id('A'))));
    assert!(matches!(model.screens.as_slice(), [Screen::Check(_)]));
    assert!(press(&mut model, key(KeyCode::Enter)).is_none());
    assert!(matches!(model.screens.as_slice(), [Screen::Check(_)]), "nothing waits yet");
    model.see(Snapshot { accounts, requests: vec![card(Kind::Test, 3)], ..snapshot() }, codes());
    assert!(matches!(model.screens.as_slice(), [Screen::Check(_)]), "it does not open by itself");
    press(&mut model, key(KeyCode::Enter));
    assert!(matches!(model.screens.as_slice(), [Screen::Check(_), Screen::Card(_)]));
}

#[test]
fn a_check_that_differs_removes_the_account() {
    let pending = AccountState::Pending { check: "K7QF 2M9T".to_owned() };
    let accounts = vec![AccountRow { state: pending, ..halden('A') }];
    let mut model = model(Snapshot { accounts, ..snapshot() }, ALL);
    model.screens.push(Screen::Check(id('A')));
    let removed = press(&mut model, key(KeyCode::Char('n')));
    assert!(matches!(removed, Some(Effect::Remove { account, .. }) if account == id('A')));
    // What is set up is removed in its settings, after a question.
    let mut ready = with(Vec::new());
    ready.screens.push(Screen::Check(id('A')));
    assert!(type_keys(&mut ready, "n").is_empty());
}
