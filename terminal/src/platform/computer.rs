//! What this computer is called on the server's pages.

use countersign_protocol::{List, PhoneDescription, Platform, Text};

use crate::words::Words;

/// This computer as a phone: named by its host name, so that the person knows it on Security info, with nothing that
/// could wake it.
///
/// None only if the texts and the version of this build could not be shown: a test refuses that.
#[must_use]
pub fn this_computer(words: Words) -> Option<PhoneDescription> {
    described(host_name().as_deref(), words)
}

fn described(host: Option<&str>, words: Words) -> Option<PhoneDescription> {
    let name = host.and_then(Text::clean).or_else(|| Text::clean(&words.text("this-computer")))?;
    let app = Text::new(env!("CARGO_PKG_VERSION")).ok()?;
    Some(PhoneDescription { name, platform: Platform::Terminal, app, wakes: List::default() })
}

fn host_name() -> Option<String> {
    let kept = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    kept.or_else(|| std::env::var("COMPUTERNAME").ok()).or_else(|| std::env::var("HOSTNAME").ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_computer_has_its_host_name_and_without_one_a_plain_word() {
        let name = |host| described(host, Words::default()).unwrap().name.to_string();
        assert_eq!(name(Some("desk\n")), "desk");
        assert_eq!(name(Some("\u{1b}[2J\u{202e}")), "[2J");
        assert_eq!(name(Some(" \n")), "Computer");
        assert_eq!(name(None), "Computer");
    }
}
