//! A server with one person, a clock that is set by hand, and no TLS: whoever calls it comes as a proxy on this machine.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use countersign_protocol::{AccountId, BaseUrl, Clock, Number, Text, UnixSeconds};
use tempfile::TempDir;

use super::phone::Phone;
use crate::config::{Config, PagesUrl, Urls};
use crate::rules::ClientAddress;
use crate::*;

/// A clock that only a test moves.
#[derive(Clone)]
pub(super) struct HandClock(Arc<AtomicU64>);

impl Clock for HandClock {
    fn now(&self) -> UnixSeconds {
        UnixSeconds::new(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

/// A sign-in of somebody whose phone approves and makes codes, and who chose nothing else.
pub(super) const BY_APP: Step = Step::Prove { first: SignInMethod::App, by_request: true, by_code: true };
/// Of somebody whose phone makes codes only.
pub(super) const BY_CODE: Step = Step::Prove { first: SignInMethod::Code, by_request: false, by_code: true };

/// What such a proxy says of a client on this machine.
pub(super) const FORWARDED: (&str, &str) = ("x-forwarded-for", "127.0.0.1");

pub(super) const MIRA: &str = "mira.okafor@halden.example";
pub(super) const PASSWORD: &str = "correct horse";

pub(super) struct House {
    pub(super) running: Running,
    pub(super) clock: HandClock,
    pub(super) config: Config,
    pub(super) account: AccountId,
    folder: TempDir,
}

impl House {
    pub(super) async fn open() -> Self {
        Self::open_with(|_| {}).await
    }

    pub(super) async fn open_with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Demo::config(&folder.path().join("state"));
        config.urls = Urls::Fixed {
            pages: PagesUrl::localhost(8080).unwrap(),
            phone: BaseUrl::new("https://signin.halden.example/countersign").unwrap(),
        };
        config.phone_listen = None;
        config.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
        change(&mut config);
        let clock = HandClock(Arc::new(AtomicU64::new(1_800_000_000)));
        Server::make(&config, &given(&clock)).await.unwrap();
        let running = Server::start(&config, given(&clock)).await.unwrap();
        let name = (Text::new(MIRA).unwrap(), Text::new("Mira Okafor").unwrap());
        let account = running.service().add_person(name.0, name.1, password()).await.unwrap().unwrap();
        Self { running, clock, config, account, folder }
    }

    /// Ends the server and starts it anew on the same folder.
    pub(super) async fn restart(self) -> Self {
        self.restart_with(|_| {}).await
    }

    pub(super) async fn restart_with(self, change: impl FnOnce(&mut Config)) -> Self {
        self.restart_after(async |config, _| change(config)).await
    }

    /// The same, with something done while no server runs.
    pub(super) async fn restart_after(self, act: impl AsyncFnOnce(&mut Config, &Given)) -> Self {
        let Self { running, clock, mut config, account, folder } = self;
        running.shutdown().await;
        act(&mut config, &given(&clock)).await;
        let running = Server::start(&config, given(&clock)).await.unwrap();
        Self { running, clock, config, account, folder }
    }

    pub(super) fn service(&self) -> &Service {
        self.running.service()
    }

    pub(super) fn now(&self) -> UnixSeconds {
        self.clock.now()
    }

    /// Time passes; whoever waits looks again.
    pub(super) fn pass(&self, seconds: u64) {
        self.clock.0.fetch_add(seconds, Ordering::SeqCst);
        self.service().wake_all();
    }

    pub(super) fn call_address(&self) -> SocketAddr {
        self.running.phone_address()
    }

    /// Right name and password.
    pub(super) async fn sign_in(&self) -> Browser<'_> {
        let signed_in = self.service().sign_in(MIRA, password(), &visitor()).await.unwrap();
        let PasswordUse::Begun(cookie) = signed_in else { panic!("{signed_in:?}") };
        Browser { house: self, cookie }
    }

    /// Another person's right name and password.
    pub(super) async fn sign_in_another(&self) -> Browser<'_> {
        let name = (Text::new("jonas").unwrap(), Text::new("Jonas").unwrap());
        self.service().add_person(name.0, name.1, password()).await.unwrap().unwrap();
        let signed_in = self.service().sign_in("jonas", password(), &visitor()).await.unwrap();
        let PasswordUse::Begun(cookie) = signed_in else { panic!("{signed_in:?}") };
        Browser { house: self, cookie }
    }

    /// The whole first set-up: a full session and an active phone.
    pub(super) async fn with_phone(&self) -> (Browser<'_>, Phone) {
        let mut browser = self.sign_in().await;
        let phone = browser.scan().await;
        assert_eq!(browser.confirm().await, Ask::Asked);
        phone.approve_waiting(browser.test_number().await).await;
        browser.finish().await;
        (browser, phone)
    }
}

