//! What a cut between the two files leaves over: secrets of an account that contacts does not have.

use super::{Contacts, EntryId, Secrets};

impl Secrets {
    /// Whether something belongs to an account that is not there, or contacts was put back and not looked at yet.
    pub(in crate::vault) fn needs_sweep(&self, contacts: &Contacts) -> bool {
        contacts.is_put_back || self.owners().any(|owner| !contacts.has(owner))
    }

    /// Adding writes secrets first and removing contacts first, so what belongs to no account was never confirmed,
    /// or is to be gone. Only where an older contacts file was put back may the account exist nevertheless: then its
    /// codes become an account of their own, because nobody could bring them back.
    pub(in crate::vault) fn sweep(&mut self, contacts: &mut Contacts) {
        if contacts.is_put_back {
            for code in &mut self.codes {
                code.entry = code.entry.filter(|owner| contacts.has(*owner));
            }
        }
        self.codes.retain(|code| code.entry.is_none_or(|owner| contacts.has(owner)));
        self.approval_keys.retain(|key| contacts.has(key.entry));
        contacts.is_put_back = false;
    }

    fn owners(&self) -> impl Iterator<Item = EntryId> {
        let codes = self.codes.iter().filter_map(|code| code.entry);
        codes.chain(self.approval_keys.iter().map(|key| key.entry))
    }
}
