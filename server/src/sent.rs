//! What a call brings in its body: within its size, and sent in time.

use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};

/// So long a body may take: the largest is 24 KB, and whoever takes longer holds a connection for nothing.
const SENDING: Duration = Duration::from_secs(10);

/// Reads a body of at most so many bytes; None if it is larger, breaks off, or is not there in time.
pub(crate) async fn read(body: Body, most: usize) -> Option<Bytes> {
    read_within(SENDING, body, most).await
}

async fn read_within(time: Duration, body: Body, most: usize) -> Option<Bytes> {
    tokio::time::timeout(time, to_bytes(body, most)).await.ok()?.ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::routing::post;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    const SHORT: Duration = Duration::from_millis(200);

    #[tokio::test]
    async fn a_body_that_trickles_in_is_given_up() {
        let read = async |body| match read_within(SHORT, body, 1_000_000).await {
            Some(_) => "read",
            None => "given up",
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stream = tokio::net::TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let _server = tokio::spawn(axum::serve(listener, Router::new().route("/", post(read))).into_future());
        let (mut from, mut to) = stream.into_split();
        to.write_all(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n").await.unwrap();
        let trickling = async {
            while to.write_all(b"a").await.is_ok() {
                tokio::time::sleep(SHORT / 20).await;
            }
            std::future::pending::<()>().await;
        };
        let mut answer = vec![0; 1024];
        let length = tokio::select! {
            read = tokio::time::timeout(Duration::from_secs(20), from.read(&mut answer)) => {
                read.expect("it ends by itself").unwrap()
            }
            () = trickling => 0,
        };
        answer.truncate(length);
        assert!(String::from_utf8(answer).unwrap().ends_with("given up"));
    }

    #[tokio::test]
    async fn a_body_is_read_up_to_its_size() {
        assert_eq!(read(Body::from("four"), 4).await.as_deref(), Some(&b"four"[..]));
        assert_eq!(read(Body::from("four"), 3).await, None);
    }
}
