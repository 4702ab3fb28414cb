use countersign_protocol::{DeviceId, Platform, Presence, Storage, Text, UnixSeconds};

use super::SessionId;
use crate::rules::ClientAddress;

/// What the Security info page shows.
#[derive(Debug)]
pub struct SecurityInfo {
    /// The phones with the app, oldest first.
    pub phones: Vec<PhoneView>,
    /// The most phones there can be.
    pub most_phones: usize,
    /// The sessions, newest first.
    pub sessions: Vec<SessionView>,
    /// Until when a report pauses requests.
    pub paused_until: Option<UnixSeconds>,
}

/// One phone.
#[derive(Clone, Debug)]
pub struct PhoneView {
    /// Which.
    pub id: DeviceId,
    /// Its name.
    pub name: Text<64>,
    /// What it runs on.
    pub platform: Platform,
    /// Where its approval key is kept, by its own word.
    pub storage: Storage,
    /// Whether its approval key asks for the person, by its own word.
    pub presence: Presence,
    /// When it was added.
    pub added: UnixSeconds,
    /// When it last answered.
    pub last_answer: Option<UnixSeconds>,
    /// Whether it makes codes and approves nothing until a test was approved.
    pub codes_only: bool,
}

/// One session.
#[derive(Clone, Debug)]
pub struct SessionView {
    /// Which.
    pub id: SessionId,
    /// Whether it is the one that looks.
    pub is_this: bool,
    /// The browser's name.
    pub browser: Option<Text<64>>,
    /// Where it was begun from.
    pub address: ClientAddress,
    /// When it was begun.
    pub begun: UnixSeconds,
    /// When it was last used, to some minutes.
    pub last_used: UnixSeconds,
}

/// What deleting a phone led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deletion {
    /// It is gone, for good.
    Deleted,
    /// It is the last method that the organisation requires: another phone first (I8).
    Last,
    /// Security info is not open for changes (rule 13).
    Closed,
    /// There is no such phone.
    Unknown,
}
