//! The file as it is written, and what becomes of it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use countersign_protocol::{BaseUrl, CodeAlgorithm, Digits, Text};
use ipnet::IpNet;

use super::mistake::ConfigRefused;
use super::proxies::{can_come, networks};
use super::reader::{Key, Reader};
use super::url::PagesUrl;
use super::value::{
    self, algorithm, base_url, digits, flag, https_url, number, pages_url, seconds, socket, telephone, text,
};
use super::{Config, Organisation, Urls, is_behind_a_proxy, places};
use crate::rules::{CodePolicy, Policy};
use crate::tls::TlsFiles;

const PUBLIC_URL: Key = Key("", "public_url");
const PHONE_URL: Key = Key("", "phone_url");
pub(super) const LISTEN: Key = Key("", "listen");
const PHONE_LISTEN: Key = Key("", "phone_listen");
const TRUSTED_PROXIES: Key = Key("", "trusted_proxies");
pub(super) const STATE: Key = Key("", "state");
pub(super) const KEY_FILE: Key = Key("", "key_file");
pub(super) const CERTIFICATE: Key = Key("tls", "certificate");
pub(super) const PRIVATE_KEY: Key = Key("tls", "key");

/// What could be read; what is none was left out, or is wrong.
struct File {
    public_url: Option<PagesUrl>,
    phone_url: Option<BaseUrl>,
    listen: Option<SocketAddr>,
    phone_listen: Option<SocketAddr>,
    trusted_proxies: Option<Vec<IpNet>>,
    state: Option<PathBuf>,
    key_file: Option<PathBuf>,
    tls: Tls,
    organisation: OrganisationTable,
    policy: Policy,
}

struct Tls {
    is_there: bool,
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
    pinned: Option<bool>,
}

struct OrganisationTable {
    name: Option<Text<64>>,
    application: Option<Text<64>>,
    help_desk: Option<Text<64>>,
    download: Option<String>,
    privacy: Option<String>,
}

/// Whether what the file leads to is looked at, too.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// At the text alone.
    Text,
    /// At the folders and files that it names.
    Places,
}

pub(super) fn parse(text: &str, folder: &Path, look: Look) -> Result<Config, ConfigRefused> {
    let mut reader = Reader::new(text);
    let file = File::read(&mut reader);
    file.compare(&mut reader);
    if look == Look::Places {
        let state = file.state(folder);
        let is_right = state.as_deref().is_some_and(|state| places::state(&mut reader, state));
        // A key file beside the database is as wrong as its folder is.
        if let Some(key_file) = file.key_file(folder).filter(|_| is_right || reader.has(KEY_FILE)) {
            places::key_file(&mut reader, &key_file, state.as_deref());
        }
        places::tls(&mut reader, file.tls.certificate(folder).as_deref(), file.tls.key(folder).as_deref());
    }
    let config = file.into_config(folder);
    let mistakes = reader.finish();
    config.filter(|_| mistakes.is_empty()).ok_or(ConfigRefused { mistakes })
}

