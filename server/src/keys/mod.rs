//! The server's keys: one that is its identity, those that sign requests and replies, and its statement of itself.
//!
//! Rotation and moving need no chain: the phone keeps the identity key's thumbprint and takes the newest statement.

use countersign_protocol::{
    BaseUrl, Domain, Draft, Hash, List, Payload, PublicKey, ServerId, ServerStatement, SoftwareKey,
    UnixSeconds,
};

use crate::failure::Failure;
use crate::store::keys::{self as rows, Role, key_place};
use crate::store::{Db, Seal, StoreFailed};

/// The keys in use, opened.
pub(crate) struct Keys {
    server: ServerId,
    signing: SoftwareKey,
    statement: String,
    statement_time: UnixSeconds,
}

/// What a server says of itself besides its keys.
#[derive(Clone, Debug)]
pub(crate) struct Whereabouts {
    /// Where the phone's calls go.
    pub(crate) base: BaseUrl,
    /// The pages' host; the first one ever is the RP ID for good.
    pub(crate) domain: Domain,
    /// The TLS key that stands in for chain and name, where the certificate is not public.
    pub(crate) pin: Option<Hash>,
}

impl Keys {
    /// Makes the keys of a new server; a server that has them keeps them.
    pub(crate) async fn make(db: &mut Db, seal: &Seal, now: UnixSeconds) -> Result<(), Failure> {
        for role in [Role::Identity, Role::Signing] {
            if rows::of_role(db, role).await?.is_empty() {
                let key = SoftwareKey::make().map_err(|_| Failure::Signing("no randomness for a key"))?;
                let id = key.public().thumbprint();
                let sealed = seal.seal(key_place(&id.to_string()), key.expose_pkcs8())?;
                rows::insert(db, role, id, &sealed, now).await?;
            }
        }
        Ok(())
    }

    /// Opens the keys and signs a new statement.
    ///
    /// Each start signs one, so that a server that was restored from a backup has a newer one than its phones keep.
    pub(crate) async fn open(
        db: &mut Db,
        seal: &Seal,
        whereabouts: &Whereabouts,
        now: UnixSeconds,
    ) -> Result<Self, Failure> {
        let identity = newest(opened(db, seal, Role::Identity).await?)?;
        let signing = opened(db, seal, Role::Signing).await?;
        let signing_keys: Vec<PublicKey> = signing.iter().rev().take(3).map(|key| *key.public()).collect();
        let signing = newest(signing)?;
        rows::decide(db, "rp_id", whereabouts.domain.as_str()).await?;
        let rp_id = rows::meta(db, "rp_id").await?.and_then(|domain| Domain::new(domain).ok());
        let issued = rows::newest_statement(db).await?.map_or(now, |newest| now.max(newest.plus(1)));
        let statement = ServerStatement::new(
            *identity.public(),
            issued,
            whereabouts.base.clone(),
            rp_id.ok_or(StoreFailed::Damaged("rp_id"))?,
            whereabouts.pin.map_or_else(List::default, List::of_one),
            List::try_from(signing_keys).map_err(|_| StoreFailed::Damaged("signing keys"))?,
        );
        let statement = sign_with(&identity, &statement)?;
        rows::keep_statement(db, issued).await?;
        Ok(Self { server: identity.public().thumbprint().into(), signing, statement, statement_time: issued })
    }

    /// What phones know this server by.
    pub(crate) fn server(&self) -> ServerId {
        self.server
    }

    /// The newest server statement, a JWS.
    pub(crate) fn statement(&self) -> &str {
        &self.statement
    }

    /// Its `iat`.
    pub(crate) fn statement_time(&self) -> UnixSeconds {
        self.statement_time
    }

    /// Signs a request or a reply.
    pub(crate) fn sign<P: Payload>(&self, payload: &P) -> Result<String, Failure> {
        sign_with(&self.signing, payload)
    }

    /// Signs a request, with the hash that its answer must name.
    pub(crate) fn sign_card<P: Payload>(&self, payload: &P) -> Result<(Hash, String), Failure> {
        let draft = drafted(&self.signing, payload)?;
        let hash = draft.hash();
        Ok((hash, draft.sign(&self.signing).map_err(|_| Failure::Signing("no randomness"))?))
    }
}

fn drafted<P: Payload>(key: &SoftwareKey, payload: &P) -> Result<Draft<P>, Failure> {
    Draft::new(payload, key.public().thumbprint())
        .map_err(|_| Failure::Signing("a payload breaks its own rules"))
}

fn sign_with<P: Payload>(key: &SoftwareKey, payload: &P) -> Result<String, Failure> {
    drafted(key, payload)?.sign(key).map_err(|_| Failure::Signing("no randomness"))
}

async fn opened(db: &mut Db, seal: &Seal, role: Role) -> Result<Vec<SoftwareKey>, Failure> {
    let mut keys = Vec::new();
    for row in rows::of_role(db, role).await? {
        let pkcs8 = seal.open(key_place(&row.id), &row.secret)?;
        keys.push(SoftwareKey::from_pkcs8(pkcs8).map_err(|_| StoreFailed::Damaged("keys.secret"))?);
    }
    Ok(keys)
}

fn newest(mut keys: Vec<SoftwareKey>) -> Result<SoftwareKey, Failure> {
    keys.pop().ok_or(Failure::NotMade)
}
