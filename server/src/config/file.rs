//! The file as it is written, and what becomes of it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use countersign_protocol::{BaseUrl, CodeAlgorithm, Digits, Text};
use serde::Deserialize;
use toml::de::DeTable;

use super::mistake::{ConfigRefused, Known, unknown_keys};
use super::url::PagesUrl;
use super::value::{HttpsUrl, Network, Within};
use super::{Config, Organisation, TlsFiles, Urls};
use crate::rules::{CodePolicy, Policy};

/// Every key that may be written, for naming the nearest; serde refuses the others by itself.
const KEYS: &[Known] = &[
    (
        "",
        &[
            "public_url",
            "phone_url",
            "listen",
            "phone_listen",
            "trusted_proxies",
            "state",
            "key_file",
            "tls",
            "organisation",
            "requests",
            "phones",
            "sessions",
            "codes",
        ],
    ),
    ("tls", &["certificate", "key", "pinned"]),
    ("organisation", &["name", "application", "help_desk", "download", "privacy"]),
    ("requests", &["lifetime", "digits"]),
    ("phones", &["activation", "pending"]),
    ("sessions", &["lifetime", "changes"]),
    ("codes", &["offered", "algorithm", "digits", "period"]),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    public_url: PagesUrl,
    phone_url: Option<BaseUrl>,
    listen: SocketAddr,
    phone_listen: Option<SocketAddr>,
    #[serde(default)]
    trusted_proxies: Vec<Network>,
    state: PathBuf,
    key_file: Option<PathBuf>,
    tls: Option<Tls>,
    organisation: OrganisationTable,
    #[serde(default)]
    requests: Requests,
    #[serde(default)]
    phones: Phones,
    #[serde(default)]
    sessions: Sessions,
    #[serde(default)]
    codes: Codes,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    #[serde(default)]
    pinned: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OrganisationTable {
    name: Text<64>,
    application: Option<Text<64>>,
    help_desk: Option<Text<64>>,
    download: Option<HttpsUrl>,
    privacy: Option<HttpsUrl>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Requests {
    lifetime: Option<Within<30, 300>>,
    digits: Option<Digits>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Phones {
    activation: Option<Within<60, 3600>>,
    pending: Option<Within<600, 86400>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sessions {
    lifetime: Option<Within<600, 2_592_000>>,
    changes: Option<Within<60, 3600>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Codes {
    offered: Option<bool>,
    algorithm: Option<CodeAlgorithm>,
    digits: Option<Within<6, 8>>,
    period: Option<Within<15, 120>>,
}

pub(super) fn parse(text: &str, folder: &Path) -> Result<Config, ConfigRefused> {
    let table = DeTable::parse(text).map_err(|error| ConfigRefused::of_toml(text, &error))?;
    let mistakes = unknown_keys(text, table.get_ref(), KEYS);
    if !mistakes.is_empty() {
        return Err(ConfigRefused { mistakes });
    }
    let file: File = toml::from_str(text).map_err(|error| ConfigRefused::of_toml(text, &error))?;
    let Some(phone) = file.phone_url.clone().or_else(|| BaseUrl::new(file.public_url.as_str()).ok()) else {
        return Err(ConfigRefused::whole(
            "`public_url` is not https, so `phone_url` must say where phones call",
        ));
    };
    match file.proxy_missing() {
        None => Ok(file.into_config(phone, folder)),
        Some(why) => Err(ConfigRefused::whole(why)),
    }
}

impl File {
    /// Why a proxy must be named in `trusted_proxies`, where the one that must be there is not.
    ///
    /// What is reached by https and served without TLS comes through somebody who speaks TLS, and phones always call by
    /// https. If nothing tells whom they come from, all persons have one address, and share the limits of one.
    fn proxy_missing(&self) -> Option<&'static str> {
        let (is_local, trusted) = (self.listen.ip().is_loopback(), &self.trusted_proxies);
        let is_reached_by_https = self.public_url.is_secure() || self.phone_listen.is_none();
        if self.tls.is_some() {
            None
        } else if !is_local && trusted.is_empty() {
            Some(
                "`listen` can be reached from other machines without TLS: give [tls] its files, or name the proxy that \
                 speaks TLS in `trusted_proxies`",
            )
        } else if is_local && is_reached_by_https && !trusted.iter().any(Network::is_here) {
            Some(
                "`listen` speaks no TLS, so a proxy on this machine stands before it: name it in `trusted_proxies`, \
                 [\"127.0.0.1\"] for instance, or everybody has its address, and ten wrong passwords of anybody keep \
                 everybody out; or give [tls] its files",
            )
        } else {
            None
        }
    }

    fn into_config(self, phone: BaseUrl, folder: &Path) -> Config {
        let name = self.organisation.name;
        let state = folder.join(&self.state);
        Config {
            urls: Urls::Fixed { pages: self.public_url, phone },
            listen: self.listen,
            phone_listen: self.phone_listen,
            tls: self.tls.map(|tls| TlsFiles {
                certificate: folder.join(tls.certificate),
                key: folder.join(tls.key),
                pinned: tls.pinned,
            }),
            trusted_proxies: self.trusted_proxies.into_iter().map(|network| network.0).collect(),
            key_file: self.key_file.map_or_else(|| state.join("key"), |path| folder.join(path)),
            state,
            organisation: Organisation {
                application: self.organisation.application.unwrap_or_else(|| name.clone()),
                name,
                help_desk: self.organisation.help_desk,
                download: self.organisation.download.map(|url| url.0),
                privacy: self.organisation.privacy.map(|url| url.0),
            },
            policy: policy(&self.requests, &self.phones, &self.sessions, &self.codes),
        }
    }
}

fn policy(requests: &Requests, phones: &Phones, sessions: &Sessions, codes: &Codes) -> Policy {
    let default = Policy::default();
    Policy {
        request_life: requests.lifetime.map_or(default.request_life, |seconds| seconds.0),
        digits: requests.digits.unwrap_or(default.digits),
        activation_life: phones.activation.map_or(default.activation_life, |seconds| seconds.0),
        pending_life: phones.pending.map_or(default.pending_life, |seconds| seconds.0),
        session_life: sessions.lifetime.map_or(default.session_life, |seconds| seconds.0),
        changes_life: sessions.changes.map_or(default.changes_life, |seconds| seconds.0),
        codes: default.codes.filter(|_| codes.offered.unwrap_or(true)).map(|form| CodePolicy {
            algorithm: codes.algorithm.unwrap_or(form.algorithm),
            digits: codes.digits.and_then(|digits| u8::try_from(digits.0).ok()).unwrap_or(form.digits),
            period: codes.period.and_then(|period| u16::try_from(period.0).ok()).unwrap_or(form.period),
        }),
        ..default
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: &str = r#"
public_url = "https://signin.halden.example"
listen = "127.0.0.1:8080"
trusted_proxies = ["127.0.0.1"]
state = "state"

[organisation]
name = "Halden College"
"#;

    const PROXY: &str = "trusted_proxies = [\"127.0.0.1\"]\n";

    const ALL: &str = r#"
public_url = "https://signin.halden.example"
phone_url = "https://phone.halden.example/countersign"
listen = "0.0.0.0:8443"
phone_listen = "0.0.0.0:9443"
trusted_proxies = ["10.0.0.0/8", "2001:db8::1"]
state = "/var/lib/countersign"
key_file = "/etc/countersign/key"

[tls]
certificate = "chain.pem"
key = "key.pem"
pinned = true

[organisation]
name = "Halden College"
application = "Halden Mail"
help_desk = "+47 5550 0100"
download = "https://halden.example/apps"
privacy = "https://halden.example/privacy"

[requests]
lifetime = 300
digits = 6

[phones]
activation = 300
pending = 900

[sessions]
lifetime = 3600
changes = 300

[codes]
offered = true
algorithm = "SHA1"
digits = 8
period = 60
"#;

    #[test]
    fn the_example_of_the_paper_is_right_and_has_the_defaults() {
        let (_, rest) = include_str!("../../../docs/server.md").split_once("```toml\n").unwrap();
        let (example, _) = rest.split_once("```").unwrap();
        let config = parse(example).unwrap();
        assert_eq!(config.organisation.name.as_str(), "Halden College");
        assert_eq!(config.policy, Policy::default());
    }

    fn parse(text: &str) -> Result<Config, ConfigRefused> {
        super::parse(text, Path::new("/etc/countersign"))
    }

    fn mistakes(text: &str) -> Vec<(Option<usize>, String)> {
        let refused = parse(text).unwrap_err();
        refused.mistakes.into_iter().map(|mistake| (mistake.line, mistake.message)).collect()
    }

    #[test]
    fn the_least_config_has_the_defaults_of_the_protocol() {
        let config = parse(LEAST).unwrap();
        assert_eq!((config.policy.request_life, config.policy.digits.get()), (60, 3));
        assert_eq!((config.policy.activation_life, config.policy.pending_life), (600, 1800));
        assert_eq!(config.state, Path::new("/etc/countersign/state"));
        assert_eq!(config.key_file, Path::new("/etc/countersign/state/key"));
        assert_eq!(config.organisation.application.as_str(), "Halden College");
        let Urls::Fixed { pages, phone } = config.urls else { panic!() };
        assert_eq!(
            (pages.as_str(), phone.as_str()),
            ("https://signin.halden.example", "https://signin.halden.example")
        );
    }

    #[test]
    fn every_key_that_is_offered_is_read() {
        let config = parse(ALL).unwrap();
        for (table, keys) in KEYS {
            for key in *keys {
                let is_there = ALL.contains(&format!("\n{key} = ")) || ALL.contains(&format!("\n[{key}]\n"));
                assert!(is_there, "{table} {key} is not in the example");
            }
        }
        assert_eq!((config.policy.request_life, config.policy.digits.get()), (300, 6));
        assert_eq!((config.policy.activation_life, config.policy.pending_life), (300, 900));
        assert_eq!((config.policy.session_life, config.policy.changes_life), (3600, 300));
        let codes = CodePolicy { algorithm: CodeAlgorithm::Sha1, digits: 8, period: 60 };
        assert_eq!(config.policy.codes, Some(codes));
        assert_eq!(config.organisation.download.as_deref(), Some("https://halden.example/apps"));
        assert_eq!(config.organisation.privacy.as_deref(), Some("https://halden.example/privacy"));
        let script = ALL.replace("https://halden.example/apps", "javascript:alert(1)");
        assert!(mistakes(&script)[0].1.contains("https://"));
        assert_eq!(config.tls.unwrap().certificate, Path::new("/etc/countersign/chain.pem"));
        assert_eq!(config.trusted_proxies.len(), 2);
        assert!(parse(&ALL.replace("offered = true", "offered = false")).unwrap().policy.codes.is_none());
    }

    #[test]
    fn unknown_keys_are_refused_with_line_and_suggestion() {
        let text = LEAST.replace("listen", "lisen").replace("name", "nane");
        assert_eq!(
            mistakes(&text),
            [
                (Some(3), "there is no key `lisen`; `listen` is near".to_owned()),
                (Some(8), "there is no key `nane` in [organisation]; `name` is near".to_owned()),
            ]
        );
        let far = mistakes(&format!("{LEAST}\n[tls]\nflavour = 1"));
        assert_eq!(
            far,
            [(Some(11), "there is no key `flavour` in [tls]; there are certificate, key, pinned".into())]
        );
    }

    #[test]
    fn values_out_of_range_are_refused_with_their_line() {
        for (table, wrong, message) in [
            ("requests", "lifetime = 29", "29 is not between 30 and 300"),
            ("requests", "lifetime = 301", "301 is not between 30 and 300"),
            ("requests", "digits = 1", "a number has 2 to 8 digits"),
            ("requests", "digits = 9", "a number has 2 to 8 digits"),
            ("codes", "period = 10", "10 is not between 15 and 120"),
        ] {
            let found = mistakes(&format!("{LEAST}[{table}]\n{wrong}\n"));
            assert_eq!(found.len(), 1);
            assert_eq!(found[0].0, Some(10), "{found:?}");
            assert!(found[0].1.contains(message), "{found:?}");
        }
    }

    #[test]
    fn an_address_that_browsers_or_phones_refuse_is_refused() {
        for wrong in [
            "http://signin.halden.example",
            "https://192.0.2.1",
            "https://signin.halden.example/path",
            "https://user@signin.halden.example",
            "ftp://signin.halden.example",
        ] {
            let found = mistakes(&LEAST.replace("https://signin.halden.example", wrong));
            assert_eq!(found[0].0, Some(2), "{wrong}: {found:?}");
        }
        let localhost = LEAST.replace("https://signin.halden.example", "http://localhost:8080");
        assert!(mistakes(&localhost)[0].1.contains("phone_url"));
    }

    #[test]
    fn plain_http_that_others_can_reach_is_refused() {
        let open = LEAST.replace("127.0.0.1:8080", "0.0.0.0:8080").replace(PROXY, "");
        assert!(mistakes(&open)[0].1.contains("without TLS"));
        assert!(parse(&open.replace("state =", "trusted_proxies = [\"10.0.0.1\"]\nstate =")).is_ok());
    }

    #[test]
    fn a_proxy_that_everybody_comes_through_must_be_named() {
        const LOCAL: &str =
            "public_url = \"http://localhost:8080\"\nphone_url = \"https://phone.halden.example\"";
        let alone = LEAST.replace(PROXY, "");
        let elsewhere = LEAST.replace(PROXY, "trusted_proxies = [\"10.0.0.0/8\"]\n");
        let local = alone.replace("public_url = \"https://signin.halden.example\"", LOCAL);
        for nobody in [&alone, &elsewhere, &alone.replace("127.0.0.1:", "[::1]:"), &local] {
            let found = mistakes(nobody);
            assert!(found[0].1.contains("`trusted_proxies`"), "{nobody}: {found:?}");
        }
        let tls = format!("{alone}[tls]\ncertificate = \"chain.pem\"\nkey = \"key.pem\"\n");
        let direct = local.replace("listen =", "phone_listen = \"127.0.0.1:8081\"\nlisten =");
        let v6 = alone.replace("state =", "trusted_proxies = [\"::1\"]\nstate =");
        for named in [LEAST, &tls, &direct, &v6] {
            assert!(parse(named).is_ok(), "{named}: {:?}", parse(named));
        }
    }

    #[test]
    fn a_text_that_is_no_toml_is_refused_with_its_line() {
        assert_eq!(mistakes("public_url = \"https://a.example\"\nlisten =\n")[0].0, Some(2));
    }
}
