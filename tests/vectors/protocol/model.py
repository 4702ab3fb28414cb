"""One full payload of each kind, and what may be wrong with each of its members."""

from p256 import PrivateKey, b64

NAMES = (
    "identity", "other identity", "signing", "second signing", "device", "approval", "agreement",
    "server agreement", "stranger",
)
KEYS = {name: PrivateKey(name) for name in NAMES}
SERVER = KEYS["identity"].public.thumbprint()
NOW = 1_800_000_000
LARGEST = 2**53 - 1


class Raw(str):
    """A piece of JSON that stands as it is."""


class Leaf:
    """A member without members: a value, another that would be as good, and (what, JSON) that must be refused."""

    def __init__(self, value, other, *wrong):
        self.value, self.other = value, other
        self.wrong = [("null", "null"), *wrong]


def quoted(text):
    return '"' + text + '"'


def of_bytes(first, second):
    good = b64(first)
    odd = good[:-1] + chr(ord(good[-1]) + 1)  # its last character has bits that belong to nothing
    return Leaf(
        good, b64(second), ("empty", '""'), ("a byte too few", quoted(b64(first[1:]))),
        ("a byte too many", quoted(b64(first + b"\0"))), ("padded", quoted(good + "=" * (-len(good) % 4))),
        ("not canonical", quoted(odd)), ("a number", "7"),
    )


def identifier(byte):
    return of_bytes(bytes([byte] * 16), bytes([byte ^ 0x80] * 16))


def digest(byte):
    return of_bytes(bytes([byte] * 32), bytes([byte ^ 0x80] * 32))


def thumbprint(name, other="stranger"):
    return Leaf(
        KEYS[name].public.thumbprint(), KEYS[other].public.thumbprint(), ("empty", '""'), ("a number", "7"),
        ("of 22 characters", quoted("A" * 22)), ("of 42 characters", quoted("A" * 42)),
    )


def whole(value, least, most, other=None):
    beyond = [("below the least", str(least - 1))] if least else [("negative", "-1"), ("minus zero", "-0")]
    return Leaf(
        value, value + 1 if other is None else other, *beyond, ("over the most", str(most + 1)),
        ("a fraction", f"{value}.0"), ("an exponent", f"{value}e0"), ("a string", quoted(str(value))),
    )


def time(value=NOW):
    return whole(value, 0, LARGEST)


def text(value, limit):
    return Leaf(
        value, value + "!", ("empty", '""'), ("a number", "7"), ("too long", quoted("a" * (limit + 1))),
        ("a turned text", quoted("a\u202eb")), ("a line break", '"a\\nb"'), ("not normal", quoted("e\u0301")),
        ("a blank at the end", quoted("a ")), ("half a surrogate pair", '"\\ud83d"'),
    )


def word(value, other=None):
    return Leaf(
        value, other, ("empty", '""'), ("in capitals", quoted(value.upper() if value.islower() else value.lower())),
        ("not one of the words", '"other"'), ("a number", "1"), ("an object", '{"%s":null}' % value),
        ("a list", '["%s"]' % value),
    )


def jwk(name, other="stranger"):
    key = KEYS[name].public.jwk()
    listed = '["P-256","EC","%s","%s"]' % (key["x"], key["y"])
    return Leaf(
        key, KEYS[other].public.jwk(), ("a list", listed), ("a string", quoted(KEYS[name].public.thumbprint())),
        ("with a private member", dumped(KEYS[name].jwk())), ("without kty", dumped({**key, "kty": None}, skip=True)),
        ("an empty object", "{}"),
    )


def dumped(value, skip=False):
    """JSON without blanks; with `skip`, members that are None are left out."""
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, dict):
        pairs = [(name, member) for name, member in value.items() if not (skip and member is None)]
        return "{" + ",".join(f"{dumped(name)}:{dumped(member)}" for name, member in pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(dumped, value)) + "]"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, int):
        return str(value)
    escapes = {'"': '\\"', "\\": "\\\\", "\n": "\\n"}
    return quoted("".join(escapes.get(character, character) for character in value))


