//! Times as people read them.

use countersign_protocol::UnixSeconds;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Words;

/// The seconds that are left until then; 0 when it is over.
pub(crate) fn left(until: UnixSeconds, now: UnixSeconds) -> u64 {
    until.since(now)
}

impl Words {
    /// `41 s left`, from two minutes on `3 min 5 s left`.
    pub(crate) fn time_left(self, seconds: u64) -> String {
        let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        if seconds < 120 {
            self.with("seconds-left", &[("s", whole(seconds).into())])
        } else {
            self.with("minutes-left", &[("m", whole(seconds / 60).into()), ("s", whole(seconds % 60).into())])
        }
    }

    /// `18 s`.
    pub(crate) fn seconds(self, seconds: u64) -> String {
        self.with("seconds", &[("s", i64::try_from(seconds).unwrap_or(i64::MAX).into())])
    }

    /// `14:58`, and with its day where that is not today's: `2026-11-23, 14:58`.
    pub(crate) fn moment(self, at: UnixSeconds, now: UnixSeconds, zone: &TimeZone) -> String {
        let local = |time: UnixSeconds| {
            let seconds = i64::try_from(time.get()).ok()?;
            Some(Timestamp::from_second(seconds).ok()?.to_zoned(zone.clone()))
        };
        // Times after the year 9999 are not told.
        let Some(at) = local(at) else { return self.text("unknown") };
        let time = format!("{:02}:{:02}", at.hour(), at.minute());
        match local(now) {
            Some(now) if now.date() == at.date() => self.with("at-time", &[("time", time.into())]),
            _ => self.with("at-day", &[("day", at.date().to_string().into()), ("time", time.into())]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> UnixSeconds {
        UnixSeconds::new(seconds).unwrap()
    }

    #[test]
    fn a_moment_names_its_day_only_when_it_is_another() {
        let oslo = TimeZone::fixed(jiff::tz::offset(1));
        let now = at(1_795_355_880); // 2026-11-22T13:58:00Z
        let words = Words::default();
        assert_eq!(words.moment(now, now, &oslo), "14:58");
        assert_eq!(words.moment(at(1_795_355_880 + 86_400), now, &oslo), "2026-11-23, 14:58");
        assert_eq!(words.moment(at(1_795_387_000), now, &oslo), "23:36");
        assert_eq!(words.moment(at(1_795_389_000), now, &oslo), "2026-11-23, 00:10");
        assert_eq!(words.moment(at((1 << 53) - 1), now, &oslo), "unknown");
    }

    #[test]
    fn time_is_left_in_seconds_and_from_two_minutes_on_in_minutes() {
        let words = Words::default();
        assert_eq!(words.time_left(41), "41 s left");
        assert_eq!(words.time_left(119), "119 s left");
        assert_eq!(words.time_left(120), "2 min 0 s left");
        assert_eq!(words.time_left(299), "4 min 59 s left");
        assert_eq!(left(at(5), at(9)), 0);
    }
}
