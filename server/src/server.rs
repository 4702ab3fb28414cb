//! Starting a server: its addresses, certificates and state.

use std::net::{SocketAddr, TcpListener};

use countersign_protocol::{BaseUrl, Text};

use crate::api;
use crate::config::{Config, PagesUrl, Urls};
use crate::connections::{Connections, Guests, Room};
use crate::failure::Failure;
use crate::given::Given;
use crate::keys::Whereabouts;
use crate::running::Running;
use crate::site::Site;
use crate::state::{self, Renaming};
use crate::tls::{Tls, TlsRefused};

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
    #[error("nobody can listen on {address}")]
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
        // Before anything is put into the folder.
        state::look_for(config)?;
        let tls = config.tls.as_ref().map(Tls::read).transpose()?;
        let own = phone_listener.as_ref().map(|_| Tls::own(&config.state, names(&base))).transpose()?;
        let pinned = tls.as_ref().filter(|_| config.tls.as_ref().is_some_and(|files| files.pinned));
        let pin = own.as_ref().or(pinned).map(|tls| tls.key);
        let whereabouts = Whereabouts { base: base.clone(), domain: pages_url.domain().clone(), pin };
        let idle = given.idle;
        let service = state::open(config, given, pages_url, whereabouts).await?;

        let phone = api::router(service.clone(), &config.trusted_proxies);
        let pages = Site::new(service.clone(), &config.trusted_proxies).routes();
        let mut running = Running::new(service, base, (pages_address, phone_address), idle);
        let failed = |address| move |source| StartFailed::Listen { address, source };
        let room = Room::of_process(if phone_listener.is_some() { 2 } else { 1 });
        let connections = |is_tls| Connections::new(room, &config.trusted_proxies, guests(config, is_tls));
        let is_tls = tls.is_some();
        match (phone_listener, own) {
            (Some(phone_listener), Some(own)) => {
                running.serve(listener, tls, pages, connections(is_tls)).map_err(failed(pages_address))?;
                running
                    .serve(phone_listener, Some(own), phone, connections(true))
                    .map_err(failed(phone_address))?;
            }
            _ => running
                .serve(listener, tls, pages.merge(phone), connections(is_tls))
                .map_err(failed(pages_address))?,
        }
        Ok(running)
    }
}

/// Who may come to a listener. To one without TLS only proxies, unless it is for browsers on this machine.
fn guests(config: &Config, is_tls: bool) -> Guests {
    let is_local = config.listen.ip().to_canonical().is_loopback() && !config.is_behind_a_proxy();
    if is_tls || is_local { Guests::Anybody } else { Guests::Proxies }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Demo;
    use crate::tls::TlsFiles;

    #[test]
    fn a_listener_without_tls_is_for_proxies_unless_its_browsers_are_on_this_machine() {
        let local = Demo::config(std::path::Path::new("state"));
        let guests_of = |url: &str, listen: &str, phone_listen| {
            let pages = PagesUrl::try_from(url.to_owned()).unwrap();
            let phone = BaseUrl::new("https://phone.halden.example").unwrap();
            let (urls, listen) = (Urls::Fixed { pages, phone }, listen.parse().unwrap());
            let files = TlsFiles { certificate: "chain.pem".into(), key: "key.pem".into(), pinned: false };
            let config = Config { urls, listen, phone_listen, ..local.clone() };
            let with_tls = Config { tls: Some(files), ..config.clone() };
            assert_eq!(guests(&with_tls, true), Guests::Anybody, "{url} {listen}");
            guests(&config, false)
        };
        let own = Some("127.0.0.1:8081".parse().unwrap());
        let (https, http) = ("https://signin.halden.example", "http://localhost:8080");
        assert_eq!(guests(&local, false), Guests::Anybody);
        for listen in ["127.0.0.1:8080", "[::1]:8080", "[::ffff:127.0.0.1]:8080"] {
            assert_eq!(guests_of(http, listen, own), Guests::Anybody, "{listen}");
            assert_eq!(guests_of(http, listen, None), Guests::Proxies, "phones call by https: {listen}");
            assert_eq!(guests_of(https, listen, own), Guests::Proxies, "{listen}");
            assert_eq!(guests_of(https, listen, None), Guests::Proxies, "{listen}");
        }
        for listen in ["0.0.0.0:8080", "10.0.0.5:8080", "[::]:8080"] {
            for phone_listen in [own, None] {
                assert_eq!(guests_of(http, listen, phone_listen), Guests::Proxies, "{listen}");
                assert_eq!(guests_of(https, listen, phone_listen), Guests::Proxies, "{listen}");
            }
        }
    }
}
