//! One call of an account's phone to its server, and the reply: signed, sent, verified, and what every reply brings.

use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::{
    BaseUrl, Call, CallId, DeviceId, ProblemCode, Reply, ReplyBody, ServerId, Status, UnixSeconds,
};

use super::core::Core;
use super::diagnostics::Event;
use super::error::{Distrust, no_reply, statement_refused};
use super::{CoreError, Notice};
use crate::approval::countersign::{ReplyRefused, Statement, read_reply};
use crate::net::{self, NoReply, Trust};
use crate::ports::{PortError, SignFor};
use crate::vault::{EntryId, WorkAccount, WorkState};

/// How long a call may take beyond what the server is asked to hold it.
const TIME: Duration = Duration::from_secs(10);
/// The most bytes of a reply and of a server statement.
pub(super) const REPLY_LIMIT: usize = 32 * 1024;
pub(super) const STATEMENT_LIMIT: usize = 4096;
/// An offset is kept anew when it has moved by so many seconds.
const DRIFT: u64 = 2;

/// What is needed to speak to the server of an account.
#[derive(Clone)]
pub(super) struct Line {
    pub(super) device: DeviceId,
    pub(super) statement: Statement,
    /// Where calls have worked so far; the statement may name another place (I16).
    pub(super) base: BaseUrl,
}

/// A call that was signed.
#[derive(Clone)]
pub(super) struct Signed {
    pub(super) name: &'static str,
    pub(super) id: CallId,
    pub(super) jws: String,
    pub(super) hold: Duration,
}

/// A call that has its reply.
pub(super) struct Asked<C: Call> {
    pub(super) call: C,
    pub(super) reply: Reply<C::Reply>,
}

impl Line {
    pub(super) fn server(&self) -> ServerId {
        self.statement.content().iss
    }

    /// Where to call: the place that the newest statement names, then the one that has worked.
    fn places(&self) -> Vec<BaseUrl> {
        let named = self.statement.content().base.clone();
        if named == self.base { vec![named] } else { vec![named, self.base.clone()] }
    }

    pub(super) fn host(&self) -> String {
        self.base.host().to_owned()
    }
}

impl Core {
    /// The account with this id.
    pub(super) fn account(&self, entry: EntryId) -> Result<WorkAccount, CoreError> {
        self.contacts()?.account(entry).cloned().ok_or(CoreError::Gone)
    }

    /// The line to an account's server.
    pub(super) fn line(&self, account: &WorkAccount) -> Result<Line, CoreError> {
        let contacts = self.contacts()?;
        let server = contacts.server(account.server).ok_or(CoreError::Gone)?;
        let statement = Statement::of(account.server, &server.statement)
            .map_err(|refused| statement_refused(account.base.host(), refused))?;
        Ok(Line { device: account.device, statement, base: account.base.clone() })
    }

