//! TLS of the listeners, with ring: files of the administrator, or a certificate that the server makes for itself.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use countersign_protocol::Hash;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::ParsedCertificate;

use crate::config::TlsFiles;

/// What is wrong with a certificate or its key.
#[derive(Debug, thiserror::Error)]
pub enum TlsRefused {
    /// A file cannot be read, or is no PEM.
    #[error("{path}: {reason}")]
    File {
        /// Which.
        path: String,
        /// Why.
        reason: String,
    },
    /// They do not belong together, or TLS does not take them.
    #[error("the certificate cannot be used: {0}")]
    Certificate(#[from] rustls::Error),
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
        let chain: Result<Vec<_>, _> = CertificateDer::pem_file_iter(certificate)
            .map_err(|error| unreadable(certificate, &error))?
            .collect();
        let chain = chain.map_err(|error| unreadable(certificate, &error))?;
        let private = PrivateKeyDer::from_pem_file(key).map_err(|error| unreadable(key, &error))?;
        let leaf = chain.first().ok_or_else(|| unreadable(certificate, &"no certificate is in it"))?;
        let spki = ParsedCertificate::try_from(leaf)?.subject_public_key_info();
        let key = countersign_protocol::hash(spki.as_ref());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, private)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self { config: Arc::new(config), key })
    }
}

fn unreadable(path: &Path, reason: &dyn std::fmt::Display) -> TlsRefused {
    TlsRefused::File { path: path.display().to_string(), reason: reason.to_string() }
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
    write().map_err(|error| unreadable(path, &error))
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
        assert!(matches!(refused, Err(TlsRefused::Certificate(_))));
        let missing = Tls::read(&TlsFiles { certificate, key: one.path().join("none"), pinned: false });
        assert!(matches!(missing, Err(TlsRefused::File { .. })));
    }
}
