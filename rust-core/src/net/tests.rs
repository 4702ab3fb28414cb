use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Mutex;
use std::thread;

use countersign_protocol::hash;
use rustls::crypto::ring::{default_provider, sign::any_supported_type};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, ParsedCertificate, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion, version};

use super::*;
use crate::ports::Untrusted;

const LIMIT: usize = 1000;

/// A key pair and a certificate of its own making.
struct Identity {
    certificate: CertificateDer<'static>,
    key: Vec<u8>,
}

impl Identity {
    fn make(name: &str) -> Self {
        let pair = rcgen::KeyPair::generate().unwrap();
        let certificate =
            rcgen::CertificateParams::new([name.to_owned()]).unwrap().self_signed(&pair).unwrap();
        Self { certificate: certificate.der().clone(), key: pair.serialize_der() }
    }

    /// SHA-256 of its SPKI.
    fn tls_key(&self) -> Hash {
        hash(ParsedCertificate::try_from(&self.certificate).unwrap().subject_public_key_info().as_ref())
    }

    /// What a server shows that has this certificate, and signs handshakes with that key.
    fn signed_by(&self, signer: &Self) -> CertifiedKey {
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(signer.key.clone()));
        CertifiedKey::new(vec![self.certificate.clone()], any_supported_type(&key).unwrap())
    }
}

#[derive(Debug)]
struct Shows(Arc<CertifiedKey>);

