//! What a person does on pages and phone, in the steps in which it is done.

use countersign_core::authenticator::{AccountState, Decision, EntryId, Outcome, RequestCard};
use countersign_protocol::{Kind, Verdict};

use crate::browser::{Browser, Fault};
use crate::phone::Phone;
use crate::picture::read_qr;

/// A person's name and password at the server.
#[derive(Clone)]
pub struct Credentials {
    /// The user name.
    pub user_name: String,
    /// The password.
    pub password: String,
}

/// How the phone gets the offer of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// By the QR code (S24).
    QrCode,
    /// By the typed code and URL (S25).
    Typing,
    /// By the link of the page, on the same device (I7).
    Link,
}

/// Signs in with user name and password.
///
/// # Errors
/// A [`Fault`] when a page is not as it should be.
pub async fn sign_in(browser: &mut Browser, person: &Credentials) -> Result<(), Fault> {
    browser.open("/sign-in").await?;
    browser.press("Sign in", &[("user", &person.user_name), ("password", &person.password)]).await
}

/// From the prompt to the QR page (S1, S11, S15, S16, S23).
///
/// # Errors
/// As [`sign_in`].
pub async fn open_wizard(browser: &mut Browser) -> Result<(), Fault> {
    browser.expect("More information required")?;
    browser.choose("Next").await?;
    browser.expect("Keep your account secure")?;
    browser.expect("Get the app")?;
    browser.choose("Next").await?;
    browser.expect("Set up your account")?;
    browser.choose("Next").await?;
    browser.expect("Scan the QR code")
}

/// On the QR page: the phone adds the account, page and phone show the same check (S24, S25).
///
/// # Errors
/// As [`sign_in`].
pub async fn add(browser: &mut Browser, phone: &Phone, by: By) -> Result<EntryId, Fault> {
    let core = &phone.authenticator;
    let offer = match by {
        By::QrCode => {
            let text = read_qr(browser.html()).ok_or("the QR code of the page cannot be read")?;
            core.read_offer(text).await
        }
        By::Link => {
            let link = browser
                .attribute("a[href^='countersign:']", "href")
                .ok_or("the page has no link to the app")?;
            core.read_offer(link).await
        }
        By::Typing => {
            browser.choose("Can’t scan the QR image?").await?;
            let code = browser.text("#code").ok_or("the page shows no code to type")?;
            let url = browser.text("#url").ok_or("the page shows no URL to type")?;
            core.read_typed(code, url.replace(' ', "")).await
        }
    };
    let entry =
        core.add(offer.map_err(|error| error.to_string())?, None).await.map_err(|error| error.to_string())?;
    browser.choose("Next").await?;
    browser.expect("Is this your phone?")?;
    let there = browser.text(".match code").ok_or("the page shows no check")?;
    let here = phone
        .wait_for("check to compare", move |snapshot| {
            let account = snapshot.accounts.iter().find(|account| account.id == entry)?;
            match &account.state {
                AccountState::Pending { check } => Some(check.clone()),
                _ => None,
            }
        })
        .await?;
    if here == there { Ok(entry) } else { Err(format!("the phone shows {here}, the page {there}")) }
}

/// The number that the page shows.
///
/// # Errors
/// A [`Fault`] when it shows none.
pub fn number(browser: &Browser) -> Result<String, Fault> {
    browser.text("section.number output").ok_or_else(|| format!("{} shows no number", browser.url().path()))
}

/// Another number of as many digits.
#[must_use]
pub fn another_number(number: &str) -> String {
    let turn = |c: char| c.to_digit(10).and_then(|digit| char::from_digit((digit + 1) % 10, 10)).unwrap_or(c);
    number.chars().map(turn).collect()
}

/// Says that it is this phone, and approves the test request with the number of the page (S26, S27).
///
/// # Errors
/// As [`sign_in`].
pub async fn prove(browser: &mut Browser, phone: &Phone) -> Result<RequestCard, Fault> {
    browser.choose("Yes, the same").await?;
    browser.expect("Let’s test it")?;
    let card = phone.request().await?;
    if card.kind != Kind::Test {
        return Err(format!("the phone shows a request of kind {:?} in place of a test", card.kind));
    }
    let verdict = answer(phone, &card, Decision::Approve { typed: number(browser)? }).await?;
    is(verdict, Verdict::Approved)?;
    browser.choose("Next").await?;
    Ok(card)
}

/// The whole wizard by one phone, from the password to the account page.
///
/// # Errors
/// As [`sign_in`].
pub async fn enrol(
    browser: &mut Browser,
    person: &Credentials,
    phone: &Phone,
    by: By,
) -> Result<EntryId, Fault> {
    sign_in(browser, person).await?;
    open_wizard(browser).await?;
    let entry = add(browser, phone, by).await?;
    prove(browser, phone).await?;
    browser.expect("Your app is connected")?;
    phone.state(AccountState::Ready).await?;
    browser.choose("Next").await?;
    browser.expect("Success")?;
    browser.choose("Done").await?;
    Ok(entry)
}

/// Answers a request on the phone.
///
/// # Errors
/// A [`Fault`] when the core refuses, or no verdict comes.
pub async fn answer(phone: &Phone, card: &RequestCard, decision: Decision) -> Result<Verdict, Fault> {
    match phone.authenticator.answer(card.account_id, card.id, decision).await {
        Ok(Outcome::Verdict { verdict, .. }) => Ok(verdict),
        Ok(Outcome::NotConfirmed) => Err("the answer was not confirmed".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// That a verdict is the one that was to come.
///
/// # Errors
/// A [`Fault`] with both.
pub fn is(found: Verdict, expected: Verdict) -> Result<(), Fault> {
    if found == expected { Ok(()) } else { Err(format!("the verdict is {found:?}, not {expected:?}")) }
}
