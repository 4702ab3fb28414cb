//! The database: SQLite in one folder, one text of SQL in the part that PostgreSQL speaks, too.
//!
//! What races is compare-and-set: read, ask `rules`, then one `UPDATE` whose `WHERE` names the state that was read; no
//! row back means [`StoreFailed::Changed`], and the write begins anew.

pub(crate) mod activations;
pub(crate) mod devices;
mod failed;
pub(crate) mod keys;
mod lock;
mod migrations;
pub(crate) mod persons;
mod queue;
pub(crate) mod requests;
pub(crate) mod row;
mod seal;
pub(crate) mod sessions;
pub(crate) mod sweep;
pub(crate) mod tallies;
#[cfg(test)]
mod tests;
mod waking;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use countersign_protocol::AccountId;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Sqlite, SqliteConnection, SqlitePool};
use tokio::task::JoinHandle;

pub use failed::StoreFailed;
use lock::Lock;
use queue::Queue;
pub(crate) use queue::{Acting, Change, WriteFailed};
pub(crate) use seal::{Place, Seal};
pub use waking::Listening;
use waking::Waking;

use crate::journal::Journal;

/// A connection that reads or, inside a write, writes.
pub(crate) type Db = SqliteConnection;

/// The open database.
pub(crate) struct Store {
    readers: SqlitePool,
    queue: Queue,
    writer: Mutex<Option<JoinHandle<()>>>,
    waking: Waking,
    journal: Journal,
    seal: Arc<Seal>,
}

impl Store {
    /// Opens the database, makes it if it is not there, and brings its schema up to date. Nobody else may have its folder
    /// open.
    pub(crate) async fn open(path: &Path, seal: Seal) -> Result<Self, StoreFailed> {
        let lock = Lock::take(path)?;
        make_private(path)
            .map_err(|source| StoreFailed::File { path: path.display().to_string(), source })?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true);
        let mut writer = options.connect().await?;
        migrations::migrator().run(&mut writer).await?;
        let (waking, journal) = (Waking::default(), Journal::default());
        let (queue, writer) = Queue::start(writer, (waking.clone(), journal.clone()), lock);
        // A file does not hang up: asking each connection before its use would be a change of threads for nothing.
        let readers = SqlitePoolOptions::new().max_connections(4).test_before_acquire(false);
        let readers = readers.connect_with(options.read_only(true)).await?;
        Ok(Self { readers, queue, writer: Mutex::new(Some(writer)), waking, journal, seal: Arc::new(seal) })
    }

    /// A connection for reading.
    pub(crate) async fn read(&self) -> Result<PoolConnection<Sqlite>, StoreFailed> {
        Ok(self.readers.acquire().await?)
    }

    /// See [`Queue::write`].
    pub(crate) async fn write<I, T, E, F>(&self, input: I, act: F) -> Result<T, E>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
        E: WriteFailed,
        F: for<'c> Fn(&'c mut Change, &'c I) -> Acting<'c, T, E> + Send + Sync + 'static,
    {
        self.queue.write(input, act).await
    }

    /// Ends the writer once everything before was written; later writes fail with [`StoreFailed::Closed`].
    pub(crate) async fn close(&self) {
        // The last connection folds the log into the database, and only the writer can.
        self.readers.close().await;
        self.queue.close().await;
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writer) = writer {
            // It ends by itself; that it was cancelled with its runtime changes nothing here.
            let _ = writer.await;
        }
    }

    /// Returns when the writer has ended: by [`close`](Self::close), or because a write panicked.
    pub(crate) async fn writer_ended(&self) {
        self.queue.ended().await;
    }

    /// The log that tells of what was written.
    pub(crate) fn journal(&self) -> &Journal {
        &self.journal
    }

    /// What seals and opens secrets.
    pub(crate) fn seal(&self) -> &Arc<Seal> {
        &self.seal
    }

    /// Begins to listen for a person's changes.
    pub(crate) fn listen(&self, account: AccountId) -> Listening {
        self.waking.listen(account)
    }

    /// Everybody who waits looks again.
    pub(crate) fn wake_all(&self) {
        self.waking.wake_all();
    }
}

/// The database is for its owner alone; SQLite gives its log the same mode.
fn make_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(|_| ())
}

/// An update that names the state that was read: no row means that somebody was faster.
pub(crate) fn changed_one(done: &sqlx::sqlite::SqliteQueryResult) -> Result<(), StoreFailed> {
    if done.rows_affected() == 1 { Ok(()) } else { Err(StoreFailed::Changed) }
}
