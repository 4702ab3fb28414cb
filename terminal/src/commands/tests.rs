//! Commands on a real core and a real vault, without a server.

use std::path::Path;
use std::sync::Arc;

use clap::Parser;
use countersign_core::authenticator::{Authenticator, Given, Ports, Role, UnlockWith};
use countersign_core::vault::PassphraseCost;
use countersign_protocol::{Clock, SystemClock, SystemRandom};
use serde_json::Value;
use zeroize::Zeroizing;

use super::*;
use crate::platform::{Keyring, SystemTrust, this_computer};

const LOOK: Look = Look { is_coloured: false, is_unicode: true };
const GITFORGE: &str = "otpauth://totp/Gitforge:mokafor?secret=JBSWY3DPEHPK3PXP&issuer=Gitforge";
const BANK: &str = "otpauth://hotp/Bank:mira?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Bank&counter=0";

struct Shell {
    bell: Arc<Bell>,
    authenticator: Arc<Authenticator>,
    runtime: tokio::runtime::Runtime,
}

impl Shell {
    fn new(folder: &Path) -> Self {
        let bell = Arc::new(Bell::default());
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let ports = Ports {
            key_store: Arc::new(Keyring::none()),
            device_keys: None,
            trust: Arc::new(SystemTrust::new(Arc::clone(&clock))),
            listener: Arc::<Bell>::clone(&bell),
        };
        let random = Arc::new(SystemRandom);
        let given = Given { clock, random, passphrase_cost: PassphraseCost::LEAST };
        let phone = this_computer(Words::default()).unwrap();
        let authenticator =
            Authenticator::open(folder.to_path_buf(), Role::App, phone, ports, given).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        Self { bell, authenticator, runtime }
    }

    fn unlocked(folder: &Path) -> Self {
        let shell = Self::new(folder);
        let passphrase = Zeroizing::new("five words of mine here".to_owned());
        shell.runtime.block_on(shell.authenticator.unlock(UnlockWith::Passphrase(passphrase))).unwrap();
        shell
    }

    /// What a command line writes, and how it ends.
    fn run(&self, line: &[&str]) -> (String, Result<(), Failure>) {
        let arguments = Arguments::parse_from(["countersign"].iter().chain(line));
        let runner = Runner {
            authenticator: &self.authenticator,
            clock: &SystemClock,
            bell: &self.bell,
            words: Words::default(),
        };
        let mut written = Vec::new();
        let mut output = Output::new(&mut written, arguments.json, LOOK);
        let result = self.runtime.block_on(runner.perform(arguments.command.unwrap(), &mut output));
        (String::from_utf8(written).unwrap(), result)
    }

    fn done(&self, line: &[&str]) -> String {
        let (written, result) = self.run(line);
        result.unwrap();
        written
    }

    fn json(&self, line: &[&str]) -> Value {
        let written = self.done(&[line, &["--json"]].concat());
        assert_eq!(written.lines().count(), 1, "one line of JSON: {written}");
        serde_json::from_str(&written).unwrap()
    }

    fn failed(&self, line: &[&str]) -> (String, u8) {
        let (_, result) = self.run(line);
        let failure = result.unwrap_err();
        (failure.said.code, failure.exit.code())
    }
}

#[test]
fn an_account_is_added_listed_and_removed_by_a_part_of_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let shell = Shell::unlocked(folder.path());
    assert_eq!(shell.done(&["add", GITFORGE]), "Gitforge was added.\n");
    shell.done(&["add", BANK]);
    let listed = shell.done(&["accounts"]);
    assert!(listed.lines().count() == 2 && listed.contains("Gitforge · mokafor"), "{listed}");
    assert_eq!(shell.done(&["codes"]).lines().count(), 2);

    let codes = shell.json(&["codes", "gitf"]);
    let code = &codes["codes"][0];
    assert!(code["code"].as_str().is_some_and(|code| code.len() == 6), "{codes}");
    assert!(code["next_valid_until"].as_u64() > code["valid_until"].as_u64(), "{codes}");
    assert_eq!(codes["codes"].as_array().map(Vec::len), Some(1));

    assert_eq!(shell.failed(&["remove", "a"]), ("account_ambiguous".to_owned(), 1));
    assert!(shell.done(&["remove", "gitforge"]).starts_with("Gitforge was removed. "));
    let left = shell.json(&["accounts"]);
    assert_eq!(left["accounts"][0]["organisation"], "Bank");
    assert_eq!(left["accounts"][0]["codes"], "counted");
    let id = left["accounts"][0]["id"].as_str().unwrap();
    assert_eq!(shell.json(&["remove", id])["removed"]["server"], "not_asked");
}

