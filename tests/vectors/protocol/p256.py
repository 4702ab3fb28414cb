"""P-256 in plain Python, so that the vectors owe nothing to the code that they test.

ECDSA with SHA-256 (FIPS 186-5), its nonce by RFC 6979 so that every run gives the same bytes; ECDH (SEC 1, 3.3.1);
keys as JWK (RFC 7518), SubjectPublicKeyInfo (RFC 5480) and PKCS#8 (RFC 5208, RFC 5915).
Slow and not in constant time: for vectors with published keys, and for nothing else.
"""

import base64
import hashlib
import hmac

P = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
SPKI = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")
PKCS8 = bytes.fromhex("308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420")


def b64(data):
    """base64url without padding (RFC 4648, section 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def add(p, q):
    """The sum of two points in affine form; None is the point at infinity."""
    if p is None or q is None:
        return p or q
    if p[0] == q[0]:
        if (p[1] + q[1]) % P == 0:
            return None
        slope = (3 * p[0] * p[0] - 3) * pow(2 * p[1], -1, P) % P
    else:
        slope = (q[1] - p[1]) * pow(q[0] - p[0], -1, P) % P
    x = (slope * slope - p[0] - q[0]) % P
    return x, (slope * (p[0] - x) - p[1]) % P


def multiply(k, point):
    total = None
    while k:
        if k & 1:
            total = add(total, point)
        point, k = add(point, point), k >> 1
    return total


def is_on_curve(point):
    x, y = point
    return 0 <= x < P and 0 <= y < P and (y * y - x * x * x + 3 * x - B) % P == 0


class PublicKey:
    def __init__(self, point):
        self.point = point
        self.x, self.y = (coordinate.to_bytes(32, "big") for coordinate in point)

    def jwk(self):
        return {"crv": "P-256", "kty": "EC", "x": b64(self.x), "y": b64(self.y)}

    def thumbprint(self):
        """RFC 7638: SHA-256 over the JWK with sorted members and no blanks."""
        jwk = '{"crv":"P-256","kty":"EC","x":"%s","y":"%s"}' % (b64(self.x), b64(self.y))
        return b64(hashlib.sha256(jwk.encode()).digest())

    def uncompressed(self):
        return b"\x04" + self.x + self.y

    def spki(self):
        return SPKI + self.uncompressed()

    def verifies(self, message, signature):
        r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
        if len(signature) != 64 or not (0 < r < N and 0 < s < N) or not is_on_curve(self.point):
            return False
        e, w = int.from_bytes(hashlib.sha256(message).digest(), "big"), pow(s, -1, N)
        point = add(multiply(e * w % N, G), multiply(r * w % N, self.point))
        return point is not None and point[0] % N == r


class PrivateKey:
    def __init__(self, name):
        """A key for vectors: its secret is the SHA-256 of a text that stands in the open here."""
        self.d = int.from_bytes(hashlib.sha256(b"countersign vector key: " + name.encode()).digest(), "big") % N
        self.public = PublicKey(multiply(self.d, G))

    def jwk(self):
        return self.public.jwk() | {"d": b64(self.d.to_bytes(32, "big"))}

    def pkcs8(self):
        return PKCS8 + self.d.to_bytes(32, "big") + bytes.fromhex("a144034200") + self.public.uncompressed()

    def sign(self, message):
        """r and s, 32 bytes each (RFC 7518, section 3.4)."""
        digest = hashlib.sha256(message).digest()
        e = int.from_bytes(digest, "big")
        for k in self._nonces(digest):
            r = multiply(k, G)[0] % N
            s = pow(k, -1, N) * (e + r * self.d) % N
            if r and s:
                return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def _nonces(self, digest):
        """RFC 6979, section 3.2; N has as many bits as SHA-256 gives."""
        seed = self.d.to_bytes(32, "big") + (int.from_bytes(digest, "big") % N).to_bytes(32, "big")
        v, k = b"\x01" * 32, b"\x00" * 32
        for separator in (b"\x00", b"\x01"):
            k = hmac.digest(k, v + separator + seed, "sha256")
            v = hmac.digest(k, v, "sha256")
        while True:
            v = hmac.digest(k, v, "sha256")
            nonce = int.from_bytes(v, "big")
            if 0 < nonce < N:
                yield nonce
            k = hmac.digest(k, v + b"\x00", "sha256")
            v = hmac.digest(k, v, "sha256")

    def agree(self, other):
        """The x coordinate of the shared point, 32 bytes."""
        return multiply(self.d, other.point)[0].to_bytes(32, "big")


def der_signature(signature):
    """SEQUENCE { INTEGER r, INTEGER s } (RFC 3279, section 2.2.3), as key stores give it."""
    body = b"".join(der_integer(half) for half in (signature[:32], signature[32:]))
    return b"\x30" + bytes([len(body)]) + body


def der_integer(magnitude):
    value = magnitude.lstrip(b"\x00") or b"\x00"
    value = b"\x00" + value if value[0] >= 0x80 else value
    return b"\x02" + bytes([len(value)]) + value
