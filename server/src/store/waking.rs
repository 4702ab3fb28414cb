//! Long polls and live pages wait for a person's rows to change; a commit wakes them, in memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use countersign_protocol::AccountId;
use tokio::sync::watch;

/// Whoever waits, by person.
#[derive(Clone, Default)]
pub(crate) struct Waking(Arc<Mutex<Waiting>>);

#[derive(Default)]
struct Waiting {
    by_person: HashMap<AccountId, watch::Sender<()>>,
    /// Persons nobody waits for any more go when there are so many, which keeps that work small in the mean.
    sweep_at: usize,
}

/// An ear for one person's changes. What changed after it was made is never missed.
pub struct Listening(watch::Receiver<()>);

impl Waking {
    /// Begins to listen.
    pub(crate) fn listen(&self, account: AccountId) -> Listening {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.by_person.len() >= waiting.sweep_at {
            waiting.by_person.retain(|_, sender| sender.receiver_count() > 0);
            waiting.sweep_at = 2 * waiting.by_person.len() + 16;
        }
        Listening(waiting.by_person.entry(account).or_insert_with(|| watch::Sender::new(())).subscribe())
    }

    pub(crate) fn wake(&self, accounts: &[AccountId]) {
        let waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for sender in accounts.iter().filter_map(|account| waiting.by_person.get(account)) {
            sender.send_replace(());
        }
    }

    /// Everybody looks again: the clock was moved, or the server shuts down.
    pub(crate) fn wake_all(&self) {
        let waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for sender in waiting.by_person.values() {
            sender.send_replace(());
        }
    }
}

impl Listening {
    /// Returns when something has changed, or after `hold` at the latest. Something may be nothing: look again.
    pub async fn changed(&mut self, hold: Duration) {
        // A timeout is an ordinary end; so is a sender that is gone with its server.
        let _ = tokio::time::timeout(hold, self.0.changed()).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: AccountId = AccountId::from_bytes([1; 16]);
    const OTHER: AccountId = AccountId::from_bytes([2; 16]);
    const LONG: Duration = Duration::from_secs(3600);

    #[tokio::test]
    async fn a_change_wakes_those_who_wait_for_that_person() {
        let waking = Waking::default();
        let (mut one, mut again, mut other) = (waking.listen(ONE), waking.listen(ONE), waking.listen(OTHER));
        waking.wake(&[ONE]);
        one.changed(LONG).await;
        again.changed(LONG).await;
        tokio::time::timeout(Duration::from_millis(20), other.changed(LONG)).await.unwrap_err();
        waking.wake_all();
        other.changed(LONG).await;
    }

    #[tokio::test]
    async fn a_change_between_listening_and_waiting_is_not_missed() {
        let waking = Waking::default();
        let mut one = waking.listen(ONE);
        waking.wake(&[ONE]);
        waking.wake(&[ONE]);
        one.changed(LONG).await;
    }

    #[tokio::test]
    async fn who_went_away_leaves_little_behind() {
        let waiting = Waking::default();
        for index in 0..1000_u16 {
            let mut bytes = [0; 16];
            bytes[..2].copy_from_slice(&index.to_be_bytes());
            drop(waiting.listen(AccountId::from_bytes(bytes)));
        }
        assert!(waiting.0.lock().unwrap().by_person.len() <= 20);
    }
}
