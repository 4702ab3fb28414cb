//! The app lock, under what goes on beside it.

use std::sync::Arc;

use countersign_core::authenticator::{CardState, CoreError, Decision, Lock, UnlockWith};
use countersign_core::ports::{KeyStore, PortError};
use countersign_core::vault::{Compartment, VaultKey};
use countersign_demo::scene;
use countersign_protocol::Verdict;

use crate::keyring::Keyring;
use crate::stage::{Stage, Story, code, only, waiting};

const PASSPHRASE: &str = "five words of mine here";

/// A platform without a key store: a lock lets go of both files.
struct NoKeyStore;

impl KeyStore for NoKeyStore {
    fn key(&self, _: Compartment) -> Result<VaultKey, PortError> {
        Err(PortError::Unsupported)
    }

    fn keep_key(&self, _: Compartment, _: &VaultKey) -> Result<(), PortError> {
        Err(PortError::Unsupported)
    }

    fn generation(&self, _: Compartment) -> Result<Option<u64>, PortError> {
        Err(PortError::Unsupported)
    }

    fn keep_generation(&self, _: Compartment, _: u64) -> Result<(), PortError> {
        Err(PortError::Unsupported)
    }

    fn forget(&self, _: Compartment) -> Result<(), PortError> {
        Err(PortError::Unsupported)
    }
}

#[tokio::test]
async fn a_phone_that_was_locked_whole_shows_nothing_and_hears_again_when_it_is_unlocked() -> Story {
    let stage = Stage::ready_with(|made| {
        (made.key_store, made.passphrase) = (Arc::new(NoKeyStore), Some(PASSPHRASE));
    })
    .await?;
    let core = &stage.phone.authenticator;
    let (_browser, card) = stage.asked().await?;
    core.lock();
    let snapshot = core.snapshot();
    assert_eq!(snapshot.lock, Lock::Locked);
    assert!(snapshot.accounts.is_empty() && snapshot.requests.is_empty(), "{snapshot:?}");
    let refused = core.answer(card.account_id, card.id, Decision::Deny).await;
    assert_eq!(refused, Err(CoreError::Locked));

    // What comes meanwhile is not lost: the inbox cannot read it, and asks again.
    stage.world.clock.step(3600);
    let mut browser = stage.world.browser()?;
    scene::sign_in(&mut browser, &stage.person).await?;
    core.unlock(UnlockWith::Passphrase(PASSPHRASE.to_owned().into())).await.unwrap();
    assert!(!only(&stage.phone).unreachable, "a lock is no fault of the server");
    let newer = stage.phone.request().await?;
    assert_ne!(newer.id, card.id);
    scene::is(scene::answer(&stage.phone, &newer, Decision::Deny).await?, Verdict::Denied)?;
    assert_eq!(code(&stage.phone, stage.entry).len(), 6);
    Ok(())
}

#[tokio::test]
async fn whoever_holds_a_locked_phone_denies_and_does_no_more() -> Story {
    // Keys of a platform sign without the vault; the app lock holds all the same.
    let stage = Stage::ready_with(|made| made.device_keys = Some(Arc::new(Keyring::default()))).await?;
    let (browser, card) = stage.asked().await?;
    let core = &stage.phone.authenticator;
    core.lock();
    assert_eq!(core.snapshot().lock, Lock::SecretsLocked);
    let typed = scene::number(&browser)?;
    for decision in [Decision::Approve { typed }, Decision::Report] {
        assert_eq!(core.answer(card.account_id, card.id, decision).await, Err(CoreError::Locked));
    }
    assert_eq!(waiting(&core.snapshot()), [card.id]);
    scene::is(scene::answer(&stage.phone, &card, Decision::Deny).await?, Verdict::Denied)
}

#[tokio::test]
async fn a_locked_app_shows_a_request_and_approves_none() -> Story {
    let stage = Stage::ready().await?;
    stage.phone.authenticator.lock();
    let (browser, card) = stage.asked().await?;
    let typed = scene::number(&browser)?;
    let refused = stage.phone.authenticator.answer(card.account_id, card.id, Decision::Approve { typed });
    assert_eq!(refused.await, Err(CoreError::Locked));
    assert_eq!(stage.phone.request().await?.state, CardState::Waiting);
    stage.phone.authenticator.unlock(UnlockWith::KeyStore).await.unwrap();
    scene::is(scene::answer(&stage.phone, &card, Decision::Deny).await?, Verdict::Denied)?;
    Ok(())
}
