"""Reads a JWS as docs/push-protocol.md says: a second reader, so that every expectation is judged twice.

make.py says of each case by hand what must come of it; this module must agree, or nothing is written.
"""

import base64
import ipaddress
import json
import re
import unicodedata

from p256 import PublicKey, b64

LIMITS = {"activation": 24576, "reply": 32768, "server": 4096}  # all others 8192
MAX = 2**53 - 1
IGNORABLE = [  # Default_Ignorable_Code_Point, DerivedCoreProperties.txt of Unicode 14 to 17
    (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F),
    (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
]


class Refused(Exception):
    """Its first argument is the word that stands in a vector."""


# Blank, or nothing to be seen, and neither White_Space nor ignorable.
UNSEEN = "\u2800\ufffc\U00013441\U00013442\U00016fe4\U0001d159"


def is_hidden(character):
    code = ord(character)
    is_ignorable = any(first <= code <= last for first, last in IGNORABLE)
    is_unseen = unicodedata.category(character) in ("Cc", "Cf", "Co", "Zl", "Zp") or character in UNSEEN
    return is_unseen or is_ignorable


def text(limit):
    def takes(value):
        return (
            isinstance(value, str)
            and 1 <= len(value) <= limit
            and value.strip() == value
            and not any(is_hidden(character) for character in value)
            and unicodedata.is_normalized("NFC", value)
        )

    return takes


def decoded(value):
    """The bytes of canonical base64url, or None."""
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9_-]*", value) or len(value) % 4 == 1:
        return None
    data = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
    return data if b64(data) == value else None


def of_bytes(length):
    return lambda value: decoded(value) is not None and len(decoded(value)) == length


def whole(least, most):
    return lambda value: type(value) is int and least <= value <= most


def one_of(*words):
    return lambda value: isinstance(value, str) and value in words


def list_of(item, least, most):
    return lambda value: isinstance(value, list) and least <= len(value) <= most and all(map(item, value))


def of(**members):
    """An object of exactly these members; a name that begins with `maybe_` may be left out."""
    known = {name.removeprefix("maybe_"): takes for name, takes in members.items()}
    needed = {name for name in members if not name.startswith("maybe_")}

    def takes(value):
        return (
            isinstance(value, dict)
            and needed <= value.keys() <= known.keys()
            and all(known[name](member) for name, member in value.items())
        )

    return takes


def is_bool(value):
    return isinstance(value, bool)


def is_string(value):
    return isinstance(value, str)


def is_certificate(value):
    return bool(decoded(value))


def is_code(value):
    return of_bytes(16)(value) or (is_string(value) and re.fullmatch("[2-9A-HJKMNP-Z]{12}", value) is not None)


def is_number(value):
    return is_string(value) and re.fullmatch("[0-9]{2,8}", value) is not None


def is_can(value):
    return is_string(value) and re.fullmatch("[a-z0-9_]{1,32}", value) is not None


def is_web_push_key(value):
    return of_bytes(65)(value) and decoded(value)[0] == 4


def is_host_name(value):
    labels = value.split(".") if is_string(value) else []
    is_label = re.compile("(?!-)[a-z0-9-]{1,63}(?<!-)").fullmatch
    # A last label that reads as a number makes an IPv4 address of it (URL standard, "ends in a number").
    return bool(labels) and all(map(is_label, labels)) and not re.fullmatch("[0-9]+|0x[0-9a-f]*", labels[-1])


def is_address(value):
    if value.startswith("["):
        try:
            return value.endswith("]") and ipaddress.IPv6Address(value[1:-1]).compressed == value[1:-1]
        except ValueError:
            return False
    try:
        return str(ipaddress.IPv4Address(value)) == value
    except ValueError:
        return False


def is_domain(value):
    return is_host_name(value) and len(value) <= 200


