use serde::{Deserialize, Serialize};

use crate::jws::{Payload, SelfSigned, Version};
use crate::{BaseUrl, Domain, Hash, List, PublicKey, ServerId, UnixSeconds};

/// What a server says of itself, signed by its identity key and by nothing else.
///
/// A phone keeps the newest: one with an earlier `iat` is refused, one with an equal `iat` must be the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerStatement {
    v: Version,
    /// The thumbprint of `key`.
    pub iss: ServerId,
    /// When it was signed.
    pub iat: UnixSeconds,
    /// The identity key.
    pub key: PublicKey,
    /// Where the phone's calls go.
    pub base: BaseUrl,
    /// The RP ID for passkeys: the pages' host or a parent of it; survives a move.
    pub rp_id: Domain,
    /// SHA-256 of TLS keys; where there are any they stand in for chain and name.
    pub pins: List<Hash, 0, 2>,
    /// The keys that sign requests and replies.
    pub signing_keys: List<PublicKey, 1, 3>,
    /// The versions of the protocol that are spoken.
    pub versions: List<u64, 1, 8>,
}

impl ServerStatement {
    /// A statement of version 1 for the server with this identity key.
    #[must_use]
    pub fn new(
        key: PublicKey,
        iat: UnixSeconds,
        base: BaseUrl,
        rp_id: Domain,
        pins: List<Hash, 0, 2>,
        signing_keys: List<PublicKey, 1, 3>,
    ) -> Self {
        let versions = List::of_one(crate::VERSION);
        Self { v: Version, iss: key.thumbprint().into(), iat, key, base, rp_id, pins, signing_keys, versions }
    }
}

impl Payload for ServerStatement {
    const TYP: &'static str = "countersign-server+jwt";
    const LIMIT: usize = 4096;

    fn is_coherent(&self) -> bool {
        self.iss == self.key.thumbprint().into() && self.versions.contains(&crate::VERSION)
    }
}

impl SelfSigned for ServerStatement {
    fn key(&self) -> &PublicKey {
        &self.key
    }
}
