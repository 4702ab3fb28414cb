//! What a person does before the browser with the phone in hand, each journey with script and without.

use countersign_core::authenticator::{AccountState, Decision};
use countersign_protocol::Kind;

use crate::chromium::Look;
use crate::scene::{Approve, BARE, Scene, WIDE};

async fn set_up(look: Look) {
    let scene = Scene::start(look).await;
    scene.signs_in().await;
    scene.is_not_signed_in().await;
    scene.person.sees("More information required").await;
    scene.goes_through_the_wizard().await;
    scene.is_signed_in().await;
}

#[tokio::test]
async fn s1_s11_s15_s16_s23_s24_s26_s27_s29_s37_i7_the_wizard_goes_on_by_itself() {
    set_up(WIDE).await;
}

#[tokio::test]
async fn s1_s11_s15_s16_s23_s24_s26_s27_s29_s37_i7_the_wizard_needs_no_script() {
    set_up(BARE).await;
}

async fn typed(look: Look) {
    let scene = Scene::start(look).await;
    let person = &scene.person;
    scene.signs_in().await;
    for button in ["Next", "Next", "Next"] {
        person.presses(button).await;
    }
    person.sees("Scan the QR code").await;
    person.presses("Next").await;
    person.reads("Your phone has not scanned the code yet").await;
    person.presses("Can’t scan the QR image?").await;
    person.sees("Can’t scan the QR image?").await;
    let (code, url) = (person.text("#code").await, person.text("#url").await);
    let offer = scene.phone.authenticator.read_typed(code, url.replace('\n', "")).await.unwrap();
    let account = scene.phone.authenticator.add(offer, None).await.unwrap();
    scene.goes_on("Next").await;
    scene.compares_and_tests(&scene.phone, account).await;
    person.sees("Your app is connected").await;
}

#[tokio::test]
async fn s25_i4_what_is_typed_does_the_same_as_the_scan() {
    typed(WIDE).await;
}

#[tokio::test]
async fn s25_i4_what_is_typed_does_the_same_without_script() {
    typed(BARE).await;
}

async fn sign_in(look: Look) {
    let (scene, _) = Scene::start_set_up(look).await;
    scene.signs_in().await;
    scene.person.sees("Approve it on your phone").await;
    scene.is_not_signed_in().await;
    scene.person.sees("Approve it on your phone").await;
    scene.answers(&scene.phone, Kind::SignIn, Approve::Right).await;
    scene.goes_on("Continue").await;
    scene.person.reads("Update info").await;
    scene.is_signed_in().await;
}

#[tokio::test]
async fn s2_s54_a_sign_in_is_approved_with_the_number_and_no_prompt_comes() {
    sign_in(WIDE).await;
}

#[tokio::test]
async fn s2_s54_a_sign_in_is_approved_without_script() {
    sign_in(BARE).await;
}

async fn codes(look: Look) {
    let (scene, account) = Scene::start_set_up(look).await;
    let person = &scene.person;
    scene.signs_in().await;
    person.sees("Approve it on your phone").await;
    person.presses("Use a code instead").await;
    person.sees("Use a code instead").await;
    person.types("Code from the app", "000 000").await;
    person.presses("Next").await;
    person.reads("That is not the code.").await;
    person.types("Code from the app", &scene.code(account)).await;
    person.presses("Next").await;
    scene.is_signed_in().await;
}

#[tokio::test]
async fn s54_a_code_of_the_app_signs_in_too() {
    codes(WIDE).await;
}

#[tokio::test]
async fn s54_a_code_of_the_app_signs_in_without_script() {
    codes(BARE).await;
}

async fn code_in_the_wizard(look: Look) {
    let scene = Scene::start(look).await;
    let person = &scene.person;
    scene.signs_in().await;
    for button in ["Next", "Next", "Next"] {
        person.presses(button).await;
    }
    person.sees("Scan the QR code").await;
    let account = scene.scans(&scene.phone).await;
    scene.goes_on("Next").await;
    scene.compares(&scene.phone, account).await;
    scene.refuses(Decision::Deny).await;
    scene.goes_on("Next").await;
    person.sees("You denied the request on Pixel 8").await;
    person.presses("Use a code instead").await;
    person.types("Code from the app", &scene.code(account)).await;
    person.presses("Next").await;
    person.sees("Your app is connected").await;
    person.reads("Pixel 8 makes codes.").await;
    scene.phone.state(AccountState::CodesOnly).await.unwrap();
}

#[tokio::test]
async fn i2_a_denied_test_says_so_and_a_code_takes_its_place() {
    code_in_the_wizard(WIDE).await;
}

#[tokio::test]
async fn i2_a_denied_test_says_so_and_a_code_takes_its_place_without_script() {
    code_in_the_wizard(BARE).await;
}

async fn refusals(look: Look) {
    let (scene, _) = Scene::start_set_up(look).await;
    let person = &scene.person;
    scene.signs_in().await;
    person.sees("Approve it on your phone").await;
    scene.refuses(Decision::Deny).await;
    scene.goes_on("Continue").await;
    person.sees("The sign-in was denied on Pixel 8").await;
    scene.is_not_signed_in().await;

    scene.world.clock.step(3600);
    scene.signs_in().await;
    person.sees("Approve it on your phone").await;
    scene.answers(&scene.phone, Kind::SignIn, Approve::Wrong).await;
    scene.goes_on("Continue").await;
    person.sees("That was not the number").await;
    scene.is_not_signed_in().await;

    scene.world.clock.step(3600);
    scene.signs_in().await;
    person.sees("Approve it on your phone").await;
    scene.world.clock.step(61);
    person.presses("Continue").await;
    person.sees("The request has expired").await;
    scene.is_not_signed_in().await;

    scene.world.clock.step(3600);
    scene.signs_in().await;
    person.sees("Approve it on your phone").await;
    scene.refuses(Decision::Report).await;
    scene.goes_on("Continue").await;
    person.sees("This sign-in was stopped").await;
    scene.is_not_signed_in().await;
}

#[tokio::test]
async fn every_refusal_is_told_as_it_comes_and_opens_nothing() {
    refusals(WIDE).await;
}

#[tokio::test]
async fn every_refusal_is_told_and_opens_nothing_without_script() {
    refusals(BARE).await;
}