    /// Makes a call whose time the server judges: one that is told of a wrong clock is made once more by the server's.
    pub(super) async fn ask<C: Call + Clone + Send + 'static>(
        self: &Arc<Self>,
        entry: EntryId,
        hold: Duration,
        make: impl Fn(&WorkAccount, &Statement, UnixSeconds, CallId) -> C,
    ) -> Result<Asked<C>, CoreError> {
        let mut is_second = false;
        loop {
            let account = self.account(entry)?;
            let at = self.now().shifted(self.clock_offset(account.server));
            let line = self.line(&account)?;
            let call = make(&account, &line.statement, at, CallId::make(&*self.random));
            let signed = self.sign_with_device_key(&account, call.clone(), hold).await?;
            let reply = self.deliver(entry, line, &signed).await?;
            if reply.status != Status::ClockSkew {
                return Ok(Asked { call, reply });
            }
            self.note(Event::ClockSkew);
            if is_second {
                let minutes = self.now().offset_from(reply.iat) / 60;
                return Err(CoreError::Clock { minutes });
            }
            is_second = true;
        }
    }

    /// Signs a call with the account's device key; an account whose key is gone has to be set up again.
    pub(super) async fn sign_with_device_key<C: Call + Send + 'static>(
        self: &Arc<Self>,
        account: &WorkAccount,
        call: C,
        hold: Duration,
    ) -> Result<Signed, CoreError> {
        let (key, id) = (account.device_key.clone(), call.id());
        let signed = self.off(move |core| core.keys.sign(&core.vault, &key, &call, SignFor::Call, 0)).await;
        if let Err(CoreError::Key(PortError::Missing | PortError::Invalidated)) = signed {
            self.key_is_gone(account.entry).await;
        }
        Ok(Signed { name: C::NAME, id, jws: signed?, hold })
    }

    /// Marks an account that has to be set up again.
    pub(super) async fn key_is_gone(self: &Arc<Self>, entry: EntryId) {
        self.note(Event::KeyGone);
        let mark = self.learn(move |contacts| {
            if let Some(account) = contacts.account_mut(entry) {
                account.state = WorkState::SetUpAgain;
            }
        });
        // Where this cannot be written, the next use of the key finds the same.
        let _ = mark.await;
    }

    /// Sends a signed call to where the server is and reads the reply, and keeps what every reply brings: the clock,
    /// a place that works. Follows a move (I16) and looks for a later statement when the reply needs one.
    pub(super) async fn deliver<B: ReplyBody>(
        self: &Arc<Self>,
        entry: EntryId,
        mut line: Line,
        call: &Signed,
    ) -> Result<Reply<B>, CoreError> {
        let mut has_looked = false;
        loop {
            let failed = match self.try_places(entry, &line, call).await {
                Ok((reply, place)) => {
                    self.keep(entry, &line, &place, reply.iat).await;
                    return Ok(reply);
                }
                Err(failed) => failed,
            };
            let worth_looking = failed.is_worth_looking();
            let failure = failed.told();
            let later =
                if worth_looking && !has_looked { self.look_for_statement(&line).await } else { None };
            has_looked = true;
            match later {
                // One that cannot be kept serves this call all the same.
                Some(statement) => {
                    line.statement = self.adopt(statement.clone()).await.unwrap_or(statement);
                }
                None => {
                    self.note(failure.event());
                    return Err(failure);
                }
            }
        }
    }

    /// Of several places that failed, the one counts that tells most.
    async fn try_places<B: ReplyBody>(
        &self,
        entry: EntryId,
        line: &Line,
        call: &Signed,
    ) -> Result<(Reply<B>, BaseUrl), Failed> {
        let mut failed = None;
        for place in line.places() {
            let sent = self.net.send(net::Call {
                url: place.call(call.name),
                body: Some(call.jws.clone()),
                trust: Trust::of_pins(&line.statement.content().pins),
                time: TIME + call.hold,
                limit: REPLY_LIMIT,
            });
            let why = match sent.await {
                Ok(text) => {
                    match read_reply(&text, line.statement.content(), &line.device.to_string(), call.id) {
                        Ok(reply) => return Ok((reply, place)),
                        Err(refused) => Why::Refused(refused),
                    }
                }
                Err(no_reply) => Why::NoReply(no_reply),
            };
            if let Why::NoReply(NoReply::Problem { pause: Some(pause), .. }) = why {
                self.inbox(entry).ask_to_pause(pause);
            }
            let here = Failed { host: place.host().to_owned(), why };
            failed = Some(match failed {
                Some(before) => here.or_what_tells_more(before),
                None => here,
            });
        }
        // There is always a place.
        Err(failed.unwrap_or_else(|| Failed { host: line.host(), why: Why::NoReply(NoReply::Unreachable) }))
    }

    /// The statement also lies where the server was, so that a move needs only a file at the old address.
    async fn look_for_statement(&self, line: &Line) -> Option<Statement> {
        for place in line.places() {
            let sent = self.net.send(net::Call {
                url: place.well_known(),
                body: None,
                trust: Trust::of_pins(&line.statement.content().pins),
                time: TIME,
                limit: STATEMENT_LIMIT,
            });
            if let Ok(jws) = sent.await
                && let Ok(Some(later)) = line.statement.later(jws.trim())
            {
                return Some(later);
            }
        }
        None
    }

    /// Keeps a later statement; gives the newest that is kept.
    pub(super) async fn adopt(self: &Arc<Self>, statement: Statement) -> Result<Statement, CoreError> {
        self.note(Event::ServerMoved);
        self.learn(move |contacts| {
            let id = statement.content().iss;
            let Some(server) = contacts.servers.iter_mut().find(|server| server.id == id) else {
                return statement;
            };
            match Statement::of(id, &server.statement).map(|kept| (kept.later(statement.jws()), kept)) {
                // Another process was first with the same or a later one.
                Ok((Ok(None) | Err(_), kept)) => kept,
                Ok((Ok(Some(_)), _)) | Err(_) => {
                    server.statement = statement.jws().to_owned();
                    statement
                }
            }
        })
        .await
    }

    /// What every verified reply brings: the server's time, and the place where it answered. The next reply brings
    /// both again, so a write that fails takes nothing from this one.
    async fn keep(self: &Arc<Self>, entry: EntryId, line: &Line, place: &BaseUrl, iat: UnixSeconds) {
        let (server, offset) = (line.server(), iat.offset_from(self.now()));
        let has_drifted = self.clock_offset(server).abs_diff(offset) >= DRIFT;
        let has_moved = *place != line.base;
        if has_moved {
            self.note(Event::ServerMoved);
        }
        if !has_drifted && !has_moved {
            return;
        }
        let place = place.clone();
        let kept = self.learn(move |contacts| {
            if has_drifted && let Some(server) = contacts.servers.iter_mut().find(|known| known.id == server)
            {
                server.clock_offset = offset;
            }
            if let Some(account) = contacts.account_mut(entry) {
                account.base = place;
            }
        });
        let _ = kept.await;
    }

    /// A request that is not genuine is not shown; the person hears that there was one.
    pub(super) fn not_genuine(&self) {
        self.note(Event::RequestNotGenuine);
        self.tell(Notice::NotGenuine);
    }
}

