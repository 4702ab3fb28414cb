use countersign_protocol::UnixSeconds;

use super::engine::Engine;
use super::{Algorithm, Code, CodeText, Counter, Digits, Period, Secret};

/// What makes the codes of one account.
pub enum Generator {
    /// By time.
    Totp(Totp),
    /// By counter.
    Hotp(Hotp),
    /// Steam Guard.
    Steam(Steam),
}

impl Generator {
    /// The bytes of its secret, for the vault and for exports.
    #[must_use]
    pub fn expose_secret(&self) -> &[u8] {
        match self {
            Self::Totp(totp) => totp.expose_secret(),
            Self::Hotp(hotp) => hotp.expose_secret(),
            Self::Steam(steam) => steam.expose_secret(),
        }
    }
}

/// Codes by time (RFC 6238), steps counted from 1970.
pub struct Totp {
    engine: Engine,
    algorithm: Algorithm,
    digits: Digits,
    period: Period,
}

impl Totp {
    /// The codes of this secret.
    #[must_use]
    pub fn new(secret: Secret, algorithm: Algorithm, digits: Digits, period: Period) -> Self {
        Self { engine: Engine::digits(secret, algorithm, digits), algorithm, digits, period }
    }

    /// The code at an instant, by the clock that the issuer goes by.
    #[must_use]
    pub fn code_at(&self, instant: UnixSeconds) -> Code {
        code_at(&self.engine, self.period, instant)
    }

    /// The hash of the HMAC.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// How many digits a code has.
    #[must_use]
    pub fn digits(&self) -> Digits {
        self.digits
    }

    /// How long a code is good for.
    #[must_use]
    pub fn period(&self) -> Period {
        self.period
    }

    /// The bytes of the secret, for the vault and for exports.
    #[must_use]
    pub fn expose_secret(&self) -> &[u8] {
        self.engine.secret()
    }
}

/// Codes by counter (RFC 4226).
pub struct Hotp {
    engine: Engine,
    algorithm: Algorithm,
    digits: Digits,
    counter: Counter,
}

impl Hotp {
    /// The codes of this secret from a counter on.
    #[must_use]
    pub fn new(secret: Secret, algorithm: Algorithm, digits: Digits, counter: Counter) -> Self {
        Self { engine: Engine::digits(secret, algorithm, digits), algorithm, digits, counter }
    }

    /// The code of its counter. It is good until it is used; the next one takes the next counter, which must be kept
    /// before the code is shown.
    #[must_use]
    pub fn code(&self) -> CodeText {
        self.engine.code(self.counter.get())
    }

    /// The counter of the code.
    #[must_use]
    pub fn counter(&self) -> Counter {
        self.counter
    }

    /// The hash of the HMAC.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// How many digits a code has.
    #[must_use]
    pub fn digits(&self) -> Digits {
        self.digits
    }

    /// The bytes of the secret, for the vault and for exports.
    #[must_use]
    pub fn expose_secret(&self) -> &[u8] {
        self.engine.secret()
    }
}

/// Codes of Steam Guard: HMAC-SHA-1 by time in steps of 30 s, written as five of 26 characters. There is no standard;
/// Valve's app and all others agree on it.
pub struct Steam {
    engine: Engine,
}

impl Steam {
    /// The codes of this secret.
    #[must_use]
    pub fn new(secret: Secret) -> Self {
        Self { engine: Engine::steam(secret) }
    }

    /// The code at an instant.
    #[must_use]
    pub fn code_at(&self, instant: UnixSeconds) -> Code {
        code_at(&self.engine, Period::THIRTY_SECONDS, instant)
    }

    /// The bytes of the secret, for the vault and for exports.
    #[must_use]
    pub fn expose_secret(&self) -> &[u8] {
        self.engine.secret()
    }
}

fn code_at(engine: &Engine, period: Period, instant: UnixSeconds) -> Code {
    let seconds = period.seconds();
    let step = instant.get() / seconds;
    let valid_until = instant.minus(instant.get() % seconds).plus(seconds);
    Code {
        text: engine.code(step),
        valid_until,
        next: engine.code(step + 1),
        next_valid_until: valid_until.plus(seconds),
    }
}
