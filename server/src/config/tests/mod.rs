//! Every mistake that an administrator can make in the file, and what is said of it.

mod places;
mod values;

use super::*;
use crate::rules::CodePolicy;
use countersign_protocol::CodeAlgorithm;

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

fn parse(text: &str) -> Result<Config, ConfigRefused> {
    Config::parse(text, Path::new("/etc/countersign"))
}

fn told(text: &str) -> Vec<String> {
    match parse(text) {
        Ok(_) => Vec::new(),
        Err(refused) => refused.mistakes.iter().map(ToString::to_string).collect(),
    }
}

/// What is said of the least config with one thing changed; it begins with line and key.
fn told_of(from: &str, to: &str) -> String {
    assert!(LEAST.contains(from), "{from}");
    let told = told(&LEAST.replace(from, to));
    assert_eq!(told.len(), 1, "{to}: {told:#?}");
    told.into_iter().next().unwrap()
}

#[test]
fn the_least_config_has_the_defaults_of_the_protocol() {
    let config = parse(LEAST).unwrap();
    assert_eq!(config.policy, Policy::default());
    assert_eq!((config.policy.request_life, config.policy.digits.get()), (60, 3));
    assert_eq!((config.policy.activation_life, config.policy.pending_life), (600, 1800));
    assert_eq!(config.state, Path::new("/etc/countersign/state"));
    assert_eq!(config.key_file, Path::new("/etc/countersign/state/key"));
    assert_eq!(config.organisation.application.as_str(), "Halden College");
    let Urls::Fixed { pages, phone } = config.urls else { panic!() };
    let urls = (pages.as_str(), phone.as_str());
    assert_eq!(urls, ("https://signin.halden.example", "https://signin.halden.example"));
}

#[test]
fn every_key_is_read() {
    let config = parse(ALL).unwrap();
    assert_eq!((config.policy.request_life, config.policy.digits.get()), (300, 6));
    assert_eq!((config.policy.activation_life, config.policy.pending_life), (300, 900));
    assert_eq!((config.policy.session_life, config.policy.changes_life), (3600, 300));
    let codes = CodePolicy { algorithm: CodeAlgorithm::Sha1, digits: 8, period: 60 };
    assert_eq!(config.policy.codes, Some(codes));
    assert_eq!(config.organisation.download.as_deref(), Some("https://halden.example/apps"));
    assert_eq!(config.organisation.privacy.as_deref(), Some("https://halden.example/privacy"));
    let tls = config.tls.unwrap();
    assert_eq!((tls.certificate.as_path(), tls.pinned), (Path::new("/etc/countersign/chain.pem"), true));
    assert_eq!(config.trusted_proxies.len(), 2);
    assert!(parse(&ALL.replace("offered = true", "offered = false")).unwrap().policy.codes.is_none());
}

/// One key of `ALL` after another is misspelled: if one were not known, nothing would be near it.
#[test]
fn every_key_is_suggested_to_whoever_misspells_it() {
    for line in ALL.lines().filter(|line| line.contains(" = ")) {
        let (key, _) = line.split_once(" = ").unwrap();
        let all =
            ALL.replace(&format!("\n{line}\n"), &format!("\n{key}s{}\n", line.strip_prefix(key).unwrap()));
        let told = told(&all);
        let near =
            told.iter().any(|told| told.ends_with(&format!("{key}s: there is no such key; `{key}` is near")));
        assert!(near, "{line}: {told:#?}");
    }
}

#[test]
fn all_mistakes_are_told_at_once_in_the_order_of_the_file() {
    let text = r#"
public_url = "signin.halden.example"
listen = "localhost:8080"
stat = "state"

[requests]
lifetime = 10
digits = 9
colour = "blue"

[phones]
activation = -1
pending = 1

[organization]
"#;
    let told = told(text);
    let begins = [
        "line 2: public_url: \"signin.halden.example\" is not",
        "line 3: listen: \"localhost:8080\" is not",
        "line 4: stat: there is no such key; `state` is near",
        "line 7: [requests] lifetime: 10 is not",
        "line 8: [requests] digits: 9 is not",
        "line 9: [requests] colour: there is no such key; there are lifetime, digits",
        "line 12: [phones] activation: -1 is not",
        "line 13: [phones] pending: 1 is not",
        "line 15: [organization]: there is no such table; [organisation] is near",
    ];
    assert_eq!(told.len(), begins.len(), "{told:#?}");
    for (told, begin) in told.iter().zip(begins) {
        assert!(told.starts_with(begin), "{told}\n{begin}");
    }
}

