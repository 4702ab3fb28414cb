//! Security info: a second phone, and one that is lost.

use countersign_core::authenticator::AccountState;
use countersign_protocol::{Kind, RemovalReason};

use crate::chromium::Look;
use crate::scene::{Approve, BARE, Scene, WIDE};

async fn second_phone(look: Look) {
    let (scene, _) = Scene::start_set_up(look).await;
    let person = &scene.person;
    scene.signs_in().await;
    person.sees("Approve it on your phone").await;
    scene.answers(&scene.phone, Kind::SignIn, Approve::Right).await;
    scene.goes_on("Continue").await;

    person.reads("Update info").await;
    person.clicks("summary.avatar").await;
    person.presses("View account").await;
    person.sees("Mira Okafor").await;
    person.presses("Update info").await;
    person.sees("Security info").await;
    person.presses("Add sign-in method").await;
    person.sees("Approve the change on your phone").await;
    scene.answers(&scene.phone, Kind::Method, Approve::Right).await;
    scene.goes_on("Continue").await;

    person.sees("Choose a method").await;
    person.clicks("a.choice").await;
    person.sees("Set up your account").await;
    person.presses("Next").await;
    person.sees("Scan the QR code").await;
    let second = scene.world.phone("Fairphone 5").await.unwrap();
    let account = scene.scans(&second).await;
    scene.goes_on("Next").await;
    scene.compares_and_tests(&second, account).await;
    person.sees("Approved on Fairphone 5").await;
    let rows = second.authenticator.snapshot().accounts;
    assert!(matches!(rows[0].state, AccountState::Pending { .. }), "it counts only after Save");
    person.presses("Save").await;
    person.sees("Security info").await;
    person.reads("Fairphone 5 was added").await;
    second.state(AccountState::Ready).await.unwrap();

    person.clicks("a[aria-label='Delete Pixel 8']").await;
    person.sees("Delete Pixel 8?").await;
    person.presses("Delete Pixel 8").await;
    person.sees("Security info").await;
    person.reads("Pixel 8 was deleted").await;
    scene.phone.state(AccountState::Removed { reason: RemovalReason::Person }).await.unwrap();
    assert_eq!(second.authenticator.snapshot().accounts[0].state, AccountState::Ready);
}

#[tokio::test]
async fn s59_s63_s64_s65_s66_s67_s68_s69_i10_a_phone_is_added_and_a_lost_one_deleted() {
    second_phone(WIDE).await;
}

#[tokio::test]
async fn s59_s63_s64_s65_s66_s67_s68_s69_i10_a_phone_is_added_and_a_lost_one_deleted_without_script() {
    second_phone(BARE).await;
}
