//! Doing one command.

use std::io;
use std::sync::Arc;

use countersign_core::authenticator::{
    AccountRow, Authenticator, CoreError, Decision, Offer, OfferView, SlotKind,
};
use countersign_protocol::{Clock, Verdict};
use serde::Serialize;
use serde_json::json;
use zeroize::Zeroizing;

use super::written::{Account, Choice};
use super::{Bell, Command, Exit, Failure, Output};
use crate::app::name;
use crate::pictures;
use crate::words::{Said, Words};

/// What a command works on.
pub struct Runner<'a> {
    /// The core, unlocked, or on a first start without a vault.
    pub authenticator: &'a Authenticator,
    /// Its clock.
    pub clock: &'a dyn Clock,
    /// Where it tells of newer snapshots.
    pub bell: &'a Bell,
    /// The texts.
    pub words: Words,
}

impl Runner<'_> {
    /// Does a command and writes what came of it.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn perform(&self, command: Command, output: &mut Output<'_>) -> Result<(), Failure> {
        match command {
            Command::Add { offer, code, url, choose } => self.add(offer, code.zip(url), choose, output).await,
            Command::Accounts => self.accounts(output).await,
            Command::Codes { account, next } => self.codes(account.as_deref(), next, output).await,
            Command::Requests { wait } => self.requests(wait, output).await,
            Command::Approve { request, number } => {
                self.answer(&request, Decision::Approve { typed: number }, Verdict::Approved, output).await
            }
            Command::Deny { request } => self.answer(&request, Decision::Deny, Verdict::Denied, output).await,
            Command::Report { request } => {
                self.answer(&request, Decision::Report, Verdict::Reported, output).await
            }
            Command::Remove { account } => self.remove(&account, output).await,
            Command::Name { name } => self.name(name, output).await,
            // It was opened for this command; what there is to say is that it is open.
            Command::Restore => {
                let said = self.words.said("out-restored", &[]);
                self.write(output, &json!({ "restored": true }), || vec![self.words.line(&said)])
            }
            Command::UnlockCode => self.make_unlock_code(output).await,
            Command::StartOver => {
                let folder = self.authenticator.start_over().await.map_err(|error| self.failed(&error))?;
                let folder = folder.display().to_string();
                let said = self.words.said("started-over", &[("folder", (&folder).into())]);
                self.write(output, &json!({ "set_aside": folder }), || vec![self.words.line(&said)])
            }
            Command::Diagnostics => {
                let text = self.authenticator.diagnostics();
                let lines: Vec<_> = text.lines().map(str::to_owned).collect();
                self.write(output, &json!({ "diagnostics": lines }), || {
                    self.words.diagnostics(&text, &jiff::tz::TimeZone::system())
                })
            }
        }
    }

    async fn add(
        &self,
        offer: Option<String>,
        typed: Option<(String, String)>,
        choose: Option<usize>,
        output: &mut Output<'_>,
    ) -> Result<(), Failure> {
        let offer = match (offer, typed) {
            (_, Some((code, url))) if code == "-" => {
                let code = self.standard_input()?;
                self.authenticator.read_typed(String::from_utf8_lossy(&code).trim().to_owned(), url).await
            }
            (_, Some((code, url))) => self.authenticator.read_typed(code, url).await,
            (offer, None) => {
                let texts = self.texts(&offer.unwrap_or_default())?;
                self.choose(texts, choose, output).await?
            }
        };
        let offer = offer.map_err(|error| self.failed(&error))?;
        if matches!(
            offer.view(),
            OfferView::Codes { is_known: true, .. } | OfferView::Work { is_known: true, .. }
        ) {
            return Err(Failure::new(Exit::Failed, self.words.said("already-here", &[])));
        }
        let id = self.authenticator.add(offer, None).await.map_err(|error| self.failed(&error))?;
        let snapshot = self.authenticator.snapshot();
        let row =
            snapshot.accounts.iter().find(|row| row.id == id).ok_or_else(|| self.failed(&CoreError::Gone))?;
        let account = Account::of(row, self.words);
        let has_one_way = snapshot.opens_with == [SlotKind::KeyStore];
        self.write(output, &json!({ "account": account }), || {
            let mut lines = self.added_lines(row, &snapshot.accounts, &account);
            if has_one_way && snapshot.accounts.len() == 1 {
                lines.push(self.words.text("out-one-way"));
            }
            lines
        })
    }

    async fn make_unlock_code(&self, output: &mut Output<'_>) -> Result<(), Failure> {
        if self.authenticator.snapshot().is_first_start {
            return Err(Failure::new(Exit::Failed, self.words.said("no-vault", &[])));
        }
        let code = self.authenticator.make_unlock_code().await.map_err(|error| self.failed(&error))?;
        let code = code.expose();
        let lines = || vec![code.to_string(), self.words.text("unlock-code-made.do")];
        self.write(output, &json!({ "unlock_code": *code }), lines)
    }

    fn added_lines(&self, row: &AccountRow, all: &[AccountRow], account: &Account) -> Vec<String> {
        let mut lines = vec![self.words.with("out-added", &[("name", name(row, self.words).into())])];
        if let Some(same) = self.words.same_name(row, all) {
            lines.push(self.words.line(&same.said));
            lines.extend(same.hosts);
        }
        if let Some(check) = &account.check {
            lines.push(self.words.with("out-check", &[("check", check.into())]));
            lines.push(self.words.with("out-check-do", &[("id", (&account.id).into())]));
        }
        lines
    }

    /// The texts of a picture, or the one that was given; `-` is standard input.
    fn texts(&self, offer: &str) -> Result<Vec<Zeroizing<String>>, Failure> {
        let failed = |said: Said| Failure::new(Exit::Failed, said);
        if offer == "-" {
            let bytes = self.standard_input()?;
            if pictures::begins_like_picture(&bytes) {
                return pictures::read_bytes(&bytes, self.words).map_err(failed);
            }
            let text = std::str::from_utf8(&bytes)
                .map_err(|_| failed(self.words.unread(countersign_qr::Unread::NotAPicture)))?;
            return Ok(vec![Zeroizing::new(text.trim().to_owned())]);
        }
        if is_link(offer) {
            return Ok(vec![Zeroizing::new(offer.to_owned())]);
        }
        pictures::read_file(offer.as_ref(), self.words).map_err(|said| {
            let todo = match said.code.as_str() {
                // Nothing completes a name here.
                "picture_missing" => self.words.text("picture-missing.command"),
                "picture_folder" => self.words.text("picture-folder.command"),
                _ => said.todo,
            };
            failed(Said { todo, ..said })
        })
    }

    fn standard_input(&self) -> Result<Zeroizing<Vec<u8>>, Failure> {
        let failed = |_| Failure::new(Exit::Failed, self.words.said("input-failed", &[]));
        pictures::read_all(io::stdin().lock()).map_err(failed)
    }

    /// The one text, or the one that was chosen among several.
    async fn choose(
        &self,
        texts: Vec<Zeroizing<String>>,
        choose: Option<usize>,
        output: &mut Output<'_>,
    ) -> Result<Result<Arc<Offer>, CoreError>, Failure> {
        let place = match (choose, texts.len()) {
            (Some(place), _) => place.checked_sub(1),
            (None, 1) => Some(0),
            (None, _) => None,
        };
        if let Some(text) = place.and_then(|place| texts.get(place)) {
            return Ok(self.authenticator.read_offer(text.clone()).await);
        }
        let mut choices = Vec::new();
        for (place, text) in texts.iter().enumerate() {
            let offer = self.authenticator.read_offer(text.clone()).await;
            choices.push(Choice::of(place + 1, offer.as_deref(), self.words));
        }
        self.write(output, &json!({ "choices": choices }), || {
            choices.iter().map(|choice| choice.line(self.words)).collect()
        })?;
        let count = i64::try_from(texts.len()).unwrap_or(i64::MAX);
        Err(Failure::new(Exit::Failed, self.words.said("several-codes", &[("count", count.into())])))
    }

    /// What this device is called at its servers; with a name, from now on.
    async fn name(&self, name: Option<String>, output: &mut Output<'_>) -> Result<(), Failure> {
        if let Some(name) = name {
            let named = self.authenticator.name_phone(name).await;
            named.map_err(|error| match error {
                CoreError::Typed => Failure::new(Exit::Failed, self.words.name_refused()),
                error => self.failed(&error),
            })?;
        }
        let name = self.authenticator.phone_name().map_err(|error| self.failed(&error))?;
        self.write(output, &json!({ "name": name }), || vec![name.clone()])
    }

    /// Writes what came of a command. One that cannot be written is a command that failed.
    pub(super) fn write(
        &self,
        output: &mut Output<'_>,
        value: &impl Serialize,
        lines: impl FnOnce() -> Vec<String>,
    ) -> Result<(), Failure> {
        output.write(value, lines).map_err(|_| Failure::unwritten(self.words))
    }

    pub(super) fn failed(&self, error: &CoreError) -> Failure {
        Failure::of_core(error, self.words)
    }
}

/// Whether a text is a link and no name of a file: a scheme of RFC 3986 and more than a drive's letter.
fn is_link(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, _)| {
        scheme.len() > 1
            && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    })
}
