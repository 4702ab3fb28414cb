//! `cargo xtask coverage-of-rows`: which behaviours of `docs/rows.md` have a test named after them.
//!
//! A test carries the ids of its rows at the start of its name: `s24_scan_adds_the_account`, `s26_s27_…` for two. Of
//! the rows that describe wording and chrome a written decision is asked instead: a heading in `docs/decisions.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{fmt, fs};

use crate::command::Failure;
use crate::workspace;

/// The rows that a decision covers, not a test.
const DECIDED: std::ops::RangeInclusive<u32> = 77..=80;

/// `S24`, `I3`: the letter and the number, so that they sort as the list does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    letter: char,
    number: u32,
}

impl Row {
    fn parse(text: &str) -> Option<Self> {
        let letter =
            text.chars().next().map(|c| c.to_ascii_uppercase()).filter(|c| matches!(c, 'S' | 'I'))?;
        let digits = text.get(1..)?;
        let number = digits.chars().all(|c| c.is_ascii_digit()).then(|| digits.parse().ok())??;
        Some(Self { letter, number })
    }

    fn is_decided_on_paper(self) -> bool {
        self.letter == 'S' && DECIDED.contains(&self.number)
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.letter, self.number)
    }
}

/// Prints the rows that nothing proves.
pub(crate) fn print_coverage() -> Result<(), Failure> {
    let rows = listed_rows(&read("docs/rows.md")?);
    let decided = decided_rows(&read("docs/decisions.md")?);
    let tested = tested_rows(&workspace::root());
    let is_proved =
        |row: &Row| if row.is_decided_on_paper() { decided.contains(row) } else { tested.contains_key(row) };

    let open: Vec<_> = rows.iter().filter(|(row, _)| !is_proved(row)).collect();
    for (row, text) in &open {
        println!("{:<4} {text}", row.to_string());
    }
    println!("{} of {} rows are proved, {} are open", rows.len() - open.len(), rows.len(), open.len());
    Ok(())
}

/// Refuses a test that is named after a row that does not exist: it is misspelt, and the row it meant looks as if
/// nothing proved it.
pub(crate) fn check_names() -> Result<(), Failure> {
    let rows = listed_rows(&read("docs/rows.md")?);
    let strangers: Vec<String> = tested_rows(&workspace::root())
        .into_iter()
        .filter(|(row, _)| !rows.contains_key(row))
        .flat_map(|(_, names)| names)
        .collect();
    if !strangers.is_empty() {
        let strangers = strangers.join(", ");
        return Err(Failure::new(format!("named after rows that docs/rows.md does not have: {strangers}")));
    }
    check_promises()
}

/// Refuses a promise of SECURITY.md whose test is gone: papers promise nothing that no test proves.
fn check_promises() -> Result<(), Failure> {
    let paper = read("SECURITY.md")?;
    let sources = workspace::files(&workspace::root(), &[".rs", ".kt", ".swift"]);
    let sources: Vec<String> = sources.iter().filter_map(|file| fs::read_to_string(file).ok()).collect();
    let there: BTreeSet<&str> = sources.iter().flat_map(|source| tests(source)).collect();
    let gone: Vec<&str> = promised_tests(&paper).filter(|test| !there.contains(test)).collect();
    if gone.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!("SECURITY.md names tests that are not there: {}", gone.join(", "))))
}

/// What stands in back quotes and is as long as a claim: at least three underscores.
fn promised_tests(paper: &str) -> impl Iterator<Item = &str> {
    let quoted = paper.split('`').skip(1).step_by(2);
    quoted.filter(|word| {
        let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        word.chars().all(is_name) && word.matches('_').count() >= 3
    })
}

fn read(path: &str) -> Result<String, Failure> {
    fs::read_to_string(workspace::root().join(path)).map_err(|error| Failure::new(format!("{path}: {error}")))
}

/// `| S24 | app, server | what must hold |`: each row with its last cell.
fn listed_rows(table: &str) -> BTreeMap<Row, String> {
    table
        .lines()
        .filter_map(|line| {
            let cells: Vec<&str> = line.trim().strip_prefix('|')?.strip_suffix('|')?.split('|').collect();
            Some((Row::parse(cells.first()?.trim())?, cells.last()?.trim().to_owned()))
        })
        .collect()
}

