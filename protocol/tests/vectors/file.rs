//! The files of vectors and the keys that all of them use.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_protocol::SoftwareKey;
use serde::Deserialize;
use serde_json::{Value, json};

/// Files in which more is taken than refused, because they walk through the whole of Unicode.
const EXHAUSTIVE: [&str; 1] = ["characters.json"];

/// One file: what is in it, and where it comes from.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    #[serde(skip)]
    name: String,
    about: String,
    source: String,
    #[serde(default)]
    keys: HashMap<String, Key>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Key {
    jwk: Value,
    pkcs8: String,
    spki: String,
    thumbprint: String,
}

/// One case; `expect` is what a reader must find.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    input: Value,
    expect: Value,
}

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors/protocol"))
}

/// All files of vectors, sorted.
pub(crate) fn names() -> Vec<String> {
    let entries = fs::read_dir(folder()).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| name.ends_with(".json")).collect();
    names.sort();
    names
}

impl File {
    pub(crate) fn read(name: &str) -> Self {
        let text = fs::read_to_string(folder().join(name)).unwrap();
        let file: Self = serde_json::from_str(&text).unwrap();
        assert!(!file.about.is_empty() && !file.source.is_empty());
        Self { name: name.to_owned(), ..file }
    }

    /// What is expected of each case must be found; all that is not is said at once.
    pub(crate) fn check(&self, find: impl Fn(&Value) -> Value) {
        let missed: Vec<_> = self
            .cases
            .iter()
            .map(|case| (case, find(&case.input)))
            .filter(|(case, found)| *found != case.expect)
            .map(|(case, found)| format!("{}: expected {}, found {found}", case.name, case.expect))
            .collect();
        assert!(missed.is_empty(), "{} of {}:\n{}", missed.len(), self.name, missed.join("\n"));
        let refused = self.cases.iter().filter(|case| case.expect.get("refused").is_some()).count();
        let is_mostly_refused = refused * 2 > self.cases.len() || EXHAUSTIVE.contains(&self.name.as_str());
        assert!(is_mostly_refused, "{}: {refused} of {} are refused", self.name, self.cases.len());
    }

    /// The JWS of every case that must be taken, with its kind and key.
    pub(crate) fn taken(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        let taken = self.cases.iter().filter(|case| case.expect.get("payload").is_some());
        taken.map(|case| (text(&case.input, "kind"), text(&case.input, "key"), text(&case.input, "jws")))
    }

    /// What is given in the case whose name begins so.
    pub(crate) fn input(&self, name: &str) -> &Value {
        &self.case(name).input
    }

    /// A member of what is expected in the case whose name begins so.
    pub(crate) fn expected(&self, name: &str, member: &str) -> String {
        text(&self.case(name).expect, member).to_owned()
    }

    fn case(&self, name: &str) -> &Case {
        let case = self.cases.iter().find(|case| case.name.starts_with(name));
        case.unwrap_or_else(|| panic!("{} has no case {name}", self.name))
    }
}

/// A member that is a string; there in every case of its file.
pub(crate) fn text<'a>(input: &'a Value, name: &str) -> &'a str {
    input[name].as_str().unwrap_or_else(|| panic!("{name} is missing in {input}"))
}

/// What a case expects that must be refused.
pub(crate) fn refused(word: &str) -> Value {
    json!({ "refused": word })
}

static KEYS: LazyLock<HashMap<String, SoftwareKey>> = LazyLock::new(|| {
    let keys = File::read("keys.json").keys;
    keys.into_iter().map(|(name, key)| (name, software_key(&key))).collect()
});

fn software_key(key: &Key) -> SoftwareKey {
    let secret = SoftwareKey::from_pkcs8(STANDARD.decode(&key.pkcs8).unwrap().into()).unwrap();
    let public = secret.public();
    assert_eq!(public.thumbprint().to_string(), key.thumbprint);
    assert_eq!(hex(&public.spki()), key.spki);
    let mut jwk = serde_json::to_value(public).unwrap();
    jwk["d"] = key.jwk["d"].clone();
    assert_eq!(jwk, key.jwk);
    secret
}

/// A key of keys.json.
pub(crate) fn key(name: &str) -> &'static SoftwareKey {
    KEYS.get(name).unwrap_or_else(|| panic!("there is no key {name}"))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn unhex(text: &str) -> Vec<u8> {
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}
