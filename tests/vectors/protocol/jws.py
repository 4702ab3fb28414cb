"""Signed payloads: each kind with its members, the form of a JWS, and each kind taken for another."""

import hashlib
import hmac

import reader
from model import BODIES, FULL, KEYS, LARGEST, NOW, SERVER, dumped, faults, members, plain, signer
from model import changed, left_out, put
from p256 import N, b64, der_signature

SOURCE = "docs/push-protocol.md, sections 2 to 5; RFC 7515, RFC 7518, RFC 8725; signed by p256.py"


def header(kind, kid, **more):
    return {"alg": "ES256", "typ": f"countersign-{kind.split('/')[0]}+jwt", "kid": kid} | more


def signed(head, payload, key):
    """The compact JWS of two JSON texts."""
    message = b64(head.encode()) + "." + b64(payload.encode())
    return message + "." + b64(key.sign(message.encode()))


def sealed(kind, payload, name=None):
    key = KEYS[name or signer(kind)]
    return signed(dumped(header(kind, key.public.thumbprint())), dumped(payload), key)


def judged(kind, jws, key):
    try:
        return {"payload": reader.read(kind, jws, KEYS[key].public)}
    except reader.Refused as refused:
        return {"refused": refused.args[0]}


def case(name, kind, jws, expected, key=None):
    """`expected` is a word, or None for what must be taken; the reader has to find the same."""
    key = key or signer(kind)
    found = judged(kind, jws, key)
    assert found.get("refused") == expected, f"{kind}, {name}: {expected} expected, {found} found"
    if expected is None:
        found["hash"] = hash_of(jws)
    return {"name": name, "input": {"kind": kind, "key": key, "jws": jws}, "expect": found}


def hash_of(jws):
    return b64(hashlib.sha256(jws.rsplit(".", 1)[0].encode()).digest())


def fault(name, kind, payload, expected="payload"):
    """A payload that is refused under a good signature; whoever reads the vector signs it."""
    try:
        found = reader.read_payload(kind, payload.encode())
    except reader.Refused as refused:
        found = refused.args[0]
    assert found == expected, f"{kind}, {name}: {found} found"
    return {"name": name, "input": {"kind": kind, "key": signer(kind), "payload": payload}, "expect": {"refused": expected}}


def files():
    kinds = ["server", "request", "activation", "wait", "answer", "update", "removal"]
    made = {f"{kind}.json": of_kind(kind, [kind]) for kind in kinds}
    made["reply.json"] = of_kind("reply", [f"reply/{to}" for to in BODIES])
    made["form.json"] = {"about": "The form of a JWS, shown on a removal.", "source": SOURCE, "cases": list(form())}
    made["kinds.json"] = {"about": "Each kind of JWS taken for each other.", "source": SOURCE, "cases": list(kinds_for_others())}
    return made


def of_kind(name, kinds):
    about = (
        f"What a JWS of the kind `{name}` may carry. A case with `payload` in place of `jws` is to be signed by its key, "
        "under a header that is right: the payload alone is at fault. Keys are in keys.json."
    )
    cases = [case for kind in kinds for case in [*good(kind), *moved(kind), *bad(kind)]]
    return {"about": about, "source": SOURCE, "cases": cases}


def good(kind):
    full, least = plain(FULL[kind]), plain(FULL[kind], minimal=True)
    yield case("every member", kind, sealed(kind, full), None)
    if least != full and kind != "answer":
        for name, value in (("signing_keys", 1), ("versions", 1)):
            if name in least:
                least[name] = least[name][:value]
        yield case("no member that may be left out", kind, sealed(kind, least), None)
    for name, change in more_good(kind):
        yield case(name, kind, sealed(kind, over(full, change)), None)


