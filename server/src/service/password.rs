//! Passwords: Argon2id (RFC 9106) on blocking threads, as many at once as there are turns.

use std::fmt;
use std::sync::Arc;

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use countersign_protocol::{Alphabet, Random, in_fours};
use zeroize::Zeroizing;

use super::turns::Turn;
use crate::failure::Failure;

/// A password as it was typed. Wiped when dropped.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// A password as it was typed.
    #[must_use]
    pub fn new(typed: String) -> Self {
        Self(Zeroizing::new(typed))
    }

    /// A random one of 16 letters and digits that nobody confuses, some 79 bits.
    #[must_use]
    pub fn make(random: &dyn Random) -> Self {
        let mut plain = Zeroizing::new(String::with_capacity(16));
        while plain.len() < 16 {
            plain.push(Alphabet::DISTINCT.draw(random).to_ascii_lowercase());
        }
        Self(Zeroizing::new(in_fours(&plain, '-')))
    }

    /// The characters.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

/// What one hash costs; tests take the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashingCost {
    /// Memory in KiB, at least 8.
    pub memory: u32,
    /// Passes over it, at least 1.
    pub passes: u32,
}

impl HashingCost {
    /// The least that Argon2 allows: for tests.
    pub const LEAST: Self = Self { memory: 8, passes: 1 };
}

impl Default for HashingCost {
    fn default() -> Self {
        Self { memory: 32 * 1024, passes: 3 }
    }
}

/// Hashes and checks passwords.
#[derive(Clone)]
pub(crate) struct Hashing {
    argon2: Argon2<'static>,
    random: Arc<dyn Random>,
    /// What the password of a person who does not exist is compared with, so that it takes as long.
    nobody: Arc<str>,
}

impl Hashing {
    pub(crate) async fn new(cost: HashingCost, random: Arc<dyn Random>) -> Result<Self, Failure> {
        let params = Params::new(cost.memory, cost.passes, 1, None).map_err(|_| Failure::Hashing)?;
        let mut hashing = Self {
            argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            nobody: Arc::from(""),
            random,
        };
        let nobody = Password::make(hashing.random.as_ref());
        hashing.nobody = hashing.hash(nobody).await?.into();
        Ok(hashing)
    }

    /// The PHC string of a password, of which few are made and by nobody from outside: it takes no turn.
    pub(crate) async fn hash(&self, password: Password) -> Result<String, Failure> {
        let mut salt = [0; 16];
        self.random.fill(&mut salt);
        let argon2 = self.argon2.clone();
        let hash = move || argon2.hash_password_with_salt(password.expose().as_bytes(), &salt);
        let hash = tokio::task::spawn_blocking(hash).await.map_err(|_| Failure::Hashing)?;
        let hash = hash.map_err(|_| Failure::Hashing)?;
        Ok(hash.to_string())
    }

    /// Whether a password is that of this PHC string; None is a person who does not exist, and takes as long.
    pub(crate) async fn matches(
        &self,
        turn: Turn,
        password: Password,
        phc: Option<String>,
    ) -> Result<bool, Failure> {
        let (argon2, nobody) = (self.argon2.clone(), Arc::clone(&self.nobody));
        let check = move || {
            let is_right = argon2
                .verify_password(password.expose().as_bytes(), phc.as_deref().unwrap_or(&nobody))
                .is_ok();
            is_right && phc.is_some()
        };
        turn.work(check).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    use crate::rules::ClientAddress;
    use crate::service::Turns;
    use countersign_protocol::SystemRandom;

    async fn turn() -> Turn {
        let address = ClientAddress::new(std::net::Ipv4Addr::LOCALHOST.into());
        Turns::default().take(address, "").await.unwrap()
    }

    #[tokio::test]
    async fn a_password_matches_its_own_hash_only() {
        let hashing = Hashing::new(HashingCost::LEAST, Arc::new(SystemRandom)).await.unwrap();
        let password = |text: &str| Password::new(text.to_owned());
        let phc = hashing.hash(password("right")).await.unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{phc}");
        assert!(hashing.matches(turn().await, password("right"), Some(phc.clone())).await.unwrap());
        assert!(!hashing.matches(turn().await, password("wrong"), Some(phc.clone())).await.unwrap());
        assert!(!hashing.matches(turn().await, password("right"), None).await.unwrap());
        assert_ne!(phc, hashing.hash(password("right")).await.unwrap());
    }

    #[tokio::test]
    async fn a_person_who_does_not_exist_takes_as_long_as_a_wrong_password() {
        let cost = HashingCost { memory: 8 * 1024, passes: 2 };
        let hashing = Hashing::new(cost, Arc::new(SystemRandom)).await.unwrap();
        let password = |text: &str| Password::new(text.to_owned());
        let phc = hashing.hash(password("right")).await.unwrap();
        // The least of some: what a busy machine adds is not the work's.
        let least = async |phc: Option<String>| {
            let mut least = Duration::MAX;
            for _ in 0..5 {
                let begin = tokio::time::Instant::now();
                assert!(!hashing.matches(turn().await, password("wrong"), phc.clone()).await.unwrap());
                least = least.min(begin.elapsed());
            }
            least
        };
        let (known, unknown) = (least(Some(phc)).await, least(None).await);
        assert!(unknown > known / 3, "{unknown:?} for nobody, {known:?} for a person");
    }

    #[test]
    fn a_random_password_has_16_characters_in_groups_of_four() {
        let password = Password::make(&SystemRandom);
        let groups: Vec<&str> = password.expose().split('-').collect();
        assert_eq!(groups.iter().map(|group| group.len()).collect::<Vec<_>>(), [4, 4, 4, 4]);
        assert_ne!(password.expose(), Password::make(&SystemRandom).expose());
    }
}
