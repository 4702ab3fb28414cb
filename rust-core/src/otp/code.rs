use std::fmt;

use countersign_protocol::UnixSeconds;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// The characters of a code, without gaps. Wiped when dropped, compared in constant time.
pub struct CodeText(Zeroizing<String>);

impl CodeText {
    pub(super) fn new(text: Zeroizing<String>) -> Self {
        Self(text)
    }

    /// The characters.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl PartialEq for CodeText {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for CodeText {}

impl fmt::Debug for CodeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeText(..)")
    }
}

/// A code by time, when it is good, and the code after it: what a screen needs to draw a countdown and to cross the
/// border without asking again.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// The code.
    pub text: CodeText,
    /// From this second on it no longer is.
    pub valid_until: UnixSeconds,
    /// The code from then on.
    pub next: CodeText,
    /// From this second on `next` is no longer good.
    pub next_valid_until: UnixSeconds,
}