/// `## S77: …`: the rows named in headings.
fn decided_rows(paper: &str) -> BTreeSet<Row> {
    paper.lines().filter_map(|line| Row::parse(line.strip_prefix("## ")?.split(':').next()?.trim())).collect()
}

/// The tests of each row, in all languages.
fn tested_rows(root: &Path) -> BTreeMap<Row, Vec<String>> {
    let mut tested: BTreeMap<Row, Vec<String>> = BTreeMap::new();
    for file in workspace::files(root, &[".rs", ".kt", ".swift"]) {
        let Ok(text) = fs::read_to_string(&file) else { continue };
        for name in tests(&text) {
            for row in rows_in(name) {
                tested.entry(row).or_default().push(name.to_owned());
            }
        }
    }
    tested
}

/// The names of the functions that are marked as tests, in this line or in those right above.
fn tests(source: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut is_marked = false;
    for line in source.lines().map(str::trim) {
        is_marked |= (line.starts_with("#[") && line.contains("test]"))
            || (line.starts_with("#[") && line.contains("test("))
            || line.starts_with("@Test");
        match function_name(line) {
            Some(name) if is_marked => {
                found.push(name);
                is_marked = false;
            }
            Some(_) => is_marked = false,
            None => is_marked &= line.starts_with(['#', '@', '/']),
        }
    }
    found
}

/// The name behind `fn`, `fun` or `func`; Kotlin's may stand in back quotes, with blanks.
fn function_name(line: &str) -> Option<&str> {
    let (_, name) = ["fn ", "fun ", "func "].into_iter().find_map(|word| {
        let (before, name) = line.split_once(word)?;
        (before.is_empty() || before.ends_with(' ')).then_some((before, name))
    })?;
    match name.strip_prefix('`') {
        Some(quoted) => quoted.split('`').next(),
        None => name.split(['(', '<', ' ']).next(),
    }
}

fn rows_in(test: &str) -> impl Iterator<Item = Row> {
    test.split(['_', ' ']).map_while(Row::parse)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(text: &str) -> Row {
        Row::parse(text).unwrap()
    }

    #[test]
    fn a_name_may_carry_several_rows_and_stops_at_the_first_word() {
        let rows: Vec<Row> = rows_in("s26_s27_i2_a_test_request_s3").collect();
        assert_eq!(rows, [row("S26"), row("S27"), row("I2")]);
        assert_eq!(rows_in("scan_s24").count(), 0);
    }

    #[test]
    fn only_what_is_marked_as_a_test_counts() {
        let rust = "#[tokio::test]\n#[expect(x)]\nasync fn s1_prompt() {}\nfn s2_a_helper() {}\n#[test]\nfn s3_switch() {}";
        assert_eq!(tests(rust), ["s1_prompt", "s3_switch"]);
        let timed = "#[tokio::test(start_paused = true)]\nasync fn s4_x() {}\n#[cfg(test)]\nmod tests {\nfn s5_x() {}";
        assert_eq!(tests(timed), ["s4_x"]);
    }

    #[test]
    fn kotlin_and_swift_are_read_too() {
        assert_eq!(tests("@Test\nfun `s61 both platforms`() {"), ["s61 both platforms"]);
        assert_eq!(tests("    @Test func s61_both() async {"), ["s61_both"]);
    }

    #[test]
    fn promises_are_told_from_other_words_in_code() {
        let paper =
            "`bad_call` and `a_late_answer_is_refused`, `docs/a_b_c_d.md`; not a_b_c_d, but `x_y_z_1`";
        assert_eq!(promised_tests(paper).collect::<Vec<_>>(), ["a_late_answer_is_refused", "x_y_z_1"]);
    }

    #[test]
    fn the_list_and_the_decisions_are_read_by_their_form() {
        let rows = listed_rows("| id | side | must hold |\n|---|---|---|\n| S24 | B | adds the account |\n");
        assert_eq!(rows.into_iter().collect::<Vec<_>>(), [(row("S24"), "adds the account".to_owned())]);
        assert_eq!(decided_rows("## S78: one term\nS79: no\n").into_iter().collect::<Vec<_>>(), [row("S78")]);
    }
}
