//! What most stories begin with.

use std::sync::Arc;
use std::time::Duration;

use countersign_core::authenticator::{
    AccountRow, AccountState, Authenticator, CardState, CoreError, Decision, EntryId, Outcome, RequestCard,
    Snapshot,
};
use countersign_demo::browser::{Browser, Fault};
use countersign_demo::phone::{Made, Phone};
use countersign_demo::scene::{self, By, Credentials};
use countersign_demo::world::World;
use countersign_protocol::{RequestId, SystemClock, Verdict};
use countersign_server::{Config, HashingCost};
use tempfile::TempDir;
use tokio::task::JoinHandle;

use crate::keyring::Keyring;

/// A story fails with a sentence that says what was there in place of what should have been.
pub type Story = Result<(), Fault>;

/// After so many seconds no request from before makes the next one wait.
pub const BACK_OFF: u64 = 3600;
/// So long a request lives.
pub const REQUEST_LIFE: u64 = 60;
/// How often what comes by itself is looked for, at most,
pub const LOOKS: usize = 120;
/// and how long after each look.
pub const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// A phone without a world, and the folder of its vault.
pub async fn phone() -> Result<(TempDir, Made, Phone), String> {
    let folder = tempfile::tempdir().unwrap();
    let made = Made::with_clock(Arc::new(SystemClock));
    let phone = Phone::open(&folder.path().join("vault"), "Mira's phone", made.clone()).await?;
    Ok((folder, made, phone))
}

/// A server with three persons, and nobody set up.
pub async fn world() -> Result<World, Fault> {
    world_with(|_| {}).await
}

pub async fn world_with(change: impl FnOnce(&mut Config)) -> Result<World, Fault> {
    // Another test of this process may have been first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    World::start_with(HashingCost::LEAST, change).await
}

/// A person who is set up with one phone, signed in in one browser.
pub struct Stage {
    pub world: World,
    pub person: Credentials,
    pub browser: Browser,
    pub phone: Phone,
    pub made: Made,
    pub entry: EntryId,
}

impl Stage {
    pub async fn ready() -> Result<Self, Fault> {
        Self::ready_with(|_| {}).await
    }

    /// Set up with a phone that differs in this.
    pub async fn ready_with(change: impl FnOnce(&mut Made)) -> Result<Self, Fault> {
        let world = world().await?;
        let person = world.person(0)?;
        let mut made = world.made();
        change(&mut made);
        let (mut browser, phone) = (world.browser()?, world.phone_of("Mira's phone", made.clone()).await?);
        let entry = scene::enrol(&mut browser, &person, &phone, By::QrCode).await?;
        Ok(Self { world, person, browser, phone, made, entry })
    }

    /// Set up with a phone whose keys are in a key store.
    pub async fn with_keyring() -> Result<(Self, Arc<Keyring>), Fault> {
        let keyring = Arc::new(Keyring::default());
        let kept = Arc::<Keyring>::clone(&keyring);
        Ok((Self::ready_with(move |made| made.device_keys = Some(kept)).await?, keyring))
    }

    /// Another browser signs in, and the phone shows the card.
    pub async fn asked(&self) -> Result<(Browser, RequestCard), Fault> {
        let mut browser = self.world.browser()?;
        scene::sign_in(&mut browser, &self.person).await?;
        browser.expect("Approve it on your phone")?;
        let card = self.phone.request().await?;
        Ok((browser, card))
    }

    /// As [`asked`](Self::asked), when earlier requests no longer make the next one wait.
    pub async fn asked_later(&self) -> Result<(Browser, RequestCard), Fault> {
        self.world.clock.step(BACK_OFF);
        self.asked().await
    }

    /// A second phone of the same person, added on Security info.
    pub async fn second_phone(&mut self, name: &str) -> Result<Phone, Fault> {
        let second = self.world.phone(name).await?;
        self.open_changes().await?;
        self.add_here(&second).await?;
        second.state(AccountState::Ready).await?;
        Ok(second)
    }

    /// While changes are open: adds a phone, proves and saves it.
    pub async fn add_here(&mut self, phone: &Phone) -> Result<EntryId, Fault> {
        self.browser.choose("Authenticator app").await?;
        self.browser.choose("Next").await?;
        let entry = scene::add(&mut self.browser, phone, By::QrCode).await?;
        scene::prove(&mut self.browser, phone).await?;
        self.browser.expect("Save to add the authenticator app")?;
        self.browser.choose("Save").await?;
        Ok(entry)
    }