def items(*leaves, most, fill):
    """A list: its elements, and too many of `fill`."""
    values = [leaf.value for leaf in leaves]
    wrong = [
        ("an object", "{}"), ("a string", '"a"'), ("a null inside", "[null]"),
        ("too many", dumped([fill(index) for index in range(most + 1)])),
    ]
    return Leaf(values, values[:-1], *wrong)


def web_push_key(name):
    return b64(KEYS[name].public.uncompressed())


def endpoint(index=0):
    return f"https://push.example/wake/{index}"


def wake(index):
    return {"endpoint": endpoint(index), "p256dh": web_push_key("stranger"), "auth": b64(bytes([index] * 16))}


def wakes():
    return [
        {
            "endpoint": Leaf(
                endpoint(), endpoint(1), ("empty", '""'), ("without TLS", '"http://push.example/wake/0"'),
                ("with a user", '"https://u@push.example/wake/0"'), ("with a fragment", '"https://push.example/#a"'),
                ("too long", quoted("https://push.example/" + "a" * 980)), ("host in capitals", '"https://Push.example/"'),
                ("no URL", '"push.example"'),
            ),
            "p256dh": Leaf(
                web_push_key("stranger"), web_push_key("device"), ("empty", '""'), ("a JWK", "{}"),
                ("of 64 bytes", quoted(b64(bytes([4] * 64)))), ("a compressed point", quoted(b64(bytes([2] * 65)))),
            ),
            "auth": identifier(0x41),
        },
    ]


CALL = {"v": whole(1, 1, 1), "iss": identifier(0x11), "aud": thumbprint("identity", "other identity"),
        "iat": time(), "jti": identifier(0x21)}


def attested(name, presence):
    key = jwk(name)
    return {
        "key": key,
        "storage": word("hardware", "software"),
        "presence": word(presence, "each_use" if presence == "none" else "none"),
        "attestation?": Leaf(
            [b64(b"leaf"), b64(b"root")], [b64(b"leaf")], ("an empty list", "[]"), ("an empty certificate", '[""]'),
            ("seven certificates", dumped([b64(b"c")] * 7)), ("padded", '["bGVhZg=="]'), ("a string", '"bGVhZg"'),
        ),
    }


PROFILE = {
    "number": time(7),
    "organisation": text("Halden College", 64),
    "account": text("mira.okafor@halden.example", 128),
    "help_desk?": text("+44 20 7946 0018", 64),
    "vapid": items(Leaf(web_push_key("signing"), None), most=2, fill=lambda _: web_push_key("signing")),
}
BODIES = {
    "activation": {
        "server": Leaf("a server statement", "another", ("a number", "7"), ("an object", "{}")),
        "account": identifier(0x51),
        "device": identifier(0x11),
        "profile": PROFILE,
        "codes?": {
            "agreement": jwk("server agreement"),
            "algorithm": word("SHA256", "SHA1"),
            "digits": whole(6, 6, 8),
            "period": whole(30, 15, 120),
        },
    },
    "wait": {
        "server?": Leaf("a server statement", "another", ("a number", "7"), ("an object", "{}")),
        "profile?": PROFILE,
        "request?": Leaf("a request", "another", ("a number", "7"), ("an object", "{}")),
        "ended?": {
            "request": identifier(0x31),
            "verdict": word("approved", "denied"),
            "phone?": text("Pixel 9", 64),
        },
        "wakes_gone": items(Leaf(endpoint(), None), most=3, fill=endpoint),
    },
    "answer": {"verdict": word("answered_elsewhere", "approved"), "phone?": text("Pixel 9", 64)},
    "update": None,
    "removal": None,
}


