//! The one way to write: what waits is committed together, each write in its savepoint.
//!
//! ```text
//! write(input, act) ─► queue ─► BEGIN ─► SAVEPOINT act RELEASE ─► SAVEPOINT act ROLLBACK ─► … ─► COMMIT ─► answers, wakes
//! ```
//!
//! A flush to the disk takes milliseconds, so a commit for each write would allow a few hundred a second.

use std::future::Future;
use std::pin::Pin;

use countersign_protocol::AccountId;
use sqlx::{Connection as _, SqliteConnection};
use tokio::sync::{mpsc, oneshot};

use super::StoreFailed;
use super::lock::Lock;
use super::persons;
use super::waking::Waking;
use crate::journal::{Happened, Journal, Line};
use crate::rules::ClientAddress;

/// So many writes share one commit at most.
const TOGETHER: usize = 64;
/// So often a write begins anew because a row that it read was changed meanwhile.
const ATTEMPTS: usize = 8;

/// What a write works on: a connection inside a transaction, and whom to wake and what to log once it is committed.
pub(crate) struct Change {
    db: SqliteConnection,
    wakes: Vec<AccountId>,
    lines: Vec<Line>,
}

impl Change {
    /// The connection.
    pub(crate) fn db(&mut self) -> &mut SqliteConnection {
        &mut self.db
    }

    /// What waits for this person looks again, after the commit.
    pub(crate) fn wake(&mut self, account: AccountId) {
        self.wakes.push(account);
    }

    /// The log tells what happened to this person, after the commit.
    pub(crate) async fn note(
        &mut self,
        account: AccountId,
        address: Option<ClientAddress>,
        what: Happened,
    ) -> Result<(), StoreFailed> {
        let user = persons::find(&mut self.db, account).await?.shown_name;
        self.lines.push(Line { person: Some((user, account)), address, what });
        Ok(())
    }
}

/// A write on its way.
pub(crate) type Acting<'c, T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'c>>;

/// Why a write was not made: what the store says, or whoever writes.
pub(crate) trait WriteFailed: From<StoreFailed> + Send + 'static {
    /// Whether it is [`StoreFailed::Changed`], with which the write begins anew.
    fn is_changed(&self) -> bool;
}

trait Job: Send {
    fn act<'c>(&'c mut self, change: &'c mut Change) -> Pin<Box<dyn Future<Output = Acted> + Send + 'c>>;
    fn tell(self: Box<Self>, committed: Result<(), StoreFailed>);
}

/// What to do with a savepoint.
enum Acted {
    Keep,
    Undo,
    Again,
}

/// What is on its way to the writer.
enum Message {
    Act(Box<dyn Job>),
    Close,
}

struct Write<I, T, E, F> {
    input: I,
    act: F,
    result: Option<Result<T, E>>,
    teller: oneshot::Sender<Result<T, E>>,
}

impl<I, T, E, F> Job for Write<I, T, E, F>
where
    I: Send + Sync,
    T: Send,
    E: WriteFailed,
    F: for<'c> Fn(&'c mut Change, &'c I) -> Acting<'c, T, E> + Send + Sync,
{
    fn act<'c>(&'c mut self, change: &'c mut Change) -> Pin<Box<dyn Future<Output = Acted> + Send + 'c>> {
        Box::pin(async move {
            let result = (self.act)(change, &self.input).await;
            let acted = match &result {
                Ok(_) => Acted::Keep,
                Err(failed) if failed.is_changed() => Acted::Again,
                Err(_) => Acted::Undo,
            };
            self.result = Some(result);
            acted
        })
    }

    fn tell(self: Box<Self>, committed: Result<(), StoreFailed>) {
        let result = match (committed, self.result) {
            (Ok(()), Some(result)) => result,
            (Ok(()), None) => Err(StoreFailed::Closed.into()),
            (Err(failed), _) => Err(failed.into()),
        };
        // Whoever asked may be gone; what was written stays.
        let _ = self.teller.send(result);
    }
}

