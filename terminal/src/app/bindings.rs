//! Which key does what, by place: the one table behind the footers, the list that `?` shows and `docs/terminal.md`.
//!
//! What the keys do is in [`keys`](super::keys). The tests press every key in every place: one that does something
//! stands here, and one that stands here does something.

use crate::words::Words;

/// A key as people name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    Letter(char),
    /// By the id of its name.
    Named(&'static str),
}

/// A key, and the id of what it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Binding {
    pub(crate) key: Key,
    pub(crate) does: &'static str,
}

/// Where keys have a meaning of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    List,
    Search,
    /// On a request that waits.
    Request,
    /// On a request that has ended.
    Ended,
    /// In the list of requests that have ended.
    Endings,
    /// On the question of a late report.
    Report,
    Account,
    Settings,
    /// On the question of a removal.
    Removal,
    /// On the check of a new account.
    Check,
    /// In a menu, or among several codes.
    Menu,
    Form,
    /// In a line that is typed: of a form, or of the search.
    Line,
    /// On a text that is longer than the window.
    Text,
    /// Before a vault that is shut.
    Shut,
    /// On the question of starting over.
    StartOver,
    /// On the offer of an unlock code.
    OfferCode,
    UnlockCode,
    Everywhere,
}

pub(crate) const UP_DOWN: Key = Key::Named("key-up-down");
pub(crate) const PAGES: Key = Key::Named("key-pages");
pub(crate) const ENDS: Key = Key::Named("key-ends");
pub(crate) const LEFT_RIGHT: Key = Key::Named("key-left-right");
pub(crate) const DIGITS: Key = Key::Named("key-digits");
pub(crate) const BACKSPACE: Key = Key::Named("key-backspace");
pub(crate) const DELETE: Key = Key::Named("key-delete");
pub(crate) const TAB: Key = Key::Named("key-tab");
pub(crate) const ENTER: Key = Key::Named("key-enter");
pub(crate) const ESCAPE: Key = Key::Named("key-escape");
pub(crate) const CONTROL_U: Key = Key::Named("key-control-u");
pub(crate) const CONTROL_O: Key = Key::Named("key-control-o");
pub(crate) const CONTROL_C: Key = Key::Named("key-control-c");

pub(crate) const CHOOSE: Binding = UP_DOWN.does("press-choose");
const BY_PAGES: Binding = PAGES.does("press-page");
const TO_ENDS: Binding = ENDS.does("press-end");
pub(crate) const OPEN: Binding = ENTER.does("press-open");
pub(crate) const SEARCH: Binding = Key::Letter('/').does("press-search");
pub(crate) const ADD: Binding = Key::Letter('a').does("press-add");
pub(crate) const REFRESH: Binding = Key::Letter('r').does("press-refresh");
pub(crate) const ENDINGS: Binding = Key::Letter('e').does("press-endings");
const LOCK: Binding = Key::Letter('l').does("press-lock");
pub(crate) const UNLOCK: Binding = Key::Letter('u').does("press-unlock");
const SECOND_WAY: Binding = Key::Letter('k').does("press-unlock-code");
const NAME_DEVICE: Binding = Key::Letter('t').does("press-name-device");
pub(crate) const DISMISS: Binding = Key::Letter('x').does("press-dismiss");
pub(crate) const HELP_DESK: Binding = Key::Letter('h').does("press-help-desk");
pub(crate) const QUIT: Binding = Key::Letter('q').does("press-quit");
const TYPE_NUMBER: Binding = DIGITS.does("press-type-number");
const DELETE_DIGIT: Binding = BACKSPACE.does("press-delete-digit");
pub(crate) const APPROVE: Binding = ENTER.does("press-approve");
pub(crate) const APPROVE_WHEN_TYPED: Binding = ENTER.does("press-approve-not-yet");
pub(crate) const DENY: Binding = Key::Letter('d').does("press-deny");
pub(crate) const REPORT: Binding = Key::Letter('n').does("press-report");
pub(crate) const DONE: Binding = ENTER.does("press-done");
pub(crate) const REPORT_AFTER: Binding = Key::Letter('n').does("press-report-after");
pub(crate) const REPORT_NOW: Binding = Key::Letter('r').does("press-report-now");
pub(crate) const REPORT_NOT: Binding = Key::Letter('k').does("press-report-not");
pub(crate) const SETTINGS: Binding = Key::Letter('s').does("press-settings");
pub(crate) const NEXT_CODE: Binding = Key::Letter('n').does("press-next-code");
pub(crate) const REMOVE: Binding = Key::Letter('r').does("press-remove");
pub(crate) const KEEP: Binding = Key::Letter('k').does("press-keep");
pub(crate) const NOT_OURS: Binding = Key::Letter('n').does("press-not-ours");
pub(crate) const NEXT: Binding = ENTER.does("press-next");
pub(crate) const NEXT_FIELD: Binding = ENTER.does("press-next-field");
const NEXT_FIELD_OR_ON: Binding = ENTER.does("press-next-field-or-on");
const FIELDS: Binding = UP_DOWN.does("press-fields");
pub(crate) const CHANGE: Binding = LEFT_RIGHT.does("press-change");
const MOVE_CURSOR: Binding = LEFT_RIGHT.does("press-cursor");
const CURSOR_TO_ENDS: Binding = ENDS.does("press-cursor-end");
const CLEAR: Binding = CONTROL_U.does("press-clear");
const DELETE_BEFORE: Binding = BACKSPACE.does("press-delete-before");
const DELETE_BEHIND: Binding = DELETE.does("press-delete-behind");
const TAB_FIELD: Binding = TAB.does("press-tab");
pub(crate) const COMPLETE: Binding = TAB.does("press-complete");
pub(crate) const SCROLL: Binding = UP_DOWN.does("press-scroll");
const OPEN_VAULT: Binding = ENTER.does("press-open-vault");
pub(crate) const START_OVER: Binding = Key::Letter('s').does("press-start-over");
pub(crate) const MAKE_CODE: Binding = ENTER.does("press-make-code");
pub(crate) const NOT_NOW: Binding = ESCAPE.does("press-not-now");
pub(crate) const WRITTEN_DOWN: Binding = ENTER.does("press-written-down");
pub(crate) const OPEN_WAITING: Binding = CONTROL_O.does("press-open-waiting");
pub(crate) const LEAVE: Binding = ESCAPE.does("press-leave");
pub(crate) const KEYS: Binding = Key::Letter('?').does("press-keys");
pub(crate) const QUIT_ANYWHERE: Binding = CONTROL_C.does("press-quit");

