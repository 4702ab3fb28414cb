"""What is no JWS: texts, characters, numbers, URLs, the activation link, and what a person types."""

import hashlib
import unicodedata

import reader
from model import SERVER
from p256 import b64

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE = b64(bytes(range(16)))
PIN = b64(hashlib.sha256(b"a TLS key").digest())
NEWEST = unicodedata.unidata_version


def files():
    return {
        "texts.json": {
            "about": "What a server may make a phone show, and in which length. `limit` counts Unicode scalar values.",
            "source": "docs/push-protocol.md, section 3; the Unicode standard",
            "cases": list(texts()),
        },
        "characters.json": {
            "about": "The text `a`, the character, `b`, for every character from one to another (hexadecimal). Code points "
            f"that Unicode {NEWEST} does not assign are left out: a reader may know a later Unicode.",
            "source": f"docs/push-protocol.md, section 3; Unicode {NEWEST} as Python's unicodedata has it; "
            "Default_Ignorable_Code_Point of DerivedCoreProperties.txt",
            "cases": list(characters()),
        },
        "digits.json": {
            "about": "What a person types as a number, and every character that Unicode gives a decimal value, typed twice: "
            f"those from one to another (hexadecimal) count up from `first`. Unicode {NEWEST}.",
            "source": "docs/push-protocol.md, section 7; the Unicode standard, general category Nd",
            "cases": list(digits()),
        },
        "urls.json": {
            "about": "Base URLs as they come from a server or a QR code (`base`), as a person types them (`typed`), and host "
            "names (`domain`).",
            "source": "docs/push-protocol.md, section 1; RFC 3986; the URL standard",
            "cases": list(urls()),
        },
        "links.json": {
            "about": "The link in the QR code of an activation.",
            "source": "docs/push-protocol.md, section 6",
            "cases": list(links()),
        },
        "typed.json": {
            "about": "What a person types who cannot scan: the code, and the pin of a TLS key. `of` is the SHA-256 of the "
            "key's SubjectPublicKeyInfo.",
            "source": "docs/push-protocol.md, section 6",
            "cases": list(typed()),
        },
    }


def case(name, given, expected):
    return {"name": name, "input": given, "expect": expected}


