//! What a person types to open the vault.

use countersign_core::authenticator::{SlotKind, UnlockWith};
use countersign_core::vault::UnlockCode;
use zeroize::Zeroizing;

/// What can be typed, by what the vault opens with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Typed {
    /// The passphrase.
    Passphrase,
    /// The code that was made for the day when nothing else opens it.
    UnlockCode,
    /// One of the two.
    Either,
}

impl Typed {
    /// None where nothing that is typed opens the vault.
    pub(crate) fn of(opens_with: &[SlotKind]) -> Option<Self> {
        let has = |kind| opens_with.contains(&kind);
        match (has(SlotKind::Passphrase), has(SlotKind::UnlockCode)) {
            (true, true) => Some(Self::Either),
            (true, false) => Some(Self::Passphrase),
            (false, true) => Some(Self::UnlockCode),
            (false, false) => None,
        }
    }

    /// The id of what it is called.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Passphrase => "passphrase",
            Self::UnlockCode => "unlock-code",
            Self::Either => "passphrase-or-code",
        }
    }

    /// What was typed, as what it is. Where it can be either, a code's check tells it from a passphrase.
    pub(crate) fn read(self, text: Zeroizing<String>) -> UnlockWith {
        let is_code = match self {
            Self::Passphrase => false,
            Self::UnlockCode => true,
            Self::Either => UnlockCode::typed(&text).is_ok(),
        };
        if is_code { UnlockWith::UnlockCode(text) } else { UnlockWith::Passphrase(text) }
    }
}

#[cfg(test)]
mod tests {
    use countersign_protocol::SystemRandom;

    use super::*;

    #[test]
    fn only_what_opens_the_vault_is_asked_for() {
        use SlotKind::{KeyStore, Passphrase, UnlockCode};
        assert_eq!(Typed::of(&[]), None);
        assert_eq!(Typed::of(&[KeyStore]), None);
        assert_eq!(Typed::of(&[KeyStore, UnlockCode]), Some(Typed::UnlockCode));
        assert_eq!(Typed::of(&[Passphrase]), Some(Typed::Passphrase));
        assert_eq!(Typed::of(&[Passphrase, UnlockCode]), Some(Typed::Either));
    }

    #[test]
    fn a_code_is_told_from_a_passphrase_by_its_check() {
        let code = UnlockCode::make(&SystemRandom).expose();
        let read = |typed: Typed, text: &str| format!("{:?}", typed.read(Zeroizing::new(text.to_owned())));
        assert_eq!(read(Typed::Either, &code), "UnlockCode");
        assert_eq!(read(Typed::Either, "five words of mine here"), "Passphrase");
        assert_eq!(read(Typed::Passphrase, &code), "Passphrase");
        assert_eq!(read(Typed::UnlockCode, "mistyped"), "UnlockCode", "the core says that it is wrong");
    }
}
