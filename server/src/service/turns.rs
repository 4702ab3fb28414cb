//! Turns at work that costs a processor: one at a time for each address, so that whoever asks for much of it waits behind
//! what they asked for themselves.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::OwnedMutexGuard;

use crate::rules::ClientAddress;

/// So many addresses are kept before those go that nobody waits for.
const MANY: usize = 1_000;

type Turn = tokio::sync::Mutex<()>;

/// Who works or waits, by address.
#[derive(Default)]
pub(crate) struct Turns(Mutex<HashMap<String, Weak<Turn>>>);

impl Turns {
    /// Waits for this address's turn, first come, first served; over when it is dropped.
    pub(crate) async fn take(&self, address: ClientAddress) -> OwnedMutexGuard<()> {
        self.of(address.counted()).lock_owned().await
    }

    fn of(&self, address: String) -> Arc<Turn> {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = turns.get(&address).and_then(Weak::upgrade) {
            return turn;
        }
        if turns.len() >= MANY {
            turns.retain(|_, turn| turn.strong_count() > 0);
        }
        let turn = Arc::new(Turn::default());
        turns.insert(address, Arc::downgrade(&turn));
        turn
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{IpAddr, Ipv4Addr};

    fn address(last: u8) -> ClientAddress {
        ClientAddress::new(IpAddr::V4(Ipv4Addr::new(203, 0, 113, last)))
    }

    #[tokio::test]
    async fn an_address_waits_for_itself_and_for_nobody_else() {
        let turns = Turns::default();
        let first = turns.take(address(1)).await;
        let mut second = Box::pin(turns.take(address(1)));
        assert!(poll_once(&mut second).is_none());
        let _other = turns.take(address(2)).await;
        drop(first);
        assert!(poll_once(&mut second).is_some());
    }

    #[tokio::test]
    async fn addresses_without_end_do_not_fill_the_memory() {
        let turns = Turns::default();
        let held = turns.take(address(0)).await;
        for index in 0..2 * MANY {
            drop(turns.of(index.to_string()));
        }
        assert!(turns.0.lock().unwrap().len() <= MANY);
        let mut again = Box::pin(turns.take(address(0)));
        assert!(poll_once(&mut again).is_none(), "what is held stays");
        drop(held);
    }

    fn poll_once<T>(future: &mut (impl Future<Output = T> + Unpin)) -> Option<T> {
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        match std::pin::Pin::new(future).poll(&mut context) {
            std::task::Poll::Ready(done) => Some(done),
            std::task::Poll::Pending => None,
        }
    }
}
