//! One-time codes for the list: one bad entry never stops the others.

use std::collections::{HashMap, HashSet};

use countersign_protocol::UnixSeconds;

use super::core::Core;
use super::{CodeFault, CodeRow};
use crate::enrolment::CodesOffer;
use crate::otp::{Algorithm, Counter, Digits, Generator, Hotp, Period, Secret, Steam, Totp};
use crate::vault::{CodeEntry, CodeHash, CodeKind, EntryId, Secrets, WorkAccount};

/// The server of a work account, as far as codes go.
struct Server {
    /// What must be added to the phone's clock to have the server's, in seconds.
    clock_offset: i64,
    /// Whether it has removed this phone.
    is_over: bool,
}

impl Core {
    /// The codes of these accounts. Accounts without codes get no row, nor do those whose server has removed this phone:
    /// what counts no more is not shown.
    pub(super) fn codes(&self, ids: &[EntryId]) -> Vec<CodeRow> {
        let Ok(secrets) = self.vault.secrets() else {
            return ids.iter().map(|id| without_code(*id, CodeFault::Locked)).collect();
        };
        let (now, entries, servers) = (self.now(), entries(&secrets, ids), self.servers());
        let row = |id: &EntryId| {
            let code = entries.get(id)?;
            let server = code.entry.and_then(|entry| servers.get(&entry));
            if server.is_some_and(|server| server.is_over) {
                return None;
            }
            // A server's clock corrects that server's own codes and no others.
            let offset = server.map_or(0, |server| server.clock_offset);
            Some(self.code(*id, code, offset, now).unwrap_or_else(|| without_code(*id, CodeFault::Damaged)))
        };
        ids.iter().filter_map(row).collect()
    }

    /// What codes have to do with the server of their work account.
    fn servers(&self) -> HashMap<EntryId, Server> {
        let Ok(contacts) = self.vault.contacts() else { return HashMap::new() };
        let offsets: HashMap<_, _> =
            contacts.servers.iter().map(|server| (server.id, server.clock_offset)).collect();
        let server = |account: &WorkAccount| {
            let clock_offset = *offsets.get(&account.server)?;
            Some((account.entry, Server { clock_offset, is_over: account.state.is_removed() }))
        };
        contacts.accounts.iter().filter_map(server).collect()
    }

    fn code(&self, id: EntryId, code: &CodeEntry, offset: i64, now: UnixSeconds) -> Option<CodeRow> {
        let code = match generator(code)? {
            Generator::Totp(totp) => totp.code_at(now.shifted(offset)),
            Generator::Steam(steam) => steam.code_at(now.shifted(offset)),
            Generator::Hotp(hotp) => return Some(self.counted(id, &hotp, code)),
        };
        let back = offset.saturating_neg();
        Some(CodeRow {
            id,
            code: Some(code.text.expose().to_owned()),
            next: Some(code.next.expose().to_owned()),
            valid_until: Some(code.valid_until.shifted(back)),
            next_valid_until: Some(code.next_valid_until.shifted(back)),
            fault: None,
        })
    }

    /// The code that was asked for last in this run; the entry's counter is that of the next.
    fn counted(&self, id: EntryId, hotp: &Hotp, code: &CodeEntry) -> CodeRow {
        let asked = self.live().asked.get(&id).copied();
        let text = asked.and_then(|counter| {
            let secret = Secret::new(code.secret.expose()).ok()?;
            let asked = Hotp::new(secret, hotp.algorithm(), hotp.digits(), Counter::new(counter));
            Some(asked.code().expose().to_owned())
        });
        CodeRow { id, code: text, next: None, valid_until: None, next_valid_until: None, fault: None }
    }
}

/// What makes the codes of these accounts, by their ids: its own, or that of the work account that it belongs to.
fn entries<'a>(secrets: &'a Secrets, ids: &[EntryId]) -> HashMap<EntryId, &'a CodeEntry> {
    let wanted: HashSet<_> = ids.iter().copied().collect();
    let mut found = HashMap::with_capacity(wanted.len());
    for code in &secrets.codes {
        for id in [Some(code.id), code.entry].into_iter().flatten().filter(|id| wanted.contains(id)) {
            found.entry(id).or_insert(code);
        }
    }
    found
}

fn without_code(id: EntryId, fault: CodeFault) -> CodeRow {
    CodeRow { id, code: None, next: None, valid_until: None, next_valid_until: None, fault: Some(fault) }
}

/// Whether what is kept makes codes.
pub(super) fn makes_codes(code: &CodeEntry) -> bool {
    generator(code).is_some()
}

/// None when what is kept makes no codes.
fn generator(code: &CodeEntry) -> Option<Generator> {
    let secret = Secret::new(code.secret.expose()).ok()?;
    Some(match code.kind {
        CodeKind::Totp { hash, digits, period } => Generator::Totp(Totp::new(
            secret,
            algorithm(hash),
            Digits::new(digits).ok()?,
            Period::new(period).ok()?,
        )),
        CodeKind::Hotp { hash, digits, counter } => Generator::Hotp(Hotp::new(
            secret,
            algorithm(hash),
            Digits::new(digits).ok()?,
            Counter::new(counter),
        )),
        CodeKind::Steam => Generator::Steam(Steam::new(secret)),
    })
}

/// What of an offer is kept.
pub(super) fn kind(offer: &CodesOffer) -> CodeKind {
    match &offer.generator {
        Generator::Totp(totp) => CodeKind::Totp {
            hash: hash(totp.algorithm()),
            digits: totp.digits().get(),
            // A period is at most 300 seconds.
            period: u32::try_from(totp.period().seconds()).unwrap_or(u32::MAX),
        },
        Generator::Hotp(hotp) => CodeKind::Hotp {
            hash: hash(hotp.algorithm()),
            digits: hotp.digits().get(),
            counter: hotp.counter().get(),
        },
        Generator::Steam(_) => CodeKind::Steam,
    }
}

fn algorithm(hash: CodeHash) -> Algorithm {
    match hash {
        CodeHash::Sha1 => Algorithm::Sha1,
        CodeHash::Sha256 => Algorithm::Sha256,
        CodeHash::Sha512 => Algorithm::Sha512,
    }
}

fn hash(algorithm: Algorithm) -> CodeHash {
    match algorithm {
        Algorithm::Sha1 => CodeHash::Sha1,
        Algorithm::Sha256 => CodeHash::Sha256,
        Algorithm::Sha512 => CodeHash::Sha512,
    }
}
