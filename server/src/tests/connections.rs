//! Connections that hold a place and ask nothing.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use countersign_protocol::BaseUrl;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::log::Log;
use crate::config::{PagesUrl, Urls};
use crate::connections::Room;
use crate::*;

const IDLE: Duration = Duration::from_secs(1);
/// Much longer than that, and shorter than the time of a server that nobody told another.
const LONG: Duration = Duration::from_secs(20);

async fn server(folder: &Path) -> Running {
    let given = Given { hashing_cost: HashingCost::LEAST, idle: IDLE, ..Given::default() };
    Demo::start(folder, given).await.unwrap().running
}

async fn is_closed(stream: &mut TcpStream) {
    let mut rest = Vec::new();
    // An end or a reset: it is closed.
    let _ = timeout(LONG, stream.read_to_end(&mut rest)).await.expect("it is closed");
}

/// Sends a header line now and then, without end, until the server has closed the connection.
async fn trickle(address: SocketAddr) {
    let (mut from, mut to) = TcpStream::connect(address).await.unwrap().into_split();
    to.write_all(b"GET /sign-in HTTP/1.1\r\nHost: localhost\r\n").await.unwrap();
    let trickling = async {
        while to.write_all(b"X-More: and more\r\n").await.is_ok() {
            sleep(IDLE / 8).await;
        }
    };
    let mut rest = Vec::new();
    tokio::select! {
        // An end or a reset: it is closed.
        _ = from.read_to_end(&mut rest) => {}
        () = trickling => {}
    }
}

/// Asks for a page on a connection that stands, and reads what comes of it.
async fn ask(stream: &mut TcpStream) -> String {
    stream.write_all(b"GET /sign-in HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"</html>") && !answer.ends_with(b"</html>\n") {
        assert_ne!(stream.read_buf(&mut answer).await.unwrap(), 0, "closed within an answer");
    }
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn a_header_without_end_costs_its_connection_however_slowly_it_comes() {
    let folder = tempfile::tempdir().unwrap();
    let running = server(folder.path()).await;
    timeout(LONG, trickle(running.pages_address())).await.expect("it is closed");
    running.shutdown().await;
}

#[tokio::test]
async fn a_connection_that_asks_again_in_time_stays_and_one_that_does_not_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let running = server(folder.path()).await;
    let mut stream = TcpStream::connect(running.pages_address()).await.unwrap();
    for _ in 0..6 {
        assert!(ask(&mut stream).await.starts_with("HTTP/1.1 200 "));
        sleep(IDLE / 5).await;
    }
    let end = timeout(LONG, stream.read_u8()).await.expect("it is closed");
    assert_eq!(end.unwrap_err().kind(), std::io::ErrorKind::UnexpectedEof);
    running.shutdown().await;
}

#[tokio::test]
async fn a_connection_that_says_nothing_or_not_enough_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let running = server(folder.path()).await;
    for begin in [&b""[..], b"P", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r", b"GET / HTTP/1.1\r\n"] {
        let mut stream = TcpStream::connect(running.pages_address()).await.unwrap();
        stream.write_all(begin).await.unwrap();
        is_closed(&mut stream).await;
    }
    running.shutdown().await;
}

#[tokio::test]
async fn a_preface_that_trickles_in_costs_its_connection() {
    let folder = tempfile::tempdir().unwrap();
    let running = server(folder.path()).await;
    let (mut from, mut to) = TcpStream::connect(running.pages_address()).await.unwrap().into_split();
    let trickling = async {
        for byte in b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" {
            if to.write_all(&[*byte]).await.is_err() {
                return;
            }
            sleep(IDLE / 2).await;
        }
        panic!("all of it was taken");
    };
    let mut rest = Vec::new();
    tokio::select! {
        _ = from.read_to_end(&mut rest) => {}
        () = trickling => {}
    }
    running.shutdown().await;
}

#[tokio::test]
async fn however_many_silent_connections_there_are_whoever_asks_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    let running = patient_server(folder.path()).await;
    let address = running.pages_address();
    let mut first = TcpStream::connect(address).await.unwrap();
    let mut silent = Vec::new();
    for _ in 0..Room::of_process(2).of_address {
        silent.push(TcpStream::connect(address).await.unwrap());
    }
    is_closed(&mut first).await;
    let mut asking = TcpStream::connect(address).await.unwrap();
    assert!(timeout(LONG, ask(&mut asking)).await.unwrap().starts_with("HTTP/1.1 200 "));
    running.shutdown().await;
}

