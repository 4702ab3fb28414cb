//! The Key URI Format: `otpauth://TYPE/LABEL?PARAMETERS`.
//!
//! There is no standard; the reference is the wiki of google/google-authenticator, "Key URI Format", and what issuers
//! make of it. Where that differs from case to case in a name, the reading is generous; in all else it is strict.

use countersign_protocol::Text;
use percent_encoding::percent_decode_str;
use zeroize::Zeroizing;

use super::{CodesOffer, Refusal};
use crate::otp::{Algorithm, Counter, Digits, Generator, Hotp, Period, Secret, Steam, Totp};

/// Reads what stands behind `otpauth://`.
pub(super) fn read(rest: &str) -> Result<CodesOffer, Refusal> {
    // A fragment is no part of the query (RFC 3986, section 3.5): `issuer=C#&digits=8` would lose its digits unseen.
    if rest.contains('#') {
        return Err(Refusal::Malformed);
    }
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (kind, label) = path.split_once('/').unwrap_or((path, ""));
    let kind = kind.to_ascii_lowercase();
    if kind == "pipush" {
        return Err(Refusal::PrivacyIdea);
    }
    if !matches!(kind.as_str(), "totp" | "hotp" | "steam") {
        return Err(Refusal::UnknownKind);
    }
    let parameters = Parameters::read(query)?;
    if parameters.has_half_a_secret() {
        return Err(Refusal::HalfSecret);
    }
    // How KeePassXC and Steam's own exports mark Steam's codes; another encoder would be another kind of code.
    let kind = match parameters.get("encoder").as_deref().map(|encoder| encoder.to_ascii_lowercase()) {
        None => kind,
        Some(encoder) if encoder == "steam" && kind != "hotp" => encoder,
        Some(_) => return Err(Refusal::UnknownKind),
    };
    let generator = match kind.as_str() {
        "hotp" => {
            let counter = Counter::new(parameters.number("counter").ok_or(Refusal::CounterMissing)?);
            Generator::Hotp(Hotp::new(
                parameters.secret()?,
                parameters.algorithm()?,
                parameters.digits()?,
                counter,
            ))
        }
        "steam" => {
            parameters.must_be_steam()?;
            Generator::Steam(Steam::new(parameters.secret()?))
        }
        _ => Generator::Totp(Totp::new(
            parameters.secret()?,
            parameters.algorithm()?,
            parameters.digits()?,
            parameters.period()?,
        )),
    };
    let (issuer, account) = names(&decoded(label), parameters.issuer().as_deref().map(String::as_str));
    Ok(CodesOffer { issuer, account, generator })
}

/// Who issued it and for which account. The label is `account` or `issuer:account`; where the parameter says another
/// issuer than the label, the parameter counts and the label stays whole, so that nothing of it is lost.
fn names(label: &str, issuer: Option<&str>) -> (Option<Text<64>>, Option<Text<128>>) {
    let issuer: Option<Text<64>> = issuer.and_then(Text::clean);
    let Some((prefix, account)) = label.split_once(':') else { return (issuer, Text::clean(label)) };
    let prefix: Option<Text<64>> = Text::clean(prefix);
    match (issuer, prefix) {
        (Some(issuer), Some(prefix)) if issuer.as_str().to_lowercase() != prefix.as_str().to_lowercase() => {
            (Some(issuer), Text::clean(label))
        }
        (issuer, prefix) => (issuer.or(prefix), Text::clean(account)),
    }
}

/// The parameters of the query: names decoded and in lower case, values as they are in the text.
struct Parameters<'a>(Vec<(String, &'a str)>);

impl<'a> Parameters<'a> {
    fn read(query: &'a str) -> Result<Self, Refusal> {
        let mut known: Vec<(String, &str)> = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decoded(name).to_ascii_lowercase();
            // `&amp;digits=8` of a page that encoded its HTML twice is digits, too; unread, they would be lost.
            if name.contains(';') {
                return Err(Refusal::Malformed);
            }
            if known.iter().any(|(other, _)| *other == name) {
                return Err(Refusal::DoubledParameter);
            }
            known.push((name, value));
        }
        Ok(Self(known))
    }

    fn raw(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| *value)
    }

    fn get(&self, name: &str) -> Option<Zeroizing<String>> {
        self.raw(name).map(decoded)
    }

    /// A number in plain ASCII digits; None if it is missing, too large or anything else.
    fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        let text = self.get(name)?;
        let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        is_plain.then(|| text.parse().ok()).flatten()
    }

    fn secret(&self) -> Result<Secret, Refusal> {
        Ok(Secret::from_base32(&self.get("secret").ok_or(Refusal::SecretMissing)?)?)
    }

    fn algorithm(&self) -> Result<Algorithm, Refusal> {
        let Some(name) = self.get("algorithm") else { return Ok(Algorithm::Sha1) };
        name.parse().map_err(|_| Refusal::UnknownAlgorithm)
    }

    fn digits(&self) -> Result<Digits, Refusal> {
        if self.raw("digits").is_none() {
            return Ok(Digits::SIX);
        }
        let digits = self.number("digits").ok_or(Refusal::DigitsOutOfRange)?;
        Digits::new(digits).map_err(|_| Refusal::DigitsOutOfRange)
    }

    fn period(&self) -> Result<Period, Refusal> {
        if self.raw("period").is_none() {
            return Ok(Period::THIRTY_SECONDS);
        }
        let seconds = self.number("period").ok_or(Refusal::PeriodOutOfRange)?;
        Period::new(seconds).map_err(|_| Refusal::PeriodOutOfRange)
    }

    /// Steam has one form of code only; what is said about it must be that.
    fn must_be_steam(&self) -> Result<(), Refusal> {
        if self.algorithm()? != Algorithm::Sha1 {
            Err(Refusal::UnknownAlgorithm)
        } else if self.raw("digits").is_some() && self.number("digits") != Some(5u8) {
            Err(Refusal::DigitsOutOfRange)
        } else if self.period()? != Period::THIRTY_SECONDS {
            Err(Refusal::PeriodOutOfRange)
        } else {
            Ok(())
        }
    }

    /// Issuers that build their query as a form write a blank as `+`, and Android reads it so. Only here: in a secret a
    /// plus sign is a fault.
    fn issuer(&self) -> Option<Zeroizing<String>> {
        self.raw("issuer").map(|value| decoded(&value.replace('+', " ")))
    }

    /// privacyIDEA's parameters `2step_salt`, `2step_output` and `2step_difficulty`: the phone makes the other half of
    /// the secret and shows it. The half alone gives codes that are never right.
    fn has_half_a_secret(&self) -> bool {
        self.0.iter().any(|(name, _)| name.starts_with("2step"))
    }
}

/// Percent-decoded (RFC 3986, section 2.1); what is no UTF-8 becomes U+FFFD, which is refused in everything but names.
fn decoded(value: &str) -> Zeroizing<String> {
    // Room for all from the start: growing would leave a copy of a secret behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(value.len()));
    bytes.extend(percent_decode_str(value));
    match String::from_utf8(std::mem::take(&mut *bytes)) {
        Ok(text) => Zeroizing::new(text),
        Err(error) => {
            let bytes = Zeroizing::new(error.into_bytes());
            Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned())
        }
    }
}
