//! What moves the app on, and what it asks for in return.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use countersign_core::authenticator::{Change, CoreError, Decision, EntryId, Outcome, Removed, UnlockWith};
use countersign_core::enrolment::TypedKey;
use countersign_core::ports::Listener;
use countersign_protocol::RequestId;
use ratatui::crossterm::event::KeyEvent;
use zeroize::Zeroizing;

use super::screens::Found;
use crate::words::Said;

/// Something that happened.
pub(crate) enum Event {
    /// A key was pressed.
    Key(KeyEvent),
    /// A text was pasted.
    Paste(Zeroizing<String>),
    /// The window has another size.
    Resized,
    /// The core has a newer snapshot.
    Newer,
    /// The name of a file, completed as far as it is clear.
    Completed(String),
    /// An effect is done.
    Done(Done),
    /// Nobody types any more: the terminal is gone.
    Closed,
}

/// What came of an effect.
pub(crate) enum Done {
    Unlocked {
        /// Whether there was no vault before.
        is_new: bool,
        result: Result<(), CoreError>,
    },
    /// An unlock code was made.
    Coded(Result<Zeroizing<String>, CoreError>),
    /// The files of a vault that did not open were put aside, in this folder.
    StartedOver(Result<PathBuf, CoreError>),
    /// What a picture or text holds; what holds nothing at all says why.
    Read(Result<Vec<Found>, Said>),
    Added(Result<EntryId, CoreError>),
    Answered {
        account: EntryId,
        request: RequestId,
        result: Result<Outcome, CoreError>,
    },
    Refreshed(Result<(), CoreError>),
    Named(Result<(), CoreError>),
    DeviceNamed(Result<(), CoreError>),
    Counted(Result<(), CoreError>),
    Removed {
        name: String,
        host: Option<String>,
        result: Result<Removed, CoreError>,
    },
}

/// Something that the app wants done. Whatever takes time is done beside it, and tells by [`Done`].
pub(crate) enum Effect {
    Quit,
    Lock,
    /// Takes away the notices that the person has read.
    Dismiss,
    Unlock(UnlockWith),
    /// Opens a damaged vault as it was before its last change.
    Restore(UnlockWith),
    /// Makes an unlock code.
    MakeUnlockCode,
    /// Puts a vault that does not open aside.
    StartOver,
    ReadPicture(String),
    ReadText(Zeroizing<String>),
    ReadKey(TypedKey),
    ReadTyped {
        code: String,
        url: String,
    },
    /// Adds what was read, by its place.
    Add(usize),
    /// Gives up what is being added.
    GiveUp,
    Answer {
        account: EntryId,
        request: RequestId,
        decision: Decision,
    },
    Refresh,
    Edit {
        account: EntryId,
        change: Change,
    },
    /// Gives this device a name.
    NameDevice(String),
    Remove {
        account: EntryId,
        name: String,
        host: Option<String>,
    },
    Complete(String),
    /// Fetches what a help desk wants to see.
    Diagnostics,
}

/// Where the app hears of everything. Its [`Ears::listener`] goes to the core when that is opened.
pub struct Ears {
    pub(crate) told: Sender<Event>,
    pub(crate) heard: Receiver<Event>,
}

impl Ears {
    /// New ones.
    #[must_use]
    pub fn new() -> Self {
        let (told, heard) = channel();
        Self { told, heard }
    }

    /// What the core tells of newer snapshots.
    #[must_use]
    pub fn listener(&self) -> Arc<dyn Listener> {
        Arc::new(Tells(self.told.clone()))
    }
}

impl Default for Ears {
    fn default() -> Self {
        Self::new()
    }
}

struct Tells(Sender<Event>);

impl Listener for Tells {
    fn newer(&self) {
        // Nobody hears any more once the app has ended.
        let _ = self.0.send(Event::Newer);
    }
}
