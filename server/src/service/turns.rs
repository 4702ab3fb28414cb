//! Turns at work that costs a processor: as many at once as there are processors. Addresses have them one after the
//! other, and so have the names of an address, so that whoever asks for much waits behind what they asked for themselves.
//!
//! ```text
//! 203.0.113.24 ─┬─ mira   ▢
//!               └─ jonas  ▢ ▢ ▢ ▢     the turns: mira, amal, jonas, jonas, jonas, jonas
//! 198.51.100.7 ─── amal   ▢
//! ```

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::failure::Failure;
use crate::rules::ClientAddress;

/// How much there may be at a time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Turns that are taken.
    at_once: usize,
    /// Who waits with one name at one address.
    of_name: usize,
    /// Who waits at one address.
    of_address: usize,
    /// Who waits.
    in_all: usize,
    /// How long somebody waits.
    wait: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            at_once: std::thread::available_parallelism().map_or(1, usize::from),
            of_name: 16,
            of_address: 128,
            in_all: 1024,
            wait: Duration::from_secs(10),
        }
    }
}

/// Who works and who waits. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Turns(Arc<Inner>);

struct Inner {
    bounds: Bounds,
    line: Mutex<Line>,
}

/// One turn. It goes to the next when it is dropped.
pub(crate) struct Turn(Turns);

impl Default for Turns {
    fn default() -> Self {
        Self::new(Bounds::default())
    }
}

impl Turns {
    fn new(bounds: Bounds) -> Self {
        let line = Line { free: bounds.at_once, addresses: VecDeque::new() };
        Self(Arc::new(Inner { bounds, line: Mutex::new(line) }))
    }

    /// Waits for a turn of this name at this address. None if too many wait, before this one or instead of it.
    pub(crate) async fn take(&self, address: ClientAddress, name: &str) -> Option<Turn> {
        let waiting = {
            let mut line = self.line();
            if line.free > 0 {
                line.free -= 1;
                return Some(Turn(self.clone()));
            }
            line.join(address.counted(), name, &self.0.bounds)?
        };
        waiting.await.ok()
    }

    /// What somebody waits for, if it comes before they have waited for too long.
    pub(crate) async fn in_time<T>(&self, wait: impl Future<Output = T>) -> Option<T> {
        tokio::time::timeout(self.0.bounds.wait, wait).await.ok()
    }

