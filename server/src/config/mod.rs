//! The server's config: one TOML file. All that is wrong with it is told at once, each with its line and key.
//!
//! ```text
//! text ─► reader (a key at a time) ─► file (keys beside each other) ─► places (folders, certificates) ─► Config
//! ```

mod file;
mod mistake;
mod places;
mod proxies;
mod reader;
#[cfg(test)]
mod tests;
mod url;
mod value;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use countersign_protocol::{BaseUrl, Text};
use ipnet::IpNet;

use crate::rules::Policy;
use crate::tls::TlsFiles;
use file::Look;

pub use mistake::{ConfigRefused, Mistake};
pub use url::PagesUrl;

/// Everything that an administrator decides.
#[derive(Clone, Debug)]
pub struct Config {
    /// Under which addresses the server is known.
    pub urls: Urls,
    /// Where the pages are served, and the phone's calls unless they have a listener of their own.
    pub listen: SocketAddr,
    /// A listener for the phone's calls alone, with a certificate that the server makes for itself. Phones take its
    /// key and no other.
    pub phone_listen: Option<SocketAddr>,
    /// The certificate of `listen`; without one it speaks plain HTTP, behind a proxy or on loopback.
    pub tls: Option<TlsFiles>,
    /// Networks whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// The one folder of state.
    pub state: PathBuf,
    /// The file with the key that seals secrets in the database.
    pub key_file: PathBuf,
    /// Who runs the server.
    pub organisation: Organisation,
    /// Lifetimes and limits.
    pub policy: Policy,
}

/// Under which addresses a server is known.
#[derive(Clone, Debug)]
pub enum Urls {
    /// As the config says.
    Fixed {
        /// Where a browser finds the pages.
        pages: PagesUrl,
        /// Where a phone posts its calls.
        phone: BaseUrl,
    },
    /// `localhost` with the ports that were free: for the demo and for tests.
    Loopback,
}

/// Who runs the server, as people are shown it.
#[derive(Clone, Debug)]
pub struct Organisation {
    /// Its name.
    pub name: Text<64>,
    /// What a sign-in on these pages opens.
    pub application: Text<64>,
    /// The help desk's telephone number.
    pub help_desk: Option<Text<64>>,
    /// Where people find the app, an `https` URL; without it the page says only to install it.
    pub download: Option<String>,
    /// The privacy notice, an `https` URL that every page links to.
    pub privacy: Option<String>,
}

impl Config {
    /// Reads a config file, and looks at the folders and files that it names; relative paths start from its folder.
    ///
    /// # Errors
    /// Every mistake that was found, each with its line where it has one.
    pub fn read(path: &Path) -> Result<Self, ConfigRefused> {
        let text = std::fs::read_to_string(path).map_err(|error| ConfigRefused::unreadable(&error))?;
        file::parse(&text, path.parent().unwrap_or(Path::new("")), Look::Places)
    }

    /// Reads the text of a config file and looks at nothing else; relative paths in it start from `folder`.
    ///
    /// # Errors
    /// As [`Config::read`].
    pub fn parse(text: &str, folder: &Path) -> Result<Self, ConfigRefused> {
        file::parse(text, folder, Look::Text)
    }

    /// A server on free ports of this machine: pages on plain HTTP, the phone's calls on a certificate of its own.
    #[must_use]
    pub fn loopback(state: PathBuf, organisation: Organisation) -> Self {
        let any_port = SocketAddr::from(([127, 0, 0, 1], 0));
        Self {
            urls: Urls::Loopback,
            listen: any_port,
            phone_listen: Some(any_port),
            tls: None,
            trusted_proxies: Vec::new(),
            key_file: state.join("key"),
            state,
            organisation,
            policy: Policy::default(),
        }
    }

    /// Whether all who call `listen` come through a proxy: then a connection from anywhere else is a proxy that nobody
    /// named, and must not stand for all who come by it.
    pub(crate) fn is_behind_a_proxy(&self) -> bool {
        match &self.urls {
            Urls::Fixed { pages, .. } => {
                is_behind_a_proxy(self.tls.is_some(), pages, self.phone_listen.is_some())
            }
            Urls::Loopback => false,
        }
    }

    /// The database, in the folder of state.
    pub(crate) fn database(&self) -> PathBuf {
        Self::database_in(&self.state)
    }

    /// The database of a folder of state.
    fn database_in(state: &Path) -> PathBuf {
        state.join("countersign.sqlite")
    }
}

/// What is reached by https and served without TLS comes through somebody who speaks TLS, and phones always call by https.
fn is_behind_a_proxy(is_tls: bool, pages: &PagesUrl, have_phones_their_own: bool) -> bool {
    !is_tls && (pages.is_secure() || !have_phones_their_own)
}
