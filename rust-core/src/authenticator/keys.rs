//! The keys of accounts: in the platform's key store, or, where the shell has none, in the vault.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign_protocol::{
    Attested, Certificate, Draft, List, Payload, Presence, PublicKey, Random, Signature, SoftwareKey, Storage,
};
use zeroize::Zeroizing;

use super::core::Core;
use super::diagnostics::Event;
use super::{CoreError, vault_error};
use crate::ports::{DeviceKeys, KeyPurpose, MadeKey, PortError, SignFor, Ticket};
use crate::vault::{self, EntryId, HeldKey, KeyHandle, SecretBytes, Vault};

/// Where the private keys of accounts are.
pub(super) enum Keys {
    /// In the platform's key store.
    Platform(Arc<dyn DeviceKeys>),
    /// In the vault: device keys in contacts, approval keys in secrets.
    Software,
}

/// A key that was just made.
pub(super) struct NewKey {
    pub(super) held: HeldKey,
    pub(super) attested: Attested,
}

impl Keys {
    /// Makes a key for an account. May block.
    pub(super) fn make(
        &self,
        vault: &Vault,
        random: &dyn Random,
        entry: EntryId,
        purpose: KeyPurpose,
        challenge: &[u8],
    ) -> Result<NewKey, CoreError> {
        match self {
            Self::Platform(port) => from_port(port.make(purpose, challenge).map_err(CoreError::Key)?),
            Self::Software => make_software(vault, random, entry, purpose),
        }
    }

    /// Signs a payload with the key of an account; an approval key may ask for the person and block until then.
    pub(super) fn sign<P: Payload>(
        &self,
        vault: &Vault,
        key: &HeldKey,
        payload: &P,
        what_for: SignFor,
        ticket: Ticket,
    ) -> Result<String, CoreError> {
        let draft = Draft::new(payload, key.public.thumbprint()).map_err(|_| CoreError::Typed)?;
        let signature = match self {
            Self::Platform(port) => {
                let der = port
                    .sign(key.handle.as_str(), draft.message(), what_for, ticket)
                    .map_err(CoreError::Key)?;
                Signature::from_der(&der)
            }
            Self::Software => software(vault, &key.handle)?.sign(draft.message()),
        };
        Ok(draft.seal(&signature.map_err(|_| CoreError::Key(PortError::Invalidated))?))
    }

    /// Takes the question away from the person.
    pub(super) fn give_up(&self, ticket: Ticket) {
        if let Self::Platform(port) = self {
            port.give_up(ticket);
        }
    }

    /// Destroys a key. Software keys go with their account's entries in the vault.
    fn destroy(&self, handle: &KeyHandle) -> Result<(), PortError> {
        match self {
            Self::Platform(port) => port.destroy(handle.as_str()),
            Self::Software => Ok(()),
        }
    }
}

impl Core {
    /// Destroys keys that no entry names any more. What cannot be destroyed now stays written down where it was, and
    /// is tried again when the vault is next opened.
    pub(super) async fn destroy_keys(self: &Arc<Self>, keys: Vec<KeyHandle>) {
        let destroy = self.off(move |core| {
            let (destroyed, left): (Vec<_>, Vec<_>) =
                keys.into_iter().partition(|key| core.keys.destroy(key).is_ok());
            if !left.is_empty() {
                core.note(Event::KeyStoreFailed);
            }
            Ok(destroyed)
        });
        if let Ok(destroyed) = destroy.await
            && self.contacts().is_ok_and(|contacts| !contacts.dead_keys.is_empty())
        {
            // Where this cannot be written, they are destroyed once more, which is no error.
            let _ = self
                .change_contacts(move |contacts| contacts.dead_keys.retain(|key| !destroyed.contains(key)))
                .await;
        }
    }

    /// Destroys the keys of what was forgotten.
    pub(super) async fn destroy_dead_keys(self: &Arc<Self>) {
        let dead = self.contacts().map(|contacts| contacts.dead_keys.clone()).unwrap_or_default();
        if !dead.is_empty() {
            self.destroy_keys(dead).await;
        }
    }
}

fn from_port(made: MadeKey) -> Result<NewKey, CoreError> {
    let invalid = |_| CoreError::Key(PortError::Failed(0));
    let public = PublicKey::from_spki(&made.public_spki).map_err(invalid)?;
    let chain: Vec<_> = made.attestation.into_iter().map(Certificate::from_der).collect();
    let attestation = if chain.is_empty() { None } else { List::try_from(chain).ok() };
    let attested = Attested { key: public, storage: made.storage, presence: made.presence, attestation };
    Ok(NewKey { held: HeldKey { handle: KeyHandle::new(made.handle), public }, attested })
}

fn make_software(
    vault: &Vault,
    random: &dyn Random,
    entry: EntryId,
    purpose: KeyPurpose,
) -> Result<NewKey, CoreError> {
    let key = SoftwareKey::make().map_err(|_| CoreError::Key(PortError::Failed(0)))?;
    let public = *key.public();
    let mut name = [0; 16];
    random.fill(&mut name);
    let handle = KeyHandle::new(URL_SAFE_NO_PAD.encode(name));
    let pkcs8 = SecretBytes::new(Zeroizing::new(key.expose_pkcs8().to_vec()));
    let kept = vault::SoftwareKey { entry, handle: handle.clone(), pkcs8 };
    match purpose {
        KeyPurpose::Device => vault.change_contacts(|contacts| contacts.device_keys.push(kept)),
        KeyPurpose::Approval => vault.change_secrets(|secrets| secrets.approval_keys.push(kept)),
    }
    .map_err(vault_error)?;
    let attested =
        Attested { key: public, storage: Storage::Software, presence: Presence::None, attestation: None };
    Ok(NewKey { held: HeldKey { handle, public }, attested })
}

fn software(vault: &Vault, handle: &KeyHandle) -> Result<SoftwareKey, CoreError> {
    let contacts = vault.contacts().map_err(|_| CoreError::Locked)?;
    let in_contacts =
        contacts.device_keys.iter().find(|key| key.handle == *handle).map(|key| key.pkcs8.clone());
    let pkcs8 = match in_contacts {
        Some(pkcs8) => pkcs8,
        None => {
            let secrets = vault.secrets().map_err(|_| CoreError::Locked)?;
            let key = secrets.approval_keys.iter().find(|key| key.handle == *handle);
            key.map(|key| key.pkcs8.clone()).ok_or(CoreError::Key(PortError::Missing))?
        }
    };
    SoftwareKey::from_pkcs8(Zeroizing::new(pkcs8.expose().to_vec()))
        .map_err(|_| CoreError::Key(PortError::Invalidated))
}
