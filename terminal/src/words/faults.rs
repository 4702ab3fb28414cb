//! What went wrong, in two texts: what happened, and what to do. One mapping, exhaustive, for every error there is.

use countersign_core::authenticator::{CoreError, Distrust, Notice, StorageFault, VaultFault};
use countersign_core::enrolment::Refusal;
use countersign_core::ports::PortError;
use countersign_protocol::ProblemCode;
use countersign_qr::Unread;
use countersign_texts::Value;

use super::Words;

/// What happened, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The stable word of it, for scripts.
    pub code: String,
    /// A title: without a full stop.
    pub happened: String,
    /// Sentences.
    pub todo: String,
}

impl Words {
    /// The two texts of an id. Its stable word is the id with `_` for `-`.
    pub(crate) fn said(self, id: &str, values: &[(&str, Value<'_>)]) -> Said {
        Said {
            code: id.replace('-', "_"),
            happened: self.with(id, values),
            todo: self.with(&format!("{id}.do"), values),
        }
    }

    /// The two in one line.
    pub(crate) fn line(self, said: &Said) -> String {
        let values = [("happened", Value::from(&said.happened)), ("do", Value::from(&said.todo))];
        self.with("happened-and-do", &values)
    }

    /// What the core says.
    pub(crate) fn error(self, error: &CoreError) -> Said {
        let host = |id, host: &String| self.said(id, &[("host", host.into())]);
        match error {
            CoreError::Offer(refusal) => self.refusal(*refusal),
            CoreError::Unreachable { host: at } => host("unreachable", at),
            CoreError::Server { host: at, code } => host(problem(*code), at),
            CoreError::Untrusted { host: at, why } => host(distrust(*why), at),
            CoreError::Clock { minutes } => {
                let minutes = i64::try_from(minutes.unsigned_abs()).unwrap_or(i64::MAX);
                self.said("clock", &[("minutes", minutes.into())])
            }
            CoreError::Locked => self.said("vault-locked", &[]),
            CoreError::Vault(fault) => self.said(vault(*fault), &[]),
            CoreError::Storage(fault) => self.said(storage(*fault), &[]),
            CoreError::Key(error) => self.key(*error),
            CoreError::Gone => self.said("gone", &[]),
            CoreError::Typed => self.said("typed-wrongly", &[]),
            CoreError::Cancelled => self.said("cancelled", &[]),
        }
    }

    /// Why a text adds no account.
    pub(crate) fn refusal(self, refusal: Refusal) -> Said {
        Said { code: refusal.code().to_owned(), ..self.said(refused(refusal), &[]) }
    }

    /// Why a picture gives no text.
    pub(crate) fn unread(self, unread: Unread) -> Said {
        Said { code: unread.code().to_owned(), ..self.said(picture(unread), &[]) }
    }

    /// What the person should know about the vault.
    pub(crate) fn notice(self, notice: Notice) -> Said {
        match notice {
            Notice::OlderGeneration(_) => self.said("older-generation", &[]),
            Notice::StorageFailed => self.said("write-failed", &[]),
            Notice::NotGenuine => self.said("not-genuine", &[]),
        }
    }

    fn key(self, error: PortError) -> Said {
        match error {
            PortError::Cancelled => self.said("key-cancelled", &[]),
            PortError::NotNow => self.said("key-not-now", &[]),
            PortError::Invalidated => self.said("key-invalidated", &[]),
            PortError::Missing => self.said("key-missing", &[]),
            PortError::Unsupported => self.said("key-unsupported", &[]),
            PortError::Failed(code) => self.said("key-failed", &[("code", code.into())]),
        }
    }
}

fn problem(code: ProblemCode) -> &'static str {
    match code {
        ProblemCode::ActivationUnknown => "activation-unknown",
        ProblemCode::ActivationExpired => "activation-expired",
        ProblemCode::ActivationUsed => "activation-used",
        ProblemCode::BadCall => "bad-call",
        ProblemCode::UnknownDevice => "unknown-device",
        ProblemCode::TooMany => "too-many",
        ProblemCode::UpdateApp => "update-app",
        ProblemCode::UpdateServer => "update-server",
        ProblemCode::Internal => "internal",
    }
}

fn distrust(why: Distrust) -> &'static str {
    match why {
        Distrust::Certificate => "untrusted-certificate",
        Distrust::TlsKey => "untrusted-tls-key",
        Distrust::Identity => "untrusted-identity",
        Distrust::Reply => "untrusted-reply",
    }
}

