//! Passwords that are being checked. With those that were wrong they never come to more than a limit, and one that turns
//! out right has taken nobody's place for longer than its check.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

/// The checks under way, by the counts that they fall into when they are wrong.
#[derive(Clone)]
pub(crate) struct Trials(Arc<Inner>);

struct Inner {
    under_way: Mutex<HashMap<String, usize>>,
    ended: watch::Sender<()>,
}

/// One check. It ends when it is dropped; a wrong one is written down before.
pub(crate) struct Trial {
    trials: Trials,
    counts: Vec<String>,
}

impl Default for Trials {
    fn default() -> Self {
        Self(Arc::new(Inner { under_way: Mutex::default(), ended: watch::Sender::new(()) }))
    }
}

impl Trials {
    /// Hears of checks that end from now on.
    pub(crate) fn ended(&self) -> watch::Receiver<()> {
        self.0.ended.subscribe()
    }

    /// Begins a check if fewer are under way in each count than it still takes. What it takes was read after `ended` was
    /// made. None: read again once a check has ended.
    pub(crate) fn begin(&self, room: &[(String, usize)], ended: &watch::Receiver<()>) -> Option<Trial> {
        let mut under_way = self.0.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        // A check that ended meanwhile may have been wrong: it is no longer here, and was not there when it was read.
        let is_old = ended.has_changed().unwrap_or(true);
        let has_room =
            |(name, left): &(String, usize)| under_way.get(name).copied().unwrap_or_default() < *left;
        if is_old || !room.iter().all(has_room) {
            return None;
        }
        let counts: Vec<String> = room.iter().map(|(name, _)| name.clone()).collect();
        for name in &counts {
            *under_way.entry(name.clone()).or_default() += 1;
        }
        Some(Trial { trials: self.clone(), counts })
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        let Inner { under_way, ended } = &*self.trials.0;
        let mut under_way = under_way.lock().unwrap_or_else(PoisonError::into_inner);
        for name in &self.counts {
            if let Some(count) = under_way.get_mut(name) {
                *count -= 1;
            }
        }
        under_way.retain(|_, count| *count > 0);
        // Said under the lock, so that nobody begins between the two.
        ended.send_replace(());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::ClientAddress;
    use crate::service::{Password, PasswordUse, Service, Visitor};
    use crate::{Demo, Given, HashingCost};

    fn room(name: &str, left: usize) -> [(String, usize); 2] {
        [(name.to_owned(), left), ("all".to_owned(), 3)]
    }

    #[test]
    fn no_more_are_under_way_than_may_be_wrong() {
        let trials = Trials::default();
        let ended = trials.ended();
        let begin = |name, left| trials.begin(&room(name, left), &ended);
        let _first = begin("mira", 2).unwrap();
        let _second = begin("mira", 2).unwrap();
        assert!(begin("mira", 2).is_none());
        let _other = begin("jonas", 2).unwrap();
        assert!(begin("amal", 2).is_none(), "the count of all is full");
    }

    #[test]
    fn what_was_read_before_a_check_ended_begins_nothing() {
        let trials = Trials::default();
        let before = trials.ended();
        drop(trials.begin(&room("mira", 1), &before).unwrap());
        assert!(trials.begin(&room("mira", 1), &before).is_none());
        assert!(trials.begin(&room("mira", 1), &trials.ended()).is_some());
    }

    #[test]
    fn what_has_ended_leaves_nothing_behind() {
        let trials = Trials::default();
        drop(trials.begin(&room("mira", 1), &trials.ended()).unwrap());
        assert!(trials.0.under_way.lock().unwrap().is_empty());
    }

    async fn until_under_way(service: &Service, count: usize) {
        while service.trials().0.under_way.lock().unwrap().len().min(1) != count {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn a_wrong_password_counts_though_its_browser_has_gone_away() {
        let folder = tempfile::tempdir().unwrap();
        let given = Given { hashing_cost: HashingCost::LEAST, ..Given::default() };
        let demo = Demo::start(folder.path(), given).await.unwrap();
        let (service, person) = (demo.running.service(), &demo.persons[0]);
        let address = ClientAddress::new("203.0.113.24".parse().unwrap());
        let visitor = Visitor { address, browser: None };
        let sign_in = |password| service.sign_in(person.user_name.as_str(), password, &visitor);
        for _ in 0..10 {
            let mut sign_in = Box::pin(sign_in(Password::new("wrong".to_owned())));
            tokio::select! {
                biased;
                done = &mut sign_in => panic!("{done:?} before anybody could go away"),
                () = until_under_way(service, 1) => {}
            }
            drop(sign_in);
            until_under_way(service, 0).await;
        }
        let right = sign_in(person.password.clone()).await.unwrap();
        assert!(matches!(right, PasswordUse::TooMany(_)), "{right:?}");
        demo.running.shutdown().await;
    }
}
