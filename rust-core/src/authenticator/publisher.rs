use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use crate::ports::Listener;

/// Tells the listener of newer snapshots: from one thread, coalesced, with no lock held.
pub(super) struct Publisher {
    revision: AtomicU64,
    wake: Option<SyncSender<()>>,
}

impl Publisher {
    pub(super) fn new(listener: Arc<dyn Listener>) -> Self {
        // One place in the queue: what comes while the listener is busy is told once more, and only once.
        let (wake, woken) = sync_channel(1);
        let told = thread::Builder::new().name("countersign-listener".into()).spawn(move || {
            while woken.recv().is_ok() {
                listener.newer();
            }
        });
        Self { revision: AtomicU64::new(1), wake: told.is_ok().then_some(wake) }
    }

    pub(super) fn revision(&self) -> u64 {
        self.revision.load(Ordering::Acquire)
    }

    pub(super) fn publish(&self) {
        self.revision.fetch_add(1, Ordering::AcqRel);
        if let Some(wake) = &self.wake {
            // Full means that the listener will look after this change anyway.
            let _ = wake.try_send(());
        }
    }
}