fn vault(fault: VaultFault) -> &'static str {
    match fault {
        VaultFault::KeyMissing => "vault-key-missing",
        VaultFault::NoPassphrase => "vault-no-passphrase",
        VaultFault::NoUnlockCode => "vault-no-unlock-code",
        VaultFault::NoKey => "vault-no-key",
        VaultFault::WrongSecret => "vault-wrong-secret",
        VaultFault::Damaged => "vault-damaged",
        VaultFault::Newer => "vault-newer",
    }
}

fn storage(fault: StorageFault) -> &'static str {
    match fault {
        StorageFault::Full => "storage-full",
        StorageFault::ReadOnly => "storage-read-only",
        StorageFault::Failed => "storage-failed",
    }
}

fn refused(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::NoAccount => "offer-no-account",
        Refusal::UnknownScheme => "offer-unknown-scheme",
        Refusal::TooLong => "offer-too-long",
        Refusal::MicrosoftActivation => "offer-microsoft-activation",
        Refusal::GoogleExport => "offer-google-export",
        Refusal::PrivacyIdea => "offer-privacyidea",
        Refusal::EduMfa => "offer-edumfa",
        Refusal::Duo => "offer-duo",
        Refusal::Okta => "offer-okta",
        Refusal::Steam => "offer-steam",
        Refusal::Passkey => "offer-passkey",
        Refusal::UnknownKind => "offer-unknown-kind",
        Refusal::HalfSecret => "offer-half-secret",
        Refusal::Malformed => "offer-malformed-link",
        Refusal::DoubledParameter => "offer-doubled-parameter",
        Refusal::SecretMissing => "offer-secret-missing",
        Refusal::SecretCharacter => "offer-secret-character",
        Refusal::SecretIncomplete => "offer-secret-incomplete",
        Refusal::SecretTooLong => "offer-secret-too-long",
        Refusal::UnknownAlgorithm => "offer-unknown-algorithm",
        Refusal::DigitsOutOfRange => "offer-digits-out-of-range",
        Refusal::PeriodOutOfRange => "offer-period-out-of-range",
        Refusal::CounterMissing => "offer-counter-missing",
        Refusal::ActivationDamaged => "offer-activation-damaged",
        Refusal::ActivationNewer => "offer-activation-newer",
        Refusal::TypedCode => "offer-typed-code",
        Refusal::TypedAddress => "offer-typed-address",
    }
}

