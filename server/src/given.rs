//! What a server gets from outside.

use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::{Clock, Random, SystemClock, SystemRandom};

use crate::service::HashingCost;

/// What a server gets from outside: a test gives its own.
#[derive(Clone)]
pub struct Given {
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The randomness of ids, codes, numbers, cookies and salts. Keys and signatures take the system's.
    pub random: Arc<dyn Random>,
    /// What hashing a password costs.
    pub hashing_cost: HashingCost,
    /// So long a connection stays on which no call is under way.
    pub idle: Duration,
}

impl Default for Given {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            hashing_cost: HashingCost::default(),
            idle: Duration::from_secs(20),
        }
    }
}
