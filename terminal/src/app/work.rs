//! Doing what the screens ask for. Whatever may take time runs beside the app and tells by [`Done`].

use std::future::Future;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countersign_core::authenticator::{Authenticator, Cancel, Change, CoreError, Offer, OfferView};
use tokio::runtime::{Builder, Runtime};

use super::events::{Done, Effect, Event};
use super::files;
use super::model::Model;
use super::screens::{Found, Screen};
use crate::pictures;
use crate::words::Words;

type Offers = Vec<Option<Arc<Offer>>>;

/// Does effects, and holds what was read until it is added.
pub(super) struct Work {
    authenticator: Arc<Authenticator>,
    told: Sender<Event>,
    words: Words,
    /// What was read last, by place.
    offers: Arc<Mutex<Offers>>,
    /// Gives up what was begun to be added last.
    adding: Arc<Cancel>,
    runtime: Runtime,
}

impl Work {
    /// None when the system gives no thread.
    pub(super) fn start(
        authenticator: Arc<Authenticator>,
        told: Sender<Event>,
        words: Words,
    ) -> Option<Self> {
        let runtime =
            Builder::new_multi_thread().worker_threads(1).thread_name("countersign-app").build().ok()?;
        let (offers, adding) = Default::default();
        Some(Self { authenticator, told, words, offers, adding, runtime })
    }

    /// Says that the app is in front, or waits until nothing is open any more.
    pub(super) fn set_active(&self, is_active: bool) {
        self.runtime.block_on(self.authenticator.set_active(is_active));
    }

    /// Does an effect. True when the app is to end.
    pub(super) fn take(&mut self, effect: Effect, model: &mut Model) -> bool {
        let core = Arc::clone(&self.authenticator);
        match effect {
            Effect::Quit => return true,
            Effect::Lock => core.lock(),
            Effect::Dismiss => model.snapshot.notices.iter().for_each(|notice| core.dismiss(*notice)),
            Effect::Diagnostics => {
                model.screens.push(Screen::HelpDesk { text: core.diagnostics(), scroll: 0 });
            }
            Effect::Unlock(with) => {
                let is_new = core.snapshot().is_first_start;
                self.tell(async move { Done::Unlocked { is_new, result: core.unlock(with).await } });
            }
            Effect::Restore(with) => self.tell(async move {
                Done::Unlocked { is_new: false, result: core.restore_previous(with).await }
            }),
            Effect::MakeUnlockCode => {
                self.tell(async move { Done::Coded(core.make_unlock_code().await.map(|code| code.expose())) })
            }
            Effect::StartOver => self.tell(async move { Done::StartedOver(core.start_over().await) }),
            Effect::ReadText(text) => {
                let (kept, words) = (Arc::clone(&self.offers), self.words);
                self.tell(async move { keep(&kept, vec![core.read_offer(text).await], words) });
            }
            Effect::ReadKey(typed) => {
                let (kept, words) = (Arc::clone(&self.offers), self.words);
                self.tell(async move { keep(&kept, vec![core.read_key(typed).await], words) });
            }
            Effect::ReadTyped { code, url } => {
                let (kept, words) = (Arc::clone(&self.offers), self.words);
                self.tell(async move { keep(&kept, vec![core.read_typed(code, url).await], words) });
            }
            Effect::ReadPicture(file) => self.read_picture(file),
            Effect::Add(place) => {
                let offer = self.offers().get(place).cloned().flatten();
                self.adding = Arc::default();
                let cancel = Arc::clone(&self.adding);
                self.tell(async move {
                    Done::Added(match offer {
                        Some(offer) => core.add(offer, Some(cancel)).await,
                        None => Err(CoreError::Gone),
                    })
                });
            }
            Effect::GiveUp => {
                // Where it is too late the account is there, and is shown.
                self.adding.cancel();
            }
            Effect::Answer { account, request, decision } => {
                self.tell(async move {
                    let result = core.answer(account, request, decision).await;
                    Done::Answered { account, request, result }
                });
            }
            Effect::Refresh => self.tell(async move { Done::Refreshed(core.refresh().await) }),
            Effect::Edit { account, change } => self.tell(async move {
                let is_name = matches!(change, Change::Name(_));
                let result = core.edit(account, change).await;
                if is_name { Done::Named(result) } else { Done::Counted(result) }
            }),
            Effect::NameDevice(name) => {
                self.tell(async move { Done::DeviceNamed(core.name_phone(name).await) });
            }
            Effect::Remove { account, name, host } => {
                self.tell(async move { Done::Removed { name, host, result: core.remove(account).await } });
            }
            Effect::Complete(typed) => {
                let told = self.told.clone();
                self.runtime.spawn_blocking(move || {
                    if let Some(name) = files::completed(&typed) {
                        // Nobody hears any more once the app has ended.
                        let _ = told.send(Event::Completed(name));
                    }
                });
            }
        }
        false
    }

    fn tell(&self, work: impl Future<Output = Done> + Send + 'static) {
        let told = self.told.clone();
        self.runtime.spawn(async move {
            let _ = told.send(Event::Done(work.await));
        });
    }

    fn offers(&self) -> MutexGuard<'_, Offers> {
        self.offers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read_picture(&self, file: String) {
        let (core, kept, words) = (Arc::clone(&self.authenticator), Arc::clone(&self.offers), self.words);
        let texts = self.runtime.spawn_blocking(move || pictures::read_file(&files::expanded(&file), words));
        self.tell(async move {
            match texts.await {
                Ok(Ok(texts)) => {
                    let mut read = Vec::new();
                    for text in texts {
                        read.push(core.read_offer(text).await);
                    }
                    keep(&kept, read, words)
                }
                Ok(Err(said)) => Done::Read(Err(said)),
                // A panic of a decoder ends the reading only.
                Err(_) => Done::Read(Err(words.error(&CoreError::Cancelled))),
            }
        });
    }
}

/// Keeps what can be added, and tells what a person may see of each.
fn keep(kept: &Mutex<Offers>, read: Vec<Result<Arc<Offer>, CoreError>>, words: Words) -> Done {
    let found = read.iter().enumerate().map(|(place, offer)| Found::of(place, offer, words)).collect();
    *kept.lock().unwrap_or_else(PoisonError::into_inner) = read.into_iter().map(Result::ok).collect();
    Done::Read(Ok(found))
}

impl Found {
    fn of(place: usize, read: &Result<Arc<Offer>, CoreError>, words: Words) -> Self {
        let nothing = Self { place, organisation: None, account: None, host: None, refused: None };
        match read.as_ref().map(|offer| offer.view()) {
            Ok(OfferView::Work { host, is_known }) => Self {
                host: Some(host.clone()),
                refused: is_known.then(|| words.said("already-here", &[])),
                ..nothing
            },
            Ok(OfferView::Codes { issuer, account, is_known }) => Self {
                organisation: issuer.clone(),
                account: account.clone(),
                refused: is_known.then(|| words.said("already-here", &[])),
                ..nothing
            },
            Err(error) => Self { refused: Some(words.error(error)), ..nothing },
        }
    }
}
