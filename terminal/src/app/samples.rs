//! What the tests of the screens and keys show: the accounts and requests of the design.

use std::collections::HashMap;

use countersign_core::approval::Prompt;
use countersign_core::authenticator::{
    AccountRow, AccountState, CardState, CodeKind, CodeRow, EntryId, Lock, RequestCard, SlotKind, Snapshot,
};
use countersign_protocol::{Digits, Kind, RemovalReason, RequestId, UnixSeconds, Verdict};
use jiff::tz::TimeZone;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;

use super::look::Look;
use super::model::{Model, Setting};
use crate::words::Words;

/// 2026-11-22, 14:58 in Trondheim.
pub(crate) const NOW: u64 = 1_795_355_880;
pub(crate) const ALL: Look = Look { is_coloured: true, is_unicode: true };

pub(crate) fn at(seconds: u64) -> UnixSeconds {
    UnixSeconds::new(seconds).unwrap()
}

pub(crate) fn id(letter: char) -> EntryId {
    format!("{}A", letter.to_string().repeat(21)).parse().unwrap()
}

pub(crate) fn setting(look: Look) -> Setting {
    let zone = TimeZone::fixed(jiff::tz::offset(1));
    let words = Words::default();
    Setting { words, look, zone, has_keyring: true, offers_unlock_code: true, above: Vec::new() }
}

pub(crate) fn snapshot() -> Snapshot {
    let bank = AccountRow {
        organisation: "Pinewood Bank".to_owned(),
        account: "mira@post.example".to_owned(),
        host: None,
        state: AccountState::CodesOnly,
        ..halden('B')
    };
    let lab = AccountRow {
        organisation: "Lab cluster".to_owned(),
        account: "okafor".to_owned(),
        codes: CodeKind::None,
        ..halden('C')
    };
    Snapshot {
        revision: 1,
        lock: Lock::Open,
        is_first_start: false,
        opens_with: vec![SlotKind::KeyStore],
        accounts: vec![halden('A'), bank, lab],
        requests: Vec::new(),
        notices: Vec::new(),
    }
}

pub(crate) fn halden(letter: char) -> AccountRow {
    AccountRow {
        id: id(letter),
        organisation: "Halden College".to_owned(),
        name: None,
        account: "mira.okafor@halden.example".to_owned(),
        host: Some("signin.halden.example".to_owned()),
        state: AccountState::Ready,
        codes: CodeKind::Timed,
        help_desk: Some("+47 73 55 01 00".to_owned()),
        unreachable: false,
        same_name_as: None,
    }
}

/// One account in each state that the list has words for.
pub(crate) fn states() -> Vec<AccountRow> {
    let states = [
        AccountState::SetUpAgain,
        AccountState::Removed { reason: RemovalReason::Person },
        AccountState::Paused { until: at(NOW + 86_400) },
        AccountState::Pending { check: "K7QF 2M9T".to_owned() },
        AccountState::CodesOnly,
        AccountState::Damaged,
    ];
    let rows = states.into_iter().zip('A'..).map(|(state, letter)| {
        let codes =
            if matches!(state, AccountState::Paused { .. }) { CodeKind::Timed } else { CodeKind::None };
        AccountRow { state, codes, ..halden(letter) }
    });
    let mut rows: Vec<_> = rows.collect();
    rows.push(AccountRow { unreachable: true, codes: CodeKind::None, ..halden('H') });
    rows
}

pub(crate) fn codes() -> Vec<CodeRow> {
    let row = |letter, code: &str, next: &str, left| CodeRow {
        id: id(letter),
        code: Some(code.to_owned()),
        next: Some(next.to_owned()),
        valid_until: Some(at(NOW + left)),
        next_valid_until: Some(at(NOW + left + 30)),
        fault: None,
    };
    vec![row('A', "381902", "510337", 18), row('B', "047715", "620338", 4)]
}

pub(crate) fn card(kind: Kind, digits: u8) -> RequestCard {
    RequestCard {
        id: RequestId::from_bytes([7; 16]),
        account_id: id('A'),
        kind,
        prompt: Prompt::TypeNumber(Digits::new(digits).unwrap()),
        organisation: "Halden College".to_owned(),
        host: "signin.halden.example".to_owned(),
        account: "mira.okafor@halden.example".to_owned(),
        application: "Halden Mail".to_owned(),
        address: Some("203.0.113.24".to_owned()),
        place: Some("Trondheim, Norway".to_owned()),
        browser: Some("Firefox on Windows".to_owned()),
        known: false,
        reason: (kind == Kind::Method).then(|| "Delete iPhone 12".to_owned()),
        issued: at(NOW - 19),
        valid_until: at(NOW + 41),
        state: CardState::Waiting,
    }
}

pub(crate) fn ended(place: u8, verdict: Verdict) -> RequestCard {
    RequestCard {
        id: RequestId::from_bytes([place; 16]),
        state: CardState::Ended { verdict, phone: None },
        ..card(Kind::SignIn, 3)
    }
}

pub(crate) fn model(snapshot: Snapshot, look: Look) -> Model {
    let mut model = Model::new(setting(look), at(NOW), snapshot);
    model.device_name = Some("vm".to_owned());
    model.codes = codes().into_iter().map(|row| (row.id, row)).collect::<HashMap<_, _>>();
    model
}

/// The accounts of the design, and these requests.
pub(crate) fn with(requests: Vec<RequestCard>) -> Model {
    model(Snapshot { requests, ..snapshot() }, ALL)
}

pub(crate) fn buffer(model: &Model, columns: u16, rows: u16) -> Buffer {
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    terminal.draw(|frame| super::draw::draw(frame, model)).unwrap();
    terminal.backend().buffer().clone()
}

/// What stands on the screen, line by line, blanks at the ends left out.
pub(crate) fn text(model: &Model, columns: u16, rows: u16) -> String {
    let buffer = buffer(model, columns, rows);
    let line = |cells: &[ratatui::buffer::Cell]| {
        // A cell behind a wide character is blank and not drawn.
        let mut line = String::new();
        let mut covered = 0;
        for cell in cells {
            if covered == 0 {
                line.push_str(cell.symbol());
                covered = super::line::width(cell.symbol()).saturating_sub(1);
            } else {
                covered -= 1;
            }
        }
        line.trim_end().to_owned() + "\n"
    };
    buffer.content.chunks(usize::from(columns).max(1)).map(line).collect()
}
