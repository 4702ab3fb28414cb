use std::fmt;

use crate::otp::SecretRefused;

/// Why a text adds no account. Each has a text of its own in every shell: what it is, and what to do instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// There is no account in it: a web address, a WLAN, plain text.
    NoAccount,
    /// It is a link of an app that is not known here.
    UnknownScheme,
    /// It is longer than any code.
    TooLong,

    /// Microsoft Authenticator's own activation. The same page also offers to use a different authenticator app.
    MicrosoftActivation,
    /// A part of an export of Google Authenticator.
    GoogleExport,
    /// A token of the privacyIDEA app.
    PrivacyIdea,
    /// A push token of the eduMFA app.
    EduMfa,
    /// Duo Mobile's own activation.
    Duo,
    /// Okta Verify's own activation.
    Okta,
    /// A sign-in, or a link, for Steam's own app.
    Steam,
    /// A passkey sign-in (FIDO hybrid transport), for the phone's own camera.
    Passkey,

    /// Codes of a kind that is not made here (`otpauth:` with another type or encoder).
    UnknownKind,
    /// The secret in it is only the server's half (privacyIDEA's two-step enrolment).
    HalfSecret,
    /// It has a fragment, or a parameter with a semicolon in its name, which may hide a part that matters.
    Malformed,
    /// The same parameter is there twice.
    DoubledParameter,
    /// There is no secret.
    SecretMissing,
    /// The secret has a character that is none of base 32.
    SecretCharacter,
    /// The secret has a number of characters, a padding or a last character that none has: something is missing.
    SecretIncomplete,
    /// The secret is too long.
    SecretTooLong,
    /// The hash is none of SHA1, SHA256 and SHA512.
    UnknownAlgorithm,
    /// The digits are no number from 6 to 10.
    DigitsOutOfRange,
    /// The period is no number of seconds from 1 to 300.
    PeriodOutOfRange,
    /// Codes by counter without a counter, or with one that is no number of 64 bits.
    CounterMissing,

    /// An activation of this app that is damaged.
    ActivationDamaged,
    /// An activation of a later version: the app must be updated.
    ActivationNewer,
    /// What was typed is no activation code.
    TypedCode,
    /// What was typed is no address of a server.
    TypedAddress,
}

impl Refusal {
    /// All there are, in this order: for tests that each has a text.
    pub const ALL: [Self; 27] = [
        Self::NoAccount,
        Self::UnknownScheme,
        Self::TooLong,
        Self::MicrosoftActivation,
        Self::GoogleExport,
        Self::PrivacyIdea,
        Self::EduMfa,
        Self::Duo,
        Self::Okta,
        Self::Steam,
        Self::Passkey,
        Self::UnknownKind,
        Self::HalfSecret,
        Self::Malformed,
        Self::DoubledParameter,
        Self::SecretMissing,
        Self::SecretCharacter,
        Self::SecretIncomplete,
        Self::SecretTooLong,
        Self::UnknownAlgorithm,
        Self::DigitsOutOfRange,
        Self::PeriodOutOfRange,
        Self::CounterMissing,
        Self::ActivationDamaged,
        Self::ActivationNewer,
        Self::TypedCode,
        Self::TypedAddress,
    ];

    /// The stable word: for the key of its text, for diagnostics, for `--json`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NoAccount => "no_account",
            Self::UnknownScheme => "unknown_scheme",
            Self::TooLong => "too_long",
            Self::MicrosoftActivation => "microsoft_activation",
            Self::GoogleExport => "google_export",
            Self::PrivacyIdea => "privacyidea",
            Self::EduMfa => "edumfa",
            Self::Duo => "duo",
            Self::Okta => "okta",
            Self::Steam => "steam",
            Self::Passkey => "passkey",
            Self::UnknownKind => "unknown_kind",
            Self::HalfSecret => "half_secret",
            Self::Malformed => "malformed_link",
            Self::DoubledParameter => "doubled_parameter",
            Self::SecretMissing => "secret_missing",
            Self::SecretCharacter => "secret_character",
            Self::SecretIncomplete => "secret_incomplete",
            Self::SecretTooLong => "secret_too_long",
            Self::UnknownAlgorithm => "unknown_algorithm",
            Self::DigitsOutOfRange => "digits_out_of_range",
            Self::PeriodOutOfRange => "period_out_of_range",
            Self::CounterMissing => "counter_missing",
            Self::ActivationDamaged => "activation_damaged",
            Self::ActivationNewer => "activation_newer",
            Self::TypedCode => "typed_code",
            Self::TypedAddress => "typed_address",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl std::error::Error for Refusal {}

impl From<SecretRefused> for Refusal {
    fn from(refused: SecretRefused) -> Self {
        match refused {
            SecretRefused::Empty => Self::SecretMissing,
            SecretRefused::TooLong => Self::SecretTooLong,
            SecretRefused::Character { .. } => Self::SecretCharacter,
            SecretRefused::Length | SecretRefused::Padding | SecretRefused::TrailingBits => {
                Self::SecretIncomplete
            }
        }
    }
}
