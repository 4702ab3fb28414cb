//! Persons who are added while the server runs.

use countersign_protocol::{AccountId, Text};

use super::requests::end_waiting;
use super::{Password, Service};
use crate::failure::Failure;
use crate::rules::request::Event;
use crate::store::persons::{self, Person};
use crate::store::requests;

impl Service {
    /// Adds a person, whose first set-up the password opens from now on (rule 12). None when the name is taken.
    ///
    /// # Errors
    /// [`Failure`] on our side.
    pub async fn add_person(
        &self,
        user_name: Text<128>,
        name: Text<64>,
        password: Password,
    ) -> Result<Option<AccountId>, Failure> {
        let password = self.hashing().hash(password).await?;
        let person = Person::new(self.random(), (user_name, name), password, self.now());
        let account = person.account;
        let is_added = self
            .write(person, |change, _, person| {
                Box::pin(async move { Ok(persons::insert(change.db(), person).await?) })
            })
            .await?;
        Ok(is_added.then_some(account))
    }

    /// Ends requests that nobody answered and removes what is over; called once a minute.
    pub(crate) async fn sweep(&self) -> Result<(), Failure> {
        self.store().journal().minute();
        self.write((), |change, service, ()| {
            Box::pin(async move {
                let now = service.now();
                for account in requests::overdue(change.db(), now).await? {
                    end_waiting(change, account, Event::Look, |_| true, now).await?;
                }
                Ok(crate::store::sweep::sweep(change, now).await?)
            })
        })
        .await
    }
}