def more_good(kind):
    """Members changed to others that are as good."""
    if kind == "server":
        yield "at the first second", {"iat": 0}
        yield "at the last second", {"iat": LARGEST}
        yield "a base URL of 200 characters", {"base": "https://a.example/" + "a" * 182}
        yield "a later version, too", {"versions": [2, 1]}
    if kind == "request":
        for word in ("test", "reset", "method"):
            yield f"of the kind {word}", {"kind": word}
        yield "two digits", {"digits": 2}
        yield "eight digits", {"digits": 8}
        yield "a life of 300 seconds", {"exp": NOW + 300}
        longest = {"organisation": 64, "account": 128, "application": 64, "address": 45, "place": 64, "browser": 64, "reason": 140}
        yield "every text at its limit", {name: "\U0001f4bb" * limit for name, limit in longest.items()}
        yield "texts of markup, which are shown as they are", {"organisation": "<b>Halden</b> & \"Sons\" \\ %s"}
    if kind == "activation":
        yield "a typed code", {"code": "ABCDEFGHJKMN"}
        for platform in ("ios", "terminal"):
            yield f"on {platform}", {"platform": platform}
        yield "three wake-ups, eight words", {
            "wakes": [{**plain(FULL["activation"]["wakes"])[0], "endpoint": f"https://push.example/{n}"} for n in range(3)],
            "can": [f"part_{n}" for n in range(8)],
        }
    if kind == "wait":
        yield "at once, and without anything", {"hold": 0, "have": {}}
        for word in ("removed", "pending", "codes_only", "active"):
            yield f"a phone that knows itself {word}", {"have": {"status": word}}
        yield "the largest number of a profile", {"have": {"profile": LARGEST}}
    if kind == "answer":
        for word in ("deny", "report"):
            without = {name: value for name, value in plain(FULL[kind]).items() if name != "number"}
            yield f"{word}, without a number", Whole(without | {"decision": word})
        for number in ("00", "01234567"):
            yield f"the number {number}", {"number": number}
    if kind == "reply/wait":
        yield "nothing but that all is as it was", {"body": {"wakes_gone": []}}
        verdicts = ("denied", "wrong_number", "expired", "cancelled", "answered_elsewhere", "reported")
        for word in verdicts:
            body = {"ended": {"request": plain(FULL[kind])["re"], "verdict": word}, "wakes_gone": []}
            yield f"a request that ended {word}", {"body": body}
        yield "paused", {"status": "paused", "until": NOW + 86_400}
    if kind == "reply/activation":
        body = plain(FULL[kind])["body"]
        edges = (("SHA1", 6, 15), ("SHA512", 8, 120))
        for algorithm, digits, period in edges:
            form = {"algorithm": algorithm, "digits": digits, "period": period}
            yield f"codes of {form}", {"body": body | {"codes": body["codes"] | form}}
    if kind.startswith("reply/"):
        payload = {name: value for name, value in plain(FULL[kind]).items() if name != "body"}
        for word in ("pending", "codes_only"):
            yield f"{word}", {"status": word}
        for reason in ("phone", "person", "help_desk", "replaced", "check", "unsaved", "report"):
            yield f"removed: {reason}", Whole(payload | {"status": "removed", "reason": reason})
        yield "a wrong clock", Whole(payload | {"status": "clock_skew"})


class Whole(dict):
    """A change that is the whole payload."""


def over(payload, change):
    return change if isinstance(change, Whole) else payload | change


def moved(kind):
    """The signature stays, one member says something else that would be as good."""
    payload = plain(FULL[kind])
    head, _, signature = sealed(kind, payload).split(".")
    for path, _, node in members(FULL[kind]):
        other = getattr(node, "other", None)
        if other is None or path == ("v",):
            continue
        text = changed(payload, path, put(other))
        jws = f"{head}.{b64(str(text).encode())}.{signature}"
        expected = judged(kind, jws, signer(kind))["refused"]
        assert expected in ("signature", "payload")
        yield case(f"{'.'.join(map(str, path))} changed under the old signature", kind, jws, expected)


def bad(kind):
    if kind == "reply/removal":  # of the same members as the reply to an update
        return
    for name, payload in faults(kind):
        is_version = name in ("v: below the least", "v: over the most")
        yield fault(name, kind, payload, "version" if is_version else "payload")
    payload = plain(FULL[kind])
    for name, change in more_bad(kind):
        yield fault(name, kind, dumped(over(payload, change)))
    yield case("signed by another key that the header names", kind, sealed(kind, payload, "stranger"), "key")
    stranger = signed(dumped(header(kind, KEYS[signer(kind)].public.thumbprint())), dumped(payload), KEYS["stranger"])
    yield case("signed by another key under the right key's name", kind, stranger, "signature")


