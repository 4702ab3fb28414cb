use std::{env, fs};

use countersign_bindgen::{Crossing, Direction, crossings};

use crate::list::{Class, class_of_kind, list, review};

fn built() -> Vec<Crossing> {
    let test = env::current_exe().unwrap();
    let name = format!("{}countersign_mobile{}", env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX);
    let library = test.parent().and_then(|deps| deps.parent()).unwrap().join(name);
    let bytes = fs::read(&library)
        .unwrap_or_else(|error| panic!("{}: {error}; `cargo build --workspace` makes it", library.display()));
    crossings(&bytes).unwrap().into_iter().collect()
}

#[test]
fn everything_that_crosses_was_reviewed() {
    let (built, list) = (built(), list());
    let new: Vec<_> = built.iter().filter(|it| !list.contains_key(it)).map(ToString::to_string).collect();
    let gone: Vec<_> = list.keys().filter(|it| !built.contains(it)).map(ToString::to_string).collect();
    assert!(
        new.is_empty() && gone.is_empty(),
        "to be reviewed in rust-core/mobile/crossing.txt:\n{}\nno longer there:\n{}",
        new.join("\n"),
        gone.join("\n")
    );
}

#[test]
fn no_secret_leaves_the_core_but_the_three_that_are_named() {
    for (crossing, class) in list() {
        assert!(class.may_cross(crossing.direction), "{crossing} is {class:?}");
        if let Some(fixed) = class_of_kind(&crossing.kind) {
            assert_eq!(class, fixed, "{crossing}");
        }
    }
}

#[test]
fn the_vaults_keys_go_to_the_key_store_alone() {
    let places: Vec<_> = list()
        .into_iter()
        .filter(|(_, class)| *class == Class::VaultKey)
        .map(|(it, _)| it.to_string())
        .collect();
    assert_eq!(places, ["out  KeyStore.keep_key(key)  VaultKey", "in   KeyStore.key()  VaultKey"]);
}

#[test]
fn a_line_without_a_reason_or_with_an_unknown_class_is_none() {
    assert!(review("out Row.name String open what it is called").is_some());
    assert!(review("out Row.name String open").is_none());
    assert!(review("out Row.name String fine what it is called").is_none());
    assert!(review("to Row.name String open what it is called").is_none());
    assert!(!Class::Typed.may_cross(Direction::Out));
}
