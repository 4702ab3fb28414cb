//! Why a command did not do what it should, and the exit code for it.

use countersign_core::authenticator::CoreError;

use crate::words::{Said, Words};

/// What a command ends with; 0 is for what is done, 2 for a command line that was not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 1: it did not work.
    Failed,
    /// 3: the vault is locked; a passphrase is missing or wrong.
    Locked,
    /// 4: there is no such account or request, or none came in time.
    NotThere,
    /// 5: the request ended otherwise than asked.
    EndedOtherwise,
}

impl Exit {
    /// The number.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Locked => 3,
            Self::NotThere => 4,
            Self::EndedOtherwise => 5,
        }
    }
}

/// What went wrong: the words for it, and the exit code.
#[derive(Debug)]
pub struct Failure {
    /// What happened, and what to do.
    pub said: Said,
    /// What the process ends with.
    pub exit: Exit,
}

impl Failure {
    pub(crate) fn new(exit: Exit, said: Said) -> Self {
        Self { said, exit }
    }

    /// What came of a command cannot be written.
    pub(crate) fn unwritten(words: Words) -> Self {
        Self::new(Exit::Failed, words.said("output-failed", &[]))
    }

    pub(crate) fn of_core(error: &CoreError, words: Words) -> Self {
        let exit = match error {
            CoreError::Locked | CoreError::Vault(_) | CoreError::Key(_) => Exit::Locked,
            CoreError::Gone => Exit::NotThere,
            CoreError::Offer(_)
            | CoreError::Unreachable { .. }
            | CoreError::Server { .. }
            | CoreError::Untrusted { .. }
            | CoreError::Clock { .. }
            | CoreError::Storage(_)
            | CoreError::Typed
            | CoreError::Cancelled => Exit::Failed,
        };
        Self { said: words.error(error), exit }.by_command(words)
    }

    /// What to do is another thing in scripts: by which command, or with what was given.
    pub(crate) fn by_command(mut self, words: Words) -> Self {
        let id = self.said.code.replace('_', "-");
        if let "vault-damaged" | "vault-wrong-secret" | "nothing-before" = id.as_str() {
            self.said.todo = words.text(&format!("{id}.command"));
        }
        self
    }
}
