"""Keys, signatures from key stores, the check, and the secret of one-time codes."""

import base64
import hashlib
import hmac
import json

from model import KEYS, NAMES, dumped
from p256 import G, N, P, SPKI, PublicKey, b64, der_integer, der_signature, is_on_curve, multiply

ROUNDS = 100_000
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def files():
    return {
        "keys.json": {
            "about": "The keys of all vectors, private halves too, and how a public key is written and named.",
            "source": "docs/push-protocol.md, sections 1 and 4; RFC 7517, RFC 7518, RFC 7638, RFC 5480, RFC 5208",
            "keys": {name: key_of(KEYS[name]) for name in NAMES},
            "cases": list(keys()),
        },
        "signatures.json": {
            "about": "What a key store signs comes in DER; on the wire it is r and s, 32 bytes each. Both are in hexadecimal.",
            "source": "docs/push-protocol.md, section 2; RFC 3279, section 2.2.3; RFC 7518, section 3.4",
            "cases": list(signatures()),
        },
        "check.json": {
            "about": "The eight characters that page and phone show.",
            "source": "docs/push-protocol.md, section 8; RFC 8018, section 5.2; computed by hashlib",
            "cases": list(checks()),
        },
        "codes.json": {
            "about": "The secret of an account's one-time codes. `private` and `public` name keys of keys.json.",
            "source": "docs/push-protocol.md, section 9; SEC 1, section 3.3.1; RFC 5869; computed by p256.py and hmac",
            "cases": list(codes()),
        },
    }


def key_of(key):
    return {
        "jwk": key.jwk(), "pkcs8": base64.b64encode(key.pkcs8()).decode(), "spki": key.public.spki().hex(),
        "thumbprint": key.public.thumbprint(),
    }


