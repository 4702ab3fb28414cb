//! What may stand on the command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::words::Words;

/// The command line of `countersign`.
#[derive(Parser)]
#[command(
    name = "countersign",
    version,
    about = help("cmd-about"),
    after_help = help("cmd-exit"),
    disable_help_subcommand = true
)]
pub struct Arguments {
    /// The folder of the vault; else the system's own place for it.
    #[arg(long, global = true, value_name = "DIR", help = help("cmd-folder"))]
    pub folder: Option<PathBuf>,
    /// Whether JSON is written.
    #[arg(long, global = true, help = help("cmd-json"))]
    pub json: bool,
    /// The file descriptor that the passphrase is read from.
    #[arg(long, global = true, value_name = "N", help = help("cmd-passphrase-fd"))]
    pub passphrase_fd: Option<u32>,
    /// What to do; without a command the full-screen app runs.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// A command for scripts.
#[derive(Subcommand)]
pub enum Command {
    /// Adds an account.
    #[command(about = help("cmd-add"))]
    Add {
        /// A picture file, a link, or `-` for either on standard input.
        #[arg(value_name = "PICTURE|LINK|-", required_unless_present = "code", help = help("cmd-add-offer"))]
        offer: Option<String>,
        /// The code that the page shows.
        #[arg(long, requires = "url", conflicts_with = "offer", help = help("cmd-add-code"))]
        code: Option<String>,
        /// The URL beside it.
        #[arg(long, requires = "code", help = help("cmd-add-url"))]
        url: Option<String>,
        /// Which of several codes in a picture, from 1.
        #[arg(long, value_name = "N", help = help("cmd-add-choose"))]
        choose: Option<usize>,
    },
    /// Lists the accounts.
    #[command(about = help("cmd-accounts"))]
    Accounts,
    /// Lists the codes that count now.
    #[command(about = help("cmd-codes"))]
    Codes {
        /// Only of this account.
        #[arg(value_name = "ACCOUNT", help = help("cmd-codes-account"))]
        account: Option<String>,
        /// Whether the next code of a counted account is asked for.
        #[arg(long, requires = "account", help = help("cmd-codes-next"))]
        next: bool,
    },
    /// Lists the requests that wait.
    #[command(about = help("cmd-requests"))]
    Requests {
        /// How many seconds to wait for one.
        #[arg(long, value_name = "SECONDS", help = help("cmd-requests-wait"))]
        wait: Option<u64>,
    },
    /// Approves a request.
    #[command(about = help("cmd-approve"))]
    Approve {
        /// Which request.
        #[arg(value_name = "ID", allow_hyphen_values = true, help = help("cmd-request"))]
        request: String,
        /// The number that the page shows.
        #[arg(value_name = "NUMBER", help = help("cmd-approve-number"))]
        number: String,
    },
    /// Denies a request.
    #[command(about = help("cmd-deny"))]
    Deny {
        /// Which request.
        #[arg(value_name = "ID", allow_hyphen_values = true, help = help("cmd-request"))]
        request: String,
    },
    /// Reports a request: it is not the person.
    #[command(about = help("cmd-report"))]
    Report {
        /// Which request.
        #[arg(value_name = "ID", allow_hyphen_values = true, help = help("cmd-request"))]
        request: String,
    },
    /// Removes an account.
    #[command(about = help("cmd-remove"))]
    Remove {
        /// Which account.
        #[arg(value_name = "ACCOUNT", allow_hyphen_values = true, help = help("cmd-remove-account"))]
        account: String,
    },
    /// What this device is called.
    #[command(about = help("cmd-name"))]
    Name {
        /// From now on.
        #[arg(value_name = "NAME", help = help("cmd-name-name"))]
        name: Option<String>,
    },
    /// Opens a damaged vault as it was before its last change.
    #[command(about = help("cmd-restore"))]
    Restore,
    /// Makes an unlock code.
    #[command(about = help("cmd-unlock-code"))]
    UnlockCode,
    /// Puts a vault that does not open aside.
    #[command(about = help("cmd-start-over"))]
    StartOver,
    /// What happened lately.
    #[command(about = help("cmd-diagnostics"))]
    Diagnostics,
}

fn help(id: &str) -> String {
    Words::of_environment().text(id)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn parse(line: &str) -> Result<Arguments, clap::error::ErrorKind> {
        Arguments::try_parse_from(line.split(' ')).map_err(|error| error.kind())
    }

    #[test]
    fn every_command_and_option_has_help() {
        let command = Arguments::command();
        command.clone().debug_assert();
        for sub in command.get_subcommands() {
            assert!(sub.get_about().is_some(), "{}", sub.get_name());
            for argument in sub.get_arguments() {
                assert!(argument.get_help().is_some(), "{} {}", sub.get_name(), argument.get_id());
            }
        }
    }

    #[test]
    fn an_account_is_added_by_one_thing_only() {
        assert!(parse("countersign add qr.png").is_ok());
        assert!(parse("countersign add -").is_ok());
        assert!(parse("countersign add --code HX4WD8RN6PTC --url https://signin.halden.example").is_ok());
        assert!(parse("countersign add").is_err());
        assert!(parse("countersign add --code HX4WD8RN6PTC").is_err());
        assert!(parse("countersign add qr.png --code HX4WD8RN6PTC --url https://x.example").is_err());
    }

    #[test]
    fn ids_may_begin_with_a_hyphen_and_options_stand_anywhere() {
        let arguments =
            parse("countersign --json approve -x_7aaaaaaaaaaaaaaaaaaa 381 --folder /tmp/x").unwrap();
        assert!(arguments.json && arguments.folder.is_some());
        assert!(matches!(arguments.command, Some(Command::Approve { number, .. }) if number == "381"));
        assert!(parse("countersign remove -x_7aaaaaaaaaaaaaaaaaaa").is_ok());
        assert!(parse("countersign").unwrap().command.is_none());
    }
}
