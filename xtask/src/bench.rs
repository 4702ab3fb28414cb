//! `cargo xtask bench`: measures, draws, and writes the figures into `docs/performance.md`.
//!
//! The paper is written by hand; between `<!-- figures: codes -->` and `<!-- end -->` stands what was measured last.

use std::fmt::Write as _;
use std::process::Command;
use std::{env, fs};

use crate::chart::{self, label, time, words};
use crate::command::{self, Failure};
use crate::divan::{self, Measure};
use crate::workspace::{self, cargo};

const PAPER: &str = "docs/performance.md";

/// A part of the paper.
#[derive(Clone, Copy)]
enum Part {
    Timed(Timed),
    /// The library of the phones, in bytes.
    Library,
}

/// A bench target of a package, and what is told of its functions besides their times.
#[derive(Clone, Copy)]
struct Timed {
    name: &'static str,
    package: &'static str,
    title: &'static str,
    told: &'static [Told],
}

/// What is told of a function. The first name is the function's.
#[derive(Clone, Copy)]
enum Told {
    /// How many times as long as another it takes, at the same argument.
    Ratio(&'static str, &'static str),
    /// How much longer than another it takes, at the same argument.
    Above(&'static str, &'static str),
    /// How many a second that is; the argument says how many one call does.
    Rate(&'static str),
}

const PARTS: [Part; 4] = [
    Part::Timed(Timed {
        name: "codes",
        package: "countersign-core",
        title: "One-time codes for 1, 100 and 1,000 accounts",
        told: &[Told::Ratio("codes_of_an_open_vault", "bare_hmacs")],
    }),
    Part::Timed(Timed {
        name: "vault",
        package: "countersign-core",
        title: "The vault at 10, 1,000 and 10,000 accounts",
        told: &[Told::Ratio("add_one", "disk_alone"), Told::Above("add_one", "disk_alone")],
    }),
    Part::Timed(Timed {
        name: "cycles",
        package: "countersign-demo",
        title: "Sign-ins from the password to the account, one and eight at once",
        told: &[Told::Rate("sign_in"), Told::Ratio("sign_in", "bare_parts")],
    }),
    Part::Library,
];

impl Part {
    fn name(self) -> &'static str {
        match self {
            Self::Timed(timed) => timed.name,
            Self::Library => "library",
        }
    }

    fn figures(self) -> Result<String, Failure> {
        match self {
            Self::Timed(bench) => timed(bench),
            Self::Library => library(),
        }
    }
}

/// Runs the parts that are named, or all.
pub(crate) fn run(names: &[&str]) -> Result<(), Failure> {
    let known = PARTS.map(Part::name);
    if let Some(stranger) = names.iter().find(|name| !known.contains(name)) {
        return Err(Failure::new(format!("{stranger} is no part of bench: {}", known.join(", "))));
    }
    for part in PARTS.into_iter().filter(|part| names.is_empty() || names.contains(&part.name())) {
        let figures = part.figures()?;
        println!("\n{figures}");
        write_figures(part.name(), &figures)?;
    }
    Ok(())
}

fn timed(Timed { name, package, title, told }: Timed) -> Result<String, Failure> {
    let mut bench = cargo();
    bench.args(["bench", "--locked", "--package", package, "--bench", name]);
    let measures = divan::measures(&command::run_for_output(&mut bench)?);
    if measures.is_empty() {
        return Err(Failure::new(format!("the bench {name} printed no measures")));
    }
    let folder = workspace::root().join("docs/performance");
    let picture = folder.join(format!("{name}.svg"));
    fs::create_dir_all(&folder)
        .and_then(|()| fs::write(&picture, chart::draw(title, &measures)))
        .map_err(|error| Failure::new(format!("{}: {error}", picture.display())))?;

    let mut figures = format!("{}\n\n![{title}](performance/{name}.svg)\n\n", machine());
    figures += "| what | median | fastest to slowest |\n|---|---|---|\n";
    for measure in &measures {
        let spread = format!("{} to {}", time(measure.fastest), time(measure.slowest));
        let _ = writeln!(figures, "| {} | {} | {spread} |", label(measure), time(measure.median));
    }
    for line in told.iter().flat_map(|told| told.lines(&measures)) {
        let _ = writeln!(figures, "| {line} | |");
    }
    Ok(figures)
}

impl Told {
    /// The first two cells of each line.
    fn lines(self, measures: &[Measure]) -> Vec<String> {
        match self {
            Self::Ratio(ours, reference) => lines(pairs(measures, ours, reference), |measure, other| {
                let ratio = measure.median / other.median;
                format!("{}, to {} | ratio **{ratio:.2}**", label(measure), words(&other.name))
            }),
            Self::Above(ours, reference) => lines(pairs(measures, ours, reference), |measure, other| {
                let more = measure.median - other.median;
                let (sign, more) = (if more < 0.0 { "−" } else { "" }, time(more.abs()));
                format!("{}, above {} | **{sign}{more}**", label(measure), words(&other.name))
            }),
            Self::Rate(ours) => measures
                .iter()
                .filter(|measure| measure.name == ours)
                .filter_map(|measure| {
                    let rate = measure.argument.parse::<f64>().ok()? * 1e9 / measure.median;
                    Some(format!("{} | **{rate:.0} a second**", label(measure)))
                })
                .collect(),
        }
    }
}

