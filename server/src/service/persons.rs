//! Persons who are added while the server runs.

use countersign_protocol::{AccountId, Text};

use super::{Failure, Password, Service};
use crate::store::persons::{self, Person};

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

    /// Removes what is over; called once a minute.
    pub(crate) async fn sweep(&self) -> Result<(), Failure> {
        self.write((), |change, service, ()| {
            Box::pin(async move { Ok(crate::store::sweep::sweep(change, service.now()).await?) })
        })
        .await
    }
}
