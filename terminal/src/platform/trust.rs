//! Judging certificates by the roots that this computer trusts.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use countersign_core::ports::{PlatformTrust, Untrusted};
use countersign_protocol::Clock;
use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};

/// The roots of the system's own store, read at the first use. Where it has none, nothing is trusted.
pub struct SystemTrust {
    clock: Arc<dyn Clock>,
    verifier: OnceLock<Option<Arc<WebPkiServerVerifier>>>,
}

impl SystemTrust {
    /// Judges by the time of this clock.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, verifier: OnceLock::new() }
    }
}

impl PlatformTrust for SystemTrust {
    fn check(&self, chain: &[Vec<u8>], host: &str) -> Result<(), Untrusted> {
        let verifier = self.verifier.get_or_init(|| verifier(system_roots())).as_ref().ok_or(Untrusted)?;
        let mut chain = chain.iter().map(|certificate| CertificateDer::from(certificate.as_slice()));
        let leaf = chain.next().ok_or(Untrusted)?;
        let intermediates: Vec<_> = chain.collect();
        let name = ServerName::try_from(host).map_err(|_| Untrusted)?;
        let now = UnixTime::since_unix_epoch(Duration::from_secs(self.clock.now().get()));
        verifier.verify_server_cert(&leaf, &intermediates, &name, &[], now).map(|_| ()).map_err(|_| Untrusted)
    }
}

impl fmt::Debug for SystemTrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SystemTrust")
    }
}

fn system_roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    // A root that cannot be read is one less; the others count.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
}

fn verifier(roots: RootCertStore) -> Option<Arc<WebPkiServerVerifier>> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().ok()
}

#[cfg(test)]
mod tests {
    use countersign_protocol::UnixSeconds;
    use rcgen::{CertificateParams, Issuer, KeyPair, date_time_ymd};

    use super::*;

    struct At(u64);
    impl Clock for At {
        fn now(&self) -> UnixSeconds {
            UnixSeconds::new(self.0).unwrap()
        }
    }

    const IN_2026: u64 = 1_795_000_000;
    const IN_2041: u64 = 2_240_000_000;

    /// A root, and a chain under it for `signin.halden.example`, valid 2020 to 2040.
    fn issued() -> (Vec<u8>, Vec<Vec<u8>>) {
        let valid = |mut params: CertificateParams| {
            params.not_before = date_time_ymd(2020, 1, 1);
            params.not_after = date_time_ymd(2040, 1, 1);
            params
        };
        let mut root = valid(CertificateParams::new(Vec::new()).unwrap());
        root.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let (root_key, leaf_key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
        let root_certificate = root.self_signed(&root_key).unwrap();
        let leaf = valid(CertificateParams::new(vec!["signin.halden.example".to_owned()]).unwrap());
        let leaf = leaf.signed_by(&leaf_key, &Issuer::new(root, root_key)).unwrap();
        (root_certificate.der().to_vec(), vec![leaf.der().to_vec()])
    }

    fn trusting(root: Option<Vec<u8>>, at: u64) -> SystemTrust {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(root.map(CertificateDer::from));
        SystemTrust { clock: Arc::new(At(at)), verifier: OnceLock::from(verifier(roots)) }
    }

    #[test]
    fn a_chain_under_a_root_of_the_system_is_trusted_for_its_name_and_time_only() {
        let (root, chain) = issued();
        let trust = trusting(Some(root.clone()), IN_2026);
        assert_eq!(trust.check(&chain, "signin.halden.example"), Ok(()));
        assert_eq!(trust.check(&chain, "signin.other.example"), Err(Untrusted));
        assert_eq!(trust.check(&chain, "not a name"), Err(Untrusted));
        assert_eq!(trusting(Some(root), IN_2041).check(&chain, "signin.halden.example"), Err(Untrusted));
    }

    #[test]
    fn a_chain_under_another_root_an_empty_one_and_a_system_without_roots_are_refused() {
        let (_, chain) = issued();
        let (other, _) = issued();
        assert_eq!(
            trusting(Some(other.clone()), IN_2026).check(&chain, "signin.halden.example"),
            Err(Untrusted)
        );
        assert_eq!(trusting(Some(other), IN_2026).check(&[], "signin.halden.example"), Err(Untrusted));
        assert_eq!(trusting(None, IN_2026).check(&chain, "signin.halden.example"), Err(Untrusted));
    }
}