def reply(to):
    audience = thumbprint("device") if to == "activation" else identifier(0x11)
    members = {
        "v": whole(1, 1, 1), "iss": thumbprint("identity", "other identity"), "aud": audience, "iat": time(),
        "re": identifier(0x21), "status": word("active", "pending"),
    }
    return members | ({"body": BODIES[to]} if BODIES[to] else {})


FULL = {
    "server": {
        "v": whole(1, 1, 1),
        "iss": thumbprint("identity", "other identity"),
        "iat": time(),
        "key": jwk("identity", "other identity"),
        "base": Leaf(
            "https://signin.halden.example/countersign", "https://signin.halden.example", ("empty", '""'),
            ("without TLS", '"http://signin.halden.example"'), ("a slash at the end", '"https://signin.halden.example/"'),
            ("host in capitals", '"https://Signin.halden.example"'), ("too long", quoted("https://a.example/" + "a" * 183)),
        ),
        "rp_id": Leaf(
            "halden.example", "example", ("empty", '""'), ("an address", '"192.0.2.1"'),
            ("in capitals", '"Halden.example"'), ("a URL", '"https://halden.example"'),
        ),
        "pins": items(digest(0x61), digest(0x62), most=2, fill=lambda index: b64(bytes([index] * 32))),
        "signing_keys": items(
            jwk("signing"), jwk("second signing"), most=3, fill=lambda index: KEYS[NAMES[index + 2]].public.jwk()
        ),
        "versions": items(Leaf(1, None), Leaf(2, None), most=8, fill=lambda index: index + 1),
    },
    "request": {
        "v": whole(1, 1, 1),
        "iss": thumbprint("identity", "other identity"),
        "aud": identifier(0x11),
        "iat": time(),
        "exp": time(NOW + 60),
        "id": identifier(0x31),
        "kind": word("sign_in", "test"),
        "digits": whole(3, 2, 8),
        "organisation": text("Halden College", 64),
        "account": text("mira.okafor@halden.example", 128),
        "application": text("Staff mail", 64),
        "address?": text("198.51.100.23", 45),
        "place?": text("Kingston, Jamaica", 64),
        "browser?": text("Firefox on Windows", 64),
        "known": Leaf(True, False, ("a string", '"true"'), ("a number", "1")),
        "reason?": text("Reading mail on a new computer", 140),
    },
    "activation": CALL | {
        "iss": thumbprint("device"),
        "code": Leaf(
            b64(bytes([0x71] * 16)), "ABCDEFGHJKMN", ("empty", '""'), ("of 15 bytes", quoted(b64(bytes([0x71] * 15)))),
            ("typed in small letters", '"abcdefghjkmn"'), ("typed with a hyphen", '"ABCD-EFGH-JKMN"'),
            ("typed with an L", '"ABCDEFGHJKML"'), ("a number", "7"),
        ),
        "keys": {
            "device": attested("device", "none"),
            "approval": attested("approval", "each_use"),
            "agreement": jwk("agreement"),
        },
        "can": Leaf(
            ["passkeys"], [], ("a word in capitals", '["Passkeys"]'), ("an empty word", '[""]'),
            ("nine words", dumped([f"part_{index}" for index in range(9)])), ("an object", "{}"),
            ("a word of 33 letters", dumped(["a" * 33])), ("a string", '"passkeys"'),
        ),
        "name": text("Fairphone 5", 64),
        "platform": word("android", "ios"),
        "app": text("1.0.0", 64),
        "wakes": wakes(),
    },
    "wait": CALL | {
        "hold": whole(50, 0, 50, other=0),
        "have": {
            "server?": time(NOW - 86_400),
            "profile?": time(7),
            "request?": identifier(0x31),
            "status?": word("paused"),
            "until?": time(NOW + 3600),
        },
    },
    "answer": CALL | {
        "request": identifier(0x31),
        "hash": digest(0x63),
        "decision": word("approve"),
        "number": Leaf(
            "038", "138", ("empty", '""'), ("one digit", '"3"'), ("nine digits", '"123456789"'), ("a number", "38"),
            ("digits of another script", '"\u0660\u0663\u0668"'), ("a blank", '"03 8"'), ("a sign", '"+38"'),
        ),
    },
    "update": CALL | {
        "can": Leaf([], ["passkeys"], ("a word in capitals", '["Passkeys"]'), ("an object", "{}")),
        "name": text("Fairphone 5", 64),
        "app": text("1.0.1", 64),
        "wakes": wakes(),
    },
    "removal": CALL,
} | {f"reply/{to}": reply(to) for to in BODIES}

