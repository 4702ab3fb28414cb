//! The program as a script runs it: arguments in, lines and an exit code out.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "everything here is a test: an unwrap is an assertion"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const OFFER: &str = "otpauth://totp/Gitforge:mokafor?secret=JBSWY3DPEHPK3PXP&issuer=Gitforge";
const OTHER: &str = "otpauth://totp/Bank:mira?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Bank";
const PASSPHRASE: &str = "five words of mine here";

/// Runs the program on this vault, with this passphrase on standard input.
fn run(vault: &Path, passphrase: &str, line: &[&str]) -> Output {
    let given = vault.with_extension("passphrase");
    fs::write(&given, passphrase).unwrap();
    Command::new(env!("CARGO_BIN_EXE_countersign"))
        .args(["--folder", vault.to_str().unwrap(), "--json", "--passphrase-fd", "0"])
        .args(line)
        .stdin(Stdio::from(fs::File::open(given).unwrap()))
        .output()
        .unwrap()
}

/// The exit code, and the one line of JSON: of standard output where all went well, else of standard error.
fn told(output: &Output) -> (i32, Value) {
    let is_done = output.status.success();
    let (text, silent) =
        if is_done { (&output.stdout, &output.stderr) } else { (&output.stderr, &output.stdout) };
    assert!(silent.is_empty(), "{output:?}");
    (output.status.code().unwrap(), serde_json::from_slice(text).unwrap())
}

fn code(output: &Output) -> (i32, String) {
    let (exit, told) = told(output);
    (exit, told["error"]["code"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn restore_leaves_a_vault_that_is_whole_alone_and_opens_one_that_is_damaged() {
    let home = tempfile::tempdir().unwrap();
    let vault = home.path().join("vault");
    let run = |line: &[&str]| run(&vault, PASSPHRASE, line);
    let not_damaged = (1, "not_damaged".to_owned());
    assert_eq!(code(&run(&["restore"])), not_damaged, "there is none yet");
    assert_eq!(told(&run(&["add", OFFER])).0, 0);
    assert_eq!(told(&run(&["add", OTHER])).0, 0);
    let contents = || {
        let file = |name: &str| fs::read(vault.join(name)).unwrap();
        (file("contacts.vault"), file("secrets.vault"))
    };
    let before = contents();
    assert_eq!(code(&run(&["restore"])), not_damaged);
    assert!(contents() == before, "nothing was changed");
    assert_eq!(told(&run(&["accounts"])).1["accounts"].as_array().map(Vec::len), Some(2));

    let mut damaged = before.1.clone();
    *damaged.last_mut().unwrap() ^= 1;
    fs::write(vault.join("secrets.vault"), damaged).unwrap();
    assert_eq!(code(&run(&["codes"])), (3, "vault_damaged".to_owned()));
    let restored = run(&["restore"]);
    assert_eq!(
        (restored.status.code(), restored.stdout.as_slice()),
        (Some(0), &b"{\"restored\":true}\n"[..])
    );
    assert!(String::from_utf8_lossy(&restored.stderr).contains("older_generation"), "{restored:?}");
    let (_, left) = told(&run(&["codes"]));
    assert_eq!(left["codes"][0]["name"], "Gitforge", "what was there before the last change: {left}");
    assert_eq!(left["codes"].as_array().map(Vec::len), Some(1));
    assert_eq!(code(&run(&["restore"])), not_damaged, "it is whole again");

    for file in ["secrets.vault", "secrets.previous"] {
        fs::write(vault.join(file), "no vault").unwrap();
    }
    let (exit, said) = told(&run(&["restore"]));
    assert_eq!((exit, said["error"]["code"].as_str()), (3, Some("nothing_before")));
    assert!(said["error"]["todo"].as_str().unwrap().contains("countersign start-over"), "{said}");
}

#[test]
fn each_kind_of_failure_has_its_exit_code_and_its_word() {
    let home = tempfile::tempdir().unwrap();
    let vault = home.path().join("vault");
    let mine = |line: &[&str]| code(&run(&vault, PASSPHRASE, line));
    assert_eq!(code(&run(&vault, "short", &["add", OFFER])), (3, "passphrase_short".to_owned()));
    assert_eq!(code(&run(&vault, "", &["add", OFFER])), (3, "passphrase_empty".to_owned()));
    assert_eq!(mine(&["unlock-code"]), (1, "no_vault".to_owned()));
    assert_eq!(told(&run(&vault, PASSPHRASE, &["add", OFFER])).0, 0);
    assert_eq!(code(&run(&vault, "another passphrase", &["codes"])), (3, "vault_wrong_secret".to_owned()));
    assert_eq!(mine(&["add", OFFER]), (1, "already_here".to_owned()));
    assert_eq!(mine(&["add", "/no/such/picture.png"]), (1, "picture_missing".to_owned()));
    assert_eq!(mine(&["remove", "nobody"]), (4, "account_not_found".to_owned()));
    assert_eq!(mine(&["approve", "AAAAAA", "381"]), (4, "request_not_found".to_owned()));
    let waited = run(&vault, PASSPHRASE, &["requests", "--wait", "0"]);
    assert_eq!(waited.status.code(), Some(4));
    assert_eq!(waited.stdout, b"{\"requests\":[]}\n", "what there is, and that none came");
    assert!(String::from_utf8_lossy(&waited.stderr).contains("no_request_came"), "{waited:?}");
    assert_eq!(mine(&["name", &"x".repeat(65)]), (1, "name_refused".to_owned()));
    let misread = run(&vault, PASSPHRASE, &["approve"]);
    assert_eq!(misread.status.code(), Some(2));
}
