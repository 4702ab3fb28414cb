use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use crate::vault_writer::{Said, open, writer};

/// Runs the writer until it has said so many lines and so much time has passed, and kills it.
fn run_and_kill(mut child: Child, lines: usize, then: Duration, said: &mut Said) {
    let output = BufReader::new(child.stdout.take().unwrap());
    let (sender, receiver) = channel();
    let reader = thread::spawn(move || {
        for line in output.lines() {
            if sender.send(line.unwrap()).is_err() {
                return;
            }
        }
    });
    for line in receiver.iter().take(lines) {
        said.note(&line);
    }
    if let Ok(line) = receiver.recv_timeout(then) {
        said.note(&line);
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // What it said before it died still counts.
    receiver.iter().for_each(|line| said.note(&line));
    reader.join().unwrap();
}

#[test]
fn a_writer_killed_at_any_moment_loses_nothing_that_was_confirmed() {
    let folder = tempfile::tempdir().unwrap();
    let mut said = Said::default();
    for round in 0..60_usize {
        let child = writer(folder.path(), "forever").stdout(Stdio::piped()).spawn().unwrap();
        let then = Duration::from_micros(u64::try_from(round * 337 % 9_000).unwrap());
        run_and_kill(child, 1 + round % 7, then, &mut said);
        said.assert_holds(&open(folder.path()));
    }
    assert!(said.count() >= 60, "the writers got on: {}", said.count());
}

#[test]
fn processes_that_write_at_once_lose_no_update() {
    let folder = tempfile::tempdir().unwrap();
    let writers: Vec<_> =
        (0..4).map(|_| writer(folder.path(), "15").stdout(Stdio::piped()).spawn().unwrap()).collect();
    let mut said = Said::default();
    for writer in writers {
        let output = writer.wait_with_output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{text}");
        text.lines().for_each(|line| said.note(line));
    }
    assert_eq!(said.count(), 4 * 10);
    said.assert_holds(&open(folder.path()));
}
