//! The connections of a listener: so many in all, so many an address, and none that is quiet for long.
//!
//! A connection is quiet while no call is under way on it: before its first one, between two, and while a handshake, a
//! preface, a header or a body trickles in. What is quiet too long is closed, and where there is no room, the one that has
//! been quiet longest makes it. So silent and slow clients keep nobody out; a phone's wait is a call under way, and stays.

mod calls;
mod guard;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ipnet::IpNet;
use tokio::sync::oneshot;

use crate::rules::ClientAddress;
use calls::Calls;
pub(crate) use guard::Guard;

/// Files that a process has open beside its connections: the database, the log, what is just being closed.
const OTHER_FILES: usize = 64;
/// More are never taken, however many files the process may open.
const MOST: usize = 20_000;
/// The most of an address, unless there is room for few: an address takes a quarter at most.
const MOST_OF_ADDRESS: usize = 256;

/// How many connections there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Room {
    pub(crate) all: usize,
    pub(crate) of_address: usize,
}

impl Room {
    /// For each of so many listeners, by how many files this process may open.
    pub(crate) fn of_process(listeners: usize) -> Self {
        Self::within(open_files(), listeners)
    }

    fn within(files: usize, listeners: usize) -> Self {
        let all = files.saturating_sub(OTHER_FILES).min(MOST) / listeners.max(1);
        Self { all, of_address: (all / 4).clamp(1, MOST_OF_ADDRESS) }
    }
}

#[cfg(unix)]
fn open_files() -> usize {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    limit.and_then(|files| files.try_into().ok()).unwrap_or(usize::MAX)
}

#[cfg(not(unix))]
fn open_files() -> usize {
    usize::MAX
}

/// Whose connections a listener takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guests {
    /// Anybody's.
    Anybody,
    /// Those of trusted proxies: it speaks no TLS, so nobody else has any business with it. A proxy that nobody named
    /// is a stranger, too, on this machine as elsewhere: it would stand for all who come by it.
    Proxies,
}

/// The open connections of a listener.
#[derive(Clone)]
pub(crate) struct Connections(Arc<Shared>);

struct Shared {
    room: Room,
    /// Proxies bring many clients, and keep their own limits.
    proxies: Arc<[IpNet]>,
    guests: Guests,
    is_refusal_told: AtomicBool,
    open: Mutex<OpenConnections>,
}

#[derive(Default)]
struct OpenConnections {
    next: u64,
    places: HashMap<u64, Place>,
    of_address: HashMap<String, usize>,
}

struct Place {
    /// The name of its count; none for a proxy.
    address: Option<String>,
    calls: Calls,
    close: oneshot::Sender<()>,
}

/// A connection that was let in. Its place is free once this is dropped.
pub(crate) struct Entered {
    connections: Connections,
    id: u64,
    calls: Calls,
    /// Tells that somebody else needs the place.
    close: oneshot::Receiver<()>,
}

impl Connections {
    pub(crate) fn new(room: Room, proxies: &[IpNet], guests: Guests) -> Self {
        let (proxies, open, is_refusal_told) = (proxies.into(), Mutex::default(), AtomicBool::new(false));
        Self(Arc::new(Shared { room, proxies, guests, is_refusal_told, open }))
    }

    /// Lets a connection in. Where there is no room the quietest goes, of the same address if that has too many; None if
    /// there is none to go, and for a stranger where only proxies are taken.
    pub(crate) fn enter(&self, peer: IpAddr) -> Option<Entered> {
        let Room { all, of_address } = self.0.room;
        let peer = ClientAddress::new(peer);
        let is_proxy = self.0.proxies.iter().any(|net| net.contains(&peer.ip()));
        if self.0.guests == Guests::Proxies && !is_proxy {
            self.tell_of_refusal(peer);
            return None;
        }
        let address = (!is_proxy).then(|| peer.counted());
        let mut open = self.open();
        let count = address.as_ref().and_then(|address| open.of_address.get(address));
        if count.is_some_and(|count| *count >= of_address) {
            open.close_quietest(|place| place.address == address)?;
        }
        if open.places.len() >= all {
            open.close_quietest(|_| true)?;
        }
        let id = open.next;
        open.next += 1;
        if let Some(address) = &address {
            *open.of_address.entry(address.clone()).or_default() += 1;
        }
        let ((close, closed), calls) = (oneshot::channel(), Calls::new());
        open.places.insert(id, Place { address, calls: calls.clone(), close });
        drop(open);
        Some(Entered { connections: self.clone(), id, calls, close: closed })
    }

