//! Why a call gets no reply, and the one table from cause to HTTP status.

use std::any::Any;
use std::error::Error as _;

use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use countersign_protocol::{Problem, ProblemCode, Refusal, UnixSeconds, VERSION};

use crate::failure::Failure;
use crate::methods::app::activate::ActivationRefused;

/// All that is told of a fault of ours.
const FAILED: &str = "the server failed";

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

impl From<ActivationRefused> for CallRefused {
    fn from(refused: ActivationRefused) -> Self {
        match refused {
            ActivationRefused::BadCall => Self::BadCall,
            ActivationRefused::Unknown => Self::ActivationUnknown,
            ActivationRefused::Expired => Self::ActivationExpired,
            ActivationRefused::Used => Self::ActivationUsed,
            ActivationRefused::TooMany(until) => Self::TooMany(until),
            ActivationRefused::Failed(failure) => Self::Failed(failure),
        }
    }
}

impl CallRefused {
    /// The problem (RFC 9457). What went wrong inside is logged here, and nowhere told.
    pub(super) fn into_response(self, now: UnixSeconds) -> Response {
        if let Self::Failed(failure) = &self {
            let cause = failure.source().map(ToString::to_string);
            tracing::error!(error = %failure, cause, "a call failed");
        }
        let mut response = problem(self.status(), self.title());
        if let Self::TooMany(until) = self {
            let after = HeaderValue::from(until.since(now));
            response.headers_mut().insert(RETRY_AFTER, after);
        }
        response
    }

    fn title(&self) -> String {
        match self {
            Self::Failed(_) => FAILED.to_owned(),
            refused => refused.to_string(),
        }
    }
}

/// What a call gets whose handler panicked.
pub(super) fn panicked(_: Box<dyn Any + Send>) -> Response {
    // What it said stands in the log by the panic hook.
    tracing::error!("a call panicked");
    problem((StatusCode::INTERNAL_SERVER_ERROR, ProblemCode::Internal), FAILED.to_owned())
}

fn problem((status, code): (StatusCode, ProblemCode), title: String) -> Response {
    let body = serde_json::to_string(&Problem { status: status.as_u16(), title, code }).unwrap_or_default();
    (status, [(CONTENT_TYPE, "application/problem+json")], body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::body::Body;
    use axum::http::Request;
    use axum::routing::get;
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;
    use tower_http::catch_panic::CatchPanicLayer;

    #[tokio::test]
    async fn a_call_that_panics_gets_a_problem_as_any_failure_does() {
        async fn faulty() {
            panic!("a fault in a call");
        }
        let routes = Router::new().route("/", get(faulty)).layer(CatchPanicLayer::custom(panicked));
        let response = routes.oneshot(Request::get("/").body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let problem: Problem = serde_json::from_slice(&body).unwrap();
        assert_eq!(problem.code, ProblemCode::Internal);
    }

    #[test]
    fn each_cause_has_a_status_of_its_own_word() {
        let at = UnixSeconds::EPOCH;
        let mut words = Vec::new();
        for refused in [
            CallRefused::BadCall,
            CallRefused::UnknownDevice,
            CallRefused::ActivationUnknown,
            CallRefused::ActivationExpired,
            CallRefused::ActivationUsed,
            CallRefused::TooMany(at),
            CallRefused::UpdateApp,
            CallRefused::UpdateServer,
            CallRefused::Failed(Failure::Hashing),
        ] {
            let (status, code) = refused.status();
            assert!(status.is_client_error() || status.is_server_error());
            words.push(code.word());
        }
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), 9);
    }

    #[test]
    fn a_later_version_is_the_servers_to_learn_and_an_earlier_one_the_apps() {
        assert!(matches!(CallRefused::from(Refusal::Version(2)), CallRefused::UpdateServer));
        assert!(matches!(CallRefused::from(Refusal::Version(0)), CallRefused::UpdateApp));
        assert!(matches!(CallRefused::from(Refusal::Signature), CallRefused::BadCall));
    }
}
