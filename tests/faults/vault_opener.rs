//! `vault_opener/open_vault.py`, which shares no code with the vault, on what the vault wrote.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use countersign_core::vault::{Compartment, NewSlot, UnlockCode};
use countersign_protocol::SystemRandom;
use countersign_tests::VAULT_KEY;
use serde_json::Value;

use crate::vault_writer::{open, writer};

fn run_opener(file: &Path, secret: &str) -> Output {
    let opener = Path::new(env!("CARGO_MANIFEST_DIR")).join("vault_opener/open_vault.py");
    Command::new("python3").arg(opener).arg(file).arg(secret).output().unwrap()
}

fn opened(file: &Path, secret: &str) -> Value {
    let output = run_opener(file, secret);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn file(folder: &Path, compartment: Compartment) -> PathBuf {
    folder.join(format!("{compartment}.vault"))
}

#[test]
fn the_independent_opener_reads_what_the_core_wrote() {
    let folder = tempfile::tempdir().unwrap();
    assert!(writer(folder.path(), "12").output().unwrap().status.success());
    let vault = open(folder.path());
    let contacts = serde_json::to_value(&*vault.contacts().unwrap()).unwrap();
    let secrets = serde_json::to_value(&*vault.secrets().unwrap()).unwrap();
    assert_eq!(contacts["accounts"].as_array().unwrap().len(), 8);
    let code = UnlockCode::make(&SystemRandom);
    vault.change_slots(&Compartment::ALL, &[NewSlot::UnlockCode(&code)], &[]).unwrap();
    let shown = code.expose();
    for secret in [hex(&VAULT_KEY), shown.to_string(), shown.to_lowercase().replace('-', " ")] {
        assert_eq!(opened(&file(folder.path(), Compartment::Contacts), &secret), contacts);
        assert_eq!(opened(&file(folder.path(), Compartment::Secrets), &secret), secrets);
    }
}

#[test]
fn the_independent_opener_reads_the_vectors() {
    for compartment in Compartment::ALL {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("vectors/vault/{compartment}.json"));
        let vector: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let text = vector["file"].as_str().unwrap().as_bytes();
        let bytes: Vec<u8> = text
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(file(folder.path(), compartment), bytes).unwrap();
        for secret in ["key_store_key", "unlock_code"] {
            let secret = vector[secret].as_str().unwrap();
            assert_eq!(opened(&file(folder.path(), compartment), secret), vector["body"]);
        }
    }
}

#[test]
fn the_independent_opener_refuses_what_the_core_refuses() {
    let folder = tempfile::tempdir().unwrap();
    assert!(writer(folder.path(), "1").output().unwrap().status.success());
    let path = file(folder.path(), Compartment::Contacts);
    let sound = std::fs::read(&path).unwrap();
    let key = hex(&VAULT_KEY);
    assert!(run_opener(&path, &key).status.success());
    assert!(!run_opener(&path, &key.replace('4', "5")).status.success());
    assert!(!run_opener(&path, "0123-4567-89AB-CDEF-GHJK-MNPQ-RSM6").status.success(), "it has no such slot");
    for place in [0, 9, 10, 15, 30, 55, 64, 70, 120, 150, 190, 210, sound.len() - 1] {
        let mut flipped = sound.clone();
        flipped[place] ^= 1;
        std::fs::write(&path, flipped).unwrap();
        assert!(!run_opener(&path, &key).status.success(), "byte {place}");
    }
}
