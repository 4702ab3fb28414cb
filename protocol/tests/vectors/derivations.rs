//! Keys, signatures from key stores, the check, and the secret of one-time codes.

use countersign_protocol::{AgreementKey, Check, CodeSecret, Hash, PublicKey, Signature, Thumbprint, hash};
use serde_json::{Value, json};

use crate::file::{hex, refused, text, unhex};

pub(crate) fn public_key(input: &Value) -> Value {
    let key = match input.get("spki") {
        Some(spki) => PublicKey::from_spki(&unhex(spki.as_str().unwrap())).ok(),
        None => serde_json::from_str::<PublicKey>(text(input, "jwk")).ok(),
    };
    key.map_or_else(|| refused("key"), |key| json!({ "thumbprint": key.thumbprint() }))
}

pub(crate) fn signature(input: &Value) -> Value {
    match Signature::from_der(&unhex(text(input, "der"))) {
        Ok(signature) => json!({ "fixed": hex(signature.as_bytes()) }),
        Err(_) => refused("signature"),
    }
}

pub(crate) fn check(input: &Value) -> Value {
    if let Some(shown) = input.get("check") {
        let check = Check::try_from(shown.as_str().unwrap().to_owned());
        return check.map_or_else(|_| refused("check"), |check| json!({ "check": check }));
    }
    let [identity, device, approval] =
        ["identity", "device", "approval"].map(|name| text(input, name).parse::<Thumbprint>().unwrap());
    json!({ "check": Check::derive(identity, device, approval) })
}

/// ring agrees with keys of its own making only, so what ECDH gives is taken from the vector.
pub(crate) fn code_secret(input: &Value) -> Value {
    if let Some(other) = input.get("other") {
        let other: PublicKey = serde_json::from_value(other.clone()).unwrap();
        let agreed = AgreementKey::make().unwrap().agree(&other, hash(b"activation"));
        return agreed.map_or_else(|_| refused("key"), |_| json!({ "secret": "one" }));
    }
    let activation: Hash = text(input, "activation").parse().unwrap();
    match CodeSecret::derive(&unbase64(text(input, "shared")), activation) {
        Ok(secret) => json!({ "secret": hex(secret.expose()) }),
        Err(_) => refused("key"),
    }
}

fn unbase64(text: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).unwrap()
}
