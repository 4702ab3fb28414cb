//! Persons: added, renamed.

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

    /// Gives a person another name; phones show it from their next contact on (I15). False when the user name is
    /// somebody else's.
    ///
    /// # Errors
    /// [`Failure`] on our side.
    pub async fn rename_person(
        &self,
        account: AccountId,
        user_name: Text<128>,
        name: Text<64>,
    ) -> Result<bool, Failure> {
        self.write((account, user_name, name), |change, _, (account, user_name, name)| {
            Box::pin(async move {
                let holder = persons::find_by_user_name(change.db(), user_name.as_str()).await?;
                if holder.is_some_and(|holder| holder.account != *account) {
                    return Ok(false);
                }
                persons::rename(change.db(), *account, user_name, name).await?;
                change.wake(*account);
                Ok(true)
            })
        })
        .await
    }

    /// Removes what is over; called once a minute.
    pub(crate) async fn sweep(&self) -> Result<(), Failure> {
        self.write((), |change, service, ()| {
            Box::pin(async move { Ok(crate::store::sweep::sweep(change, service.now()).await?) })
        })
        .await
    }
}
