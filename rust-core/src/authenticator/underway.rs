//! What must not be cut in the middle: calls that are open, changes that are not written.

use tokio::sync::watch;

/// Counts what is underway, so that whoever sends the app away can wait for it.
pub(super) struct Underway(watch::Sender<usize>);

/// One of what is underway, until it is dropped.
pub(super) struct Step(watch::Sender<usize>);

impl Default for Underway {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}

impl Underway {
    pub(super) fn begin(&self) -> Step {
        self.0.send_modify(|steps| *steps += 1);
        Step(self.0.clone())
    }

    /// Waits for a moment in which nothing is underway.
    pub(super) async fn none(&self) {
        // The sender is borrowed, so that it does not go away meanwhile.
        let _ = self.0.subscribe().wait_for(|steps| *steps == 0).await;
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        self.0.send_modify(|steps| *steps = steps.saturating_sub(1));
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    #[test]
    fn nothing_is_underway_when_the_last_step_is_done() {
        let underway = Underway::default();
        let (one, other) = (underway.begin(), underway.begin());
        let mut none = pin!(underway.none());
        let mut look = Context::from_waker(Waker::noop());
        assert_eq!(none.as_mut().poll(&mut look), Poll::Pending);
        drop(one);
        assert_eq!(none.as_mut().poll(&mut look), Poll::Pending);
        drop(other);
        assert_eq!(none.as_mut().poll(&mut look), Poll::Ready(()));
    }
}
