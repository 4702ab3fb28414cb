//! Whether a server's certificate proves what the phone knows of it.

use std::fmt;
use std::sync::Arc;

use countersign_protocol::{Hash, TypedPin, hash};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_name;
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme};

use super::NoReply;
use crate::ports::PlatformTrust;

/// What a certificate has to prove.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) enum Trust {
    /// What the system asks of it, and the name.
    System,
    /// That its key is one of these (SHA-256 of the SPKI); chain and name count for nothing.
    Pins(Vec<Hash>),
    /// That its key has this typed form; chain and name count for nothing.
    Typed(String),
}

pub(super) fn tls(trust: Trust, platform: Arc<dyn PlatformTrust>) -> Result<ClientConfig, Error> {
    let provider = Arc::new(ring::default_provider());
    let verifier = Arc::new(Verifier { trust, platform, provider: Arc::clone(&provider) });
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// What a failed handshake means to the person.
pub(super) fn refused(error: &Error) -> NoReply {
    match error {
        Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure) => NoReply::TlsKey,
        Error::InvalidCertificate(_) => NoReply::Certificate,
        _ => NoReply::Unreachable,
    }
}

struct Verifier {
    trust: Trust,
    platform: Arc<dyn PlatformTrust>,
    provider: Arc<CryptoProvider>,
}

impl Verifier {
    fn judge(
        &self,
        end: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
    ) -> Result<(), Error> {
        let certificate = ParsedCertificate::try_from(end)?;
        let tls_key = hash(certificate.subject_public_key_info().as_ref());
        let is_known = match &self.trust {
            Trust::System => {
                verify_server_name(&certificate, name)?;
                let chain: Vec<_> = std::iter::once(end).chain(chain).map(|der| der.to_vec()).collect();
                // The platform may ask the network; this thread is one of the runtime's workers.
                return tokio::task::block_in_place(|| self.platform.check(&chain, &name.to_str()))
                    .map_err(|_| Error::InvalidCertificate(CertificateError::UnknownIssuer));
            }
            Trust::Pins(pins) => pins.contains(&tls_key),
            Trust::Typed(pin) => TypedPin::typed(pin).is_some_and(|pin| pin.matches(&tls_key)),
        };
        if is_known { Ok(()) } else { Err(CertificateError::ApplicationVerificationFailure.into()) }
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.judge(end_entity, intermediates, server_name).map(|()| ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Verifier")
    }
}
