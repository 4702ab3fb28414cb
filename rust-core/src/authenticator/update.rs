//! Telling a server what changed about this phone: the app's version, what the phone is called.

use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::{PhoneDescription, Status, Update};

use super::CoreError;
use super::accounts::typed_name;
use super::core::Core;
use super::diagnostics::Event;
use super::line::Asked;
use crate::vault::{EntryId, Told};

impl Core {
    /// This phone as servers know it: by the person's own name for it, where there is one.
    pub(super) fn phone(&self) -> Result<PhoneDescription, CoreError> {
        let named = self.contacts()?.phone_name.clone();
        let phone = self.described.clone();
        Ok(PhoneDescription { name: named.unwrap_or_else(|| phone.name.clone()), ..phone })
    }

    /// Keeps the person's own name for this phone, and tells it to every server that answers now. The others hear it
    /// at their next contact.
    pub(super) async fn name_phone(self: &Arc<Self>, name: &str) -> Result<(), CoreError> {
        let name = typed_name(name)?;
        self.change_contacts(move |contacts| contacts.phone_name = name).await?;
        self.publish();
        let mut told = tokio::task::JoinSet::new();
        for entry in self.asked_accounts()? {
            let core = Arc::clone(self);
            told.spawn(async move {
                let inbox = core.inbox(entry);
                // One after the other: each has to be later than the one before.
                let _telling = inbox.telling.lock().await;
                // An inbox tells it again when the app comes back.
                let _ = core.tell_changes(entry).await;
            });
        }
        told.join_all().await;
        Ok(())
    }

    /// Tells an account's server what it has not heard of this phone. What the server did not take stays to be told.
    pub(super) async fn tell_changes(self: &Arc<Self>, entry: EntryId) -> Result<(), CoreError> {
        let phone = self.phone()?;
        if self.account(entry)?.told.is_all_of(&phone) {
            return Ok(());
        }
        let described = phone.clone();
        let asked = self.ask(entry, Duration::ZERO, move |account, _, at, id| {
            // The server takes none that is not newer than the last, and the clock may have been put back.
            let at = at.max(account.told.at.plus(1));
            Update::new(account.device, account.server, at, id, described.clone())
        });
        let Asked { call, reply, .. } = asked.await?;
        if matches!(reply.status, Status::Removed(_)) {
            return Ok(());
        }
        self.note(Event::Updated);
        let told = Told::new(call.iat, phone);
        self.change_contacts(move |contacts| {
            if let Some(account) = contacts.account_mut(entry) {
                account.told = told;
            }
        })
        .await
    }
}
