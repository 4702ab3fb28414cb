use serde::{Deserialize, Serialize};

/// An error that is not a reply: RFC 9457, unsigned. A phone maps the code to a text and changes nothing that it keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The HTTP status once more (RFC 9457, section 3.1.2).
    pub status: u16,
    /// English, for whoever reads a trace; never shown.
    pub title: String,
    /// The stable word.
    pub code: ProblemCode,
}

/// Why a server did not reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// No activation has this code.
    ActivationUnknown,
    /// The activation's ten minutes are over.
    ActivationExpired,
    /// Another phone has used the code.
    ActivationUsed,
    /// The call is malformed, badly signed, or for another server.
    BadCall,
    /// No phone has this key.
    UnknownDevice,
    /// Slow down.
    TooMany,
    /// The server speaks later versions only.
    UpdateApp,
    /// The server does not speak this version yet.
    UpdateServer,
    /// The server's own fault; also whatever a phone does not know.
    #[serde(other)]
    Internal,
}

impl ProblemCode {
    /// The word on the wire.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::ActivationUnknown => "activation_unknown",
            Self::ActivationExpired => "activation_expired",
            Self::ActivationUsed => "activation_used",
            Self::BadCall => "bad_call",
            Self::UnknownDevice => "unknown_device",
            Self::TooMany => "too_many",
            Self::UpdateApp => "update_app",
            Self::UpdateServer => "update_server",
            Self::Internal => "internal",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_a_phone_does_not_know_is_the_servers_fault() {
        let code = |word: &str| serde_json::from_str::<ProblemCode>(&format!("\"{word}\"")).unwrap();
        assert_eq!(code("activation_used"), ProblemCode::ActivationUsed);
        assert_eq!(code("out_of_paper"), ProblemCode::Internal);
        assert_eq!(code(ProblemCode::UpdateServer.word()), ProblemCode::UpdateServer);
    }
}
