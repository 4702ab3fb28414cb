//! The commands of the terminal on requests: what an id names is shown, and nothing else is answered.

use clap::Parser as _;
use countersign_core::authenticator::Decision;
use countersign_demo::phone::Phone;
use countersign_demo::scene;
use countersign_protocol::{SystemClock, Verdict};
use countersign_terminal::commands::{Arguments, Bell, Failure, Output, Runner};
use countersign_terminal::{Look, Words};
use serde_json::Value;

use crate::stage::{Stage, Story, approve, ends_as, host, is_in, is_out, waiting};

/// What a command line writes, and the word of how it failed.
async fn run(stage: &Stage, line: &[&str]) -> (String, Result<(), String>) {
    run_on(&stage.phone, line).await
}

/// The same on a phone of no stage.
pub async fn run_on(phone: &Phone, line: &[&str]) -> (String, Result<(), String>) {
    let (written, result) = perform(phone, line).await;
    (written, result.map_err(|failure| failure.said.code))
}

/// The exit code of a command line, and the JSON that it writes: to standard output, or else to standard error.
async fn exit_and_json(stage: &Stage, line: &[&str]) -> (u8, Value) {
    let (written, result) = perform(&stage.phone, &[line, &["--json"]].concat()).await;
    let json = |text: &str| serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    match result {
        Ok(()) => (0, json(&written)),
        Err(failure) => {
            assert_eq!(written, "", "{line:?}");
            let mut told = Vec::new();
            Output::new(&mut told, true, Look::of_environment(|_| None))
                .failure(&failure, Words::default())
                .unwrap();
            (failure.exit.code(), json(&String::from_utf8(told).unwrap()))
        }
    }
}

async fn perform(phone: &Phone, line: &[&str]) -> (String, Result<(), Failure>) {
    let arguments = Arguments::parse_from(["countersign"].iter().chain(line));
    let (authenticator, bell, words) = (&*phone.authenticator, &Bell::default(), Words::default());
    let runner = Runner { authenticator, clock: &SystemClock, bell, words };
    let mut written = Vec::new();
    let mut output = Output::new(&mut written, arguments.json, Look::of_environment(|_| None));
    let result = runner.perform(arguments.command.unwrap(), &mut output).await;
    (String::from_utf8(written).unwrap(), result)
}

#[tokio::test]
async fn no_command_approves_what_its_id_does_not_name() -> Story {
    let stage = Stage::ready().await?;
    let (mut browser, card) = stage.asked().await?;
    let (id, number) = (card.id.to_string(), scene::number(&browser)?);
    for (wanted, refused) in
        [("", "request_id_short"), (&id[..3], "request_id_short"), ("AAAAAA", "request_not_found")]
    {
        let (written, result) = run(&stage, &["approve", wanted, &number]).await;
        assert_eq!((written.as_str(), result), ("", Err(refused.to_owned())));
    }
    assert_eq!(waiting(&stage.phone.authenticator.snapshot()), [card.id]);
    is_out(&mut browser).await?;
    let (written, result) = run(&stage, &["approve", &id[..4], &number]).await;
    assert_eq!(result, Ok(()));
    let lines: Vec<_> = written.lines().collect();
    // The request first, then what became of it.
    assert!(lines[0].starts_with(&id), "{written}");
    assert!(written.contains("Halden Mail") && written.contains("127.0.0.1"), "{written}");
    assert!(lines.last().unwrap().starts_with("Approved. "), "{written}");
    browser.open("/").await?;
    browser.choose("Continue").await?;
    is_in(&mut browser).await
}

