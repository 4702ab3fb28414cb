//! Adding an account: the menus, the forms, the check.

use super::*;

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
    let mut same = checked(pending(), Vec::new(), vec![other]);
    for row in &mut same.snapshot.accounts {
        row.same_name_as = (row.id == id('A')).then_some(id('Z'));
    }
    compare("check-same-name", &same, USUAL);
}