    /// Opens Security info for changes by an approval of its own (rule 13).
    pub async fn open_changes(&mut self) -> Story {
        self.browser.open("/security-info").await?;
        self.browser.choose("Add sign-in method").await?;
        let card = self.phone.request().await?;
        approve(&mut self.browser, &self.phone, &card).await?;
        self.browser.expect("Choose a method")
    }

    /// The same phone after a kill: the app is gone without a word, and is started on the same vault.
    pub async fn restart_phone(self) -> Result<Self, Fault> {
        let Self { world, person, browser, phone, made, entry } = self;
        drop(phone);
        let phone = world.phone_of("Mira's phone", made.clone()).await?;
        Ok(Self { world, person, browser, phone, made, entry })
    }

    /// Time passes, and everybody who waits looks at the clock again.
    pub async fn pass(&self, seconds: u64) -> Story {
        self.world.clock.step(seconds);
        self.phone.authenticator.refresh().await.map_err(|error| error.to_string())
    }
}

/// Approves on the phone with the number of the page, and goes on there.
pub async fn approve(browser: &mut Browser, phone: &Phone, card: &RequestCard) -> Story {
    let typed = scene::number(browser)?;
    scene::is(scene::answer(phone, card, Decision::Approve { typed }).await?, Verdict::Approved)?;
    browser.choose("Continue").await
}

/// Waits for the card of this request to end in this way, by this phone.
pub async fn ends_as(phone: &Phone, request: RequestId, verdict: Verdict, by: Option<&str>) -> Story {
    let state = CardState::Ended { verdict, phone: by.map(str::to_owned) };
    phone
        .wait_for(&format!("card that is {state:?}"), move |snapshot| {
            snapshot.requests.iter().any(|card| card.id == request && card.state == state).then_some(())
        })
        .await
}

/// The cards that wait for the person.
pub fn waiting(snapshot: &Snapshot) -> Vec<RequestId> {
    let waits = |card: &&RequestCard| card.state == CardState::Waiting;
    snapshot.requests.iter().filter(waits).map(|card| card.id).collect()
}

/// The only account of a phone.
pub fn only(phone: &Phone) -> AccountRow {
    let accounts = phone.authenticator.snapshot().accounts;
    assert_eq!(accounts.len(), 1, "{accounts:#?}");
    accounts.into_iter().next().unwrap()
}

/// The code that counts now.
pub fn code(phone: &Phone, entry: EntryId) -> String {
    phone.authenticator.codes(&[entry])[0].code.clone().unwrap()
}

/// That a browser is not signed in.
pub async fn is_out(browser: &mut Browser) -> Story {
    browser.open("/account").await?;
    if browser.shows("Update info") { Err("the account is open".to_owned()) } else { Ok(()) }
}

/// Waits until a browser is not signed in: for what a phone does by itself.
pub async fn comes_to_be_out(browser: &mut Browser) -> Story {
    for _ in 0..LOOKS {
        if is_out(browser).await.is_ok() {
            return Ok(());
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    is_out(browser).await
}

/// That a browser is signed in.
pub async fn is_in(browser: &mut Browser) -> Story {
    browser.open("/account").await?;
    browser.expect("Update info")
}

/// Answers on a phone that cannot reach its server; goes on when the answer is signed and kept.
pub async fn answer_unheard(
    phone: &Phone,
    card: &RequestCard,
    decision: Decision,
) -> Result<JoinHandle<Result<Outcome, CoreError>>, Fault> {
    let core = Arc::clone(&phone.authenticator);
    let (account, request) = (card.account_id, card.id);
    let signed = |core: &Authenticator| core.diagnostics().matches(" answered\n").count();
    let before = signed(&core);
    let answer = tokio::spawn({
        let core = Arc::clone(&core);
        async move { core.answer(account, request, decision).await }
    });
    for _ in 0..LOOKS {
        if signed(&core) > before {
            return Ok(answer);
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    Err("nothing was signed".to_owned())
}

/// The server as phones name it.
pub fn host(world: &World) -> String {
    world.demo.as_ref().unwrap().running.phone_base().host().to_owned()
}

/// Loads the page again until it shows this: for what a phone does by itself.
pub async fn comes_to_show(browser: &mut Browser, words: &str) -> Story {
    for _ in 0..LOOKS {
        browser.reload().await?;
        if browser.shows(words) {
            return Ok(());
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    browser.expect(words)
}
