//! Anyone can take a name: an organisation that is called like one from another server is told.

use std::sync::{Arc, Mutex};

use countersign_core::authenticator::{AccountRow, EntryId};
use countersign_demo::phone::Phone;
use countersign_protocol::{List, Profile, Status, Text, WaitReply};

use crate::commands::run_on;
use crate::stage::{Story, phone};
use crate::stand_in::{Keys, Says, StandIn, profile, statement_time};

/// A server of an organisation that is called this, as often as it changes.
struct Named {
    server: StandIn,
    profile: Arc<Mutex<Profile>>,
}

impl Named {
    fn start(organisation: &str) -> Self {
        let named = Profile { organisation: Text::new(organisation).unwrap(), ..profile(1) };
        let named = Arc::new(Mutex::new(named));
        let says = Arc::clone(&named);
        let server = StandIn::start(move |keys, heard| {
            let profile = says.lock().unwrap().clone();
            match heard.call.as_str() {
                "activation" => {
                    let mut body = keys.added(keys.statement(statement_time(), &keys.base, &keys.signing));
                    body.profile = profile;
                    keys.says(&keys.reply(heard, Status::Pending, Some(body)))
                }
                "wait" => names_again(keys, heard, profile),
                _ => keys.usual(heard),
            }
        });
        Self { server, profile: named }
    }

    fn rename(&self, organisation: &str) {
        let mut profile = self.profile.lock().unwrap();
        profile.number += 1;
        profile.organisation = Text::new(organisation).unwrap();
    }

    fn host(&self) -> &str {
        self.server.keys.base.host()
    }
}

fn names_again(keys: &Keys, heard: &crate::stand_in::Heard, profile: Profile) -> Says {
    let (server, request, ended) = (None, None, None);
    let body = WaitReply { server, profile: Some(profile), request, ended, wakes_gone: List::default() };
    keys.says(&keys.reply(heard, Status::Active, Some(body)))
}

fn row(phone: &Phone, account: EntryId) -> AccountRow {
    let accounts = phone.authenticator.snapshot().accounts;
    accounts.into_iter().find(|row| row.id == account).unwrap()
}

#[tokio::test]
async fn a_name_that_another_server_has_is_told_when_an_account_is_added() -> Story {
    let first = Named::start("Halden College");
    let (_folder, _, phone) = phone().await?;
    let (written, result) = run_on(&phone, &["add", &first.server.link().expose()]).await;
    assert_eq!((written.contains("already"), result), (false, Ok(())), "{written}");
    let known = phone.authenticator.snapshot().accounts[0].id;
    assert_eq!(row(&phone, known).same_name_as, None);
    // As a person reads it, it is the same name.
    let second = Named::start("HALDEN  college");
    let (written, result) = run_on(&phone, &["add", &second.server.link().expose()]).await;
    assert_eq!(result, Ok(()));
    let told =
        "There is a HALDEN  college already. This one has the same name, but comes from another server.";
    for told in [told, &format!("On this phone: {}\n", first.host()), &format!("New: {}\n", second.host())] {
        assert!(written.contains(told), "{told} is not in:\n{written}");
    }
    assert!(written.find("already") < written.find("Compare with the page"), "it is told first");
    let third = Named::start("halden college");
    let (written, _) = run_on(&phone, &["add", &third.server.link().expose(), "--json"]).await;
    let account = &serde_json::from_str::<serde_json::Value>(&written).unwrap()["account"];
    assert_eq!(account["same_name_as"], known.to_string());
    // Who was first need not be the one who is meant.
    assert_ne!(row(&phone, known).same_name_as, None);
    Ok(())
}

#[tokio::test]
async fn a_name_that_a_server_takes_later_is_told_too_and_until_it_has_another() -> Story {
    let (halden, other) = (Named::start("Halden College"), Named::start("Halden Collage"));
    let (_folder, _, phone) = phone().await?;
    let one = halden.server.add_to(&phone).await.unwrap();
    let two = other.server.add_to(&phone).await.unwrap();
    let same = || [one, two].map(|account| row(&phone, account).same_name_as);
    assert_eq!(same(), [None, None]);
    other.rename("Halden College");
    phone.authenticator.refresh().await.unwrap();
    assert_eq!(same(), [Some(two), Some(one)]);
    let (written, _) = run_on(&phone, &["accounts"]).await;
    assert_eq!(written.matches("Another Halden College is here, too").count(), 2, "{written}");
    other.rename("Halden Collage");
    phone.authenticator.refresh().await.unwrap();
    assert_eq!(same(), [None, None]);
    Ok(())
}

#[tokio::test]
async fn two_accounts_of_one_server_share_its_name_and_nothing_is_told() -> Story {
    let halden = Named::start("Halden College");
    let (_folder, _, phone) = phone().await?;
    for _ in 0..2 {
        let account = halden.server.add_to(&phone).await.unwrap();
        assert_eq!(row(&phone, account).same_name_as, None);
    }
    assert_eq!(phone.authenticator.snapshot().accounts.len(), 2);
    Ok(())
}
