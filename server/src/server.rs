//! A running server: its listeners, and the way to end it.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum_server::Handle;
use axum_server::accept::NoDelayAcceptor;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use countersign_protocol::{BaseUrl, Clock, Random, ServerId, SystemClock, SystemRandom, Text};
use hyper_util::rt::TokioTimer;
use tokio::task::JoinHandle;

use crate::api;
use crate::config::{Config, PagesUrl, Urls};
use crate::connections::{Connections, Guard, Room};
use crate::keys::Whereabouts;
use crate::service::{Failure, HashingCost, Service};
use crate::site::Site;
use crate::state::{self, Renaming};
use crate::tls::{Tls, TlsRefused};

/// So long calls that are under way may take when the server ends.
const ENDING: Duration = Duration::from_secs(5);
const SWEEP: Duration = Duration::from_secs(60);

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

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartFailed {
    /// The folder of state, the database or the keys.
    #[error(transparent)]
    State(#[from] Failure),
    /// A certificate.
    #[error(transparent)]
    Tls(#[from] TlsRefused),
    /// An address cannot be listened on.
    #[error("{address}")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// The address of a loopback server has no URL.
    #[error("no URL for this address: {0}")]
    Url(&'static str),
}

/// Starts servers.
#[derive(Clone, Copy, Debug)]
pub struct Server;

/// A server that runs until it is shut down or dropped.
pub struct Running {
    service: Service,
    phone_base: BaseUrl,
    pages_address: SocketAddr,
    phone_address: SocketAddr,
    handles: Vec<Handle<SocketAddr>>,
    tasks: Vec<JoinHandle<()>>,
    idle: Duration,
}

impl Server {
    /// Makes what a new server needs: folder, key file, database and keys. What is there already stays.
    ///
    /// # Errors
    /// [`StartFailed::State`] when something cannot be made.
    pub async fn make(config: &Config, given: &Given) -> Result<(), StartFailed> {
        Ok(state::make(config, given).await?)
    }

    /// Gives a person another user name and name, while no server runs.
    ///
    /// # Errors
    /// [`StartFailed::State`] when the database cannot be opened or written.
    pub async fn rename_person(
        config: &Config,
        given: &Given,
        user_name: &str,
        new: (Text<128>, Text<64>),
    ) -> Result<Renaming, StartFailed> {
        Ok(state::rename_person(config, given, user_name, new).await?)
    }

    /// Starts a server in this process. Returns once it listens.
    ///
    /// # Errors
    /// [`StartFailed`] says what is missing; [`Server::make`] comes first.
    pub async fn start(config: &Config, given: Given) -> Result<Running, StartFailed> {
        let listener = listen(config.listen)?;
        let phone_listener = config.phone_listen.map(listen).transpose()?;
        let pages_address = address(&listener, config.listen)?;
        let phone_address = match (&phone_listener, config.phone_listen) {
            (Some(listener), Some(asked)) => address(listener, asked)?,
            _ => pages_address,
        };
        let (pages_url, base) = match &config.urls {
            Urls::Fixed { pages, phone } => (pages.clone(), phone.clone()),
            Urls::Loopback => loopback(pages_address, phone_address)?,
        };
        let tls = config.tls.as_ref().map(Tls::read).transpose()?;
        let own = phone_listener.as_ref().map(|_| Tls::own(&config.state, names(&base))).transpose()?;
        let pinned = tls.as_ref().filter(|_| config.tls.as_ref().is_some_and(|files| files.pinned));
        let pin = own.as_ref().or(pinned).map(|tls| tls.key);
        let whereabouts = Whereabouts { base: base.clone(), domain: pages_url.domain().clone(), pin };
        let idle = given.idle;
        let service = state::open(config, given, pages_url, whereabouts).await?;

        let phone = api::router(service.clone(), &config.trusted_proxies);
        let pages = Site::new(service.clone(), &config.trusted_proxies).routes();
        let mut running = Running {
            phone_base: base,
            pages_address,
            phone_address,
            handles: Vec::new(),
            tasks: vec![tokio::spawn(sweep(service.clone()))],
            service,
            idle,
        };
        let room = Room::of_process(if phone_listener.is_some() { 2 } else { 1 });
        let connections = || Connections::new(room, &config.trusted_proxies);
        match (phone_listener, own) {
            (Some(phone_listener), Some(own)) => {
                running.serve(listener, tls, pages, config.listen, connections())?;
                running.serve(phone_listener, Some(own), phone, phone_address, connections())?;
            }
            _ => running.serve(listener, tls, pages.merge(phone), config.listen, connections())?,
        }
        Ok(running)
    }
}

impl Running {
    /// What pages and calls ask; a test may, too.
    #[must_use]
    pub fn service(&self) -> &Service {
        &self.service
    }

    /// Where a browser finds the pages.
    #[must_use]
    pub fn pages_url(&self) -> &PagesUrl {
        self.service.pages_url()
    }

    /// The address that the pages are served on.
    #[must_use]
    pub fn pages_address(&self) -> SocketAddr {
        self.pages_address
    }

    /// Where a phone posts its calls.
    #[must_use]
    pub fn phone_base(&self) -> &BaseUrl {
        &self.phone_base
    }

    /// The address that the phone's calls are served on.
    #[must_use]
    pub fn phone_address(&self) -> SocketAddr {
        self.phone_address
    }

    /// What phones know the server by.
    #[must_use]
    pub fn server_id(&self) -> ServerId {
        self.service.keys().server()
    }

    /// Ends it: waits return, what is under way finishes, what was confirmed is on the disk.
    pub async fn shutdown(mut self) {
        self.service.close();
        for handle in self.handles.drain(..) {
            handle.graceful_shutdown(Some(ENDING));
        }
        for task in self.tasks.drain(..) {
            // A task that failed has said so in the log.
            let _ = task.await;
        }
        self.service.store().close().await;
    }

    fn serve(
        &mut self,
        listener: TcpListener,
        tls: Option<Tls>,
        routes: Router,
        address: SocketAddr,
        connections: Connections,
    ) -> Result<(), StartFailed> {
        let handle = Handle::new();
        let routes = routes
            .layer(tower_http::catch_panic::CatchPanicLayer::new())
            .into_make_service_with_connect_info::<SocketAddr>();
        let failed = |source| StartFailed::Listen { address, source };
        let mut server = axum_server::from_tcp(listener).map_err(failed)?.handle(handle.clone());
        let (builder, idle) = (server.http_builder(), self.idle);
        builder.http1().timer(TokioTimer::new()).header_read_timeout(idle);
        builder.http2().timer(TokioTimer::new()).keep_alive_interval(idle).keep_alive_timeout(idle);
        // A reply goes in two pieces, and Nagle's wait for the receipt of the first would hold the second for 40 ms.
        let at_once = NoDelayAcceptor::new();
        let task = match tls {
            Some(tls) => {
                let tls = RustlsAcceptor::new(RustlsConfig::from_config(tls.config)).acceptor(at_once);
                let guard = Guard::new(connections, idle, tls);
                tokio::spawn(logged(address, server.acceptor(guard).serve(routes)))
            }
            None => {
                let guard = Guard::new(connections, idle, at_once);
                tokio::spawn(logged(address, server.acceptor(guard).serve(routes)))
            }
        };
        self.handles.push(handle);
        self.tasks.push(task);
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.service.close();
        for handle in &self.handles {
            handle.shutdown();
        }
    }
}

async fn logged(address: SocketAddr, serving: impl Future<Output = std::io::Result<()>>) {
    if let Err(error) = serving.await {
        tracing::error!(%address, %error, "a listener ended");
    }
}

async fn sweep(service: Service) {
    let mut closing = service.closing();
    let mut interval = tokio::time::interval(SWEEP);
    loop {
        tokio::select! {
            _ = interval.tick() => {}
            _ = closing.wait_for(|is_closing| *is_closing) => return,
        }
        if let Err(error) = service.sweep().await {
            tracing::error!(%error, "what is over could not be removed");
        }
    }
}

fn listen(address: SocketAddr) -> Result<TcpListener, StartFailed> {
    let failed = |source| StartFailed::Listen { address, source };
    let listener = TcpListener::bind(address).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    Ok(listener)
}

fn address(listener: &TcpListener, asked: SocketAddr) -> Result<SocketAddr, StartFailed> {
    listener.local_addr().map_err(|source| StartFailed::Listen { address: asked, source })
}

fn loopback(pages: SocketAddr, phone: SocketAddr) -> Result<(PagesUrl, BaseUrl), StartFailed> {
    let pages = PagesUrl::localhost(pages.port()).map_err(StartFailed::Url)?;
    let phone = BaseUrl::new(format!("https://localhost:{}", phone.port()))
        .map_err(|_| StartFailed::Url("the phone's port"))?;
    Ok((pages, phone))
}

/// The names in the server's own certificate.
fn names(base: &BaseUrl) -> Vec<String> {
    let url = url::Url::parse(base.as_str()).ok();
    let host = url.as_ref().and_then(url::Url::host_str).unwrap_or("localhost");
    vec![host.trim_matches(['[', ']']).to_owned(), "127.0.0.1".to_owned()]
}