def texts():
    def taken(name, text, limit=64):
        assert reader.text(limit)(text), name
        return case(name, {"text": text, "limit": limit}, {"taken": True})

    def refused(name, text, why, limit=64):
        assert not reader.text(limit)(text), name
        return case(name, {"text": text, "limit": limit}, {"refused": why})

    yield taken("an organisation", "Halden College")
    yield taken("a user name", "mira.okafor@halden.example", 128)
    yield taken("accents in normal form", "Müller & Söhne")
    yield taken("Chinese", "東京大学")
    yield taken("Arabic, right to left by itself", "كلية هالدن")
    yield taken("Devanagari with vowel signs", "हल्दन कॉलेज")
    yield taken("Hangul in syllables", "할덴 대학")
    yield taken("a picture", "Halden 👍")
    yield taken("markup, shown as it is", "<b>Halden</b> &amp; %s {0}")
    yield taken("a link, shown as it is", "https://a.example/")
    yield taken("blanks inside, also two", "a  b")
    yield taken("a no-break space inside", "a\u00a0b")
    yield taken("an ideographic space inside", "a\u3000b")
    yield taken("one character", "a")
    yield taken("a combining mark that has no composed form", "q\u0301")
    for limit in (45, 64, 128, 140):
        for what, character in (("letters", "a"), ("letters of two bytes", "é"), ("pictures of four bytes", "👍")):
            yield taken(f"{limit} {what}", character * limit, limit)
            yield refused(f"{limit + 1} {what}", character * (limit + 1), "too_long", limit)
    yield refused("a text that only becomes short enough when it is composed", "e\u0301" * 33, "too_long")

    yield refused("empty", "", "blank")
    for what, blank in (
        ("a blank", " "), ("a no-break space", "\u00a0"), ("an ideographic space", "\u3000"), ("an em space", "\u2003"),
        ("a tab", "\t"), ("a line feed", "\n"), ("a carriage return", "\r"), ("a next line", "\x85"),
        ("a line separator", "\u2028"), ("a paragraph separator", "\u2029"),
    ):
        yield refused(f"{what} alone", blank, "blank")
        yield refused(f"{what} in front", blank + "a", "blank")
        yield refused(f"{what} behind", "a" + blank, "blank")
    for what, character in (
        ("NUL", "\0"), ("BEL", "\a"), ("escape", "\x1b"), ("delete", "\x7f"), ("a control of Latin-1", "\x9b"), ("a tab", "\t"),
        ("a line feed", "\n"), ("a next line", "\x85"), ("a line separator", "\u2028"), ("a paragraph separator", "\u2029"),
        ("a soft hyphen", "\xad"), ("a combining grapheme joiner", "\u034f"), ("an Arabic letter mark", "\u061c"),
        ("a Hangul filler", "\u115f"), ("a Khmer inherent vowel", "\u17b4"), ("a Mongolian vowel separator", "\u180e"),
        ("a zero-width space", "\u200b"), ("a zero-width non-joiner", "\u200c"), ("a zero-width joiner", "\u200d"),
        ("a left-to-right mark", "\u200e"), ("a right-to-left mark", "\u200f"), ("a left-to-right embedding", "\u202a"),
        ("a right-to-left embedding", "\u202b"), ("the end of an embedding", "\u202c"), ("a left-to-right override", "\u202d"),
        ("a right-to-left override", "\u202e"), ("a word joiner", "\u2060"), ("an invisible times", "\u2062"),
        ("a left-to-right isolate", "\u2066"), ("a right-to-left isolate", "\u2067"), ("a first strong isolate", "\u2068"),
        ("the end of an isolate", "\u2069"), ("a deprecated format character", "\u206a"), ("a Hangul filler of old sets", "\u3164"),
        ("a private character", "\ue000"), ("a variation selector", "\ufe0f"), ("a byte order mark", "\ufeff"),
        ("a halfwidth Hangul filler", "\uffa0"), ("an interlinear annotation", "\ufff9"), ("a shorthand overlap", "\U0001bca0"),
        ("a musical beam", "\U0001d173"), ("a language tag", "\U000e0001"), ("a tag letter", "\U000e0041"),
        ("a supplementary variation selector", "\U000e0100"), ("a private character of plane 15", "\U000f0000"),
        ("a private character of plane 16", "\U0010fffd"),
    ):
        yield refused(f"{what} inside", f"a{character}b", "hidden")
    for what, character in (
        ("a blank of Braille", "\u2800"), ("the place of an object", "\ufffc"), ("a blank of Egyptian", "\U00013441"),
        ("half a blank of Egyptian", "\U00013442"), ("a filler of Khitan", "\U00016fe4"),
        ("a note without a head", "\U0001d159"), ("a Hangul filler", "\u115f"), ("a Hangul filler of old sets", "\u3164"),
        ("a halfwidth Hangul filler", "\uffa0"), ("a variation selector", "\ufe0f"), ("a tag letter", "\U000e0041"),
    ):
        yield refused(f"nothing but {what}", character, "hidden")
        yield refused(f"{what} at the end", f"a{character}", "hidden")
    yield taken("a word in Braille", "\u2813\u2811\u2807", 64)
    yield refused("a picture with its variation selector", "❤\ufe0fa", "hidden")
    yield refused("a family joined of three pictures", "👩\u200d👩\u200d👧", "hidden")
    for what, text in (
        ("an accent apart", "e\u0301"), ("two accents in the wrong order", "a\u0301\u0323"), ("the Ångström sign", "\u212bngstr"),
        ("the ohm sign", "5 \u2126"), ("Hangul in letters", "\u1112\u1161\u11ab"), ("a compatibility ideograph", "\uf900"),
        ("an en quad", "a\u2000b"), ("a Hebrew presentation form", "\ufb1d"),
    ):
        yield refused(f"{what}, not in normal form", text, "not_normal")


