//! The files that anyone who opens or writes vaults can try: `tests/vectors/vault`.

use serde_json::{Value, json};

use super::*;

const PASSPHRASE: &str = "correct horse battery staple";

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes(value: &Value) -> Vec<u8> {
    let text = value.as_str().unwrap().as_bytes();
    text.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

fn path(compartment: Compartment) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../tests/vectors/vault/{compartment}.json"))
}

fn read(compartment: Compartment) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path(compartment)).unwrap()).unwrap()
}

/// Where a position is; one below 0 counts from the end.
fn place(file: &[u8], position: &Value) -> usize {
    let position = position.as_i64().unwrap();
    let from = if position < 0 { file.len() } else { 0 };
    from.checked_add_signed(position.try_into().unwrap()).unwrap()
}

/// A file as one of the refused vectors has it.
fn spoiled(file: &[u8], refused: &Value) -> Vec<u8> {
    let mut spoiled = file.to_vec();
    for edit in refused["put"].as_array().unwrap() {
        let (at, put) = (place(file, &edit["at"]), bytes(&edit["bytes"]));
        spoiled[at..at + put.len()].copy_from_slice(&put);
    }
    for edit in refused["flip"].as_array().unwrap() {
        spoiled[place(file, edit)] ^= 1;
    }
    if refused["checksum_put_right"] == true {
        let checked = 64 + 105 * usize::from(file[63]);
        let digest = ring::digest::digest(&ring::digest::SHA256, &spoiled[..checked]);
        spoiled[checked..checked + 32].copy_from_slice(digest.as_ref());
    }
    if !refused["cut_to"].is_null() {
        spoiled.truncate(place(file, &refused["cut_to"]));
    }
    spoiled
}

/// Puts a file where the vault looks for it and tries to open it in each way.
fn unlock(
    compartment: Compartment,
    value: &Value,
    file: &[u8],
) -> [(Vault, Result<Generation, VaultError>); 3] {
    let key = VaultKey::from_bytes(&bytes(&value["key_store_key"])).unwrap();
    let passphrase = Passphrase::new(Zeroizing::new(value["passphrase"].as_str().unwrap().to_owned()));
    let code = UnlockCode::typed(value["unlock_code"].as_str().unwrap()).unwrap();
    [Opener::KeyStore(&key), Opener::Passphrase(&passphrase), Opener::UnlockCode(&code)].map(|opener| {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(format!("{}.vault", compartment)), file).unwrap();
        let vault = vault_in(folder.path());
        let result = vault.unlock(compartment, opener, None);
        (vault, result)
    })
}

fn body(vault: &Vault, compartment: Compartment) -> Value {
    match compartment {
        Compartment::Contacts => serde_json::to_value(&*vault.contacts().unwrap()).unwrap(),
        Compartment::Secrets => serde_json::to_value(&*vault.secrets().unwrap()).unwrap(),
    }
}

#[test]
fn the_vectors_open_in_each_way_and_have_their_body() {
    for compartment in Compartment::ALL {
        let value = read(compartment);
        for (vault, result) in unlock(compartment, &value, &bytes(&value["file"])) {
            assert_eq!(Some(result.unwrap().number), value["generation"].as_u64());
            assert_eq!(body(&vault, compartment), value["body"]);
        }
    }
}

#[test]
fn the_refused_vectors_are_refused_for_their_reason() {
    for compartment in Compartment::ALL {
        let value = read(compartment);
        for refused in value["refused"].as_array().unwrap() {
            let file = spoiled(&bytes(&value["file"]), refused);
            assert_ne!(file, bytes(&value["file"]), "{}", refused["what"]);
            for (_, result) in unlock(compartment, &value, &file) {
                let is_right = match refused["as"].as_str().unwrap() {
                    "newer version" => matches!(result, Err(VaultError::NewerVersion { .. })),
                    "damaged" => matches!(result, Err(VaultError::Damaged { .. })),
                    "no slot" => matches!(result, Err(VaultError::NoSlot { .. })),
                    other => panic!("{other}"),
                };
                assert!(is_right, "{}: {result:?}", refused["what"]);
            }
        }
    }
}

/// What writing the vectors' states gives, with 0, 1, 2, … in the place of random bytes.
fn written(compartment: Compartment) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::new(folder.path().to_owned(), Arc::new(Counting::default()));
    let key = VaultKey::from_bytes(&[0x42; 32]).unwrap();
    let passphrase = Passphrase::new(Zeroizing::new(PASSPHRASE.to_owned()));
    let code = UnlockCode::make(&Counting::default());
    let cost = PassphraseCost::new(64, 2, 2).unwrap();
    let slots = [NewSlot::KeyStore(&key), NewSlot::Passphrase(&passphrase, cost), NewSlot::UnlockCode(&code)];
    vault.first_start().unwrap().unwrap().create(&slots, &slots).unwrap();
    let (mut contacts, mut secrets) = Default::default();
    every_part(&mut contacts, &mut secrets);
    match compartment {
        Compartment::Contacts => vault.change_contacts(|state| *state = contacts),
        Compartment::Secrets => vault.change_secrets(|state| *state = secrets),
    }
    .unwrap();
    let file = std::fs::read(folder.path().join(format!("{compartment}.vault"))).unwrap();
    json!({
        "key_store_key": hex(key.expose()),
        "passphrase": PASSPHRASE,
        "unlock_code": *code.expose(),
        "generation": vault.generation(compartment).unwrap().number,
        "body": body(&vault, compartment),
        "file": hex(&file),
    })
}

/// After a change to the format, `UPDATE_VECTORS=1 cargo test -p countersign-core vectors` writes them anew. Once
/// version 1 is released they stay as they are, and a new version gets its own.
#[test]
fn this_version_writes_the_vectors_to_the_byte() {
    for compartment in Compartment::ALL {
        let (mut value, written) = (read(compartment), written(compartment));
        if std::env::var_os("UPDATE_VECTORS").is_some() {
            value.as_object_mut().unwrap().extend(written.as_object().unwrap().clone());
            std::fs::write(path(compartment), serde_json::to_string_pretty(&value).unwrap() + "\n").unwrap();
        }
        for (member, written) in written.as_object().unwrap() {
            assert!(&value[member] == written, "{compartment}: {member} is\n{written}");
        }
    }
}
