//! The vault's folder under the app: writes that fail, two apps on one vault, files of an earlier day.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use countersign_core::authenticator::{
    AccountState, CoreError, Decision, Notice, Outcome, Removed, VaultFault,
};
use countersign_core::ports::{KeyStore, PortError};
use countersign_core::vault::{Compartment, VaultKey};
use countersign_demo::clock::SteppedClock;
use countersign_demo::phone::{Made, ThrowAwayKeyStore};
use countersign_demo::picture::read_qr;
use countersign_demo::scene::{self, By};
use countersign_protocol::{RemovalReason, Verdict};

use crate::keyring::Keyring;
use crate::stage::{Stage, Story, answer_unheard, approve, code, ends_as, is_in, only, waiting, world};

/// What stands in the way of every write: nothing is read-only to root, but a folder is no file to anybody.
fn block(vault: &Path) {
    for name in ["contacts.new", "secrets.new"] {
        fs::create_dir(vault.join(name)).unwrap();
    }
}

fn unblock(vault: &Path) {
    for name in ["contacts.new", "secrets.new"] {
        fs::remove_dir(vault.join(name)).unwrap();
    }
}

#[tokio::test]
async fn a_vault_that_cannot_be_written_adds_nothing_and_loses_nothing() -> Story {
    let stage = Stage::ready().await?;
    let mut browser = stage.world.browser()?;
    scene::sign_in(&mut browser, &stage.world.person(1)?).await?;
    scene::open_wizard(&mut browser).await?;
    let text = read_qr(browser.html()).ok_or("no QR code")?;
    let offer = stage.phone.authenticator.read_offer(text).await.unwrap();
    let vault = stage.world.vault("Mira's phone");
    block(&vault);
    let refused = stage.phone.authenticator.add(std::sync::Arc::clone(&offer), None).await;
    assert!(matches!(refused, Err(CoreError::Storage(_))), "{refused:?}");
    assert_eq!(only(&stage.phone).id, stage.entry);
    // The old vault opens as it was.
    let stage = stage.restart_phone().await?;
    assert_eq!((only(&stage.phone).id, only(&stage.phone).state), (stage.entry, AccountState::Ready));
    assert_eq!(code(&stage.phone, stage.entry).len(), 6);
    unblock(&vault);
    let (mut signing_in, card) = stage.asked().await?;
    approve(&mut signing_in, &stage.phone, &card).await?;
    is_in(&mut signing_in).await?;
    // And there is room for the other account again.
    stage.phone.authenticator.add(offer, None).await.unwrap();
    assert_eq!(stage.phone.authenticator.snapshot().accounts.len(), 2);
    Ok(())
}

#[tokio::test]
async fn an_approval_that_cannot_be_kept_is_not_sent_and_the_card_waits() -> Story {
    let stage = Stage::ready().await?;
    let (mut browser, card) = stage.asked().await?;
    let vault = stage.world.vault("Mira's phone");
    block(&vault);
    let typed = scene::number(&browser)?;
    let refused =
        stage.phone.authenticator.answer(card.account_id, card.id, Decision::Approve { typed }).await;
    assert!(matches!(refused, Err(CoreError::Storage(_))), "{refused:?}");
    assert_eq!(waiting(&stage.phone.authenticator.snapshot()), [card.id]);
    unblock(&vault);
    approve(&mut browser, &stage.phone, &card).await?;
    is_in(&mut browser).await
}

#[tokio::test]
async fn a_disk_that_fills_up_while_an_answer_is_on_its_way_hides_no_verdict() -> Story {
    // Its own clock, so that the verdict brings a clock to be kept as well.
    let mut stage = Stage::ready_with(|made| made.clock = Arc::new(SteppedClock::default())).await?;
    let (mut browser, card) = stage.asked().await?;
    let typed = scene::number(&browser)?;
    stage.world.take_down().await;
    let answer = answer_unheard(&stage.phone, &card, Decision::Approve { typed }).await?;
    let vault = stage.world.vault("Mira's phone");
    block(&vault);
    stage.world.clock.step(5);
    stage.world.bring_back().await?;
    let outcome = answer.await.map_err(|error| error.to_string())?;
    assert_eq!(outcome, Ok(Outcome::Verdict { verdict: Verdict::Approved, phone: None }));
    ends_as(&stage.phone, card.id, Verdict::Approved, None).await?;
    assert!(stage.phone.authenticator.snapshot().notices.contains(&Notice::StorageFailed));
    unblock(&vault);
    browser.open("/").await?;
    browser.choose("Continue").await?;
    is_in(&mut browser).await
}

