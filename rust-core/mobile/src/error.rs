//! What a shell is told when something did not work. It shows two texts of its own for each: what happened, what to do.

use countersign_core::authenticator::{self as core, Distrust, StorageFault, VaultFault};
use countersign_core::enrolment::Refusal;
use countersign_core::ports::PortError as KeyFault;
use countersign_protocol::ProblemCode;

/// One for each thing that a person would do next. Nothing in it is a text to show.
#[derive(Debug, thiserror::Error, uniffi::Error)]
pub enum CoreError {
    /// What was scanned or typed is no account.
    #[error("no account: {why}")]
    Offer {
        /// What it is instead, or what is wrong with it.
        why: Refusal,
    },
    /// The server did not answer.
    #[error("{host} does not answer")]
    Unreachable {
        /// Which.
        host: String,
    },
    /// The server answered with a problem; nothing that is kept was changed.
    #[error("{host} answers {code:?}")]
    Server {
        /// Which.
        host: String,
        /// With what.
        code: ProblemCode,
    },
    /// What answered is not the server that was enrolled with, or none that the system trusts.
    #[error("{host} is not to be trusted: {why:?}")]
    Untrusted {
        /// Which.
        host: String,
        /// Why.
        why: Distrust,
    },
    /// This phone's clock and the server's are apart, even when tried twice.
    #[error("the clock is {minutes} minutes off")]
    Clock {
        /// How far this phone is ahead; negative when behind.
        minutes: i64,
    },
    /// It needs the vault unlocked.
    #[error("the vault is locked")]
    Locked,
    /// The vault does not open.
    #[error("the vault does not open: {why:?}")]
    Vault {
        /// Why.
        why: VaultFault,
    },
    /// The disk took nothing: the vault is as it was.
    #[error("the vault was not written: {why:?}")]
    Storage {
        /// Why.
        why: StorageFault,
    },
    /// The platform's key store.
    #[error("a key: {why}")]
    Key {
        /// What it answered.
        why: KeyFault,
    },
    /// The account or request is not there any more, or not in a state for this.
    #[error("gone")]
    Gone,
    /// What was typed is not what was asked for: the number's digits, a name too long.
    #[error("typed wrongly")]
    Typed,
    /// Given up.
    #[error("cancelled")]
    Cancelled,
}

impl From<core::CoreError> for CoreError {
    fn from(error: core::CoreError) -> Self {
        match error {
            core::CoreError::Offer(why) => Self::Offer { why },
            core::CoreError::Unreachable { host } => Self::Unreachable { host },
            core::CoreError::Server { host, code } => Self::Server { host, code },
            core::CoreError::Untrusted { host, why } => Self::Untrusted { host, why },
            core::CoreError::Clock { minutes } => Self::Clock { minutes },
            core::CoreError::Locked => Self::Locked,
            core::CoreError::Vault(why) => Self::Vault { why },
            core::CoreError::Storage(why) => Self::Storage { why },
            core::CoreError::Key(why) => Self::Key { why },
            core::CoreError::Gone => Self::Gone,
            core::CoreError::Typed => Self::Typed,
            core::CoreError::Cancelled => Self::Cancelled,
        }
    }
}

/// Why a text adds no account.
#[uniffi::remote(Enum)]
pub enum Refusal {
    /// There is no account in it: a web address, a WLAN, plain text.
    NoAccount,
    /// It is a link of an app that is not known here.
    UnknownScheme,
    /// It is longer than any code.
    TooLong,
    /// Microsoft Authenticator's own activation.
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
    /// A passkey sign-in, for the phone's own camera.
    Passkey,
    /// Codes of a kind that is not made here.
    UnknownKind,
    /// The secret in it is only the server's half.
    HalfSecret,
    /// It may hide a part that matters.
    Malformed,
    /// The same parameter is there twice.
    DoubledParameter,
    /// There is no secret.
    SecretMissing,
    /// The secret has a character that none has.
    SecretCharacter,
    /// Something of the secret is missing.
    SecretIncomplete,
    /// The secret is too long.
    SecretTooLong,
    /// The hash is none of SHA1, SHA256 and SHA512.
    UnknownAlgorithm,
    /// The digits are no number from 6 to 10.
    DigitsOutOfRange,
    /// The period is no number of seconds from 1 to 300.
    PeriodOutOfRange,
    /// Codes by counter without a counter.
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

/// Why a server did not reply.
#[uniffi::remote(Enum)]
pub enum ProblemCode {
    /// No activation has this code.
    ActivationUnknown,
    /// The activation's ten minutes are over.
    ActivationExpired,
    /// Another phone has used the code.
    ActivationUsed,
    /// The server takes the call for malformed or badly signed.
    BadCall,
    /// No phone has this key.
    UnknownDevice,
    /// Slow down.
    TooMany,
    /// The server speaks later versions only.
    UpdateApp,
    /// The server does not speak this version yet.
    UpdateServer,
    /// The server's own fault.
    Internal,
}

/// Why a server is not trusted.
#[uniffi::remote(Enum)]
pub enum Distrust {
    /// The system does not trust its certificate, and no key of it is known.
    Certificate,
    /// It has another TLS key than the QR code or its own statement names.
    TlsKey,
    /// It did not sign with the key of the server that was enrolled with.
    Identity,
    /// It sent something that is not of this protocol, or not for this phone.
    Reply,
}

/// Why the vault does not open.
#[uniffi::remote(Enum)]
pub enum VaultFault {
    /// The key store has lost its key: another way opens it where there is one, or the person starts over.
    KeyMissing,
    /// It does not open by a passphrase.
    NoPassphrase,
    /// No unlock code was made for it.
    NoUnlockCode,
    /// The key store has no part in it.
    NoKey,
    /// This passphrase or unlock code is not the one.
    WrongSecret,
    /// It cannot be read.
    Damaged,
    /// A newer Countersign wrote it.
    Newer,
}

/// Why the disk took nothing.
#[uniffi::remote(Enum)]
pub enum StorageFault {
    /// It is full.
    Full,
    /// It may not be written.
    ReadOnly,
    /// Anything else.
    Failed,
}

/// What the platform's key store answered.
#[uniffi::remote(Enum)]
pub enum KeyFault {
    /// The person said no, or turned away.
    Cancelled,
    /// Not while the phone is locked.
    NotNow,
    /// The platform has dropped the key.
    Invalidated,
    /// There is no such key.
    Missing,
    /// The platform has nothing of the kind.
    Unsupported,
    /// Anything else, with the platform's own number.
    Failed(#[uniffi(name = "code")] i32),
}
