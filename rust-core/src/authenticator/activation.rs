//! The activation of a work account at its server: keys, the call, and the account as pending.

use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::{
    Activation, ActivationCode, ActivationKeys, ActivationReply, AgreementKey, BaseUrl, Call as _, CallId,
    Check, CodeAlgorithm, CodeForm, Hash, Random, Reply, ServerId, UnixSeconds, Unverified, hash,
};
use zeroize::Zeroizing;

use super::cancel::Cancel;
use super::core::Core;
use super::error::{Distrust, statement_refused};
use super::keys::NewKey;
use super::line::{REPLY_LIMIT, STATEMENT_LIMIT};
use super::{CoreError, pace};
use crate::approval::countersign::{Statement, StatementRefused};
use crate::enrolment::TypedActivation;
use crate::net::{self, Trust};
use crate::ports::{KeyPurpose, PortError, SignFor};
use crate::vault::{
    Activating, CodeEntry, CodeHash, CodeKind, EntryId, KeyHandle, Order, SecretBytes, Server, Told,
    WorkAccount, WorkState,
};

/// How long one try of an activation may take, and how many there are: a lost answer costs nothing.
const TIME: Duration = Duration::from_secs(15);
const TRIES: u32 = 3;
/// No enrolment takes longer, in seconds.
const LONGEST: u64 = 120;

/// Where an activation goes, and what has to be true there.
pub(super) struct Destination {
    pub(super) base: BaseUrl,
    pub(super) trust: Trust,
    pub(super) server: ServerId,
    pub(super) code: ActivationCode,
}

/// The keys of an account that is being added.
struct Made {
    device: NewKey,
    approval: NewKey,
}

impl Core {
    /// Typed: the statement lies at the origin that was typed, and its base must have the same.
    pub(super) async fn find_typed(&self, typed: &TypedActivation) -> Result<Destination, CoreError> {
        let host = typed.origin.host().to_owned();
        let trust = Trust::of_typed(typed.pin.clone());
        let fetched = self.net.send(net::Call {
            url: typed.origin.well_known(),
            body: None,
            trust: trust.clone(),
            time: TIME,
            limit: STATEMENT_LIMIT,
        });
        let jws = fetched.await.map_err(|no_reply| CoreError::from_no_reply(&host, no_reply))?;
        let statement =
            Statement::of_any_server(jws.trim()).map_err(|refused| statement_refused(&host, refused))?;
        let content = statement.content();
        if content.base.origin() != typed.origin {
            return Err(CoreError::Untrusted { host, why: Distrust::Identity });
        }
        let code = ActivationCode::try_from(typed.code.expose().to_owned()).map_err(|_| CoreError::Typed)?;
        Ok(Destination { base: content.base.clone(), trust, server: content.iss, code })
    }

    /// Makes the keys, activates, and keeps the account as pending. Nothing stays of one that could not be added.
    ///
    /// Given up, it still runs to the server's reply, since that tells whether there is something to take back there.
    pub(super) async fn add_work(
        self: &Arc<Self>,
        to: Destination,
        cancel: &Cancel,
    ) -> Result<EntryId, CoreError> {
        let entry = EntryId::make(&*self.random);
        let since = self.now();
        self.change_contacts(move |contacts| {
            contacts.activating.push(Activating { entry, since, keys: Vec::new() })
        })
        .await?;
        let added = self.activate(entry, &to, cancel).await;
        if added.is_err() {
            self.give_up_activating(entry).await;
        }
        added.map(|()| {
            self.accounts_changed.notify_one();
            entry
        })
    }

    async fn activate(
        self: &Arc<Self>,
        entry: EntryId,
        to: &Destination,
        cancel: &Cancel,
    ) -> Result<(), CoreError> {
        let challenge = hash(format!("{}.{}", to.server, to.code.expose()).as_bytes());
        let device = self.make_key(entry, KeyPurpose::Device, challenge).await?;
        let approval = self.make_key(entry, KeyPurpose::Approval, challenge).await?;
        let made = Made { device, approval };
        let mut tries = 0;
        let mut last = UnixSeconds::EPOCH;
        loop {
            tries += 1;
            // Each is later than the one before, also within a second: the server takes the newest and no other.
            let at = self.now().shifted(self.clock_offset(to.server)).max(last.plus(1));
            match self.post_activation(entry, to, &made, at, cancel).await {
                Err(CoreError::Unreachable { .. }) if tries < TRIES => last = at,
                result => return result,
            }
            // A connection that is refused is refused at once: the server may be on its way back.
            tokio::select! {
                biased;
                () = cancel.cancelled() => return Err(CoreError::Cancelled),
                () = tokio::time::sleep(pace::rest(tries, 0)) => {}
            }
        }
    }

