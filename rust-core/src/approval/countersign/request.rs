use countersign_protocol::{
    Answer, CallId, Decision, DeviceId, Hash, Number, Refusal, Request, RequestId, ServerStatement,
    UnixSeconds, Unverified,
};

/// A request that was checked and may be shown. Answering takes it by reference: the server sees to it that it is
/// answered once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SignInRequest {
    content: Request,
    hash: Hash,
}

/// Why a request is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RequestRefused {
    /// It is none, its signature does not hold, or it would show what must not be shown.
    #[error("not a genuine request: {0}")]
    Form(#[from] Refusal),
    /// It is of another server or for another phone.
    #[error("a request for somebody else")]
    Elsewhere,
    /// Its time is over, by the server's clock.
    #[error("expired")]
    Expired(RequestId),
    /// It has ended here before.
    #[error("ended before")]
    Ended(RequestId),
}

impl SignInRequest {
    /// Checks a request: signature, server, phone, texts, time by the server's clock, and that it has not ended here.
    ///
    /// # Errors
    /// [`RequestRefused`].
    pub(crate) fn read(
        jws: &str,
        statement: &ServerStatement,
        device: DeviceId,
        server_time: UnixSeconds,
        has_ended: impl Fn(&RequestId) -> bool,
    ) -> Result<Self, RequestRefused> {
        let request = Unverified::<Request>::parse(jws)?.verify_any(&statement.signing_keys)?;
        if request.iss != statement.iss || request.aud != device {
            Err(RequestRefused::Elsewhere)
        } else if has_ended(&request.id) {
            Err(RequestRefused::Ended(request.id))
        } else if request.exp <= server_time {
            Err(RequestRefused::Expired(request.id))
        } else {
            Ok(Self { hash: request.hash(), content: request.into_payload() })
        }
    }

    /// What it shows.
    pub(crate) fn content(&self) -> &Request {
        &self.content
    }

    /// What an answer names it by, beside its id.
    pub(crate) fn hash(&self) -> Hash {
        self.hash
    }

    /// The answer to it, unsigned: approve with the number, deny and report without.
    pub(crate) fn answer(
        &self,
        decision: Decision,
        number: Option<Number>,
        at: UnixSeconds,
        call: CallId,
    ) -> Answer {
        let request = &self.content;
        Answer::new(request.aud, request.iss, at, call, (request.id, self.hash), (decision, number))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use countersign_protocol::{Asked, Digits, Draft, Kind, ServerId, SoftwareKey, Text};

    use super::super::statement::tests::Server;
    use super::*;
    use crate::approval::countersign::Statement;

    fn request(by: ServerId, device: DeviceId, key: &SoftwareKey) -> String {
        request_of(by, device, key, "Mail")
    }

    /// A request that was checked, and asks for this application; always with the same id.
    pub(crate) fn shown(application: &str) -> SignInRequest {
        let (server, device) = (Server::make(), DeviceId::from_bytes([1; 16]));
        let statement = Statement::of(server.id(), &server.statement(5, "https://a.example")).unwrap();
        let jws = request_of(server.id(), device, &server.signing, application);
        let time = UnixSeconds::new(100).unwrap();
        SignInRequest::read(&jws, statement.content(), device, time, |_| false).unwrap()
    }

    fn request_of(by: ServerId, device: DeviceId, key: &SoftwareKey, application: &str) -> String {
        let at = |seconds| UnixSeconds::new(seconds).unwrap();
        let asked = Asked { by, device, id: RequestId::from_bytes([9; 16]), at: at(100), until: at(160) };
        let (organisation, account) = (Text::new("Halden College").unwrap(), Text::new("mira").unwrap());
        let request = Request::new(
            asked,
            Kind::SignIn,
            Digits::new(3).unwrap(),
            organisation,
            account,
            Text::new(application).unwrap(),
        );
        Draft::new(&request, key.public().thumbprint()).unwrap().sign(key).unwrap()
    }

    #[test]
    fn a_request_is_shown_only_if_it_is_genuine_in_time_and_new() {
        let (server, other) = (Server::make(), Server::make());
        let statement = Statement::of(server.id(), &server.statement(5, "https://a.example")).unwrap();
        let (phone, other_phone) = (DeviceId::from_bytes([1; 16]), DeviceId::from_bytes([2; 16]));
        let read = |jws: &str, time, has_ended: bool| {
            let time = UnixSeconds::new(time).unwrap();
            SignInRequest::read(jws, statement.content(), phone, time, |_| has_ended)
        };
        let good = request(server.id(), phone, &server.signing);
        let id = RequestId::from_bytes([9; 16]);
        assert!(read(&good, 159, false).is_ok());
        assert_eq!(read(&good, 160, false).unwrap_err(), RequestRefused::Expired(id));
        assert_eq!(read(&good, 159, true).unwrap_err(), RequestRefused::Ended(id));
        for (jws, why) in [
            (request(server.id(), other_phone, &server.signing), RequestRefused::Elsewhere),
            (request(other.id(), phone, &server.signing), RequestRefused::Elsewhere),
            (request(server.id(), phone, &other.signing), RequestRefused::Form(Refusal::Key)),
            (request(server.id(), phone, &server.identity), RequestRefused::Form(Refusal::Key)),
        ] {
            assert_eq!(read(&jws, 120, false).unwrap_err(), why);
        }
    }
}
