//! What stands around each connection: its place, an eye on its calls, and an end when it is quiet too long.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::http::Request;
use axum_server::accept::Accept;
use http_body::Body;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep};
use tower::Service;

use super::calls::{Arriving, Calls};
use super::{Connections, Entered};

/// Lets connections in and watches over them.
#[derive(Clone)]
pub(crate) struct Guard<A> {
    connections: Connections,
    /// So long a connection may be quiet.
    quiet: Duration,
    inner: A,
}

/// The bytes of a connection.
pub(crate) struct Watched<T> {
    inner: T,
    entered: Entered,
    quiet: Duration,
    alarm: Pin<Box<Sleep>>,
    is_over: bool,
}

/// What answers the calls of a connection.
#[derive(Clone)]
pub(crate) struct Answering<S> {
    inner: S,
    calls: Calls,
}

type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

impl<A> Guard<A> {
    pub(crate) fn new(connections: Connections, quiet: Duration, inner: A) -> Self {
        Self { connections, quiet, inner }
    }
}

impl<A, S> Accept<TcpStream, S> for Guard<A>
where
    A: Accept<TcpStream, S>,
    A::Future: Send + 'static,
    A::Stream: Send,
    A::Service: Send,
{
    type Stream = Watched<A::Stream>;
    type Service = Answering<A::Service>;
    type Future = Boxed<io::Result<(Self::Stream, Self::Service)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let entered = stream.peer_addr().map(|peer| self.connections.enter(peer.ip()));
        let (quiet, accepting) = (self.quiet, self.inner.accept(stream, service));
        Box::pin(async move {
            let mut entered = entered?.ok_or_else(no_room)?;
            let (inner, service) = tokio::select! {
                accepted = accepting => accepted?,
                _ = &mut entered.close => return Err(no_room()),
            };
            let service = Answering { inner: service, calls: entered.calls.clone() };
            let alarm = Box::pin(tokio::time::sleep(quiet));
            Ok((Watched { inner, entered, quiet, alarm, is_over: false }, service))
        })
    }
}

fn no_room() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionRefused, "no room for another connection")
}

impl<T> Watched<T> {
    /// What came of reading or writing; if nothing did, whether the connection is to end.
    fn unless_over<R>(
        &mut self,
        context: &mut Context<'_>,
        done: Poll<io::Result<R>>,
    ) -> Poll<io::Result<R>> {
        match done {
            Poll::Ready(done) => Poll::Ready(done),
            Poll::Pending => {
                ready!(self.poll_over(context));
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
        }
    }

    fn poll_over(&mut self, context: &mut Context<'_>) -> Poll<()> {
        while !self.is_over {
            if Pin::new(&mut self.entered.close).poll(context).is_ready() {
                self.is_over = true;
                break;
            }
            ready!(self.alarm.as_mut().poll(context));
            let since = self.entered.calls.quiet_since().unwrap_or_else(Instant::now);
            self.is_over = since.elapsed() >= self.quiet;
            self.alarm.as_mut().reset(since + self.quiet);
        }
        Poll::Ready(())
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Watched<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.inner).poll_read(context, into);
        self.unless_over(context, read)
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Watched<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write(context, bytes);
        self.unless_over(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write_vectored(context, bytes);
        self.unless_over(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.inner).poll_flush(context);
        self.unless_over(context, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let ended = Pin::new(&mut self.inner).poll_shutdown(context);
        self.unless_over(context, ended)
    }
}

impl<S, B> Service<Request<B>> for Answering<S>
where
    S: Service<Request<Arriving<B>>>,
    S::Future: Send + 'static,
    B: Body,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Boxed<Result<S::Response, S::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, call: Request<B>) -> Self::Future {
        let (head, body) = call.into_parts();
        let (under_way, body) = self.calls.arrive(body);
        let answering = self.inner.call(Request::from_parts(head, body));
        Box::pin(async move {
            let answer = answering.await;
            under_way.end();
            answer
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connections::{Guests, Room};
    use crate::tls::Tls;

    use std::net::SocketAddr;

    use axum::Router;
    use axum::routing::get;
    use axum_server::Handle;
    use axum_server::accept::DefaultAcceptor;
    use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::time::{sleep, timeout};

    const QUIET: Duration = Duration::from_millis(300);

    fn listener() -> (std::net::TcpListener, SocketAddr) {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        (listener, address)
    }

    #[tokio::test]
    async fn a_call_that_is_under_way_is_not_quiet_however_long_it_takes() {
        let routes = Router::new().route("/", get(async || sleep(4 * QUIET).await));
        let connections = Connections::new(Room { all: 4, of_address: 4 }, &[], Guests::Anybody);
        let guard = Guard::new(connections, QUIET, DefaultAcceptor::new());
        let (listener, address) = listener();
        let handle = Handle::new();
        let server = axum_server::from_tcp(listener).unwrap().handle(handle.clone()).acceptor(guard);
        let server = tokio::spawn(server.serve(routes.into_make_service()));

        let mut stream = TcpStream::connect(address).await.unwrap();
        for _ in 0..2 {
            stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
            let mut answer = [0; 1024];
            let length = timeout(60 * QUIET, stream.read(&mut answer)).await.unwrap().unwrap();
            assert!(answer[..length].starts_with(b"HTTP/1.1 200 "));
        }
        let end = timeout(60 * QUIET, stream.read(&mut [0])).await.expect("it is quiet then");
        assert!(matches!(end, Ok(0) | Err(_)));
        handle.shutdown();
        server.await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn a_handshake_ends_when_somebody_else_needs_the_place() {
        // Another test may have been first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let tls = Tls::own(folder.path(), vec!["localhost".to_owned()]).unwrap();
        let tls = RustlsAcceptor::new(RustlsConfig::from_config(tls.config)).handshake_timeout(600 * QUIET);
        let connections = Connections::new(Room { all: 1, of_address: 1 }, &[], Guests::Anybody);
        let guard = Guard::new(connections, 600 * QUIET, tls);
        let (listener, address) = listener();
        let handle = Handle::new();
        let server = axum_server::from_tcp(listener).unwrap().handle(handle.clone()).acceptor(guard);
        let server = tokio::spawn(server.serve(Router::new().into_make_service()));

        let mut first = TcpStream::connect(address).await.unwrap();
        first.write_all(&[0x16]).await.unwrap();
        assert!(timeout(QUIET, first.read(&mut [0])).await.is_err(), "the server waits for the rest");
        let mut second = TcpStream::connect(address).await.unwrap();
        let end = timeout(60 * QUIET, first.read(&mut [0])).await.expect("the second has its place");
        assert!(matches!(end, Ok(0) | Err(_)));
        assert!(timeout(QUIET, second.read(&mut [0])).await.is_err());
        handle.shutdown();
        server.await.unwrap().unwrap();
    }
}
