//! Draws measures as an SVG: one row a function and argument, a bar to the median on a scale of powers of ten, and a
//! thin line from the fastest to the slowest.

use std::fmt::Write as _;

use crate::divan::Measure;

const LABEL: f64 = 280.0;
const PLOT: f64 = 480.0;
const VALUE: f64 = 110.0;
const ROW: f64 = 26.0;
const TOP: f64 = 44.0;

/// The picture, which follows the reader's light or dark theme.
pub(crate) fn draw(title: &str, measures: &[Measure]) -> String {
    let low = measures.iter().map(|m| m.fastest).fold(f64::INFINITY, f64::min).log10().floor();
    let high = measures.iter().map(|m| m.slowest).fold(1.0, f64::max).log10().ceil().max(low + 1.0);
    let x = |nanoseconds: f64| LABEL + (nanoseconds.log10() - low) / (high - low) * PLOT;
    let (width, height) = (LABEL + PLOT + VALUE, TOP + ROW * measures.len() as f64 + 12.0);

    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" \
         font-size=\"13\">\n<title>{title}</title>\n<style>\
         text {{ fill: #131a18 }} .grid {{ stroke: #d2d9d6 }} .bar {{ fill: #2b3cb4 }} .spread {{ stroke: #6b7772 }}\
         @media (prefers-color-scheme: dark) {{ text {{ fill: #eef2f0 }} .grid {{ stroke: #313a37 }} \
         .bar {{ fill: #b0bbff }} .spread {{ stroke: #b4beba }} }}</style>\n"
    );
    for power in low as i32..=high as i32 {
        let at = x(10f64.powi(power));
        let _ = writeln!(
            svg,
            "<line class=\"grid\" x1=\"{at:.1}\" x2=\"{at:.1}\" y1=\"{:.0}\" y2=\"{height}\"/>\
             <text x=\"{at:.1}\" y=\"{:.0}\" text-anchor=\"middle\">{}</text>",
            TOP - 12.0,
            TOP - 18.0,
            time(10f64.powi(power))
        );
    }
    for (index, measure) in measures.iter().enumerate() {
        let y = TOP + ROW * index as f64;
        let (median, fastest, slowest) = (x(measure.median), x(measure.fastest), x(measure.slowest));
        let _ = writeln!(
            svg,
            "<text x=\"{:.0}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>\
             <rect class=\"bar\" x=\"{LABEL}\" y=\"{:.1}\" width=\"{:.1}\" height=\"12\"/>\
             <line class=\"spread\" x1=\"{fastest:.1}\" x2=\"{slowest:.1}\" y1=\"{:.1}\" y2=\"{:.1}\"/>\
             <text x=\"{:.0}\" y=\"{:.1}\">{}</text>",
            LABEL - 10.0,
            y + 14.0,
            label(measure),
            y + 3.0,
            (median - LABEL).max(1.0),
            y + 19.0,
            y + 19.0,
            LABEL + PLOT + 10.0,
            y + 14.0,
            time(measure.median),
        );
    }
    svg + "</svg>\n"
}

/// `add one, 1000`
pub(crate) fn label(measure: &Measure) -> String {
    let name = words(&measure.name);
    if measure.argument.is_empty() { name } else { format!("{name}, {}", measure.argument) }
}

/// The name of a function as words.
pub(crate) fn words(name: &str) -> String {
    name.replace("::", ": ").replace('_', " ")
}

/// Three figures and a unit.
pub(crate) fn time(nanoseconds: f64) -> String {
    let (value, unit) = match nanoseconds {
        ns if ns < 1e3 => (ns, "ns"),
        ns if ns < 1e6 => (ns / 1e3, "µs"),
        ns if ns < 1e9 => (ns / 1e6, "ms"),
        ns => (ns / 1e9, "s"),
    };
    let decimals = if value < 9.995 { 2 } else { usize::from(value < 99.95) };
    let digits = format!("{value:.decimals$}");
    let digits =
        if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { &digits };
    format!("{digits} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_three_figures() {
        assert_eq!(time(412.34), "412 ns");
        assert_eq!(time(1000.0), "1 µs");
        assert_eq!(time(41_230.0), "41.2 µs");
        assert_eq!(time(9_876_000.0), "9.88 ms");
        assert_eq!(time(100.0), "100 ns");
    }

    #[test]
    fn a_longer_time_has_the_longer_bar() {
        let measure = |argument: &str, median| Measure {
            name: "open".into(),
            argument: argument.into(),
            fastest: median,
            slowest: median,
            median,
        };
        let svg = draw("Vault", &[measure("1", 1e3), measure("10", 1e5)]);
        let widths: Vec<f64> = svg
            .lines()
            .filter_map(|line| {
                line.split_once("class=\"bar\"")?.1.split("width=\"").nth(1)?.split('"').next()?.parse().ok()
            })
            .collect();
        assert!(widths.len() == 2 && widths[0] < widths[1], "{widths:?}");
    }
}