    async fn make_key(
        self: &Arc<Self>,
        entry: EntryId,
        purpose: KeyPurpose,
        challenge: Hash,
    ) -> Result<NewKey, CoreError> {
        let make = self.off(move |core| {
            core.keys.make(&core.vault, &*core.random, entry, purpose, challenge.as_bytes())
        });
        let key = make.await?;
        let handle = key.held.handle.clone();
        let written = self.change_contacts(move |contacts| {
            if let Some(activating) = contacts.activating.iter_mut().find(|it| it.entry == entry) {
                activating.keys.push(handle);
            }
        });
        if let Err(error) = written.await {
            // Nothing else knows of it.
            self.destroy_keys(vec![key.held.handle]).await;
            return Err(error);
        }
        Ok(key)
    }

    async fn post_activation(
        self: &Arc<Self>,
        entry: EntryId,
        to: &Destination,
        made: &Made,
        at: UnixSeconds,
        cancel: &Cancel,
    ) -> Result<(), CoreError> {
        let host = to.base.host().to_owned();
        let agreement = AgreementKey::make().map_err(|_| CoreError::Key(PortError::Failed(0)))?;
        let (device, approval) = (made.device.attested.clone(), made.approval.attested.clone());
        let keys = ActivationKeys { device, approval, agreement: *agreement.public() };
        let call = CallId::make(&*self.random);
        let activation = Activation::new(to.server, at, call, again(&to.code)?, keys, self.phone()?);
        let device_key = made.device.held.clone();
        let jws = self
            .off(move |core| core.keys.sign(&core.vault, &device_key, &activation, SignFor::Call, 0))
            .await?;
        if cancel.is_cancelled() {
            // The code is not used up yet.
            return Err(CoreError::Cancelled);
        }
        let salt = Unverified::<Activation>::parse(&jws).map_err(|_| CoreError::Typed)?.hash();
        let sent = self.net.send(net::Call {
            url: to.base.call(Activation::NAME),
            body: Some(jws),
            trust: to.trust.clone(),
            time: TIME,
            limit: REPLY_LIMIT,
        });
        let text = sent.await.map_err(|no_reply| CoreError::from_no_reply(&host, no_reply))?;
        let refused = |why| CoreError::Untrusted { host: host.clone(), why };
        let (reply, statement) = Unverified::<Reply<ActivationReply>>::parse(&text)
            .map_err(|_| refused(Distrust::Reply))?
            .verify_with_statement(to.server)
            .map_err(|_| refused(Distrust::Identity))?;
        let caller = made.device.held.public.thumbprint();
        if reply.iss != to.server || reply.re != call || reply.aud != caller.to_string() {
            return Err(refused(Distrust::Reply));
        }
        let (server_time, offset) = (reply.iat, reply.iat.offset_from(self.now()));
        let body = reply.into_payload().body.ok_or_else(|| refused(Distrust::Reply))?;
        let code = match body.codes {
            Some(form) => Some(
                code_entry(entry, &body, form, agreement, salt, &*self.random)
                    .ok_or_else(|| refused(Distrust::Reply))?,
            ),
            None => None,
        };
        let statement = Statement::of_activation(statement, &body.server);
        let account = self.pending(entry, &statement, (server_time, to), body, made).await?;
        let kept = if cancel.settle() {
            self.keep_pending(account.clone(), &statement, offset, code).await
        } else {
            Err(CoreError::Cancelled)
        };
        match kept {
            Ok(Ok(())) => Ok(()),
            // Who says this is not known to be the server: it is told nothing.
            Ok(Err(older)) => Err(statement_refused(&host, older)),
            Err(error) => {
                self.withdraw(&account, &statement).await;
                Err(error)
            }
        }
    }

    /// The account of a reply, with the check that is to be compared.
    async fn pending(
        self: &Arc<Self>,
        entry: EntryId,
        statement: &Statement,
        (server_time, to): (UnixSeconds, &Destination),
        body: ActivationReply,
        made: &Made,
    ) -> Result<WorkAccount, CoreError> {
        let server = statement.content().iss;
        let (device_key, approval_key) = (made.device.held.clone(), made.approval.held.clone());
        let (device, approval) = (device_key.public.thumbprint(), approval_key.public.thumbprint());
        let check = self.off(move |_| Ok(Check::derive(server.into(), device, approval))).await?;
        Ok(WorkAccount {
            entry,
            server,
            account: body.account,
            device: body.device,
            profile: body.profile,
            base: statement.content().base.clone(),
            state: WorkState::Pending { check },
            told: Told::new(server_time, self.phone()?),
            replaces: None,
            code: Some(code_hash(&to.code)),
            device_key,
            approval_key,
            name: None,
            order: 0,
        })
    }

