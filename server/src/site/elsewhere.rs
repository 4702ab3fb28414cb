//! Where a call ends that does not end in its page: another page, or trouble.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use countersign_protocol::{Alphabet, in_fours};

use crate::failure::Failure;
use crate::pages::Trouble;

/// What a handler gives.
pub(super) type PageResult = Result<Response, Elsewhere>;

/// A call ends elsewhere.
#[derive(Debug)]
pub(super) enum Elsewhere {
    /// At another page of ours (303: it is asked for with GET, whatever this call was).
    To(String),
    /// In trouble.
    Trouble(Trouble),
    /// In trouble of our own.
    Failed(Failure),
    /// A page or a QR code could not be drawn.
    NotDrawn,
}

/// Travels beside a response to where the page of it is drawn.
#[derive(Clone, Debug)]
pub(super) struct TroublePage {
    pub(super) trouble: Trouble,
    pub(super) reference: Option<String>,
}

impl Elsewhere {
    /// To another page.
    pub(super) fn to(path: impl Into<String>) -> Self {
        Self::To(path.into())
    }
}

impl From<Failure> for Elsewhere {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl IntoResponse for Elsewhere {
    fn into_response(self) -> Response {
        match self {
            Self::To(path) => (StatusCode::SEE_OTHER, [(header::LOCATION, path)]).into_response(),
            Self::Trouble(trouble) => told(trouble, None),
            Self::Failed(failure) => failed(&failure),
            Self::NotDrawn => failed(&"it could not be drawn"),
        }
    }
}

fn failed(cause: &dyn std::fmt::Display) -> Response {
    let reference = reference();
    tracing::error!(reference, %cause, "a page failed");
    told(Trouble::Internal, Some(reference))
}

fn told(trouble: Trouble, reference: Option<String>) -> Response {
    let mut response = status(trouble).into_response();
    response.extensions_mut().insert(TroublePage { trouble, reference });
    response
}

/// One table from trouble to status.
fn status(trouble: Trouble) -> StatusCode {
    match trouble {
        Trouble::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        Trouble::NotFound => StatusCode::NOT_FOUND,
        Trouble::ForeignForm => StatusCode::FORBIDDEN,
        Trouble::BadForm => StatusCode::BAD_REQUEST,
        Trouble::Busy => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// The trouble of a response that no handler of ours gave: no such address or method, a body too large.
pub(super) fn trouble_of(status: StatusCode) -> Option<Trouble> {
    match status {
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => Some(Trouble::NotFound),
        status if status.is_client_error() => Some(Trouble::BadForm),
        status if status.is_server_error() => Some(Trouble::Internal),
        _ => None,
    }
}

/// What a person tells the help desk, and what stands in the log: counts up, in Crockford's base 32.
fn reference() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let process = u64::from(std::process::id());
    let value = (process << 20) ^ count;
    let digit = |place: u32| {
        let digit = usize::try_from(value >> (5 * place) & 31).unwrap_or_default();
        char::from(Alphabet::CROCKFORD.character(digit))
    };
    in_fours(&(0..8).rev().map(digit).collect::<String>(), '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reference_is_another() {
        let (one, other) = (reference(), reference());
        assert_ne!(one, other);
        assert_eq!((one.len(), one.find('-')), (9, Some(4)));
    }

    #[test]
    fn success_and_redirects_are_no_trouble() {
        for status in [StatusCode::OK, StatusCode::SEE_OTHER, StatusCode::NOT_MODIFIED] {
            assert_eq!(trouble_of(status), None);
        }
        assert_eq!(trouble_of(StatusCode::PAYLOAD_TOO_LARGE), Some(Trouble::BadForm));
        assert_eq!(trouble_of(StatusCode::METHOD_NOT_ALLOWED), Some(Trouble::NotFound));
    }
}
