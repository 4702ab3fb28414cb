//! The phone's calls: one POST each, one compact JWS in and one out.
//!
//! ```text
//! POST ─► size ─► JWS ─► key of the phone ─► signature ─► method ─► signed reply
//! ```
//!
//! Everything that a phone acts on is a signed reply with HTTP status 200; all else is a problem of RFC 9457, unsigned.

mod call;
mod caller;
mod polls;
mod refused;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderMap};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use ipnet::IpNet;
use tower_http::catch_panic::CatchPanicLayer;

use crate::failure::Failure;
use crate::rules::ClientAddress;
use crate::service::Service;
use refused::CallRefused;

/// What every call needs.
#[derive(Clone)]
struct Api {
    service: Service,
    polls: polls::Polls,
    trusted_proxies: Arc<[IpNet]>,
}

/// The routes of the phone's calls, under the path of the base URL, and the statement at the origin (RFC 8615).
pub(crate) fn router(service: Service, trusted_proxies: &[IpNet]) -> Router {
    let base = service.whereabouts().base.clone();
    let path = base.as_str().strip_prefix(base.origin().as_str()).unwrap_or_default().to_owned();
    let api = Api { service, polls: polls::Polls::default(), trusted_proxies: trusted_proxies.into() };
    Router::new()
        .route(&format!("{path}/v1/activation"), post(activation))
        .route(&format!("{path}/v1/wait"), post(wait))
        .route(&format!("{path}/v1/answer"), post(answer))
        .route(&format!("{path}/v1/update"), post(update))
        .route(&format!("{path}/v1/removal"), post(removal))
        .route("/.well-known/countersign", get(statement))
        .layer(CatchPanicLayer::custom(refused::panicked))
        .with_state(api)
}

type Peer = ConnectInfo<SocketAddr>;

async fn activation(api: State<Api>, peer: Peer, headers: HeaderMap, body: Body) -> Response {
    let call = async |address| call::activation(&api, address, &headers, body).await;
    api.answer(api.address(peer, &headers), call).await
}

async fn wait(api: State<Api>, peer: Peer, headers: HeaderMap, body: Body) -> Response {
    api.answer(api.address(peer, &headers), async |_| call::wait(&api, &headers, body).await).await
}

async fn answer(api: State<Api>, peer: Peer, headers: HeaderMap, body: Body) -> Response {
    let call = async |address| call::answer(&api, address, &headers, body).await;
    api.answer(api.address(peer, &headers), call).await
}

async fn update(api: State<Api>, peer: Peer, headers: HeaderMap, body: Body) -> Response {
    api.answer(api.address(peer, &headers), async |_| call::update(&api, &headers, body).await).await
}

async fn removal(api: State<Api>, peer: Peer, headers: HeaderMap, body: Body) -> Response {
    api.answer(api.address(peer, &headers), async |_| call::removal(&api, &headers, body).await).await
}

/// The server statement, for a phone that typed the origin (S25) and for one whose calls fail (I16).
async fn statement(State(api): State<Api>) -> Response {
    jose(api.service.keys().statement().to_owned())
}

impl Api {
    fn address(&self, ConnectInfo(peer): Peer, headers: &HeaderMap) -> Result<ClientAddress, Failure> {
        ClientAddress::of_call(peer.ip(), headers, &self.trusted_proxies).ok_or(Failure::NoClient)
    }

    /// The reply, or the problem; bad calls are counted by address.
    async fn answer(
        &self,
        address: Result<ClientAddress, Failure>,
        call: impl AsyncFnOnce(ClientAddress) -> Result<String, CallRefused>,
    ) -> Response {
        let replied = match address {
            Ok(address) => call(address).await.map_err(|refused| self.counted(address, refused)),
            Err(failure) => Err(failure.into()),
        };
        match replied {
            Ok(jws) => jose(jws),
            Err(refused) => refused.into_response(self.service.now()),
        }
    }
}

fn jose(jws: String) -> Response {
    ([(CONTENT_TYPE, "application/jose"), (CACHE_CONTROL, "no-store")], jws).into_response()
}