impl ResolvesServerCert for Shows {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

/// Says the same to every request, and writes down what was asked for.
struct Server {
    port: u16,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn start(shows: CertifiedKey, speaks: &[&'static SupportedProtocolVersion], says: String) -> Self {
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_protocol_versions(speaks)
            .unwrap()
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(Shows(Arc::new(shows))));
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let writes_down = Arc::clone(&heard);
        thread::spawn(move || {
            for socket in listener.incoming() {
                let tls = ServerConnection::new(Arc::clone(&config)).unwrap();
                let mut stream = StreamOwned::new(tls, socket.unwrap());
                let mut head = Vec::new();
                let mut bytes = [0; 1024];
                while !head.windows(4).any(|end| end == b"\r\n\r\n") {
                    match stream.read(&mut bytes) {
                        Ok(len @ 1..) => head.extend_from_slice(&bytes[..len]),
                        _ => break,
                    }
                }
                let Some(path) = String::from_utf8(head).unwrap().split(' ').nth(1).map(str::to_owned) else {
                    // The client did not like the handshake.
                    continue;
                };
                writes_down.lock().unwrap().push(path);
                // A client that has read enough goes away.
                let _ = stream.write_all(says.as_bytes()).and_then(|()| stream.flush());
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
        });
        Self { port, heard }
    }

    /// With a certificate that is its own, for `localhost`.
    fn usual(says: String) -> (Self, Trust) {
        let identity = Identity::make("localhost");
        let trust = Trust::Pins(vec![identity.tls_key()]);
        (Self::start(identity.signed_by(&identity), rustls::ALL_VERSIONS, says), trust)
    }

    async fn ask(&self, trust: Trust, platform: Arc<dyn PlatformTrust>) -> Result<String, NoReply> {
        let url = format!("https://localhost:{}/asked", self.port);
        let time = Duration::from_secs(10);
        Net::new(platform).send(Call { url, body: None, trust, time, limit: LIMIT }).await
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

/// A platform that takes every certificate, or none, and tells for which host it was asked.
struct Platform {
    takes: bool,
    asked: Mutex<Vec<(usize, String)>>,
}

impl Platform {
    fn that_takes(takes: bool) -> Arc<Self> {
        Arc::new(Self { takes, asked: Mutex::default() })
    }
}

impl PlatformTrust for Platform {
    fn check(&self, chain: &[Vec<u8>], host: &str) -> Result<(), Untrusted> {
        self.asked.lock().unwrap().push((chain.len(), host.to_owned()));
        if self.takes { Ok(()) } else { Err(Untrusted) }
    }
}

fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_that_is_known_makes_the_server_and_the_platform_is_not_asked() {
    // Neither name nor chain counts.
    let identity = Identity::make("elsewhere.example");
    let server = Server::start(identity.signed_by(&identity), rustls::ALL_VERSIONS, ok("well"));
    let platform = Platform::that_takes(false);
    for trust in [
        Trust::Pins(vec![Hash::from_bytes([7; 32]), identity.tls_key()]),
        Trust::of_typed(Some(TypedPin::of(&identity.tls_key()))),
    ] {
        assert_eq!(server.ask(trust, Arc::<Platform>::clone(&platform)).await, Ok("well".to_owned()));
    }
    assert!(platform.asked.lock().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn another_tls_key_than_the_pinned_or_the_typed_one_is_refused_before_anything_is_said() {
    let (server, _) = Server::usual(ok("well"));
    let other = Identity::make("localhost").tls_key();
    for trust in [Trust::Pins(vec![other]), Trust::of_typed(Some(TypedPin::of(&other)))] {
        assert_eq!(server.ask(trust, Platform::that_takes(true)).await, Err(NoReply::TlsKey));
    }
    assert!(server.heard().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_the_certificate_and_not_its_key_is_not_the_server() {
    let (identity, thief) = (Identity::make("localhost"), Identity::make("localhost"));
    let (pin, typed) = (identity.tls_key(), TypedPin::of(&identity.tls_key()));
    for speaks in [&version::TLS13, &version::TLS12] {
        let server = Server::start(identity.signed_by(&thief), &[speaks], ok("well"));
        for trust in [Trust::Pins(vec![pin]), Trust::of_typed(Some(typed.clone())), Trust::System] {
            let answer = server.ask(trust, Platform::that_takes(true)).await;
            assert_eq!(answer, Err(NoReply::Certificate), "{speaks:?}");
        }
        assert!(server.heard().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_for_another_name_is_refused_though_the_platform_would_take_it() {
    let identity = Identity::make("elsewhere.example");
    let server = Server::start(identity.signed_by(&identity), rustls::ALL_VERSIONS, ok("well"));
    let platform = Platform::that_takes(true);
    let answer = server.ask(Trust::System, Arc::<Platform>::clone(&platform)).await;
    assert_eq!(answer, Err(NoReply::Certificate));
    assert!(server.heard().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_known_key_the_platform_judges_the_certificate() {
    let (server, _) = Server::usual(ok("well"));
    for (takes, answer) in [(true, Ok("well".to_owned())), (false, Err(NoReply::Certificate))] {
        let platform = Platform::that_takes(takes);
        assert_eq!(server.ask(Trust::System, Arc::<Platform>::clone(&platform)).await, answer);
        assert_eq!(*platform.asked.lock().unwrap(), [(1, "localhost".to_owned())]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn redirects_are_not_followed() {
    for status in [301, 302, 303, 307, 308] {
        let says = format!("HTTP/1.1 {status} Moved\r\nlocation: /there\r\ncontent-length: 0\r\n\r\n");
        let (server, trust) = Server::usual(says);
        assert_eq!(server.ask(trust, Platform::that_takes(true)).await, Err(NoReply::Foreign));
        assert_eq!(server.heard(), ["/asked"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_bytes_are_taken_than_a_reply_may_have() {
    let (fits, is_too_long) = ("x".repeat(LIMIT), "x".repeat(LIMIT + 1));
    // Also where the server does not say how many there will be.
    let endless = |body: &str| format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{body}");
    for says in [ok(&fits), endless(&fits)] {
        let (server, trust) = Server::usual(says);
        assert_eq!(server.ask(trust, Platform::that_takes(true)).await, Ok(fits.clone()));
    }
    for says in [ok(&is_too_long), endless(&is_too_long)] {
        let (server, trust) = Server::usual(says);
        assert_eq!(server.ask(trust, Platform::that_takes(true)).await, Err(NoReply::Foreign));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_problem_says_why_and_how_long_to_pause_within_bounds() {
    for (asked_for, pause) in
        [(None, None), (Some(0), Some(1)), (Some(7), Some(7)), (Some(86_400), Some(3600))]
    {
        let body = r#"{"status":429,"title":"Too many","code":"too_many"}"#;
        let retry = asked_for.map(|seconds| format!("retry-after: {seconds}\r\n")).unwrap_or_default();
        let says = format!("HTTP/1.1 429 Too Many\r\n{retry}content-length: {}\r\n\r\n{body}", body.len());
        let (server, trust) = Server::usual(says);
        let pause = pause.map(Duration::from_secs);
        let problem = NoReply::Problem { code: ProblemCode::TooMany, pause };
        assert_eq!(server.ask(trust, Platform::that_takes(true)).await, Err(problem));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_problem_that_is_too_long_is_none() {
    let title = "x".repeat(PROBLEM_LIMIT);
    let body = format!(r#"{{"status":429,"title":"{title}","code":"too_many"}}"#);
    let says = format!("HTTP/1.1 429 Too Many\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    let (server, trust) = Server::usual(says);
    assert_eq!(server.ask(trust, Platform::that_takes(true)).await, Err(NoReply::Foreign));
}