/// Why a place gave no reply that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    NoReply(NoReply),
    Refused(ReplyRefused),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Failed {
    host: String,
    why: Why,
}

impl Failed {
    /// How much it tells: a server that can be followed, or that says why, before one that is nobody, before silence.
    fn weight(&self) -> u8 {
        match self.why {
            Why::NoReply(NoReply::Unreachable) => 0,
            Why::NoReply(NoReply::Foreign) => 1,
            Why::NoReply(NoReply::Certificate) => 2,
            Why::NoReply(NoReply::TlsKey) => 3,
            Why::Refused(ReplyRefused::Form(_) | ReplyRefused::Elsewhere) => 4,
            Why::NoReply(NoReply::Problem { .. }) => 5,
            Why::Refused(ReplyRefused::UnknownKey) => 6,
        }
    }

    fn or_what_tells_more(self, other: Self) -> Self {
        if other.weight() > self.weight() { other } else { self }
    }

    /// Whether a later statement may help: not when the server itself has spoken.
    fn is_worth_looking(&self) -> bool {
        match self.why {
            Why::NoReply(no_reply) => !matches!(no_reply, NoReply::Problem { .. }),
            Why::Refused(refused) => refused == ReplyRefused::UnknownKey,
        }
    }

    fn told(self) -> CoreError {
        let Self { host, why } = self;
        match why {
            Why::NoReply(reply) => no_reply(&host, reply),
            Why::Refused(ReplyRefused::UnknownKey) => CoreError::Untrusted { host, why: Distrust::Identity },
            Why::Refused(_) => CoreError::Untrusted { host, why: Distrust::Reply },
        }
    }
}

impl CoreError {
    pub(super) fn from_no_reply(host: &str, reply: NoReply) -> Self {
        no_reply(host, reply)
    }

    fn event(&self) -> Event {
        match self {
            Self::Unreachable { .. } => Event::Unreachable,
            Self::Untrusted { why: Distrust::Reply | Distrust::Identity, .. } => Event::ReplyRefused,
            Self::Untrusted { .. } => Event::Untrusted,
            _ => Event::Problem,
        }
    }

    /// Whether asking again leads nowhere.
    pub(super) fn is_gone_for_good(&self) -> bool {
        matches!(self, Self::Server { code: ProblemCode::UpdateApp, .. } | Self::Gone)
    }
}

#[cfg(test)]
mod tests {
    use countersign_protocol::Refusal;

    use super::*;

    #[test]
    fn of_two_places_that_failed_the_more_telling_failure_is_told() {
        let problem = |code| Why::NoReply(NoReply::Problem { code, pause: None });
        let by_weight = [
            Why::NoReply(NoReply::Unreachable),
            Why::NoReply(NoReply::Foreign),
            Why::NoReply(NoReply::Certificate),
            Why::NoReply(NoReply::TlsKey),
            Why::Refused(ReplyRefused::Form(Refusal::Form)),
            problem(ProblemCode::UnknownDevice),
            Why::Refused(ReplyRefused::UnknownKey),
        ];
        let (new, old) = ("new.example".to_owned(), "old.example".to_owned());
        for (place, more) in by_weight.into_iter().enumerate() {
            for less in by_weight.into_iter().take(place) {
                let (more, less) =
                    (Failed { host: new.clone(), why: more }, Failed { host: old.clone(), why: less });
                assert_eq!(less.clone().or_what_tells_more(more.clone()), more);
                assert_eq!(more.clone().or_what_tells_more(less), more);
            }
        }
        let told = Failed { host: new.clone(), why: Why::NoReply(NoReply::TlsKey) }.told();
        assert_eq!(told, CoreError::Untrusted { host: new, why: Distrust::TlsKey });
    }
}
