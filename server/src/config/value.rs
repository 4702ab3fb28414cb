//! Single values of the file: what is wanted, how it is read, and an example of it.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use countersign_protocol::{BaseUrl, CodeAlgorithm, Digits, Text, UrlRefused};
use toml::de::DeValue;

use super::PagesUrl;

/// What a key must say.
pub(super) struct Wanted<T> {
    /// In words, with unit and range.
    pub(super) what: String,
    /// One that is right, as it is written in the file.
    pub(super) example: &'static str,
    /// Reads it, or says why it cannot be, in words that follow a colon; in none where `what` says it all.
    pub(super) read: Reading<T>,
}

type Reading<T> = Box<dyn Fn(&DeValue<'_>) -> Result<T, String>>;

impl<T> Wanted<T> {
    pub(super) fn new(
        what: impl Into<String>,
        example: &'static str,
        read: impl Fn(&DeValue<'_>) -> Result<T, String> + 'static,
    ) -> Self {
        Self { what: what.into(), example, read: Box::new(read) }
    }

    fn of_text(
        what: impl Into<String>,
        example: &'static str,
        read: impl Fn(&str) -> Result<T, String> + 'static,
    ) -> Self {
        Self::new(what, example, move |value| {
            read(value.as_str().ok_or_else(|| "it stands in quotes".to_owned())?)
        })
    }
}

/// A whole number, of `what`.
pub(super) fn number(what: &'static str, least: u64, most: u64, example: &'static str) -> Wanted<u64> {
    Wanted::new(format!("{what} from {least} to {most}"), example, move |value| {
        if value.as_str().is_some_and(|text| text.trim().parse::<u64>().is_ok()) {
            return Err("it stands without quotes".to_owned());
        }
        let integer = value.as_integer().filter(|integer| integer.radix() == 10);
        let read = integer.and_then(|integer| integer.as_str().parse().ok());
        read.filter(|read| (least..=most).contains(read)).ok_or_else(String::new)
    })
}

/// A time in seconds.
pub(super) fn seconds(least: u64, most: u64, example: &'static str) -> Wanted<u64> {
    number("a number of seconds", least, most, example)
}

/// How many digits a sign-in's number has.
pub(super) fn digits() -> Wanted<Digits> {
    let Wanted { what, example, read } = number("a number of digits", 2, 8, "3");
    let digits = |count: u64| u8::try_from(count).ok().and_then(Digits::new).ok_or_else(String::new);
    Wanted::new(what, example, move |value| digits(read(value)?))
}

/// `true` or `false`.
pub(super) fn flag(example: &'static str) -> Wanted<bool> {
    Wanted::new("true or false, without quotes", example, |value| value.as_bool().ok_or_else(String::new))
}

/// The hash of one-time codes.
pub(super) fn algorithm() -> Wanted<CodeAlgorithm> {
    Wanted::of_text("\"SHA1\", \"SHA256\" or \"SHA512\"", "\"SHA256\"", |text| match text {
        "SHA1" => Ok(CodeAlgorithm::Sha1),
        "SHA256" => Ok(CodeAlgorithm::Sha256),
        "SHA512" => Ok(CodeAlgorithm::Sha512),
        _ => Err(String::new()),
    })
}

/// What people are shown.
pub(super) fn text(what: &'static str, example: &'static str) -> Wanted<Text<64>> {
    Wanted::of_text(format!("{what}, of 1 to 64 characters on one line"), example, |text| {
        Text::new(text).map_err(|refused| refused.to_string())
    })
}

/// What people dial. The pages make a link of it.
pub(super) fn telephone() -> Wanted<Text<64>> {
    Wanted::of_text("a telephone number that people can dial", "\"+47 5550 0100\"", |text| {
        let is_dialled = text.chars().all(|c| c.is_ascii_digit() || " +-()./#*".contains(c));
        if is_dialled && text.chars().filter(char::is_ascii_digit).count() >= 3 {
            Text::new(text).map_err(|refused| refused.to_string())
        } else {
            Err("it has three digits at least, and beside them only blanks and + - ( ) . / # *".to_owned())
        }
    })
}

/// A file or folder; where it leads is looked at later.
pub(super) fn path(what: &'static str, example: &'static str) -> Wanted<PathBuf> {
    Wanted::of_text(what, example, |text| match text {
        "" => Err("it is empty".to_owned()),
        text => Ok(PathBuf::from(text)),
    })
}

/// Where to listen.
pub(super) fn socket(example: &'static str) -> Wanted<SocketAddr> {
    Wanted::of_text("an IP address and a port", example, |text| {
        let host = text.rsplit_once(':').map_or(text, |(host, _)| host).trim_matches(['[', ']']);
        match (text.parse::<SocketAddr>(), text.parse::<IpAddr>(), host.parse::<IpAddr>()) {
            (Ok(socket), ..) if socket.port() != 0 => Ok(socket),
            (Ok(_), ..) => Err("nobody would find a port that is chosen at each start".to_owned()),
            (_, Ok(_), _) => Err("the port is missing".to_owned()),
            (_, _, Ok(IpAddr::V6(_))) => Err("an IPv6 address stands in brackets".to_owned()),
            (_, _, Ok(_)) => Err("a port is a number from 1 to 65535".to_owned()),
            _ => Err("a name is not looked up".to_owned()),
        }
    })
}

/// Where browsers find the pages.
pub(super) fn pages_url() -> Wanted<PagesUrl> {
    Wanted::of_text("an address of pages", "\"https://signin.halden.example\"", |text| {
        PagesUrl::try_from(text.to_owned()).map_err(str::to_owned)
    })
}

/// Where phones call.
pub(super) fn base_url() -> Wanted<BaseUrl> {
    Wanted::of_text("an address that phones call", "\"https://phone.halden.example\"", |text| {
        BaseUrl::new(text).map_err(|refused| match refused {
            UrlRefused::Scheme => "phones call by https:// alone".to_owned(),
            UrlRefused::Form => {
                "it is https://, a host in small letters, a port unless it is 443, and a path without a slash \
                 at its end"
                    .to_owned()
            }
        })
    })
}

/// An address that a page may link to.
pub(super) fn https_url(example: &'static str) -> Wanted<String> {
    Wanted::of_text("an address that begins with https://", example, |text| match url::Url::parse(text) {
        Ok(url) if url.scheme() == "https" && url.has_host() => Ok(url.into()),
        _ => Err(String::new()),
    })
}