/// The way into the queue.
#[derive(Clone)]
pub(crate) struct Queue(mpsc::Sender<Message>);

impl Queue {
    /// Starts the writer with a connection of its own; it ends when the last way into the queue is gone, and lets go of
    /// the folder then.
    pub(super) fn start(
        db: SqliteConnection,
        (waking, journal): (Waking, Journal),
        lock: Lock,
    ) -> (Self, tokio::task::JoinHandle<()>) {
        let (sender, jobs) = mpsc::channel(1024);
        let change = Change { db, wakes: Vec::new(), lines: Vec::new() };
        let writer = tokio::spawn(async move {
            work(change, jobs, waking, journal).await;
            drop(lock);
        });
        (Self(sender), writer)
    }

    /// Does `act` in a transaction, to its end even when the caller goes away. What it answers is true once this
    /// returns. It begins anew when it says [`StoreFailed::Changed`], so it gets its input by reference.
    pub(crate) async fn write<I, T, E, F>(&self, input: I, act: F) -> Result<T, E>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
        E: WriteFailed,
        F: for<'c> Fn(&'c mut Change, &'c I) -> Acting<'c, T, E> + Send + Sync + 'static,
    {
        let (teller, told) = oneshot::channel();
        let job = Write { input, act, result: None, teller };
        self.0.send(Message::Act(Box::new(job))).await.map_err(|_| StoreFailed::Closed)?;
        told.await.map_err(|_| StoreFailed::Closed)?
    }

    /// Returns when the writer has ended.
    pub(crate) async fn ended(&self) {
        self.0.closed().await;
    }

    /// The writer ends after what is in the queue.
    pub(crate) async fn close(&self) {
        // Closed already is closed.
        let _ = self.0.send(Message::Close).await;
    }
}

async fn work(mut change: Change, mut messages: mpsc::Receiver<Message>, waking: Waking, journal: Journal) {
    let mut received = Vec::with_capacity(TOGETHER);
    while messages.recv_many(&mut received, TOGETHER).await > 0 {
        let mut batch = Vec::with_capacity(received.len());
        for message in received.drain(..) {
            match message {
                Message::Act(job) => batch.push(job),
                Message::Close => messages.close(),
            }
        }
        change.wakes.clear();
        change.lines.clear();
        match act_together(&mut change, &mut batch).await {
            Ok(()) => {
                for job in batch {
                    job.tell(Ok(()));
                }
                waking.wake(&change.wakes);
                change.lines.iter().for_each(|line| journal.write(line));
            }
            Err(error) => {
                // What SQLite undid by itself (a full disk) cannot be undone again: that error says nothing new.
                let _ = run(&mut change, "ROLLBACK").await;
                for job in batch {
                    job.tell(Err(StoreFailed::NotCommitted(error.to_string())));
                }
            }
        }
    }
    // Folds the log into the database; what fails here is folded at the next start.
    let _ = change.db.close().await;
}

async fn act_together(change: &mut Change, batch: &mut [Box<dyn Job>]) -> Result<(), sqlx::Error> {
    run(change, "BEGIN IMMEDIATE").await?;
    for job in batch {
        let (wakes, lines) = (change.wakes.len(), change.lines.len());
        for attempt in 1.. {
            run(change, "SAVEPOINT one").await?;
            let acted = job.act(change).await;
            if !matches!(acted, Acted::Keep) {
                change.wakes.truncate(wakes);
                change.lines.truncate(lines);
                run(change, "ROLLBACK TO one").await?;
            }
            run(change, "RELEASE one").await?;
            if attempt == ATTEMPTS || !matches!(acted, Acted::Again) {
                break;
            }
        }
    }
    run(change, "COMMIT").await
}

async fn run(change: &mut Change, statement: &'static str) -> Result<(), sqlx::Error> {
    sqlx::query(statement).execute(&mut change.db).await.map(|_| ())
}
