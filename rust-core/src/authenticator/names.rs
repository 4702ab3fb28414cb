//! Organisations of one name: anyone can take a name, so a person is told when two servers have the same.

use std::collections::HashMap;

use crate::vault::{EntryId, WorkAccount};

/// Of each work account whose organisation has the name of one from another server, the first such account. Both are in
/// it: a name can be taken later by either, and nobody but the person knows which server is the one.
pub(super) fn same_names(accounts: &[WorkAccount]) -> HashMap<EntryId, EntryId> {
    // The first account of each name, and the first that has it from another server.
    let mut names = HashMap::<String, (&WorkAccount, Option<&WorkAccount>)>::new();
    for account in accounts {
        let (first, other) = names.entry(as_read(account)).or_insert((account, None));
        if other.is_none() && account.server != first.server {
            *other = Some(account);
        }
    }
    let same = |account: &WorkAccount| {
        let (first, other) = *names.get(&as_read(account))?;
        let same = if account.server == first.server { other? } else { first };
        Some((account.entry, same.entry))
    };
    accounts.iter().filter_map(same).collect()
}

/// The organisation's name as a person reads it: without case, and with one blank wherever there are blanks. Its accents
/// have one form already, which every text of a server has. Letters of another script that look the same stay others:
/// the host beside a name is what tells servers apart.
fn as_read(account: &WorkAccount) -> String {
    // To upper case first: letters that have one capital between them are one.
    let name = account.profile.organisation.as_str().to_uppercase().to_lowercase();
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}
