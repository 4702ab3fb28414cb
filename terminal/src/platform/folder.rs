//! Where a person's accounts lie when nobody says otherwise.

use std::path::PathBuf;

/// The folder for the person's own data, as the system has it: `$XDG_DATA_HOME/countersign` (XDG Base Directory
/// Specification 0.8), `~/Library/Application Support/Countersign`, `%LOCALAPPDATA%\Countersign`.
///
/// None where the environment names no home.
#[must_use]
pub fn default_folder() -> Option<PathBuf> {
    folder_of(|name| std::env::var_os(name).map(PathBuf::from), std::env::home_dir())
}

fn folder_of(variable: impl Fn(&str) -> Option<PathBuf>, home: Option<PathBuf>) -> Option<PathBuf> {
    let home = home.filter(|home| home.is_absolute());
    if cfg!(windows) {
        return Some(variable("LOCALAPPDATA").filter(|data| data.is_absolute())?.join("Countersign"));
    }
    if cfg!(target_os = "macos") {
        return Some(home?.join("Library/Application Support/Countersign"));
    }
    // The specification: a relative path is to be ignored.
    let data = variable("XDG_DATA_HOME").filter(|data| data.is_absolute());
    Some(data.or_else(|| Some(home?.join(".local/share")))?.join("countersign"))
}

#[cfg(all(test, unix, not(target_os = "macos")))]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_where_xdg_says_or_in_the_home() {
        let home = || Some(PathBuf::from("/home/mira"));
        let xdg = |path: &'static str| move |_: &str| Some(PathBuf::from(path));
        assert_eq!(folder_of(xdg("/data"), home()), Some("/data/countersign".into()));
        assert_eq!(folder_of(xdg("data"), home()), Some("/home/mira/.local/share/countersign".into()));
        assert_eq!(folder_of(|_| None, home()), Some("/home/mira/.local/share/countersign".into()));
        assert_eq!(folder_of(|_| None, Some("".into())), None);
    }
}
