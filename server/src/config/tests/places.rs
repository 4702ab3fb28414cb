//! Mistakes in what the file leads to; and the configs of the paper.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{ALL, LEAST, parse};
use crate::config::file::{self, Look};
use crate::rules::Policy;
use crate::tls::Tls;

/// The least config in a folder of its own, beside a chain and a key that belong together.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        Tls::own(place.0.path(), vec!["localhost".to_owned()]).unwrap();
        fs::rename(place.path("phone-certificate.pem"), place.path("chain.pem")).unwrap();
        fs::rename(place.path("phone-certificate.key"), place.path("key.pem")).unwrap();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn told(&self, text: &str) -> Vec<String> {
        let read = file::parse(text, self.0.path(), Look::Places);
        let told = read.err().map(|refused| refused.mistakes).unwrap_or_default();
        let own = format!("{}/", self.0.path().display());
        told.iter().map(|mistake| mistake.to_string().replace(&own, "")).collect()
    }

    fn of_key_file(&self, path: &str) -> Vec<String> {
        self.told(&LEAST.replace("state =", &format!("key_file = \"{path}\"\nstate =")))
    }

    fn of_tls(&self) -> Vec<String> {
        self.told(&format!("{LEAST}[tls]\ncertificate = \"chain.pem\"\nkey = \"key.pem\"\n"))
    }
}

#[cfg(unix)]
fn chmod(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_folder_of_state_that_cannot_be_is_told() {
    let place = Place::new();
    assert!(place.told(LEAST).is_empty());
    assert_eq!(fs::read_dir(place.0.path()).unwrap().count(), 2, "nothing is left behind");
    let state = |path: &str| place.told(&LEAST.replace("\"state\"", &format!("\"{path}\"")));
    fs::write(place.path("file"), "").unwrap();
    assert_eq!(state("file"), ["line 5: state: file is a file; a folder is wanted"]);
    assert!(
        state("file/below")[0].starts_with("line 5: state: file/below cannot be "),
        "{:?}",
        state("file/below")
    );
    assert!(state("/proc/x")[0].starts_with("line 5: state: /proc/x cannot be made in /proc: "));
    assert!(state("new/and/below").is_empty());
    #[cfg(unix)]
    {
        fs::create_dir(place.path("open")).unwrap();
        chmod(&place.path("open"), 0o777);
        assert_eq!(
            state("open"),
            ["line 5: state: others can write to open; chmod 700 open makes it private"]
        );
    }
}

#[test]
fn a_key_file_that_cannot_be_is_told() {
    let place = Place::new();
    fs::create_dir(place.path("folder")).unwrap();
    let folder = "line 5: key_file: folder is a folder; a file is wanted, for example \"folder/key\"";
    assert_eq!(place.of_key_file("folder"), [folder]);
    let gone = place.of_key_file("gone/key");
    assert_eq!(gone.len(), 1);
    assert!(gone[0].starts_with("line 5: key_file: the folder "), "{gone:?}");
    assert!(gone[0].ends_with("gone is not there; make it first"), "{gone:?}");
    assert!(place.of_key_file("folder/key").is_empty());
    fs::create_dir(place.path("state")).unwrap();
    fs::write(place.path("state/countersign.sqlite"), "").unwrap();
    let missing = place.of_key_file("folder/key");
    assert!(
        missing[0].starts_with("line 5: key_file: folder/key is missing, and what is sealed in "),
        "{missing:?}"
    );
    #[cfg(unix)]
    {
        fs::write(place.path("folder/key"), "").unwrap();
        chmod(&place.path("folder/key"), 0o644);
        let open = "line 5: key_file: others can read folder/key; chmod 600 folder/key makes it private";
        assert_eq!(place.of_key_file("folder/key"), [open]);
    }
}

#[test]
fn each_file_of_tls_is_told_with_its_key_and_what_is_wrong() {
    let place = Place::new();
    assert!(place.of_tls().is_empty());
    let (chain, key) = (place.path("chain.pem"), place.path("key.pem"));
    let (chain_text, key_text) = (fs::read_to_string(&chain).unwrap(), fs::read_to_string(&key).unwrap());
    let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    let other = fs::read_to_string(Place::new().path("key.pem")).unwrap();
    for (in_chain, in_key, said) in [
        (
            &*key_text,
            &*key_text,
            vec!["line 10: [tls] certificate: chain.pem has a private key in it, but no certificate"],
        ),
        (&chain_text, &chain_text, vec!["line 11: [tls] key: key.pem has no private key in it"]),
        (&chain_text, encrypted, vec!["line 11: [tls] key: key.pem has a private key with a passphrase"]),
        (
            &key_text,
            &chain_text,
            vec![
                "line 10: [tls] certificate: chain.pem has a private key",
                "line 11: [tls] key: key.pem has no private",
            ],
        ),
        ("", &key_text, vec!["line 10: [tls] certificate: chain.pem has no certificate in it"]),
        (
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            &key_text,
            vec!["line 10: [tls] certificate: chain.pem begins with a certificate that cannot be read"],
        ),
        (
            &chain_text,
            &other,
            vec!["line 11: [tls] key: this private key and the first certificate of the chain do not belong"],
        ),
    ] {
        fs::write(&chain, in_chain).unwrap();
        fs::write(&key, in_key).unwrap();
        let told = place.of_tls();
        assert_eq!(told.len(), said.len(), "{told:#?}");
        for (told, said) in told.iter().zip(said) {
            assert!(told.starts_with(said), "{told}\n{said}");
        }
    }
    fs::remove_file(&chain).unwrap();
    fs::remove_file(&key).unwrap();
    let told = place.of_tls();
    assert!(told[0].starts_with("line 10: [tls] certificate: chain.pem cannot be read: "), "{told:#?}");
    assert!(told[1].starts_with("line 11: [tls] key: key.pem cannot be read: "), "{told:#?}");
}

/// The paper's examples, in a folder that has the files which they name.
#[test]
fn every_config_in_the_paper_is_right() {
    let place = Place::new();
    fs::create_dir_all(place.path("etc/countersign")).unwrap();
    for name in ["chain.pem", "key.pem"] {
        fs::copy(place.path(name), place.path("etc/countersign").join(name)).unwrap();
    }
    let paper = include_str!("../../../../docs/server.md");
    let blocks: Vec<&str> =
        paper.split("```toml\n").skip(1).map(|rest| rest.split_once("\n```").unwrap().0).collect();
    assert!(blocks.len() >= 4, "{}", blocks.len());
    for block in &blocks {
        let text = block.replace("= \"/", &format!("= \"{}/", place.0.path().display()));
        fs::create_dir_all(place.path("var/lib")).unwrap();
        assert_eq!(place.told(&text), [""; 0], "{block}");
    }
    let reference = blocks.iter().find(|block| block.contains("[codes]")).unwrap();
    assert_eq!(parse(reference).unwrap().policy, Policy::default());
    for line in ALL.lines().filter(|line| line.contains(" = ")) {
        let (key, _) = line.split_once(" = ").unwrap();
        assert!(reference.contains(&format!("{key} = ")), "{key} is not in the paper's reference");
    }
}
