mod crash;
mod disk;
mod failure;
mod format;
mod making;
mod older;
mod slots;
mod together;
mod usual;
mod vectors;

use std::path::Path;
use std::sync::Arc;

use countersign_protocol::{
    AccountId, BaseUrl, CallId, Check, DeviceId, Hash, List, Profile, PublicKey, RemovalReason, RequestId,
    ServerId, SystemRandom, Text, UnixSeconds, WakeUp,
};
use zeroize::Zeroizing;

use super::slot::Slot;
use super::*;

/// A vault's two keys, as a key store would keep them.
struct Keys {
    contacts: VaultKey,
    secrets: VaultKey,
}

impl Keys {
    fn make() -> Self {
        Self { contacts: VaultKey::make(&SystemRandom), secrets: VaultKey::make(&SystemRandom) }
    }

    fn of(&self, compartment: Compartment) -> &VaultKey {
        match compartment {
            Compartment::Contacts => &self.contacts,
            Compartment::Secrets => &self.secrets,
        }
    }

    fn opener(&self, compartment: Compartment) -> Opener<'_> {
        Opener::KeyStore(self.of(compartment))
    }

    fn create(&self, vault: &Vault) -> Result<(), VaultError> {
        let first = vault.first_start()?.expect("there is no vault yet");
        first.create(&[NewSlot::KeyStore(&self.contacts)], &[NewSlot::KeyStore(&self.secrets)])
    }

    fn unlock(&self, vault: &Vault) -> Result<(), VaultError> {
        for compartment in Compartment::ALL {
            vault.unlock(compartment, self.opener(compartment), None)?;
        }
        Ok(())
    }
}

fn vault_in(folder: &Path) -> Vault {
    Vault::new(folder.to_owned(), Arc::new(SystemRandom))
}

/// A folder with an empty vault in it, open.
fn new_vault() -> (tempfile::TempDir, Vault, Keys) {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault_in(folder.path());
    let keys = Keys::make();
    keys.create(&vault).unwrap();
    (folder, vault, keys)
}

/// The kinds of slots that a file has.
fn slots(vault: &Vault, compartment: Compartment) -> Vec<SlotKind> {
    let (header, _) = Header::read(compartment, &vault.folder.read(compartment).unwrap()).unwrap();
    header.slots().iter().map(Slot::kind).collect()
}

/// The same vault, as another process has it.
fn another(folder: &Path, keys: &Keys) -> Vault {
    let vault = vault_in(folder);
    keys.unlock(&vault).unwrap();
    vault
}

fn time(seconds: u64) -> UnixSeconds {
    UnixSeconds::new(seconds).unwrap()
}

fn secret(bytes: &[u8]) -> SecretBytes {
    SecretBytes::new(Zeroizing::new(bytes.to_vec()))
}

fn entry() -> EntryId {
    EntryId::make(&SystemRandom)
}

fn held_key(handle: &str) -> HeldKey {
    let mut point = [7; 65];
    point[0] = 4;
    HeldKey { handle: KeyHandle::new(handle.to_owned()), public: PublicKey::from_point(&point).unwrap() }
}

fn work_account(entry: EntryId) -> WorkAccount {
    WorkAccount {
        entry,
        server: ServerId::from_bytes([1; 32]),
        account: AccountId::from_bytes([2; 16]),
        device: DeviceId::from_bytes([3; 16]),
        profile: Profile {
            number: 1,
            organisation: Text::new("Halden College").unwrap(),
            account: Text::new("mira.okafor@halden.example").unwrap(),
            help_desk: None,
            vapid: List::default(),
        },
        base: BaseUrl::new("https://signin.halden.example").unwrap(),
        state: WorkState::Pending { check: Check::try_from("7K3MX9TQ".to_owned()).unwrap() },
        told: Told {
            at: time(1_800_000_000),
            name: Text::new("Fairphone 5").unwrap(),
            app: Text::new("1.0.0").unwrap(),
            wakes: List::default(),
        },
        replaces: None,
        code: None,
        device_key: held_key("device"),
        approval_key: held_key("approval"),
        name: None,
        order: 0,
    }
}

fn wake() -> WakeUp {
    serde_json::from_value(serde_json::json!({
        "endpoint": "https://push.example/wake/0",
        "p256dh": "BBsPmyvc3DLAR81pvsO4Euj0a7L6-odDCh9TBqA5SFYps62K-A0k1eRTV1D1vaKEnWQFg5pCCXsiq7VbohGEUJM",
        "auth": "QUFBQUFBQUFBQUFBQUFBQQ",
    }))
    .unwrap()
}

fn code(id: EntryId, owner: Option<EntryId>) -> CodeEntry {
    CodeEntry {
        id,
        entry: owner,
        issuer: Some("Halden College".to_owned()),
        account: "mira.okafor".to_owned(),
        name: None,
        kind: CodeKind::Totp { hash: CodeHash::Sha1, digits: 6, period: 30 },
        secret: secret(b"12345678901234567890"),
        order: 0,
    }
}

