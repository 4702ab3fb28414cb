//! The full-screen app: one [`Model`], drawn by `draw`, moved on by `update`, and a runner that hears and does.
//!
//! ```text
//! keyboard ─┐                       ┌─► draw(&Model) ─► terminal
//! core ─────┼─► Ears ─► update(&mut Model) ─┤
//! effects ──┘      ▲                └─► Effect ─► Work ─► core
//!                  └───────────────────────────────┘
//! ```
//!
//! Nothing but the runner touches the core, the clock or the terminal, so every screen and every key is tested without
//! either.

mod bindings;
mod done;
mod draw;
mod events;
mod field;
mod files;
mod form;
mod keys;
mod line;
mod look;
mod model;
mod page;
mod pulse;
#[cfg(test)]
mod samples;
mod screens;
mod shown;
mod work;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use countersign_core::authenticator::{Authenticator, CodeKind, Lock};
use countersign_protocol::Clock;
use ratatui::Terminal;
use ratatui::backend::Backend;
use ratatui::crossterm::event as input;
use ratatui::crossterm::execute;
use zeroize::Zeroizing;

pub use self::events::Ears;
pub use self::look::Look;
pub(crate) use self::look::Sign;
pub use self::model::Setting;
pub(crate) use self::model::{digits, name};
pub(crate) use self::shown::showable;

use self::events::{Effect, Event};
use self::model::Model;
use self::work::Work;

/// How often the thread that reads keys looks whether the app has ended.
const READ: Duration = Duration::from_millis(200);
/// How long the app rests when nothing counts down and nobody types.
const REST: Duration = Duration::from_secs(60);

/// Runs the app on a terminal until the person quits. Its `ears` are those whose listener the core was given.
///
/// It reads the keys of the process's terminal; what it is drawn on is the caller's. The caller makes the terminal
/// ready and puts it back ([`crate::on_terminal`] does both).
///
/// # Errors
/// What the terminal says when it is drawn on.
pub fn run_app<B: Backend>(
    authenticator: &Arc<Authenticator>,
    ears: Ears,
    clock: &Arc<dyn Clock>,
    setting: Setting,
    terminal: &mut Terminal<B>,
) -> Result<(), B::Error> {
    let is_over = Arc::new(AtomicBool::new(false));
    let told = ears.told.clone();
    let stop = Arc::clone(&is_over);
    let reader =
        thread::Builder::new().name("countersign-keys".into()).spawn(move || read_keys(&told, &stop));
    // A terminal that knows no bracketed paste types what is pasted; that serves, too.
    let _ = execute!(io::stdout(), input::EnableBracketedPaste);
    let result = run(authenticator, ears, &**clock, setting, terminal);
    let _ = execute!(io::stdout(), input::DisableBracketedPaste);
    is_over.store(true, Ordering::Release);
    if let Ok(reader) = reader {
        // It ends within one turn; what it could say nobody hears any more.
        let _ = reader.join();
    }
    result
}

/// The loop: hear, update, do, draw. It draws at every second that something counts down, by the clock's own border.
fn run<B: Backend>(
    authenticator: &Arc<Authenticator>,
    ears: Ears,
    clock: &dyn Clock,
    setting: Setting,
    terminal: &mut Terminal<B>,
) -> Result<(), B::Error> {
    let Some(mut work) = Work::start(Arc::clone(authenticator), ears.told.clone(), setting.words) else {
        return Ok(()); // Without a thread there is no app; the caller's terminal is as it was.
    };
    let mut model = Model::new(setting, clock.now(), authenticator.snapshot());
    if model.opens_by_keyring() && matches!(model.snapshot.lock, Lock::Locked | Lock::SecretsLocked) {
        work.take(Effect::Unlock(countersign_core::authenticator::UnlockWith::KeyStore), &mut model);
    }
    work.set_active(true);
    look(authenticator, &mut model);
    loop {
        model.now = clock.now();
        if model.is_stale() {
            look(authenticator, &mut model);
        }
        terminal.draw(|frame| draw::draw(frame, &model))?;
        let rest = if model.is_counting() { pulse::until_next_second() } else { REST };
        let event = match ears.heard.recv_timeout(rest) {
            Ok(event) => event,
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => break,
        };
        // What has come meanwhile is taken before the next drawing, so that a burst costs one.
        let mut events = vec![event];
        events.extend(ears.heard.try_iter());
        for event in events {
            model.now = clock.now();
            if matches!(event, Event::Done(_) | Event::Newer) {
                look(authenticator, &mut model);
            }
            if let Some(effect) = update(&mut model, event)
                && work.take(effect, &mut model)
            {
                work.set_active(false);
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Takes one event.
fn update(model: &mut Model, event: Event) -> Option<Effect> {
    match event {
        Event::Key(key) => keys::press(model, key),
        Event::Paste(text) => {
            keys::paste(model, &text);
            None
        }
        Event::Completed(name) => {
            keys::complete(model, &name);
            None
        }
        Event::Done(done) => done::done(model, done),
        Event::Newer | Event::Resized => None,
        Event::Closed => Some(Effect::Quit),
    }
}

/// Looks at the core: the snapshot, and the codes of the accounts that make some.
fn look(authenticator: &Authenticator, model: &mut Model) {
    let snapshot = authenticator.snapshot();
    let with_codes = snapshot.accounts.iter().filter(|row| row.codes != CodeKind::None);
    let ids: Vec<_> = with_codes.map(|row| row.id).collect();
    let codes = authenticator.codes(&ids);
    // A locked vault does not tell it.
    model.device_name = authenticator.phone_name().ok();
    model.ended_before = authenticator.ended_before();
    model.see(snapshot, codes);
}

/// Reads keys, pastes and changes of size until the app is over.
fn read_keys(told: &Sender<Event>, is_over: &AtomicBool) {
    while !is_over.load(Ordering::Acquire) {
        let event = match read_one() {
            Ok(Some(event)) => event,
            Ok(None) => continue,
            Err(_) => Event::Closed,
        };
        let is_closed = matches!(event, Event::Closed);
        if told.send(event).is_err() || is_closed {
            return;
        }
    }
}

fn read_one() -> io::Result<Option<Event>> {
    if !input::poll(READ)? {
        return Ok(None);
    }
    Ok(match input::read()? {
        input::Event::Key(key) => Some(Event::Key(key)),
        input::Event::Paste(text) => Some(Event::Paste(Zeroizing::new(text))),
        input::Event::Resize(..) => Some(Event::Resized),
        input::Event::FocusGained | input::Event::FocusLost | input::Event::Mouse(_) => None,
    })
}

#[cfg(test)]
mod tests;