#[tokio::test]
async fn however_many_bodies_trickle_in_whoever_asks_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    let running = patient_server(folder.path()).await;
    let mut trickling = Vec::new();
    for _ in 0..Room::of_process(2).of_address {
        let mut stream = TcpStream::connect(running.pages_address()).await.unwrap();
        let head =
            b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n\
            Content-Length: 1000\r\nExpect: 100-continue\r\n\r\n";
        stream.write_all(head).await.unwrap();
        // The server says so when it begins to wait for the body.
        let mut answer = [0; 25];
        timeout(LONG, stream.read_exact(&mut answer)).await.unwrap().unwrap();
        assert_eq!(&answer, b"HTTP/1.1 100 Continue\r\n\r\n");
        stream.write_all(b"u").await.unwrap();
        trickling.push(stream);
    }
    let mut asking = TcpStream::connect(running.pages_address()).await.unwrap();
    assert!(timeout(LONG, ask(&mut asking)).await.unwrap().starts_with("HTTP/1.1 200 "));
    drop(trickling);
    running.shutdown().await;
}

/// One behind a proxy: its pages are reached by https, and it speaks no TLS.
async fn server_behind(folder: &Path, proxy: &str, listen: &str) -> Running {
    let mut config = Demo::config(folder);
    config.urls = Urls::Fixed {
        pages: PagesUrl::try_from("https://signin.halden.example".to_owned()).unwrap(),
        phone: BaseUrl::new("https://signin.halden.example").unwrap(),
    };
    config.listen = listen.parse().unwrap();
    config.phone_listen = None;
    config.trusted_proxies = vec![proxy.parse().unwrap()];
    let given = || Given { hashing_cost: HashingCost::LEAST, idle: 30 * LONG, ..Given::default() };
    Server::make(&config, &given()).await.unwrap();
    Server::start(&config, given()).await.unwrap()
}

/// What the first line of the answer to a proxy is; nothing where the connection is closed without a byte.
async fn answered(running: &Running) -> String {
    let port = running.pages_address().port();
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let call =
        "GET /sign-in HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.5\r\nConnection: close\r\n\r\n";
    // It may be closed already.
    let _ = stream.write_all(call.as_bytes()).await;
    let mut answer = Vec::new();
    let _ = timeout(LONG, stream.read_to_end(&mut answer)).await.expect("it is answered or closed");
    String::from_utf8(answer).unwrap().lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_proxy_that_nobody_named_is_answered_nothing_on_loopback_as_elsewhere() {
    for listen in ["127.0.0.1:0", "0.0.0.0:0"] {
        let folder = tempfile::tempdir().unwrap();
        let unnamed = server_behind(&folder.path().join("unnamed"), "127.0.0.2/32", listen).await;
        assert_eq!(answered(&unnamed).await, "", "{listen}");
        unnamed.shutdown().await;
        let named = server_behind(&folder.path().join("named"), "127.0.0.1/32", listen).await;
        assert_eq!(answered(&named).await, "HTTP/1.1 200 OK", "{listen}");
        named.shutdown().await;
    }
}

#[tokio::test]
async fn the_first_connection_that_is_refused_has_a_line_in_the_log_and_no_other() {
    let log = Log::default();
    let _listening = log.listen("warn");
    let folder = tempfile::tempdir().unwrap();
    let running = server_behind(folder.path(), "127.0.0.2/32", "127.0.0.1:0").await;
    for _ in 0..3 {
        assert_eq!(answered(&running).await, "");
    }
    let text = log.text();
    assert_eq!(text.matches("closed a connection to the port without TLS").count(), 1, "{text}");
    assert!(text.contains("address=127.0.0.1"), "{text}");
    running.shutdown().await;
}

/// One that closes no connection for being quiet as long as a test takes.
async fn patient_server(folder: &Path) -> Running {
    let given = Given { hashing_cost: HashingCost::LEAST, idle: 30 * LONG, ..Given::default() };
    Demo::start(folder, given).await.unwrap().running
}