/// A picture of these codes beside each other, four pixels a module, with the white that a code needs around it.
fn picture(folder: &Path, texts: &[&str]) -> String {
    const PIXELS: u32 = 4;
    let codes: Vec<_> = texts.iter().map(|text| qrcode::QrCode::new(text).unwrap()).collect();
    let modules = |code: &qrcode::QrCode| u32::try_from(code.width()).unwrap();
    let widest = codes.iter().map(modules).max().unwrap_or(0) + 8;
    let columns = widest * PIXELS * u32::try_from(codes.len().max(1)).unwrap();
    let mut picture = image::GrayImage::from_pixel(columns, widest * PIXELS, image::Luma([255]));
    for (place, code) in (0_u32..).zip(&codes) {
        let dark =
            code.to_colors().into_iter().enumerate().filter(|(_, color)| *color == qrcode::Color::Dark);
        for (module, _) in dark {
            let module = u32::try_from(module).unwrap();
            let (left, top) = (place * widest + 4 + module % modules(code), 4 + module / modules(code));
            for (x, y) in (0..PIXELS).flat_map(|x| (0..PIXELS).map(move |y| (x, y))) {
                picture.put_pixel(left * PIXELS + x, top * PIXELS + y, image::Luma([0]));
            }
        }
    }
    let file = folder.join(format!("{}-codes.png", texts.len()));
    picture.save(&file).unwrap();
    file.to_str().unwrap().to_owned()
}

#[test]
fn s21_an_account_is_added_by_a_picture_file_of_its_code() {
    let folder = tempfile::tempdir().unwrap();
    let shell = Shell::unlocked(folder.path());
    assert_eq!(shell.done(&["add", &picture(folder.path(), &[GITFORGE])]), "Gitforge was added.\n");
    let several = picture(folder.path(), &[GITFORGE, BANK]);
    assert_eq!(shell.failed(&["add", &several]), ("several_codes".to_owned(), 1));
    assert_eq!(shell.failed(&["add", &several, "--choose", "3"]), ("several_codes".to_owned(), 1));
    let names =
        ["1", "2"].map(|place| shell.run(&["add", &several, "--choose", place]).1.map_err(|it| it.said.code));
    assert!(names.contains(&Ok(())) && names.contains(&Err("already_here".to_owned())), "{names:?}");
}

#[test]
fn several_codes_are_listed_so_that_one_can_be_chosen() {
    let folder = tempfile::tempdir().unwrap();
    let shell = Shell::unlocked(folder.path());
    let picture = picture(folder.path(), &[GITFORGE, BANK]);
    let (written, result) = shell.run(&["add", &picture]);
    assert_eq!(result.unwrap_err().said.code, "several_codes");
    let lines: Vec<_> = written.lines().collect();
    assert!(
        lines.contains(&"1  Gitforge · mokafor") || lines.contains(&"2  Gitforge · mokafor"),
        "{written}"
    );
    let (written, _) = shell.run(&["add", &picture, "--json"]);
    let choices = serde_json::from_str::<Value>(&written).unwrap()["choices"].clone();
    for choice in choices.as_array().unwrap() {
        shell.done(&["add", &picture, "--choose", &choice["choose"].to_string()]);
        let organisation = choice["organisation"].as_str().unwrap();
        assert!(shell.done(&["accounts"]).contains(organisation), "{organisation} is what was chosen");
        shell.done(&["remove", organisation]);
    }
}

