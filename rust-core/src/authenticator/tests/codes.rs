//! Codes of many accounts, and of entries that make none.

use super::*;

#[test]
fn an_entry_that_makes_no_code_is_damaged_and_stops_no_other() {
    let (sound, damaged) = (code(6), code(3));
    let ids = [damaged.id, sound.id];
    let (_folder, authenticator) = with_codes(vec![damaged, sound]);
    let states: Vec<_> =
        authenticator.snapshot().accounts.into_iter().map(|row| (row.id, row.state)).collect();
    assert_eq!(states, [(ids[0], AccountState::Damaged), (ids[1], AccountState::CodesOnly)]);
    let codes = authenticator.codes(&ids);
    assert_eq!((codes[0].fault, codes[0].code.is_some()), (Some(CodeFault::Damaged), false));
    assert_eq!((codes[1].fault, codes[1].code.is_some()), (None, true));
}

#[test]
fn codes_stand_in_the_order_that_was_asked_for() {
    let all: Vec<_> = (0..5).map(|_| code(6)).collect();
    let ids: Vec<_> = all.iter().rev().map(|code| code.id).collect();
    let (_folder, authenticator) = with_codes(all);
    let asked = [&ids[..], &[EntryId::make(&SystemRandom)], &ids[1..2]].concat();
    let answered: Vec<_> = authenticator.codes(&asked).into_iter().map(|row| row.id).collect();
    assert_eq!(answered, [&ids[..], &ids[1..2]].concat(), "an id of nothing has no row");
}
