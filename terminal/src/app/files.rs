//! Names of files as they are typed: `~` is the home, Tab completes.

use std::path::{MAIN_SEPARATOR, Path, PathBuf};

/// The file that a typed name means. Blanks and quotes around it are what a terminal puts there when a file is dropped
/// on it.
pub(crate) fn expanded(typed: &str) -> PathBuf {
    of_home(unquoted(typed), std::env::home_dir())
}

fn of_home(typed: &str, home: Option<PathBuf>) -> PathBuf {
    match (typed.strip_prefix('~'), home) {
        (Some(""), Some(home)) => home,
        (Some(rest), Some(home)) if rest.starts_with(['/', MAIN_SEPARATOR]) => {
            home.join(rest.trim_start_matches(['/', MAIN_SEPARATOR]))
        }
        _ => PathBuf::from(typed),
    }
}

fn unquoted(typed: &str) -> &str {
    let typed = typed.trim();
    for quote in ['\'', '"'] {
        if let Some(inner) = typed.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return inner;
        }
    }
    typed
}

/// The typed name, longer by what all files have in common that begin like it. None when there is nothing to add.
pub(crate) fn completed(typed: &str) -> Option<String> {
    let (before, begun) = match typed.rfind(['/', MAIN_SEPARATOR]) {
        Some(at) => (typed.get(..=at)?, typed.get(at + 1..)?),
        None => ("", typed),
    };
    let folder = if before.is_empty() { PathBuf::from(".") } else { expanded(before) };
    let mut fitting: Vec<(String, bool)> = Vec::new();
    for entry in std::fs::read_dir(folder).ok()?.flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        // Hidden files are meant only by who types the dot.
        if name.starts_with(begun) && (begun.starts_with('.') || !name.starts_with('.')) {
            fitting.push((name, is_folder(&entry.path())));
        }
    }
    let (first, is_folder) = fitting.first()?;
    let mut common = first.clone();
    for (name, _) in &fitting {
        while !name.starts_with(&common) {
            common.pop();
        }
    }
    if fitting.len() == 1 && *is_folder {
        common.push(MAIN_SEPARATOR);
    }
    (common != begun).then(|| format!("{before}{common}"))
}

fn is_folder(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_name_may_begin_at_home_and_stand_in_quotes() {
        let home = || Some(PathBuf::from("/home/mira"));
        assert_eq!(of_home("~/qr code.png", home()), Path::new("/home/mira/qr code.png"));
        assert_eq!(of_home("~", home()), Path::new("/home/mira"));
        assert_eq!(of_home("~other/qr.png", home()), Path::new("~other/qr.png"));
        assert_eq!(of_home("~/qr.png", None), Path::new("~/qr.png"));
        assert_eq!(unquoted(" '/tmp/a b.png' "), "/tmp/a b.png");
        assert_eq!(unquoted("\"a.png\""), "a.png");
    }

    #[test]
    fn tab_completes_as_far_as_it_is_clear() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["screenshot-1.png", "screenshot-2.png", ".hidden"] {
            std::fs::write(folder.path().join(name), b"").unwrap();
        }
        std::fs::create_dir(folder.path().join("pictures")).unwrap();
        let complete = |begun: &str| {
            let typed = format!("{}/{begun}", folder.path().display());
            completed(&typed)
                .map(|name| name.strip_prefix(&format!("{}/", folder.path().display())).unwrap().to_owned())
        };
        assert_eq!(complete("s").as_deref(), Some("screenshot-"));
        assert_eq!(complete("screenshot-"), None, "two fit");
        assert_eq!(complete("screenshot-2").as_deref(), Some("screenshot-2.png"));
        assert_eq!(complete("pic").as_deref(), Some("pictures/"));
        assert_eq!(complete("."), Some(".hidden".to_owned()));
        assert_eq!(complete("nothing"), None);
        assert_eq!(completed("/there/is/no/such/folder/x"), None);
    }
}
