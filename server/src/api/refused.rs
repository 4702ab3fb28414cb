//! Why a call gets no reply, and the one table from cause to HTTP status.

use axum::http::StatusCode;
use countersign_protocol::{ProblemCode, Refusal, UnixSeconds, VERSION};

use crate::service::Failure;

/// Why a call gets a problem instead of a reply.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CallRefused {
    /// Malformed, badly signed, of the wrong key, device or server.
    #[error("malformed or badly signed")]
    BadCall,
    /// No phone has this key.
    #[error("no phone has this key")]
    UnknownDevice,
    /// No activation has this code.
    #[error("no activation has this code")]
    ActivationUnknown,
    /// The activation is over.
    #[error("the activation is over")]
    ActivationExpired,
    /// Another phone has used the code.
    #[error("another phone has used the code")]
    ActivationUsed,
    /// Slow down until then.
    #[error("too many calls")]
    TooMany(UnixSeconds),
    /// The phone speaks an earlier version than we do.
    #[error("the app is too old")]
    UpdateApp,
    /// The phone speaks a later version than we do.
    #[error("the server is too old")]
    UpdateServer,
    /// Our own fault.
    #[error(transparent)]
    Failed(#[from] Failure),
}

impl CallRefused {
    /// The one table from cause to status and word.
    pub(crate) fn status(&self) -> (StatusCode, ProblemCode) {
        match self {
            Self::BadCall => (StatusCode::BAD_REQUEST, ProblemCode::BadCall),
            Self::UnknownDevice => (StatusCode::NOT_FOUND, ProblemCode::UnknownDevice),
            Self::ActivationUnknown => (StatusCode::NOT_FOUND, ProblemCode::ActivationUnknown),
            Self::ActivationExpired => (StatusCode::GONE, ProblemCode::ActivationExpired),
            Self::ActivationUsed => (StatusCode::CONFLICT, ProblemCode::ActivationUsed),
            Self::TooMany(_) => (StatusCode::TOO_MANY_REQUESTS, ProblemCode::TooMany),
            Self::UpdateApp => (StatusCode::UPGRADE_REQUIRED, ProblemCode::UpdateApp),
            Self::UpdateServer => (StatusCode::NOT_IMPLEMENTED, ProblemCode::UpdateServer),
            Self::Failed(_) => (StatusCode::INTERNAL_SERVER_ERROR, ProblemCode::Internal),
        }
    }
}

impl From<Refusal> for CallRefused {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Version(version) if version > VERSION => Self::UpdateServer,
            Refusal::Version(_) => Self::UpdateApp,
            _ => Self::BadCall,
        }
    }
}
