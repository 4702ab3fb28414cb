//! A process that writes a vault, for tests that kill it or take its storage away.
//!
//! `vault_writer FOLDER COUNT` adds COUNT accounts (or goes on until it is killed, with `forever`) and removes every
//! third again. It says what it begins and what was confirmed, a line each; a failure ends it with the error's name and
//! with how many accounts it then has in memory.

use std::process::ExitCode;
use std::sync::Arc;

use countersign_core::vault::{
    CodeEntry, CodeHash, CodeKind, Compartment, EntryId, HeldKey, KeyHandle, NewSlot, Opener, Order,
    SecretBytes, SoftwareKey, Told, Vault, VaultError, VaultKey, WorkAccount, WorkState,
};
use countersign_protocol::{
    AccountId, BaseUrl, DeviceId, List, Profile, ServerId, SoftwareKey as MadeKey, SystemRandom, Text,
    UnixSeconds,
};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().expect("the vault's folder");
    let count = arguments.next().expect("how many accounts").parse().unwrap_or(usize::MAX);
    let vault = Vault::new(folder.into(), Arc::new(SystemRandom));
    match open(&vault).and_then(|()| (0..count).try_for_each(|number| write(&vault, number))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let name = format!("{error:?}");
            println!("failed {}", name.split(['(', ' ']).next().unwrap_or_default());
            println!("memory {}", vault.contacts().map_or(0, |contacts| contacts.accounts.len()));
            ExitCode::FAILURE
        }
    }
}

fn open(vault: &Vault) -> Result<(), VaultError> {
    let key = VaultKey::from_bytes(&countersign_tests::VAULT_KEY).expect("a key of 32 bytes");
    if let Some(first) = vault.first_start()? {
        let slots = [NewSlot::KeyStore(&key)];
        first.create(&slots, &slots)?;
    }
    for compartment in Compartment::ALL {
        vault.unlock(compartment, Opener::KeyStore(&key), None)?;
    }
    Ok(())
}

fn write(vault: &Vault, number: usize) -> Result<(), VaultError> {
    let entry = EntryId::make(&SystemRandom);
    println!("adding {entry}");
    vault.change_both(Order::Adding, |contacts, secrets| {
        contacts.accounts.push(account(entry));
        secrets.codes.push(code(entry));
        secrets.approval_keys.push(SoftwareKey {
            entry,
            handle: KeyHandle::new("approval".to_owned()),
            pkcs8: SecretBytes::new(vec![0x30; 138].into()),
        });
    })?;
    println!("added {entry}");
    if number % 3 == 2 {
        println!("removing {entry}");
        vault.change_both(Order::Removing, |contacts, secrets| {
            contacts.forget(entry);
            secrets.forget(entry);
        })?;
        println!("removed {entry}");
    }
    Ok(())
}

fn account(entry: EntryId) -> WorkAccount {
    let key = |handle: &str| HeldKey {
        handle: KeyHandle::new(handle.to_owned()),
        public: *MadeKey::make().expect("a key").public(),
    };
    WorkAccount {
        entry,
        server: ServerId::from_bytes([1; 32]),
        account: AccountId::make(&SystemRandom),
        device: DeviceId::make(&SystemRandom),
        profile: Profile {
            number: 1,
            organisation: Text::new("Halden College").expect("a name"),
            account: Text::new("mira.okafor@halden.example").expect("a name"),
            help_desk: None,
            vapid: List::default(),
        },
        base: BaseUrl::new("https://signin.halden.example").expect("a base URL"),
        state: WorkState::Ready,
        told: Told {
            at: UnixSeconds::EPOCH,
            name: Text::new("Fairphone 5").expect("a name"),
            app: Text::new("1.0.0").expect("a version"),
            wakes: List::default(),
        },
        replaces: None,
        code: None,
        device_key: key("device"),
        approval_key: key("approval"),
        name: None,
        order: 0,
    }
}

fn code(entry: EntryId) -> CodeEntry {
    CodeEntry {
        id: EntryId::make(&SystemRandom),
        entry: Some(entry),
        issuer: Some("Halden College".to_owned()),
        account: "mira.okafor".to_owned(),
        name: None,
        kind: CodeKind::Totp { hash: CodeHash::Sha1, digits: 6, period: 30 },
        secret: SecretBytes::new(b"12345678901234567890".to_vec().into()),
        order: 0,
    }
}
