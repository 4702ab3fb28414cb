//! At most two waits are open for a phone: an app that was killed leaves one behind, and the next start must not wait.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use countersign_protocol::DeviceId;
use tokio::sync::watch;

const MOST: usize = 2;

/// The open waits, oldest first.
#[derive(Clone, Default)]
pub(super) struct Polls(Arc<Mutex<HashMap<DeviceId, Vec<watch::Sender<bool>>>>>);

/// One open wait; closed when it is dropped.
pub(super) struct OpenWait {
    polls: Polls,
    device: DeviceId,
    is_released: watch::Receiver<bool>,
}

impl Polls {
    /// Opens a wait; the oldest returns at once when there are too many.
    pub(super) fn open(&self, device: DeviceId) -> OpenWait {
        let mut polls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let open = polls.entry(device).or_default();
        while open.len() >= MOST {
            open.remove(0).send_replace(true);
        }
        let (sender, is_released) = watch::channel(false);
        open.push(sender);
        OpenWait { polls: self.clone(), device, is_released }
    }
}

impl OpenWait {
    /// Whether it is to return at once.
    pub(super) fn is_released(&self) -> bool {
        *self.is_released.borrow()
    }

    /// Returns when it is to return at once.
    pub(super) async fn released(&mut self) {
        // A sender goes only when it has released this one, or with it.
        let _ = self.is_released.wait_for(|is_released| *is_released).await;
    }
}

impl Drop for OpenWait {
    fn drop(&mut self) {
        let mut polls = self.polls.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = polls.get_mut(&self.device) {
            open.retain(|sender| !sender.subscribe().same_channel(&self.is_released));
            if open.is_empty() {
                polls.remove(&self.device);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEVICE: DeviceId = DeviceId::from_bytes([1; 16]);
    const OTHER: DeviceId = DeviceId::from_bytes([2; 16]);

    #[test]
    fn the_third_wait_of_a_phone_releases_the_first() {
        let polls = Polls::default();
        let (first, second, other) = (polls.open(DEVICE), polls.open(DEVICE), polls.open(OTHER));
        assert!(!first.is_released() && !second.is_released());
        let third = polls.open(DEVICE);
        assert!(first.is_released() && !second.is_released() && !third.is_released() && !other.is_released());
    }

    #[test]
    fn a_wait_that_ended_makes_room() {
        let polls = Polls::default();
        let first = polls.open(DEVICE);
        drop(polls.open(DEVICE));
        let _third = polls.open(DEVICE);
        assert!(!first.is_released());
        drop((first, _third));
        assert!(polls.0.lock().unwrap().is_empty());
    }
}
