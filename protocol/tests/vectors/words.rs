//! What is no JWS: texts, numbers, URLs, the activation link, and what a person types.

use std::ops::RangeInclusive;

use countersign_protocol::{
    ActivationLink, BaseUrl, Domain, LinkRefused, Number, Text, TextRefused, TypedCode, TypedPin,
};
use serde_json::{Value, json};

use crate::file::{refused, text as member};

pub(crate) fn text(input: &Value) -> Value {
    let text = member(input, "text");
    let shown = match input["limit"].as_u64().unwrap() {
        45 => Text::<45>::new(text).map(drop),
        64 => Text::<64>::new(text).map(drop),
        128 => Text::<128>::new(text).map(drop),
        140 => Text::<140>::new(text).map(drop),
        limit => panic!("no text has the limit {limit}"),
    };
    taken_or_why(shown)
}

fn taken_or_why(shown: Result<(), TextRefused>) -> Value {
    match shown {
        Ok(()) => json!({ "taken": true }),
        Err(TextRefused::Blank) => refused("blank"),
        Err(TextRefused::TooLong) => refused("too_long"),
        Err(TextRefused::NotNormal) => refused("not_normal"),
        Err(TextRefused::Hidden) => refused("hidden"),
    }
}

/// All characters of a case must be treated alike.
pub(crate) fn character(input: &Value) -> Value {
    let found = characters(input).map(|c| (c, taken_or_why(Text::<3>::new(format!("a{c}b")).map(drop))));
    alike(found)
}

pub(crate) fn number(input: &Value) -> Value {
    if let Some(typed) = input.get("typed") {
        let number = Number::typed(typed.as_str().unwrap());
        return number.map_or_else(|| refused("number"), |number| json!({ "number": number.expose() }));
    }
    let codes = code_points(input);
    let first = *codes.start();
    let found = characters(input).map(|c| match Number::typed(&format!("{c}{c}")) {
        // Counted down to the first, so that all of a run say the same.
        Some(number) => {
            let digit = u32::from(number.expose().as_bytes()[0] - b'0');
            (c, json!({ "first": digit.checked_sub(u32::from(c) - first) }))
        }
        None => (c, refused("number")),
    });
    alike(found)
}

fn code_points(input: &Value) -> RangeInclusive<u32> {
    let end = |name| u32::from_str_radix(member(input, name), 16).unwrap();
    end("from")..=end("to")
}

fn characters(input: &Value) -> impl Iterator<Item = char> {
    code_points(input).map(|code| char::from_u32(code).unwrap())
}

fn alike(mut found: impl Iterator<Item = (char, Value)>) -> Value {
    let (_, first) = found.next().unwrap();
    match found.find(|(_, other)| *other != first) {
        Some((c, other)) => json!(format!("first {first}, then U+{:04X} {other}", u32::from(c))),
        None => first,
    }
}

pub(crate) fn url(input: &Value) -> Value {
    let url = if let Some(url) = input.get("base") {
        BaseUrl::new(url.as_str().unwrap()).map(String::from)
    } else if let Some(url) = input.get("typed") {
        BaseUrl::typed(url.as_str().unwrap()).map(String::from)
    } else {
        Domain::new(member(input, "domain")).map(String::from)
    };
    url.map_or_else(|_| refused("url"), |url| json!({ "url": url }))
}

pub(crate) fn link(input: &Value) -> Value {
    match ActivationLink::parse(member(input, "link")) {
        Ok(link) => {
            let again = ActivationLink::parse(&link.expose()).unwrap();
            assert!(again == link, "a link that is written leads back to itself");
            let mut parts = json!({ "base": link.base, "code": link.code, "server": link.server });
            if let Some(tls_key) = link.tls_key {
                parts["tls_key"] = json!(tls_key);
            }
            parts
        }
        Err(LinkRefused::Foreign) => refused("foreign"),
        Err(LinkRefused::Version) => refused("version"),
        Err(LinkRefused::Damaged) => refused("damaged"),
    }
}

pub(crate) fn typed(input: &Value) -> Value {
    if let Some(code) = input.get("code") {
        let code = TypedCode::typed(code.as_str().unwrap());
        return code.map_or_else(|| refused("code"), |code| json!({ "code": code.expose() }));
    }
    let pin = match input.get("of") {
        Some(tls_key) => Some(TypedPin::of(&tls_key.as_str().unwrap().parse().unwrap())),
        None => TypedPin::typed(member(input, "pin")),
    };
    pin.map_or_else(|| refused("pin"), |pin| json!({ "pin": pin.as_str() }))
}
