//! The server's command.

fn main() -> std::process::ExitCode {
    countersign_server::run()
}
