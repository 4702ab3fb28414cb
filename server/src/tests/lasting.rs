//! What outlives a restart, and what is on the disk.

use std::path::Path;

use countersign_protocol::*;

use super::house::*;
use crate::config::{PagesUrl, Urls};
use crate::store::Seal;
use crate::*;

#[tokio::test]
async fn a_restart_loses_nothing_that_was_confirmed() {
    let house = House::open().await;
    let (browser, phone) = house.with_phone().await;
    let cookie = browser.cookie;
    let waiting = house.sign_in().await;
    waiting.ask().await;
    let (waiting_cookie, id) = (waiting.cookie.clone(), house.running.server_id());

    let house = house.restart().await;
    let phone = phone.moved_to(&house);
    assert_eq!(house.running.server_id(), id);
    assert_eq!(Browser { house: &house, cookie }.step().await, Some(Step::Full));
    let mut waiting = Browser { house: &house, cookie: waiting_cookie };
    let card = phone.card().await.unwrap();
    let verdict =
        phone.verdict((card.id, card.hash()), Decision::Approve, Some(waiting.number().await)).await;
    assert_eq!(verdict, Verdict::Approved);
    waiting.finish().await;
}

#[tokio::test]
async fn a_restart_does_not_reset_the_back_off() {
    let house = House::open().await;
    let (_, phone) = house.with_phone().await;
    house.sign_in().await.ask().await;
    let card = phone.card().await.unwrap();
    phone.verdict((card.id, card.hash()), Decision::Deny, None).await;
    let house = house.restart().await;
    assert_eq!(house.sign_in().await.ask().await, Ask::TooSoon(house.now().plus(10)));
}

#[tokio::test]
async fn i16_a_new_base_url_comes_as_a_newer_statement_of_the_same_identity() {
    let house = House::open().await;
    let (_, phone) = house.with_phone().await;
    let old = phone.statement().await;
    let house = house
        .restart_with(|config| {
            config.urls = Urls::Fixed {
                pages: PagesUrl::try_from("https://new.halden.example".to_owned()).unwrap(),
                phone: BaseUrl::new("https://new.halden.example/countersign").unwrap(),
            };
        })
        .await;
    let phone = phone.moved_to(&house);
    let have = Have { server: Some(old.iat), ..Have::default() };
    let statement = phone.wait(have).await.body.unwrap().server.unwrap();
    let new = Unverified::<ServerStatement>::parse(&statement).unwrap().verify_inside().unwrap();
    assert!(new.iat > old.iat);
    assert_eq!(new.iss, old.iss);
    assert_eq!(new.base.as_str(), "https://new.halden.example/countersign");
    assert_eq!(new.rp_id, old.rp_id, "the RP ID survives a move");
}

#[tokio::test]
async fn a_restored_store_is_told_of_by_the_first_phone_that_knows_more() {
    fn copy(from: &Path, to: &Path) {
        for file in std::fs::read_dir(from).unwrap() {
            let path = file.unwrap().path();
            std::fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
        }
    }
    let backup = tempfile::tempdir().unwrap();
    let house = House::open().await;
    let (_, phone) = house.with_phone().await;
    let before = phone.statement().await.iat;
    let house = house.restart_with(|config| copy(&config.state, backup.path())).await;
    let phone = phone.moved_to(&house);
    let after = phone.statement().await.iat;
    phone.wait(Have { server: Some(before), ..Have::default() }).await.body.unwrap();
    assert_eq!(house.service().restored(), None, "the statement of an earlier start");

    house.pass(60);
    let house = house.restart_with(|config| copy(backup.path(), &config.state)).await;
    let phone = phone.moved_to(&house);
    for (has, restored) in [(None, None), (Some(before), None), (Some(after), Some(after))] {
        phone.wait(Have { server: has, ..Have::default() }).await.body.unwrap();
        assert_eq!(house.service().restored(), restored);
    }
}