    /// How many wait.
    #[cfg(test)]
    pub(crate) fn waiting(&self) -> usize {
        self.line().len()
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.0.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn {
    /// Does the work on a blocking thread, and ends the turn with it: also when nobody waits for its answer any more.
    pub(crate) async fn work<T: Send + 'static>(
        self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failure> {
        let work = move || {
            let done = work();
            drop(self);
            done
        };
        tokio::task::spawn_blocking(work).await.map_err(|_| Failure::Hashing)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let next = self.0.line().next();
        if let Some(next) = next {
            // Who went away just now does not take it: then it is dropped here, and goes on to the one after.
            let _ = next.send(Turn(self.0.clone()));
        }
    }
}

/// Who waits, those whose turn is next before others. Nobody waits while a turn is free, and no name or address is
/// here for which nobody waits.
struct Line {
    free: usize,
    addresses: VecDeque<OfAddress>,
}

struct OfAddress {
    address: String,
    names: VecDeque<OfName>,
}

struct OfName {
    name: String,
    waiting: VecDeque<oneshot::Sender<Turn>>,
}

impl Line {
    /// Stands in line. Where it is full, the last of a name or address that has more waiting makes room; else there is
    /// none.
    fn join(&mut self, address: String, name: &str, bounds: &Bounds) -> Option<oneshot::Receiver<Turn>> {
        self.forget_gone();
        let in_all = self.len();
        let own = self.addresses.iter_mut().find(|of| of.address == address);
        let of_address = own.as_ref().map_or(0, |own| own.len());
        let of_name = own.as_ref().map_or(0, |own| own.len_of(name));
        if of_name >= bounds.of_name {
            return None;
        }
        if of_address >= bounds.of_address {
            own.filter(|own| own.most_of_a_name() > of_name + 1)?.put_out_last();
        } else if in_all >= bounds.in_all {
            let fullest = self.addresses.iter_mut().max_by_key(|of| of.len());
            fullest.filter(|of| of.len() > of_address + 1)?.put_out_last();
        }
        let (turn, waiting) = oneshot::channel();
        match self.addresses.iter_mut().find(|of| of.address == address) {
            Some(own) => own.join(name, turn),
            None => {
                let mut own = OfAddress { address, names: VecDeque::new() };
                own.join(name, turn);
                self.addresses.push_back(own);
            }
        }
        Some(waiting)
    }

    fn len(&self) -> usize {
        self.addresses.iter().map(OfAddress::len).sum()
    }

    /// Whose turn is next; None frees it.
    fn next(&mut self) -> Option<oneshot::Sender<Turn>> {
        self.forget_gone();
        let next = self.addresses.pop_front().and_then(|mut address| {
            let next = address.next();
            if !address.names.is_empty() {
                self.addresses.push_back(address);
            }
            next
        });
        if next.is_none() {
            self.free += 1;
        }
        next
    }

    /// Who went away waits no more.
    fn forget_gone(&mut self) {
        for address in &mut self.addresses {
            for name in &mut address.names {
                name.waiting.retain(|turn| !turn.is_closed());
            }
            address.names.retain(|name| !name.waiting.is_empty());
        }
        self.addresses.retain(|address| !address.names.is_empty());
    }
}

impl OfAddress {
    fn len(&self) -> usize {
        self.names.iter().map(|of| of.waiting.len()).sum()
    }

    fn len_of(&self, name: &str) -> usize {
        self.names.iter().find(|of| of.name == name).map_or(0, |of| of.waiting.len())
    }

    fn most_of_a_name(&self) -> usize {
        self.names.iter().map(|of| of.waiting.len()).max().unwrap_or_default()
    }

    fn join(&mut self, name: &str, turn: oneshot::Sender<Turn>) {
        match self.names.iter_mut().find(|of| of.name == name) {
            Some(own) => own.waiting.push_back(turn),
            None => self.names.push_back(OfName { name: name.to_owned(), waiting: [turn].into() }),
        }
    }

    fn put_out_last(&mut self) {
        if let Some(fullest) = self.names.iter_mut().max_by_key(|of| of.waiting.len()) {
            fullest.waiting.pop_back();
        }
        self.names.retain(|of| !of.waiting.is_empty());
    }

    fn next(&mut self) -> Option<oneshot::Sender<Turn>> {
        let mut name = self.names.pop_front()?;
        let next = name.waiting.pop_front();
        if !name.waiting.is_empty() {
            self.names.push_back(name);
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;
    use std::pin::Pin;
    use std::task::{Context, Poll, Waker};

    const FEW: Bounds =
        Bounds { at_once: 1, of_name: 4, of_address: 6, in_all: 8, wait: Duration::from_millis(1) };

    type Waiting<'a> = Pin<Box<dyn Future<Output = Option<Turn>> + 'a>>;

    /// Somebody who waits, by address and name.
    fn wait<'a>(turns: &'a Turns, last: u8, name: &'a str) -> Waiting<'a> {
        let address = ClientAddress::new(Ipv4Addr::new(203, 0, 113, last).into());
        let mut waiting: Waiting = Box::pin(turns.take(address, name));
        assert!(poll(&mut waiting).is_none(), "all turns are taken");
        waiting
    }

    async fn take(turns: &Turns) -> Turn {
        turns.take(ClientAddress::new(Ipv4Addr::LOCALHOST.into()), "").await.unwrap()
    }

    /// None: it waits. Some(None): it was turned away.
    fn poll(waiting: &mut Waiting) -> Option<Option<Turn>> {
        match waiting.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(done) => Some(done),
            Poll::Pending => None,
        }
    }

    fn is_turned_away(turns: &Turns, last: u8, name: &str) -> bool {
        let address = ClientAddress::new(Ipv4Addr::new(203, 0, 113, last).into());
        let mut waiting: Waiting = Box::pin(turns.take(address, name));
        matches!(poll(&mut waiting), Some(None))
    }

    /// Who has a turn, one after the other, by the places in this list.
    fn order(turn: Turn, waiting: Vec<Waiting>) -> Vec<usize> {
        drop(turn);
        let mut waiting: Vec<_> = waiting.into_iter().enumerate().collect();
        let mut order = Vec::new();
        while !waiting.is_empty() {
            let had = order.len();
            waiting.retain_mut(|(place, waiting)| match poll(waiting) {
                Some(_turn) => {
                    order.push(*place);
                    false
                }
                None => true,
            });
            assert!(order.len() > had, "nobody's turn: {order:?}");
        }
        order
    }

    #[tokio::test]
    async fn whoever_asks_for_much_keeps_neither_a_neighbour_nor_another_name_waiting() {
        let turns = Turns::new(FEW);
        let turn = take(&turns).await;
        let mut waiting: Vec<_> = (0..4).map(|_| wait(&turns, 1, "jonas")).collect();
        waiting.push(wait(&turns, 1, "mira"));
        waiting.push(wait(&turns, 2, "amal"));
        let order = order(turn, waiting);
        let place = |who| order.iter().position(|had| *had == who).unwrap();
        assert!(place(5) <= 1 && place(4) <= 2, "{order:?}");
        assert!([0, 1, 2, 3].is_sorted_by_key(|jonas| place(*jonas)), "first come, first served: {order:?}");
    }

    #[tokio::test]
    async fn so_many_work_at_once_as_there_are_processors() {
        let turns = Turns::new(Bounds { at_once: 2, ..FEW });
        let (one, _other) = (take(&turns).await, take(&turns).await);
        let mut third = wait(&turns, 1, "mira");
        drop(one);
        assert!(matches!(poll(&mut third), Some(Some(_))));
    }

    #[tokio::test]
    async fn only_so_many_wait_with_a_name_at_an_address() {
        let turns = Turns::new(FEW);
        let _turn = take(&turns).await;
        let _waiting: Vec<_> = (0..4).map(|_| wait(&turns, 1, "jonas")).collect();
        assert!(is_turned_away(&turns, 1, "jonas"));
        drop((wait(&turns, 1, "mira"), wait(&turns, 2, "jonas")));
    }

    #[tokio::test]
    async fn at_a_full_address_who_waits_most_makes_room() {
        let turns = Turns::new(FEW);
        let _turn = take(&turns).await;
        let mut jonas: Vec<_> = (0..4).map(|_| wait(&turns, 1, "jonas")).collect();
        let _others = [wait(&turns, 1, "amal"), wait(&turns, 1, "amal")];
        let _mira = wait(&turns, 1, "mira");
        assert!(matches!(poll(&mut jonas[3]), Some(None)), "the last of them was turned away");
        assert!(poll(&mut jonas[2]).is_none());
        assert!(is_turned_away(&turns, 1, "jonas"), "nobody makes room for who has as many");
    }

    #[tokio::test]
    async fn in_a_full_line_the_address_that_waits_most_makes_room() {
        let turns = Turns::new(FEW);
        let _turn = take(&turns).await;
        let names = ["a", "b", "c", "d", "e", "f"];
        let mut many: Vec<_> = names.iter().map(|name| wait(&turns, 1, name)).collect();
        let _few = [wait(&turns, 2, "mira"), wait(&turns, 3, "amal")];
        let _more = wait(&turns, 4, "lena");
        let turned_away = many.iter_mut().filter_map(poll).count();
        assert_eq!(turned_away, 1);
        assert!(turns.waiting() <= FEW.in_all);
    }

    #[tokio::test]
    async fn who_goes_away_leaves_their_place_and_passes_their_turn_on() {
        let turns = Turns::new(FEW);
        let turn = take(&turns).await;
        for _ in 0..10 {
            drop(wait(&turns, 1, "jonas"));
        }
        let (gone, mut next) = (wait(&turns, 1, "jonas"), wait(&turns, 1, "jonas"));
        drop(turn);
        drop(gone);
        assert!(matches!(poll(&mut next), Some(Some(_))));
        drop(next);
        let line = turns.line();
        assert_eq!((line.free, line.addresses.len()), (1, 0), "nothing is left behind");
    }

    #[tokio::test]
    async fn nobody_waits_for_ever() {
        let turns = Turns::new(FEW);
        let _turn = take(&turns).await;
        assert!(turns.in_time(wait(&turns, 1, "mira")).await.is_none());
    }
}