fn picture(unread: Unread) -> &'static str {
    match unread {
        Unread::NotAPicture => "picture-not-a-picture",
        Unread::OtherKind => "picture-other-kind",
        Unread::Damaged => "picture-damaged",
        Unread::TooLarge => "picture-too-large",
        // The layout is of camera frames; a picture file has none.
        Unread::BadLayout | Unread::NoCode => "picture-no-code",
        Unread::Unreadable => "picture-code-unreadable",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use countersign_core::vault::Compartment;

    use super::*;

    fn every_error() -> Vec<CoreError> {
        let host = || "signin.halden.example".to_owned();
        let mut errors = vec![
            CoreError::Unreachable { host: host() },
            CoreError::Clock { minutes: -7 },
            CoreError::Locked,
            CoreError::Gone,
            CoreError::Typed,
            CoreError::Cancelled,
        ];
        errors.extend(Refusal::ALL.map(CoreError::Offer));
        let codes = [
            ProblemCode::ActivationUnknown,
            ProblemCode::ActivationExpired,
            ProblemCode::ActivationUsed,
            ProblemCode::BadCall,
            ProblemCode::UnknownDevice,
            ProblemCode::TooMany,
            ProblemCode::UpdateApp,
            ProblemCode::UpdateServer,
            ProblemCode::Internal,
        ];
        errors.extend(codes.map(|code| CoreError::Server { host: host(), code }));
        let whys = [Distrust::Certificate, Distrust::TlsKey, Distrust::Identity, Distrust::Reply];
        errors.extend(whys.map(|why| CoreError::Untrusted { host: host(), why }));
        let faults =
            [VaultFault::KeyMissing, VaultFault::WrongSecret, VaultFault::Damaged, VaultFault::Newer];
        errors.extend(faults.map(CoreError::Vault));
        let ways = [VaultFault::NoKey, VaultFault::NoPassphrase, VaultFault::NoUnlockCode];
        errors.extend(ways.map(CoreError::Vault));
        errors.extend(
            [StorageFault::Full, StorageFault::ReadOnly, StorageFault::Failed].map(CoreError::Storage),
        );
        let keys = [
            PortError::Cancelled,
            PortError::NotNow,
            PortError::Invalidated,
            PortError::Missing,
            PortError::Unsupported,
            PortError::Failed(-25300),
        ];
        errors.extend(keys.map(CoreError::Key));
        errors
    }

    /// Both texts are there, filled to the last place, and say different things.
    fn is_whole(said: &Said) -> bool {
        let text = |text: &str| {
            !text.is_empty() && !text.contains('{') && !text.contains(".do") && !text.contains('"')
        };
        text(&said.happened)
            && text(&said.todo)
            && said.happened != said.todo
            && said.todo.ends_with('.')
            && !said.happened.ends_with('.')
            && said.happened.contains(' ')
    }

    #[test]
    fn every_error_says_what_happened_and_what_to_do() {
        for error in every_error() {
            let said = Words::default().error(&error);
            assert!(is_whole(&said), "{error:?}: {said:?}");
        }
        let unread = [
            Unread::NotAPicture,
            Unread::OtherKind,
            Unread::Damaged,
            Unread::TooLarge,
            Unread::BadLayout,
            Unread::NoCode,
            Unread::Unreadable,
        ];
        for unread in unread {
            let said = Words::default().unread(unread);
            assert!(is_whole(&said), "{unread:?}: {said:?}");
        }
        let notices =
            [Notice::OlderGeneration(Compartment::Secrets), Notice::StorageFailed, Notice::NotGenuine];
        for notice in notices {
            let said = Words::default().notice(notice);
            assert!(is_whole(&said), "{notice:?}: {said:?}");
        }
    }

    #[test]
    fn every_error_has_a_stable_word_of_its_own() {
        let codes: Vec<_> = every_error().iter().map(|error| Words::default().error(error).code).collect();
        let different: HashSet<_> = codes.iter().collect();
        assert_eq!(different.len(), codes.len(), "{codes:?}");
        let is_word = |code: &String| code.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        assert!(codes.iter().all(is_word), "{codes:?}");
    }

    #[test]
    fn every_stable_word_stands_in_the_paper() {
        let paper = include_str!("../../../docs/terminal.md");
        let codes = every_error().into_iter().map(|error| Words::default().error(&error).code);
        let missing: Vec<_> = codes.filter(|code| !paper.contains(&format!("`{code}`"))).collect();
        assert_eq!(missing, Vec::<String>::new());
    }

    #[test]
    fn a_clock_is_told_by_how_far_it_is_off() {
        let said = Words::default().error(&CoreError::Clock { minutes: -61 });
        assert_eq!(said.happened, "Your clock is 61 min off");
    }
}