def more_bad(kind):
    """Members that are right by themselves and do not agree."""
    if kind == "server":
        stranger, identity = KEYS["stranger"].public, KEYS["identity"].public
        yield "iss is not the thumbprint of key", {"iss": stranger.thumbprint()}
        yield "the identity key as a signing key", {"signing_keys": [identity.jwk()]}
        yield "a signing key twice", {"signing_keys": [stranger.jwk()] * 2}
        yield "no signing key", {"signing_keys": []}
        yield "a pin twice", {"pins": [SERVER] * 2}
        yield "no version", {"versions": []}
        yield "later versions only", {"versions": [2, 3]}
        yield "a version twice", {"versions": [1, 1]}
        yield "a version of 2^53", {"versions": [1, LARGEST + 1]}
    if kind == "request":
        yield "ends when it begins", {"exp": NOW}
        yield "ends before it begins", {"exp": NOW - 1}
        yield "a life of 301 seconds", {"exp": NOW + 301}
        yield "the number", {"number": "038"}
    if kind == "activation":
        keys = plain(FULL[kind])["keys"]
        device, approval = keys["device"], keys["approval"]
        yield "iss is not the thumbprint of the device key", {"iss": KEYS["stranger"].public.thumbprint()}
        yield "one key for device and approval", {"keys": keys | {"approval": approval | {"key": device["key"]}}}
        yield "one key for device and agreement", {"keys": keys | {"agreement": device["key"]}}
        yield "one key for approval and agreement", {"keys": keys | {"agreement": approval["key"]}}
        yield "a device key that asks for the person", {"keys": keys | {"device": device | {"presence": "each_use"}}}
    if kind == "wait":
        yield "a phone that knows itself clock_skew", {"have": {"status": "clock_skew"}}
        yield "an unknown word for the status", {"have": {"status": "lost"}}
        yield "a phone that knows itself paused and not until when", {"have": {"status": "paused"}}
        yield "active until a time", {"have": {"status": "active", "until": NOW}}
        yield "until a time, without a status", {"have": {"until": NOW}}
    if kind == "answer":
        without = {name: value for name, value in plain(FULL[kind]).items() if name != "number"}
        yield "approve without a number", Whole(without)
        yield "deny with a number", {"decision": "deny"}
        yield "report with a number", {"decision": "report"}
    if kind.startswith("reply/"):
        payload = plain(FULL[kind])
        bare = {name: value for name, value in payload.items() if name != "body"}
        yield "removed without a reason", Whole(bare | {"status": "removed"})
        yield "removed until a time", Whole(bare | {"status": "removed", "reason": "person", "until": NOW})
        yield "paused without an end", {"status": "paused"}
        yield "paused for a reason", {"status": "paused", "until": NOW, "reason": "report"}
        yield "active until a time", {"until": NOW}
        yield "active for a reason", {"reason": "person"}
        yield "an unknown reason", Whole(bare | {"status": "removed", "reason": "lost"})
        yield "an audience that is no id", {"aud": "mira"}
        yield "an audience of 20 bytes", {"aud": b64(bytes(20))}
        if "body" in payload:
            yield "active without a body", Whole(bare)
            yield "removed with a body", {"status": "removed", "reason": "person"}
            yield "a wrong clock with a body", {"status": "clock_skew"}
            others = [other for other in BODIES if BODIES[other] and f"reply/{other}" != kind]
            for other in others:
                yield f"the body of {other}", {"body": plain(BODIES[other])}
        else:
            yield "an empty body", {"body": {}}
            yield "a body of null", {"body": None}
            yield "the body of answer", {"body": plain(BODIES["answer"])}


def kinds_for_others():
    """Both ways: the header says what it is, and the header says what it is taken for."""
    kinds = [kind for kind in FULL if kind == "reply/wait" or not kind.startswith("reply/")]
    for kind in kinds:
        own = sealed(kind, plain(FULL[kind]))
        for other in (other for other in kinds if other != kind):
            yield case(f"{kind} read as {other}", other, own, "header", signer(kind))
            key = KEYS[signer(kind)]
            dressed = signed(dumped(header(other, key.public.thumbprint())), dumped(plain(FULL[kind])), key)
            yield case(f"{kind} dressed and read as {other}", other, dressed, "payload", signer(kind))
    yield case("a removal as what it is", "removal", sealed("removal", plain(FULL["removal"])), None)