#[test]
fn what_is_missing_is_told_once_with_an_example() {
    assert_eq!(
        told(""),
        [
            "public_url: this key is missing; it is an address of pages, for example public_url = \"https://signin.halden.example\"",
            "listen: this key is missing; it is an IP address and a port, for example listen = \"127.0.0.1:8080\"",
            "state: this key is missing; it is the folder of the database, for example state = \"state\"",
            "[organisation]: this table is missing; it says who runs the server, for example [organisation] with name = \"Halden College\"",
        ]
    );
    let nameless = told_of("name = \"Halden College\"\n", "");
    assert!(nameless.starts_with("[organisation] name: this key is missing; it is the organisation's name"));
    let keyless = format!("{LEAST}[tls]\ncertificate = \"chain.pem\"\n");
    assert_eq!(
        told(&keyless),
        ["[tls] key: this key is missing; it is a file of PEM, for example key = \"key.pem\""]
    );
}

#[test]
fn a_key_in_the_wrong_place_is_told_where_it_belongs() {
    for (text, said) in [
        (
            LEAST.replace(PROXY, "").replace("state = \"state\"\n", "") + PROXY + "state = \"state\"\n",
            vec![
                "line 7: [organisation] trusted_proxies: this key stands above the first table, not in one",
                "line 8: [organisation] state: this key stands above the first table, not in one",
            ],
        ),
        (
            format!("{LEAST}period = 30\n"),
            vec!["line 9: [organisation] period: there is no such key here; there is one in [codes]"],
        ),
        (
            format!("requests = 5\n{LEAST}"),
            vec![
                "line 1: requests: this is a table: write [requests] on a line of its own, and its keys below",
            ],
        ),
        (
            format!("{LEAST}[flavours]\nx = 1\n"),
            vec![
                "line 9: [flavours]: there is no such table; there are [tls], [organisation], [requests], [phones], [sessions], [codes]",
            ],
        ),
        (
            format!("{LEAST}[tls]\nflavour = 1\ncertificate = \"a\"\nkey = \"b\""),
            vec!["line 10: [tls] flavour: there is no such key; there are certificate, key, pinned"],
        ),
    ] {
        let told = told(&text);
        let is_all = said.iter().all(|said| told.iter().any(|told| told == said));
        assert!(is_all, "{told:#?}\n{said:#?}");
    }
}

#[test]
fn a_text_that_is_no_toml_is_told_with_its_line_and_hides_nothing_else() {
    let told = told("public_url = \"https://a.example\"\nlisten =\nstate = 5\n");
    assert!(told[0].starts_with("line 2: this is no TOML: "), "{told:#?}");
    assert!(told.iter().any(|told| told.starts_with("line 3: state: 5 is not")), "{told:#?}");
    assert!(!told.iter().any(|told| told.contains("missing")), "{told:#?}");
}

#[test]
fn a_help_desk_that_nobody_can_dial_is_refused() {
    let desk = |desk| told(&format!("{LEAST}help_desk = \"{desk}\"\n"));
    for right in ["+47 5550 0100", "5550", "(0)55.50/100", "*110#"] {
        assert!(desk(right).is_empty(), "{right}");
    }
    for wrong in ["call me", "12", "desk@halden.example", "https://halden.example/desk", ""] {
        let told = desk(wrong);
        assert!(told[0].starts_with("line 9: [organisation] help_desk: "), "{told:#?}");
        assert!(told[0].contains("is not a telephone number that people can dial"), "{told:#?}");
    }
}

#[test]
fn a_link_of_pages_is_https() {
    for key in ["download", "privacy"] {
        for wrong in ["javascript:alert(1)", "http://halden.example", "halden.example"] {
            let told = told(&format!("{LEAST}{key} = \"{wrong}\"\n"));
            assert!(
                told[0].starts_with(&format!("line 9: [organisation] {key}: \"{wrong}\" is not")),
                "{told:#?}"
            );
        }
    }
}

