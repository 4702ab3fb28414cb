use std::fs::Permissions;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Output};

use crate::vault_writer::{PROGRAM, Said, open, writer};

/// Writes some accounts without any fault.
fn vault_with_accounts(folder: &Path, said: &mut Said) {
    let output = writer(folder, "3").output().unwrap();
    assert!(output.status.success());
    note(&output, said);
}

fn note(output: &Output, said: &mut Said) -> String {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().for_each(|line| said.note(line));
    text
}

/// The writer failed in this way, and what it had in memory then is what the disk has.
fn assert_failed(output: &Output, failure: &str, folder: &Path, said: &mut Said) {
    let text = note(output, said);
    assert!(!output.status.success());
    assert!(text.contains(&format!("failed {failure}\n")), "{text}");
    let vault = open(folder);
    said.assert_holds(&vault);
    let in_memory = format!("memory {}\n", vault.contacts().unwrap().accounts.len());
    assert!(text.ends_with(&in_memory), "{text}");
}

#[test]
fn storage_that_runs_out_in_the_middle_of_a_file_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut said = Said::default();
    vault_with_accounts(folder.path(), &mut said);
    for limit in ["16", "17", "24", "40"] {
        // The kernel takes the first bytes of a file and refuses the rest, as a full disk does.
        let output = Command::new("sh")
            .args(["-c", r#"trap '' XFSZ; ulimit -f "$1"; shift; exec "$@""#, "sh", limit, PROGRAM])
            .arg(folder.path())
            .arg("forever")
            .output()
            .unwrap();
        assert_failed(&output, "StorageFull", folder.path(), &mut said);
    }
    // With space again it goes on.
    vault_with_accounts(folder.path(), &mut said);
    said.assert_holds(&open(folder.path()));
}

#[test]
fn a_folder_that_may_not_be_written_opens_and_says_so() {
    let above = tempfile::tempdir().unwrap();
    let mode = |path: &Path, mode| std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    mode(above.path(), 0o755);
    let folder = above.path().join("vault");
    let mut said = Said::default();
    vault_with_accounts(&folder, &mut said);
    for file in std::fs::read_dir(&folder).unwrap() {
        mode(&file.unwrap().path(), 0o444);
    }
    mode(&folder, 0o555);
    // Nothing is read-only to root, so root becomes nobody, who may not enter every folder that a build lies in.
    let program = above.path().join("vault_writer");
    // Copied by another process: one that a test beside this one starts meanwhile would hold the file open for writing.
    assert!(Command::new("cp").arg(PROGRAM).arg(&program).status().unwrap().success());
    let mut command = Command::new(program);
    if std::fs::metadata(above.path()).unwrap().uid() == 0 {
        command.uid(65_534).gid(65_534);
    }
    let output = command.arg(&folder).arg("1").output().unwrap();
    mode(&folder, 0o755);
    for file in std::fs::read_dir(&folder).unwrap() {
        mode(&file.unwrap().path(), 0o600);
    }
    assert_failed(&output, "ReadOnly", &folder, &mut said);
    vault_with_accounts(&folder, &mut said);
    said.assert_holds(&open(&folder));
}
