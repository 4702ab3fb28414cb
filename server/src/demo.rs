//! A server to try things with: one organisation, three persons, free ports on this machine.

use std::path::Path;

use countersign_protocol::Text;

use crate::config::{Config, Organisation};
use crate::given::Given;
use crate::running::Running;
use crate::server::{Server, StartFailed};
use crate::service::Password;

/// Three, so that removing somebody's only phone, which is final until someone helps, does not end the demo.
const PERSONS: [(&str, &str); 3] = [
    ("mira.okafor@halden.example", "Mira Okafor"),
    ("jonas.lindqvist@halden.example", "Jonas Lindqvist"),
    ("amal.haddad@halden.example", "Amal Haddad"),
];

/// A running demo.
pub struct Demo {
    /// The server.
    pub running: Running,
    /// Who may sign in.
    pub persons: Vec<DemoPerson>,
}

/// A person of the demo.
pub struct DemoPerson {
    /// What is typed at the sign-in.
    pub user_name: Text<128>,
    /// The name.
    pub name: Text<64>,
    /// A random password.
    pub password: Password,
}

impl Demo {
    /// The demo's config, to be changed where a test wants it.
    #[must_use]
    pub fn config(folder: &Path) -> Config {
        let organisation = Organisation {
            name: demo_text("Halden College"),
            application: demo_text("Halden Mail"),
            help_desk: Some(demo_text("+47 5550 0100")),
            download: Some("https://countersign.example/app".to_owned()),
            privacy: None,
        };
        Config::loopback(folder.to_owned(), organisation)
    }

    /// Starts the demo with its state in this folder.
    ///
    /// # Errors
    /// [`StartFailed`] when folder or ports are not to be had.
    pub async fn start(folder: &Path, given: Given) -> Result<Self, StartFailed> {
        Self::start_with(&Self::config(folder), given).await
    }

    /// Starts the demo with a config that was changed.
    ///
    /// # Errors
    /// [`StartFailed`] when folder or ports are not to be had.
    pub async fn start_with(config: &Config, given: Given) -> Result<Self, StartFailed> {
        Server::make(config, &given).await?;
        let random = std::sync::Arc::clone(&given.random);
        let running = Server::start(config, given).await?;
        let mut persons = Vec::new();
        for (user_name, name) in PERSONS {
            let person = DemoPerson {
                user_name: demo_text(user_name),
                name: demo_text(name),
                password: Password::make(random.as_ref()),
            };
            let added = running.service().add_person(
                person.user_name.clone(),
                person.name.clone(),
                person.password.clone(),
            );
            added.await?;
            persons.push(person);
        }
        Ok(Self { running, persons })
    }
}

#[expect(
    clippy::expect_used,
    reason = "the texts above are plain and short, which a test of this module runs through"
)]
fn demo_text<const MAX: usize>(text: &str) -> Text<MAX> {
    Text::new(text).expect("a plain and short text")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::HashingCost;

    #[tokio::test]
    async fn the_demo_starts_on_free_ports_with_three_persons() {
        let folder = tempfile::tempdir().unwrap();
        let given = Given { hashing_cost: HashingCost::LEAST, ..Given::default() };
        let demo = Demo::start(folder.path(), given).await.unwrap();
        assert_eq!(demo.persons.len(), 3);
        let pages = format!("http://localhost:{}", demo.running.pages_address().port());
        assert_eq!(demo.running.pages_url().as_str(), pages);
        let phone = format!("https://localhost:{}", demo.running.phone_address().port());
        assert_eq!(demo.running.phone_base().as_str(), phone);
        demo.running.shutdown().await;
    }
}
