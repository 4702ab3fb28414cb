use countersign_core::ports::Listener;
use tokio::sync::Notify;

/// Rings for a command that waits when the core has a newer snapshot.
#[derive(Default)]
pub struct Bell(Notify);

impl Bell {
    /// Comes back when it rings, or at once if it has since the last time.
    pub(super) async fn rung(&self) {
        self.0.notified().await;
    }
}

impl Listener for Bell {
    fn newer(&self) {
        self.0.notify_one();
    }
}
