//! Servers that claim what is another's: an account, an id.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use countersign_core::authenticator::{AccountState, CardState, Decision, EntryId, RequestCard};
use countersign_demo::phone::{Made, Phone};
use countersign_demo::scene;
use countersign_protocol::{
    AccountId, DeviceId, Kind, List, RequestId, Status, SystemClock, SystemRandom, Text, Verdict, WaitReply,
};
use tempfile::TempDir;

use crate::stage::{Story, waiting};
use crate::stand_in::{Heard, Keys, Says, StandIn, any, is_held};

async fn phone() -> Result<(TempDir, Phone), String> {
    let folder = tempfile::tempdir().unwrap();
    let phone = Phone::open(folder.path(), "Mira's phone", Made::with_clock(Arc::new(SystemClock))).await?;
    phone.authenticator.set_active(true).await;
    Ok((folder, phone))
}

async fn is_ready(phone: &Phone, entry: EntryId) -> Story {
    let ready = phone.wait_for("account that is ready", move |snapshot| {
        let row = snapshot.accounts.iter().find(|row| row.id == entry)?;
        (row.state == AccountState::Ready).then_some(())
    });
    ready.await
}

/// A wait's reply to this device.
fn stands(keys: &Keys, heard: &Heard, device: DeviceId, status: Status) -> Says {
    let (server, profile, request, ended) = (None, None, None, None);
    let body = WaitReply { server, profile, request, ended, wakes_gone: List::default() };
    let mut reply = keys.reply(heard, status, Some(body));
    reply.aud = device.to_string();
    keys.says(&reply)
}

#[tokio::test]
async fn another_persons_account_at_activation_is_named_as_hers_and_takes_nothing_before_it_is_saved() -> Story
{
    let (other, saved) = (DeviceId::make(&SystemRandom), Arc::new(AtomicBool::default()));
    let (is_saved, activations) = (Arc::clone(&saved), AtomicUsize::default());
    let server = StandIn::start(move |keys, heard| {
        let is_other = heard.payload["iss"] == other.to_string();
        match heard.call.as_str() {
            // Whoever scans the second code gets the account that is on the phone already, by another name.
            "activation" if activations.fetch_add(1, Ordering::AcqRel) > 0 => {
                let mut reply = keys.activated(heard);
                let body = reply.body.as_mut().unwrap();
                (body.device, body.profile.account) = (other, Text::new("jonas").unwrap());
                keys.says(&reply)
            }
            "wait" if is_other && is_saved.load(Ordering::Acquire) => {
                if is_held(heard) {
                    Says::Nothing
                } else {
                    stands(keys, heard, other, Status::Active)
                }
            }
            "wait" if is_other && is_held(heard) => Says::Nothing,
            "wait" if is_other => stands(keys, heard, other, Status::Pending),
            _ => keys.usual(heard),
        }
    });
    let (_folder, phone) = phone().await?;
    let first = server.add_to(&phone).await.unwrap();
    is_ready(&phone, first).await?;
    let second = server.add_to(&phone).await.unwrap();
    phone.authenticator.refresh().await.unwrap();
    let rows = phone.authenticator.snapshot().accounts;
    let seen: Vec<_> = rows.iter().map(|row| (row.id, row.account.as_str())).collect();
    assert_eq!(seen, [(first, "mira"), (second, "jonas")]);
    assert_eq!(rows[0].state, AccountState::Ready);
    assert!(matches!(rows[1].state, AccountState::Pending { .. }), "{rows:?}");
    assert!(server.heard("removal").is_empty());

    // Saved, it is the same account set up again (S62): the phone before it goes, and the server hears that.
    saved.store(true, Ordering::Release);
    phone.authenticator.refresh().await.unwrap();
    let gone = phone.wait_for("one account", |snapshot| (snapshot.accounts.len() == 1).then_some(()));
    gone.await?;
    is_ready(&phone, second).await?;
    let removals = server.hears(1, "removal", any).await?;
    assert_eq!(removals[0].payload["iss"], server.keys.device.to_string());
    Ok(())
}

/// A server whose account has this id, and that always asks with this request.
fn claims(account: AccountId, request: RequestId) -> StandIn {
    StandIn::start(move |keys, heard| match heard.call.as_str() {
        "activation" => {
            let mut reply = keys.activated(heard);
            reply.body.as_mut().unwrap().account = account;
            keys.says(&reply)
        }
        "wait" if is_held(heard) && heard.payload["have"]["request"] == request.to_string() => Says::Nothing,
        "wait" => keys.waits(heard, Status::Active, Some(keys.request(request, Kind::SignIn))),
        _ => keys.usual(heard),
    })
}

#[tokio::test]
async fn two_servers_that_claim_one_account_and_one_request_are_two_accounts_and_two_cards() -> Story {
    let (account, request) = (AccountId::make(&SystemRandom), RequestId::make(&SystemRandom));
    let (one, other) = (claims(account, request), claims(account, request));
    let (_folder, phone) = phone().await?;
    let first = one.add_to(&phone).await.unwrap();
    is_ready(&phone, first).await?;
    let second = other.add_to(&phone).await.unwrap();
    is_ready(&phone, second).await?;
    let both = phone.wait_for("two cards", |snapshot| {
        let cards = &snapshot.requests;
        (cards.len() == 2 && waiting(snapshot).len() == 2).then(|| cards.clone())
    });
    let cards: Vec<RequestCard> = both.await?;
    let card = cards.iter().find(|card| card.account_id == first).unwrap();
    scene::is(scene::answer(&phone, card, Decision::Deny).await?, Verdict::Denied)?;
    phone.authenticator.refresh().await.unwrap();
    let states = phone.authenticator.snapshot().requests;
    let state = |entry| states.iter().find(|card| card.account_id == entry).map(|card| card.state.clone());
    assert_eq!(state(first), Some(CardState::Ended { verdict: Verdict::Denied, phone: None }));
    assert_eq!(state(second), Some(CardState::Waiting));
    assert_eq!((one.heard("answer").len(), other.heard("answer").len()), (1, 0));
    assert!(one.heard("removal").is_empty() && other.heard("removal").is_empty());
    Ok(())
}
