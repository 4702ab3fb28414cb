//! The folder of state: made by `init`, opened at each start.

use std::fs;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use countersign_protocol::Text;
use tokio::sync::watch;

use crate::config::{Config, PagesUrl};
use crate::failure::Failure;
use crate::given::Given;
use crate::keys::{Keys, Whereabouts};
use crate::mode;
use crate::service::{Counts, Hashing, Inner, Password, Service, Trials, Turns};
use crate::store::persons::{self, Person};
use crate::store::{Seal, Store, StoreFailed, keys as rows};

/// Makes folder, key file, database and keys. What is there already stays as it is.
pub(crate) async fn make(config: &Config, given: &Given) -> Result<(), Failure> {
    make_folder(&config.state)?;
    if !config.key_file.exists() {
        if config.database().exists() {
            return Err(Failure::KeyFileGone(config.key_file.display().to_string()));
        }
        Seal::make_file(&config.key_file, given.random.as_ref())?;
    }
    let store = open_store(config, given).await?;
    let (seal, now) = (Arc::clone(store.seal()), given.clock.now());
    store
        .write(seal, move |change, seal| Box::pin(async move { Keys::make(change.db(), seal, now).await }))
        .await?;
    store.close().await;
    Ok(())
}

/// Whether there is what [`make`] made.
pub(crate) fn look_for(config: &Config) -> Result<(), Failure> {
    match (config.key_file.exists(), config.database().exists()) {
        (true, true) => Ok(()),
        (false, true) => Err(Failure::KeyFileGone(config.key_file.display().to_string())),
        (_, false) => Err(Failure::NotMade),
    }
}

/// Opens what [`make`] made, and signs a new server statement.
pub(crate) async fn open(
    config: &Config,
    given: Given,
    pages_url: PagesUrl,
    whereabouts: Whereabouts,
) -> Result<Service, Failure> {
    look_for(config)?;
    let store = open_store(config, &given).await?;
    let now = given.clock.now();
    let profile_texts =
        serde_json::json!([config.organisation.name, config.organisation.help_desk]).to_string();
    let input = (Arc::clone(store.seal()), whereabouts.clone(), profile_texts);
    let (keys, profile_generation) = store
        .write(input, move |change, (seal, whereabouts, profile_texts)| {
            Box::pin(async move {
                let generation = rows::profile_generation(change.db(), profile_texts).await?;
                Ok::<_, Failure>((Keys::open(change.db(), seal, whereabouts, now).await?, generation))
            })
        })
        .await?;
    Ok(Service::new(Inner {
        store,
        keys,
        whereabouts,
        pages_url,
        organisation: config.organisation.clone(),
        profile_generation,
        policy: config.policy.clone(),
        hashing: Hashing::new(given.hashing_cost, Arc::clone(&given.random)).await?,
        clock: given.clock,
        random: given.random,
        counts: Counts::default(),
        turns: Turns::default(),
        trials: Trials::default(),
        restored: OnceLock::new(),
        closing: watch::Sender::new(false),
    }))
}

async fn open_store(config: &Config, given: &Given) -> Result<Store, StoreFailed> {
    mode::refuse(&config.state, mode::OTHERS_WRITE, "others can write to it; chmod 700 makes it private")
        .map_err(|source| failed(&config.state, source))?;
    let seal = Seal::read(&config.key_file, Arc::clone(&given.random))?;
    Store::open(&config.database(), seal).await
}

/// A folder for its owner alone.
fn make_folder(path: &Path) -> Result<(), StoreFailed> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|source| failed(path, source))
}

fn failed(path: &Path, source: std::io::Error) -> StoreFailed {
    StoreFailed::File { path: path.display().to_string(), source }
}

/// What renaming a person led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renaming {
    /// It is done; phones show it from their next contact on (I15).
    Renamed,
    /// Nobody has the user name that was to be changed.
    Unknown,
    /// Somebody else has the new one.
    Taken,
}

/// Gives a person another user name and name while no server runs. The account stays the same, and so do its phones.
pub(crate) async fn rename_person(
    config: &Config,
    given: &Given,
    user_name: &str,
    (new_user_name, name): (Text<128>, Text<64>),
) -> Result<Renaming, Failure> {
    let store = open_store(config, given).await?;
    let input = (user_name.to_owned(), new_user_name, name);
    let renaming = store
        .write(input, |change, (user_name, new, name)| {
            Box::pin(async move {
                let Some(person) = persons::find_by_user_name(change.db(), user_name).await? else {
                    return Ok(Renaming::Unknown);
                };
                let holder = persons::find_by_user_name(change.db(), new.as_str()).await?;
                if holder.is_some_and(|holder| holder.account != person.account) {
                    return Ok(Renaming::Taken);
                }
                persons::rename(change.db(), person.account, new, name).await?;
                Ok(Renaming::Renamed)
            })
        })
        .await;
    store.close().await;
    renaming
}

/// Adds a person while no server runs. False when the user name is taken.
pub(crate) async fn add_person(
    config: &Config,
    given: Given,
    user_name: Text<128>,
    name: Text<64>,
    password: Password,
) -> Result<bool, Failure> {
    let store = open_store(config, &given).await?;
    let hashing = Hashing::new(given.hashing_cost, Arc::clone(&given.random)).await?;
    let person = Person::new(
        given.random.as_ref(),
        (user_name, name),
        hashing.hash(password).await?,
        given.clock.now(),
    );
    let is_added = store
        .write(person, |change, person| {
            Box::pin(async move { Ok::<_, Failure>(persons::insert(change.db(), person).await?) })
        })
        .await?;
    store.close().await;
    Ok(is_added)
}
