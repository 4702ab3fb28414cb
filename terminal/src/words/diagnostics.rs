//! What happened lately, as people read it: the core tells Unix seconds and words.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Words;

impl Words {
    /// A line an event, with the time where the person is and the same in Unix seconds; the days stand between. Other
    /// lines stay as they are.
    pub(crate) fn diagnostics(self, text: &str, zone: &TimeZone) -> Vec<String> {
        let (mut lines, mut last) = (Vec::new(), None);
        for line in text.lines() {
            let event = line.split_once(' ').and_then(|(seconds, word)| Some((seconds.parse().ok()?, word)));
            let time = event.and_then(|(seconds, _)| Timestamp::from_second(seconds).ok());
            let (Some((seconds, word)), Some(time)) = (event, time) else {
                lines.push(line.to_owned());
                continue;
            };
            let time = time.to_zoned(zone.clone());
            let day = [
                ("day", time.date().to_string().into()),
                ("offset", time.strftime("%:z").to_string().into()),
            ];
            let day = self.with("diagnostics-day", &day);
            if last.as_ref() != Some(&day) {
                lines.push(day.clone());
                last = Some(day);
            }
            lines.push(format!("  {}  {seconds}  {word}", time.strftime("%H:%M:%S")));
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_event_has_its_time_and_each_day_stands_once() {
        let text = "countersign-core 0.1.0\n1795391990 opened\n1795391999 unlocked\n1795392000 key_gone\n";
        let lines = Words::default().diagnostics(text, &TimeZone::fixed(jiff::tz::offset(0)));
        assert_eq!(
            lines,
            [
                "countersign-core 0.1.0",
                "2026-11-22, UTC+00:00",
                "  23:59:50  1795391990  opened",
                "  23:59:59  1795391999  unlocked",
                "2026-11-23, UTC+00:00",
                "  00:00:00  1795392000  key_gone",
            ]
        );
    }

    #[test]
    fn a_line_of_another_kind_and_a_time_out_of_range_stay_as_they_are() {
        let text = "countersign 0.1.0\n99999999999999 opened\nword";
        assert_eq!(Words::default().diagnostics(text, &TimeZone::UTC).join("\n"), text);
    }
}
