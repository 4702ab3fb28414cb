//! The proxies that are trusted: which networks they may have, and which of them can come to a listener.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net};
use toml::de::DeValue;

use super::value::Wanted;

/// No network is wider, alone or together with others: these are the widest that one organisation has, 10.0.0.0/8 and
/// fc00::/7.
const WIDEST_V4: u8 = 8;
const WIDEST_V6: u8 = 7;
/// IPv4 addresses inside IPv6 are ::ffff:0:0 with so many bits before them.
const MAPPED_BITS: u8 = 96;

/// Networks and single addresses.
pub(super) fn networks() -> Wanted<Vec<IpNet>> {
    Wanted::new("a list of addresses and networks of proxies", "[\"127.0.0.1\"]", |value| {
        let list = value.as_array().ok_or_else(|| "it stands in [ ]".to_owned())?;
        let networks = list.iter().map(|entry| network(entry.get_ref())).collect::<Result<Vec<_>, _>>()?;
        match IpNet::aggregate(&networks).into_iter().find(is_too_wide) {
            None => Ok(networks),
            Some(wide) => Err(format!(
                "{wide} is far more than proxies, and whoever calls from there could name any address as theirs; \
                 the widest network is a /{WIDEST_V4}, of IPv6 a /{WIDEST_V6}"
            )),
        }
    })
}

fn network(value: &DeValue<'_>) -> Result<IpNet, String> {
    let text = value.as_str().ok_or_else(|| "each of them stands in quotes".to_owned())?;
    let single = text.parse::<IpAddr>().ok().map(IpNet::from);
    let network = single.or_else(|| text.parse().ok()).ok_or_else(|| format!("\"{text}\" is neither"))?;
    as_compared(network).ok_or_else(|| {
        format!("\"{text}\" has IPv4 addresses inside IPv6, which are known by their IPv4 form: write that")
    })
}

/// In the form that addresses of callers have when they are looked at, where IPv4 inside IPv6 is IPv4. None for a
/// network that has such addresses beside others.
fn as_compared(network: IpNet) -> Option<IpNet> {
    let IpNet::V6(v6) = network else { return Some(network) };
    let is_mapped = v6.addr().to_ipv4_mapped();
    match (is_mapped, v6.prefix_len().checked_sub(MAPPED_BITS)) {
        (Some(v4), Some(bits)) => Ipv4Net::new(v4, bits).ok().map(IpNet::V4),
        _ if is_too_wide(&network) => Some(network),
        _ => (!v6.contains(&Ipv4Addr::UNSPECIFIED.to_ipv6_mapped())).then_some(network),
    }
}

fn is_too_wide(network: &IpNet) -> bool {
    match network {
        IpNet::V4(network) => network.prefix_len() < WIDEST_V4,
        IpNet::V6(network) => network.prefix_len() < WIDEST_V6,
    }
}

/// Whether a proxy of this network can come to a listener: on loopback one on this machine, by the family that is
/// listened on; elsewhere one of that family.
pub(super) fn can_come(network: &IpNet, listen: IpAddr) -> bool {
    match (listen, network) {
        (IpAddr::V4(listen), _) if listen.is_loopback() => {
            network.contains(&IpAddr::from(Ipv4Addr::LOCALHOST))
        }
        (IpAddr::V6(Ipv6Addr::LOCALHOST), _) => network.contains(&IpAddr::from(Ipv6Addr::LOCALHOST)),
        (IpAddr::V4(_), IpNet::V4(_)) | (IpAddr::V6(_), IpNet::V6(_)) => true,
        // All addresses of IPv6 are those of IPv4, too, unless the system says otherwise.
        (IpAddr::V6(listen), IpNet::V4(_)) => listen.is_unspecified(),
        (IpAddr::V4(_), IpNet::V6(_)) => false,
    }
}
