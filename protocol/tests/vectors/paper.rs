//! The examples of `docs/push-protocol.md` are what the code takes.

use crate::file::{File, key};
use crate::jws::{header, signed, verified};

const PAPER: &str = include_str!("../../../docs/push-protocol.md");

/// The blocks whose first line begins so, with the rest of that line.
fn blocks(language: &str) -> Vec<(&'static str, &'static str)> {
    let blocks = PAPER.split("\n```").filter_map(|block| block.strip_prefix(language));
    blocks.filter_map(|block| block.split_once('\n')).collect()
}

#[test]
fn every_kind_of_payload_has_an_example_that_is_taken() {
    let mut kinds = Vec::new();
    for (kind, payload) in blocks("json ") {
        let jws = signed(&header(kind, key("signing")), payload, key("signing"));
        let read = verified(kind, &jws, key("signing").public());
        assert!(read.is_ok(), "{kind}: {read:?}");
        kinds.push(kind);
    }
    kinds.sort_unstable();
    let calls = ["activation", "answer", "removal", "request", "server", "update", "wait"];
    let replies = ["reply/activation", "reply/answer", "reply/removal", "reply/wait"];
    let mut expected = [&calls[..], &replies[..]].concat();
    expected.sort_unstable();
    assert_eq!(kinds, expected);
}

#[test]
fn the_example_of_a_jws_verifies_and_has_the_hash_that_is_said() {
    let [(of, jws)] = blocks("text jws ")[..] else { panic!("there is one example of a JWS") };
    let (kind, name) = of.split_once(' ').unwrap();
    let (_, hash) = verified(kind, jws, key(name).public()).unwrap();
    assert!(PAPER.contains(&format!("its hash `{hash}`")));
}

#[test]
fn the_check_and_the_pin_of_the_paper_are_those_of_the_vectors() {
    let check = File::read("check.json").expected("an enrolment", "check");
    let (first, second) = check.split_at(4);
    assert!(PAPER.contains(&format!("`{first} {second}`")));
    let pin = File::read("typed.json").expected("the pin of a TLS key", "pin");
    assert!(PAPER.contains(&format!("is `{pin}`")));
}
