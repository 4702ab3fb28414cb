//! The table of keys against the keys: what is in it does something, what does something is in it, and the footers, the
//! list of keys and the papers say the same.

use std::collections::HashSet;

use countersign_core::authenticator::{EndedBefore, SlotKind};
use ratatui::layout::Rect;

use super::super::super::bindings::{self, Binding, Key, Place};
use super::super::super::draw;
use super::super::super::field::Content;
use super::*;
use crate::platform::Typed;

const WINDOW: (u16, u16) = (60, 24);

/// Screens that have the keys of a place, each with something for them to do.
fn samples(place: Place) -> Vec<Model> {
    let card_of = |card: RequestCard| {
        let pad = Pad::new(card.account_id, card.id);
        on(Screen::Card(pad), with(vec![card]))
    };
    let form = |purpose| on(Screen::Form(Form::new(purpose, Words::default())), with(Vec::new()));
    match place {
        Place::List => vec![full(), locked()],
        Place::Search => {
            let mut model = full();
            model.list.search = Some(Field::line("search").with("h"));
            vec![model]
        }
        Place::Request => {
            let mut whole = card_of(card(Kind::SignIn, 3));
            type_keys(&mut whole, "472");
            vec![card_of(card(Kind::SignIn, 3)), whole]
        }
        Place::Ended => vec![card_of(ended(7, Verdict::Approved))],
        Place::Endings => vec![on(Screen::Endings { of: None, at: 0 }, full())],
        Place::Report => {
            vec![on(Screen::Report { account: id('C'), request: RequestId::from_bytes([9; 16]) }, full())]
        }
        Place::Account => {
            let counted = AccountRow { codes: CodeKind::Counted, ..halden('A') };
            let accounts = vec![counted];
            let locked =
                model(Snapshot { lock: Lock::SecretsLocked, accounts: accounts.clone(), ..snapshot() }, ALL);
            vec![
                on(Screen::Account(id('A')), model(Snapshot { accounts, ..snapshot() }, ALL)),
                on(Screen::Account(id('A')), locked),
            ]
        }
        Place::Settings => (0..3).map(|at| on(Screen::Settings { account: id('A'), at }, full())).collect(),
        Place::Removal => vec![on(Screen::Remove(id('A')), full())],
        Place::Check => {
            let pending = AccountState::Pending { check: "K7QF 2M9T".to_owned() };
            let accounts = vec![AccountRow { state: pending, ..halden('A') }];
            let requests = vec![card(Kind::Test, 3)];
            vec![on(Screen::Check(id('A')), model(Snapshot { accounts, requests, ..snapshot() }, ALL))]
        }
        Place::Menu => {
            let mut other = adding::found(1);
            other.host = None;
            let found = vec![adding::found(0), other];
            vec![
                on(Screen::Menu(Menu { of: MenuOf::Work, at: 1 }), with(Vec::new())),
                on(Screen::Choose { found, at: 0 }, with(Vec::new())),
            ]
        }
        Place::Form => {
            let mut choice = Form::new(Purpose::Key, Words::default());
            choice.at = 3;
            vec![
                form(Purpose::Typed),
                form(Purpose::Picture { is_work: true }),
                form(Purpose::Unlock(Typed::Either)),
                on(Screen::Form(choice), with(Vec::new())),
            ]
        }
        Place::Line => {
            let mut middle = Form::new(Purpose::Link, Words::default());
            middle.fields[0].set("otpauth://");
            middle.press(key(KeyCode::Left), Words::default());
            vec![on(Screen::Form(middle), with(Vec::new()))]
        }
        Place::Text => {
            let text = (0..90).map(|second| format!("{second} opened\n")).collect();
            vec![on(Screen::HelpDesk { text, scroll: 9 }, with(Vec::new()))]
        }
        Place::OfferCode => vec![on(Screen::OfferCode, with(Vec::new()))],
        Place::UnlockCode => vec![on(Screen::UnlockCode("0123-4567".to_owned().into()), with(Vec::new()))],
        Place::Shut => [Lock::Locked, Lock::KeyDropped]
            .map(|lock| {
                let opens_with = vec![SlotKind::KeyStore];
                model(Snapshot { lock, accounts: Vec::new(), opens_with, ..snapshot() }, ALL)
            })
            .into(),
        Place::StartOver => vec![on(Screen::StartOver, with(Vec::new()))],
        Place::Everywhere => {
            let mut waits = full();
            waits.screens.push(Screen::Account(id('C')));
            vec![waits]
        }
    }
}

