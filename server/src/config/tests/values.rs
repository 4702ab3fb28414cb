//! Wrong values, one at a time: what is said of each.

use super::{LEAST, parse, told, told_of};

#[test]
fn a_wrong_value_is_told_with_line_key_what_is_wanted_what_was_found_and_an_example() {
    for (from, to, said) in [
        (
            "\"127.0.0.1:8080\"",
            "\"localhost:8080\"",
            "line 3: listen: \"localhost:8080\" is not an IP address and a port: a name is not looked up; \
             for example listen = \"127.0.0.1:8080\"",
        ),
        (
            "\"127.0.0.1:8080\"",
            "\"127.0.0.1\"",
            "line 3: listen: \"127.0.0.1\" is not an IP address and a port: the port is missing;",
        ),
        ("\"127.0.0.1:8080\"", "\"::1:8080\"", "line 3: listen: \"::1:8080\" is not"),
        (
            "\"127.0.0.1:8080\"",
            "\"127.0.0.1:99999\"",
            "line 3: listen: \"127.0.0.1:99999\" is not an IP address and a port: a port is a number",
        ),
        ("\"127.0.0.1:8080\"", "\"127.0.0.1:0\"", "line 3: listen: \"127.0.0.1:0\" is not"),
        (
            "\"127.0.0.1:8080\"",
            "8080",
            "line 3: listen: 8080 is not an IP address and a port: it stands in quotes;",
        ),
        (
            "\"https://signin.halden.example\"",
            "\"signin.halden.example\"",
            "line 2: public_url: \"signin.halden.example\" is not an address of pages: it is no URL",
        ),
        (
            "https://signin.halden.example",
            "http://signin.halden.example",
            "line 2: public_url: \"http://signin.halden.example\" is not an address of pages: it must begin with https://",
        ),
        (
            "https://signin.halden.example",
            "https://192.0.2.1",
            "line 2: public_url: \"https://192.0.2.1\" is not an address of pages: the host must be a name",
        ),
        ("https://signin.halden.example", "https://signin.halden.example/path", "line 2: public_url: "),
        ("https://signin.halden.example", "https://user@signin.halden.example", "line 2: public_url: "),
        ("https://signin.halden.example", "ftp://signin.halden.example", "line 2: public_url: "),
        (
            "[\"127.0.0.1\"]",
            "\"127.0.0.1\"",
            "line 4: trusted_proxies: \"127.0.0.1\" is not a list of addresses and networks of proxies: it stands in [ ]; for example trusted_proxies = [\"127.0.0.1\"]",
        ),
        (
            "[\"127.0.0.1\"]",
            "[\"10.0.0.0/99\"]",
            "line 4: trusted_proxies: [\"10.0.0.0/99\"] is not a list of addresses and networks of proxies: \"10.0.0.0/99\" is neither;",
        ),
        ("[\"127.0.0.1\"]", "[\"127.0.0.1\", \"0.0.0.0/0\"]", "line 4: trusted_proxies: "),
        (
            "state = \"state\"",
            "state = 5",
            "line 5: state: 5 is not the folder of the database: it stands in quotes;",
        ),
        (
            "state = \"state\"",
            "state = \"\"",
            "line 5: state: \"\" is not the folder of the database: it is empty;",
        ),
        (
            "\"Halden College\"",
            "\"\"",
            "line 8: [organisation] name: \"\" is not the organisation's name, of 1 to 64 characters on one line: a text must not be empty",
        ),
        ("\"Halden College\"", "[]", "line 8: [organisation] name: [] is not"),
    ] {
        let told = told_of(from, to);
        assert!(told.starts_with(said), "{to}:\n{told}\n{said}");
        assert!(told.contains("; for example ") || told.contains("such as"), "{told}");
    }
}