    /// Keeps the account; nothing, when a later statement of its server is kept: then a retired key may have signed the
    /// reply.
    async fn keep_pending(
        self: &Arc<Self>,
        account: WorkAccount,
        statement: &Statement,
        clock_offset: i64,
        code: Option<CodeEntry>,
    ) -> Result<Result<(), StatementRefused>, CoreError> {
        let (id, jws) = (account.server, statement.jws().to_owned());
        self.change_both(Order::Adding, move |contacts, secrets| {
            match contacts.servers.iter_mut().find(|known| known.id == id) {
                Some(known) => {
                    if Statement::of(id, &known.statement)?.later(&jws)?.is_some() {
                        known.statement = jws;
                    }
                    known.clock_offset = clock_offset;
                }
                None => contacts.servers.push(Server { id, statement: jws, clock_offset }),
            }
            let order = Self::last_order(contacts, secrets);
            secrets.codes.extend(code.map(|code| CodeEntry { order, ..code }));
            let is_same = |old: &&WorkAccount| old.server == account.server && old.account == account.account;
            let replaces = contacts.accounts.iter().find(is_same).map(|old| old.entry);
            contacts.activating.retain(|activating| activating.entry != account.entry);
            contacts.accounts.push(WorkAccount { replaces, order, ..account });
            Ok(())
        })
        .await
    }

    /// The server has a phone that is not kept here: it is told as of any other removal, later if it has to be.
    async fn withdraw(self: &Arc<Self>, account: &WorkAccount, statement: &Statement) {
        let Ok(removal) = self.sign_removal(account, statement).await else { return };
        let kept = removal.clone();
        // What can neither be kept nor sent the server finds out by itself: nobody saves that phone.
        let _ = self.change_contacts(move |contacts| contacts.removals.push(kept)).await;
        let _ = self.deliver_removal(removal).await;
    }

    /// Destroys the keys of an enrolment that came to nothing.
    async fn give_up_activating(self: &Arc<Self>, entry: EntryId) {
        let keys: Vec<KeyHandle> = self
            .contacts()
            .map(|contacts| {
                let begun = contacts.activating.iter().filter(|activating| activating.entry == entry);
                let begun = begun.flat_map(|activating| activating.keys.clone());
                // A write that failed at its very end may be there nevertheless.
                let kept = contacts.account(entry).into_iter();
                let kept = kept.flat_map(|it| [it.device_key.handle.clone(), it.approval_key.handle.clone()]);
                begun.chain(kept).collect()
            })
            .unwrap_or_default();
        // What cannot be written now is found as an enrolment that was cut at the next start.
        let _ = self
            .change_both(Order::Removing, move |contacts, secrets| {
                contacts.forget(entry);
                secrets.forget(entry);
            })
            .await;
        self.destroy_keys(keys).await;
    }

    /// At start: enrolments that were cut leave nothing. A young one may be another process's at work.
    pub(super) async fn sweep_activating(self: &Arc<Self>) {
        let now = self.now();
        let cut: Vec<_> = self
            .contacts()
            .map(|contacts| {
                let cut =
                    contacts.activating.iter().filter(|activating| now.since(activating.since) > LONGEST);
                cut.map(|activating| activating.entry).collect()
            })
            .unwrap_or_default();
        for entry in cut {
            self.give_up_activating(entry).await;
        }
    }
}

/// A code is not cloned by accident; here it goes into one more try.
pub(super) fn again(code: &ActivationCode) -> Result<ActivationCode, CoreError> {
    ActivationCode::try_from(code.expose()).map_err(|_| CoreError::Typed)
}

/// What is kept of a code, to know it again.
pub(super) fn code_hash(code: &ActivationCode) -> Hash {
    hash(code.expose().as_bytes())
}

/// Both sides derive the secret; None when the server's key or form is not one that codes are made of.
fn code_entry(
    entry: EntryId,
    body: &ActivationReply,
    form: CodeForm,
    agreement: AgreementKey,
    salt: Hash,
    random: &dyn Random,
) -> Option<CodeEntry> {
    let secret = agreement.agree(&form.agreement, salt).ok()?;
    let hash = match form.algorithm {
        CodeAlgorithm::Sha1 => CodeHash::Sha1,
        CodeAlgorithm::Sha256 => CodeHash::Sha256,
        CodeAlgorithm::Sha512 => CodeHash::Sha512,
    };
    Some(CodeEntry {
        id: EntryId::make(random),
        entry: Some(entry),
        issuer: Some(body.profile.organisation.to_string()),
        account: body.profile.account.to_string(),
        name: None,
        kind: CodeKind::Totp { hash, digits: form.digits, period: form.period.into() },
        secret: SecretBytes::new(Zeroizing::new(secret.expose().to_vec())),
        order: 0,
    })
}
