//! The command line: `countersign-server init | serve | demo | config check`.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use countersign_protocol::Text;
use tracing_subscriber::EnvFilter;

use crate::config::{Config, ConfigRefused};
use crate::demo::Demo;
use crate::given::Given;
use crate::running::{Broken, Running};
use crate::server::{Server, StartFailed};
use crate::service::Password;
use crate::state::{self, Renaming};

/// The server of Countersign: sign-in prompt, wizard, Security info, and the phone's calls.
#[derive(Parser)]
#[command(name = "countersign-server", version)]
struct Line {
    #[command(subcommand)]
    command: Command,
    /// The config file
    #[arg(long, global = true, default_value = "countersign.toml")]
    config: PathBuf,
}

#[derive(Subcommand)]
enum Command {
    /// Add a person, and make the folder of state, the key file and the server's keys where they are not there yet
    Init {
        /// What the person types to sign in
        #[arg(long)]
        user_name: String,
        /// The person's name
        #[arg(long)]
        name: String,
    },
    /// Give a person another user name and name, while no server runs; the account and its phones stay
    Rename {
        /// What the person types to sign in so far
        #[arg(long)]
        user_name: String,
        /// What the person types from now on; left out, it stays
        #[arg(long)]
        new_user_name: Option<String>,
        /// The person's name
        #[arg(long)]
        name: String,
    },
    /// Serve until SIGINT or SIGTERM
    Serve,
    /// Serve a demo on free ports of this machine, with three persons and a throw-away folder
    Demo {
        /// Where to keep its state; nothing is removed then
        #[arg(long)]
        folder: Option<PathBuf>,
    },
    /// Look at the config file
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
}

#[derive(Subcommand)]
enum ConfigCommand {
    /// Say what is wrong with it, line by line
    Check,
}

