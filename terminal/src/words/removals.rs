//! What became of an account that was removed here.

use countersign_core::authenticator::Removed;

use super::{Said, Words};

impl Words {
    /// What happened to the account of this name, and what its server knows of it.
    pub(crate) fn removed(self, removed: Removed, name: &str, host: Option<&str>) -> Said {
        let host = host.unwrap_or_default();
        let todo = match removed {
            Removed::Here => self.text("removed-here.codes"),
            Removed::HereAndThere => self.with("removed-here.do", &[("host", host.into())]),
            Removed::ServerHearsLater => self.with("removed-here.later", &[("host", host.into())]),
            Removed::ServerDoesNotKnow => self.with("removed-here.unknown", &[("host", host.into())]),
        };
        let happened = self.with("removed-here", &[("name", name.into())]);
        Said { code: "removed".to_owned(), happened, todo }
    }
}
