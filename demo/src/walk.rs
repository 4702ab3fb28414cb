//! The journeys of product.md, walked from one end to the other: each step says what the page and the phone show.

use countersign_core::authenticator::{AccountState, Authenticator, CodeRow, Decision, EntryId, Removed};
use countersign_protocol::{Kind, RemovalReason, Verdict};
use countersign_server::HashingCost;

use crate::browser::{Browser, Fault};
use crate::phone::Phone;
use crate::scene::{self, By, Credentials, another_number, answer, number, sign_in};
use crate::world::World;

/// A request lives so long in the demo, and a new one is refused so long after one that was not approved.
const REQUEST_SECONDS: u64 = 60;
const BACK_OFF_SECONDS: u64 = 3600;

/// The step of the walk that failed, and why.
#[derive(Debug)]
pub struct Failed {
    /// What was done.
    pub step: &'static str,
    /// What was there in place of what should have been.
    pub fault: Fault,
}

/// Says what is done and seen. `tell` gets each line.
pub async fn walk(mut tell: impl FnMut(&str)) -> Result<(), Failed> {
    let mut walk = Walk { tell: &mut tell, step: "start the server" };
    walk.all().await.map_err(|fault| Failed { step: walk.step, fault })
}

struct Walk<'a> {
    tell: &'a mut dyn FnMut(&str),
    step: &'static str,
}

