//! What a test hears of the log.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use tracing::subscriber::{DefaultGuard, set_default, set_global_default};
use tracing_subscriber::filter::dynamic_filter_fn;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::prelude::*;

/// All that is logged on this thread while it listens. A test's server runs on the test's thread, but for the database.
#[derive(Clone, Default)]
pub(super) struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Who listens to threads on which no test listens. What nobody heard first would count as of interest to nobody.
static OTHER_THREADS: Mutex<Option<Log>> = Mutex::new(None);

struct OtherThreads;

impl<'a> MakeWriter<'a> for OtherThreads {
    type Writer = Log;

    fn make_writer(&'a self) -> Log {
        OTHER_THREADS.lock().unwrap().clone().unwrap_or_default()
    }
}

/// Ends when it is dropped.
pub(super) struct ListeningToAll {
    _here: DefaultGuard,
}

impl Drop for ListeningToAll {
    fn drop(&mut self) {
        *OTHER_THREADS.lock().unwrap() = None;
    }
}

impl Log {
    pub(super) fn listen(&self, filter: &str) -> DefaultGuard {
        // Another test may have been first.
        let other = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(OtherThreads);
        let other = other.with_filter(dynamic_filter_fn(|_, _| OTHER_THREADS.lock().unwrap().is_some()));
        let _ = set_global_default(tracing_subscriber::registry().with(other));
        let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).without_time();
        set_default(subscriber.with_writer(self.clone()).finish())
    }

    /// Whatever is logged at any level, by whichever crate, on whichever thread: the database's, and those of tests that
    /// run beside this one.
    pub(super) fn listen_to_all(&self) -> ListeningToAll {
        let here = self.listen("trace");
        *OTHER_THREADS.lock().unwrap() = Some(self.clone());
        ListeningToAll { _here: here }
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// What was said since the last time, by the journal: messages, each with its fields.
    pub(super) fn take(&self) -> Vec<String> {
        let text = String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap();
        let line = |line: &str| line.split_once("countersign::journal: ").map(|(_, said)| said.to_owned());
        text.lines().filter_map(line).collect()
    }
}