#[tokio::test]
async fn another_name_of_the_organisation_reaches_the_phones() {
    let house = House::open().await;
    let (_, phone) = house.with_phone().await;
    let profile = phone.reply.as_ref().unwrap().profile.clone();
    let have = Have { profile: Some(profile.number), ..Have::default() };
    assert!(phone.wait(have).await.body.unwrap().profile.is_none());
    let house =
        house.restart_with(|config| config.organisation.name = Text::new("Halden University").unwrap()).await;
    let phone = phone.moved_to(&house);
    let newer = phone.wait(have).await.body.unwrap().profile.unwrap();
    assert_eq!(newer.organisation.as_str(), "Halden University");
    assert!(newer.number > profile.number);
}

#[tokio::test]
async fn no_secret_is_on_the_disk_in_clear() {
    let house = House::open().await;
    let (_, phone) = house.with_phone().await;
    let browser = house.sign_in().await;
    browser.ask().await;
    let shown = house.sign_in().await;
    let mut wizard = house.sign_in().await;
    let (secret, _) = phone.codes.as_ref().unwrap();
    let secrets = [
        secret.expose().to_vec(),
        browser.cookie.expose().into_bytes(),
        shown.cookie.expose().into_bytes(),
        password().expose().as_bytes().to_vec(),
    ];
    wizard.cookie = browser.cookie.clone();
    let state = house.config.state.clone();
    house.running.shutdown().await;
    let mut looked_at = 0;
    for file in std::fs::read_dir(state).unwrap() {
        let path = file.unwrap().path();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{} is for its owner alone", path.display());
        }
        let bytes = std::fs::read(&path).unwrap();
        for secret in &secrets {
            let is_there = bytes.windows(secret.len()).any(|window| window == secret);
            assert!(!is_there, "{} holds a secret", path.display());
        }
        looked_at += bytes.len();
    }
    assert!(looked_at > 10_000);
}

#[tokio::test]
async fn another_key_file_opens_nothing() {
    let house = House::open().await;
    let config = house.config.clone();
    house.running.shutdown().await;
    std::fs::remove_file(&config.key_file).unwrap();
    let given = Given { hashing_cost: HashingCost::LEAST, ..Given::default() };
    let started = Server::start(&config, given.clone()).await.map(|_| ());
    assert!(
        matches!(started, Err(StartFailed::State(Failure::KeyFileGone(_)))),
        "nobody is told to run init"
    );
    let made = Server::make(&config, &given).await;
    assert!(matches!(made, Err(StartFailed::State(Failure::KeyFileGone(_)))), "a new one would open nothing");
    assert!(!config.key_file.exists());
    Seal::make_file(&config.key_file, &SystemRandom).unwrap();
    assert!(Server::start(&config, given).await.is_err(), "it is another one");
}

#[cfg(unix)]
#[tokio::test]
async fn a_folder_of_state_that_others_can_write_to_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let house = House::open().await;
    let config = house.config.clone();
    house.running.shutdown().await;
    let given = Given { hashing_cost: HashingCost::LEAST, ..Given::default() };
    for (mode, is_taken) in [(0o777, false), (0o720, false), (0o755, true)] {
        std::fs::set_permissions(&config.state, std::fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(Server::start(&config, given.clone()).await.is_ok(), is_taken, "{mode:o}");
    }
}

#[tokio::test]
async fn a_folder_of_state_is_for_one_process_at_a_time() {
    let house = House::open().await;
    let given = || Given { hashing_cost: HashingCost::LEAST, ..Given::default() };
    let another = Server::start(&house.config, given()).await.map(|_| ());
    let name = || (Text::new("jonas").unwrap(), Text::new("Jonas").unwrap());
    let made = Server::make(&house.config, &given()).await;
    let renamed = Server::rename_person(&house.config, &given(), MIRA, name()).await.map(|_| ());
    for refused in [another, made, renamed] {
        let StartFailed::State(refused) = refused.unwrap_err() else { panic!("for another reason") };
        assert!(matches!(refused, Failure::Store(StoreFailed::InUse { .. })), "{refused}");
        let folder = house.config.state.display().to_string();
        assert!(refused.to_string().starts_with(&folder), "{refused}");
    }
    house.sign_in().await;
    house.restart().await.sign_in().await;
}

#[tokio::test]
async fn a_server_that_was_never_made_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    let config = Demo::config(&folder.path().join("state"));
    let given = Given { hashing_cost: HashingCost::LEAST, ..Given::default() };
    assert!(Server::start(&config, given).await.is_err());
}