#[tokio::test]
async fn two_apps_on_one_vault_see_what_the_other_did() -> Story {
    let stage = Stage::ready().await?;
    let beside = stage.world.phone_of("Mira's phone", stage.made.clone()).await?;
    assert_eq!(only(&beside).id, stage.entry);
    let (_browser, card) = stage.asked().await?;
    let there = beside.request().await?;
    assert_eq!(card.id, there.id);
    scene::is(scene::answer(&beside, &there, Decision::Deny).await?, Verdict::Denied)?;
    stage.phone.authenticator.refresh().await.unwrap();
    assert!(waiting(&stage.phone.authenticator.snapshot()).is_empty());
    beside.authenticator.remove(stage.entry).await.unwrap();
    stage.phone.authenticator.refresh().await.unwrap();
    assert!(stage.phone.authenticator.snapshot().accounts.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_first_start_forgets_what_an_earlier_installation_left_in_the_key_store() -> Story {
    let world = world().await?;
    let key_store = Arc::new(Outlives::default());
    for of in Compartment::ALL {
        key_store.keep_generation(of, 99).unwrap();
    }
    let made = Made { key_store: Arc::<Outlives>::clone(&key_store), ..world.made() };
    let phone = world.phone_of("Mira's phone", made.clone()).await?;
    assert_eq!(*key_store.forgotten.lock().unwrap(), Compartment::ALL);
    assert_eq!(phone.authenticator.snapshot().notices, []);
    drop(phone);
    // A vault that is there keeps its keys.
    world.phone_of("Mira's phone", made).await?;
    assert_eq!(*key_store.forgotten.lock().unwrap(), Compartment::ALL);
    Ok(())
}

/// A key store that tells what it was to forget.
#[derive(Default)]
struct Outlives {
    kept: ThrowAwayKeyStore,
    forgotten: Mutex<Vec<Compartment>>,
}

impl KeyStore for Outlives {
    fn key(&self, of: Compartment) -> Result<VaultKey, PortError> {
        self.kept.key(of)
    }

    fn keep_key(&self, of: Compartment, key: &VaultKey) -> Result<(), PortError> {
        assert_eq!(self.kept.generation(of), Ok(None), "what was there before is gone by now");
        self.kept.keep_key(of, key)
    }

    fn generation(&self, of: Compartment) -> Result<Option<u64>, PortError> {
        self.kept.generation(of)
    }

    fn keep_generation(&self, of: Compartment, generation: u64) -> Result<(), PortError> {
        self.kept.keep_generation(of, generation)
    }

    fn forget(&self, of: Compartment) -> Result<(), PortError> {
        self.forgotten.lock().unwrap().push(of);
        self.kept.forget(of)
    }
}

#[tokio::test]
async fn an_older_vault_put_back_is_told_and_brings_no_removed_phone_to_life() -> Story {
    let stage = Stage::ready().await?;
    stage.phone.authenticator.set_active(false).await;
    let (vault, kept) = (stage.world.vault("Mira's phone"), stage.world.vault("kept"));
    fs::create_dir(&kept).unwrap();
    copy(&vault, &kept);
    stage.phone.authenticator.remove(stage.entry).await.unwrap();
    let Stage { world, phone, made, entry, .. } = stage;
    drop(phone);
    copy(&kept, &vault);
    let phone = world.phone_of("Mira's phone", made).await?;
    let notices = phone.authenticator.snapshot().notices;
    assert!(notices.contains(&Notice::OlderGeneration(Compartment::Contacts)), "{notices:?}");
    // It stays until the person has read it.
    phone.authenticator.refresh().await.unwrap();
    for notice in notices {
        assert!(phone.authenticator.snapshot().notices.contains(&notice));
        phone.authenticator.dismiss(notice);
        assert!(!phone.authenticator.snapshot().notices.contains(&notice));
    }
    assert_eq!(only(&phone).id, entry);
    phone.state(AccountState::Removed { reason: RemovalReason::Phone }).await
}

#[tokio::test]
async fn a_copied_vault_opens_nowhere_else_and_without_the_keys_of_its_phone_approves_nothing() -> Story {
    let (stage, keyring) = Stage::with_keyring().await?;
    stage.phone.authenticator.set_active(false).await;
    let (vault, copied) = (stage.world.vault("Mira's phone"), stage.world.vault("copied"));
    fs::create_dir(&copied).unwrap();
    copy(&vault, &copied);
    // With the files alone.
    let refused = stage.world.phone_of("copied", stage.world.made()).await.err();
    let gone = CoreError::Vault(VaultFault::KeyMissing);
    assert_eq!(refused, Some(gone.to_string()));
    // With the vault's key as well; the keys of accounts cannot be copied.
    let elsewhere = Arc::new(Keyring::default());
    let kept = Arc::<Keyring>::clone(&elsewhere);
    let copy = stage.world.phone_of("copied", Made { device_keys: Some(kept), ..stage.made.clone() }).await?;
    copy.state(AccountState::SetUpAgain).await?;
    stage.phone.authenticator.set_active(true).await;
    let (mut browser, card) = stage.asked().await?;
    copy.authenticator.refresh().await.unwrap();
    assert!(waiting(&copy.authenticator.snapshot()).is_empty());
    assert_eq!(copy.authenticator.remove(stage.entry).await, Ok(Removed::ServerDoesNotKnow));
    assert!(elsewhere.is_empty() && elsewhere.calls("wait").is_empty());
    // The phone itself goes on as before.
    assert!(!keyring.is_empty());
    approve(&mut browser, &stage.phone, &card).await?;
    is_in(&mut browser).await
}

fn copy(from: &Path, to: &Path) {
    for file in fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

#[tokio::test]
async fn a_first_start_without_room_says_so_and_the_next_one_works() -> Story {
    let world = world().await?;
    let vault = world.vault("Mira's phone");
    fs::create_dir(&vault).unwrap();
    block(&vault);
    let made = world.made();
    assert!(world.phone_of("Mira's phone", made.clone()).await.is_err());
    unblock(&vault);
    let (mut browser, phone) = (world.browser()?, world.phone_of("Mira's phone", made).await?);
    scene::enrol(&mut browser, &world.person(0)?, &phone, By::QrCode).await?;
    Ok(())
}
