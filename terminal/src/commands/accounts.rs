//! The commands of accounts: what there is, which one is meant, and removing it.

use countersign_core::authenticator::{AccountRow, AccountState};
use serde_json::json;

use super::perform::Runner;
use super::written::{Account, Gone};
use super::{Exit, Failure, Output};
use crate::app::name;

impl Runner<'_> {
    /// The accounts, as their servers have them now; a server that is silent is told by its account's row.
    pub(super) async fn accounts(&self, output: &mut Output<'_>) -> Result<(), Failure> {
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
    pub(super) fn named(&self, row: &AccountRow) -> String {
        let name = name(row, self.words);
        if row.account.is_empty() || row.account == name {
            return name;
        }
        self.words.with("beside", &[("name", name.into()), ("second", (&row.account).into())])
    }

    pub(super) async fn remove(&self, wanted: &str, output: &mut Output<'_>) -> Result<(), Failure> {
        let row = self.one(wanted)?;
        let removed = self.authenticator.remove(row.id).await.map_err(|error| self.failed(&error))?;
        let said = self.words.removed(removed, &name(&row, self.words), row.host.as_deref());
        let value = json!({ "removed": Gone::of(&row, removed) });
        self.write(output, &value, || vec![self.words.line(&said)])
    }

    /// The one account that fits.
    pub(super) fn one(&self, wanted: &str) -> Result<AccountRow, Failure> {
        let fitting = self.fitting(wanted)?;
        let [row] = fitting.as_slice() else {
            let count = i64::try_from(fitting.len()).unwrap_or(i64::MAX);
            let values = [("text", wanted.into()), ("count", count.into())];
            return Err(Failure::new(Exit::Failed, self.words.said("account-ambiguous", &values)));
        };
        Ok(row.clone())
    }

    /// The account of this id, or those that have this text in a name.
    pub(super) fn fitting(&self, wanted: &str) -> Result<Vec<AccountRow>, Failure> {
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
}