SIGNED_BY = {"server": "identity", "request": "signing", "answer": "approval"}


def signer(kind):
    return "signing" if kind.startswith("reply/") else SIGNED_BY.get(kind, "device")


def plain(node, minimal=False):
    """The payload of a model; a minimal one has no member that may be left out, and empty lists."""
    if isinstance(node, Leaf):
        return node.value
    if isinstance(node, list):
        return [] if minimal else [plain(member) for member in node]
    return {
        name.removesuffix("?"): plain(member, minimal)
        for name, member in node.items()
        if not (minimal and name.endswith("?"))
    }


def changed(payload, path, change):
    """The JSON of a payload whose member at a path is changed: `change` takes the pairs of its object and its name."""
    if len(path) == 1 and isinstance(payload, dict):
        pairs = change(list(payload.items()), path[0])
        return Raw("{" + ",".join(f"{dumped(name)}:{dumped(value)}" for name, value in pairs) + "}")
    inside = changed(payload[path[0]], path[1:], change)
    if isinstance(payload, list):
        return Raw(dumped([inside if index == path[0] else value for index, value in enumerate(payload)]))
    return Raw(dumped(payload | {path[0]: inside}))


def put(value):
    return lambda pairs, name: [(member, value if member == name else old) for member, old in pairs]


def left_out(pairs, name):
    return [pair for pair in pairs if pair[0] != name]


def doubled(pairs, name):
    return pairs + [pair for pair in pairs if pair[0] == name]


def joined(pairs, name):
    return pairs + [("new", 1)]


def members(node, path=()):
    """(path, may be left out, node) of every member, objects inside included."""
    for name, member in (node.items() if isinstance(node, dict) else enumerate(node)):
        here = (*path, name.removesuffix("?") if isinstance(name, str) else name)
        if isinstance(name, str):
            yield here, name.endswith("?"), member
        if not isinstance(member, Leaf):
            yield from members(member, here)


def faults(kind):
    """(what, JSON of a payload) of everything that can be wrong with one member."""
    payload = plain(FULL[kind])
    yield "an unknown member", changed(payload, ("v",), joined)
    yield "a list in place of the object", dumped(list(payload.values()))
    yield "null in place of the object", "null"
    yield "an empty object", "{}"
    yield "two objects", dumped(payload) * 2
    for path, may_be_left_out, node in members(FULL[kind]):
        name = ".".join(map(str, path))
        if not may_be_left_out:
            yield f"{name} left out", changed(payload, path, left_out)
        yield f"{name} doubled", changed(payload, path, doubled)
        if isinstance(node, Leaf):
            for what, wrong in node.wrong:
                yield f"{name}: {what}", changed(payload, path, put(Raw(wrong)))
        elif isinstance(node, dict):
            inside = payload
            for step in path:
                inside = inside[step]
            yield f"{name}: null", changed(payload, path, put(None))
            yield f"{name}: a list", changed(payload, path, put(list(inside.values())))
            yield f"{name} with an unknown member", changed(payload, path, put(inside | {"new": 1}))
        else:
            yield f"{name}: null", changed(payload, path, put(None))
            yield f"{name}: an object", changed(payload, path, put({}))
            too_many = [wake(index) for index in range(4)]
            yield f"{name}: too many", changed(payload, path, put(too_many))
