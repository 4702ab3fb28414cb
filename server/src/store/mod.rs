//! The database: SQLite in one folder, one text of SQL in the part that PostgreSQL speaks, too.
//!
//! What races is compare-and-set: read, ask `rules`, then one `UPDATE` whose `WHERE` names the state that was read; no
//! row back means [`StoreFailed::Changed`], and the write begins anew.

pub(crate) mod activations;
pub(crate) mod devices;
mod failed;
pub(crate) mod keys;
pub(crate) mod persons;
mod queue;
pub(crate) mod requests;
pub(crate) mod row;
mod seal;
pub(crate) mod sessions;
pub(crate) mod sweep;
pub(crate) mod tallies;
mod waking;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use countersign_protocol::AccountId;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, SqlSafeStr as _, Sqlite, SqliteConnection, SqlitePool};
use tokio::task::JoinHandle;

pub use failed::StoreFailed;
use queue::Queue;
pub(crate) use queue::{Acting, Change};
pub(crate) use seal::{Place, Seal};
pub use waking::Listening;
use waking::Waking;

use crate::service::Failure;

/// A connection that reads or, inside a write, writes.
pub(crate) type Db = SqliteConnection;

/// The open database.
pub(crate) struct Store {
    readers: SqlitePool,
    queue: Queue,
    writer: Mutex<Option<JoinHandle<()>>>,
    waking: Waking,
    seal: Arc<Seal>,
}

impl Store {
    /// Opens the database, makes it if it is not there, and brings its schema up to date.
    pub(crate) async fn open(path: &Path, seal: Seal) -> Result<Self, StoreFailed> {
        make_private(path)
            .map_err(|source| StoreFailed::File { path: path.display().to_string(), source })?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true);
        let mut writer = options.connect().await?;
        migrations().run(&mut writer).await?;
        let waking = Waking::default();
        let (queue, writer) = Queue::start(writer, waking.clone());
        let readers =
            SqlitePoolOptions::new().max_connections(4).connect_with(options.read_only(true)).await?;
        Ok(Self { readers, queue, writer: Mutex::new(Some(writer)), waking, seal: Arc::new(seal) })
    }

    /// A connection for reading.
    pub(crate) async fn read(&self) -> Result<PoolConnection<Sqlite>, StoreFailed> {
        Ok(self.readers.acquire().await?)
    }

    /// See [`Queue::write`].
    pub(crate) async fn write<I, T, F>(&self, input: I, act: F) -> Result<T, Failure>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
        F: for<'c> Fn(&'c mut Change, &'c I) -> Acting<'c, T> + Send + Sync + 'static,
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

