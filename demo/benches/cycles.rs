//! Sign-ins from the password to the account, over loopback: the real pages over HTTP, the real core as the phone over
//! TLS, and SQLite in a file; one person, and eight at once.
//!
//! Beside it what a sign-in cannot do without, alone and one after another: the signatures and their verifications, the
//! exchanges over connections that stand, the commits. The password's hash is left out, since it is slow by intention;
//! the phones' vaults lie in memory where the system has such a folder, since each phone has a disk of its own.

#![expect(clippy::expect_used, reason = "a bench that cannot go on ends")]

use std::path::Path;

use countersign_core::authenticator::Decision;
use countersign_demo::browser::{Browser, Fault};
use countersign_demo::phone::Phone;
use countersign_demo::scene::{self, By, Credentials};
use countersign_demo::world::World;
use countersign_protocol::{SoftwareKey, Text, Verdict};
use countersign_server::pages::Asset;
use countersign_server::{HashingCost, Password};
use divan::{Bencher, black_box};
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, SqliteConnection};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

const AT_ONCE: [usize; 2] = [1, 8];
/// Longer than the minute in which a phone's calls are counted.
const BETWEEN: u64 = 61;

/// A phone that has had thirty replies without a pause asks again only each 5 s; set-up and each sign-in bring some.
const SIGN_INS: u32 = 10;

/// The card, the answer, two waits, and the replies to these three.
const SIGNATURES: usize = 7;
/// Of each by the other side.
const VERIFICATIONS: usize = 7;
/// The sign-in form, the password, the number's page, the progress, "Continue", the account.
const PAGES: usize = 6;
/// The answer and two waits: one ends with the card, one with the end of the request.
const CALLS: usize = 3;
/// The password's count, the session, the request, the answer, the session's new cookie.
const COMMITS: usize = 5;
/// Bytes of a usual JWS.
const MESSAGE: [u8; 640] = [0x5c; 640];

fn main() {
    divan::main();
}

#[divan::bench(args = AT_ONCE, sample_count = SIGN_INS, sample_size = 1)]
fn sign_in(bencher: Bencher<'_, '_>, at_once: usize) {
    let mut house = House::open(at_once);
    bencher.bench_local(|| house.sign_in());
}

#[divan::bench(args = [1])]
fn bare_parts(bencher: Bencher<'_, '_>, _: usize) {
    let (key, mut house, mut database) =
        (SoftwareKey::make().expect("a key"), House::open(0), Database::make());
    let point = key.public().point();
    bencher.bench_local(|| {
        sign_and_verify(&key, &point);
        house.exchange();
        database.commit();
    });
}

#[divan::bench]
fn bare_signatures(bencher: Bencher<'_, '_>) {
    let key = SoftwareKey::make().expect("a key");
    let point = key.public().point();
    bencher.bench_local(|| sign_and_verify(&key, &point));
}

#[divan::bench]
fn bare_exchanges(bencher: Bencher<'_, '_>) {
    let mut house = House::open(0);
    bencher.bench_local(|| house.exchange());
}

#[divan::bench]
fn bare_commits(bencher: Bencher<'_, '_>) {
    let mut database = Database::make();
    bencher.bench_local(|| database.commit());
}

/// A server and persons who are set up, each with a browser and a phone; and somebody whom nobody knows.
struct House {
    runtime: Runtime,
    world: World,
    persons: Vec<Person>,
    stranger: Stranger,
    _vaults: TempDir,
}

struct Person {
    credentials: Credentials,
    browser: Browser,
    phone: Phone,
}

struct Stranger {
    pages: Browser,
    calls: reqwest::Client,
    statement: String,
}

impl House {
    fn open(persons: usize) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let vaults = in_memory();
        let opened = async {
            let world = World::start(HashingCost::LEAST).await?;
            let mut set_up = Vec::new();
            for number in 0..persons {
                set_up.push(Person::set_up(&world, vaults.path(), number).await?);
            }
            let stranger = Stranger::of(&world)?;
            Ok::<_, Fault>((world, set_up, stranger))
        };
        let (world, persons, stranger) = runtime.block_on(opened).expect("everybody is set up");
        Self { runtime, world, persons, stranger, _vaults: vaults }
    }

    /// Everybody signs in at once.
    fn sign_in(&mut self) {
        self.world.clock.step(BETWEEN);
        let Self { runtime, persons, .. } = self;
        let all = runtime.block_on(async {
            let mut all = JoinSet::new();
            for mut person in persons.drain(..) {
                all.spawn(async move { person.sign_in().await.map(|()| person) });
            }
            all.join_all().await
        });
        self.persons = all.into_iter().collect::<Result<_, Fault>>().expect("everybody is signed in");
    }

    /// As many exchanges as a sign-in has, with answers that take no thought.
    fn exchange(&mut self) {
        self.runtime.block_on(self.stranger.exchange()).expect("answers");
    }
}

