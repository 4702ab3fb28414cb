//! The program with a real Secret Service, each time on a session bus of its own. Needs dbus-run-session, setsid and
//! gnome-keyring-daemon, so it runs when it is named: `cargo xtask test rust` does that.

use std::path::Path;
use std::process::{Command, Output};

const OFFER: &str = "otpauth://totp/Gitforge:mokafor?secret=JBSWY3DPEHPK3PXP&issuer=Gitforge";
/// What a desktop does at log-in: the password opens the keyring.
const UNLOCKED: &str = "printf password | gnome-keyring-daemon --unlock --components=secrets >&2;";

/// Runs a script on a new session bus, with nobody at a keyboard. `$countersign` is the program, `$vault` its folder.
fn on_new_bus(home: &Path, script: &str) -> std::io::Result<Output> {
    Command::new("dbus-run-session")
        .args(["--", "setsid", "--wait", "bash", "-c", script])
        .env("HOME", home)
        .env("XDG_DATA_HOME", home.join("data"))
        .env("XDG_RUNTIME_DIR", home)
        .env("countersign", env!("CARGO_BIN_EXE_countersign"))
        .env("vault", home.join("vault"))
        .env("offer", OFFER)
        .output()
}

fn written(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_keyring_opens_the_vault_without_a_passphrase_and_nothing_else_does() {
    let home = tempfile::tempdir().unwrap();
    let script = format!(
        r#"{UNLOCKED}
        "$countersign" --folder "$vault" add "$offer" && "$countersign" --folder "$vault" accounts
        cp -r "$vault" "$vault.copy"; "$countersign" --folder "$vault.copy" accounts; echo "copied: $?"
        "$countersign" --folder "$vault" --json --passphrase-fd 3 accounts 3<<<'five words of mine here' 2>&1
        echo "passphrase: $?""#
    );
    let output = on_new_bus(home.path(), &script).unwrap();
    let lines = written(&output);
    assert!(lines.contains("Gitforge was added.") && lines.contains("Gitforge · mokafor"), "{output:?}");
    assert!(lines.contains("copied: 3"), "a copied folder has no key in the keyring: {output:?}");
    assert!(lines.contains("vault_no_passphrase") && lines.contains("passphrase: 3"), "{output:?}");
    let kept = [home.path().join("vault/contacts.vault"), home.path().join("vault/secrets.vault")];
    for file in kept {
        let bytes = std::fs::read(&file).unwrap();
        assert!(!bytes.windows(8).any(|window| window == b"Gitforge"), "{}", file.display());
    }
}

#[test]
fn a_keyring_that_was_never_unlocked_counts_as_none() {
    let home = tempfile::tempdir().unwrap();
    let script = r#"gnome-keyring-daemon --start --components=secrets >&2
        "$countersign" --folder "$vault" add "$offer"; echo "person: $?"
        "$countersign" --folder "$vault" --passphrase-fd 3 add "$offer" 3<<<'five words of mine here'; echo "script: $?""#;
    let output = on_new_bus(home.path(), script).unwrap();
    let lines = written(&output);
    assert!(lines.contains("person: 3") && lines.contains("script: 0"), "{output:?}");
}

#[test]
fn a_keyring_that_starts_later_asks_for_the_passphrase_that_the_vault_was_made_with() {
    let home = tempfile::tempdir().unwrap();
    let made = on_new_bus(
        home.path(),
        r#""$countersign" --folder "$vault" --passphrase-fd 3 add "$offer" 3<<<'five words of mine here'"#,
    )
    .unwrap();
    assert!(made.status.success(), "{made:?}");
    let output = on_new_bus(
        home.path(),
        &format!(r#"{UNLOCKED} "$countersign" --folder "$vault" accounts; echo "$?""#),
    )
    .unwrap();
    assert!(written(&output).trim_end().ends_with('3'), "nobody is there to type it: {output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("--passphrase-fd"), "{output:?}");
}

/// The keyring's files are gone, as after a new installation of the desktop.
fn lose_keyring(home: &Path) -> std::io::Result<()> {
    std::fs::remove_dir_all(home.join("data/keyrings"))
}

#[test]
fn an_unlock_code_opens_the_vault_whose_keyring_is_lost_or_does_not_run() {
    let home = tempfile::tempdir().unwrap();
    let script = format!(
        r#"{UNLOCKED}
        "$countersign" --folder "$vault" add "$offer"; "$countersign" --folder "$vault" --json unlock-code"#
    );
    let lines = written(&on_new_bus(home.path(), &script).unwrap());
    assert!(
        lines.contains("countersign unlock-code"),
        "the first account says that there is one way: {lines}"
    );
    let code = lines.split('"').find(|text| text.matches('-').count() == 6).unwrap();
    lose_keyring(home.path()).unwrap();
    let open = format!(
        r#""$countersign" --folder "$vault" --passphrase-fd 3 accounts 3<<<'{code}'
        "$countersign" --folder "$vault" --json accounts 2>&1"#
    );
    for script in [format!("{UNLOCKED} {open}"), open] {
        let output = on_new_bus(home.path(), &script).unwrap();
        let lines = written(&output);
        assert!(lines.contains("Gitforge · mokafor"), "{output:?}");
        assert!(lines.contains("no_passphrase_here"), "nobody is there to type the code: {output:?}");
    }
}

#[test]
fn a_vault_whose_only_key_is_lost_says_so_and_gives_way_to_a_new_one() {
    let home = tempfile::tempdir().unwrap();
    let add = format!(r#"{UNLOCKED} "$countersign" --folder "$vault" add "$offer""#);
    assert!(on_new_bus(home.path(), &add).unwrap().status.success());
    let secrets = std::fs::read(home.path().join("vault/secrets.vault")).unwrap();
    // Where no keyring runs, the key may be in one still: nothing is put aside, and no passphrase is asked for.
    let elsewhere = r#"for command in accounts start-over; do
        "$countersign" --folder "$vault" --json $command 2>&1; echo "$command: $?"; done"#;
    let lines = written(&on_new_bus(home.path(), elsewhere).unwrap());
    assert_eq!(lines.matches("vault_no_passphrase").count(), 2, "{lines}");
    assert!(lines.contains("accounts: 3") && lines.contains("start-over: 3"), "{lines}");
    let opens = format!(r#"{UNLOCKED} "$countersign" --folder "$vault" --json start-over 2>&1"#);
    assert!(written(&on_new_bus(home.path(), &opens).unwrap()).contains("vault_opens"));

    lose_keyring(home.path()).unwrap();
    let script = format!(
        r#"{UNLOCKED}
        "$countersign" --folder "$vault" --json accounts 2>&1; echo "accounts: $?"
        "$countersign" --folder "$vault" start-over; "$countersign" --folder "$vault" add "$offer"
        "$countersign" --folder "$vault" accounts; echo "new: $?""#
    );
    let output = on_new_bus(home.path(), &script).unwrap();
    let lines = written(&output);
    assert!(lines.contains("vault_key_missing") && lines.contains("accounts: 3"), "{output:?}");
    assert!(lines.contains("aside-1") && lines.contains("Gitforge was added."), "{output:?}");
    assert!(lines.contains("Gitforge · mokafor") && lines.contains("new: 0"), "{output:?}");
    assert_eq!(std::fs::read(home.path().join("vault/aside-1/secrets.vault")).unwrap(), secrets);
}