    /// Once a start: whoever knocks could fill the log.
    fn tell_of_refusal(&self, peer: ClientAddress) {
        if !self.0.is_refusal_told.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                address = %peer,
                "closed a connection to the port without TLS, as all that do not come from `trusted_proxies`: a proxy \
                 at this address has to be named there; further ones are closed without a line"
            );
        }
    }

    fn open(&self) -> MutexGuard<'_, OpenConnections> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OpenConnections {
    fn close_quietest(&mut self, is_meant: impl Fn(&Place) -> bool) -> Option<()> {
        let quiet = self.places.iter().filter(|(_, place)| is_meant(place));
        let quiet = quiet.filter_map(|(id, place)| place.calls.quiet_since().map(|since| (since, *id)));
        let (_, id) = quiet.min()?;
        let place = self.leave(id)?;
        // Its connection may have ended this very moment: then nobody listens, and the place is free as well.
        let _ = place.close.send(());
        Some(())
    }

    fn leave(&mut self, id: u64) -> Option<Place> {
        let place = self.places.remove(&id)?;
        if let Some(address) = &place.address
            && let Some(count) = self.of_address.get_mut(address)
        {
            *count -= 1;
            if *count == 0 {
                self.of_address.remove(address);
            }
        }
        Some(place)
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        self.connections.open().leave(self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    fn peer(last: u8) -> IpAddr {
        IpAddr::V4(Ipv4Addr::new(203, 0, 113, last))
    }

    fn connections(all: usize, of_address: usize) -> Connections {
        Connections::new(Room { all, of_address }, &["10.0.0.0/8".parse().unwrap()], Guests::Anybody)
    }

    fn is_closed(entered: &mut Entered) -> bool {
        entered.close.try_recv().is_ok()
    }

    #[test]
    fn the_room_is_what_files_are_left_and_an_address_takes_a_quarter() {
        assert_eq!(Room::within(1024, 1), Room { all: 960, of_address: 240 });
        assert_eq!(Room::within(1024, 2), Room { all: 480, of_address: 120 });
        assert_eq!(Room::within(usize::MAX, 1), Room { all: 20_000, of_address: 256 });
    }

    #[test]
    fn where_an_address_has_too_many_its_own_quietest_goes() {
        let connections = connections(100, 2);
        let (mut other, mut first) =
            (connections.enter(peer(2)).unwrap(), connections.enter(peer(1)).unwrap());
        let mut second = connections.enter(peer(1)).unwrap();
        drop(first.calls.begin());
        let mut third = connections.enter(peer(1)).unwrap();
        assert!(is_closed(&mut second), "the first has asked something since");
        assert!(!is_closed(&mut first) && !is_closed(&mut third) && !is_closed(&mut other));
    }

    #[test]
    fn where_all_are_too_many_the_quietest_goes_whosever_it_is() {
        let connections = connections(2, 2);
        let mut silent = connections.enter(peer(1)).unwrap();
        let mut asking = connections.enter(peer(2)).unwrap();
        let _call = asking.calls.begin();
        let mut newer = connections.enter(peer(3)).unwrap();
        assert!(is_closed(&mut silent) && !is_closed(&mut asking) && !is_closed(&mut newer));
    }

    #[test]
    fn a_connection_with_a_call_under_way_is_never_closed_for_another() {
        let connections = connections(2, 1);
        let mut asking = connections.enter(peer(1)).unwrap();
        let call = asking.calls.begin();
        assert!(connections.enter(peer(1)).is_none());
        let other = connections.enter(peer(2)).unwrap();
        let _call = other.calls.begin();
        assert!(connections.enter(peer(3)).is_none());
        assert!(!is_closed(&mut asking));
        drop(call);
        assert!(connections.enter(peer(3)).is_some());
        assert!(is_closed(&mut asking));
    }

    #[test]
    fn what_ends_makes_room_and_leaves_nothing_behind() {
        let connections = connections(2, 2);
        for _ in 0..10 {
            let (one, two) = (connections.enter(peer(1)).unwrap(), connections.enter(peer(1)).unwrap());
            let three = connections.enter(peer(1)).unwrap();
            drop((one, two, three));
        }
        let open = connections.open();
        assert!(open.places.is_empty() && open.of_address.is_empty());
    }

    #[test]
    fn a_port_without_tls_is_for_trusted_proxies_alone() {
        let trusted = ["10.0.0.0/8".parse().unwrap(), "127.0.0.1/32".parse().unwrap()];
        let connections = Connections::new(Room { all: 9, of_address: 9 }, &trusted, Guests::Proxies);
        let enters = |address: &str| connections.enter(address.parse().unwrap()).is_some();
        assert!(enters("10.1.2.3") && enters("::ffff:10.1.2.3") && enters("127.0.0.1"));
        assert!(!enters("127.0.0.2") && !enters("::1"), "nor for a proxy here that nobody named");
        assert!(!enters("203.0.113.9") && !enters("::ffff:203.0.113.9") && !enters("2001:db8::1"));
    }

    #[test]
    fn a_trusted_proxy_brings_as_many_as_there_is_room_for() {
        let connections = connections(10, 1);
        let proxy = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
        let mut all: Vec<Entered> = (0..10).map(|_| connections.enter(proxy).unwrap()).collect();
        assert!(all.iter_mut().all(|entered| !is_closed(entered)));
    }
}
