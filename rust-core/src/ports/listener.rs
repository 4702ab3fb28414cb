/// Is told that a newer snapshot is there: coalesced, from one thread, with no lock held. It says nothing else, so a
/// missed call loses nothing.
pub trait Listener: Send + Sync {
    /// Look again.
    fn newer(&self);
}
