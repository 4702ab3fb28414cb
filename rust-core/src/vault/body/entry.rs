countersign_protocol::id_type! {
    /// What this phone knows an account by: 128 random bits, drawn here and told to nobody.
    pub struct EntryId;
}
