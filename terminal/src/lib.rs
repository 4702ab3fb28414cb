//! The shell for desktops: a full-screen app, and commands for scripts, on the one object of the core.
//!
//! It holds no rule: what may be added, shown or answered is decided by [`countersign_core`]. It lends the core the
//! desktop's keyring and trusted roots, gives every state and error its words, and draws.
//!
//! ```text
//! keys, arguments ─► app | commands ─► Authenticator ─► Snapshot, codes ─► screen | standard output
//! ```

mod app;
pub mod commands;
mod pictures;
mod platform;
mod program;
mod words;

pub use app::{Ears, Look, Setting, run_app};
pub use platform::{Keyring, LEAST_CHARACTERS, PassphraseSource, SystemTrust, default_folder, this_computer};
pub use program::{main, on_terminal};
pub use words::{Said, Words};