impl Key {
    /// This key, and what it does.
    pub(crate) const fn does(self, does: &'static str) -> Binding {
        Binding { key: self, does }
    }

    /// What it is called.
    pub(crate) fn name(self, words: Words) -> String {
        match self {
            Self::Letter(letter) => letter.to_string(),
            Self::Named(id) => words.text(id),
        }
    }
}

impl Place {
    /// All, in the order in which they are told.
    pub(crate) const ALL: [Self; 19] = [
        Self::List,
        Self::Search,
        Self::Request,
        Self::Ended,
        Self::Endings,
        Self::Report,
        Self::Account,
        Self::Settings,
        Self::Removal,
        Self::Check,
        Self::Menu,
        Self::Form,
        Self::Line,
        Self::Text,
        Self::OfferCode,
        Self::UnlockCode,
        Self::Shut,
        Self::StartOver,
        Self::Everywhere,
    ];

    /// The id of what it is called.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::List => "keys-list",
            Self::Search => "keys-search",
            Self::Request => "keys-card",
            Self::Ended => "keys-ended",
            Self::Endings => "keys-endings",
            Self::Report => "keys-report",
            Self::Account => "keys-account",
            Self::Settings => "keys-settings",
            Self::Removal => "keys-removal",
            Self::Check => "keys-check",
            Self::Menu => "keys-menu",
            Self::Form => "keys-form",
            Self::Line => "keys-line",
            Self::Text => "keys-text",
            Self::OfferCode => "keys-offer-code",
            Self::UnlockCode => "keys-unlock-code",
            Self::Shut => "keys-shut",
            Self::StartOver => "keys-start-over",
            Self::Everywhere => "keys-everywhere",
        }
    }

    /// Its keys, beside those of [`Everywhere`](Self::Everywhere). `y` is in none: there is no key that only agrees.
    pub(crate) fn bindings(self) -> &'static [Binding] {
        match self {
            Self::List => &[
                CHOOSE,
                BY_PAGES,
                TO_ENDS,
                OPEN,
                SEARCH,
                ADD,
                REFRESH,
                ENDINGS,
                LOCK,
                UNLOCK,
                SECOND_WAY,
                NAME_DEVICE,
                DISMISS,
                HELP_DESK,
                QUIT,
            ],
            Self::Search => &[CHOOSE, BY_PAGES, OPEN],
            Self::Request => &[TYPE_NUMBER, DELETE_DIGIT, APPROVE_WHEN_TYPED, DENY, REPORT],
            Self::Ended => &[DONE, REPORT_AFTER],
            Self::Endings => &[CHOOSE, OPEN],
            Self::Report => &[REPORT_NOW, REPORT_NOT],
            Self::Account => &[SETTINGS, NEXT_CODE, REFRESH, ENDINGS, UNLOCK, HELP_DESK],
            Self::Settings => &[CHOOSE, OPEN],
            Self::Removal => &[REMOVE, KEEP],
            Self::Check => &[OPEN, NOT_OURS],
            Self::Menu => &[CHOOSE, NEXT],
            Self::Form => &[NEXT_FIELD_OR_ON, FIELDS, TAB_FIELD, CHANGE],
            Self::Line => &[MOVE_CURSOR, CURSOR_TO_ENDS, DELETE_BEFORE, DELETE_BEHIND, CLEAR],
            Self::Text => &[SCROLL, BY_PAGES],
            Self::OfferCode => &[MAKE_CODE],
            Self::UnlockCode => &[WRITTEN_DOWN],
            Self::Shut => &[OPEN_VAULT, START_OVER, QUIT],
            Self::StartOver => &[START_OVER],
            Self::Everywhere => &[OPEN_WAITING, LEAVE, KEYS, QUIT_ANYWHERE],
        }
    }
}