fn migrations() -> Migrator {
    let first = include_str!("../../migrations/sqlite/0001_first.sql");
    Migrator::with_migrations(vec![Migration::new(
        1,
        "first".into(),
        MigrationType::Simple,
        first.into_sql_str(),
        false,
    )])
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use countersign_protocol::{Kind, RequestId, SystemRandom, Text, UnixSeconds};
    use sqlx::Row as _;
    use tokio::task::JoinSet;

    use super::persons::Person;
    use super::requests::RequestRow;
    use super::*;
    use crate::rules::request::State;
    use crate::rules::tally::Limit;
    use crate::service::SessionId;

    struct Opened {
        store: Arc<Store>,
        _folder: tempfile::TempDir,
    }

    async fn open() -> Opened {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("key");
        Seal::make_file(&key, &SystemRandom).unwrap();
        let seal = Seal::read(&key, Arc::new(SystemRandom)).unwrap();
        let store = Arc::new(Store::open(&folder.path().join("db"), seal).await.unwrap());
        Opened { store, _folder: folder }
    }

    async fn note(change: &mut Change, name: &str) -> Result<(), Failure> {
        sqlx::query("INSERT INTO meta (name, value) VALUES ($1, (SELECT COUNT(*) FROM meta))")
            .bind(name)
            .execute(change.db())
            .await
            .map_err(StoreFailed::from)?;
        Ok(())
    }

    async fn names(store: &Store) -> Vec<String> {
        let mut db = store.read().await.unwrap();
        let rows =
            sqlx::query("SELECT name FROM meta ORDER BY CAST(value AS INTEGER)").fetch_all(&mut *db).await;
        rows.unwrap().iter().map(|row| row.get("name")).collect()
    }

    #[tokio::test]
    async fn the_queue_keeps_the_order_of_the_writes() {
        let opened = open().await;
        let store = &opened.store;
        // Polled in this order, so they enter the queue in this order while the first is still being written.
        let writes = (0..200)
            .map(|index| store.write(format!("{index:03}"), |change, name| Box::pin(note(change, name))));
        let mut waiting: Vec<_> = writes.map(Box::pin).collect();
        for write in &mut waiting {
            let is_pending = futures_poll_once(write).await;
            assert!(is_pending);
        }
        for write in waiting {
            write.await.unwrap();
        }
        let expected: Vec<String> = (0..200).map(|index| format!("{index:03}")).collect();
        assert_eq!(names(store).await, expected);
    }

    /// Polls a future once; true when it is not ready.
    async fn futures_poll_once<F: Future + Unpin>(future: &mut F) -> bool {
        std::future::poll_fn(|context| {
            std::task::Poll::Ready(std::pin::Pin::new(&mut *future).poll(context).is_pending())
        })
        .await
    }

    #[tokio::test]
    async fn one_failed_write_does_not_lose_the_others() {
        let opened = open().await;
        let mut tasks = JoinSet::new();
        for index in 0..100 {
            let store = Arc::clone(&opened.store);
            tasks.spawn(async move {
                let written = store
                    .write(index, |change, index| {
                        Box::pin(async move {
                            note(change, &format!("{index:03}")).await?;
                            // Every third writes, and then fails: what it wrote goes, and only that.
                            if index % 3 == 0 { Err(Failure::Hashing) } else { Ok(()) }
                        })
                    })
                    .await;
                assert_eq!(written.is_err(), index % 3 == 0);
            });
        }
        tasks.join_all().await;
        let mut found = names(&opened.store).await;
        found.sort();
        let expected: Vec<String> =
            (0..100).filter(|index| index % 3 != 0).map(|index| format!("{index:03}")).collect();
        assert_eq!(found, expected);
    }

    #[tokio::test]
    async fn a_statement_that_fails_inside_a_batch_undoes_its_own_write_only() {
        let opened = open().await;
        let store = &opened.store;
        let twice = store.write((), |change, ()| {
            Box::pin(async move {
                note(change, "one").await?;
                note(change, "one").await
            })
        });
        let (good, bad) = tokio::join!(store.write((), |change, ()| Box::pin(note(change, "two"))), twice,);
        good.unwrap();
        assert!(matches!(bad, Err(Failure::Store(StoreFailed::Database(_)))));
        assert_eq!(names(store).await, ["two"]);
    }

    #[tokio::test]
    async fn compare_and_set_loses_nothing_with_50_tasks() {
        let opened = open().await;
        let now = UnixSeconds::new(1_800_000_000).unwrap();
        let mut tasks = JoinSet::new();
        for _ in 0..50 {
            let store = Arc::clone(&opened.store);
            tasks.spawn(async move {
                // Read outside of the write, as on a database with many writers: who was overtaken reads again.
                loop {
                    let mut db = store.read().await.unwrap();
                    let mut read = tallies::find(&mut db, "count").await.unwrap();
                    drop(db);
                    read.tally.add(now);
                    let read = std::sync::Mutex::new(Some(read));
                    let put = store.write(read, move |change, read| {
                        let read = read.lock().unwrap().take();
                        Box::pin(async move {
                            let Some(read) = read else { return Ok(false) };
                            match tallies::put(change.db(), "count", read, 3600, now).await {
                                Err(StoreFailed::Changed) => Ok(false),
                                other => Ok(other.map(|()| true)?),
                            }
                        })
                    });
                    if put.await.unwrap() {
                        return;
                    }
                }
            });
        }
        tasks.join_all().await;
        let mut db = opened.store.read().await.unwrap();
        let counted = tallies::find(&mut db, "count").await.unwrap().tally;
        assert_eq!(
            Limit { most: 1000, within: 3600 }.most - counted.left(Limit { most: 1000, within: 3600 }, now),
            50
        );
    }

    #[tokio::test]
    async fn a_write_that_was_overtaken_begins_anew_and_ends_some_time() {
        let opened = open().await;
        let attempts = Arc::new(AtomicUsize::new(0));
        let third = opened.store.write(Arc::clone(&attempts), |change, attempts| {
            Box::pin(async move {
                note(change, "kept").await?;
                if attempts.fetch_add(1, Ordering::SeqCst) < 2 {
                    Err(StoreFailed::Changed.into())
                } else {
                    Ok(())
                }
            })
        });
        third.await.unwrap();
        assert_eq!(attempts.load(Ordering::SeqCst), 3);
        assert_eq!(names(&opened.store).await, ["kept"], "what the earlier attempts wrote was undone");
        let never =
            opened.store.write((), |_, ()| Box::pin(async { Err::<(), _>(StoreFailed::Changed.into()) }));
        assert!(matches!(never.await, Err(Failure::Store(StoreFailed::Changed))));
    }

    #[tokio::test]
    async fn a_write_runs_to_its_end_though_its_caller_is_gone() {
        let opened = open().await;
        let store = Arc::clone(&opened.store);
        let mut gone = Box::pin(store.write((), |change, ()| Box::pin(note(change, "done"))));
        assert!(futures_poll_once(&mut gone).await);
        drop(gone);
        store.write((), |_, ()| Box::pin(async { Ok(()) })).await.unwrap();
        assert_eq!(names(&store).await, ["done"]);
    }

    #[tokio::test]
    async fn after_closing_what_was_sent_is_written_and_nothing_more() {
        let opened = open().await;
        let store = &opened.store;
        let (written, ()) =
            tokio::join!(store.write((), |change, ()| Box::pin(note(change, "before"))), store.close(),);
        written.unwrap();
        let late = store.write((), |change, ()| Box::pin(note(change, "after"))).await;
        assert!(matches!(late, Err(Failure::Store(StoreFailed::Closed))));
    }

    #[tokio::test]
    async fn two_requests_never_wait_for_one_person() {
        let opened = open().await;
        let now = UnixSeconds::new(1_800_000_000).unwrap();
        let name = (Text::new("mira").unwrap(), Text::new("Mira").unwrap());
        let person = Person::new(&SystemRandom, name, String::new(), now);
        let account = person.account;
        let request = move || RequestRow {
            id: RequestId::make(&SystemRandom),
            account,
            session: SessionId::make(&SystemRandom),
            tested: None,
            kind: Kind::SignIn,
            counted_as: String::new(),
            state: State::Waiting,
            made: now,
            expires: now.plus(60),
            ended: None,
            number: None,
        };
        let insert = |request: RequestRow| {
            opened.store.write(request, |change, request| {
                Box::pin(async move { Ok(requests::insert(change.db(), request, &[]).await?) })
            })
        };
        let add = opened.store.write(person, |change, person| {
            Box::pin(async move { Ok(persons::insert(change.db(), person).await?) })
        });
        assert!(add.await.unwrap());
        let first = request();
        insert(first.clone()).await.unwrap();
        assert!(matches!(insert(request()).await, Err(Failure::Store(StoreFailed::Changed))));
        let end = opened.store.write(first, move |change, first| {
            Box::pin(async move { Ok(requests::advance(change.db(), first, State::Cancelled, now).await?) })
        });
        end.await.unwrap();
        insert(request()).await.unwrap();
    }
}
