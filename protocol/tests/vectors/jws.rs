//! Signed payloads.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign_protocol::{
    Activation, ActivationReply, Answer, AnswerReply, Never, Payload, PublicKey, Refusal, Removal, Reply,
    Request, ServerStatement, SoftwareKey, Unverified, Update, Wait, WaitReply,
};
use serde_json::{Value, json};

use crate::file::{key, refused, text};

/// Reads the JWS of a case, or its payload under a header and signature that are right.
pub(crate) fn read(input: &Value) -> Value {
    let (kind, key) = (text(input, "kind"), key(text(input, "key")));
    let jws = match input.get("payload") {
        Some(payload) => signed(&header(kind, key), payload.as_str().unwrap(), key),
        None => text(input, "jws").to_owned(),
    };
    match verified(kind, &jws, key.public()) {
        Ok((payload, hash)) => json!({ "payload": payload, "hash": hash }),
        Err(refusal) => refused(word(refusal)),
    }
}

/// The payload and the hash of a JWS of this kind.
pub(crate) fn verified(kind: &str, jws: &str, key: &PublicKey) -> Result<(Value, String), Refusal> {
    match kind {
        "server" => of::<ServerStatement>(jws, key),
        "request" => of::<Request>(jws, key),
        "reply/activation" => of::<Reply<ActivationReply>>(jws, key),
        "reply/wait" => of::<Reply<WaitReply>>(jws, key),
        "reply/answer" => of::<Reply<AnswerReply>>(jws, key),
        "reply/update" | "reply/removal" => of::<Reply<Never>>(jws, key),
        "activation" => of::<Activation>(jws, key),
        "wait" => of::<Wait>(jws, key),
        "answer" => of::<Answer>(jws, key),
        "update" => of::<Update>(jws, key),
        "removal" => of::<Removal>(jws, key),
        _ => panic!("there is no kind {kind}"),
    }
}

fn of<P: Payload>(jws: &str, key: &PublicKey) -> Result<(Value, String), Refusal> {
    let verified = Unverified::<P>::parse(jws)?.verify(key)?;
    let hash = verified.hash().to_string();
    Ok((serde_json::to_value(verified.into_payload()).unwrap(), hash))
}

fn word(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::TooLong => "too_long",
        Refusal::Form => "form",
        Refusal::Header => "header",
        Refusal::Version(_) => "version",
        Refusal::Payload => "payload",
        Refusal::Key => "key",
        Refusal::Signature => "signature",
    }
}

/// The header that a kind has under a key.
pub(crate) fn header(kind: &str, key: &SoftwareKey) -> String {
    let (kind, kid) = (kind.split('/').next().unwrap(), key.public().thumbprint());
    format!(r#"{{"alg":"ES256","typ":"countersign-{kind}+jwt","kid":"{kid}"}}"#)
}

/// Signs any two texts.
pub(crate) fn signed(header: &str, payload: &str, key: &SoftwareKey) -> String {
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    sealed(&message, key)
}

/// Puts a signature behind `header.payload`.
pub(crate) fn sealed(message: &str, key: &SoftwareKey) -> String {
    let signature = key.sign(message.as_bytes()).unwrap();
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature.as_bytes()))
}