fn on(screen: Screen, mut model: Model) -> Model {
    model.screens.push(screen);
    model
}

/// The list with something of everything.
fn full() -> Model {
    let requests = vec![card(Kind::SignIn, 3), ended(1, Verdict::Denied)];
    let mut model = model(Snapshot { requests, notices: vec![Notice::NotGenuine], ..snapshot() }, ALL);
    model.ended_before =
        vec![EndedBefore { id: RequestId::from_bytes([9; 16]), account_id: id('C'), ended: at(NOW - 9) }];
    model.list.chosen = Some(Item::Account(id('B')));
    model
}

fn locked() -> Model {
    model(Snapshot { lock: Lock::SecretsLocked, ..snapshot() }, ALL)
}

/// What of a model a key can change.
fn state(model: &Model) -> String {
    let fields = match model.screens.last() {
        Some(Screen::Form(form)) => {
            let field = |field: &Field| match &field.content {
                Content::Line { text, cursor, .. } => format!("{}|{cursor}", text.as_str()),
                Content::Choice { chosen, .. } => chosen.to_string(),
            };
            format!("{} {:?}", form.at, form.fields.iter().map(field).collect::<Vec<_>>())
        }
        _ => String::new(),
    };
    format!("{}{}{fields}", text(model, WINDOW.0, WINDOW.1), model.screens.len())
}

/// The keys that a key of the table stands for.
fn codes(key: Key) -> Vec<KeyEvent> {
    let plain = |code| KeyEvent::new(code, KeyModifiers::NONE);
    let control = |c| KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL);
    match key {
        Key::Letter(letter) => vec![plain(KeyCode::Char(letter))],
        bindings::UP_DOWN => vec![plain(KeyCode::Up), plain(KeyCode::Down)],
        bindings::PAGES => vec![plain(KeyCode::PageUp), plain(KeyCode::PageDown)],
        bindings::ENDS => vec![plain(KeyCode::Home), plain(KeyCode::End)],
        bindings::LEFT_RIGHT => vec![plain(KeyCode::Left), plain(KeyCode::Right)],
        bindings::DIGITS => ('0'..='9').map(|c| plain(KeyCode::Char(c))).collect(),
        bindings::BACKSPACE => vec![plain(KeyCode::Backspace)],
        bindings::DELETE => vec![plain(KeyCode::Delete)],
        bindings::TAB => vec![plain(KeyCode::Tab), plain(KeyCode::BackTab)],
        bindings::ENTER => vec![plain(KeyCode::Enter)],
        bindings::ESCAPE => vec![plain(KeyCode::Esc)],
        bindings::CONTROL_U => vec![control('u')],
        bindings::CONTROL_O => vec![control('o')],
        bindings::CONTROL_C => vec![control('c')],
        Key::Named(other) => panic!("{other} stands for no key"),
    }
}

/// Every key of a keyboard that an app hears of.
fn keyboard() -> Vec<KeyEvent> {
    let named = [
        KeyCode::Up,
        KeyCode::Down,
        KeyCode::Left,
        KeyCode::Right,
        KeyCode::PageUp,
        KeyCode::PageDown,
        KeyCode::Home,
        KeyCode::End,
        KeyCode::Enter,
        KeyCode::Esc,
        KeyCode::Tab,
        KeyCode::BackTab,
        KeyCode::Backspace,
        KeyCode::Delete,
        KeyCode::Insert,
        KeyCode::F(1),
    ];
    let typed = (' '..='~').map(KeyCode::Char);
    let plain = named.into_iter().chain(typed.clone()).map(|code| KeyEvent::new(code, KeyModifiers::NONE));
    let with = |modifiers| ('a'..='z').map(move |c| KeyEvent::new(KeyCode::Char(c), modifiers));
    plain.chain(with(KeyModifiers::CONTROL)).chain(with(KeyModifiers::ALT)).collect()
}

/// The keys of these that do something on any of the screens of a place.
fn acting(place: Place, keys: &[KeyEvent]) -> Vec<KeyEvent> {
    let before: Vec<_> = samples(place).iter().map(state).collect();
    let acts = |key: &&KeyEvent| {
        let mut screens = samples(place).into_iter().zip(&before);
        screens.any(|(mut model, before)| press(&mut model, **key).is_some() || state(&model) != *before)
    };
    keys.iter().filter(acts).copied().collect()
}