impl File {
    fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            public_url: reader.required(PUBLIC_URL, &pages_url()),
            phone_url: reader.optional(PHONE_URL, &base_url()),
            listen: reader.required(LISTEN, &socket("\"127.0.0.1:8080\"")),
            phone_listen: reader.optional(PHONE_LISTEN, &socket("\"0.0.0.0:8081\"")),
            trusted_proxies: reader.optional(TRUSTED_PROXIES, &networks()),
            state: reader.required(STATE, &value::path("the folder of the database", "\"state\"")),
            key_file: reader.optional(KEY_FILE, &value::path("a file", "\"/etc/countersign/key\"")),
            tls: Tls {
                is_there: reader.has_table("tls"),
                certificate: reader.required(
                    CERTIFICATE,
                    &value::path("a file of PEM, the server's own first", "\"chain.pem\""),
                ),
                key: reader.required(PRIVATE_KEY, &value::path("a file of PEM", "\"key.pem\"")),
                pinned: reader.optional(Key("tls", "pinned"), &flag("true")),
            },
            organisation: OrganisationTable::read(reader),
            policy: policy(reader),
        }
    }

    /// What is wrong with keys that are right, each by itself.
    fn compare(&self, reader: &mut Reader<'_>) {
        self.look_for_phones(reader);
        if let Some((key, why)) = self.proxy_missing(reader) {
            reader.mistake(key, why);
        }
    }

    /// Phones must be told where they call, and find somebody there.
    fn look_for_phones(&self, reader: &mut Reader<'_>) {
        let Some(pages) = &self.public_url else { return };
        let is_told = reader.has(PHONE_URL);
        if self.phone_listen.is_some() && !is_told {
            let why = "phones would not find it: `phone_url` must say where they call, for example \
                       phone_url = \"https://phone.halden.example:8081\"";
            reader.mistake(PHONE_LISTEN, why.to_owned());
        } else if !pages.is_secure() && !is_told {
            let why = "phones call by https alone: `phone_url` must say where, and `phone_listen` or a proxy take \
                       the calls; for example phone_url = \"https://localhost:8081\" and \
                       phone_listen = \"127.0.0.1:8081\"";
            reader.mistake(PUBLIC_URL, why.to_owned());
        }
        if self.phone_listen.is_some() && self.phone_listen == self.listen {
            reader.mistake(
                PHONE_LISTEN,
                "this is the address of `listen`: it needs a port of its own".to_owned(),
            );
        }
        let is_same = |phone: &BaseUrl| phone.origin().as_str() == pages.as_str();
        if self.phone_listen.is_some() && self.phone_url.as_ref().is_some_and(is_same) {
            let why = "browsers find the pages here; phones need an address that leads to `phone_listen`";
            reader.mistake(PHONE_URL, why.to_owned());
        }
    }

    /// Why a proxy must be named in `trusted_proxies`, where the one that must be there is not. If nothing tells whom it
    /// brings, all persons have one address, and share the limits of one.
    fn proxy_missing(&self, reader: &Reader<'_>) -> Option<(Key, String)> {
        let (public_url, listen) = (self.public_url.as_ref()?, self.listen?.ip().to_canonical());
        if self.tls.is_there || (self.trusted_proxies.is_none() && reader.has(TRUSTED_PROXIES)) {
            return None;
        }
        let trusted = self.trusted_proxies.as_deref().unwrap_or_default();
        let is_behind_a_proxy = is_behind_a_proxy(false, public_url, self.phone_listen.is_some());
        if trusted.iter().any(|network| can_come(network, listen)) {
            None
        } else if !listen.is_loopback() {
            let why = "other machines can reach it, and it speaks no TLS: give [tls] its files, or name the proxy that \
                       speaks TLS by the address from which it comes here, for example";
            let example = if listen.is_ipv4() { "10.0.0.1" } else { "2001:db8::1" };
            Some((LISTEN, format!("{why} trusted_proxies = [\"{example}\"]")))
        } else if is_behind_a_proxy {
            let why = "it speaks no TLS, so a proxy on this machine stands before it, and everybody would have its \
                       address: ten wrong passwords of anybody would keep everybody out. Name it, for example";
            let example = if listen.is_ipv4() { "127.0.0.1" } else { "::1" };
            Some((LISTEN, format!("{why} trusted_proxies = [\"{example}\"], or give [tls] its files")))
        } else {
            None
        }
    }

    fn state(&self, folder: &Path) -> Option<PathBuf> {
        self.state.as_ref().map(|state| folder.join(state))
    }

    fn key_file(&self, folder: &Path) -> Option<PathBuf> {
        let beside = || self.state(folder).map(|state| state.join("key"));
        self.key_file.as_ref().map(|path| folder.join(path)).or_else(beside)
    }

    /// None when something that must be there could not be read.
    fn into_config(self, folder: &Path) -> Option<Config> {
        let (state, key_file) = (self.state(folder)?, self.key_file(folder)?);
        let (pages, name) = (self.public_url?, self.organisation.name?);
        let phone = match self.phone_url {
            Some(phone) => phone,
            None => BaseUrl::new(pages.as_str()).ok()?,
        };
        let tls = match self.tls.is_there {
            true => Some(TlsFiles {
                certificate: self.tls.certificate(folder)?,
                key: self.tls.key(folder)?,
                pinned: self.tls.pinned.unwrap_or_default(),
            }),
            false => None,
        };
        Some(Config {
            urls: Urls::Fixed { pages, phone },
            listen: self.listen?,
            phone_listen: self.phone_listen,
            tls,
            trusted_proxies: self.trusted_proxies.unwrap_or_default(),
            key_file,
            state,
            organisation: Organisation {
                application: self.organisation.application.unwrap_or_else(|| name.clone()),
                name,
                help_desk: self.organisation.help_desk,
                download: self.organisation.download,
                privacy: self.organisation.privacy,
            },
            policy: self.policy,
        })
    }
}

