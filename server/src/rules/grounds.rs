//! What a session rests on, and with it all that is done in it.

use countersign_protocol::DeviceId;

/// The phones that let a session come so far, each by an approval or a code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Grounds {
    /// The one that proved the sign-in. None before, and while a password opens the first set-up (rule 12).
    pub(crate) proved_by: Option<DeviceId>,
    /// The one that opened Security info for changes last (rule 13).
    pub(crate) opened_by: Option<DeviceId>,
}

impl Grounds {
    /// Whether this phone is one of them.
    pub(crate) fn rest_on(self, phone: DeviceId) -> bool {
        [self.proved_by, self.opened_by].contains(&Some(phone))
    }
}