#[test]
fn a_device_has_the_name_that_the_person_gave_it() {
    let folder = tempfile::tempdir().unwrap();
    let shell = Shell::unlocked(folder.path());
    let before = shell.done(&["name"]);
    assert_eq!(shell.done(&["name", "Mira's desk"]), "Mira's desk\n");
    assert_eq!(Shell::unlocked(folder.path()).json(&["name"])["name"], "Mira's desk");
    assert_eq!(shell.failed(&["name", "\u{202e}x"]), ("name_refused".to_owned(), 1));
    assert_eq!(shell.done(&["name", ""]), before, "the computer's again");
}

#[test]
fn a_picture_without_a_code_and_a_file_that_is_not_there_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let shell = Shell::unlocked(folder.path());
    assert_eq!(shell.failed(&["add", &picture(folder.path(), &[])]), ("no_code".to_owned(), 1));
    assert_eq!(shell.failed(&["add", "/no/such/picture.png"]), ("picture_missing".to_owned(), 1));
}

#[test]
fn what_is_refused_has_a_stable_word_and_an_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let shell = Shell::unlocked(folder.path());
    let cases: [(&[&str], &str, u8); 10] = [
        (
            &["add", "phonefactor://activate_account?code=123456789&url=https%3A%2F%2Fexample.com"],
            "microsoft_activation",
            1,
        ),
        (&["add", "otpauth://totp/x?secret=0189"], "secret_character", 1),
        (&["add", "--code", "short", "--url", "https://signin.halden.example"], "typed_code", 1),
        (&["codes", "nobody"], "account_not_found", 4),
        (&["remove", "nobody"], "account_not_found", 4),
        (&["approve", "abcd", "381"], "request_not_found", 4),
        (&["approve", "", "381"], "request_id_short", 4),
        (&["deny", "abc"], "request_id_short", 4),
        (&["report", "-ab"], "request_id_short", 4),
        (&["requests", "--wait", "0"], "no_request_came", 4),
    ];
    for (line, code, exit) in cases {
        assert_eq!(shell.failed(line), (code.to_owned(), exit), "{line:?}");
    }
}

#[test]
fn a_counted_code_is_given_when_it_is_asked_for_and_never_twice() {
    let folder = tempfile::tempdir().unwrap();
    let shell = Shell::unlocked(folder.path());
    shell.done(&["add", BANK]);
    shell.done(&["add", GITFORGE]);
    let code = |line: &[&str]| shell.json(line)["codes"][0]["code"].clone();
    assert_eq!(code(&["codes", "bank"]), Value::Null);
    // RFC 4226, appendix D.
    assert_eq!(code(&["codes", "bank", "--next"]), "755224");
    assert_eq!(code(&["codes", "bank"]), "755224");
    assert_eq!(code(&["codes", "bank", "--next"]), "287082");
    assert_eq!(shell.failed(&["codes", "gitforge", "--next"]), ("not_counted".to_owned(), 1));
}

#[test]
fn the_same_code_is_not_added_twice() {
    let folder = tempfile::tempdir().unwrap();
    let shell = Shell::unlocked(folder.path());
    shell.done(&["add", GITFORGE]);
    assert_eq!(shell.failed(&["add", GITFORGE]), ("already_here".to_owned(), 1));
    assert_eq!(shell.json(&["accounts"])["accounts"].as_array().map(Vec::len), Some(1));
}

#[test]
fn before_the_first_account_there_is_nothing_and_no_vault_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let shell = Shell::new(&folder.path().join("vault"));
    assert_eq!(shell.done(&["accounts"]), "No accounts.\n");
    assert_eq!(shell.done(&["requests"]), "No request is waiting.\n");
    assert_eq!(shell.json(&["codes"])["codes"].as_array().map(Vec::len), Some(0));
    assert_eq!(shell.failed(&["deny", "abcd"]), ("request_not_found".to_owned(), 4));
    assert!(!folder.path().join("vault").exists());
}