def characters():
    """Neighbours that are treated alike make one case."""
    first = last = kind = None
    for code in range(0x110000 + 1):
        now = treated(code) if code < 0x110000 else None
        if now == kind and kind is not None:
            last = code
            continue
        if kind is not None:
            expected = {"taken": True} if kind == "shown" else {"refused": kind}
            yield case(f"U+{first:04X} to U+{last:04X}", {"from": f"{first:04X}", "to": f"{last:04X}"}, expected)
        first, last, kind = code, code, now


def treated(code):
    if 0xD800 <= code <= 0xDFFF:
        return None
    character = chr(code)
    if reader.is_hidden(character):
        return "hidden"
    if unicodedata.category(character) == "Cn":
        return None
    return "shown" if unicodedata.is_normalized("NFC", f"a{character}b") else "not_normal"


def digits():
    for name, text, number in (
        ("as it stands", "381", "381"), ("with leading zeros", "007", "007"), ("two digits", "38", "38"),
        ("eight digits", "01234567", "01234567"), ("with blanks", " 3 8\u00a01\n", "381"), ("of two scripts", "3٨1", "381"),
    ):
        yield case(name, {"typed": text}, {"number": number})
    for name, text in (
        ("nothing", ""), ("blanks", "   "), ("one digit", "3"), ("nine digits", "381381381"), ("a letter", "38l"),
        ("an O", "3O8"), ("a hyphen", "38-1"), ("a dot", "3.8"), ("a comma", "3,8"), ("a sign", "+38"), ("a minus", "-38"),
        ("hexadecimal", "0x38"), ("an exponent", "3e8"), ("a zero-width space", "38\u200b1"), ("a right-to-left mark", "38\u200f1"),
        ("a combining keycap", "3\u20e38\u20e3"), ("a fraction", "½3"), ("a Roman numeral", "Ⅳ2"), ("circled digits", "①②"),
        ("superscripts", "³⁸"), ("Chinese numerals", "三八"), ("NUL", "38\0"),
    ):
        yield case(name, {"typed": text}, {"refused": "number"})
    yield from every_digit()


def every_digit():
    run = None
    for code in range(0x110000):
        character = chr(code)
        value = unicodedata.decimal(character, None)
        is_number = unicodedata.category(character) in ("Nd", "Nl", "No")
        kind = None if not is_number else "refused" if value is None else "digit"
        if run and (kind != run[2] or (kind == "digit" and value != run[3] + code - run[0])):
            yield of_run(*run)
            run = None
        if run:
            run[1] = code
        elif kind:
            run = [code, code, kind, value]


def of_run(first, last, kind, value):
    given = {"from": f"{first:04X}", "to": f"{last:04X}"}
    return case(f"U+{first:04X} to U+{last:04X}", given, {"first": value} if kind == "digit" else {"refused": "number"})


