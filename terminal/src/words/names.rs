//! That an organisation has the name of one from another server.

use countersign_core::authenticator::AccountRow;

use super::{Said, Words};

/// What is told of an account that is new, with both hosts to compare.
pub(crate) struct SameName {
    pub(crate) said: Said,
    pub(crate) hosts: [String; 2],
}

impl Words {
    /// Of an account that was just added.
    pub(crate) fn same_name(self, row: &AccountRow, all: &[AccountRow]) -> Option<SameName> {
        let other = other_host(row, all)?;
        let host = |id: &str, host: &str| self.with(id, &[("host", host.into())]);
        let new = row.host.as_deref().unwrap_or_default();
        Some(SameName {
            said: self.said("same-name", &[("organisation", (&row.organisation).into())]),
            hosts: [host("same-name-here", other), host("same-name-new", new)],
        })
    }

    /// Of an account that is here for longer: its server, or the other, may have taken the name since.
    pub(crate) fn shared_name(self, row: &AccountRow, all: &[AccountRow]) -> Option<Said> {
        let other = other_host(row, all)?;
        let values = [("organisation", (&row.organisation).into()), ("host", other.into())];
        Some(self.said("shared-name", &values))
    }
}

fn other_host<'a>(row: &AccountRow, all: &'a [AccountRow]) -> Option<&'a str> {
    let other = row.same_name_as?;
    all.iter().find(|it| it.id == other)?.host.as_deref()
}
