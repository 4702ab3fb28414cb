//! Reading what was scanned or typed, and adding the account of it.

use std::sync::Arc;

use countersign_protocol::ActivationCode;
use zeroize::Zeroizing;

use super::CoreError;
use super::activation::{Destination, again, code_hash};
use super::cancel::Cancel;
use super::codes::kind;
use super::core::Core;
use super::diagnostics::Event;
use crate::enrolment::{self, CodesOffer, TypedKey};
use crate::net::Trust;
use crate::vault::{CodeEntry, EntryId, SecretBytes, WorkAccount};

/// An account that can be added. A handle: what it holds stays in the core.
#[derive(Debug)]
pub struct Offer(enrolment::Offer, OfferView);

/// What a person may see of an offer before it is added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OfferView {
    /// A work or school account.
    Work {
        /// The server's host in ASCII form. It was not asked yet, so the organisation's name is not known.
        host: String,
        /// Whether this phone has used the code itself.
        is_known: bool,
    },
    /// One-time codes of any issuer.
    Codes {
        /// Who issued them, by its own word.
        issuer: Option<String>,
        /// The account's name there.
        account: Option<String>,
        /// Whether the same codes are here already.
        is_known: bool,
    },
}

impl Offer {
    /// What a person may see of it.
    #[must_use]
    pub fn view(&self) -> &OfferView {
        &self.1
    }
}

impl Core {
    pub(super) fn read_offer(&self, text: &str) -> Result<Offer, CoreError> {
        self.seen(enrolment::read(text))
    }

    pub(super) fn read_typed(&self, code: &str, url: &str) -> Result<Offer, CoreError> {
        self.seen(enrolment::read_typed(code, url))
    }

    /// A key that a person typed, with the names for it.
    pub(super) fn read_key(&self, typed: &TypedKey) -> Result<Offer, CoreError> {
        self.seen(CodesOffer::typed(typed).map(enrolment::Offer::Codes))
    }

    fn seen(&self, read: Result<enrolment::Offer, enrolment::Refusal>) -> Result<Offer, CoreError> {
        let offer = read.map_err(|refusal| {
            self.note(Event::OfferRefused);
            CoreError::Offer(refusal)
        })?;
        self.note(Event::OfferRead);
        let view = match &offer {
            enrolment::Offer::Activation(link) => {
                OfferView::Work { host: link.base.host().to_owned(), is_known: self.has_used(&link.code) }
            }
            enrolment::Offer::TypedActivation(typed) => OfferView::Work {
                host: typed.origin.host().to_owned(),
                is_known: ActivationCode::try_from(typed.code.expose().to_owned())
                    .is_ok_and(|code| self.has_used(&code)),
            },
            enrolment::Offer::Codes(codes) => OfferView::Codes {
                issuer: codes.issuer.as_ref().map(ToString::to_string),
                account: codes.account.as_ref().map(ToString::to_string),
                is_known: self.has_codes(codes),
            },
        };
        Ok(Offer(offer, view))
    }

    /// Whether an account that still counts was made by this code.
    fn has_used(&self, code: &ActivationCode) -> bool {
        let hash = code_hash(code);
        let is_its = |account: &WorkAccount| account.code == Some(hash) && !account.state.is_removed();
        self.contacts().is_ok_and(|contacts| contacts.accounts.iter().any(is_its))
    }

    fn has_codes(&self, offer: &CodesOffer) -> bool {
        let secret = offer.generator.expose_secret();
        self.vault
            .secrets()
            .is_ok_and(|secrets| secrets.codes.iter().any(|code| code.secret.expose() == secret))
    }

    pub(super) async fn add(self: &Arc<Self>, offer: &Offer, cancel: &Cancel) -> Result<EntryId, CoreError> {
        self.secrets()?;
        let added = match &offer.0 {
            enrolment::Offer::Codes(codes) => self.add_codes(codes, cancel).await,
            enrolment::Offer::Activation(link) => {
                let destination = Destination {
                    base: link.base.clone(),
                    trust: Trust::of_pins(link.tls_key.as_slice()),
                    server: link.server,
                    code: again(&link.code)?,
                };
                self.add_work(destination, cancel).await
            }
            enrolment::Offer::TypedActivation(typed) => {
                // Nothing has been begun yet.
                let found = tokio::select! {
                    biased;
                    () = cancel.cancelled() => Err(CoreError::Cancelled),
                    found = self.find_typed(typed) => found,
                };
                match found {
                    Ok(destination) => self.add_work(destination, cancel).await,
                    Err(error) => Err(error),
                }
            }
        };
        self.note(if added.is_ok() { Event::Added } else { Event::AddFailed });
        added
    }

    async fn add_codes(self: &Arc<Self>, offer: &CodesOffer, cancel: &Cancel) -> Result<EntryId, CoreError> {
        let id = EntryId::make(&*self.random);
        let (issuer, account) = (offer.issuer.as_ref(), offer.account.as_ref());
        let entry = CodeEntry {
            id,
            entry: None,
            issuer: issuer.map(ToString::to_string),
            account: account.map(ToString::to_string).unwrap_or_default(),
            name: None,
            kind: kind(offer),
            secret: SecretBytes::new(Zeroizing::new(offer.generator.expose_secret().to_vec())),
            order: 0,
        };
        let contacts = self.contacts()?;
        if !cancel.settle() {
            return Err(CoreError::Cancelled);
        }
        self.change_secrets(move |secrets| {
            let order = Self::last_order(&contacts, secrets);
            secrets.codes.push(CodeEntry { order, ..entry });
        })
        .await?;
        Ok(id)
    }
}
