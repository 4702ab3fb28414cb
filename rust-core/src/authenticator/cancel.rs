//! Taking back the adding of an account.

use tokio::sync::watch;

/// Gives up the adding of one account, as long as nothing of it is kept.
///
/// Whoever cancels in time has nothing left of it, neither here nor, as far as it can be reached, at the server; whoever
/// comes too late has the account. There is nothing in between.
#[derive(Debug, Default)]
pub struct Cancel(watch::Sender<State>);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// Both ways are open.
    #[default]
    Open,
    /// Given up.
    Cancelled,
    /// The account is being kept: it is too late.
    Settled,
}

impl Cancel {
    /// Gives up. False when it is too late.
    pub fn cancel(&self) -> bool {
        self.move_on(State::Cancelled)
    }

    /// From now on it is too late. False when it was given up before.
    pub(super) fn settle(&self) -> bool {
        self.move_on(State::Settled)
    }

    pub(super) fn is_cancelled(&self) -> bool {
        *self.0.borrow() == State::Cancelled
    }

    /// Waits until it is given up; for ever, where it never is.
    pub(super) async fn cancelled(&self) {
        // The sender is borrowed, so that it does not go away meanwhile.
        let _ = self.0.subscribe().wait_for(|state| *state == State::Cancelled).await;
    }

    /// The first to come decides.
    fn move_on(&self, to: State) -> bool {
        self.0.send_if_modified(|state| {
            let is_open = *state == State::Open;
            if is_open {
                *state = to;
            }
            is_open
        });
        *self.0.borrow() == to
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_to_come_decides() {
        let cancel = Cancel::default();
        assert!(cancel.cancel() && cancel.is_cancelled());
        assert!(!cancel.settle() && cancel.cancel());
        let cancel = Cancel::default();
        assert!(cancel.settle() && !cancel.is_cancelled());
        assert!(!cancel.cancel() && cancel.settle());
    }
}
