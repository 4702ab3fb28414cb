//! The calls of a connection. One is under way from the last byte of its body to its answer: until then its sender could
//! take as long as it likes, and nobody waits for the server.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use http_body::{Body, Frame, SizeHint};
use tokio::time::Instant;

/// How many calls of a connection are under way.
#[derive(Clone)]
pub(super) struct Calls(Arc<Mutex<CallCount>>);

struct CallCount {
    under_way: usize,
    /// When the last one ended, or the connection began.
    last_end: Instant,
}

/// A call that is under way until this is dropped.
pub(super) struct UnderWay(Calls);

impl Calls {
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(CallCount { under_way: 0, last_end: Instant::now() })))
    }

    pub(super) fn begin(&self) -> UnderWay {
        self.count().under_way += 1;
        UnderWay(self.clone())
    }

    /// Since when no call is under way; None while one is.
    pub(super) fn quiet_since(&self) -> Option<Instant> {
        let count = self.count();
        (count.under_way == 0).then_some(count.last_end)
    }

    /// A call whose head is there: itself, and its body, which begins it when it has come to its end.
    pub(super) fn arrive<B: Body>(&self, body: B) -> (Call, Arriving<B>) {
        let call = Call(Arc::new(Mutex::new(Stage::Arriving(self.clone()))));
        let body = Arriving { call: Call(Arc::clone(&call.0)), inner: Box::pin(body) };
        body.look();
        (call, body)
    }

    fn count(&self) -> MutexGuard<'_, CallCount> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut count = self.0.count();
        count.under_way -= 1;
        count.last_end = Instant::now();
    }
}

/// A call from its head to its answer.
pub(super) struct Call(Arc<Mutex<Stage>>);

enum Stage {
    Arriving(Calls),
    Begun { _under_way: UnderWay },
    Answered,
}

impl Call {
    fn begin(&self) {
        let mut stage = self.stage();
        if let Stage::Arriving(calls) = &*stage {
            *stage = Stage::Begun { _under_way: calls.begin() };
        }
    }

    pub(super) fn end(self) {
        *self.stage() = Stage::Answered;
    }

    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The body of a call, which begins the call at its end.
pub(crate) struct Arriving<B> {
    call: Call,
    inner: Pin<Box<B>>,
}

impl<B: Body> Arriving<B> {
    fn look(&self) {
        if self.inner.is_end_stream() {
            self.call.begin();
        }
    }
}

impl<B: Body> Body for Arriving<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let frame = ready!(self.inner.as_mut().poll_frame(context));
        match frame {
            None => self.call.begin(),
            Some(_) => self.look(),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
