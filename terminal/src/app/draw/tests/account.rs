//! An account and its settings.

use super::*;

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
fn an_organisation_that_shares_its_name_is_told_with_the_other_server() {
    let other = AccountRow {
        host: Some("halden-college.signin.example.net".to_owned()),
        same_name_as: Some(id('A')),
        ..halden('Z')
    };
    let row = AccountRow { same_name_as: Some(id('Z')), ..halden('A') };
    let accounts = vec![row, other];
    compare(
        "account-shared-name",
        &on(Screen::Account(id('A')), model(Snapshot { accounts, ..snapshot() }, ALL)),
        USUAL,
    );
}

#[test]
fn s71_remove_account_stands_in_the_settings_and_asks_first() {
    let settings = |at| on(Screen::Settings { account: id('A'), at }, with(Vec::new()));
    compare("settings", &settings(0), USUAL);
    compare("settings-least", &settings(1), LEAST);
    compare("remove", &on(Screen::Remove(id('A')), with(Vec::new())), LEAST);
    compare("remove-codes", &on(Screen::Remove(id('B')), with(Vec::new())), LEAST);
}