impl Person {
    async fn set_up(world: &World, vaults: &Path, number: usize) -> Result<Self, Fault> {
        let user_name = format!("person-{number}@halden.example");
        let password = "correct horse battery staple".to_owned();
        let text = |text: &str| Text::new(text).map_err(|error| error.to_string());
        let demo = world.demo.as_ref().ok_or("the server is down")?;
        let added = demo.running.service().add_person(
            Text::new(user_name.as_str()).map_err(|error| error.to_string())?,
            text("Mira Okafor")?,
            Password::new(password.clone()),
        );
        added.await.map_err(|error| error.to_string())?;
        let credentials = Credentials { user_name, password };
        let phone = Phone::open(&vaults.join(number.to_string()), "Mira’s phone", world.made()).await?;
        phone.authenticator.set_active(true).await;
        let mut browser = world.browser()?;
        scene::enrol(&mut browser, &credentials, &phone, By::QrCode).await?;
        Ok(Self { credentials, browser, phone })
    }

    /// From the form to the account. The page hears of the verdict by its own question, as its script would.
    async fn sign_in(&mut self) -> Result<(), Fault> {
        let Self { credentials, browser, phone } = self;
        browser.cookies().clear();
        scene::sign_in(browser, credentials).await?;
        let number = scene::number(browser)?;
        let shown = |css, name| browser.attribute(css, name).ok_or_else(|| format!("the page has no {css}"));
        let state = shown("[data-state]", "data-state")?;
        let progress = format!("{}?state={state}", shown("[data-progress]", "data-progress")?);
        let go_on = shown("form[data-go-on=proved]", "action")?;
        let form = format!("csrf={}", shown("form[data-go-on=proved] input", "value")?);
        let answered = async {
            let card = phone.request().await?;
            scene::is(
                scene::answer(phone, &card, Decision::Approve { typed: number }).await?,
                Verdict::Approved,
            )
        };
        tokio::try_join!(browser.open(&progress), answered)?;
        browser.post(&go_on, &form).await?;
        browser.expect("Update info")
    }
}

impl Stranger {
    fn of(world: &World) -> Result<Self, Fault> {
        let demo = world.demo.as_ref().ok_or("the server is down")?;
        let statement = format!("{}/.well-known/countersign", demo.running.phone_base().origin());
        // The server's certificate is its own, and nothing is told to whoever answers.
        let calls = reqwest::Client::builder().tls_danger_accept_invalid_certs(true).build();
        Ok(Self { pages: world.browser()?, calls: calls.map_err(|error| error.to_string())?, statement })
    }

    async fn exchange(&mut self) -> Result<(), Fault> {
        for _ in 0..PAGES {
            self.pages.open(Asset::Mark.path()).await?;
        }
        for _ in 0..CALLS {
            let answer = self.calls.get(&self.statement).send().await.map_err(|error| error.to_string())?;
            black_box(answer.text().await.map_err(|error| error.to_string())?);
        }
        Ok(())
    }
}

/// The signatures of a sign-in and what their other side does, without what they are over.
fn sign_and_verify(key: &SoftwareKey, point: &[u8]) {
    let sign = || key.sign(black_box(&MESSAGE)).expect("a signature");
    let signature = sign();
    for _ in 1..SIGNATURES {
        black_box(sign());
    }
    for _ in 0..VERIFICATIONS {
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
        key.verify(black_box(&MESSAGE), signature.as_bytes()).expect("it holds");
    }
}

/// SQLite as the server opens it, with a table of its own.
struct Database {
    runtime: Runtime,
    db: SqliteConnection,
    _folder: TempDir,
}

impl Database {
    fn make() -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let folder = tempfile::tempdir().expect("a folder");
        let options = SqliteConnectOptions::new()
            .filename(folder.path().join("bare.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let db = runtime.block_on(async {
            let mut db = options.connect().await?;
            sqlx::query("CREATE TABLE rows (content BLOB NOT NULL)").execute(&mut db).await?;
            Ok::<_, sqlx::Error>(db)
        });
        Self { runtime, db: db.expect("a database"), _folder: folder }
    }

    fn commit(&mut self) {
        let Self { runtime, db, .. } = self;
        runtime
            .block_on(async {
                for _ in 0..COMMITS {
                    let insert = sqlx::query("INSERT INTO rows (content) VALUES ($1)");
                    insert.bind(MESSAGE.as_slice()).execute(&mut *db).await?;
                }
                Ok::<_, sqlx::Error>(())
            })
            .expect("rows");
    }
}

/// A folder whose writes wait for no disk, where the system has one.
fn in_memory() -> TempDir {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    folder.expect("a folder")
}
