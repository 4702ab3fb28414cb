//! Which address a call comes from, and under which it is counted.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

use ipnet::IpNet;

/// The address of whoever calls, behind the proxies that the organisation trusts.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientAddress(IpAddr);

impl ClientAddress {
    /// The address itself; an IPv4 one inside IPv6 is unwrapped.
    #[must_use]
    pub fn new(address: IpAddr) -> Self {
        Self(address.to_canonical())
    }

    /// Reads `X-Forwarded-For` from the right for as long as the hop that wrote it is trusted.
    ///
    /// What a client puts there itself stands to the left of what a trusted proxy appends, so it is never believed.
    pub(crate) fn behind(peer: IpAddr, forwarded_for: &[&str], trusted: &[IpNet]) -> Self {
        let mut nearest = peer.to_canonical();
        for hop in forwarded_for.iter().rev().flat_map(|line| line.rsplit(',')) {
            if !trusted.iter().any(|net| net.contains(&nearest)) {
                break;
            }
            let Ok(hop) = hop.trim().parse::<IpAddr>() else { break };
            nearest = hop.to_canonical();
        }
        Self(nearest)
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

    fn client(peer: &str, forwarded_for: &[&str]) -> String {
        let trusted = ["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
        ClientAddress::behind(peer.parse().unwrap(), forwarded_for, &trusted).to_string()
    }

    #[test]
    fn without_a_trusted_proxy_the_header_means_nothing() {
        assert_eq!(client("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
    }

    #[test]
    fn a_trusted_proxy_names_the_client() {
        assert_eq!(client("10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(client("::ffff:10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(client("::1", &["2001:db8::1"]), "2001:db8::1");
    }

    #[test]
    fn what_the_client_wrote_itself_is_not_believed() {
        assert_eq!(client("10.0.0.1", &["192.0.2.66, 198.51.100.1"]), "198.51.100.1");
        assert_eq!(client("10.0.0.1", &["192.0.2.66", "198.51.100.1, 10.0.0.2"]), "198.51.100.1");
        assert_eq!(client("10.0.0.1", &["nonsense"]), "10.0.0.1");
        assert_eq!(client("10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn an_ipv6_64_is_one_address() {
        let counted = |text: &str| ClientAddress::new(text.parse().unwrap()).counted();
        assert_eq!(counted("2001:db8:1:2:3:4:5:6"), counted("2001:db8:1:2::9"));
        assert_ne!(counted("2001:db8:1:2::9"), counted("2001:db8:1:3::9"));
        assert_eq!(counted("::ffff:192.0.2.1"), "192.0.2.1");
    }
}
