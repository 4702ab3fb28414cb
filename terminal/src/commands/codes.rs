//! The command of codes.

use countersign_core::authenticator::{AccountRow, Change, CodeFault, CodeKind, CodeRow};
use serde_json::json;

use super::perform::Runner;
use super::written::Code;
use super::{Exit, Failure, Output};
use crate::app::name;
use crate::words::left;

impl Runner<'_> {
    pub(super) async fn codes(
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
            let line = |(row, code): &(&AccountRow, &CodeRow)| {
                let shown = code.code.clone().unwrap_or_else(|| {
                    self.words.text(match code.fault {
                        Some(CodeFault::Damaged) => "code-damaged",
                        Some(CodeFault::Locked) => "code-locked",
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

    /// Moves an account whose codes are counted on to its next code.
    async fn ask_for_next(&self, row: &AccountRow) -> Result<(), Failure> {
        if row.codes != CodeKind::Counted {
            let said = self.words.said("not-counted", &[("name", name(row, self.words).into())]);
            return Err(Failure::new(Exit::Failed, said));
        }
        self.authenticator.edit(row.id, Change::NextCode).await.map_err(|error| self.failed(&error))
    }
}