def urls():
    def base(name, url):
        assert reader.is_base_url(url), name
        return case(name, {"base": url}, {"url": url})

    def refused(name, url):
        assert not reader.is_base_url(url), name
        return case(name, {"base": url}, {"refused": "url"})

    def domain(name, host):
        good = reader.is_domain(host)
        return case(name, {"domain": host}, {"url": host} if good else {"refused": "url"})

    yield base("a host", "https://signin.halden.example")
    yield base("a host and a path", "https://halden.example/countersign")
    yield base("a path of several segments", "https://halden.example/a/B-._~/1")
    yield base("a port", "https://halden.example:8443")
    yield base("the largest port", "https://halden.example:65535")
    yield base("localhost", "https://localhost:8443")
    yield base("an IPv4 address", "https://192.0.2.1:444")
    yield base("an IPv6 address", "https://[2001:db8::1]")
    yield base("a name of other letters, in its ASCII form", "https://xn--mller-kva.example")
    yield base("200 characters", "https://a.example/" + "a" * 182)
    yield base("a label of 63 characters", "https://" + "a" * 63 + ".example")
    for name, url in (
        ("empty", ""), ("no scheme", "halden.example"), ("http", "http://halden.example"), ("the scheme in capitals", "HTTPS://halden.example"),
        ("another scheme", "countersign://halden.example"), ("one slash", "https:/halden.example"), ("no slashes", "https:halden.example"),
        ("three slashes", "https:///halden.example"), ("no host", "https://"), ("a slash at the end", "https://halden.example/"),
        ("a slash at the end of the path", "https://halden.example/a/"), ("an empty segment", "https://halden.example/a//b"),
        ("two slashes for a path", "https://halden.example//"), ("a capital in the host", "https://Halden.example"),
        ("letters that are not ASCII", "https://müller.example"), ("a fullwidth letter", "https://h\uff41lden.example"),
        ("a dot at the end of the host", "https://halden.example."),
        ("an empty label", "https://halden..example"), ("a label that begins with a hyphen", "https://-a.example"),
        ("a label that ends with a hyphen", "https://a-.example"), ("a label of 64 characters", "https://" + "a" * 64 + ".example"),
        ("an underscore", "https://a_b.example"), ("a user", "https://mira@halden.example"), ("a user and a password", "https://a:b@halden.example"),
        ("an empty user", "https://@halden.example"), ("a query", "https://halden.example?a"), ("an empty query", "https://halden.example?"),
        ("a fragment", "https://halden.example#a"), ("an empty fragment", "https://halden.example#"), ("the port of the scheme", "https://halden.example:443"),
        ("port 0", "https://halden.example:0"), ("a port of 65536", "https://halden.example:65536"), ("a port with a zero in front", "https://halden.example:08443"),
        ("an empty port", "https://halden.example:"), ("a port of letters", "https://halden.example:https"), ("a single dot", "https://halden.example/./a"),
        ("two dots", "https://halden.example/a/../b"), ("a percent escape", "https://halden.example/%61"), ("two dots, escaped", "https://halden.example/%2e%2e/a"),
        ("a backslash", "https://halden.example\\a"), ("a blank", "https://halden.example/a b"), ("a blank in front", " https://halden.example"),
        ("a line break behind", "https://halden.example\n"), ("a tab inside", "https://hal\tden.example"), ("a letter in the path that is not ASCII", "https://halden.example/é"),
        ("a semicolon", "https://halden.example/a;b"), ("a bar", "https://halden.example/a|b"), ("an at sign in the path", "https://halden.example/@a"),
        ("an address in hexadecimal", "https://0x7f.1"), ("an address as one number", "https://2130706433"), ("an address of three numbers", "https://192.0.513"),
        ("a name that ends in a number", "https://halden.1"), ("an IPv6 address in capitals", "https://[2001:DB8::1]"), ("an IPv6 address not shortened", "https://[2001:db8:0:0:0:0:0:1]"),
        ("an IPv6 address without brackets", "https://2001:db8::1"), ("a zone", "https://[fe80::1%25eth0]"), ("a hidden character", "https://halden\u200b.example"),
        ("201 characters", "https://a.example/" + "a" * 183),
    ):
        yield refused(name, url)
    # UTS 46 is not written out again in reader.py.
    yield case("an ASCII form of nothing", {"base": "https://xn--a.example"}, {"refused": "url"})
    for name, text, url in (
        ("typed as it is", "https://signin.halden.example", "https://signin.halden.example"),
        ("typed with blanks around", "  https://signin.halden.example\n", "https://signin.halden.example"),
        ("typed with capitals", "HTTPS://SignIn.Halden.example", "https://signin.halden.example"),
        ("typed with a slash at the end", "https://signin.halden.example/", "https://signin.halden.example"),
        ("typed with the port of the scheme", "https://signin.halden.example:443", "https://signin.halden.example"),
        ("typed with letters that are not ASCII", "https://müller.example", "https://xn--mller-kva.example"),
    ):
        yield case(name, {"typed": text}, {"url": url})
    for name, text in (
        ("typed without a scheme", "signin.halden.example"), ("typed with http", "http://signin.halden.example"),
        ("typed with a query", "https://signin.halden.example/?a=1"), ("typed with a user", "https://a@signin.halden.example"),
        ("typed with two slashes at the end", "https://signin.halden.example//"), ("typed: nothing", ""),
        ("typed: another scheme", "javascript:alert(1)"), ("typed with a fragment", "https://signin.halden.example#x"),
    ):
        yield case(name, {"typed": text}, {"refused": "url"})
    for name, host in (
        ("a domain", "halden.example"), ("localhost as a domain", "localhost"), ("an ASCII form as a domain", "xn--mller-kva.example"),
        ("an empty domain", ""), ("a domain in capitals", "Halden.example"), ("a domain with a dot behind", "halden.example."),
        ("a domain with a dot in front", ".halden.example"), ("an IPv4 address as a domain", "192.0.2.1"), ("an IPv6 address as a domain", "[2001:db8::1]"),
        ("a domain with a port", "halden.example:443"), ("a URL as a domain", "https://halden.example"), ("a domain with a blank", "halden example"),
        ("a domain with an underscore", "a_b.example"), ("a domain that is not ASCII", "müller.example"), ("a domain with a star", "*.halden.example"),
    ):
        yield domain(name, host)