def is_base_url(value):
    if not is_string(value) or len(value) > 200:
        return False
    match = re.fullmatch(r"https://(\[[0-9a-f:]+\]|[^/:]+)(:([1-9][0-9]{0,4}))?((?:/[A-Za-z0-9._~-]+)*)", value)
    if match is None:
        return False
    host, _, port, path = match.groups()
    is_port = port is None or (port != "443" and int(port) <= 65535)
    is_path = not {".", ".."} & set(path.split("/"))
    return (is_host_name(host) or is_address(host)) and is_port and is_path


def is_endpoint(value):
    """Only the forms that the vectors have: the URL standard's own normal form is not written out again here."""
    if not is_string(value) or len(value.encode()) > 1000:
        return False
    match = re.fullmatch(r"https://([^/:@]+)(:[1-9][0-9]*)?/[!-~]*", value)
    return match is not None and is_host_name(match[1]) and "#" not in value and not value.startswith(" ")


identifier, digest, time = of_bytes(16), of_bytes(32), whole(0, MAX)
jwk = of(crv=one_of("P-256"), kty=one_of("EC"), x=digest, y=digest)
version = whole(1, 1)
attested = of(
    key=jwk,
    storage=one_of("hardware", "software"),
    presence=one_of("each_use", "none"),
    maybe_attestation=list_of(is_certificate, 1, 6),
)
wakes = list_of(of(endpoint=is_endpoint, p256dh=is_web_push_key, auth=identifier), 0, 3)
call = {"v": version, "iss": identifier, "aud": digest, "iat": time, "jti": identifier}
words = ("removed", "pending", "codes_only", "paused", "active")
verdict = one_of(
    "approved", "denied", "wrong_number", "expired", "cancelled", "answered_elsewhere", "reported"
)
profile = of(
    number=time, organisation=text(64), account=text(128), maybe_help_desk=text(64),
    vapid=list_of(is_web_push_key, 0, 2),
)
codes = of(
    agreement=jwk, algorithm=one_of("SHA1", "SHA256", "SHA512"), digits=whole(6, 8), period=whole(15, 120)
)
bodies = {
    "activation": of(server=is_string, account=identifier, device=identifier, profile=profile, maybe_codes=codes),
    "wait": of(
        maybe_server=is_string,
        maybe_profile=profile,
        maybe_request=is_string,
        maybe_ended=of(request=identifier, verdict=verdict, maybe_phone=text(64)),
        wakes_gone=list_of(is_endpoint, 0, 3),
    ),
    "answer": of(verdict=verdict, maybe_phone=text(64)),
}


def reply(to):
    return of(
        v=version,
        iss=digest,
        aud=digest if to == "activation" else identifier,
        iat=time,
        re=identifier,
        status=one_of(*words, "clock_skew"),
        maybe_reason=one_of("phone", "person", "help_desk", "replaced", "check", "unsaved", "report"),
        maybe_until=time,
        maybe_body=bodies.get(to, lambda value: False),
    )


PAYLOADS = {
    "server": of(
        v=version, iss=digest, iat=time, key=jwk, base=is_base_url, rp_id=is_domain, pins=list_of(digest, 0, 2),
        signing_keys=list_of(jwk, 1, 3), versions=list_of(time, 1, 8),
    ),
    "request": of(
        v=version, iss=digest, aud=identifier, iat=time, exp=time, id=identifier,
        kind=one_of("sign_in", "test", "reset", "method"), digits=whole(2, 8), organisation=text(64),
        account=text(128), application=text(64), maybe_address=text(45), maybe_place=text(64),
        maybe_browser=text(64), known=is_bool, maybe_reason=text(140),
    ),
    "activation": of(
        **call | {"iss": digest}, code=is_code, keys=of(device=attested, approval=attested, agreement=jwk),
        can=list_of(is_can, 0, 8), name=text(64), platform=one_of("android", "ios", "terminal"), app=text(64),
        wakes=wakes,
    ),
    "wait": of(
        **call, hold=whole(0, 50),
        have=of(
            maybe_server=time, maybe_profile=time, maybe_request=identifier, maybe_status=one_of(*words),
            maybe_until=time,
        ),
    ),
    "answer": of(
        **call, request=identifier, hash=digest, decision=one_of("approve", "deny", "report"), maybe_number=is_number
    ),
    "update": of(**call, can=list_of(is_can, 0, 8), name=text(64), app=text(64), wakes=wakes),
    "removal": of(**call),
} | {f"reply/{to}": reply(to) for to in ("activation", "wait", "answer", "update", "removal")}


