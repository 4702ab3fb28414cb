#!/usr/bin/env python3
"""Opens a vault file as docs/vault-format.md has it and prints its body. Shares no code with the vault.

    open_vault.py contacts.vault KEY     KEY is the key store's key, 64 hexadecimal digits, or an unlock code
"""
import hashlib
import hmac
import struct
import sys

MAGIC = b"\x89CSVLT\r\n"
KEY_STORE, UNLOCK_CODE = 1, 3


def hkdf(key, salt, info):
    """RFC 5869 with SHA-256, 32 bytes."""
    extracted = hmac.digest(salt, key, "sha256")
    return hmac.digest(extracted, info + b"\x01", "sha256")


def chacha20_block(key, counter, nonce):
    """RFC 8439, section 2.3."""
    start = struct.unpack("<16L", b"expand 32-byte k" + key + struct.pack("<L", counter) + nonce)
    state = list(start)

    def quarter_round(a, b, c, d):
        for target, source, mixed, bits in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            state[target] = (state[target] + state[source]) & 0xFFFFFFFF
            value = state[mixed] ^ state[target]
            state[mixed] = (value << bits | value >> (32 - bits)) & 0xFFFFFFFF

    for _ in range(10):
        for column in range(4):
            quarter_round(column, column + 4, column + 8, column + 12)
        for column in range(4):
            quarter_round(column, (column + 1) % 4 + 4, (column + 2) % 4 + 8, (column + 3) % 4 + 12)
    return struct.pack("<16L", *((a + b) & 0xFFFFFFFF for a, b in zip(state, start)))


def poly1305(key, message):
    """RFC 8439, section 2.5."""
    r = int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    total = 0
    for start in range(0, len(message), 16):
        total = (total + int.from_bytes(message[start:start + 16] + b"\x01", "little")) * r % (2**130 - 5)
    return ((total + int.from_bytes(key[16:], "little")) % 2**128).to_bytes(16, "little")


def unseal(key, purpose, salt, nonce, data, sealed):
    """ChaCha20-Poly1305 (RFC 8439, section 2.8) under the subkey of this one sealing."""
    key = hkdf(key, salt, purpose)
    text, tag = sealed[:-16], sealed[-16:]
    pad = lambda part: part + bytes(-len(part) % 16)
    message = pad(data) + pad(text) + struct.pack("<QQ", len(data), len(text))
    if not hmac.compare_digest(poly1305(chacha20_block(key, 0, nonce)[:32], message), tag):
        sys.exit("the key is wrong, or the file is damaged")
    blocks = (chacha20_block(key, 1 + number, nonce) for number in range((len(text) + 63) // 64))
    return bytes(a ^ b for a, b in zip(text, b"".join(blocks)))


def main():
    path, secret = sys.argv[1:]
    with open(path, "rb") as opened:
        file = opened.read()
    if file[:8] != MAGIC or file[8:10] != b"\x00\x01":
        sys.exit("no vault of version 1")
    salt, nonce, count = file[19:51], file[51:63], file[63]
    end = 64 + 105 * count + 32
    if hashlib.sha256(file[:end - 32]).digest() != file[end - 32:end]:
        sys.exit("the header is damaged")
    is_key = len(secret) == 64
    # An unlock code counts in capitals without blanks and hyphens; O is 0, I and L are 1.
    typed = secret.upper().translate(str.maketrans("OIL", "011", " -")).encode()
    key = bytes.fromhex(secret) if is_key else typed
    for start in range(64, end - 32, 105):
        slot = file[start:start + 105]
        if slot[0] == (KEY_STORE if is_key else UNLOCK_CODE):
            bound = file[:11] + slot[:57]
            file_key = unseal(key, b"countersign vault 1 slot", slot[13:45], slot[45:57], bound, slot[57:])
            body = unseal(file_key, b"countersign vault 1 body", salt, nonce, file[:end], file[end:])
            print(body.decode())
            return
    sys.exit("the file has no such slot")


if __name__ == "__main__":
    main()
