//! What happened lately, to hand to a help desk: stable words and times, no names, no addresses, no ids.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use countersign_protocol::UnixSeconds;

/// How many events are kept.
const KEPT: usize = 200;

/// Something worth knowing afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    Opened,
    Unlocked,
    Locked,
    UnlockFailed,
    StartedOver,
    KeyStoreFailed,
    WriteFailed,
    OlderGeneration,
    OfferRead,
    OfferRefused,
    Added,
    AddFailed,
    RequestShown,
    RequestNotGenuine,
    Answered,
    Verdict,
    NotConfirmed,
    KeyGone,
    Removed,
    RemovalTaken,
    RemovedByServer,
    Unreachable,
    Untrusted,
    Problem,
    ReplyRefused,
    ClockSkew,
    ServerMoved,
    Updated,
}

impl Event {
    fn word(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Unlocked => "unlocked",
            Self::Locked => "locked",
            Self::UnlockFailed => "unlock_failed",
            Self::StartedOver => "started_over",
            Self::KeyStoreFailed => "key_store_failed",
            Self::WriteFailed => "write_failed",
            Self::OlderGeneration => "older_generation",
            Self::OfferRead => "offer_read",
            Self::OfferRefused => "offer_refused",
            Self::Added => "added",
            Self::AddFailed => "add_failed",
            Self::RequestShown => "request_shown",
            Self::RequestNotGenuine => "request_not_genuine",
            Self::Answered => "answered",
            Self::Verdict => "verdict",
            Self::NotConfirmed => "not_confirmed",
            Self::KeyGone => "key_gone",
            Self::Removed => "removed",
            Self::RemovalTaken => "removal_taken",
            Self::RemovedByServer => "removed_by_server",
            Self::Unreachable => "unreachable",
            Self::Untrusted => "untrusted",
            Self::Problem => "problem",
            Self::ReplyRefused => "reply_refused",
            Self::ClockSkew => "clock_skew",
            Self::ServerMoved => "server_moved",
            Self::Updated => "updated",
        }
    }
}

/// A ring of the last events.
#[derive(Default)]
pub(super) struct Diagnostics(Mutex<VecDeque<(UnixSeconds, Event)>>);

impl Diagnostics {
    pub(super) fn note(&self, at: UnixSeconds, event: Event) {
        let mut events = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if events.len() == KEPT {
            events.pop_front();
        }
        events.push_back((at, event));
    }

    /// A line an event: Unix seconds and a word; the version first.
    pub(super) fn text(&self) -> String {
        let events = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut text = format!("countersign-core {}\n", env!("CARGO_PKG_VERSION"));
        for (at, event) in events.iter() {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{at} {}", event.word());
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ring_keeps_the_newest() {
        let diagnostics = Diagnostics::default();
        for second in 0..300 {
            diagnostics.note(UnixSeconds::new(second).unwrap(), Event::Verdict);
        }
        let text = diagnostics.text();
        assert_eq!(text.lines().count(), KEPT + 1);
        assert!(
            text.contains("\n100 verdict\n")
                && !text.contains("\n99 verdict\n")
                && text.ends_with("299 verdict\n")
        );
    }
}