impl Tls {
    fn certificate(&self, folder: &Path) -> Option<PathBuf> {
        self.certificate.as_ref().map(|path| folder.join(path))
    }

    fn key(&self, folder: &Path) -> Option<PathBuf> {
        self.key.as_ref().map(|path| folder.join(path))
    }
}

impl OrganisationTable {
    fn read(reader: &mut Reader<'_>) -> Self {
        const TABLE: &str = "organisation";
        reader.require_table(
            TABLE,
            "who runs the server, for example [organisation] with name = \"Halden College\"",
        );
        Self {
            name: reader.required(Key(TABLE, "name"), &text("the organisation's name", "\"Halden College\"")),
            application: reader
                .optional(Key(TABLE, "application"), &text("what is signed in to", "\"Halden Mail\"")),
            help_desk: reader.optional(Key(TABLE, "help_desk"), &telephone()),
            download: reader.optional(Key(TABLE, "download"), &https_url("\"https://halden.example/apps\"")),
            privacy: reader.optional(Key(TABLE, "privacy"), &https_url("\"https://halden.example/privacy\"")),
        }
    }
}

fn policy(reader: &mut Reader<'_>) -> Policy {
    let mut policy = Policy::default();
    let mut life = |key, least, most, example, life: &mut u64| {
        if let Some(read) = reader.optional(key, &seconds(least, most, example)) {
            *life = read;
        }
    };
    life(Key("requests", "lifetime"), 30, 300, "60", &mut policy.request_life);
    life(Key("phones", "activation"), 60, 3600, "600", &mut policy.activation_life);
    life(Key("phones", "pending"), 600, 86_400, "1800", &mut policy.pending_life);
    life(Key("sessions", "lifetime"), 600, 2_592_000, "43200", &mut policy.session_life);
    life(Key("sessions", "changes"), 60, 3600, "600", &mut policy.changes_life);
    let number_digits: Option<Digits> = reader.optional(Key("requests", "digits"), &digits());
    policy.digits = number_digits.unwrap_or(policy.digits);
    let offered: Option<bool> = reader.optional(Key("codes", "offered"), &flag("true"));
    let hash: Option<CodeAlgorithm> = reader.optional(Key("codes", "algorithm"), &algorithm());
    let digits = reader.optional(Key("codes", "digits"), &number("a number of digits", 6, 8, "6"));
    let period = reader.optional(Key("codes", "period"), &seconds(15, 120, "30"));
    policy.codes = policy.codes.filter(|_| offered.unwrap_or(true)).map(|form| CodePolicy {
        algorithm: hash.unwrap_or(form.algorithm),
        digits: digits.and_then(|digits| u8::try_from(digits).ok()).unwrap_or(form.digits),
        period: period.and_then(|period| u16::try_from(period).ok()).unwrap_or(form.period),
    });
    policy
}
