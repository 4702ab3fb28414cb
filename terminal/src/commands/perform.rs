//! Doing one command.

use std::io;
use std::sync::Arc;

use countersign_core::authenticator::{
    AccountRow, AccountState, Authenticator, Change, CodeKind, CoreError, Decision, Offer, OfferView,
    SlotKind,
};
use countersign_protocol::{Clock, Verdict};
use serde::Serialize;
use serde_json::json;
use zeroize::Zeroizing;

use super::written::{Account, Choice, Code, Gone};
use super::{Bell, Command, Exit, Failure, Output};
use crate::app::name;
use crate::pictures;
use crate::words::{Said, Words, left};

/// What a command works on.
pub struct Desk<'a> {
    /// The core, unlocked, or on a first start without a vault.
    pub authenticator: &'a Authenticator,
    /// Its clock.
    pub clock: &'a dyn Clock,
    /// Where it tells of newer snapshots.
    pub bell: &'a Bell,
    /// The texts.
    pub words: Words,
}

impl Desk<'_> {
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

    /// The accounts, as their servers have them now; a server that is silent is told by its account's row.
    async fn accounts(&self, output: &mut Output<'_>) -> Result<(), Failure> {
        self.ask().await?;
        let rows = self.authenticator.snapshot().accounts;
        let accounts: Vec<_> = rows.iter().map(|row| Account::of(row, self.words)).collect();
        self.write(output, &json!({ "accounts": accounts }), || {
            if rows.is_empty() {
                return vec![self.words.text("out-no-accounts")];
            }
            rows.iter().map(|row| self.account_line(row, &rows)).collect()
        })
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

    fn account_line(&self, row: &AccountRow, all: &[AccountRow]) -> String {
        let words = self.words;
        let state = match &row.state {
            AccountState::Ready => Some(words.text("account-ready")),
            AccountState::CodesOnly if row.host.is_none() => None,
            AccountState::CodesOnly => Some(words.text("account-codes-only")),
            AccountState::Pending { check } => {
                Some(words.with("account-pending", &[("check", check.into())]))
            }
            AccountState::Paused { until } => {
                let zone = jiff::tz::TimeZone::system();
                let until = words.moment(*until, self.clock.now(), &zone);
                Some(words.with("account-paused", &[("until", until.into())]))
            }
            AccountState::SetUpAgain => Some(words.text("account-set-up-again")),
            AccountState::Removed { .. } => {
                Some(words.with("account-removed", &[("organisation", (&row.organisation).into())]))
            }
            AccountState::Damaged => Some(words.text("account-damaged")),
        };
        let mut line = format!("{}  {}", row.id, self.named(row));
        if let Some(host) = &row.host {
            line = words.with("beside", &[("name", line.into()), ("second", host.into())]);
        }
        let silent = row.host.as_ref().filter(|_| row.unreachable);
        let silent = silent.map(|host| words.with("account-unreachable", &[("host", host.into())]));
        let shared = words.shared_name(row, all).map(|said| said.happened);
        state.into_iter().chain(silent).chain(shared).fold(line, |line, second| {
            words.with("beside", &[("name", line.into()), ("second", second.into())])
        })
    }

    /// The name, and the account beside it.
    fn named(&self, row: &AccountRow) -> String {
        let name = name(row, self.words);
        if row.account.is_empty() || row.account == name {
            return name;
        }
        self.words.with("beside", &[("name", name.into()), ("second", (&row.account).into())])
    }

    async fn codes(
        &self,
        wanted: Option<&str>,
        is_next: bool,
        output: &mut Output<'_>,
    ) -> Result<(), Failure> {
        if let Some(wanted) = wanted.filter(|_| is_next) {
            self.ask_for_next(&self.one(wanted)?).await?;
        }
        let rows = match wanted {
            Some(wanted) => self.fitting(wanted)?,
            None => self.authenticator.snapshot().accounts,
        };
        let rows: Vec<_> = rows.into_iter().filter(|row| row.codes != CodeKind::None).collect();
        let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
        let codes = self.authenticator.codes(&ids);
        let both: Vec<_> = codes
            .iter()
            .filter_map(|code| rows.iter().find(|row| row.id == code.id).map(|row| (row, code)))
            .collect();
        let values: Vec<_> = both.iter().map(|(row, code)| Code::of(row, code, self.words)).collect();
        self.write(output, &json!({ "codes": values }), || {
            let line = |(row, code): &(&AccountRow, &countersign_core::authenticator::CodeRow)| {
                let shown = code.code.clone().unwrap_or_else(|| {
                    self.words.text(match code.fault {
                        Some(countersign_core::authenticator::CodeFault::Damaged) => "code-damaged",
                        Some(countersign_core::authenticator::CodeFault::Locked) => "code-locked",
                        None => "no-code-yet",
                    })
                });
                let time = code.valid_until.map(|until| self.words.seconds(left(until, self.clock.now())));
                format!("{shown:<10}  {:>5}  {}", time.unwrap_or_default(), self.named(row))
            };
            if both.is_empty() {
                vec![self.words.text("out-no-codes")]
            } else {
                both.iter().map(line).collect()
            }
        })
    }

    async fn remove(&self, wanted: &str, output: &mut Output<'_>) -> Result<(), Failure> {
        let row = self.one(wanted)?;
        let removed = self.authenticator.remove(row.id).await.map_err(|error| self.failed(&error))?;
        let said = self.words.removed(removed, &name(&row, self.words), row.host.as_deref());
        let value = json!({ "removed": Gone::of(&row, removed) });
        self.write(output, &value, || vec![self.words.line(&said)])
    }

    /// Moves an account whose codes are counted on to its next code.
    async fn ask_for_next(&self, row: &AccountRow) -> Result<(), Failure> {
        if row.codes != CodeKind::Counted {
            let said = self.words.said("not-counted", &[("name", name(row, self.words).into())]);
            return Err(Failure::new(Exit::Failed, said));
        }
        self.authenticator.edit(row.id, Change::NextCode).await.map_err(|error| self.failed(&error))
    }

    /// The one account that fits.
    fn one(&self, wanted: &str) -> Result<AccountRow, Failure> {
        let fitting = self.fitting(wanted)?;
        let [row] = fitting.as_slice() else {
            let count = i64::try_from(fitting.len()).unwrap_or(i64::MAX);
            let values = [("text", wanted.into()), ("count", count.into())];
            return Err(Failure::new(Exit::Failed, self.words.said("account-ambiguous", &values)));
        };
        Ok(row.clone())
    }

    /// The account of this id, or those that have this text in a name.
    fn fitting(&self, wanted: &str) -> Result<Vec<AccountRow>, Failure> {
        let rows = self.authenticator.snapshot().accounts;
        if let Some(row) = rows.iter().find(|row| row.id.to_string() == wanted) {
            return Ok(vec![row.clone()]);
        }
        let lower = wanted.to_lowercase();
        let fits = |row: &AccountRow| {
            [name(row, self.words).as_str(), &row.organisation, &row.account]
                .iter()
                .any(|name| name.to_lowercase().contains(&lower))
        };
        let fitting: Vec<_> = rows.into_iter().filter(fits).collect();
        if fitting.is_empty() {
            let said = self.words.said("account-not-found", &[("text", wanted.into())]);
            return Err(Failure::new(Exit::NotThere, said));
        }
        Ok(fitting)
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