def form():
    kind, key, payload = "removal", KEYS["device"], plain(FULL["removal"])
    kid = key.public.thumbprint()
    head, body = dumped(header(kind, kid)), dumped(payload)
    right = signed(head, body, key)
    parts = right.split(".")
    message = ".".join(parts[:2])
    signature = reader.decoded(parts[2])
    r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
    pair = lambda r, s: f"{message}.{b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"
    of = lambda name, jws, expected: case(name, kind, jws, expected)
    under = lambda name, head, expected="header": of(name, signed(head, body, key), expected)

    yield of("as we write it", right, None)
    yield of("the signature rewritten as n - s: it holds, and the hash is the same", pair(r, N - s), None)
    yield under("blanks and another order in the header", f'{{ "kid":"{kid}", "typ" : "countersign-removal+jwt",\n"alg":"ES256"}}', None)
    yield under("escapes in the header", head.replace("ES256", "\\u0045S256"), None)
    reordered = dumped(dict(reversed(payload.items())))
    yield of("another order in the payload", signed(head, reordered, key), None)
    yield of("blanks in the payload", signed(head, body.replace(",", " ,\n\t"), key), None)
    longest = padded(head, body, key, 8192)
    assert len(longest) == 8192
    yield of("as long as it may be", longest, None)

    yield of("a byte too long", padded(head, body, key, 8193), "too_long")
    yield of("nothing", "", "form")
    yield of("two parts", message, "form")
    yield of("two dots, no signature", message + ".", "form")
    yield of("four parts", right + ".", "form")
    yield of("five parts, as of a JWE", ".".join([parts[0], "", "", *parts[1:]]), "form")
    yield of("no header", "." + ".".join(parts[1:]), "header")
    yield of("no payload", signed(head, "", key), "payload")
    yield of("a JWS in its JSON form", dumped({"protected": parts[0], "payload": parts[1], "signature": parts[2]}), "form")
    yield of("a blank before", " " + right, "form")
    yield of("a line break behind", right + "\n", "form")
    for index, name in enumerate(("header", "payload", "signature")):
        for what, change in (
            ("padded", lambda part: part + "=" * (-len(part) % 4 or 4)),
            ("with a blank inside", lambda part: part[:8] + " " + part[8:]),
            ("with a line break inside", lambda part: part[:8] + "\n" + part[8:]),
            ("with a character of plain base64", lambda part: part[:8] + "+" + part[9:]),
            ("with a percent escape", lambda part: part[:8] + "%41" + part[9:]),
            ("of an impossible length", lambda part: part + "A" * ((5 - len(part)) % 4)),
        ):
            changed_parts = [change(part) if at == index else part for at, part in enumerate(parts)]
            yield of(f"{name} {what}", ".".join(changed_parts), "form")
    spare = signed(head + " " * (-(len(head) + 1) % 3 or 3), body, key) if len(head) % 3 == 0 else right
    assert len(reader.decoded(spare.split(".")[0])) % 3
    for name, index, jws in (("header", 0, spare), ("signature", 2, right)):
        cut = jws.split(".")
        cut[index] = cut[index][:-1] + chr(ord(cut[index][-1]) + 1)
        yield of(f"{name} with bits behind its end", ".".join(cut), "form")
    for bit in (0, 7):
        flipped = bytes([signature[40] ^ 1 << bit])
        yield of(f"bit {bit} of the signature flipped", f"{message}.{b64(signature[:40] + flipped + signature[41:])}", "signature")
    yield of("the header flipped in one bit", right.replace(parts[0], b64(head.replace("kid", "kie").encode())), "header")
    yield of("the payload flipped in one bit", right.replace(parts[1], b64(body.replace("1800000000", "1800000001").encode())), "signature")

    yield from heads(under, head, kid, key)
    yield of("alg none without a signature", f"{b64(head.replace('ES256', 'none').encode())}.{parts[1]}.", "form")
    none = f"{b64(head.replace('ES256', 'none').encode())}.{parts[1]}"
    yield of("alg none with 64 zeros", f"{none}.{b64(bytes(64))}", "header")
    hs = f"{b64(head.replace('ES256', 'HS256').encode())}.{parts[1]}"
    mac = hmac.digest(key.public.spki(), hs.encode(), "sha256")
    yield of("alg HS256 with the public key as its secret", f"{hs}.{b64(mac)}", "form")
    yield of("alg HS256, stretched to 64 bytes", f"{hs}.{b64(mac * 2)}", "header")

    yield of("a signature in DER", f"{message}.{b64(der_signature(signature))}", "form")
    yield of("a signature of 63 bytes", f"{message}.{b64(signature[1:])}", "form")
    yield of("a signature of 65 bytes", f"{message}.{b64(signature + bytes(1))}", "form")
    yield of("a signature of 64 zeros", pair(0, 0), "signature")
    yield of("r of 0", pair(0, s), "signature")
    yield of("s of 0", pair(r, 0), "signature")
    yield of("r of n", pair(N, s), "signature")
    yield of("s of n", pair(r, N), "signature")
    yield of("r and s exchanged", pair(s, r), "signature")
    yield of("n - r", pair(N - r, s), "signature")
    if r + N < 2**256:
        yield of("r + n", pair(r + N, s), "signature")
    yield of("a signature over the payload alone", f"{message}.{b64(key.sign(parts[1].encode()))}", "signature")
    yield of("a signature over the JSON", f"{message}.{b64(key.sign((head + '.' + body).encode()))}", "signature")
    later = sealed(kind, payload | {"iat": NOW + 1})
    yield of("the signature of another removal", f"{message}.{later.split('.')[2]}", "signature")

    yield of("a payload that is no JSON", signed(head, "removal", key), "payload")
    yield of("a payload with something behind it", signed(head, body + "x", key), "payload")
    yield of("a payload with a byte order mark", signed(head, "\ufeff" + body, key), "payload")
    yield of("a payload with a comment", signed(head, body.replace(",", ",/**/", 1), key), "payload")
    yield of("a payload with a comma at its end", signed(head, body[:-1] + ",}", key), "payload")
    broken = b64(body.encode().replace(b"iss", b"is\xff"))
    yield of("a payload that is no UTF-8", f"{parts[0]}.{broken}.{b64(key.sign(f'{parts[0]}.{broken}'.encode()))}", "payload")
    yield of("a payload 200 lists deep", signed(head, "[" * 200 + "]" * 200, key), "payload")


