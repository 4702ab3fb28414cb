//! Which address a call comes from, and under which it is counted.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::http::{HeaderMap, HeaderName};
use ipnet::IpNet;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The address of whoever calls, behind the proxies that the organisation trusts.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientAddress(IpAddr);

impl ClientAddress {
    /// The address itself; an IPv4 one inside IPv6 is unwrapped.
    #[must_use]
    pub fn new(address: IpAddr) -> Self {
        Self(address.to_canonical())
    }

    /// Who made a call: the peer of its connection, or, where that is a trusted proxy, whom the proxy names in
    /// `X-Forwarded-For`. That is read from the right for as long as the hop that wrote it is trusted.
    ///
    /// What a client puts there itself stands to the left of what a trusted proxy appends, so it is never believed. None
    /// when a trusted proxy names nobody, or something that is no address: it must not stand for all who come by it.
    pub(crate) fn of_call(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> Option<Self> {
        let is_trusted = |address: IpAddr| trusted.iter().any(|net| net.contains(&address));
        let lines = headers.get_all(FORWARDED_FOR);
        let mut hops = lines.iter().rev().flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
        let mut nearest = peer.to_canonical();
        let mut is_named = !is_trusted(nearest);
        while is_trusted(nearest) {
            match hops.next() {
                Some(hop) => (nearest, is_named) = (hop_address(hop)?, true),
                // The client is in a trusted network itself.
                None => break,
            }
        }
        is_named.then_some(Self(nearest))
    }

    /// The address.
    #[must_use]
    pub fn ip(self) -> IpAddr {
        self.0
    }

    /// The name of its count: an IPv6 /64 is one address.
    pub(crate) fn counted(self) -> String {
        match self.0 {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
        }
    }
}

/// One entry of `X-Forwarded-For`; some proxies write the port behind the address.
fn hop_address(hop: &[u8]) -> Option<IpAddr> {
    let hop = std::str::from_utf8(hop).ok()?.trim();
    let bare = || hop.parse().ok();
    let with_port = || hop.parse().ok().map(|socket: SocketAddr| socket.ip());
    let in_brackets = || hop.strip_prefix('[')?.strip_suffix(']')?.parse().ok().map(IpAddr::V6);
    bare().or_else(with_port).or_else(in_brackets).map(|address| address.to_canonical())
}

/// As it is shown to a person.
impl fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An address is personal.
impl fmt::Debug for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_ipv4() { "ClientAddress(v4)" } else { "ClientAddress(v6)" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn client(peer: &str, forwarded_for: &[&[u8]]) -> Option<String> {
        let trusted = ["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
        let headers =
            forwarded_for.iter().map(|line| (FORWARDED_FOR, HeaderValue::from_bytes(line).unwrap()));
        let client = ClientAddress::of_call(peer.parse().unwrap(), &headers.collect(), &trusted);
        client.map(|client| client.to_string())
    }

    fn is(address: &str) -> Option<String> {
        Some(address.to_owned())
    }

    #[test]
    fn without_a_trusted_proxy_the_header_means_nothing() {
        assert_eq!(client("203.0.113.9", &[b"198.51.100.1"]), is("203.0.113.9"));
        assert_eq!(client("203.0.113.9", &[b"nonsense"]), is("203.0.113.9"));
        assert_eq!(client("203.0.113.9", &[]), is("203.0.113.9"));
    }

    #[test]
    fn a_trusted_proxy_names_the_client() {
        assert_eq!(client("10.0.0.1", &[b"198.51.100.1"]), is("198.51.100.1"));
        assert_eq!(client("::ffff:10.0.0.1", &[b"198.51.100.1"]), is("198.51.100.1"));
        assert_eq!(client("::1", &[b"2001:db8::1"]), is("2001:db8::1"));
        assert_eq!(client("::1", &[b"::ffff:198.51.100.1"]), is("198.51.100.1"));
    }

    #[test]
    fn a_port_behind_the_address_is_left_out() {
        assert_eq!(client("10.0.0.1", &[b"198.51.100.7:4711"]), is("198.51.100.7"));
        assert_eq!(client("10.0.0.1", &[b"[2001:db8::1]:4711"]), is("2001:db8::1"));
        assert_eq!(client("10.0.0.1", &[b"[2001:db8::1]"]), is("2001:db8::1"));
    }

    #[test]
    fn what_the_client_wrote_itself_is_not_believed() {
        assert_eq!(client("10.0.0.1", &[b"192.0.2.66, 198.51.100.1"]), is("198.51.100.1"));
        assert_eq!(client("10.0.0.1", &[b"192.0.2.66", b"198.51.100.1, 10.0.0.2"]), is("198.51.100.1"));
    }

    #[test]
    fn a_byte_that_is_no_text_hides_no_line_and_no_entry() {
        assert_eq!(client("10.0.0.1", &[b"\xff, 198.51.100.7"]), is("198.51.100.7"));
        assert_eq!(client("10.0.0.1", &[b"192.0.2.66", b"\xff, 198.51.100.7"]), is("198.51.100.7"));
        assert_eq!(client("10.0.0.1", &[b"192.0.2.66", b"\xff"]), None);
        assert_eq!(client("10.0.0.1", &[b"192.0.2.66, \xff, 10.0.0.2"]), None);
    }

    #[test]
    fn a_trusted_proxy_that_names_nobody_does_not_stand_for_all_who_come_by_it() {
        for line in [&b""[..], b"unknown", b"198.51.100.1,", b"198.51.100.1 198.51.100.2"] {
            assert_eq!(client("10.0.0.1", &[line]), None);
        }
        assert_eq!(client("10.0.0.1", &[]), None);
    }

    #[test]
    fn a_client_inside_a_trusted_network_is_itself() {
        assert_eq!(client("10.0.0.1", &[b"10.0.0.9"]), is("10.0.0.9"));
    }

    #[test]
    fn an_ipv6_64_is_one_address() {
        let counted = |text: &str| ClientAddress::new(text.parse().unwrap()).counted();
        assert_eq!(counted("2001:db8:1:2:3:4:5:6"), counted("2001:db8:1:2::9"));
        assert_ne!(counted("2001:db8:1:2::9"), counted("2001:db8:1:3::9"));
        assert_eq!(counted("::ffff:192.0.2.1"), "192.0.2.1");
    }
}
