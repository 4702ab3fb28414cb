//! Reads the table that divan prints, since it has no other form of output.

/// One function of a bench at one argument. Times are nanoseconds for one call.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Measure {
    /// The function, with its modules: `vault::open`.
    pub(crate) name: String,
    /// What it was called with; empty for a function without arguments.
    pub(crate) argument: String,
    pub(crate) fastest: f64,
    pub(crate) slowest: f64,
    pub(crate) median: f64,
}

/// All rows of the table that carry times. The root of the tree is the bench itself and is left out of the names.
pub(crate) fn measures(table: &str) -> Vec<Measure> {
    let mut path: Vec<String> = Vec::new();
    let mut found = Vec::new();
    for line in table.lines() {
        let Some((depth, name, columns)) = row(line) else { continue };
        path.truncate(depth);
        path.push(name);
        let times: Vec<f64> = columns.iter().take(3).map_while(|column| nanoseconds(column)).collect();
        if let ([_, inner @ ..], [fastest, slowest, median]) = (path.as_slice(), times.as_slice()) {
            let (function, argument) = match inner {
                [function @ .., argument] if is_argument(argument) => {
                    (function, argument.trim_matches(['(', ')']).to_owned())
                }
                function => (function, String::new()),
            };
            let name = function.join("::");
            found.push(Measure { name, argument, fastest: *fastest, slowest: *slowest, median: *median });
        }
    }
    found
}

/// Depth in the tree, name, and the cells beside it.
fn row(line: &str) -> Option<(usize, String, Vec<&str>)> {
    let start = line.find(|c| !"│├╰─ ".contains(c))?;
    let (branches, rest) = line.split_at(start);
    let (name, cells) = rest.split_once("  ").unwrap_or((rest, ""));
    Some((branches.chars().count() / 3, name.trim().to_owned(), cells.split('│').map(str::trim).collect()))
}

/// Arguments of our benches are numbers, or several things in parentheses; anything else is the name of a function.
fn is_argument(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_digit() || c == '(')
}

fn nanoseconds(cell: &str) -> Option<f64> {
    let (number, unit) = cell.split_once(' ')?;
    let factor = match unit {
        "ps" => 1e-3,
        "ns" => 1.0,
        "µs" => 1e3,
        "ms" => 1e6,
        "s" => 1e9,
        "m" => 60e9,
        _ => return None,
    };
    Some(number.parse::<f64>().ok()? * factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
Timer precision: 20 ns
codes            fastest       │ slowest       │ median        │ mean          │ samples │ iters
├─ ours                        │               │               │               │         │
│  ├─ 1          412.3 ns      │ 1.201 µs      │ 431 ns        │ 440 ns        │ 100     │ 800
│  ╰─ 100        41.2 µs       │ 55 µs         │ 42.01 µs      │ 43 µs         │ 100     │ 100
╰─ ring                        │               │               │               │         │
   ╰─ hmac                     │               │               │               │         │
      ╰─ (Sha1, 1)  0.3 µs     │ 2 ms          │ 1 s           │ 1 s           │ 100     │ 100
";

    #[test]
    fn every_row_with_times_is_read_with_its_path() {
        let measures = measures(TABLE);
        let named: Vec<_> = measures.iter().map(|m| (m.name.as_str(), m.argument.as_str())).collect();
        assert_eq!(named, [("ours", "1"), ("ours", "100"), ("ring::hmac", "Sha1, 1")]);
        assert_eq!(measures[0].slowest, 1201.0);
        assert_eq!(measures[2].median, 1e9);
    }

    #[test]
    fn a_function_without_arguments_is_read_too() {
        let table = "vault  fastest  │ slowest │ median  │ mean    │ samples │ iters\n╰─ open  1 ms     │ 3 ms    │ 2 ms    │ 2 ms    │ 1       │ 1\n";
        let measures = measures(table);
        assert_eq!(measures.len(), 1);
        assert_eq!((measures[0].name.as_str(), measures[0].argument.as_str()), ("open", ""));
    }

    #[test]
    fn other_lines_are_passed_over() {
        assert_eq!(measures("running 3 tests\n\nok  1 ns\n"), []);
    }
}