def padded(head, body, key, length):
    """A JWS of exactly that length, by blanks in header and payload."""
    for more in range(3):
        whole = head + " " * more
        rest = length - len(b64(whole.encode())) - 88
        for blanks in range(rest * 3 // 4 - len(body) - 3, rest * 3 // 4 - len(body) + 3):
            if len(b64((body + " " * blanks).encode())) == rest:
                return signed(whole, body + " " * blanks, key)
    raise AssertionError


def heads(under, head, kid, key):
    yield under("no blank before the header's object, but an array", dumped(["ES256", "countersign-removal+jwt", kid]))
    yield under("a header of null", "null")
    yield under("an empty header", "{}")
    for alg in ("none", "None", "HS256", "RS256", "ES384", "ES512", "ES256K", "EdDSA", "es256", ""):
        yield under(f"alg {alg or 'empty'}, signed with ES256", head.replace("ES256", alg))
    yield under("alg null", head.replace('"ES256"', "null"))
    yield under("alg a list", head.replace('"ES256"', '["ES256"]'))
    for typ in ("JWT", "jwt", "application/countersign-removal+jwt", "Countersign-Removal+JWT", "countersign-removal", ""):
        yield under(f"typ {typ or 'empty'}", head.replace("countersign-removal+jwt", typ))
    for name in ("alg", "typ", "kid"):
        without = {member: value for member, value in header("removal", kid).items() if member != name}
        yield under(f"without {name}", dumped(without))
        first = {"alg": "none", "typ": "JWT", "kid": KEYS["stranger"].public.thumbprint()}[name]
        yield under(f"{name} doubled, the wrong one first", head.replace("{", f'{{"{name}":"{first}",'))
        yield under(f"{name} doubled, the same twice", head.replace("}", "," + dumped({name: header("removal", kid)[name]})[1:]))
    yield under("kid empty", head.replace(kid, ""))
    yield under("kid of 22 characters", head.replace(kid, kid[:22]))
    yield under("kid padded", head.replace(kid, kid + "="))
    yield under("kid of another key", head.replace(kid, KEYS["stranger"].public.thumbprint()), "key")
    for name, value in (
        ("jwk", key.public.jwk()), ("jku", "https://a.example/keys"), ("x5u", "https://a.example/chain"), ("x5c", ["AA"]),
        ("x5t#S256", kid), ("crit", []), ("b64", False), ("cty", "JWT"), ("zip", "DEF"), ("iss", kid), ("new", 1),
    ):
        yield under(f"with {name}", dumped(header("removal", kid, **{name: value})))
    yield under("with a member without a name", dumped(header("removal", kid) | {"": 1}))
