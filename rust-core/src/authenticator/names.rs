//! Organisations of one name: anyone can take a name, so a person is told when two servers have the same.

use std::collections::HashMap;

use countersign_protocol::Profile;

use crate::vault::{EntryId, WorkAccount};

/// Of each work account whose organisation has the name of one from another server, the first such account. Both are in
/// it: a name can be taken later by either, and nobody but the person knows which server is the one.
pub(super) fn same_names(accounts: &[WorkAccount]) -> HashMap<EntryId, EntryId> {
    // The first account of each name, and the first that has it from another server.
    let mut names = HashMap::<String, (&WorkAccount, Option<&WorkAccount>)>::new();
    for account in accounts {
        let (first, other) = names.entry(as_read(&account.profile)).or_insert((account, None));
        if other.is_none() && account.server != first.server {
            *other = Some(account);
        }
    }
    let same = |account: &WorkAccount| {
        let (first, other) = *names.get(&as_read(&account.profile))?;
        let same = if account.server == first.server { other? } else { first };
        Some((account.entry, same.entry))
    };
    accounts.iter().filter_map(same).collect()
}

/// The organisation's name as a person reads it: without case, and with one blank wherever there are blanks. Its accents
/// have one form already, which every text of a server has. Letters of another script that look the same stay others:
/// the host beside a name is what tells servers apart.
fn as_read(profile: &Profile) -> String {
    // To upper case first: letters that have one capital between them are one.
    let name = profile.organisation.as_str().to_uppercase().to_lowercase();
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use countersign_protocol::{List, Text};

    use super::*;

    #[test]
    fn names_are_one_when_a_person_reads_them_so() {
        let read = |name: &str| {
            let (organisation, account) = (Text::new(name).unwrap(), Text::new("mira").unwrap());
            as_read(&Profile { number: 1, organisation, account, help_desk: None, vapid: List::default() })
        };
        for (one, same) in [
            ("Halden College", "HALDEN  college"),
            ("Straßenbau", "STRASSENBAU"),
            // The sigma at the end of a word has a form of its own, and the same capital.
            ("Οδός", "ΟΔΌΣ"),
            ("ſchool", "School"),
        ] {
            assert_eq!(read(one), read(same), "{one} and {same}");
        }
        // Letters of two scripts, and accents, are not one.
        for (one, other) in [("Halden", "Наlden"), ("Söder", "Soder"), ("Halden", "Haldem")] {
            assert_ne!(read(one), read(other), "{one} and {other}");
        }
    }
}
