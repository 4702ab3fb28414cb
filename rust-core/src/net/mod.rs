//! The only place with a socket: a [`Call`] in, the text of a reply out. Redirects are not followed, cookies not kept.

mod certificate;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::error::Error as _;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use countersign_protocol::{Hash, Problem, ProblemCode, TypedPin};
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode};

pub(crate) use certificate::Trust;

use crate::ports::PlatformTrust;

/// How long a connection may take to stand.
const CONNECT: Duration = Duration::from_secs(10);
/// The most bytes of a problem that are read (RFC 9457).
const PROBLEM_LIMIT: usize = 8 * 1024;
/// A server may ask for a pause between these.
const PAUSE: std::ops::RangeInclusive<u64> = 1..=3600;

/// One exchange with a server.
pub(crate) struct Call {
    /// Where it goes; always `https`.
    pub(crate) url: String,
    /// A JWS to post; None to get.
    pub(crate) body: Option<String>,
    /// What the server's certificate has to prove.
    pub(crate) trust: Trust,
    /// How long the whole of it may take.
    pub(crate) time: Duration,
    /// The most bytes that are read.
    pub(crate) limit: usize,
}

/// Why there is no reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoReply {
    /// No connection, or it broke, or it took too long.
    #[error("no answer")]
    Unreachable,
    /// The system does not trust the certificate.
    #[error("a certificate that the system does not trust")]
    Certificate,
    /// Another TLS key than the one that is known.
    #[error("another TLS key")]
    TlsKey,
    /// The server says why (RFC 9457).
    #[error("{code:?}")]
    Problem { code: ProblemCode, pause: Option<Duration> },
    /// Something that is neither a reply nor a problem: a redirect, a page of a proxy, too many bytes.
    #[error("not of this protocol")]
    Foreign,
}

/// Keeps one client for each trust, so that connections are used again.
pub(crate) struct Net {
    platform: Arc<dyn PlatformTrust>,
    clients: Mutex<HashMap<Trust, Client>>,
}

impl Net {
    pub(crate) fn new(platform: Arc<dyn PlatformTrust>) -> Self {
        Self { platform, clients: Mutex::default() }
    }

    /// Makes one call.
    pub(crate) async fn send(&self, call: Call) -> Result<String, NoReply> {
        let client = self.client(&call.trust)?;
        let request = match call.body {
            Some(jws) => client.post(&call.url).header(CONTENT_TYPE, "application/jose").body(jws),
            None => client.get(&call.url),
        };
        let response = request.timeout(call.time).send().await.map_err(|error| cause(&error))?;
        if response.status() == StatusCode::OK {
            read(response, call.limit).await
        } else {
            Err(problem(response).await)
        }
    }

    fn client(&self, trust: &Trust) -> Result<Client, NoReply> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(trust) {
            return Ok(client.clone());
        }
        let tls =
            certificate::tls(trust.clone(), Arc::clone(&self.platform)).map_err(|_| NoReply::Foreign)?;
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .https_only(true)
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT)
            .user_agent(concat!("Countersign/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|_| NoReply::Foreign)?;
        clients.insert(trust.clone(), client.clone());
        Ok(client)
    }
}

impl fmt::Debug for Net {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Net")
    }
}

async fn read(mut response: Response, limit: usize) -> Result<String, NoReply> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| cause(&error))? {
        if bytes.len() + chunk.len() > limit {
            return Err(NoReply::Foreign);
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes).map_err(|_| NoReply::Foreign)
}

async fn problem(response: Response) -> NoReply {
    let pause =
        response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let pause = pause.map(|seconds| Duration::from_secs(seconds.clamp(*PAUSE.start(), *PAUSE.end())));
    match read(response, PROBLEM_LIMIT).await {
        Ok(body) => match serde_json::from_str::<Problem>(&body) {
            Ok(problem) => NoReply::Problem { code: problem.code, pause },
            Err(_) => NoReply::Foreign,
        },
        Err(no_reply) => no_reply,
    }
}

/// Finds what the certificate was refused for in the chain of causes; everything else is a matter of the network.
fn cause(error: &reqwest::Error) -> NoReply {
    let mut source = error.source();
    while let Some(error) = source {
        if let Some(tls) = error.downcast_ref::<rustls::Error>() {
            return certificate::refused(tls);
        }
        // An error of input and output names the cause of what it wraps, not what it wraps; and it may wrap its like.
        let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        source = match wrapped {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    NoReply::Unreachable
}

impl Trust {
    /// By the pins of a statement, or as the system would where there are none.
    pub(crate) fn of_pins(pins: &[Hash]) -> Self {
        if pins.is_empty() { Self::System } else { Self::Pins(pins.to_vec()) }
    }

    /// By what was typed behind the `#`.
    pub(crate) fn of_typed(pin: Option<TypedPin>) -> Self {
        pin.map_or(Self::System, |pin| Self::Typed(pin.as_str().to_owned()))
    }
}