fn software_key(entry: EntryId) -> SoftwareKey {
    SoftwareKey { entry, handle: KeyHandle::new("approval".to_owned()), pkcs8: secret(&[0x30; 138]) }
}

/// Adds a work account with codes and a software approval key.
fn add(vault: &Vault, entry: EntryId) -> Result<(), VaultError> {
    vault.change_both(Order::Adding, |contacts, secrets| {
        contacts.accounts.push(work_account(entry));
        secrets.codes.push(code(EntryId::make(&SystemRandom), Some(entry)));
        secrets.approval_keys.push(software_key(entry));
    })
}

fn remove(vault: &Vault, entry: EntryId) -> Result<(), VaultError> {
    vault.change_both(Order::Removing, |contacts, secrets| {
        contacts.forget(entry);
        secrets.forget(entry);
    })
}

/// Whether contacts and secrets have this account; both or neither, once unlocked.
fn has(vault: &Vault, entry: EntryId) -> (bool, bool) {
    let secrets = vault.secrets().unwrap();
    let has_code = secrets.codes.iter().any(|code| code.entry == Some(entry));
    assert_eq!(has_code, secrets.approval_keys.iter().any(|key| key.entry == entry));
    (vault.contacts().unwrap().has(entry), has_code)
}

/// Fills in every member and every case of both states, always the same.
fn every_part(contacts: &mut Contacts, secrets: &mut Secrets) {
    let random = Counting::default();
    let (work, own) = (EntryId::make(&random), EntryId::make(&random));
    let jws = || "e30.e30.c2ln".to_owned();
    let server = work_account(work).server;
    contacts.servers = vec![Server { id: server, statement: jws(), clock_offset: -3_600 }];
    contacts.activating = vec![Activating {
        entry: EntryId::make(&random),
        since: time(1_800_000_000),
        keys: vec![KeyHandle::new("device".to_owned())],
    }];
    let states = [
        WorkState::Pending { check: Check::try_from("7K3MX9TQ".to_owned()).unwrap() },
        WorkState::Ready,
        WorkState::CodesOnly,
        WorkState::Paused { until: time(1_800_000_000) },
        WorkState::SetUpAgain,
        WorkState::Removed { reason: RemovalReason::HelpDesk },
    ];
    contacts.accounts = states
        .into_iter()
        .map(|state| WorkAccount { state, ..work_account(EntryId::make(&random)) })
        .chain([WorkAccount {
            name: Some("Uni \"1\" \u{fc}\n".to_owned()),
            replaces: Some(own),
            told: Told { wakes: List::try_from(vec![wake()]).unwrap(), ..work_account(work).told },
            order: 7,
            ..work_account(work)
        }])
        .collect();
    let request = RequestId::from_bytes([9; 16]);
    contacts.ended = vec![
        EndedRequest { entry: work, request, at: time(1_800_000_000), hash: Some(Hash::from_bytes([8; 32])) },
        EndedRequest { entry: own, request, at: time(1_800_000_000), hash: None },
    ];
    contacts.answers =
        vec![OutgoingAnswer { entry: work, request, jws: jws(), expires: time(1_800_000_060) }];
    contacts.removals = vec![OutgoingRemoval {
        entry: EntryId::make(&random),
        server: ServerId::from_bytes([3; 32]),
        device: DeviceId::from_bytes([4; 16]),
        call: CallId::from_bytes([5; 16]),
        jws: jws(),
        statement: jws(),
        base: BaseUrl::new("https://old.example").unwrap(),
        since: time(1_800_000_000),
    }];
    contacts.device_keys = vec![software_key(work)];
    contacts.dead_keys = vec![KeyHandle::new("approval".to_owned())];

    let kinds = [
        CodeKind::Totp { hash: CodeHash::Sha1, digits: 6, period: 30 },
        CodeKind::Totp { hash: CodeHash::Sha256, digits: 10, period: 300 },
        CodeKind::Hotp { hash: CodeHash::Sha512, digits: 8, counter: u64::MAX },
        CodeKind::Steam,
    ];
    secrets.codes =
        kinds.into_iter().map(|kind| CodeEntry { kind, ..code(EntryId::make(&random), None) }).collect();
    secrets.codes.push(CodeEntry {
        issuer: None,
        name: Some("Mine".to_owned()),
        secret: secret(&[]),
        ..code(own, None)
    });
    secrets.codes.push(CodeEntry { order: 7, ..code(EntryId::make(&random), Some(work)) });
    secrets.approval_keys = vec![software_key(work)];
}

/// Gives 0, 1, 2, … so that a file can be made again to the byte.
#[derive(Default)]
struct Counting(std::sync::atomic::AtomicU8);

impl countersign_protocol::Random for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            *byte = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        }
    }
}
