//! Screens compared with what they should be, to the cell. `WRITE_SCREENS=1` writes what they are; look at it then.

mod account;
mod adding;
mod card;
mod form;
mod list;
mod papers;

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
use super::super::model::{Item, Model};
use super::super::samples::{
    ALL, NOW, at, buffer, card, codes, ended, halden, id, model, setting, snapshot, states, text, with,
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
fn a_window_that_is_too_small_says_so() {
    compare("too-small", &with(Vec::new()), (39, 11));
    for (columns, rows) in [(0, 0), (1, 1), (10, 2), (200, 3)] {
        text(&with(vec![card(Kind::SignIn, 8)]), columns, rows);
    }
}

#[test]
fn no_size_of_a_window_is_too_odd_for_any_screen() {
    let screens: [fn() -> Screen; 9] = [
        || Screen::Shut(super::super::screens::Shut::Damaged),
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
