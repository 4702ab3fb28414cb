use super::WriteFailed;

/// Why the database did not do what was asked. Nothing of the write was kept.
#[derive(Debug, thiserror::Error)]
pub enum StoreFailed {
    /// SQLite's own error; a full disk and a read-only one are here.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    /// The schema could not be brought up to date; a database of a newer version is here.
    #[error("the database's schema could not be brought up to date")]
    Schema(#[from] sqlx::migrate::MigrateError),
    /// What was read was changed by someone else before it was written, again and again.
    #[error("a row was changed meanwhile")]
    Changed,
    /// The writes that were made together could not be committed.
    #[error("a batch of writes was not committed: {0}")]
    NotCommitted(String),
    /// A row holds what this version never wrote.
    #[error("the column {0} holds what was never written there")]
    Damaged(&'static str),
    /// A sealed secret does not open: another key file, or a row that was moved.
    #[error("a sealed secret does not open; is this the key file of this database?")]
    Sealed,
    /// Another process works in the folder of state.
    #[error("{folder} is in use by another countersign-server: end that one first")]
    InUse {
        /// Which.
        folder: String,
    },
    /// The server is shutting down.
    #[error("the database is closed")]
    Closed,
    /// The key file or the folder.
    #[error("{path}")]
    File {
        /// Which.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
}

impl WriteFailed for StoreFailed {
    fn is_changed(&self) -> bool {
        matches!(self, Self::Changed)
    }
}
