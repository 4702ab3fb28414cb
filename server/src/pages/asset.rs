//! What pages load besides themselves: one style sheet, one script, one icon. No font, no picture, nothing from
//! another host. The name carries a hash of the content, so that browsers may keep it for ever.

use ring::digest;
use std::sync::OnceLock;

/// A file that pages load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asset {
    /// The style sheet.
    Style,
    /// The script: progress by itself, countdown, copying, the reader's own time.
    Script,
    /// The icon of the tab.
    Mark,
}

impl Asset {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Style, Self::Script, Self::Mark];

    /// The asset that is served under a name (the last part of [`Asset::path`]).
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|asset| asset.path().strip_prefix("/assets/") == Some(name))
    }

    /// Where it is served.
    #[must_use]
    pub fn path(self) -> &'static str {
        static PATHS: [OnceLock<String>; 3] = [const { OnceLock::new() }; 3];
        let (cell, name, ending) = match self {
            Self::Style => (&PATHS[0], "countersign", "css"),
            Self::Script => (&PATHS[1], "live", "js"),
            Self::Mark => (&PATHS[2], "mark", "svg"),
        };
        cell.get_or_init(|| {
            let hash = digest::digest(&digest::SHA256, self.body().as_bytes());
            let short: String = hash.as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
            format!("/assets/{name}-{short}.{ending}")
        })
    }

    /// Its media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Style => "text/css; charset=utf-8",
            Self::Script => "text/javascript; charset=utf-8",
            Self::Mark => "image/svg+xml",
        }
    }

    /// Its content.
    #[must_use]
    pub fn body(self) -> &'static str {
        match self {
            Self::Style => {
                concat!(include_str!("../../assets/tokens.css"), include_str!("../../assets/countersign.css"))
            }
            Self::Script => include_str!("../../assets/live.js"),
            Self::Mark => include_str!("../../assets/mark.svg"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_follows_the_content() {
        for asset in Asset::ALL {
            assert_eq!(Asset::named(asset.path().rsplit('/').next().unwrap()), Some(asset));
        }
        assert_eq!(Asset::named("countersign-0000000000000000.css"), None);
        assert_eq!(Asset::named(""), None);
    }

    #[test]
    fn the_style_sheet_loads_nothing() {
        let style = Asset::Style.body();
        assert!(!style.contains("url(") && !style.contains("@import"));
    }

    #[test]
    fn the_design_s_own_sheet_stays_under_20_kilobytes() {
        assert!(include_str!("../../assets/countersign.css").len() < 20 * 1024);
    }
}
