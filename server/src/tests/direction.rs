//! The server's modules know each other in one direction: ARCHITECTURE.md lists who knows whom, and nobody knows more.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

type Names = BTreeSet<String>;

/// The rows of the paper in their order: a module, and whom it knows.
fn listed(paper: &str) -> Vec<(String, Names)> {
    let section = paper.lines().skip_while(|line| !line.starts_with("Inside `server`"));
    let rows = section.take_while(|line| !line.starts_with("## ")).filter(|line| line.starts_with("| `"));
    let row = |row: &str| {
        let cells: Vec<&str> = row.split('|').collect();
        let knows: Names = ticked(cells[3]).collect();
        ticked(cells[1]).map(|name| (name, knows.clone())).collect::<Vec<_>>()
    };
    rows.flat_map(row).collect()
}

fn ticked(cell: &str) -> impl Iterator<Item = String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned)
}

/// Whom each module names, by its first level; the wiring of `lib.rs` and tests apart.
fn found(src: &Path) -> BTreeMap<String, Names> {
    let mut found: BTreeMap<String, Names> = BTreeMap::new();
    for file in files(src) {
        let path = file.strip_prefix(src).unwrap();
        let Some(module) = module(path) else { continue };
        let named = named(&module, &fs::read_to_string(&file).unwrap());
        found
            .entry(module[0].clone())
            .or_default()
            .extend(named.into_iter().filter(|name| *name != module[0]));
    }
    found
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// The module that a file is: `store/queue.rs` is `store::queue`. None for what is no part of the running server.
fn module(path: &Path) -> Option<Vec<String>> {
    let mut module: Vec<String> =
        path.with_extension("").iter().map(|part| part.to_str().unwrap().to_owned()).collect();
    if module.last().is_some_and(|last| last == "mod") {
        module.pop();
    }
    let is_test = module.iter().any(|part| part == "tests");
    let is_root = matches!(module[..], [ref only] if only == "lib" || only == "main");
    (!is_test && !is_root).then_some(module)
}

/// Every name that follows the root of the crate, by `crate::` or by enough of `super::`.
fn named(module: &[String], text: &str) -> Names {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let code: String = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    // Ways to name the root that the reading below does not see.
    let is_plain = !["crate as ", "crate::{self", "super as ", "super::{super", "super::{self"]
        .iter()
        .any(|hidden| code.contains(hidden));
    assert!(is_plain, "{module:?} names the root in a way that hides whom it knows");
    let mut root = code.replace("super::", "\u{1}");
    root = root.replace(&"\u{1}".repeat(module.len()), "crate::");
    root.split("crate::").skip(1).flat_map(first_names).collect()
}

/// The first name of a path, or of each path of a group.
fn first_names(rest: &str) -> Vec<String> {
    let name =
        |path: &str| path.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let Some(group) = rest.strip_prefix('{') else { return vec![name(rest)] };
    let (mut paths, mut depth) = (vec![String::new()], 0);
    for c in group.chars() {
        match c {
            '}' if depth == 0 => break,
            ',' if depth == 0 => paths.push(String::new()),
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if let Some(path) = paths.last_mut() {
            path.extend((c != ',').then_some(c));
        }
    }
    paths.iter().map(|path| name(path)).filter(|name| !name.is_empty()).collect()
}

/// Each "this knows that", as a line.
fn lines(knows: impl IntoIterator<Item = (String, Names)>) -> Names {
    knows
        .into_iter()
        .flat_map(|(this, known)| known.into_iter().map(move |that| format!("{this} → {that}")))
        .collect()
}

#[test]
fn every_module_knows_whom_the_architecture_lists_and_nobody_else() {
    let server = Path::new(env!("CARGO_MANIFEST_DIR"));
    let listed = listed(&fs::read_to_string(server.join("../ARCHITECTURE.md")).unwrap());
    let found = found(&server.join("src"));
    assert!(
        found.keys().eq(listed.iter().map(|(module, _)| module).collect::<BTreeSet<_>>()),
        "a row for each module"
    );
    let (found, listed) = (lines(found), lines(listed));
    let (more, less): (Vec<_>, Vec<_>) =
        (found.difference(&listed).collect(), listed.difference(&found).collect());
    assert!(more.is_empty(), "in the code and not in ARCHITECTURE.md: {more:?}");
    assert!(less.is_empty(), "in ARCHITECTURE.md and not in the code: {less:?}");
}

#[test]
fn no_module_knows_one_that_is_listed_below_it() {
    let paper = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../ARCHITECTURE.md")).unwrap();
    let mut above = Names::new();
    for (module, knows) in listed(&paper) {
        let below: Vec<&String> = knows.difference(&above).collect();
        assert!(below.is_empty(), "{module} knows {below:?}, which do not stand above it");
        above.insert(module);
    }
}

#[test]
fn a_name_is_found_however_it_is_written() {
    let queue = ["store".to_owned(), "queue".to_owned()];
    for (text, expected) in [
        ("use crate::service::Failure;", &["service"][..]),
        ("    let x: crate::keys::Keys = y;", &["keys"]),
        ("use crate::{keys::{A, B}, pages::{self, C}, Failure}; use z::{d};", &["Failure", "keys", "pages"]),
        ("use super::super::site::Site;", &["site"]),
        ("use super::failed::StoreFailed;", &[]),
        ("// use crate::site::Site;\n/// [`x`](crate::site::Site)", &[]),
        ("#[cfg(test)]\nmod tests {\n    use crate::site::Site;\n}", &[]),
    ] {
        let names: Vec<String> = named(&queue, text).into_iter().collect();
        assert_eq!(names, expected, "{text}");
    }
    assert_eq!(module(Path::new("store/mod.rs")), Some(vec!["store".to_owned()]));
    assert_eq!(module(Path::new("store/tests.rs")), None);
    assert_eq!(named(&queue[..1], "use super::site::Site;"), Names::from(["site".to_owned()]));
}

#[test]
#[should_panic(expected = "hides whom it knows")]
fn the_root_has_no_other_name() {
    named(&["store".to_owned()], "use crate as root;\nuse root::site::Site;");
}

#[test]
#[should_panic(expected = "hides whom it knows")]
fn no_group_leads_further_up() {
    named(&["store".to_owned(), "queue".to_owned()], "use super::{super::site::Site};");
}
