use countersign_protocol::{CallId, Refusal, Reply, ReplyBody, ServerStatement, Unverified};

/// Why a reply is not acted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ReplyRefused {
    /// It is signed by a key that the statement does not name: there may be a later statement.
    #[error("signed by a key that no statement names")]
    UnknownKey,
    /// It is no reply, or its signature does not hold.
    #[error("not a reply: {0}")]
    Form(Refusal),
    /// It is of another server, for another phone, or to another call.
    #[error("a reply to somebody else")]
    Elsewhere,
}

/// Reads the reply of a server to one call of one phone. `caller` is the phone's device id; in the reply to an
/// activation it is the thumbprint of its device key.
///
/// # Errors
/// [`ReplyRefused`].
pub(crate) fn read_reply<B: ReplyBody>(
    text: &str,
    statement: &ServerStatement,
    caller: &str,
    call: CallId,
) -> Result<Reply<B>, ReplyRefused> {
    let unverified = Unverified::<Reply<B>>::parse(text).map_err(ReplyRefused::Form)?;
    let reply = match unverified.verify_any(&statement.signing_keys) {
        Ok(reply) => reply.into_payload(),
        Err(Refusal::Key) => return Err(ReplyRefused::UnknownKey),
        Err(refusal) => return Err(ReplyRefused::Form(refusal)),
    };
    if reply.iss == statement.iss && reply.aud == caller && reply.re == call {
        Ok(reply)
    } else {
        Err(ReplyRefused::Elsewhere)
    }
}

#[cfg(test)]
mod tests {
    use countersign_protocol::{DeviceId, Draft, Never, ServerId, SoftwareKey, Status, UnixSeconds};

    use super::super::statement::tests::Server;
    use super::*;
    use crate::approval::countersign::Statement;

    fn reply(server: ServerId, to: DeviceId, call: CallId, key: &SoftwareKey) -> String {
        let reply = Reply::<Never> {
            iss: server,
            aud: to.to_string(),
            iat: UnixSeconds::new(9).unwrap(),
            re: call,
            status: Status::Active,
            body: None,
        };
        Draft::new(&reply, key.public().thumbprint()).unwrap().sign(key).unwrap()
    }

    #[test]
    fn only_the_servers_reply_to_this_call_of_this_phone_is_read() {
        let (server, other) = (Server::make(), Server::make());
        let statement = Statement::of(server.id(), &server.statement(5, "https://a.example")).unwrap();
        let statement = statement.content();
        let (phone, other_phone) = (DeviceId::from_bytes([1; 16]), DeviceId::from_bytes([2; 16]));
        let (call, other_call) = (CallId::from_bytes([3; 16]), CallId::from_bytes([4; 16]));
        let read = |text: &str| read_reply::<Never>(text, statement, &phone.to_string(), call);

        assert!(read(&reply(server.id(), phone, call, &server.signing)).is_ok());
        for (text, why) in [
            (reply(server.id(), phone, call, &other.signing), ReplyRefused::UnknownKey),
            (reply(server.id(), phone, call, &server.identity), ReplyRefused::UnknownKey),
            (reply(other.id(), phone, call, &server.signing), ReplyRefused::Elsewhere),
            (reply(server.id(), other_phone, call, &server.signing), ReplyRefused::Elsewhere),
            (reply(server.id(), phone, other_call, &server.signing), ReplyRefused::Elsewhere),
        ] {
            assert_eq!(read(&text), Err(why));
        }
    }
}
