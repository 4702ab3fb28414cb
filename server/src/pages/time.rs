//! Times on a page: how long something is good, and when something was.
//!
//! A page says UTC, since the server does not know where the reader is; the script says the reader's own time.

use super::words::Words;
use askama::filters::HtmlSafe;
use countersign_texts::Value;
use std::fmt;

const MINUTE: u64 = 60;
const DAY: u64 = 86_400;

/// How long is left, counted down by the script.
///
/// The text `id` has `$s` seconds, its attribute `id.long` has `$m` minutes too.
pub struct Left {
    words: Words,
    id: &'static str,
    seconds: u64,
}

impl Left {
    /// `seconds` left, said by the text `id`.
    #[must_use]
    pub fn new(words: Words, id: &'static str, seconds: u64) -> Self {
        Self { words, id, seconds }
    }

    fn say(&self, minutes: Option<&str>, seconds: &str) -> String {
        let s = ("s", Value::from(seconds));
        match minutes {
            None => self.words.plain(self.id, &[s]),
            Some(minutes) => self.words.plain(&format!("{}.long", self.id), &[s, ("m", minutes.into())]),
        }
    }
}

impl fmt::Display for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seconds, .. } = self;
        let (short, long) = (self.say(None, "{s}"), self.say(Some("{m}"), "{s}"));
        let now = match seconds / MINUTE {
            0 => self.say(None, &seconds.to_string()),
            minutes => self.say(Some(&minutes.to_string()), &(seconds % MINUTE).to_string()),
        };
        write!(
            f,
            r#"<span class="tabular" data-left="{seconds}" data-short="{short}" data-long="{long}">{now}</span>"#
        )
    }
}

impl HtmlSafe for Left {}

/// A moment, to the minute or to the day.
pub struct Moment {
    words: Words,
    unix_seconds: u64,
    precision: Precision,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Precision {
    Minute,
    Day,
}

impl Moment {
    /// Date and time of day.
    #[must_use]
    pub fn at(words: Words, unix_seconds: u64) -> Self {
        Self { words, unix_seconds, precision: Precision::Minute }
    }

    /// The date alone.
    #[must_use]
    pub fn on(words: Words, unix_seconds: u64) -> Self {
        Self { words, unix_seconds, precision: Precision::Day }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = date(self.unix_seconds / DAY);
        let (hour, minute) = (self.unix_seconds % DAY / 3600, self.unix_seconds % 3600 / MINUTE);
        let on = self.words.plain(
            "date",
            &[("day", day.to_string().into()), ("month", month.into()), ("year", year.to_string().into())],
        );
        let (kind, said) = match self.precision {
            Precision::Day => ("day", on),
            Precision::Minute => {
                let at = format!("{hour:02}:{minute:02}");
                ("minute", self.words.plain("moment", &[("date", on.into()), ("time", at.into())]))
            }
        };
        write!(
            f,
            r#"<time class="tabular" datetime="{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}Z" data-moment="{kind}">{said}</time>"#
        )
    }
}

impl HtmlSafe for Moment {}

/// Year, month and day of a day counted from 1970-01-01, in the Gregorian calendar
/// (Howard Hinnant, "chrono-compatible low-level date algorithms", `civil_from_days`, for days that are not negative).
fn date(days: u64) -> (u64, u8, u64) {
    let days = days + 719_468; // from 0000-03-01
    let era = days / 146_097;
    let day_of_era = days % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    (year, u8::try_from(month).unwrap_or_default(), day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use countersign_texts::Language;

    #[test]
    fn days_become_dates_of_the_gregorian_calendar() {
        // From `date -u -d @…`.
        for (seconds, expected) in [
            (0, (1970, 1, 1)),
            (951_782_400, (2000, 2, 29)),
            (951_868_800, (2000, 3, 1)),
            (1_795_359_480, (2026, 11, 22)),
            (4_107_542_399, (2100, 2, 28)),
            (4_107_542_400, (2100, 3, 1)),
        ] {
            assert_eq!(date(seconds / DAY), expected, "{seconds}");
        }
    }

    #[test]
    fn a_moment_says_utc_and_is_readable_for_the_script() {
        let words = Words::of(Language::English);
        let html = Moment::at(words, 1_795_359_480).to_string();
        assert!(html.contains(r#"datetime="2026-11-22T14:58Z""#), "{html}");
        assert!(html.contains(">22 November 2026, 14:58 UTC<"), "{html}");
        assert!(Moment::on(words, 1_795_359_480).to_string().contains(">22 November 2026<"));
    }

    #[test]
    fn what_is_left_is_said_in_seconds_below_a_minute_and_in_both_from_there() {
        let words = Words::of(Language::English);
        let left = |seconds| Left::new(words, "time-left", seconds).to_string();
        assert!(left(59).ends_with(">59 s left</span>"), "{}", left(59));
        assert!(left(60).ends_with(">1 min 0 s left</span>"), "{}", left(60));
        assert!(
            left(580).contains(r#"data-short="{s} s left" data-long="{m} min {s} s left""#),
            "{}",
            left(580)
        );
    }
}
