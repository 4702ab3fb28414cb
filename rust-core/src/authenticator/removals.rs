//! Telling servers that this phone was removed (S68): kept until the server has taken it, for up to 30 days.

use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::{Call as _, Never, Removal, Reply, Status};
use tokio::task::JoinSet;

use super::core::Core;
use super::diagnostics::Event;
use super::error::{Distrust, statement_refused};
use super::front::End;
use super::line::{Line, Signed};
use super::{CoreError, pace};
use crate::approval::countersign::Statement;
use crate::vault::OutgoingRemoval;

impl Core {
    /// Sends a removal once; it is kept until the server has taken it.
    pub(super) async fn deliver_removal(self: &Arc<Self>, removal: OutgoingRemoval) -> Result<(), CoreError> {
        let _step = self.underway.begin();
        let host = removal.base.host().to_owned();
        let statement = Statement::of(removal.server, &removal.statement)
            .map_err(|refused| statement_refused(&host, refused))?;
        let line = Line { device: removal.device, statement, base: removal.base.clone() };
        let call =
            Signed { name: Removal::NAME, id: removal.call, jws: removal.jws.clone(), hold: Duration::ZERO };
        let reply: Reply<Never> = self.deliver(removal.entry, line, &call).await?;
        if !matches!(reply.status, Status::Removed(_)) {
            return Err(CoreError::Untrusted { host, why: Distrust::Reply });
        }
        self.note(Event::RemovalTaken);
        self.change_contacts(move |contacts| contacts.removals.retain(|kept| kept.jws != removal.jws)).await
    }

    /// Sends what servers have not taken yet, to all of them at once. A server that asked to be left alone is.
    pub(super) async fn deliver_kept_removals(self: &Arc<Self>) {
        if self.may_write().is_err() || self.contacts().is_ok_and(|contacts| contacts.removals.is_empty()) {
            return;
        }
        let now = self.now();
        // What is too old goes first; a write that fails leaves it for the next time.
        let _ = self.change_contacts(move |contacts| contacts.forget_old(now)).await;
        let Ok(contacts) = self.contacts() else { return };
        let mut sent = JoinSet::new();
        for removal in contacts.removals.clone() {
            if self.inbox(removal.entry).pause_left().is_zero() {
                let core = Arc::clone(self);
                sent.spawn(async move { core.deliver_removal(removal).await });
            }
        }
        sent.join_all().await;
    }

    /// While the app is in front: sends what is kept until all of it is taken, and then what comes. A try that is cut
    /// is made again.
    pub(super) async fn keep_removals(self: Arc<Self>, mut end: End) {
        let mut failures = 0;
        loop {
            let Some(()) = end.or_rested(pace::rest(failures, 0)).await else { return };
            let Some(()) = end.or(self.deliver_kept_removals()).await else { return };
            failures += 1;
            if self.contacts().is_ok_and(|contacts| contacts.removals.is_empty()) {
                let Some(()) = end.or(self.removal_kept.notified()).await else { return };
                failures = 0;
            }
        }
    }
}
