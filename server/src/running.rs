//! A running server: its listeners, what ends it, and the way to end it.

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use axum::Router;
use axum_server::Handle;
use axum_server::accept::NoDelayAcceptor;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use countersign_protocol::{BaseUrl, ServerId};
use hyper_util::rt::TokioTimer;
use tokio::task::JoinSet;

use crate::config::PagesUrl;
use crate::connections::{Connections, Guard};
use crate::service::Service;
use crate::tls::Tls;

/// So long calls that are under way may take when the server ends.
const ENDING: Duration = Duration::from_secs(5);
const SWEEP: Duration = Duration::from_secs(60);

/// A part that nothing works without has ended by itself: the process has to be started anew.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// What writes to the database.
    #[error("the writer of the database has ended")]
    Writer,
    /// What takes connections.
    #[error("the listener on {address} has ended")]
    Listener {
        /// Where.
        address: SocketAddr,
        /// What the system says, if it is at fault.
        source: Option<std::io::Error>,
    },
    /// What removes each minute what is over.
    #[error("the sweeper has ended")]
    Sweeper,
    /// One of the last two, by a panic.
    #[error("a task of the server has ended")]
    Task(#[from] tokio::task::JoinError),
}

/// A server that runs until it is shut down or dropped.
pub struct Running {
    service: Service,
    phone_base: BaseUrl,
    pages_address: SocketAddr,
    phone_address: SocketAddr,
    handles: Vec<Handle<SocketAddr>>,
    /// None of them ends before the server is told to.
    tasks: JoinSet<Broken>,
    idle: Duration,
}

impl Running {
    /// A server that does not listen yet: pages on the first address, the phone's calls on the second.
    pub(crate) fn new(
        service: Service,
        phone_base: BaseUrl,
        (pages_address, phone_address): (SocketAddr, SocketAddr),
        idle: Duration,
    ) -> Self {
        let mut tasks = JoinSet::new();
        tasks.spawn(sweep(service.clone()));
        Self { service, phone_base, pages_address, phone_address, handles: Vec::new(), tasks, idle }
    }

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

    /// Returns when something has ended that the server cannot do without, and says so in the log. Then there is nothing
    /// left but to shut it down.
    pub async fn broken(&mut self) -> Broken {
        let ended = async {
            match self.tasks.join_next().await {
                Some(ended) => ended.unwrap_or_else(Broken::Task),
                None => std::future::pending().await,
            }
        };
        let broken = tokio::select! {
            broken = ended => broken,
            () = self.service.store().writer_ended() => Broken::Writer,
        };
        tracing::error!(error = &broken as &dyn std::error::Error, "the server cannot go on");
        broken
    }

    /// Ends it: waits return, what is under way finishes, what was confirmed is on the disk.
    pub async fn shutdown(mut self) {
        self.service.close();
        for handle in self.handles.drain(..) {
            handle.graceful_shutdown(Some(ENDING));
        }
        while self.tasks.join_next().await.is_some() {}
        self.service.store().close().await;
    }

    /// Begins to take connections for these routes.
    pub(crate) fn serve(
        &mut self,
        listener: TcpListener,
        tls: Option<Tls>,
        routes: Router,
        connections: Connections,
    ) -> std::io::Result<()> {
        let address = listener.local_addr()?;
        let handle = Handle::new();
        let routes = routes.into_make_service_with_connect_info::<SocketAddr>();
        let mut server = axum_server::from_tcp(listener)?.handle(handle.clone());
        let (builder, idle) = (server.http_builder(), self.idle);
        builder.http1().timer(TokioTimer::new()).header_read_timeout(idle);
        builder.http2().timer(TokioTimer::new()).keep_alive_interval(idle).keep_alive_timeout(idle);
        // A reply goes in two pieces, and Nagle's wait for the receipt of the first would hold the second for 40 ms.
        let at_once = NoDelayAcceptor::new();
        match tls {
            Some(tls) => {
                let tls = RustlsAcceptor::new(RustlsConfig::from_config(tls.config)).acceptor(at_once);
                let guard = Guard::new(connections, idle, tls);
                self.tasks.spawn(listening(address, server.acceptor(guard).serve(routes)));
            }
            None => {
                let guard = Guard::new(connections, idle, at_once);
                self.tasks.spawn(listening(address, server.acceptor(guard).serve(routes)));
            }
        }
        self.handles.push(handle);
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

async fn listening(address: SocketAddr, serving: impl Future<Output = std::io::Result<()>>) -> Broken {
    Broken::Listener { address, source: serving.await.err() }
}

async fn sweep(service: Service) -> Broken {
    let mut closing = service.closing();
    let mut interval = tokio::time::interval(SWEEP);
    loop {
        tokio::select! {
            _ = interval.tick() => {}
            _ = closing.wait_for(|is_closing| *is_closing) => return Broken::Sweeper,
        }
        if let Err(error) = service.sweep().await {
            tracing::error!(%error, "what is over could not be removed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::StoreFailed;
    use crate::{Demo, Failure, Given, HashingCost};

    async fn running(folder: &tempfile::TempDir) -> Running {
        let given = Given { hashing_cost: HashingCost::LEAST, ..Given::default() };
        Demo::start(folder.path(), given).await.unwrap().running
    }

    #[tokio::test]
    async fn a_writer_that_panics_breaks_the_server() {
        let folder = tempfile::tempdir().unwrap();
        let mut running = running(&folder).await;
        let write = running.service.write((), |_, _, ()| Box::pin(async { panic!("a fault in a write") }));
        let written: Result<(), Failure> = write.await;
        assert!(matches!(written, Err(Failure::Store(StoreFailed::Closed))));
        assert!(matches!(running.broken().await, Broken::Writer));
        running.shutdown().await;
    }

    #[tokio::test]
    async fn a_listener_that_ends_breaks_the_server() {
        let folder = tempfile::tempdir().unwrap();
        let mut running = running(&folder).await;
        running.handles[1].shutdown();
        let phones = running.phone_address;
        assert!(matches!(running.broken().await, Broken::Listener { address, .. } if address == phones));
        running.shutdown().await;
    }

    #[tokio::test]
    async fn nothing_is_broken_while_the_server_runs() {
        let folder = tempfile::tempdir().unwrap();
        let mut running = running(&folder).await;
        let mut broken = Box::pin(running.broken());
        for _ in 0..100 {
            tokio::select! {
                biased;
                broken = &mut broken => panic!("{broken}"),
                () = tokio::task::yield_now() => {}
            }
        }
        drop(broken);
        running.shutdown().await;
    }
}
