//! A server that says what a story wants. Its keys, its TLS and its signatures are real; its words need not be.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use countersign_core::authenticator::{CoreError, EntryId};
use countersign_demo::phone::Phone;
use countersign_protocol::{
    AccountId, ActivationCode, ActivationLink, ActivationReply, Answer, AnswerReply, Asked, BaseUrl,
    Call as _, Clock as _, DeviceId, Digits, Domain, Draft, Hash, Kind, List, Never, Payload, Profile,
    RemovalReason, Reply, ReplyBody, Request, RequestId, ServerId, ServerStatement, SoftwareKey, Status,
    SystemClock, SystemRandom, Text, UnixSeconds, Verdict, WaitReply, hash,
};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::ParsedCertificate;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::Value;
use tokio::time::Instant;

use crate::keyring::decode;

/// The longest that anything here takes to be heard.
const PATIENCE: Duration = Duration::from_secs(20);

/// One request that came.
#[derive(Clone)]
pub struct Heard {
    /// The last part of its path: the name of a call, or `countersign` for the statement.
    pub call: String,
    /// What the call says; null for the statement.
    pub payload: Value,
    /// The thumbprint of the key that signed it.
    kid: String,
    pub at: Instant,
    /// The client has closed it before it got a reply.
    pub is_given_up: bool,
}

impl Heard {
    /// The request that a wait says it has seen.
    pub fn named(&self) -> Option<RequestId> {
        self.payload["have"]["request"].as_str().map(|id| id.parse().unwrap())
    }
}

/// Something that a server waits for until the story has it happen.
#[derive(Clone, Default)]
pub struct Gate(Arc<(Mutex<bool>, Condvar)>);

impl Gate {
    pub fn open(&self) {
        *self.0.0.lock().unwrap() = true;
        self.0.1.notify_all();
    }

    pub fn wait(&self) {
        let (is_open, opened) = &*self.0;
        drop(opened.wait_while(is_open.lock().unwrap(), |is_open| !*is_open).unwrap());
    }
}

/// What to say.
pub enum Says {
    /// A text with status 200.
    Text(String),
    /// A problem, and for how many seconds to pause.
    Problem(u16, &'static str, Option<u32>),
    /// Nothing, until the client gives up.
    Nothing,
    /// The connection breaks.
    Broken,
}

/// Whom the server is, and the account that it keeps.
pub struct Keys {
    pub identity: SoftwareKey,
    pub signing: SoftwareKey,
    pub base: BaseUrl,
    pub account: AccountId,
    pub device: DeviceId,
    pub tls_key: Hash,
}

type Script = dyn Fn(&Keys, &Heard) -> Says + Send + Sync;

pub struct StandIn {
    pub keys: Arc<Keys>,
    heard: Arc<(Mutex<Vec<Heard>>, Condvar)>,
}

impl StandIn {
    /// A server that answers by this; what it does not care for says [`Keys::usual`].
    pub fn start(script: impl Fn(&Keys, &Heard) -> Says + Send + Sync + 'static) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let pair = rcgen::KeyPair::generate().unwrap();
        let certificate = rcgen::CertificateParams::new(["localhost".to_owned()]).unwrap();
        let certificate = certificate.self_signed(&pair).unwrap().der().clone();
        let tls_key =
            hash(ParsedCertificate::try_from(&certificate).unwrap().subject_public_key_info().as_ref());
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(pair.serialize_der()));
        let config =
            ServerConfig::builder().with_no_client_auth().with_single_cert(vec![certificate], key).unwrap();
        let (config, script) = (Arc::new(config), Arc::new(script) as Arc<Script>);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let keys = Arc::new(Keys {
            identity: SoftwareKey::make().unwrap(),
            signing: SoftwareKey::make().unwrap(),
            base: BaseUrl::new(base).unwrap(),
            account: AccountId::make(&SystemRandom),
            device: DeviceId::make(&SystemRandom),
            tls_key,
        });
        let heard = Arc::new((Mutex::default(), Condvar::new()));
        let stand_in = Self { keys: Arc::clone(&keys), heard: Arc::clone(&heard) };
        thread::spawn(move || {
            for socket in listener.incoming() {
                let (config, script) = (Arc::clone(&config), Arc::clone(&script));
                let (keys, heard) = (Arc::clone(&keys), Arc::clone(&heard));
                thread::spawn(move || serve(socket.unwrap(), config, &keys, &*script, &heard));
            }
        });
        stand_in
    }