def links():
    base = "https://signin.halden.example/countersign"
    escaped = base.replace(":", "%3A").replace("/", "%2F")
    good = f"countersign://activate?v=1&s={escaped}&c={CODE}&k={SERVER}"
    parts = {"base": base, "code": CODE, "server": SERVER}
    yield case("as we write it", {"link": good}, parts)
    yield case("with a pin", {"link": f"{good}&t={PIN}"}, parts | {"tls_key": PIN})
    yield case("in another order", {"link": f"countersign://activate?k={SERVER}&c={CODE}&s={escaped}&v=1"}, parts)
    yield case("with nothing escaped", {"link": good.replace(escaped, base)}, parts)
    yield case("escapes in small letters", {"link": good.replace("%3A", "%3a").replace("%2F", "%2f")}, parts)
    yield case("needless escapes", {"link": good.replace("v=1", "v=%31")}, parts)
    yield case("blanks around it", {"link": f" {good}\n"}, parts)

    def refused(name, link, why):
        return case(name, {"link": link}, {"refused": why})

    for name, link in (
        ("nothing", ""), ("a web address", base), ("an otpauth URI", "otpauth://totp/a?secret=GEZDGNBVGY3TQOJQ"),
        ("the scheme in capitals", good.replace("countersign:", "COUNTERSIGN:")), ("another host", good.replace("activate", "add")),
        ("a host in capitals", good.replace("activate", "Activate")), ("a path", good.replace("activate?", "activate/?")),
        ("a port", good.replace("activate?", "activate:1?")), ("no question mark", good.replace("?", "")),
        ("one slash", good.replace("//", "/", 1)), ("a text in front", "see " + good), ("a fragment in place of the query", good.replace("?", "#")),
    ):
        yield refused(name, link, "foreign")
    for name, link in (
        ("version 2", good.replace("v=1", "v=2")), ("version 2 with what version 1 does not know", good.replace("v=1", "v=2&new=x")),
        ("version 2 without all the rest", "countersign://activate?v=2"), ("version 10", good.replace("v=1", "v=10")),
    ):
        yield refused(name, link, "version")
    for name, link in (
        ("nothing behind the question mark", "countersign://activate?"), ("no version", good.replace("v=1&", "")), ("an empty version", good.replace("v=1", "v=")),
        ("a version of letters", good.replace("v=1", "v=one")), ("a negative version", good.replace("v=1", "v=-1")),
        ("no base URL", good.replace(f"s={escaped}&", "")), ("an empty base URL", good.replace(escaped, "")),
        ("a base URL without TLS", good.replace("https", "http")), ("a base URL with a slash at its end", good.replace(escaped, escaped + "%2F")),
        ("a base URL with a query", good.replace(escaped, escaped + "%3Fa")), ("a base URL escaped twice", good.replace(escaped, escaped.replace("%", "%25"))),
        ("a base URL that is no UTF-8", good.replace("signin", "sign%ffin")), ("no code", good.replace(f"c={CODE}&", "")), ("an empty code", good.replace(CODE, "")),
        ("a code of 15 bytes", good.replace(CODE, b64(bytes(15)))), ("a code of 17 bytes", good.replace(CODE, b64(bytes(17)))),
        ("a padded code", good.replace(CODE, CODE + "%3D%3D")), ("a code that is not canonical", good.replace(CODE, CODE[:-1] + "x")),
        ("a typed code", good.replace(CODE, "ABCDEFGHJKMN")), ("no server id", good.replace(f"&k={SERVER}", "")), ("an empty server id", good.replace(SERVER, "")),
        ("a server id of 31 bytes", good.replace(SERVER, b64(bytes(31)))), ("a server id in hexadecimal", good.replace(SERVER, "00" * 32)),
        ("an empty pin", good + "&t="), ("a pin of 31 bytes", good + "&t=" + b64(bytes(31))), ("a pin twice", f"{good}&t={PIN}&t={PIN}"),
        ("a code twice", f"{good}&c={CODE}"), ("a version twice", good + "&v=1"), ("a base URL twice", f"{good}&s={escaped}"),
        ("a server id twice", f"{good}&k={SERVER}"), ("an unknown parameter", good + "&x=1"), ("an unknown parameter without a value", good + "&x"),
        ("an empty parameter", good + "&"), ("a name in capitals", good.replace("&c=", "&C=")), ("an escaped name", good.replace("&c=", "&%63=")),
        ("a fragment", good + "#a"), ("a semicolon between", good.replace("&c=", ";c=")), ("a blank inside", good.replace("&k", " &k")),
        ("a plus for a blank", good.replace("&c=", "&c=+")),
    ):
        yield refused(name, link, "damaged")


