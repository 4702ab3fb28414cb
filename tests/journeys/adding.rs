//! Adding that is given up, or whose caller goes away, at each step of it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use countersign_core::authenticator::{AccountState, Cancel, CoreError, EntryId};
use countersign_core::ports::{DeviceKeys, KeyPurpose, KeyStore, MadeKey, PortError, SignFor, Ticket};
use countersign_core::vault::{Compartment, VaultKey};
use countersign_demo::browser::Browser;
use countersign_demo::phone::{Made, Phone, ThrowAwayKeyStore};
use countersign_demo::scene::{self, By};
use countersign_demo::world::World;
use countersign_protocol::{ActivationLink, BaseUrl, Clock, SystemClock, UnixSeconds};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{oneshot, watch};

use crate::activation::at_the_code;
use crate::keyring::Keyring;
use crate::stage::{LOOK_AGAIN, LOOKS, Story, comes_to_show, only, world};

/// Where adding a work account can be interrupted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// The device key was made.
    DeviceKey,
    /// The approval key was made.
    ApprovalKey,
    /// The activation is signed and not sent.
    Signed,
    /// The reply is there and nothing of it is kept.
    Reply,
    /// The account was written.
    Written,
}

type Interruption = Box<dyn FnOnce() + Send>;

/// A phone's ports, one of which interrupts the adding at a step.
struct Interrupts {
    at: Step,
    what: Mutex<Option<Interruption>>,
    has_signed: AtomicBool,
    keys: Keyring,
    key_store: ThrowAwayKeyStore,
}

impl Interrupts {
    fn new(at: Step, what: impl FnOnce() + Send + 'static) -> Arc<Self> {
        Arc::new(Self {
            at,
            what: Mutex::new(Some(Box::new(what))),
            has_signed: AtomicBool::new(false),
            keys: Keyring::default(),
            key_store: ThrowAwayKeyStore::default(),
        })
    }

    async fn phone(self: &Arc<Self>, world: &World) -> Result<Phone, String> {
        let made = Made {
            key_store: Arc::<Self>::clone(self),
            device_keys: Some(Arc::<Self>::clone(self)),
            clock: Arc::<Self>::clone(self),
            ..world.made()
        };
        world.phone_of("Mira's phone", made).await
    }

    fn reach(&self, step: Step) {
        let what = (step == self.at).then(|| self.what.lock().unwrap().take()).flatten();
        if let Some(what) = what {
            what();
        }
    }
}

impl DeviceKeys for Interrupts {
    fn make(&self, purpose: KeyPurpose, challenge: &[u8]) -> Result<MadeKey, PortError> {
        let made = self.keys.make(purpose, challenge);
        self.reach(match purpose {
            KeyPurpose::Device => Step::DeviceKey,
            KeyPurpose::Approval => Step::ApprovalKey,
        });
        made
    }

    fn sign(
        &self,
        handle: &str,
        message: &[u8],
        what_for: SignFor,
        ticket: Ticket,
    ) -> Result<Vec<u8>, PortError> {
        let signed = self.keys.sign(handle, message, what_for, ticket);
        self.has_signed.store(true, Ordering::SeqCst);
        self.reach(Step::Signed);
        signed
    }

    fn give_up(&self, ticket: Ticket) {
        self.keys.give_up(ticket);
    }

    fn destroy(&self, handle: &str) -> Result<(), PortError> {
        self.keys.destroy(handle)
    }
}

/// Between the signing of the activation and the writing of the account nothing asks for the time but the reply.
impl Clock for Interrupts {
    fn now(&self) -> UnixSeconds {
        if self.has_signed.load(Ordering::SeqCst) {
            self.reach(Step::Reply);
        }
        SystemClock.now()
    }
}

impl KeyStore for Interrupts {
    fn key(&self, of: Compartment) -> Result<VaultKey, PortError> {
        self.key_store.key(of)
    }

    fn keep_key(&self, of: Compartment, key: &VaultKey) -> Result<(), PortError> {
        self.key_store.keep_key(of, key)
    }

    fn generation(&self, of: Compartment) -> Result<Option<u64>, PortError> {
        self.key_store.generation(of)
    }

    fn keep_generation(&self, of: Compartment, generation: u64) -> Result<(), PortError> {
        if self.has_signed.load(Ordering::SeqCst) {
            self.reach(Step::Written);
        }
        self.key_store.keep_generation(of, generation)
    }

    fn forget(&self, of: Compartment) -> Result<(), PortError> {
        self.key_store.forget(of)
    }
}

async fn add(phone: &Phone, text: &str, cancel: Option<Arc<Cancel>>) -> Result<EntryId, CoreError> {
    let offer = phone.authenticator.read_offer(text.to_owned()).await?;
    phone.authenticator.add(offer, cancel).await
}