    /// What its QR code would hold.
    pub fn link(&self) -> ActivationLink {
        ActivationLink {
            base: self.keys.base.clone(),
            code: ActivationCode::make(&SystemRandom),
            server: self.keys.id(),
            tls_key: Some(self.keys.tls_key),
        }
    }

    /// Adds its account to a phone.
    pub async fn add_to(&self, phone: &Phone) -> Result<EntryId, CoreError> {
        let offer = phone.authenticator.read_offer(self.link().expose()).await?;
        phone.authenticator.add(offer, None).await
    }

    /// What has come so far to this call.
    pub fn heard(&self, call: &str) -> Vec<Heard> {
        let heard = self.heard.0.lock().unwrap();
        heard.iter().filter(|heard| heard.call == call).cloned().collect()
    }

    /// Waits until there are so many of this call that are like this.
    pub async fn hears(
        &self,
        count: usize,
        call: &str,
        like: fn(&Heard) -> bool,
    ) -> Result<Vec<Heard>, String> {
        let (all, call) = (Arc::clone(&self.heard), call.to_owned());
        let heard = tokio::task::spawn_blocking(move || {
            let (heard, news) = &*all;
            let found = |heard: &Vec<Heard>| {
                let found = heard.iter().filter(|heard| heard.call == call && like(heard));
                found.cloned().collect::<Vec<_>>()
            };
            let waits = |heard: &mut Vec<Heard>| found(heard).len() < count;
            let (heard, _) = news.wait_timeout_while(heard.lock().unwrap(), PATIENCE, waits).unwrap();
            found(&heard)
        });
        let heard = heard.await.unwrap();
        if heard.len() < count { Err(format!("heard {} and not {count}", heard.len())) } else { Ok(heard) }
    }
}

/// Any.
pub fn any(_: &Heard) -> bool {
    true
}

/// A long poll that the server may hold.
pub fn is_held(heard: &Heard) -> bool {
    heard.payload["hold"] != 0
}