impl Walk<'_> {
    fn step(&mut self, step: &'static str) {
        self.step = step;
        (self.tell)(step);
    }

    fn saw(&mut self, page: &str, phone: &str) {
        (self.tell)(&format!("      page:  {page}"));
        (self.tell)(&format!("      phone: {phone}"));
    }

    async fn all(&mut self) -> Result<(), Fault> {
        let mut world = World::start(HashingCost::LEAST).await?;
        let (mira, jonas) = (world.person(0)?, world.person(1)?);
        let (mut browser, phone) = (world.browser()?, world.phone("Mira's terminal").await?);

        let entry = self.set_up(&mut browser, &mira, &phone).await?;
        self.codes(&mut browser, &mira, &phone, entry).await?;
        self.requests(&world, &mut browser, &mira, &phone).await?;
        self.report(&world, &mira, &phone, entry).await?;
        self.second_phone(&world, &jonas).await?;
        self.removal(&mut world).await
    }

    async fn set_up(
        &mut self,
        browser: &mut Browser,
        mira: &Credentials,
        phone: &Phone,
    ) -> Result<EntryId, Fault> {
        self.step("S1  sign in with a password: more information is required");
        sign_in(browser, mira).await?;
        browser.expect("More information required")?;
        browser.open("/account").await?;
        browser.expect("More information required")?;
        self.saw(&browser.heading(), "no account yet");

        self.step("S11 S15 S16 S23  through the wizard to the QR code");
        scene::open_wizard(browser).await?;
        self.saw(&browser.heading(), "no account yet");

        self.step("I4  Next before the phone has scanned: the page stays and says what it waits for");
        browser.choose("Next").await?;
        browser.expect("Your phone has not scanned the code yet")?;
        self.saw(&browser.heading(), "no account yet");

        self.step("S18 S19 S22 S24  the phone reads the QR code of the page; both show the same check");
        let entry = scene::add(browser, phone, By::QrCode).await?;
        let check = browser.text(".match code").unwrap_or_default();
        self.saw(&format!("{}: {check}", browser.heading()), &describe(phone));

        self.step(
            "S26 S27  yes, it is this phone: a test request comes; the number is typed, the page goes on",
        );
        let card = scene::prove(browser, phone).await?;
        self.saw(&browser.heading(), &format!("test request of {} · {}", card.organisation, card.host));

        self.step("S28 S29 S37 S67  the app is connected and saved; the wizard says success");
        browser.expect("Your app is connected")?;
        phone.state(AccountState::Ready).await?;
        browser.choose("Next").await?;
        browser.expect("Success")?;
        browser.choose("Done").await?;
        self.saw(&browser.heading(), &describe(phone));
        Ok(entry)
    }

    async fn codes(
        &mut self,
        browser: &mut Browser,
        mira: &Credentials,
        phone: &Phone,
        entry: EntryId,
    ) -> Result<(), Fault> {
        self.step("S2 S54  sign in again: no prompt, and a code of the account in place of an approval");
        browser.choose("Sign out").await?;
        sign_in(browser, mira).await?;
        browser.expect("Approve it on your phone")?;
        browser.choose("Use a code instead").await?;
        let code = code_of(&phone.authenticator, entry)?;
        browser.press("Next", &[("code", &code)]).await?;
        browser.expect("Security info")?;
        self.saw(&browser.heading(), "a code of six digits");

        self.step("a code is good once");
        browser.choose("Sign out").await?;
        sign_in(browser, mira).await?;
        browser.choose("Use a code instead").await?;
        browser.press("Next", &[("code", &code)]).await?;
        browser.expect("This code was used already")?;
        self.saw("This code was used already", "the same code");
        Ok(())
    }

    async fn requests(
        &mut self,
        world: &World,
        browser: &mut Browser,
        mira: &Credentials,
        phone: &Phone,
    ) -> Result<(), Fault> {
        self.step("a sign-in request is approved with the number");
        world.clock.step(BACK_OFF_SECONDS);
        sign_in(browser, mira).await?;
        let card = phone.request().await?;
        if card.kind != Kind::SignIn || card.organisation != "Halden College" {
            return Err(format!("the card shows {card:?}"));
        }
        let verdict = answer(phone, &card, Decision::Approve { typed: number(browser)? }).await?;
        scene::is(verdict, Verdict::Approved)?;
        browser.choose("Continue").await?;
        browser.expect("Security info")?;
        self.saw(&browser.heading(), &format!("{verdict:?}: {}", card.application));

        self.step("a sign-in request is denied");
        self.ends_as(world, browser, mira, phone, Verdict::Denied, "The sign-in was denied on").await?;
        self.step("a wrong number ends the request");
        self.ends_as(world, browser, mira, phone, Verdict::WrongNumber, "That was not the number").await?;
        self.step("a request that nobody answers expires");
        self.ends_as(world, browser, mira, phone, Verdict::Expired, "The request has expired").await
    }

    async fn ends_as(
        &mut self,
        world: &World,
        browser: &mut Browser,
        mira: &Credentials,
        phone: &Phone,
        verdict: Verdict,
        words: &str,
    ) -> Result<(), Fault> {
        world.clock.step(BACK_OFF_SECONDS);
        browser.cookies().clear();
        sign_in(browser, mira).await?;
        let card = phone.request().await?;
        let shown = number(browser)?;
        let decision = match verdict {
            Verdict::Denied => Decision::Deny,
            Verdict::WrongNumber => Decision::Approve { typed: another_number(&shown) },
            _ => {
                world.clock.step(REQUEST_SECONDS + 1);
                browser.choose("Continue").await?;
                browser.expect(words)?;
                let late = phone
                    .authenticator
                    .answer(card.account_id, card.id, Decision::Approve { typed: shown })
                    .await;
                if late.is_ok() {
                    return Err("a late approval was sent".to_owned());
                }
                self.saw(&browser.heading(), "too late");
                return Ok(());
            }
        };
        scene::is(answer(phone, &card, decision).await?, verdict)?;
        browser.choose("Continue").await?;
        browser.expect(words)?;
        self.saw(&browser.heading(), &format!("{verdict:?}"));
        Ok(())
    }

    async fn report(
        &mut self,
        world: &World,
        mira: &Credentials,
        phone: &Phone,
        entry: EntryId,
    ) -> Result<(), Fault> {
        self.step("someone else has the password: no, it's not me");
        world.clock.step(BACK_OFF_SECONDS);
        let mut stranger = world.browser()?;
        sign_in(&mut stranger, mira).await?;
        let card = phone.request().await?;
        scene::is(answer(phone, &card, Decision::Report).await?, Verdict::Reported)?;
        stranger.reload().await?;
        let there = stranger.heading();
        stranger.open("/account").await?;
        if stranger.shows("Update info") {
            return Err("a reported sign-in reached the account".to_owned());
        }
        phone
            .wait_for("paused account", move |snapshot| {
                let account = snapshot.accounts.iter().find(|account| account.id == entry)?;
                matches!(account.state, AccountState::Paused { .. }).then_some(())
            })
            .await?;
        self.saw(&there, &describe(phone));
        Ok(())
    }

    async fn second_phone(&mut self, world: &World, jonas: &Credentials) -> Result<(), Fault> {
        self.step("S25  another person types code and URL");
        let (mut browser, phone) = (world.browser()?, world.phone("Jonas's terminal").await?);
        scene::enrol(&mut browser, jonas, &phone, By::Typing).await?;
        self.saw(&browser.heading(), &describe(&phone));

        self.step(
            "S63 S64 S65 S66 S67 I10  a second phone, added on Security info after an approval of its own",
        );
        let second = world.phone("Jonas's second").await?;
        open_changes(&mut browser, &phone).await?;
        browser.choose("Authenticator app").await?;
        browser.choose("Next").await?;
        scene::add(&mut browser, &second, By::QrCode).await?;
        scene::prove(&mut browser, &second).await?;
        browser.expect("Save to add the authenticator app")?;
        browser.choose("Save").await?;
        second.state(AccountState::Ready).await?;
        browser.expect("Jonas's second")?;
        self.saw(&browser.heading(), &describe(&second));

        self.step(
            "S68 S69  the second phone is deleted from the account; its app says so and keeps the entry",
        );
        let delete = browser.attribute("a[aria-label=\"Delete Jonas's second\"]", "href");
        browser.open(&delete.ok_or("the list has no way to delete the phone")?).await?;
        browser.choose("Delete Jonas's second").await?;
        browser.expect("Jonas's second was deleted")?;
        second.state(AccountState::Removed { reason: RemovalReason::Person }).await?;
        self.saw("Jonas's second was deleted", &describe(&second));

        self.step("S68  then the account is removed from that app, too");
        let entry = only(&second)?;
        let removed = second.authenticator.remove(entry).await.map_err(|error| error.to_string())?;
        if removed != Removed::Here || !second.authenticator.snapshot().accounts.is_empty() {
            return Err(format!("the account is not gone: {removed:?}"));
        }
        self.saw("not listed", "no account");
        phone.authenticator.set_active(false).await;
        Ok(())
    }

    async fn removal(&mut self, world: &mut World) -> Result<(), Fault> {
        let amal = world.person(2)?;
        let (mut browser, phone) = (world.browser()?, world.phone("Amal's terminal").await?);
        let entry = scene::enrol(&mut browser, &amal, &phone, By::Link).await?;

        self.step("S71  the account is removed from the app while the server is down");
        world.take_down().await;
        let removed = phone.authenticator.remove(entry).await.map_err(|error| error.to_string())?;
        if removed != Removed::ServerHearsLater || !phone.authenticator.snapshot().accounts.is_empty() {
            return Err(format!("the account is not gone: {removed:?}"));
        }
        self.saw("the server is down", "no account; the server hears of it later");

        self.step(
            "S68  the server is back and hears of it; a password alone does not set up again (rule 12)",
        );
        world.bring_back().await?;
        phone.authenticator.refresh().await.map_err(|error| error.to_string())?;
        let mut browser = world.browser()?;
        sign_in(&mut browser, &amal).await?;
        browser.expect("This takes more than a password")?;
        self.saw(&browser.heading(), "no account");
        Ok(())
    }
}

