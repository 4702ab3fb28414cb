//! Connections that hold a place and ask nothing.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::*;

const IDLE: Duration = Duration::from_secs(1);
/// Much longer than that, and shorter than the time of a server that nobody told another.
const LONG: Duration = Duration::from_secs(20);

async fn server(folder: &std::path::Path) -> Running {
    let given = Given { hashing_cost: HashingCost::LEAST, idle: IDLE, ..Given::default() };
    Demo::start(folder, given).await.unwrap().running
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
