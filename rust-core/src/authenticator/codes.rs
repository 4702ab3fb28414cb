//! One-time codes for the list: one bad entry never stops the others.

use countersign_protocol::UnixSeconds;

use super::core::Core;
use super::{CodeFault, CodeRow};
use crate::enrolment::CodesOffer;
use crate::otp::{Algorithm, Counter, Digits, Generator, Hotp, Period, Secret, Steam, Totp};
use crate::vault::{CodeEntry, CodeHash, CodeKind, EntryId};

impl Core {
    /// The codes of these accounts; accounts without codes get no row.
    pub(super) fn codes(&self, ids: &[EntryId]) -> Vec<CodeRow> {
        let Ok(secrets) = self.vault.secrets() else {
            return ids.iter().map(|id| without_code(*id, CodeFault::Locked)).collect();
        };
        let now = self.now();
        let row = |id: &EntryId| {
            let code = secrets.codes.iter().find(|code| code.id == *id || code.entry == Some(*id))?;
            Some(self.code(*id, code, now).unwrap_or_else(|| without_code(*id, CodeFault::Damaged)))
        };
        ids.iter().filter_map(row).collect()
    }

    /// A server's clock corrects that server's own codes and no others.
    fn code(&self, id: EntryId, code: &CodeEntry, now: UnixSeconds) -> Option<CodeRow> {
        let account = code.entry.and_then(|entry| self.account(entry).ok());
        let offset = account.map_or(0, |account| self.clock_offset(account.server));
        let code = match generator(code)? {
            Generator::Totp(totp) => totp.code_at(now.shifted(offset)),
            Generator::Steam(steam) => steam.code_at(now.shifted(offset)),
            Generator::Hotp(_) => return self.counted(id, code),
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
    fn counted(&self, id: EntryId, code: &CodeEntry) -> Option<CodeRow> {
        let asked = self.live().asked.get(&id).copied();
        let text = match (asked, generator(code)?) {
            (Some(counter), Generator::Hotp(hotp)) => {
                let secret = Secret::new(code.secret.expose()).ok()?;
                let asked = Hotp::new(secret, hotp.algorithm(), hotp.digits(), Counter::new(counter));
                Some(asked.code().expose().to_owned())
            }
            _ => None,
        };
        Some(CodeRow { id, code: text, next: None, valid_until: None, next_valid_until: None, fault: None })
    }
}

fn without_code(id: EntryId, fault: CodeFault) -> CodeRow {
    CodeRow { id, code: None, next: None, valid_until: None, next_valid_until: None, fault: Some(fault) }
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