/// Opens Security info for changes: by an approval of its own (rule 13).
async fn open_changes(browser: &mut Browser, phone: &Phone) -> Result<(), Fault> {
    browser.open("/security-info").await?;
    browser.choose("Add sign-in method").await?;
    browser.expect("Approve the change on your phone")?;
    let card = phone.request().await?;
    if card.kind != Kind::Method {
        return Err(format!("the phone shows a request of kind {:?} in place of a change", card.kind));
    }
    let verdict = answer(phone, &card, Decision::Approve { typed: number(browser)? }).await?;
    scene::is(verdict, Verdict::Approved)?;
    browser.choose("Continue").await?;
    browser.expect("Choose a method")?;
    browser.expect("Open for changes")
}

fn only(phone: &Phone) -> Result<EntryId, Fault> {
    phone
        .authenticator
        .snapshot()
        .accounts
        .first()
        .map(|account| account.id)
        .ok_or_else(|| "no account".to_owned())
}

fn code_of(core: &Authenticator, entry: EntryId) -> Result<String, Fault> {
    let rows: Vec<CodeRow> = core.codes(&[entry]);
    rows.into_iter().find_map(|row| row.code).ok_or_else(|| "the account makes no code".to_owned())
}

/// The accounts as the phone lists them.
fn describe(phone: &Phone) -> String {
    let snapshot = phone.authenticator.snapshot();
    let rows = snapshot.accounts.iter().map(|row| {
        let host = row.host.as_deref().unwrap_or("codes only");
        format!("{} · {host} · {} · {:?}", row.organisation, row.account, row.state)
    });
    rows.collect::<Vec<_>>().join("; ")
}