#[test]
fn phones_must_be_told_where_they_call_and_find_the_port_there() {
    const TLS: &str = "[tls]\ncertificate = \"chain.pem\"\nkey = \"key.pem\"\n";
    let with = |line: &str| format!("{}{TLS}", LEAST.replace(PROXY, &format!("{line}\n")));
    let wanted = |text: &str, said: &str| {
        let told = told(text);
        assert_eq!(told.len(), 1, "{told:#?}");
        assert!(told[0].starts_with(said), "{told:#?}");
    };
    let own = "phone_listen = \"127.0.0.1:8081\"";
    wanted(&with(own), "line 4: phone_listen: phones would not find it: `phone_url`");
    let phone_url = "phone_url = \"https://phone.halden.example\"";
    assert!(told(&with(&format!("{own}\n{phone_url}"))).is_empty());
    let of_pages = "phone_url = \"https://signin.halden.example/x\"";
    wanted(&with(&format!("{own}\n{of_pages}")), "line 5: phone_url: browsers find the pages here");
    let same = format!("phone_listen = \"127.0.0.1:8080\"\n{phone_url}");
    wanted(&with(&same), "line 4: phone_listen: this is the address of `listen`");
    let local = LEAST.replace("https://signin.halden.example", "http://localhost:8080");
    wanted(&local, "line 2: public_url: phones call by https alone: `phone_url`");
    let slash = with(&format!("{own}\nphone_url = \"https://phone.halden.example/\""));
    wanted(&slash, "line 5: phone_url: \"https://phone.halden.example/\" is not an address that phones call");
}

#[test]
fn plain_http_that_others_can_reach_is_refused() {
    let open = LEAST.replace("127.0.0.1:8080", "0.0.0.0:8080").replace(PROXY, "");
    assert!(told(&open)[0].starts_with("line 3: listen: other machines can reach it, and it speaks no TLS"));
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
        let told = told(nobody);
        assert_eq!(told.len(), 1, "{nobody}: {told:#?}");
        assert!(told[0].contains("listen: it speaks no TLS, so a proxy"), "{nobody}: {told:#?}");
    }
    let tls = format!("{alone}[tls]\ncertificate = \"chain.pem\"\nkey = \"key.pem\"\n");
    let direct = local.replace("listen =", "phone_listen = \"127.0.0.1:8081\"\nlisten =");
    let v6 = alone.replace("127.0.0.1:", "[::1]:").replace("state =", "trusted_proxies = [\"::1\"]\nstate =");
    for named in [LEAST, &tls, &direct, &v6] {
        assert!(parse(named).is_ok(), "{named}: {:?}", parse(named));
    }
}

#[test]
fn a_proxy_that_cannot_come_to_the_listener_is_not_the_one_that_stands_before_it() {
    let with = |listen: &str, proxies: &str| {
        LEAST.replace("127.0.0.1:8080", listen).replace(PROXY, &format!("trusted_proxies = [{proxies}]\n"))
    };
    for (listen, proxies, example) in [
        ("127.0.0.1:8080", "\"::1\"", "[\"127.0.0.1\"]"),
        ("127.0.0.1:8080", "\"127.0.0.2\"", "[\"127.0.0.1\"]"),
        ("127.0.0.1:8080", "\"10.0.0.0/8\", \"2001:db8::/32\"", "[\"127.0.0.1\"]"),
        ("[::ffff:127.0.0.1]:8080", "\"::1\"", "[\"127.0.0.1\"]"),
        ("[::1]:8080", "\"127.0.0.1\"", "[\"::1\"]"),
        ("0.0.0.0:8080", "\"2001:db8::1\"", "[\"10.0.0.1\"]"),
        ("[2001:db8::5]:8080", "\"10.0.0.1\"", "[\"2001:db8::1\"]"),
    ] {
        let told = told(&with(listen, proxies));
        assert_eq!(told.len(), 1, "{listen} {proxies}: {told:#?}");
        assert!(told[0].starts_with("line 3: listen: "), "{told:#?}");
        assert!(told[0].contains(&format!("for example trusted_proxies = {example}")), "{told:#?}");
    }
    for (listen, proxies) in [
        ("127.0.0.1:8080", "\"::1\", \"127.0.0.1\""),
        ("127.0.0.1:8080", "\"::ffff:127.0.0.1\""),
        ("127.0.0.5:8080", "\"127.0.0.0/8\""),
        ("[::1]:8080", "\"::1\""),
        ("[::]:8080", "\"10.0.0.1\""),
        ("0.0.0.0:8080", "\"127.0.0.1\""),
    ] {
        assert!(parse(&with(listen, proxies)).is_ok(), "{listen} {proxies}");
    }
}