def keys():
    for name in NAMES:
        public = KEYS[name].public
        yield {"name": f"{name}, as JWK", "input": {"jwk": dumped(public.jwk())}, "expect": {"thumbprint": public.thumbprint()}}
        yield {"name": f"{name}, as SPKI", "input": {"spki": public.spki().hex()}, "expect": {"thumbprint": public.thumbprint()}}
    rfc = {"kty": "EC", "crv": "P-256", "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}
    canonical = json.dumps(rfc, sort_keys=True, separators=(",", ":"))
    expected = b64(hashlib.sha256(canonical.encode()).digest())
    yield {"name": "the key of RFC 7517, appendix A.1, without its own members", "input": {"jwk": dumped(rfc)}, "expect": {"thumbprint": expected}}

    refused = lambda name, **given: {"name": name, "input": given, "expect": {"refused": "key"}}
    public = KEYS["device"].public
    good = public.jwk()
    for name in good:
        yield refused(f"without {name}", jwk=dumped({member: value for member, value in good.items() if member != name}))
        yield refused(f"{name} doubled", jwk=dumped(good).replace("}", "," + dumped({name: good[name]})[1:]))
        yield refused(f"{name} null", jwk=dumped(good | {name: None}))
        yield refused(f"{name} empty", jwk=dumped(good | {name: ""}))
        yield refused(f"{name} a number", jwk=dumped(good | {name: 1}))
    for name, value in (("kid", "a"), ("alg", "ES256"), ("use", "sig"), ("d", KEYS["device"].jwk()["d"]), ("key_ops", []), ("ext", True)):
        yield refused(f"with {name}", jwk=dumped(good | {name: value}))
    for member, value in (("crv", "P-384"), ("crv", "secp256k1"), ("crv", "p-256"), ("kty", "RSA"), ("kty", "OKP"), ("kty", "ec")):
        yield refused(f"{member} {value}", jwk=dumped(good | {member: value}))
    for member in "xy":
        raw = getattr(public, member)
        yield refused(f"{member} of 31 bytes", jwk=dumped(good | {member: b64(raw[1:])}))
        yield refused(f"{member} of 33 bytes", jwk=dumped(good | {member: b64(b"\0" + raw)}))
        yield refused(f"{member} padded", jwk=dumped(good | {member: b64(raw) + "="}))
        yield refused(f"{member} not canonical", jwk=dumped(good | {member: b64(raw)[:-1] + chr(ord(b64(raw)[-1]) + 1)}))
    spki = public.spki()
    yield refused("SPKI with a byte behind", spki=(spki + b"\0").hex())
    yield refused("SPKI cut", spki=spki[:-1].hex())
    yield refused("SPKI of a compressed point", spki=(bytes.fromhex("3039301306072a8648ce3d020106082a8648ce3d030107032200") + b"\2" + public.x).hex())
    yield refused("SPKI of secp256k1", spki=("3056301006072a8648ce3d020106052b8104000a034200" + public.uncompressed().hex()))
    yield refused("SPKI whose point begins with 5", spki=(SPKI + b"\5" + public.x + public.y).hex())
    yield refused("a bare point", spki=public.uncompressed().hex())
    yield refused("nothing", spki="")


def signatures():
    def taken(name, r, s):
        fixed = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        return {"name": name, "input": {"der": der_signature(fixed).hex()}, "expect": {"fixed": fixed.hex()}}

    real = KEYS["approval"].sign(b"countersign")
    r, s = (int.from_bytes(half, "big") for half in (real[:32], real[32:]))
    yield taken("a real one", r, s)
    yield taken("both with a leading zero byte", N - 1, N - 2)
    yield taken("neither with a leading zero byte", 2**255 - 1, 2**254)
    yield taken("r of 31 bytes", 2**247 + 1, s)
    yield taken("s of 30 bytes", r, 2**239 + 1)
    yield taken("r and s of one byte", 1, 127)
    yield taken("r of one byte and its leading zero", 128, s)

    def refused(name, der):
        return {"name": name, "input": {"der": der.hex()}, "expect": {"refused": "signature"}}

    good = der_signature(real)
    one, two = der_integer(real[:32]), der_integer(real[32:])
    wrapped = lambda *parts: b"\x30" + bytes([len(b"".join(parts))]) + b"".join(parts)
    assert wrapped(one, two) == good
    yield refused("nothing", b"")
    yield refused("r and s without DER", real)
    yield refused("a byte behind", good + b"\0")
    yield refused("a byte behind, inside", wrapped(one, two, b"\0"))
    yield refused("a third integer", wrapped(one, two, b"\x02\x01\x01"))
    yield refused("one integer", wrapped(one))
    yield refused("no integer", b"\x30\x00")
    yield refused("cut by a byte", good[:-1])
    yield refused("a SET", b"\x31" + good[1:])
    yield refused("an OCTET STRING in place of s", wrapped(one, b"\x04" + two[1:]))
    yield refused("a length in two bytes", b"\x30\x81" + good[1:])
    yield refused("an indefinite length", b"\x30\x80" + one + two + b"\0\0")
    yield refused("a length beyond the end", b"\x30" + bytes([good[1] + 1]) + good[2:])
    yield refused("r with a needless zero", wrapped(b"\x02\x02\x00\x01", two))
    yield refused("s with a needless zero", wrapped(one, b"\x02\x02\x00\x7f"))
    yield refused("r of 0", wrapped(b"\x02\x01\x00", two))
    yield refused("s of 0", wrapped(one, b"\x02\x01\x00"))
    yield refused("a negative r", wrapped(b"\x02\x01\x80", two))
    yield refused("a negative s", wrapped(one, b"\x02\x20" + b"\xff" * 32))
    yield refused("r without bytes", wrapped(b"\x02\x00", two))
    yield refused("r of 33 bytes", wrapped(b"\x02\x21\x01" + bytes(32), two))
    yield refused("s of 33 bytes and a leading zero", wrapped(one, b"\x02\x22\x00\x80" + bytes(32)))


def check(identity, device, approval):
    password = f"{identity}.{device}.{approval}".encode()
    bits = int.from_bytes(hashlib.pbkdf2_hmac("sha256", password, b"countersign check v1", ROUNDS, 5), "big")
    return "".join(CROCKFORD[bits >> shift & 31] for shift in range(35, -5, -5))


def checks():
    prints = {name: KEYS[name].public.thumbprint() for name in NAMES}

    def of(name, identity, device, approval):
        given = {"identity": prints[identity], "device": prints[device], "approval": prints[approval]}
        return {"name": name, "input": given, "expect": {"check": check(*given.values())}}

    yield of("an enrolment", "identity", "device", "approval")
    yield of("a proxy that put its own server in between", "other identity", "device", "approval")
    yield of("a proxy that put its own device key in between", "identity", "stranger", "approval")
    yield of("a proxy that put its own approval key in between", "identity", "device", "stranger")
    yield of("device and approval key exchanged", "identity", "approval", "device")
    good = check(prints["identity"], prints["device"], prints["approval"])
    for name, wrong in (
        ("empty", ""), ("seven characters", good[:7]), ("nine characters", good + "0"), ("in small letters", "k7qf2m9t"),
        ("with its gap", good[:4] + " " + good[4:]), ("with an I", "I" + good[1:]), ("with an L", "L" + good[1:]),
        ("with an O", "O" + good[1:]), ("with a U", "U" + good[1:]), ("with a hyphen", good[:7] + "-"),
        ("with digits of another script", "\u0660" * 8),
    ):
        yield {"name": f"no check: {name}", "input": {"check": wrong}, "expect": {"refused": "check"}}


def hkdf(secret, salt, info, length):
    """RFC 5869; one block is enough here."""
    assert length <= 32
    return hmac.digest(hmac.digest(salt, secret, "sha256"), info + b"\x01", "sha256")[:length]


def codes():
    activation = hashlib.sha256(b"header.payload").digest()
    for name, private, public in (
        ("the phone's side", "agreement", "server agreement"), ("the server's side", "server agreement", "agreement"),
        ("a proxy's key in place of the phone's", "server agreement", "stranger"),
    ):
        shared = KEYS[private].agree(KEYS[public].public)
        given = {"private": private, "public": public, "shared": b64(shared), "activation": b64(activation)}
        yield {"name": name, "input": given, "expect": {"secret": hkdf(shared, activation, b"countersign otp v1", 20).hex()}}
    shared = KEYS["agreement"].agree(KEYS["server agreement"].public)
    other = hashlib.sha256(b"header.payloae").digest()
    yield {
        "name": "the salt of another activation", "input": {"shared": b64(shared), "activation": b64(other)},
        "expect": {"secret": hkdf(shared, other, b"countersign otp v1", 20).hex()},
    }
    for length in (0, 20, 31, 33, 65):
        yield {
            "name": f"a shared secret of {length} bytes", "input": {"shared": b64(bytes(length)), "activation": b64(activation)},
            "expect": {"refused": "key"},
        }
    x, y = KEYS["stranger"].public.point
    twist = next(x for x in range(1, 100) if pow(x**3 - 3 * x + 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B, (P - 1) // 2, P) == P - 1)
    for name, point in (
        ("a key off the curve", (x, y ^ 1)), ("a key of zeros", (0, 0)), ("x for which there is no y", (twist, 1)),
        ("x of p", (P, y)), ("y beyond p", (x, 2**256 - 1)), ("x and y exchanged", (y, x)),
    ):
        assert not is_on_curve(point)
        yield {"name": name, "input": {"other": PublicKey(point).jwk()}, "expect": {"refused": "key"}}
    assert multiply(N - 1, G)[0] == G[0]


def cross(files):
    """Has a third implementation judge what was signed and derived."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF
    from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

    from reader import decoded

    held = {name: serialization.load_der_private_key(KEYS[name].pkcs8(), None) for name in NAMES}
    counts = {"signatures that hold": 0, "signatures that do not": 0, "agreements": 0, "checks": 0}
    for name, key in held.items():
        spki = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        assert spki == KEYS[name].public.spki()
    for case in (case for file in files.values() for case in file["cases"]):
        given, expected = case["input"], case["expect"]
        if "jws" in given and expected.get("refused") in (None, "signature"):
            message, signature = given["jws"].rsplit(".", 1)
            r, s = (int.from_bytes(half, "big") for half in (decoded(signature)[:32], decoded(signature)[32:]))
            try:
                public = held[given["key"]].public_key()
                public.verify(encode_dss_signature(r, s), message.encode(), ec.ECDSA(hashes.SHA256()))
                assert "refused" not in expected, case["name"]
                counts["signatures that hold"] += 1
            except InvalidSignature:
                assert "refused" in expected, case["name"]
                counts["signatures that do not"] += 1
        if "private" in given:
            shared = held[given["private"]].exchange(ec.ECDH(), held[given["public"]].public_key())
            secret = HKDF(hashes.SHA256(), 20, decoded(given["activation"]), b"countersign otp v1").derive(shared)
            assert (b64(shared), secret.hex()) == (given["shared"], expected["secret"])
            counts["agreements"] += 1
        if "check" in expected:
            password = ".".join(given.values()).encode()
            bits = PBKDF2HMAC(hashes.SHA256(), 5, b"countersign check v1", ROUNDS).derive(password)
            value = int.from_bytes(bits, "big")
            assert "".join(CROCKFORD[value >> 5 * place & 31] for place in range(7, -1, -1)) == expected["check"]
            counts["checks"] += 1
    print("cryptography agrees:", ", ".join(f"{count} {what}" for what, count in counts.items()))
