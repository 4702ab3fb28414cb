use countersign_protocol::{Refusal, ServerId, ServerStatement, Unverified, Verified};

/// A server statement whose signature and server were checked, with the JWS that it came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Statement {
    content: ServerStatement,
    jws: String,
}

/// Why a statement is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum StatementRefused {
    /// It is none, or its signature does not hold.
    #[error("not a server statement: {0}")]
    Form(#[from] Refusal),
    /// It is that of another server.
    #[error("the statement of another server")]
    OtherServer,
    /// It is older than the one that is kept, or of the same second and different.
    #[error("older than the statement that is kept")]
    Older,
}

impl Statement {
    /// Takes the first statement of a server whose id is known.
    ///
    /// # Errors
    /// [`StatementRefused`].
    pub(crate) fn of(server: ServerId, jws: &str) -> Result<Self, StatementRefused> {
        let content = Unverified::<ServerStatement>::parse(jws)?.verify_inside()?.into_payload();
        if content.iss == server {
            Ok(Self { content, jws: jws.to_owned() })
        } else {
            Err(StatementRefused::OtherServer)
        }
    }

    /// Takes the first statement of a server that is known only by the address a person typed.
    ///
    /// # Errors
    /// [`StatementRefused`].
    pub(crate) fn of_any_server(jws: &str) -> Result<Self, StatementRefused> {
        let content = Unverified::<ServerStatement>::parse(jws)?.verify_inside()?.into_payload();
        Ok(Self { content, jws: jws.to_owned() })
    }

    /// Takes the statement that came with the reply to an activation, whose server was looked at there.
    pub(crate) fn of_activation(verified: Verified<ServerStatement>, jws: &str) -> Self {
        Self { content: verified.into_payload(), jws: jws.to_owned() }
    }

    /// Takes a later statement of the same server. None when it is the one that is kept.
    ///
    /// # Errors
    /// [`StatementRefused::Older`] when someone puts an earlier one back.
    pub(crate) fn later(&self, jws: &str) -> Result<Option<Self>, StatementRefused> {
        let later = Self::of(self.content.iss, jws)?;
        match later.content.iat.cmp(&self.content.iat) {
            std::cmp::Ordering::Greater => Ok(Some(later)),
            std::cmp::Ordering::Equal if later.content == self.content => Ok(None),
            _ => Err(StatementRefused::Older),
        }
    }

    /// What it says.
    pub(crate) fn content(&self) -> &ServerStatement {
        &self.content
    }

    /// As it came.
    pub(crate) fn jws(&self) -> &str {
        &self.jws
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use countersign_protocol::{BaseUrl, Domain, Draft, List, SoftwareKey, UnixSeconds};

    use super::*;

    /// A server for tests: its two keys.
    pub(crate) struct Server {
        pub(crate) identity: SoftwareKey,
        pub(crate) signing: SoftwareKey,
    }

    impl Server {
        pub(crate) fn make() -> Self {
            Self { identity: SoftwareKey::make().unwrap(), signing: SoftwareKey::make().unwrap() }
        }

        pub(crate) fn id(&self) -> ServerId {
            self.identity.public().thumbprint().into()
        }

        pub(crate) fn statement(&self, iat: u64, base: &str) -> String {
            let content = ServerStatement::new(
                *self.identity.public(),
                UnixSeconds::new(iat).unwrap(),
                BaseUrl::new(base).unwrap(),
                Domain::new("halden.example").unwrap(),
                List::default(),
                List::of_one(*self.signing.public()),
            );
            Draft::new(&content, self.identity.public().thumbprint()).unwrap().sign(&self.identity).unwrap()
        }
    }

    const BASE: &str = "https://signin.halden.example";

    #[test]
    fn the_server_id_of_the_qr_code_is_enforced_by_signature() {
        let (server, other) = (Server::make(), Server::make());
        assert!(Statement::of(server.id(), &server.statement(5, BASE)).is_ok());
        assert_eq!(Statement::of(server.id(), &other.statement(5, BASE)), Err(StatementRefused::OtherServer));
    }

    #[test]
    fn i16_a_move_is_followed_only_by_a_later_statement_of_the_same_identity_key() {
        let (server, other) = (Server::make(), Server::make());
        let kept = Statement::of(server.id(), &server.statement(5, BASE)).unwrap();
        let moved = kept.later(&server.statement(6, "https://new.halden.example")).unwrap().unwrap();
        assert_eq!(moved.content().base.as_str(), "https://new.halden.example");
        assert_eq!(
            kept.later(&other.statement(6, "https://new.halden.example")),
            Err(StatementRefused::OtherServer)
        );
    }

    #[test]
    fn an_older_statement_put_back_is_refused() {
        let server = Server::make();
        let kept = Statement::of(server.id(), &server.statement(5, BASE)).unwrap();
        assert_eq!(kept.later(&server.statement(4, BASE)), Err(StatementRefused::Older));
        assert_eq!(kept.later(&server.statement(5, "https://other.example")), Err(StatementRefused::Older));
        assert_eq!(kept.later(&server.statement(5, BASE)), Ok(None), "the same, signed anew, is the same");
    }
}