fn own(place: Place) -> Vec<Binding> {
    let line = if matches!(place, Place::Form | Place::Search) { Place::Line } else { place };
    let form = if place == Place::Line { Place::Form } else { place };
    let all = [place, line, form].map(|place| place.bindings().to_vec());
    all.concat()
}

#[test]
fn what_stands_in_the_table_does_something_there() {
    for place in Place::ALL {
        for binding in place.bindings() {
            let acting = acting(place, &codes(binding.key));
            assert!(!acting.is_empty(), "{binding:?} does nothing in {place:?}");
        }
    }
}

#[test]
fn what_does_something_stands_in_the_table() {
    for place in Place::ALL {
        if place == Place::Everywhere {
            continue;
        }
        let allowed: HashSet<_> = own(place)
            .into_iter()
            .chain(Place::Everywhere.bindings().iter().copied())
            .flat_map(|binding| codes(binding.key))
            .map(|key| (key.code, key.modifiers))
            .collect();
        let is_typed = matches!(place, Place::Form | Place::Search | Place::Line);
        let mut others = keyboard();
        others.retain(|key| {
            let types = is_typed && matches!(key.code, KeyCode::Char(_)) && key.modifiers.is_empty();
            !types && !allowed.contains(&(key.code, key.modifiers))
        });
        assert_eq!(acting(place, &others), [], "does something in {place:?} and is in no help");
    }
}

#[test]
fn each_screen_has_the_keys_of_its_place_at_its_foot() {
    let area = Rect::new(0, 0, WINDOW.0, WINDOW.1);
    let mut seen = 0;
    for place in Place::ALL {
        for model in samples(place) {
            let Some(screen) = model.screens.last() else { continue };
            let of = model.place(Some(screen));
            for press in draw::page(&model, screen, area, &[]).presses {
                let mut known = own(of).into_iter().chain(Place::Everywhere.bindings().iter().copied());
                let key = press.binding.key;
                assert!(known.any(|it| it.key == key), "{:?} at the foot of {of:?}", press.binding);
                seen += 1;
            }
        }
    }
    assert!(seen > 40, "{seen}");
}

#[test]
fn no_key_means_two_things_in_one_place_and_y_means_nothing() {
    for place in Place::ALL {
        let keys: Vec<_> = place.bindings().iter().map(|binding| binding.key).collect();
        for (at, key) in keys.iter().enumerate() {
            assert!(!keys[..at].contains(key), "{key:?} stands twice in {place:?}");
            assert_ne!(*key, Key::Letter('y'));
        }
    }
}

#[test]
fn the_list_of_keys_begins_where_the_person_is_and_has_every_key() {
    let words = Words::default();
    for place in [Place::List, Place::Account, Place::Request, Place::Check] {
        let mut model = samples(place).remove(0);
        press(&mut model, key(KeyCode::Char('?')));
        let shown = text(&model, 80, 160);
        let titles = Place::ALL.map(|place| words.text(place.title()));
        let first = shown.lines().find_map(|line| titles.iter().find(|title| line.trim() == title.as_str()));
        assert_eq!(first, Some(&words.text(place.title())), "{shown}");
        for binding in Place::ALL.iter().flat_map(|place| place.bindings()) {
            let does = words.text(binding.does);
            let row = shown
                .lines()
                .any(|line| line.trim_start().starts_with(&binding.key.name(words)) && line.ends_with(&does));
            assert!(row, "{binding:?} is missing:\n{shown}");
        }
    }
}

#[test]
fn the_papers_have_the_same_keys() {
    let words = Words::default();
    let mut table = "| where | keys |\n|---|---|\n".to_owned();
    for place in Place::ALL {
        let name = |key: Key| match key {
            Key::Letter(letter) => format!("`{letter}`"),
            Key::Named(_) => key.name(words),
        };
        let keys = place.bindings().iter().map(|it| format!("{} {}", name(it.key), words.text(it.does)));
        table += &format!("| {} | {} |\n", words.text(place.title()), keys.collect::<Vec<_>>().join(" · "));
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/terminal.md");
    let paper = std::fs::read_to_string(path).unwrap();
    if std::env::var_os("WRITE_SCREENS").is_some() {
        let (before, rest) = paper.split_once("| where | keys |\n").unwrap();
        let after = rest.split_once("\n\n").unwrap().1;
        std::fs::write(path, format!("{before}{table}\n{after}")).unwrap();
        return;
    }
    assert!(paper.contains(&table), "docs/terminal.md should have:\n{table}");
}
