//! From what a server sent to a request that may be shown, and from a decision to an answer that is signed.
//!
//! Nothing here reads a clock, opens a socket or touches a key: a dialect builds plain calls and reads plain replies.

pub(crate) mod countersign;

use countersign_protocol::Digits;

/// What a dialect asks of a person. Nothing else of a dialect shows in a shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prompt {
    /// Type the number that the sign-in page shows; it has so many digits.
    TypeNumber(Digits),
}
