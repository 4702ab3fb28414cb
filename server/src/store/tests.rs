//! The queue and compare-and-set on a real database.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use countersign_protocol::{AccountId, Kind, RequestId, SystemRandom, Text, UnixSeconds};
use sqlx::Row as _;
use tokio::task::JoinSet;

use super::persons::Person;
use super::requests::RequestRow;
use super::*;
use crate::ids::SessionId;
use crate::rules::ClientAddress;
use crate::rules::request::State;
use crate::rules::tally::Limit;

struct Opened {
    store: Arc<Store>,
    _folder: tempfile::TempDir,
}

fn address() -> ClientAddress {
    ClientAddress::new("203.0.113.24".parse().unwrap())
}

async fn open() -> Opened {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key");
    Seal::make_file(&key, &SystemRandom).unwrap();
    let seal = Seal::read(&key, Arc::new(SystemRandom)).unwrap();
    let store = Arc::new(Store::open(&folder.path().join("db"), seal).await.unwrap());
    Opened { store, _folder: folder }
}

async fn note(change: &mut Change, name: &str) -> Result<(), StoreFailed> {
    sqlx::query("INSERT INTO meta (name, value) VALUES ($1, (SELECT COUNT(*) FROM meta))")
        .bind(name)
        .execute(change.db())
        .await
        .map_err(StoreFailed::from)?;
    Ok(())
}

async fn names(store: &Store) -> Vec<String> {
    let mut db = store.read().await.unwrap();
    let rows = sqlx::query("SELECT name FROM meta ORDER BY CAST(value AS INTEGER)").fetch_all(&mut *db).await;
    rows.unwrap().iter().map(|row| row.get("name")).collect()
}

#[tokio::test]
async fn the_queue_keeps_the_order_of_the_writes() {
    let opened = open().await;
    let store = &opened.store;
    // Polled in this order, so they enter the queue in this order while the first is still being written.
    let writes =
        (0..200).map(|index| store.write(format!("{index:03}"), |change, name| Box::pin(note(change, name))));
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
                        if index % 3 == 0 { Err(StoreFailed::Sealed) } else { Ok(()) }
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
    assert!(matches!(bad, Err(StoreFailed::Database(_))));
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
                            other => other.map(|()| true),
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
            if attempts.fetch_add(1, Ordering::SeqCst) < 2 { Err(StoreFailed::Changed) } else { Ok(()) }
        })
    });
    third.await.unwrap();
    assert_eq!(attempts.load(Ordering::SeqCst), 3);
    assert_eq!(names(&opened.store).await, ["kept"], "what the earlier attempts wrote was undone");
    let never = opened.store.write((), |_, ()| Box::pin(async { Err::<(), _>(StoreFailed::Changed) }));
    assert!(matches!(never.await, Err(StoreFailed::Changed)));
}

#[tokio::test]
async fn a_write_runs_to_its_end_though_its_caller_is_gone() {
    let opened = open().await;
    let store = Arc::clone(&opened.store);
    let mut gone = Box::pin(store.write((), |change, ()| Box::pin(note(change, "done"))));
    assert!(futures_poll_once(&mut gone).await);
    drop(gone);
    store.write((), |_, ()| Box::pin(async { Ok::<_, StoreFailed>(()) })).await.unwrap();
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
    assert!(matches!(late, Err(StoreFailed::Closed)));
}

/// A person, and what requests are made of in one second.
struct Asked<'a> {
    store: &'a Store,
    account: AccountId,
    session: SessionId,
    now: UnixSeconds,
}

impl<'a> Asked<'a> {
    async fn add(store: &'a Store) -> Self {
        let now = UnixSeconds::new(1_800_000_000).unwrap();
        let name = (Text::new("mira").unwrap(), Text::new("Mira").unwrap());
        let person = Person::new(&SystemRandom, name, String::new(), now);
        let account = person.account;
        let add = store.write(person, |change, person| {
            Box::pin(async move { persons::insert(change.db(), person).await })
        });
        assert!(add.await.unwrap());
        Self { store, account, session: SessionId::make(&SystemRandom), now }
    }

    fn request(&self) -> RequestRow {
        RequestRow {
            id: RequestId::make(&SystemRandom),
            account: self.account,
            session: self.session,
            tested: None,
            kind: Kind::SignIn,
            counted_as: "others".to_owned(),
            state: State::Waiting,
            made: self.now,
            expires: self.now.plus(60),
            ended: None,
            number: None,
        }
    }

    async fn insert(&self, request: RequestRow) -> Result<(), StoreFailed> {
        let insert = self.store.write(request, |change, request| {
            Box::pin(async move { requests::insert(change, request, &[], address()).await })
        });
        insert.await
    }

    async fn end(&self, request: RequestRow) {
        let now = self.now;
        let end = self.store.write(request, move |change, request| {
            Box::pin(async move { requests::advance(change, request, State::Cancelled, None, now).await })
        });
        end.await.unwrap();
    }
}

#[tokio::test]
async fn two_requests_never_wait_for_one_person() {
    let opened = open().await;
    let asked = Asked::add(&opened.store).await;
    let first = asked.request();
    asked.insert(first.clone()).await.unwrap();
    let refused = asked.insert(asked.request()).await;
    assert!(matches!(refused, Err(StoreFailed::Changed)));
    asked.end(first).await;
    asked.insert(asked.request()).await.unwrap();
}

#[tokio::test]
async fn of_requests_made_and_ended_within_a_second_the_last_is_the_newest() {
    let opened = open().await;
    let asked = Asked::add(&opened.store).await;
    for _ in 0..8 {
        let request = asked.request();
        asked.insert(request.clone()).await.unwrap();
        asked.end(request.clone()).await;
        let mut db = opened.store.read().await.unwrap();
        let newest = requests::newest(&mut db, asked.session, None).await.unwrap();
        let counted = requests::newest_of_count(&mut db, asked.account, "others").await.unwrap();
        assert_eq!([newest, counted].map(|found| found.map(|found| found.id)), [Some(request.id); 2]);
    }
}

#[tokio::test]
async fn a_full_disk_fails_its_writes_and_loses_nothing_that_was_confirmed() {
    let opened = open().await;
    let store = &opened.store;
    let pragma = |statement: &'static str| {
        store.write(statement, |change, statement| {
            Box::pin(async move {
                sqlx::query(*statement).fetch_all(change.db()).await?;
                Ok::<_, StoreFailed>(())
            })
        })
    };
    pragma("PRAGMA max_page_count = 60").await.unwrap();
    let mut confirmed = 0;
    let mut failed = 0;
    for index in 0..100 {
        // Two beside each other: one that fits may share its batch with one that does not.
        let small = store.write(format!("{index:03}"), |change, name| Box::pin(note(change, name)));
        let large = store
            .write(format!("{index:03}{}", "x".repeat(20_000)), |change, name| Box::pin(note(change, name)));
        let (small, large) = tokio::join!(small, large);
        confirmed += usize::from(small.is_ok()) + usize::from(large.is_ok());
        failed += usize::from(small.is_err()) + usize::from(large.is_err());
    }
    assert!(failed > 50, "the disk was never full: {confirmed} writes were confirmed");
    assert_eq!(names(store).await.len(), confirmed);
    pragma("PRAGMA max_page_count = 100000").await.unwrap();
    store.write((), |change, ()| Box::pin(note(change, "again"))).await.unwrap();
    assert_eq!(names(store).await.len(), confirmed + 1);
}