/// That nothing is left of an account that was given up, as soon as what was begun is tidied.
async fn leaves_nothing(phone: &Phone, keys: &Keyring) -> Story {
    for _ in 0..LOOKS {
        if keys.is_empty() {
            break;
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    assert!(keys.is_empty(), "keys are left");
    assert!(phone.authenticator.snapshot().accounts.is_empty());
    Ok(())
}

/// The page says that the phone went, and its next code adds the account.
async fn page_goes_on(browser: &mut Browser, phone: &Phone) -> Story {
    comes_to_show(browser, "Mira's phone has removed the account").await?;
    browser.choose("Show a new code").await?;
    scene::add(browser, phone, By::QrCode).await?;
    scene::prove(browser, phone).await?;
    browser.expect("Your app is connected")
}

#[tokio::test]
async fn what_is_given_up_before_anything_was_sent_leaves_nothing_and_the_code_unused() -> Story {
    for step in [Step::DeviceKey, Step::ApprovalKey, Step::Signed] {
        let world = world().await?;
        let (mut browser, text) = at_the_code(&world).await?;
        let cancel = Arc::new(Cancel::default());
        let given_up = Arc::clone(&cancel);
        let ports = Interrupts::new(step, move || assert!(given_up.cancel()));
        let phone = ports.phone(&world).await?;
        assert_eq!(add(&phone, &text, Some(cancel)).await, Err(CoreError::Cancelled), "{step:?}");
        leaves_nothing(&phone, &ports.keys).await?;
        browser.reload().await?;
        browser.expect("Scan the QR code")?;
        // The same code is as good as before.
        add(&phone, &text, None).await.unwrap();
        browser.reload().await?;
        browser.expect("Is this your phone?")?;
    }
    Ok(())
}

#[tokio::test]
async fn what_is_given_up_when_the_reply_is_there_is_taken_back_at_the_server() -> Story {
    let world = world().await?;
    let (mut browser, text) = at_the_code(&world).await?;
    let cancel = Arc::new(Cancel::default());
    let given_up = Arc::clone(&cancel);
    let ports = Interrupts::new(Step::Reply, move || assert!(given_up.cancel()));
    let phone = ports.phone(&world).await?;
    assert_eq!(add(&phone, &text, Some(cancel)).await, Err(CoreError::Cancelled));
    leaves_nothing(&phone, &ports.keys).await?;
    page_goes_on(&mut browser, &phone).await
}

#[tokio::test]
async fn whoever_gives_up_too_late_has_the_account() -> Story {
    let world = world().await?;
    let (mut browser, text) = at_the_code(&world).await?;
    let cancel = Arc::new(Cancel::default());
    let given_up = Arc::clone(&cancel);
    let ports = Interrupts::new(Step::Written, move || assert!(!given_up.cancel()));
    let phone = ports.phone(&world).await?;
    let entry = add(&phone, &text, Some(cancel)).await.unwrap();
    assert_eq!(only(&phone).id, entry);
    assert!(ports.what.lock().unwrap().is_none(), "it was interrupted");
    browser.choose("Next").await?;
    scene::prove(&mut browser, &phone).await?;
    browser.expect("Your app is connected")
}

#[tokio::test]
async fn a_caller_that_goes_away_at_any_step_takes_nothing_with_it() -> Story {
    for step in [Step::DeviceKey, Step::ApprovalKey, Step::Signed, Step::Reply, Step::Written] {
        let world = world().await?;
        let (mut browser, text) = at_the_code(&world).await?;
        let (reached, is_reached) = oneshot::channel();
        let ports = Interrupts::new(step, || reached.send(()).unwrap());
        let phone = ports.phone(&world).await?;
        let offer = phone.authenticator.read_offer(text).await.unwrap();
        tokio::select! {
            biased;
            // The future of `add` is dropped here, as a cancelled coroutine drops it.
            _ = is_reached => {}
            added = phone.authenticator.add(offer, None) => panic!("{step:?}: {added:?}"),
        }
        let is_there = phone.wait_for("account", |snapshot| snapshot.accounts.first().map(|_| ()));
        is_there.await?;
        assert!(matches!(only(&phone).state, AccountState::Pending { .. }), "{step:?}");
        browser.choose("Next").await?;
        scene::prove(&mut browser, &phone).await?;
        browser.expect("Your app is connected")?;
    }
    Ok(())
}

#[tokio::test]
async fn what_is_given_up_before_it_began_is_not_begun() -> Story {
    let world = world().await?;
    let (mut browser, text) = at_the_code(&world).await?;
    let phone = world.phone("Mira's phone").await?;
    let cancel = Arc::new(Cancel::default());
    assert!(cancel.cancel());
    let codes = "otpauth://totp/Shop:mira?secret=JBSWY3DPEHPK3PXP&issuer=Shop";
    for text in [&text, codes] {
        assert_eq!(add(&phone, text, Some(Arc::clone(&cancel))).await, Err(CoreError::Cancelled));
    }
    assert!(phone.authenticator.snapshot().accounts.is_empty());
    browser.reload().await?;
    browser.expect("Scan the QR code")?;
    // The code was not used up by other keys.
    assert!(add(&phone, &text, None).await.is_ok());
    assert!(matches!(only(&phone).state, AccountState::Pending { .. }));
    Ok(())
}

#[tokio::test]
async fn nobody_waits_for_a_server_that_says_nothing_once_it_is_given_up() -> Story {
    let world = world().await?;
    let phone = world.phone("Mira's phone").await?;
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}", silent.local_addr().unwrap().port());
    let offer = phone.authenticator.read_typed("2345 6789 ABCD".to_owned(), url).await.unwrap();
    let cancel = Arc::new(Cancel::default());
    let adding = phone.authenticator.add(offer, Some(Arc::clone(&cancel)));
    let giving_up = async {
        let _connection = silent.accept().await.unwrap();
        assert!(cancel.cancel());
        std::future::pending().await
    };
    tokio::select! {
        added = adding => assert_eq!(added, Err(CoreError::Cancelled)),
        () = giving_up => {}
        // Whoever waits for the server waits for 15 seconds.
        () = tokio::time::sleep(Duration::from_secs(12)) => panic!("it waits for the server"),
    }
    Ok(())
}

#[tokio::test]
async fn what_is_given_up_while_the_server_answers_is_taken_back_when_its_answer_comes() -> Story {
    let world = world().await?;
    let (mut browser, text) = at_the_code(&world).await?;
    let gate = Gate::before(world.demo.as_ref().unwrap().running.phone_address()).await;
    let mut link = ActivationLink::parse(&text).unwrap();
    link.base = BaseUrl::new(format!("https://localhost:{}", gate.address.port())).unwrap();
    let ports = Interrupts::new(Step::Written, || {});
    let phone = ports.phone(&world).await?;
    let cancel = Arc::new(Cancel::default());
    let offer = phone.authenticator.read_offer(link.expose().to_string()).await.unwrap();
    let adding = phone.authenticator.add(offer, Some(Arc::clone(&cancel)));
    let giving_up = async {
        // The server has the phone, and its reply is on the way.
        comes_to_show(&mut browser, "Is this your phone?").await?;
        assert!(cancel.cancel());
        std::future::pending::<Story>().await
    };
    tokio::select! {
        added = adding => assert_eq!(added, Err(CoreError::Cancelled)),
        story = giving_up => return story,
    }
    assert!(phone.authenticator.snapshot().accounts.is_empty());
    gate.open.send_replace(true);
    leaves_nothing(&phone, &ports.keys).await?;
    page_goes_on(&mut browser, &phone).await
}

/// Passes on what the phone sends, and holds back what the server answers to more than a handshake until it is opened.
struct Gate {
    address: SocketAddr,
    open: watch::Sender<bool>,
}

/// A phone sends less than that to shake hands, and more to activate.
const HANDSHAKE: usize = 1500;

impl Gate {
    async fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let open = watch::Sender::new(false);
        let opened = open.subscribe();
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let Ok(far) = TcpStream::connect(server).await else { return };
                tokio::spawn(pass(near, far, opened.clone()));
            }
        });
        Self { address, open }
    }
}

async fn pass(near: TcpStream, far: TcpStream, mut opened: watch::Receiver<bool>) {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let ((mut from_near, mut to_near), (mut from_far, mut to_far)) = (near.into_split(), far.into_split());
    let (sent, mut has_sent) = watch::channel(0);
    let there = async move {
        let mut bytes = [0; 4096];
        while let Ok(read @ 1..) = from_near.read(&mut bytes).await {
            sent.send_modify(|sent| *sent += read);
            if to_far.write_all(&bytes[..read]).await.is_err() {
                return;
            }
        }
    };
    let back = async move {
        let mut bytes = [0; 4096];
        while let Ok(read @ 1..) = from_far.read(&mut bytes).await {
            if *has_sent.borrow_and_update() > HANDSHAKE && opened.wait_for(|is_open| *is_open).await.is_err()
            {
                return;
            }
            if to_near.write_all(&bytes[..read]).await.is_err() {
                return;
            }
        }
    };
    tokio::join!(there, back);
}
