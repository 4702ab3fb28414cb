//! A phone's key store that tells what it signs, and signs what no app would.

use std::collections::HashMap;
use std::sync::{Condvar, Mutex, MutexGuard};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign_core::ports::{DeviceKeys, KeyPurpose, MadeKey, PortError, SignFor, Ticket};
use countersign_protocol::{Draft, Payload, Presence, SoftwareKey, Storage};

/// Keys in memory, and everything that was signed with them.
#[derive(Default)]
pub struct Keyring(Mutex<Kept>, Condvar);

#[derive(Default)]
struct Kept {
    keys: HashMap<String, (KeyPurpose, SoftwareKey)>,
    signed: Vec<String>,
    turns_away: bool,
    refuses: Option<PortError>,
    holds_on: bool,
    held: Option<&'static str>,
    is_holding: bool,
    while_asked: Option<Box<dyn Fn() + Send>>,
}

impl Keyring {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap()
    }

    /// The calls of this name that the app has made, byte for byte, oldest first.
    pub fn calls(&self, name: &str) -> Vec<String> {
        let typ = format!("\"countersign-{name}+jwt\"");
        let is_it = |jws: &&String| decode(jws.split('.').next().unwrap()).contains(&typ);
        self.kept().signed.iter().filter(is_it).cloned().collect()
    }

    /// Whether the person turns away when an approval asks for a finger.
    pub fn turn_away(&self, turns_away: bool) {
        self.kept().turns_away = turns_away;
    }

    /// Whether it has no key of any account.
    pub fn is_empty(&self) -> bool {
        self.kept().keys.is_empty()
    }

    /// What happens while an approval asks for a finger.
    pub fn while_asked(&self, happens: impl Fn() + Send + 'static) {
        self.kept().while_asked = Some(Box::new(happens));
    }

    /// What the platform answers in place of signing.
    pub fn refuse(&self, refuses: Option<PortError>) {
        self.kept().refuses = refuses;
    }

    /// Whether the platform destroys nothing now.
    pub fn hold_on(&self, holds_on: bool) {
        self.kept().holds_on = holds_on;
    }

    /// From now on whoever signs this kind of call has to wait.
    pub fn hold(&self, name: &'static str) {
        self.kept().held = Some(name);
    }

    /// Waits for somebody to wait.
    pub fn is_holding(&self) -> bool {
        let (kept, patience) = (self.kept(), std::time::Duration::from_secs(20));
        self.1.wait_timeout_while(kept, patience, |kept| !kept.is_holding).unwrap().0.is_holding
    }

    /// Nobody has to wait any more.
    pub fn let_go(&self) {
        self.kept().held = None;
        self.1.notify_all();
    }

    /// The platform drops all keys: a new finger, a phone that was restored.
    pub fn drop_keys(&self) {
        self.kept().keys.clear();
    }

    /// Signs a payload with the key of this purpose, as whoever drives the phone could.
    pub fn sign_as(&self, purpose: KeyPurpose, payload: &impl Payload) -> String {
        let kept = self.kept();
        let (_, key) = kept.keys.values().find(|(made_for, _)| *made_for == purpose).unwrap();
        Draft::new(payload, key.public().thumbprint()).unwrap().sign(key).unwrap()
    }
}

/// The text behind a part of a JWS.
pub fn decode(part: &str) -> String {
    String::from_utf8(URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

impl DeviceKeys for Keyring {
    fn make(&self, purpose: KeyPurpose, _challenge: &[u8]) -> Result<MadeKey, PortError> {
        let key = SoftwareKey::make().unwrap();
        let (handle, public_spki) = (key.public().thumbprint().to_string(), key.public().spki());
        self.kept().keys.insert(handle.clone(), (purpose, key));
        let presence = if purpose == KeyPurpose::Approval { Presence::EachUse } else { Presence::None };
        Ok(MadeKey { handle, public_spki, storage: Storage::Software, presence, attestation: Vec::new() })
    }

    fn sign(&self, handle: &str, message: &[u8], _: SignFor, _: Ticket) -> Result<Vec<u8>, PortError> {
        let mut kept = self.kept();
        let header = message.split(|byte| *byte == b'.').next().unwrap();
        let header = decode(std::str::from_utf8(header).unwrap());
        while kept.held.is_some_and(|name| header.contains(&format!("\"countersign-{name}+jwt\""))) {
            kept.is_holding = true;
            self.1.notify_all();
            kept = self.1.wait(kept).unwrap();
        }
        if let Some(refused) = kept.refuses {
            return Err(refused);
        }
        let (purpose, key) = kept.keys.get(handle).ok_or(PortError::Missing)?;
        if *purpose == KeyPurpose::Approval && kept.turns_away {
            return Err(PortError::Cancelled);
        }
        if *purpose == KeyPurpose::Approval
            && let Some(happens) = &kept.while_asked
        {
            happens();
        }
        let signature = *key.sign(message).unwrap().as_bytes();
        let message = std::str::from_utf8(message).unwrap();
        kept.signed.push(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)));
        Ok(der(&signature))
    }

    fn give_up(&self, _: Ticket) {}

    fn destroy(&self, handle: &str) -> Result<(), PortError> {
        let mut kept = self.kept();
        if kept.holds_on {
            return Err(PortError::NotNow);
        }
        kept.keys.remove(handle);
        Ok(())
    }
}

/// As key stores write a signature (RFC 3279, section 2.2.3).
fn der(signature: &[u8; 64]) -> Vec<u8> {
    let integer = |bytes: &[u8]| {
        let from = bytes.iter().position(|byte| *byte != 0).unwrap();
        let sign = if bytes[from] >= 0x80 { &[0][..] } else { &[] };
        let value = [sign, &bytes[from..]].concat();
        [&[2, u8::try_from(value.len()).unwrap()], &value[..]].concat()
    };
    let body = [integer(&signature[..32]), integer(&signature[32..])].concat();
    [&[0x30, u8::try_from(body.len()).unwrap()], &body[..]].concat()
}