fn lines(pairs: Vec<(&Measure, &Measure)>, line: impl Fn(&Measure, &Measure) -> String) -> Vec<String> {
    pairs.into_iter().map(|(measure, other)| line(measure, other)).collect()
}

/// Each measure of `ours` with that of `reference` at the same argument.
fn pairs<'a>(measures: &'a [Measure], ours: &str, reference: &str) -> Vec<(&'a Measure, &'a Measure)> {
    let of = |name: &str| measures.iter().filter(|m| m.name == name).collect::<Vec<_>>();
    let references = of(reference);
    of(ours)
        .into_iter()
        .filter_map(|m| references.iter().find(|r| r.argument == m.argument).map(|r| (m, *r)))
        .collect()
}

/// The stripped library in profile `mobile`, linked as for Android (`rust-core/mobile/build.rs`).
fn library() -> Result<String, Failure> {
    let mut build = cargo();
    build.args(["rustc", "--locked", "--profile", "mobile", "--package", "countersign-mobile"]);
    build.args(["--lib", "--crate-type", "cdylib", "--"]);
    build.args(["-Clink-arg=-Wl,-z,max-page-size=16384", "-Clink-arg=-Wl,-z,pack-relative-relocs"]);
    command::run(&mut build)?;
    let folder = workspace::target().join("mobile");
    let name = workspace::mobile_library();
    let stripped = folder.join("stripped");
    command::run(Command::new("strip").arg("-o").arg(&stripped).arg(folder.join(&name)))?;
    let size = fs::metadata(&stripped)
        .map_err(|error| Failure::new(format!("{}: {error}", stripped.display())))?
        .len();
    Ok(format!(
        "{}\n\n| what | size |\n|---|---|\n| `{name}`, stripped | {:.2} MB |\n",
        machine(),
        size as f64 / 1e6
    ))
}

/// On what it was measured.
fn machine() -> String {
    let rustc = command::run_quietly(Command::new("rustc").arg("--version")).unwrap_or_default();
    let model = fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
        text.lines()
            .find_map(|line| Some(line.strip_prefix("model name")?.split_once(':')?.1.trim().to_owned()))
    });
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let rustc = rustc.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
    format!(
        "{}, {cores} cores, {}, {rustc}.",
        model.as_deref().unwrap_or("unknown processor"),
        env::consts::OS
    )
}

fn write_figures(part: &str, figures: &str) -> Result<(), Failure> {
    let path = workspace::root().join(PAPER);
    let paper = fs::read_to_string(&path).map_err(|error| Failure::new(format!("{PAPER}: {error}")))?;
    let paper = with_figures(&paper, part, figures)
        .ok_or_else(|| Failure::new(format!("{PAPER} has no place for the figures of {part}")))?;
    fs::write(&path, paper).map_err(|error| Failure::new(format!("{PAPER}: {error}")))
}

fn with_figures(paper: &str, part: &str, figures: &str) -> Option<String> {
    let mark = format!("<!-- figures: {part} -->\n");
    let (before, rest) = paper.split_once(&mark)?;
    let (_, after) = rest.split_once("<!-- end -->")?;
    Some(format!("{before}{mark}\n{}\n\n<!-- end -->{after}", figures.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_replace_only_their_own() {
        let paper =
            "a\n<!-- figures: x -->\nold\n<!-- end -->\nb\n<!-- figures: y -->\nstays\n<!-- end -->\n";
        let new = with_figures(paper, "x", "new").unwrap();
        assert_eq!(
            new,
            "a\n<!-- figures: x -->\n\nnew\n\n<!-- end -->\nb\n<!-- figures: y -->\nstays\n<!-- end -->\n"
        );
        assert_eq!(with_figures(&new, "x", "new").unwrap(), new);
        assert_eq!(with_figures(paper, "z", "new"), None);
    }

    #[test]
    fn what_is_told_compares_equal_arguments() {
        let measure = |name: &str, argument: &str, median| Measure {
            name: name.into(),
            argument: argument.into(),
            fastest: median,
            slowest: median,
            median,
        };
        let measures = [measure("ours", "1", 3e6), measure("ours", "8", 8e6), measure("ring", "1", 2e6)];
        assert_eq!(Told::Ratio("ours", "ring").lines(&measures), ["ours, 1, to ring | ratio **1.50**"]);
        assert_eq!(Told::Above("ours", "ring").lines(&measures), ["ours, 1, above ring | **1 ms**"]);
        assert_eq!(Told::Above("ring", "ours").lines(&measures), ["ring, 1, above ours | **−1 ms**"]);
        let rates = ["ours, 1 | **333 a second**", "ours, 8 | **1000 a second**"];
        assert_eq!(Told::Rate("ours").lines(&measures), rates);
    }
}
