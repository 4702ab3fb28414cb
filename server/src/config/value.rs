//! Single values of the file, each read into what it means or refused.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use serde::Deserialize;

/// An address that a page may link to.
#[derive(Deserialize)]
#[serde(try_from = "String")]
pub(super) struct HttpsUrl(pub(super) String);

impl TryFrom<String> for HttpsUrl {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        match url::Url::parse(&text) {
            Ok(url) if url.scheme() == "https" && url.has_host() => Ok(Self(url.into())),
            _ => Err("it must be an address that begins with https://"),
        }
    }
}

/// A whole number in a range; for times, seconds.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "u64")]
pub(super) struct Within<const LEAST: u64, const MOST: u64>(pub(super) u64);

impl<const LEAST: u64, const MOST: u64> TryFrom<u64> for Within<LEAST, MOST> {
    type Error = String;
    fn try_from(value: u64) -> Result<Self, String> {
        if (LEAST..=MOST).contains(&value) {
            Ok(Self(value))
        } else {
            Err(format!("{value} is not between {LEAST} and {MOST}"))
        }
    }
}

/// A network, or a single address.
#[derive(Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Network(pub(super) IpNet);

impl TryFrom<String> for Network {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let single = text.parse::<IpAddr>().ok().map(IpNet::from);
        text.parse().ok().or(single).map(Self).ok_or(format!("`{text}` is not a network such as 10.0.0.0/8"))
    }
}

impl Network {
    /// Whether calls of this machine to itself can come from it.
    pub(super) fn is_here(&self) -> bool {
        let here = [IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from(Ipv6Addr::LOCALHOST)];
        self.0.addr().is_loopback() || here.iter().any(|address| self.0.contains(address))
    }
}
