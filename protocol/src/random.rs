use ring::rand::SecureRandom;

/// Where random bytes come from. Passed in everywhere, so that a test can repeat a run.
pub trait Random: Send + Sync {
    /// Fills `bytes` with bytes that nobody can predict.
    fn fill(&self, bytes: &mut [u8]);
}

/// The operating system's generator.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    #[expect(clippy::disallowed_types, reason = "this is the randomness that is passed in")]
    #[expect(clippy::panic, reason = "without randomness nothing here is safe, so nothing may go on")]
    fn fill(&self, bytes: &mut [u8]) {
        if ring::rand::SystemRandom::new().fill(bytes).is_err() {
            panic!("the operating system gives no randomness");
        }
    }
}