#[test]
fn an_unlock_code_is_made_for_who_is_in_and_opens_the_vault() {
    let folder = tempfile::tempdir().unwrap();
    let new = Shell::new(folder.path());
    for command in ["unlock-code", "start-over"] {
        assert!(new.run(&[command]).1.is_err(), "there is no vault to {command}");
    }
    assert_eq!(new.failed(&["unlock-code"]).0, "no_vault");
    let shell = Shell::unlocked(folder.path());
    assert_eq!(
        shell.done(&["add", GITFORGE]),
        "Gitforge was added.\n",
        "a passphrase is not lost with a keyring"
    );
    let code = shell.json(&["unlock-code"])["unlock_code"].as_str().unwrap().to_owned();
    assert_eq!(shell.failed(&["start-over"]), ("gone".to_owned(), 4));
    let later = Shell::new(folder.path());
    later.runtime.block_on(later.authenticator.unlock(UnlockWith::UnlockCode(code.into()))).unwrap();
    assert!(later.done(&["accounts"]).contains("Gitforge"));
}

#[test]
fn a_vault_that_is_shut_is_put_aside_and_named() {
    let folder = tempfile::tempdir().unwrap();
    Shell::unlocked(folder.path()).done(&["add", GITFORGE]);
    let shell = Shell::new(folder.path());
    let aside = shell.json(&["start-over"])["set_aside"].as_str().unwrap().to_owned();
    assert_eq!(Path::new(&aside), folder.path().join("aside-1"));
    assert_eq!(shell.done(&["accounts"]), "No accounts.\n");
    assert!(Shell::unlocked(Path::new(&aside)).done(&["accounts"]).contains("Gitforge"));
}

#[test]
fn a_locked_vault_gives_nothing_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    Shell::unlocked(folder.path()).done(&["add", GITFORGE]);
    let shell = Shell::new(folder.path());
    assert_eq!(shell.failed(&["add", BANK]), ("vault_locked".to_owned(), 3));
    assert!(!shell.done(&["accounts"]).contains("Gitforge"));
}

#[test]
fn a_name_from_a_code_cannot_move_the_cursor_of_a_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let shell = Shell::unlocked(folder.path());
    shell.done(&["add", "otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&issuer=A%1B%5B2J%E2%80%AEB"]);
    let listed = shell.done(&["accounts"]) + &shell.done(&["codes"]);
    assert!(!listed.chars().any(|c| c == '\u{1b}' || c == '\u{202e}'), "{listed:?}");
}

#[test]
fn a_failure_is_written_in_two_parts_or_as_json_with_its_word() {
    let failure = Failure::new(Exit::NotThere, Words::default().said("no-request-came", &[]));
    let written = |is_json| {
        let mut written = Vec::new();
        Output::new(&mut written, is_json, LOOK).failure(&failure, Words::default()).unwrap();
        String::from_utf8(written).unwrap()
    };
    assert_eq!(written(false), "No request came in time. Ask again, or wait longer.\n");
    let value: Value = serde_json::from_str(&written(true)).unwrap();
    assert_eq!(value["error"]["code"], "no_request_came");
    assert_eq!(value["error"]["todo"], "Ask again, or wait longer.");
}

#[test]
fn what_the_person_should_know_is_written_a_line_each() {
    let written = |is_json| {
        let mut written = Vec::new();
        let notices = [Notice::NotGenuine, Notice::StorageFailed];
        Output::new(&mut written, is_json, LOOK).notices(&notices, Words::default()).unwrap();
        String::from_utf8(written).unwrap()
    };
    assert_eq!(written(false).lines().count(), 2);
    assert!(written(false).starts_with("A request is not genuine. It is not shown. "), "{}", written(false));
    let lines = written(true);
    let codes =
        lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["notice"]["code"].clone());
    assert_eq!(codes.collect::<Vec<_>>(), ["not_genuine", "write_failed"]);
}