/// One request a connection.
fn serve(
    socket: TcpStream,
    config: Arc<ServerConfig>,
    keys: &Keys,
    script: &Script,
    (all, news): &(Mutex<Vec<Heard>>, Condvar),
) {
    let mut stream = StreamOwned::new(ServerConnection::new(config).unwrap(), socket);
    let Some((path, body)) = read(&mut stream) else { return };
    let call = path.rsplit('/').next().unwrap().to_owned();
    let part =
        |at| body.split('.').nth(at).map_or(Value::Null, |part| serde_json::from_str(&decode(part)).unwrap());
    let (header, payload): (Value, Value) =
        if body.is_empty() { (Value::Null, Value::Null) } else { (part(0), part(1)) };
    let kid = header["kid"].as_str().unwrap_or_default().to_owned();
    let heard = Heard { call, payload, kid, at: Instant::now(), is_given_up: false };
    let place = {
        let mut all = all.lock().unwrap();
        all.push(heard.clone());
        all.len() - 1
    };
    news.notify_all();
    let (status, retry, body) = match script(keys, &heard) {
        Says::Text(text) => (200, None, text),
        Says::Problem(status, code, retry) => {
            (status, retry, format!(r#"{{"status":{status},"title":"No","code":"{code}"}}"#))
        }
        Says::Nothing => {
            // Comes back when the client is gone.
            let _ = stream.read(&mut [0]);
            all.lock().unwrap()[place].is_given_up = true;
            return news.notify_all();
        }
        Says::Broken => return,
    };
    let retry = retry.map(|seconds| format!("retry-after: {seconds}\r\n")).unwrap_or_default();
    let head = format!(
        "HTTP/1.1 {status} Said\r\nconnection: close\r\n{retry}content-length: {}\r\n\r\n",
        body.len()
    );
    // A client that is gone hears nothing.
    let _ = stream.write_all(format!("{head}{body}").as_bytes()).and_then(|()| stream.flush());
    stream.conn.send_close_notify();
    let _ = stream.flush();
}

/// The path and the body.
fn read(stream: &mut StreamOwned<ServerConnection, TcpStream>) -> Option<(String, String)> {
    let (mut text, mut bytes) = (String::new(), [0; 4096]);
    loop {
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let len = head
                .to_lowercase()
                .split_once("content-length: ")
                .map_or(0, |(_, rest)| rest.split("\r\n").next().unwrap().parse().unwrap());
            if body.len() >= len {
                return Some((head.split(' ').nth(1)?.to_owned(), body.to_owned()));
            }
        }
        let len = stream.read(&mut bytes).ok().filter(|len| *len > 0)?;
        text.push_str(std::str::from_utf8(&bytes[..len]).unwrap());
    }
}

impl Keys {
    pub fn id(&self) -> ServerId {
        self.identity.public().thumbprint().into()
    }

    /// A statement of this time, for this place, that names this signing key.
    pub fn statement(&self, iat: UnixSeconds, base: &BaseUrl, signing: &SoftwareKey) -> String {
        let (key, rp_id) = (*self.identity.public(), Domain::new("halden.example").unwrap());
        let (pins, signing) = (List::of_one(self.tls_key), List::of_one(*signing.public()));
        let statement = ServerStatement::new(key, iat, base.clone(), rp_id, pins, signing);
        signed(&statement, &self.identity)
    }

    /// A reply to a call, as it should be.
    pub fn reply<B>(&self, heard: &Heard, status: Status, body: Option<B>) -> Reply<B> {
        let aud = if heard.call == "activation" { heard.kid.clone() } else { self.device.to_string() };
        let re = heard.payload["jti"].as_str().unwrap().parse().unwrap();
        Reply { iss: self.id(), aud, iat: SystemClock.now(), re, status, body }
    }

    pub fn says<B: ReplyBody>(&self, reply: &Reply<B>) -> Says {
        Says::Text(signed(reply, &self.signing))
    }

    /// What an activation gets, without codes.
    pub fn added(&self, statement: String) -> ActivationReply {
        let (account, device, profile) = (self.account, self.device, profile(1));
        ActivationReply { server: statement, account, device, profile, codes: None }
    }

    /// The reply to an activation under a statement of this time.
    pub fn activated(&self, heard: &Heard) -> Reply<ActivationReply> {
        let statement = self.statement(statement_time(), &self.base, &self.signing);
        self.reply(heard, Status::Pending, Some(self.added(statement)))
    }

    /// The reply to a wait: how the phone stands, and what waits.
    pub fn waits(&self, heard: &Heard, status: Status, request: Option<String>) -> Says {
        let (server, profile, ended) = (None, None, None);
        let body = WaitReply { server, profile, request, ended, wakes_gone: List::default() };
        self.says(&self.reply(heard, status, Some(body)))
    }

    /// As a server does that has no news: the phone is active, nothing waits, and every answer is a denial.
    pub fn usual(&self, heard: &Heard) -> Says {
        match heard.call.as_str() {
            "activation" => self.says(&self.activated(heard)),
            "wait" if is_held(heard) && heard.payload["have"]["status"] == "active" => Says::Nothing,
            "wait" => self.waits(heard, Status::Active, None),
            Answer::NAME => {
                let body = AnswerReply { verdict: Verdict::Denied, phone: None };
                self.says(&self.reply(heard, Status::Active, Some(body)))
            }
            "removal" => self.says(&self.reply::<Never>(heard, Status::Removed(RemovalReason::Phone), None)),
            "update" => self.says(&self.reply::<Never>(heard, Status::Active, None)),
            _ => Says::Text(self.statement(statement_time(), &self.base, &self.signing)),
        }
    }

    /// A request to the phone that lives for five minutes.
    pub fn request(&self, id: RequestId, kind: Kind) -> String {
        let at = SystemClock.now();
        let asked = Asked { by: self.id(), device: self.device, id, at, until: at.plus(300) };
        let text = |text: &str| text.to_owned();
        let request = Request::new(
            asked,
            kind,
            Digits::new(3).unwrap(),
            Text::new(text("Halden")).unwrap(),
            Text::new(text("mira")).unwrap(),
            Text::new(text("Mail")).unwrap(),
        );
        signed(&request, &self.signing)
    }
}

/// When statements are made here unless a story says otherwise.
pub fn statement_time() -> UnixSeconds {
    UnixSeconds::new(1_800_000_000).unwrap()
}

pub fn profile(number: u64) -> Profile {
    Profile {
        number,
        organisation: Text::new("Halden").unwrap(),
        account: Text::new("mira").unwrap(),
        help_desk: None,
        vapid: List::default(),
    }
}

pub fn signed(payload: &impl Payload, key: &SoftwareKey) -> String {
    Draft::new(payload, key.public().thumbprint()).unwrap().sign(key).unwrap()
}
