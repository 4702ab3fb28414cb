//! What a browser and its system are called, as a person is shown it: "Firefox on Windows".
//!
//! A user agent says what its sender wants. The name helps a person to tell browsers apart and decides nothing.

use countersign_protocol::Text;

/// Marks in a user agent and the name they stand for. The first that fits counts: many browsers name others, too.
const BROWSERS: &[(&str, &str)] = &[
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("HeadlessChrome/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Version/", "Safari"),
];
const SYSTEMS: &[(&str, &str)] = &[
    ("Windows", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Macintosh", "Mac"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("FreeBSD", "FreeBSD"),
    ("OpenBSD", "OpenBSD"),
    ("Linux", "Linux"),
];

/// The name of a user agent (RFC 9110, section 10.1.5); None where it says nothing known.
pub(super) fn name(user_agent: &str) -> Option<Text<64>> {
    let find = |table: &[(&str, &'static str)]| {
        table.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
    };
    // Not a text of ours: the names are proper names, and the card on the phone shows the same.
    match (find(BROWSERS), find(SYSTEMS)) {
        (Some(browser), Some(system)) => Text::clean(&format!("{browser} on {system}")),
        (Some(only), None) | (None, Some(only)) => Text::clean(only),
        (None, None) => None,
    }
}

/// Whether links should name the app's package, so that no other app can take them (Android).
pub(super) fn is_android(user_agent: &str) -> bool {
    user_agent.contains("Android")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_called_by_their_names() {
        for (user_agent, expected) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0",
                Some("Firefox on Windows"),
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
                Some("Chrome on Linux"),
            ),
            (
                "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
                Some("Chrome on ChromeOS"),
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
                Some("Edge on Windows"),
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
                Some("Chrome on Android"),
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1",
                Some("Safari on iPhone"),
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15",
                Some("Safari on Mac"),
            ),
            ("Mozilla/5.0 (Linux) Something/1", Some("Linux")),
            ("curl/8.5.0", None),
            ("", None),
        ] {
            assert_eq!(name(user_agent).as_ref().map(Text::as_str), expected, "{user_agent}");
        }
    }

    #[test]
    fn what_a_sender_writes_is_never_shown_itself() {
        assert_eq!(name("Firefox/\u{202e}<script>, Windows").unwrap().as_str(), "Firefox on Windows");
    }
}