/// A browser with its cookie.
pub(super) struct Browser<'a> {
    pub(super) house: &'a House,
    pub(super) cookie: SessionCookie,
}

impl Browser<'_> {
    pub(super) fn service(&self) -> &Service {
        self.house.service()
    }

    pub(super) async fn session(&self) -> Session {
        self.maybe_session().await.expect("the session lives")
    }

    pub(super) async fn maybe_session(&self) -> Option<Session> {
        self.service().session(&self.cookie).await.unwrap()
    }

    pub(super) async fn step(&self) -> Option<Step> {
        self.maybe_session().await.map(|session| session.step)
    }

    pub(super) async fn finish(&mut self) {
        let cookie = self.service().finish(&self.session().await).await.unwrap();
        self.cookie = cookie.expect("at Step::Finish");
        assert_eq!(self.step().await, Some(Step::Full));
    }

    pub(super) async fn ask(&self) -> Ask {
        self.service().ask(&self.session().await, &visitor(), None).await.unwrap()
    }

    pub(super) async fn request(&self) -> RequestView {
        self.service().request(&self.session().await).await.unwrap().expect("a request was made")
    }

    pub(super) async fn outcome(&self) -> Outcome {
        self.request().await.outcome
    }

    /// The number that the page shows.
    pub(super) async fn number(&self) -> Number {
        match self.outcome().await {
            Outcome::Waiting(number) => number,
            ended => panic!("{ended:?}"),
        }
    }

    pub(super) async fn show_code(&self) -> ShowCode {
        self.service().show_code(&self.session().await).await.unwrap()
    }

    pub(super) async fn set_up(&self) -> SetUp {
        self.service().set_up(&self.session().await).await.unwrap()
    }

    pub(super) async fn code(&self) -> CodeView {
        match self.set_up().await {
            SetUp::Code(code) => *code,
            other => panic!("{other:?}"),
        }
    }

    /// Shows a code and has a new phone scan it.
    pub(super) async fn scan(&self) -> Phone {
        assert_eq!(self.show_code().await, ShowCode::Shown);
        let mut phone = Phone::new(self.house);
        phone.activate(self.code().await.link.code).await.unwrap();
        phone
    }

    pub(super) async fn confirm(&self) -> Ask {
        self.service().confirm_phone(&self.session().await, &visitor()).await.unwrap()
    }

    pub(super) async fn test_number(&self) -> Number {
        match self.set_up().await {
            SetUp::Test { request, .. } => match request.outcome {
                Outcome::Waiting(number) => number,
                ended => panic!("{ended:?}"),
            },
            other => panic!("{other:?}"),
        }
    }

    /// Opens Security info for changes with an approval of its own.
    pub(super) async fn open_changes(&self, phone: &Phone) {
        assert_eq!(self.ask().await, Ask::Asked);
        phone.approve_waiting(self.number().await).await;
        assert!(self.session().await.changes_until.is_some());
    }

    /// Opens Security info for changes with a code.
    pub(super) async fn open_by_code(&self, phone: &Phone) -> CodeUse {
        self.service().use_code(&self.session().await, &phone.code()).await.unwrap()
    }

    /// Adds another phone on Security info, opened by this one.
    pub(super) async fn add_phone(&self, by: &Phone) -> Phone {
        self.open_changes(by).await;
        let phone = self.scan().await;
        assert_eq!(self.confirm().await, Ask::Asked);
        phone.approve_waiting(self.test_number().await).await;
        assert!(self.service().save_phone(&self.session().await).await.unwrap());
        phone
    }

    /// What a sign-in offers first.
    pub(super) async fn default(&self) -> Option<SignInMethod> {
        self.info().await.methods.iter().find(|view| view.is_default).map(|view| view.method)
    }

    pub(super) async fn info(&self) -> SecurityInfoView {
        self.service().security_info(&self.session().await).await.unwrap().expect("the session is full")
    }
}

pub(super) fn password() -> Password {
    Password::new(PASSWORD.to_owned())
}

pub(super) fn visitor() -> Visitor {
    let address = ClientAddress::new("203.0.113.24".parse().unwrap());
    Visitor { address, browser: Text::new("Firefox on Windows").ok() }
}

/// A number of as many digits that is not this one.
pub(super) fn wrong(number: &Number) -> Number {
    let flipped = if number.expose().starts_with('0') { '1' } else { '0' };
    let rest: String = number.expose().chars().skip(1).collect();
    Number::typed(&format!("{flipped}{rest}")).unwrap()
}

fn given(clock: &HandClock) -> Given {
    Given { clock: Arc::new(clock.clone()), hashing_cost: HashingCost::LEAST, ..Given::default() }
}
