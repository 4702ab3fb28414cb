//! What runs while the app is in front: an inbox for each account, and the delivery of removals.

use std::collections::HashMap;
use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::Hold;
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};

use super::core::Core;
use super::{CoreError, vault_error};
use crate::vault::{EntryId, WorkState};

/// Tells a task to end, by the other end being dropped.
pub(super) struct End(oneshot::Receiver<Infallible>);

impl End {
    /// What came out, unless the task is to end before. What is given up must stand being cut at any await.
    pub(super) async fn or<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            _ = &mut self.0 => None,
            done = work => Some(done),
        }
    }

    /// Rests, unless the task is to end before.
    pub(super) async fn or_rested(&mut self, time: Duration) -> Option<()> {
        self.or(tokio::time::sleep(time)).await
    }
}

/// A task that runs until it is stopped or has nothing to do any more.
struct Running {
    going_on: oneshot::Sender<Infallible>,
    task: JoinHandle<()>,
}

impl Running {
    fn start<F: Future<Output = ()> + Send + 'static>(work: impl FnOnce(End) -> F) -> Self {
        let (going_on, end) = oneshot::channel();
        Self { going_on, task: tokio::spawn(work(End(end))) }
    }

    fn stop(self) -> JoinHandle<()> {
        drop(self.going_on);
        self.task
    }
}

/// Keeps what belongs to the app's being in front running while it is.
pub(super) async fn keep_front(core: Arc<Core>) {
    let mut active = core.active.subscribe();
    let mut inboxes = HashMap::<EntryId, Running>::new();
    let mut removals = None;
    loop {
        let is_active = *active.borrow_and_update();
        let asked = if is_active { core.asked_accounts().unwrap_or_default() } else { Vec::new() };
        let over = inboxes.extract_if(|entry, inbox| inbox.task.is_finished() || !asked.contains(entry));
        let mut ending: Vec<_> = over.map(|(_, inbox)| inbox.stop()).collect();
        if is_active {
            for entry in asked {
                inboxes
                    .entry(entry)
                    .or_insert_with(|| Running::start(|end| Arc::clone(&core).keep_inbox(entry, end)));
            }
            removals.get_or_insert_with(|| Running::start(|end| Arc::clone(&core).keep_removals(end)));
        } else {
            ending.extend(removals.take().map(Running::stop));
        }
        for ended in ending {
            // Each takes what has come to its end, and then ends by itself.
            let _ = ended.await;
        }
        if !is_active {
            core.idle.send_replace(true);
        }
        tokio::select! {
            changed = active.changed() => if changed.is_err() { return },
            () = core.accounts_changed.notified() => {}
        }
    }
}

impl Core {
    /// Whether the app is in front. With false, comes back when nothing is open or unwritten.
    pub(super) async fn set_active(self: &Arc<Self>, is_active: bool) -> Result<(), CoreError> {
        if is_active {
            // What cannot be read now is found by whoever needs it.
            let _ = self.look_again().await;
            self.idle.send_replace(false);
            self.active.send_replace(true);
            return Ok(());
        }
        self.active.send_replace(false);
        let (mut idle, mut active) = (self.idle.subscribe(), self.active.subscribe());
        tokio::select! {
            _ = idle.wait_for(|is_idle| *is_idle) => {}
            // It has come back meanwhile.
            _ = active.wait_for(|is_active| *is_active) => return Ok(()),
        }
        self.underway.none().await;
        // Whoever makes or opens the vault holds its lock.
        self.off(|core| core.vault.change_contacts(|_| ()).map_err(vault_error)).await
    }

    /// One turn of each inbox, and what is still on its way.
    pub(super) async fn refresh(self: &Arc<Self>) -> Result<(), CoreError> {
        self.look_again().await?;
        let mut turns = JoinSet::new();
        for entry in self.asked_accounts()? {
            let core = Arc::clone(self);
            turns.spawn(async move {
                let _step = core.underway.begin();
                // How it went is in the account's row.
                let _ = core.turn(entry, Hold::NONE).await;
            });
        }
        tokio::join!(turns.join_all(), self.deliver_kept_removals());
        Ok(())
    }

    /// Looks whether another process wrote.
    async fn look_again(self: &Arc<Self>) -> Result<(), CoreError> {
        let has_changed = self.off(|core| core.vault.refresh().map_err(vault_error)).await?;
        self.tell_of_older_files();
        if has_changed {
            self.publish();
            self.accounts_changed.notify_one();
        }
        Ok(())
    }

    /// The accounts whose server is asked for requests.
    pub(super) fn asked_accounts(&self) -> Result<Vec<EntryId>, CoreError> {
        let is_asked =
            |state: &WorkState| !matches!(state, WorkState::SetUpAgain | WorkState::Removed { .. });
        let contacts = self.contacts()?;
        let asked = contacts.accounts.iter().filter(|account| is_asked(&account.state));
        Ok(asked.map(|account| account.entry).collect())
    }
}
