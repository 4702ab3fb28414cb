//! A phone of the tests: software keys, its own clock, real calls.

use countersign_protocol::*;

use super::house::{FORWARDED, HandClock, House};

/// What a call got instead of a signed reply.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refused(pub(super) u16, pub(super) ProblemCode);

pub(super) struct Phone {
    pub(super) name: &'static str,
    pub(super) device_key: SoftwareKey,
    pub(super) approval_key: SoftwareKey,
    pub(super) id: Option<DeviceId>,
    pub(super) reply: Option<ActivationReply>,
    pub(super) codes: Option<(CodeSecret, CodeForm)>,
    /// Seconds that its clock is ahead of the server's.
    pub(super) offset: i64,
    pub(super) server: ServerId,
    clock: HandClock,
    origin: String,
    http: reqwest::Client,
}

impl Phone {
    pub(super) fn new(house: &House) -> Self {
        // Another test may have been first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self {
            name: "Pixel 8",
            device_key: SoftwareKey::make().unwrap(),
            approval_key: SoftwareKey::make().unwrap(),
            id: None,
            reply: None,
            codes: None,
            offset: 0,
            server: house.running.server_id(),
            clock: house.clock.clone(),
            origin: format!("http://{}", house.call_address()),
            http: reqwest::Client::new(),
        }
    }

    pub(super) fn id(&self) -> DeviceId {
        self.id.expect("it was activated")
    }

    pub(super) fn now(&self) -> UnixSeconds {
        self.clock.now().shifted(self.offset)
    }

    /// The same phone after the server was started anew.
    pub(super) fn moved_to(mut self, house: &House) -> Self {
        self.origin = format!("http://{}", house.call_address());
        self
    }

    pub(super) fn activation(&self, code: ActivationCode, agreement: &AgreementKey) -> Activation {
        let key = |key: &SoftwareKey, presence| Attested {
            key: *key.public(),
            storage: Storage::Software,
            presence,
            attestation: None,
        };
        let keys = ActivationKeys {
            device: key(&self.device_key, Presence::None),
            approval: key(&self.approval_key, Presence::EachUse),
            agreement: *agreement.public(),
        };
        Activation::new(self.server, self.now(), CallId::make(&SystemRandom), code, keys, self.description())
    }

    pub(super) fn description(&self) -> PhoneDescription {
        PhoneDescription {
            name: Text::new(self.name).unwrap(),
            platform: Platform::Android,
            app: Text::new("1.0").unwrap(),
            wakes: List::default(),
        }
    }

    pub(super) async fn activate(&mut self, code: ActivationCode) -> Result<(), Refused> {
        let agreement = AgreementKey::make().unwrap();
        let activation = self.activation(code, &agreement);
        let jws = sign(&activation, &self.device_key);
        let hash = Unverified::<Activation>::parse(&jws).unwrap().hash();
        let reply = self.send::<Activation>(&jws).await?;
        assert_eq!(reply.aud, self.device_key.public().thumbprint().to_string());
        assert_eq!(reply.re, activation.jti);
        let Some(body) = reply.body.clone() else { panic!("{:?}", reply.status) };
        self.id = Some(body.device);
        self.codes = body.codes.map(|form| (agreement.agree(&form.agreement, hash).unwrap(), form));
        self.reply = Some(body);
        Ok(())
    }

    pub(super) fn check(&self) -> Check {
        Check::derive(
            self.server.into(),
            self.device_key.public().thumbprint(),
            self.approval_key.public().thumbprint(),
        )
    }

    /// The one-time code of its clock.
    pub(super) fn code(&self) -> String {
        let (secret, form) = self.codes.as_ref().expect("the server gives codes");
        assert_eq!(form.algorithm, CodeAlgorithm::Sha256);
        let counter = self.now().get() / u64::from(form.period);
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret.expose());
        let mac = ring::hmac::sign(&key, &counter.to_be_bytes());
        let mac = mac.as_ref();
        let offset = usize::from(mac[mac.len() - 1] & 0xf);
        let bits = u32::from_be_bytes(mac[offset..offset + 4].try_into().unwrap()) & 0x7fff_ffff;
        let digits = usize::from(form.digits);
        format!("{:0digits$}", u64::from(bits) % 10_u64.pow(form.digits.into()))
    }

    pub(super) fn wait_call(&self, hold: u8, have: Have) -> Wait {
        let id = CallId::make(&SystemRandom);
        Wait::new(self.id(), self.server, self.now(), id, Hold::try_from(hold).unwrap(), have)
    }

    pub(super) async fn wait(&self, have: Have) -> Reply<WaitReply> {
        self.wait_for(0, have).await
    }

    pub(super) async fn wait_for(&self, hold: u8, have: Have) -> Reply<WaitReply> {
        let wait = self.wait_call(hold, have);
        self.send::<Wait>(&sign(&wait, &self.device_key)).await.unwrap()
    }

    pub(super) async fn status(&self) -> Status {
        self.wait(Have::default()).await.status
    }

    /// The card that waits, checked as the app does.
    pub(super) async fn card(&self) -> Option<Verified<Request>> {
        let jws = self.wait(Have::default()).await.body?.request?;
        let request = Unverified::<Request>::parse(&jws).unwrap().verify_any(&self.signing_keys()).unwrap();
        assert_eq!((request.iss, request.aud), (self.server, self.id()));
        Some(request)
    }

    pub(super) fn answer_to(
        &self,
        (request, hash): (RequestId, Hash),
        decision: Decision,
        number: Option<Number>,
    ) -> Answer {
        let id = CallId::make(&SystemRandom);
        Answer::new(self.id(), self.server, self.now(), id, (request, hash), (decision, number))
    }

    pub(super) async fn answer(
        &self,
        card: (RequestId, Hash),
        decision: Decision,
        number: Option<Number>,
    ) -> Reply<AnswerReply> {
        let key = match decision {
            Decision::Approve => &self.approval_key,
            Decision::Deny | Decision::Report => &self.device_key,
        };
        let answer = self.answer_to(card, decision, number);
        self.send::<Answer>(&sign(&answer, key)).await.unwrap()
    }

    pub(super) async fn verdict(
        &self,
        card: (RequestId, Hash),
        decision: Decision,
        number: Option<Number>,
    ) -> Verdict {
        self.answer(card, decision, number).await.body.unwrap().verdict
    }

    /// Approves what waits.
    pub(super) async fn approve_waiting(&self, number: Number) {
        let card = self.card().await.expect("a request waits");
        let verdict = self.verdict((card.id, card.hash()), Decision::Approve, Some(number)).await;
        assert_eq!(verdict, Verdict::Approved);
    }

    pub(super) async fn remove(&self) -> Status {
        let removal = Removal::new(self.id(), self.server, self.now(), CallId::make(&SystemRandom));
        self.send::<Removal>(&sign(&removal, &self.device_key)).await.unwrap().status
    }

    pub(super) fn signing_keys(&self) -> Vec<PublicKey> {
        let statement = &self.reply.as_ref().expect("it was activated").server;
        let statement = Unverified::<ServerStatement>::parse(statement).unwrap().verify_inside().unwrap();
        assert_eq!(statement.iss, self.server);
        statement.signing_keys.to_vec()
    }

    /// Posts a call and checks its reply as the app does.
    pub(super) async fn send<C: Call>(&self, jws: &str) -> Result<Reply<C::Reply>, Refused>
    where
        C::Reply: ReplyBody,
    {
        let (status, kind, body) = self.post(C::NAME, "application/jose", jws.to_owned()).await;
        if status != 200 {
            assert_eq!(kind, "application/problem+json");
            let problem: Problem = serde_json::from_str(&body).unwrap();
            assert_eq!(problem.status, status);
            return Err(Refused(status, problem.code));
        }
        assert_eq!(kind, "application/jose");
        let reply = Unverified::<Reply<C::Reply>>::parse(&body).unwrap();
        let keys = match &self.reply {
            Some(_) => self.signing_keys(),
            None => self.statement().await.signing_keys.to_vec(),
        };
        let reply = reply.verify_any(&keys).unwrap().into_payload();
        assert_eq!(reply.iss, self.server);
        Ok(reply)
    }

    pub(super) async fn post(&self, call: &str, kind: &str, body: String) -> (u16, String, String) {
        let url = format!("{}/countersign/v1/{call}", self.origin);
        let (forwarded, client) = FORWARDED;
        let call = self.http.post(url).header("content-type", kind).header(forwarded, client);
        let response = call.body(body).send().await.unwrap();
        let header = |name| {
            response
                .headers()
                .get(name)
                .map(|value: &reqwest::header::HeaderValue| value.to_str().unwrap().to_owned())
        };
        let kind = header("content-type").unwrap_or_default();
        if response.status() == 200 {
            assert_eq!(header("cache-control").as_deref(), Some("no-store"));
        }
        assert_eq!(header("set-cookie"), None);
        (response.status().as_u16(), kind, response.text().await.unwrap())
    }

    pub(super) async fn statement(&self) -> ServerStatement {
        let url = format!("{}/.well-known/countersign", self.origin);
        let jws = self.http.get(url).send().await.unwrap().text().await.unwrap();
        Unverified::<ServerStatement>::parse(&jws).unwrap().verify_inside().unwrap().into_payload()
    }
}

pub(super) fn sign<P: Payload>(payload: &P, key: &SoftwareKey) -> String {
    Draft::new(payload, key.public().thumbprint()).unwrap().sign(key).unwrap()
}