#[tokio::test]
async fn a_command_reports_what_has_ended_also_before_this_run_of_the_app() -> Story {
    let stage = Stage::ready().await?;
    let (mut stranger, card) = stage.asked().await?;
    approve(&mut stranger, &stage.phone, &card).await?;
    ends_as(&stage.phone, card.id, Verdict::Approved, None).await?;
    let (mut other, denied) = stage.asked_later().await?;
    scene::is(scene::answer(&stage.phone, &denied, Decision::Deny).await?, Verdict::Denied)?;
    let (_third, last) = stage.asked_later().await?;
    scene::is(scene::answer(&stage.phone, &last, Decision::Deny).await?, Verdict::Denied)?;
    is_in(&mut stranger).await?;
    // Nothing but a report reaches it.
    let id = card.id.to_string();
    assert_eq!(run(&stage, &["deny", &id]).await.1, Err("request_not_found".to_owned()));
    let stage = stage.restart_phone().await?;
    assert!(stage.phone.authenticator.snapshot().requests.is_empty());
    assert_eq!(run(&stage, &["deny", &id]).await.1, Err("request_not_found".to_owned()));
    let (written, result) = run(&stage, &["report", &id[..6], "--json"]).await;
    assert_eq!(result, Ok(()), "{written}");
    assert!(written.contains("\"verdict\":\"reported\""), "{written}");
    is_out(&mut stranger).await?;
    is_out(&mut other).await?;
    // What was reported is so, and is in the list no more.
    assert_eq!(run(&stage, &["report", &id]).await.1, Err("request_not_found".to_owned()));
    let listed: Vec<_> = stage.phone.authenticator.ended_before().iter().map(|ended| ended.id).collect();
    assert!(!listed.contains(&card.id) && listed.contains(&denied.id), "{listed:?}");
    assert_eq!(run(&stage, &["report", &denied.id.to_string()]).await.1, Ok(()));
    // A day later the last can be reported no more.
    stage.world.clock.step(24 * 60 * 60);
    let late = run(&stage, &["report", &last.id.to_string()]).await;
    assert_eq!(late.1, Err("request_not_found".to_owned()));
    Ok(())
}

#[tokio::test]
async fn a_server_that_is_down_is_named_and_is_never_told_as_nothing_waits() -> Story {
    let stage = Stage::ready().await?;
    let (_, card) = stage.asked().await?;
    let (id, host) = (card.id.to_string(), host(&stage.world));
    // Each command is a process of its own.
    let mut stage = stage.restart_phone().await?;
    stage.world.take_down().await;
    let asking: [&[&str]; 5] = [
        &["requests"],
        &["requests", "--wait", "1"],
        &["approve", &id, "381"],
        &["deny", &id],
        &["report", &id],
    ];
    for line in asking {
        let (exit, told) = exit_and_json(&stage, line).await;
        assert_eq!((exit, told["error"]["code"].as_str()), (1, Some("unreachable")), "{line:?}: {told}");
        assert!(told["error"]["happened"].as_str().unwrap().starts_with(&host), "{line:?}: {told}");
    }
    // What needs no server works, and says which one is silent.
    let (exit, told) = exit_and_json(&stage, &["accounts"]).await;
    assert_eq!((exit, told["accounts"][0]["unreachable"].as_bool()), (0, Some(true)), "{told}");
    let (exit, told) = exit_and_json(&stage, &["codes"]).await;
    assert!(exit == 0 && told["codes"][0]["code"].is_string(), "{told}");

    stage.world.bring_back().await?;
    let (exit, told) = exit_and_json(&stage, &["requests"]).await;
    assert_eq!((exit, told["requests"][0]["id"].as_str()), (0, Some(id.as_str())), "{told}");
    let (exit, told) = exit_and_json(&stage, &["accounts"]).await;
    assert_eq!((exit, told["accounts"][0]["unreachable"].as_bool()), (0, Some(false)), "{told}");
    Ok(())
}

#[tokio::test]
async fn an_account_is_removed_by_command_while_its_server_is_down_which_hears_of_it_later() -> Story {
    let mut stage = Stage::ready().await?;
    stage.world.take_down().await;
    let (exit, told) = exit_and_json(&stage, &["remove", "halden"]).await;
    assert_eq!((exit, told["removed"]["server"].as_str()), (0, Some("told_later")), "{told}");
    assert_eq!(exit_and_json(&stage, &["accounts"]).await.1["accounts"].as_array().map(Vec::len), Some(0));
    Ok(())
}