#[test]
fn a_value_out_of_range_is_told_with_unit_and_range() {
    for (table, line, said) in [
        (
            "requests",
            "lifetime = 29",
            "29 is not a number of seconds from 30 to 300; for example lifetime = 60",
        ),
        (
            "requests",
            "lifetime = 301",
            "301 is not a number of seconds from 30 to 300; for example lifetime = 60",
        ),
        (
            "requests",
            "lifetime = \"60\"",
            "\"60\" is not a number of seconds from 30 to 300: it stands without quotes; for example lifetime = 60",
        ),
        (
            "requests",
            "lifetime = 60.5",
            "60.5 is not a number of seconds from 30 to 300; for example lifetime = 60",
        ),
        (
            "requests",
            "lifetime = true",
            "true is not a number of seconds from 30 to 300; for example lifetime = 60",
        ),
        (
            "requests",
            "lifetime = {}",
            "a table is not a number of seconds from 30 to 300; for example lifetime = 60",
        ),
        ("requests", "digits = 1", "1 is not a number of digits from 2 to 8; for example digits = 3"),
        ("requests", "digits = 9", "9 is not a number of digits from 2 to 8; for example digits = 3"),
        (
            "phones",
            "activation = -1",
            "-1 is not a number of seconds from 60 to 3600; for example activation = 600",
        ),
        (
            "phones",
            "pending = 1",
            "1 is not a number of seconds from 600 to 86400; for example pending = 1800",
        ),
        (
            "sessions",
            "lifetime = 1",
            "1 is not a number of seconds from 600 to 2592000; for example lifetime = 43200",
        ),
        (
            "sessions",
            "changes = 1",
            "1 is not a number of seconds from 60 to 3600; for example changes = 600",
        ),
        (
            "codes",
            "offered = \"yes\"",
            "\"yes\" is not true or false, without quotes; for example offered = true",
        ),
        (
            "codes",
            "algorithm = \"MD5\"",
            "\"MD5\" is not \"SHA1\", \"SHA256\" or \"SHA512\"; for example algorithm = \"SHA256\"",
        ),
        ("codes", "digits = 9", "9 is not a number of digits from 6 to 8; for example digits = 6"),
        ("codes", "period = 10", "10 is not a number of seconds from 15 to 120; for example period = 30"),
    ] {
        let (key, _) = line.split_once(" = ").unwrap();
        assert_eq!(
            told(&format!("{LEAST}[{table}]\n{line}\n")),
            [format!("line 10: [{table}] {key}: {said}")]
        );
    }
}

#[test]
fn networks_that_are_more_than_proxies_are_refused_alone_and_together() {
    for (networks, said) in [
        ("\"0.0.0.0/0\"", "0.0.0.0/0 is far more than proxies"),
        ("\"::/0\"", "::/0 is far more than proxies"),
        ("\"0.0.0.0/1\", \"128.0.0.0/1\"", "0.0.0.0/0 is far more than proxies"),
        ("\"::/1\"", "::/1 is far more than proxies"),
        ("\"2000::/3\"", "2000::/3 is far more than proxies"),
        ("\"12.0.0.0/8\", \"127.0.0.1\", \"13.0.0.0/9\", \"13.128.0.0/9\"", "12.0.0.0/7 is far more than"),
        ("\"::ffff:0.0.0.0/96\"", "0.0.0.0/0 is far more than proxies"),
        ("\"::ffff:0:0/97\", \"::ffff:8000:0/97\"", "0.0.0.0/0 is far more than proxies"),
        ("\"::ffff:0:0/95\"", "\"::ffff:0:0/95\" has IPv4 addresses inside IPv6"),
        ("\"::/64\"", "\"::/64\" has IPv4 addresses inside IPv6"),
    ] {
        let told = told_of("[\"127.0.0.1\"]", &format!("[\"127.0.0.1\", {networks}]"));
        assert!(told.starts_with("line 4: trusted_proxies: ") && told.contains(said), "{networks}: {told}");
    }
}

#[test]
fn ipv4_inside_ipv6_is_the_same_proxy_as_its_ipv4() {
    for (written, read) in [
        ("::ffff:127.0.0.1", "127.0.0.1/32"),
        ("::ffff:10.0.0.0/104", "10.0.0.0/8"),
        ("10.0.0.0/8", "10.0.0.0/8"),
        ("fc00::/7", "fc00::/7"),
    ] {
        let text = LEAST.replace("[\"127.0.0.1\"]", &format!("[\"127.0.0.1\", \"{written}\"]"));
        assert_eq!(parse(&text).unwrap().trusted_proxies[1].to_string(), read);
    }
}
