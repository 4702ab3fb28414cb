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
        // The identity key signs statements and nothing else, so it is none of the others.
        let are_signing_keys = self.signing_keys.are_distinct() && !self.signing_keys.contains(&self.key);
        let are_versions = self.versions.contains(&crate::VERSION)
            && self.versions.are_distinct()
            && self.versions.iter().all(|version| *version <= crate::clock::MAX);
        self.iss == self.key.thumbprint().into()
            && are_signing_keys
            && are_versions
            && self.pins.are_distinct()
    }
}

impl SelfSigned for ServerStatement {
    fn key(&self) -> &PublicKey {
        &self.key
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Draft, Refusal, SoftwareKey};

    #[test]
    fn the_identity_key_signs_nothing_but_statements() {
        let (identity, signing) = (SoftwareKey::make().unwrap(), SoftwareKey::make().unwrap());
        let drafted = |keys: Vec<PublicKey>, pins: Vec<Hash>| {
            let (base, rp_id) =
                (BaseUrl::new("https://a.example").unwrap(), Domain::new("a.example").unwrap());
            let (keys, pins) = (List::try_from(keys).unwrap(), List::try_from(pins).unwrap());
            let statement =
                ServerStatement::new(*identity.public(), UnixSeconds::EPOCH, base, rp_id, pins, keys);
            Draft::new(&statement, identity.public().thumbprint()).map(|draft| draft.hash())
        };
        let (pin, other_pin) = (Hash::from_bytes([1; 32]), Hash::from_bytes([2; 32]));
        assert!(drafted(vec![*signing.public()], vec![pin, other_pin]).is_ok());
        assert_eq!(drafted(vec![*identity.public()], vec![]), Err(Refusal::Payload));
        assert_eq!(drafted(vec![*signing.public(), *signing.public()], vec![]), Err(Refusal::Payload));
        assert_eq!(drafted(vec![*signing.public()], vec![pin, pin]), Err(Refusal::Payload));
    }
}
