//! Telling a server what changed about this phone: the app's version, what the phone is called.

use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::{Status, Update};

use super::CoreError;
use super::core::Core;
use super::diagnostics::Event;
use super::line::Asked;
use crate::vault::{EntryId, Told};

impl Core {
    /// Tells an account's server what it has not heard of this phone. What the server did not take stays to be told.
    pub(super) async fn tell_changes(self: &Arc<Self>, entry: EntryId) -> Result<(), CoreError> {
        if self.account(entry)?.told.is_all_of(&self.phone) {
            return Ok(());
        }
        let asked = self.ask(entry, Duration::ZERO, |account, _, at, id| {
            // The server takes none that is not newer than the last, and the clock may have been put back.
            let at = at.max(account.told.at.plus(1));
            Update::new(account.device, account.server, at, id, self.phone.clone())
        });
        let Asked { call, reply, .. } = asked.await?;
        if matches!(reply.status, Status::Removed(_)) {
            return Ok(());
        }
        self.note(Event::Updated);
        let told = Told::new(call.iat, self.phone.clone());
        self.change_contacts(move |contacts| {
            if let Some(account) = contacts.account_mut(entry) {
                account.told = told;
            }
        })
        .await
    }
}