/// Why a command ended early.
#[derive(Debug, thiserror::Error)]
enum CommandFailed {
    #[error("{path}:\n{refused}")]
    Config { path: String, refused: ConfigRefused },
    #[error(transparent)]
    Start(#[from] StartFailed),
    #[error("{0} cannot be used: it is plain text on one line, of 1 to {1} characters")]
    Name(&'static str, usize),
    #[error("somebody has the user name {0} already")]
    Taken(String),
    #[error("nobody has the user name {0}")]
    Unknown(String),
    #[error(transparent)]
    Broken(#[from] Broken),
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Runs the command of this process.
#[must_use]
pub fn run() -> ExitCode {
    let line = Line::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).init();
    let done = tokio::runtime::Runtime::new().map_err(CommandFailed::from).and_then(|runtime| {
        runtime.block_on(async {
            match line.command {
                Command::Init { user_name, name } => init(&line.config, user_name, name).await,
                Command::Rename { user_name, new_user_name, name } => {
                    rename(&line.config, &user_name, new_user_name, name).await
                }
                Command::Serve => serve(&line.config).await,
                Command::Demo { folder } => demo(folder).await,
                Command::Config { command: ConfigCommand::Check } => check(&line.config),
            }
        })
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            // There is nowhere else to say it when even this cannot be written.
            let _ = writeln!(io::stderr(), "{}", with_causes(&failed));
            ExitCode::FAILURE
        }
    }
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

fn read(path: &Path) -> Result<Config, CommandFailed> {
    Config::read(path).map_err(|refused| CommandFailed::Config { path: path.display().to_string(), refused })
}

fn check(path: &Path) -> Result<(), CommandFailed> {
    read(path)?;
    writeln!(io::stdout(), "{} is right", path.display())?;
    Ok(())
}

async fn init(path: &Path, user_name: String, name: String) -> Result<(), CommandFailed> {
    let config = read(path)?;
    let given = Given::default();
    let shown = Text::new(user_name.as_str()).map_err(|_| CommandFailed::Name("--user-name", 128))?;
    let name = Text::new(name).map_err(|_| CommandFailed::Name("--name", 64))?;
    let password = Password::make(given.random.as_ref());
    let is_new = !config.database().exists();
    Server::make(&config, &given).await?;
    let added = state::add_person(&config, given, shown, name, password.clone()).await;
    if !added.map_err(StartFailed::from)? {
        return Err(CommandFailed::Taken(user_name));
    }
    let mut out = io::stdout();
    if is_new {
        writeln!(out, "Made {} and {}.", config.state.display(), config.key_file.display())?;
        writeln!(out, "Keep a copy of the key file apart from the database: without it no secret opens.")?;
    }
    writeln!(out, "Added {user_name}, who signs in with the password {}", password.expose())?;
    Ok(())
}

async fn rename(
    path: &Path,
    user_name: &str,
    new_user_name: Option<String>,
    name: String,
) -> Result<(), CommandFailed> {
    let config = read(path)?;
    let new = new_user_name.unwrap_or_else(|| user_name.to_owned());
    let shown = Text::new(new.as_str()).map_err(|_| CommandFailed::Name("--new-user-name", 128))?;
    let name = Text::new(name).map_err(|_| CommandFailed::Name("--name", 64))?;
    match Server::rename_person(&config, &Given::default(), user_name, (shown, name)).await? {
        Renaming::Renamed => {
            writeln!(
                io::stdout(),
                "{user_name} signs in as {new} from now on; phones hear of it at their next contact"
            )?;
            Ok(())
        }
        Renaming::Unknown => Err(CommandFailed::Unknown(user_name.to_owned())),
        Renaming::Taken => Err(CommandFailed::Taken(new)),
    }
}

async fn serve(path: &Path) -> Result<(), CommandFailed> {
    let running = Server::start(&read(path)?, Given::default()).await?;
    tracing::info!(pages = %running.pages_url(), phones = %running.phone_base(), "serving");
    end_when(running, until_told_to_end()).await
}

/// Ends the server when it is told to, or when it cannot go on: then with an error, so that whatever watches the process
/// starts it anew.
async fn end_when(
    mut running: Running,
    told: impl Future<Output = Result<(), io::Error>>,
) -> Result<(), CommandFailed> {
    let ended = tokio::select! {
        told = told => told.map_err(CommandFailed::from),
        broken = running.broken() => Err(broken.into()),
    };
    running.shutdown().await;
    ended
}

async fn demo(folder: Option<PathBuf>) -> Result<(), CommandFailed> {
    // A new folder of this person alone: one of a known name could be somebody else's, with keys that they know.
    let throw_away = folder.is_none().then(|| tempfile::Builder::new().prefix("countersign-demo-").tempdir());
    let throw_away = throw_away.transpose()?;
    let own = || throw_away.as_ref().map(|made| made.path().to_owned()).unwrap_or_default();
    let folder = folder.unwrap_or_else(own);
    let demo = Demo::start(&folder, Given::default()).await?;
    let mut out = io::stdout();
    writeln!(out, "Sign in at {}", demo.running.pages_url())?;
    for person in &demo.persons {
        writeln!(out, "  {}  {}", person.user_name, person.password.expose())?;
    }
    let ended = end_when(demo.running, until_told_to_end()).await;
    if let Some(made) = throw_away {
        made.close()?;
    }
    ended
}

async fn until_told_to_end() -> Result<(), io::Error> {
    #[cfg(unix)]
    {
        let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::HashingCost;
    use clap::CommandFactory as _;

    #[tokio::test]
    async fn a_server_that_cannot_go_on_ends_with_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let given = Given { hashing_cost: HashingCost::LEAST, ..Given::default() };
        let running = Demo::start(folder.path(), given).await.unwrap().running;
        let service = running.service().clone();
        let serving = tokio::spawn(end_when(running, std::future::pending()));
        let write = service.write((), |_, _, ()| Box::pin(async { panic!("a fault in a write") }));
        let _: Result<(), _> = write.await;
        let ended = serving.await.unwrap();
        assert!(matches!(ended, Err(CommandFailed::Broken(Broken::Writer))), "{ended:?}");
    }

    #[tokio::test]
    async fn a_server_that_is_told_to_end_ends_well() {
        let folder = tempfile::tempdir().unwrap();
        let given = Given { hashing_cost: HashingCost::LEAST, ..Given::default() };
        let running = Demo::start(folder.path(), given).await.unwrap().running;
        end_when(running, async { Ok(()) }).await.unwrap();
    }

    #[test]
    fn the_command_line_is_coherent() {
        Line::command().debug_assert();
    }
}