def pin_of(digest):
    return "".join(ALPHABET[byte % 31] for byte in digest[:16])


def typed():
    for name, text in (
        ("a code as we show it", "ABCD-EFGH-JKMN"), ("a code without gaps", "ABCDEFGHJKMN"), ("a code in small letters", "abcd efgh jkmn"),
        ("a code with odd gaps", " A-B\tC\u00a0DEFG--HJKM N\n"),
    ):
        yield case(name, {"code": text}, {"code": "ABCDEFGHJKMN"})
    yield case("a code of digits", {"code": "2345 6789 2345"}, {"code": "234567892345"})
    for name, text in (
        ("no code", ""), ("eleven characters", "ABCDEFGHJKM"), ("thirteen characters", "ABCDEFGHJKMN2"), ("a 0", "0BCDEFGHJKMN"), ("a 1", "1BCDEFGHJKMN"),
        ("an I", "IBCDEFGHJKMN"), ("an L", "LBCDEFGHJKMN"), ("an O", "OBCDEFGHJKMN"), ("a small l", "lbcdefghjkmn"), ("an accent", "ÁBCDEFGHJKMN"),
        ("a Greek capital that looks alike", "ΑBCDEFGHJKMN"), ("a fullwidth letter", "\uff21BCDEFGHJKMN"), ("a long s", "\u017fBCDEFGHJKMN"), ("a dot for a gap", "ABCD.EFGH.JKMN"),
        ("a longer hyphen for a gap", "ABCD\u2013EFGH\u2013JKMN"), ("a zero-width space", "ABCD\u200bEFGHJKMN"), ("a digit of another script", "٢BCDEFGHJKMN"),
        ("gaps alone", "- - -"),
    ):
        yield case(f"code: {name}", {"code": text}, {"refused": "code"})
    for name, digest in (("of a TLS key", hashlib.sha256(b"a TLS key").digest()), ("of bytes up to 31", bytes(range(32))), ("of bytes from 240", bytes(range(224, 256)))):
        yield case(f"the pin {name}", {"of": b64(digest)}, {"pin": pin_of(digest)})
    pin = pin_of(hashlib.sha256(b"a TLS key").digest())
    yield case("a pin in small letters with gaps", {"pin": " ".join(pin[at : at + 4] for at in range(0, 16, 4)).lower()}, {"pin": pin})
    for name, text in (
        ("no pin", ""), ("fifteen characters", pin[:15]), ("seventeen characters", pin + "A"), ("a 0", "0" + pin[1:]), ("an O", "O" + pin[1:]),
        ("a hash in base64url", PIN), ("with its number sign", "#" + pin),
    ):
        yield case(f"pin: {name}", {"pin": text}, {"refused": "pin"})
