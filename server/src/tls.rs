//! TLS of the listeners, with ring: files of the administrator, or a certificate that the server makes for itself.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use countersign_protocol::Hash;
use rustls::ServerConfig;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::ParsedCertificate;

/// A certificate and its key, in PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The chain, leaf first.
    pub certificate: PathBuf,
    /// The private key.
    pub key: PathBuf,
    /// Whether phones are told to take this key and no other, because the certificate is not public.
    pub pinned: bool,
}

/// What is wrong with a certificate or its key.
#[derive(Debug, thiserror::Error)]
pub enum TlsRefused {
    /// The file of the certificate.
    #[error("{path} {reason}")]
    Certificate {
        /// Which.
        path: String,
        /// Why, in words that follow it.
        reason: String,
    },
    /// The file of the private key.
    #[error("{path} {reason}")]
    Key {
        /// Which.
        path: String,
        /// Why, in words that follow it.
        reason: String,
    },
    /// They do not belong together.
    #[error("this private key and the first certificate of the chain do not belong together")]
    Pair,
    /// TLS does not take them.
    #[error("the certificate cannot be used: {0}")]
    Refused(#[source] rustls::Error),
    /// No certificate could be made.
    #[error("no certificate could be made: {0}")]
    Make(#[from] rcgen::Error),
}

/// A listener's certificate.
pub(crate) struct Tls {
    pub(crate) config: Arc<ServerConfig>,
    /// SHA-256 of its key's SubjectPublicKeyInfo.
    pub(crate) key: Hash,
}

impl Tls {
    /// From the administrator's files.
    pub(crate) fn read(files: &TlsFiles) -> Result<Self, TlsRefused> {
        Self::of_files(&files.certificate, &files.key)
    }

    /// The server's own, made at the first start and kept, so that phones find the key that they were told.
    pub(crate) fn own(folder: &Path, names: Vec<String>) -> Result<Self, TlsRefused> {
        let (certificate, key) = (folder.join("phone-certificate.pem"), folder.join("phone-certificate.key"));
        if !certificate.exists() {
            let pair = rcgen::KeyPair::generate()?;
            let made = rcgen::CertificateParams::new(names)?.self_signed(&pair)?;
            // The certificate comes last: where it is, the key is.
            write_private(&key, &pair.serialize_pem())?;
            write_private(&certificate, &made.pem())?;
        }
        Self::of_files(&certificate, &key)
    }

    fn of_files(certificate: &Path, key: &Path) -> Result<Self, TlsRefused> {
        pair(chain(certificate)?, private_key(key)?)
    }
}

/// The certificates of a file, the server's own first.
pub(crate) fn chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsRefused> {
    let refused = |reason| TlsRefused::Certificate { path: path.display().to_string(), reason };
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
    let chain: Vec<_> = read.map_err(|error| refused(unreadable(&error)))?;
    let Some(first) = chain.first() else {
        let is_key = PrivateKeyDer::from_pem_file(path).is_ok();
        return Err(refused(if is_key {
            "has a private key in it, but no certificate: are the two files swapped?".to_owned()
        } else {
            "has no certificate in it (PEM, BEGIN CERTIFICATE)".to_owned()
        }));
    };
    let parsed = ParsedCertificate::try_from(first);
    parsed.map_err(|_| refused("begins with a certificate that cannot be read".to_owned()))?;
    Ok(chain)
}

/// The private key of a file.
pub(crate) fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsRefused> {
    PrivateKeyDer::from_pem_file(path).map_err(|error| {
        let reason = match error {
            pem::Error::NoItemsFound if is_encrypted(path) => {
                "has a private key with a passphrase; write it without one (openssl pkey -in … -out …)"
                    .to_owned()
            }
            pem::Error::NoItemsFound => "has no private key in it (PEM, BEGIN PRIVATE KEY)".to_owned(),
            error => unreadable(&error),
        };
        TlsRefused::Key { path: path.display().to_string(), reason }
    })
}

fn is_encrypted(path: &Path) -> bool {
    fs::read_to_string(path).is_ok_and(|text| text.contains("ENCRYPTED PRIVATE KEY"))
}

/// What a listener needs of a chain and the private key of its first certificate.
pub(crate) fn pair(
    chain: Vec<CertificateDer<'static>>,
    private: PrivateKeyDer<'static>,
) -> Result<Tls, TlsRefused> {
    let Some(first) = chain.first() else { return Err(TlsRefused::Pair) };
    let spki = ParsedCertificate::try_from(first).map_err(TlsRefused::Refused)?.subject_public_key_info();
    let key = countersign_protocol::hash(spki.as_ref());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(TlsRefused::Refused)?
        .with_no_client_auth()
        .with_single_cert(chain, private);
    let mut config = config.map_err(|error| match error {
        rustls::Error::InconsistentKeys(_) => TlsRefused::Pair,
        error => TlsRefused::Refused(error),
    })?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Tls { config: Arc::new(config), key })
}

fn unreadable(error: &pem::Error) -> String {
    match error {
        pem::Error::Io(error) => format!("cannot be read: {error}"),
        error => format!("is no PEM: {error}"),
    }
}

fn write_private(path: &Path, text: &str) -> Result<(), TlsRefused> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let partial = path.with_extension("new");
    let write = || {
        let mut file = options.open(&partial)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&partial, path)
    };
    let unwritten = |error: std::io::Error| TlsRefused::Key {
        path: path.display().to_string(),
        reason: format!("cannot be written: {error}"),
    };
    write().map_err(unwritten)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_certificate_keeps_its_key_over_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let names = || vec!["localhost".to_owned()];
        let first = Tls::own(folder.path(), names()).unwrap();
        assert_eq!(Tls::own(folder.path(), names()).unwrap().key, first.key);
        let other = tempfile::tempdir().unwrap();
        assert_ne!(Tls::own(other.path(), names()).unwrap().key, first.key);
    }

    #[test]
    fn a_key_of_another_certificate_is_refused() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for folder in [&one, &other] {
            Tls::own(folder.path(), vec!["localhost".to_owned()]).unwrap();
        }
        let (certificate, key) =
            (one.path().join("phone-certificate.pem"), other.path().join("phone-certificate.key"));
        let refused = Tls::read(&TlsFiles { certificate: certificate.clone(), key, pinned: false });
        assert!(matches!(refused, Err(TlsRefused::Pair)));
        let missing = Tls::read(&TlsFiles { certificate, key: one.path().join("none"), pinned: false });
        assert!(matches!(missing, Err(TlsRefused::Key { .. })));
    }
}
