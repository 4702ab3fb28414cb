//! One-time codes against the bare HMACs of ring, as many of them: each account has a code and the next one, so two.
//! Aim: within 1.5 times.

use countersign_core::otp::{Algorithm, Digits, Generator, Period, Secret, Totp};
use countersign_protocol::UnixSeconds;
use divan::{Bencher, black_box};
use ring::hmac;

/// Accounts of the usual hash, for which ring uses no instructions of the processor and totp-rs does; and of SHA-256, where
/// both do.
const CASES: [(Algorithm, u64); 4] =
    [(Algorithm::Sha1, 1), (Algorithm::Sha1, 100), (Algorithm::Sha1, 1_000), (Algorithm::Sha256, 1_000)];
const SECOND: u64 = 1_800_000_007;

fn main() {
    divan::main();
}

/// A secret of 20 bytes for each account, as it lies in the vault.
fn secrets(accounts: u64) -> Vec<[u8; 20]> {
    let secret = |account: u64| {
        let mut secret = [0x5c; 20];
        secret.iter_mut().zip(account.to_be_bytes()).for_each(|(byte, of_account)| *byte ^= of_account);
        secret
    };
    (0..accounts).map(secret).collect()
}

fn generator(secret: &[u8], algorithm: Algorithm) -> Option<Generator> {
    let secret = Secret::new(secret).ok()?;
    Some(Generator::Totp(Totp::new(secret, algorithm, Digits::SIX, Period::THIRTY_SECONDS)))
}

fn code(generator: &Generator, now: UnixSeconds) {
    if let Generator::Totp(totp) = generator {
        black_box(totp.code_at(black_box(now)));
    }
}

/// What a list on the screen takes: from the secrets of an open vault to codes.
#[divan::bench(args = CASES)]
fn codes_from_secrets(bencher: Bencher<'_, '_>, (algorithm, accounts): (Algorithm, u64)) {
    let secrets = secrets(accounts);
    let now = UnixSeconds::new(SECOND).unwrap_or(UnixSeconds::EPOCH);
    bencher.bench_local(|| {
        for secret in &secrets {
            generator(black_box(secret), algorithm).iter().for_each(|generator| code(generator, now));
        }
    });
}

/// The same with generators that were kept.
#[divan::bench(args = CASES)]
fn codes_from_generators(bencher: Bencher<'_, '_>, (algorithm, accounts): (Algorithm, u64)) {
    let generators: Vec<_> =
        secrets(accounts).iter().filter_map(|secret| generator(secret, algorithm)).collect();
    let now = UnixSeconds::new(SECOND).unwrap_or(UnixSeconds::EPOCH);
    bencher.bench_local(|| generators.iter().for_each(|generator| code(generator, now)));
}

/// The measure: two HMACs an account and nothing else.
#[divan::bench(args = CASES)]
fn bare_hmacs(bencher: Bencher<'_, '_>, (algorithm, accounts): (Algorithm, u64)) {
    let secrets = secrets(accounts);
    let step = SECOND / 30;
    let algorithm = match algorithm {
        Algorithm::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        Algorithm::Sha256 => hmac::HMAC_SHA256,
        Algorithm::Sha512 => hmac::HMAC_SHA512,
    };
    bencher.bench_local(|| {
        for secret in &secrets {
            let key = hmac::Key::new(algorithm, black_box(secret));
            black_box(hmac::sign(&key, &black_box(step).to_be_bytes()));
            black_box(hmac::sign(&key, &black_box(step + 1).to_be_bytes()));
        }
    });
}
