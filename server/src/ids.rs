//! Ids that only the server knows.

countersign_protocol::id_type! {
    /// A session of a browser, by what is shown of it: not what opens it.
    pub struct SessionId;
}

countersign_protocol::id_type! {
    /// One code to add a phone, and the phone that came with it.
    pub(crate) struct ActivationId;
}
