//! How the activation's link and its typed form stand on a page.

const SCHEME: &str = "countersign://";

/// The link for an app on this device. On Android it names the app's package, so that no other app can take it
/// (developer.chrome.com, "Android Intents with Chrome"); elsewhere custom schemes belong to nobody, and the check of
/// eight characters is what protects.
pub(super) fn for_browser(link: &str, is_android: bool) -> String {
    match link.strip_prefix(SCHEME) {
        Some(rest) if is_android => {
            format!("intent://{rest}#Intent;scheme=countersign;package=org.countersign.app;end")
        }
        _ => link.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i7_on_android_the_link_names_the_app() {
        let link = "countersign://activate?v=1&c=a";
        assert_eq!(for_browser(link, false), link);
        assert_eq!(
            for_browser(link, true),
            "intent://activate?v=1&c=a#Intent;scheme=countersign;package=org.countersign.app;end"
        );
    }
}