def are_distinct(values):
    return all(value not in values[:index] for index, value in enumerate(values))


def thumbprint(key):
    return PublicKey(tuple(int.from_bytes(decoded(key[name]), "big") for name in "xy")).thumbprint()


def agrees(kind, payload):
    """Whether members agree with each other; each by itself is right already."""
    if kind == "server":
        keys = payload["signing_keys"]
        distinct = all(are_distinct(payload[name]) for name in ("signing_keys", "pins", "versions"))
        names_itself = payload["iss"] == thumbprint(payload["key"])
        return names_itself and payload["key"] not in keys and distinct and 1 in payload["versions"]
    if kind == "request":
        return 0 < payload["exp"] - payload["iat"] <= 300
    if kind == "activation":
        device, approval, agreement = (payload["keys"][name] for name in ("device", "approval", "agreement"))
        differ = are_distinct([device["key"], approval["key"], agreement])
        return differ and device["presence"] == "none" and payload["iss"] == thumbprint(device["key"])
    if kind == "wait":
        have = payload["have"]
        return ("until" in have) == (have.get("status") == "paused")
    if kind == "answer":
        return ("number" in payload) == (payload["decision"] == "approve")
    if kind.startswith("reply/"):
        status = payload["status"]
        is_open = status not in ("removed", "clock_skew") and kind.removeprefix("reply/") in bodies
        beside = {"removed": {"reason"}, "paused": {"until"}}.get(status, set())
        return payload.keys() & {"reason", "until"} == beside and ("body" in payload) == is_open
    return True


def strict(data):
    """JSON without doubled members, fractions, exponents, signs, or halves of a surrogate pair."""

    def no(_):
        raise ValueError

    def once(pairs):
        if len({name for name, _ in pairs}) < len(pairs):
            raise ValueError
        return dict(pairs)

    def unsigned(digits):
        return no(digits) if digits.startswith("-") else int(digits)

    value = json.loads(
        data.decode(), object_pairs_hook=once, parse_float=no, parse_constant=no, parse_int=unsigned
    )
    json.dumps(value, ensure_ascii=False).encode()
    return value


def read_payload(kind, data):
    try:
        payload = strict(data)
    except ValueError:
        payload = None
    if isinstance(payload, dict) and type(payload.get("v")) is int and payload["v"] != 1:
        raise Refused("version")
    if not PAYLOADS[kind](payload) or not agrees(kind, payload):
        raise Refused("payload")
    return payload


def read(kind, jws, key):
    """The payload of a JWS of this kind, if this key has signed it."""
    if len(jws.encode()) > LIMITS.get(kind.split("/")[0], 8192):
        raise Refused("too_long")
    parts = [decoded(part) for part in jws.split(".")]
    if len(parts) != 3 or None in parts or len(parts[2]) != 64:
        raise Refused("form")
    try:
        header = strict(parts[0])
    except ValueError:
        raise Refused("header") from None
    typ = f"countersign-{kind.split('/')[0]}+jwt"
    if not of(alg=one_of("ES256"), typ=one_of(typ), kid=digest)(header):
        raise Refused("header")
    payload = read_payload(kind, parts[1])
    if header["kid"] != key.thumbprint():
        raise Refused("key")
    if not key.verifies(jws.rsplit(".", 1)[0].encode(), parts[2]):
        raise Refused("signature")
    return payload
