//! One person's story: a server, a browser, and the phone in the hand.

use countersign_core::authenticator::{AccountState, Decision, EntryId};
use countersign_demo::phone::Phone;
use countersign_demo::scene::{another_number, answer};
use countersign_demo::world::World;
use countersign_protocol::{Kind, Verdict};
use countersign_qr::QrReader;
use countersign_server::HashingCost;

use crate::chromium::{Look, Width};
use crate::person::Person;

/// A desk's browser as most people have it.
pub const WIDE: Look = Look::PLAIN;
/// The other end of what there is: no script, dark, as narrow as a phone.
pub const BARE: Look = Look { script: false, dark: true, width: Width::Phone };

/// A server, a person before a browser, and the person's phone.
pub struct Scene {
    pub world: World,
    pub person: Person,
    pub phone: Phone,
    look: Look,
}

impl Scene {
    pub async fn start(look: Look) -> Self {
        let world = World::start(HashingCost::LEAST).await.unwrap();
        let phone = world.phone("Pixel 8").await.unwrap();
        let pages = world.demo.as_ref().unwrap().running.pages_url().as_str().to_owned();
        Self { person: Person::start(look, &pages).await, world, phone, look }
    }

    /// A person who has been through the wizard and is signed out again.
    pub async fn start_set_up(look: Look) -> (Self, EntryId) {
        let scene = Self::start(look).await;
        scene.signs_in().await;
        let account = scene.goes_through_the_wizard().await;
        scene.signs_out().await;
        (scene, account)
    }

    /// Signed out, and an hour later: what waits after a request that was not approved is over.
    pub async fn signs_out(&self) {
        self.person.open("/sign-out").await;
        self.person.presses("Sign out").await;
        self.person.sees("Sign in").await;
        self.world.clock.step(3600);
    }

    pub async fn signs_in(&self) {
        let credentials = self.world.person(0).unwrap();
        self.person.open("/sign-in").await;
        self.person.sees("Sign in").await;
        self.person.types("User name", &credentials.user_name).await;
        self.person.types("Password", &credentials.password).await;
        self.person.presses("Sign in").await;
    }

    /// With script a page goes on by itself once the phone has done its part; without, this button asks again.
    pub async fn goes_on(&self, button: &str) {
        if !self.look.script {
            self.person.presses(button).await;
        }
    }

    pub async fn goes_through_the_wizard(&self) -> EntryId {
        let person = &self.person;
        person.sees("More information required").await;
        person.presses("Next").await;
        person.sees("Get the app").await;
        assert_eq!(person.link("Download now").await, "https://countersign.example/app");
        person.presses("Next").await;
        person.sees("Set up your account").await;
        person.presses("Next").await;
        person.sees("Scan the QR code").await;
        let account = self.scans(&self.phone).await;
        self.goes_on("Next").await;
        self.compares_and_tests(&self.phone, account).await;
        person.sees("Your app is connected").await;
        self.phone.state(AccountState::Ready).await.unwrap();
        person.presses("Next").await;
        person.sees("Success").await;
        person.reads("Pixel 8").await;
        person.presses("Done").await;
        account
    }

    /// The phone reads the code from a picture of the page, and asks for nothing more.
    pub async fn scans(&self, phone: &Phone) -> EntryId {
        let reading = QrReader::new().read_picture(&self.person.screenshot().await);
        let [code] = reading.texts() else { panic!("one QR code is on the page, not {reading:?}") };
        // The link for a browser on the phone itself says the same (I7).
        assert_eq!(self.person.link("Open in the app on this device").await, code.expose());
        let offer = phone.authenticator.read_offer(code.expose().to_owned()).await.unwrap();
        phone.authenticator.add(offer, None).await.unwrap()
    }

    pub async fn compares_and_tests(&self, phone: &Phone, account: EntryId) {
        self.compares(phone, account).await;
        self.answers(phone, Kind::Test, Approve::Right).await;
        self.goes_on("Next").await;
    }

    /// Page and phone show the same check, which sends the test request.
    pub async fn compares(&self, phone: &Phone, account: EntryId) {
        self.person.sees("Is this your phone?").await;
        let check = phone.wait_for("check", move |snapshot| {
            let row = snapshot.accounts.iter().find(|row| row.id == account)?;
            if let AccountState::Pending { check } = &row.state { Some(check.clone()) } else { None }
        });
        assert_eq!(check.await.unwrap(), self.person.text(".match code").await);
        self.person.presses("Yes, the same").await;
        self.person.sees("Let’s test it").await;
    }

    /// Types the number of the page, or another, into the card that waits on the phone.
    pub async fn answers(&self, phone: &Phone, kind: Kind, approve: Approve) {
        let card = phone.request().await.unwrap();
        assert_eq!(card.kind, kind);
        let number = self.person.text(".number output").await.replace([' ', '\u{a0}'], "");
        let (typed, verdict) = match approve {
            Approve::Right => (number, Verdict::Approved),
            Approve::Wrong => (another_number(&number), Verdict::WrongNumber),
        };
        assert_eq!(answer(phone, &card, Decision::Approve { typed }).await.unwrap(), verdict);
    }

    pub async fn refuses(&self, decision: Decision) {
        let verdict = if matches!(decision, Decision::Deny) { Verdict::Denied } else { Verdict::Reported };
        let card = self.phone.request().await.unwrap();
        assert_eq!(answer(&self.phone, &card, decision).await.unwrap(), verdict);
    }

    /// The code of the account now, of which each is good once.
    pub fn code(&self, account: EntryId) -> String {
        let codes = self.phone.authenticator.codes(&[account]);
        codes.into_iter().find_map(|row| row.code).unwrap()
    }

    pub async fn is_signed_in(&self) {
        self.person.open("/account").await;
        self.person.sees("Mira Okafor").await;
    }

    pub async fn is_not_signed_in(&self) {
        self.person.open("/account").await;
        assert_ne!(self.person.path().await, "/account");
    }
}

#[derive(Clone, Copy)]
pub enum Approve {
    Right,
    Wrong,
}
