"""What nobody should send, as it goes over the wire: into a value, a name, a path, a header."""

from urllib.parse import quote_from_bytes

LONG = 30_000


def _text(*texts: str) -> list[bytes]:
    return [quote_from_bytes(text.encode("utf-8", "surrogatepass")).encode() for text in texts]


CONTROLS = [
    *(b"%00", b"a%00b", b"%08%0b%0c%1b[2J", b"%0d%0aSet-Cookie:%20a=b", b"%0a%0d%0a", b"%7f%c2%80%c2%9f", b"\x00\x01\x1b"),
    *_text("\u2028", "\u2029", "\x85", "\ufffe\uffff", "\U0010ffff", "\x1b]8;;http://x\x07"),
]  # fmt: skip
NO_UTF8 = [
    *(b"%ff%fe", b"%c0%af", b"%e0%80%80", b"%ed%a0%80", b"%ed%a0%80%ed%b0%80", b"%f4%90%80%80", b"%f8%88%80%80%80", b"%c3"),
    *(b"\xff\xfe\xfd", b"\xc3\x28", b"%fe%ff%00%61", b"%2b%41%47%45-", b"%8f%e3", b"\xed\xa0\x80"),
]  # fmt: skip
BROKEN_PERCENT = [b"%", b"%%", b"%zz", b"%0", b"%u0041", b"%25%32%35%30%30", b"%2500", b"%252500", b"%%30%30", b"+%+%"]
UNSEEN = _text(
    *("\u200b", "\u202e\u2066abc\u2069", "\ufeff", "\u200d\u200c", "\u061c", "\u180e", "\u034f", "\u115f\u3164", "\U000e0041"),
    *("e" + "\u0301" * 3_000, "\u0640" * 500, "\u200b" * 5_000, "\u202e" * 5_000, " " * 20_000, "\n" * 20_000, "\t \n" * 6_000),
)  # fmt: skip
SCRIPTS = _text(
    "Zoë 安全 🫠", "İstanbul ıſK", "ﷺ" * 200, "𝒶𝓭𝓶𝓲𝓷", "ǅ ß ẞ ŉ", "٣٤²½Ⅷ௲", "👩‍👩‍👧‍👦🏳️‍🌈", "שלום مرحبا", "\U00031350"
)
NUMBERS = _text(
    *("-1", "0", "00", "1e309", "NaN", "Infinity", "-0", "0x10", "1_000", "٣", "²", "9" * 30, "9" * 5_000, "1" + "0" * 400, "1.5"),
    *("2147483648", "9223372036854775808", "-9223372036854775809", "18446744073709551616", "true", "null", "None", "[]"),
)  # fmt: skip
MOMENTS = _text(
    *("0000-00-00", "0001-01-01T00:00", "9999-12-31T23:59", "9999-12-31T23:59+14:00", "10000-01-01T00:00", "2026-02-30T10:00"),
    *("2026-10-25T02:30", "2026-03-29T02:30", "-0044-03-15T12:00", "2026-11-24T24:00", "2026-11-24T23:59:60", "31 12 99999999999"),
    *("2026-11-24 09:00", "2026-11-24T09:00:00.123456789", "now", "1 1 1", "29 2 2025", "٢٤-١١-٢٠٢٦"),
)  # fmt: skip
NAMES = _text(
    *("00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "{00000000000000000000000000000000}"),
    *("urn:uuid:00000000-0000-7000-8000-000000000000", "IR-26-7KQ4MX", "ir26oilu01", "IR-99-ZZZZZZ", "me", "none", "owner", "*"),
    *("a@b@c", "a@x,b@y", "<a@b>", '"a b"@c.de', "a@[127.0.0.1]", "a@" + "b" * 300 + ".de", "ä@ö.de", "a\r\nBcc: x@y.z", "@", "a@b."),
)  # fmt: skip
PLACES = _text(
    *("../../etc/passwd", "..\\..\\x", "/etc/passwd", "//elsewhere.test", "/\\elsewhere.test", "https://elsewhere.test", "javascript:alert(1)"),
    *("/desk/../..//x", "/desk?x=\r\ny", "http:///desk", "/desk\t//x", "CON", "aux.txt", "file:///etc/passwd", "/desk#@x", "\\\\x\\y"),
)  # fmt: skip
CODE = _text(
    *("{{7*7}}", "{% raw %}", "${7*7}", "#{7*7}", "<%= 7 %>", "%(ref)s", "%s%n", "{0.__class__}", "'; DROP TABLE incident;--", '" OR 1=1'),
    *("<script>alert(1)</script>", "<!--", "]]>", "<svg/onload=alert(1)>", "=1+1", "@SUM(A1)", "\\x00", "\\u0000", "$(id)", "`id`", "|id"),
    *("a" * LONG, "[" * 10_000, "(" * 5_000 + ")" * 5_000, "<b>" * 5_000, "&amp;" * 4_000, "a." * 5_000 + "@b", "1 " * 8_000),
    *("NL91" + " " * 5_000 + "ABNA", "pin: " * 4_000, "0" * 5_000 + "x", "IBAN " * 3_000, "password=" * 2_000, "23:" * 5_000),
)  # fmt: skip
VALUES = [
    b"", *CONTROLS, *NO_UTF8, *BROKEN_PERCENT, *UNSEEN, *SCRIPTS, *NUMBERS, *MOMENTS, *NAMES, *PLACES, *CODE
]  # fmt: skip

# Whole bodies, each tried at every door that takes one.
BODIES = [
    *(b"", b"&", b"=", b"&&&===&", b"%", b"a" * 100_000, b"\x00" * 10_000, b"&" * 50_000, b"=&" * 50_000, b"a=1;b=2", b"{}"),
    *(b"[" * 100_000, b'{"what": "x"}', b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b"\xff\xfe" * 1_000),
    *(b"&".join([b"what=x"] * 199), b"&".join([b"what=x"] * 10_000), b"&".join(b"f%d=x" % n for n in range(10_000))),
    *(b"what=" + "\u200b".encode() * 130_000, b"what=" + "e\u0301\u0301".encode() * 70_000, b"what=" + b"%00" * 130_000),
    *(b"what=" + b"a" * 399_000 + b"&go=now", b"what=" + b"1 " * 199_000 + b"&go=now", b"what=" + b"%" * 399_000),
    *(b"body=" + b"\n" * 390_000, b"p_did=" + b"&p_did=".join([b"clicked"] * 190), b"a[b][c][d]=1&a[]=2&a.b.c=3&__proto__=4"),
    b'--x\r\nContent-Disposition: form-data; name="what"; filename="a"\r\n\r\nhello\r\n--x--\r\n' * 1_000,
]  # fmt: skip
TYPES = [
    *(b"", b"application/x-www-form-urlencoded; charset=punycode", b"application/x-www-form-urlencoded; charset=utf-16"),
    *(b"application/x-www-form-urlencoded;" + b" a=b;" * 2_000, b"application/json", b"text/plain", b"\xff", b"*/*"),
    *(b"multipart/form-data", b"multipart/form-data; boundary=x", b"multipart/form-data; boundary=" + b"x" * 5_000),
    *(b"application/msgpack", b"application/x-www-form-urlencoded, text/html", b"application/x-www-form-urlencoded;charset=\x00"),
]  # fmt: skip
HEADERS = [
    *((b"accept-language", value) for value in (b"*", b"nl;q=nan", b"nl;q=1e999", b"nl;q=-1", b"x" * 8_000, b"nl," * 2_000, b"\xff")),
    *((b"accept-language", b"en;q=" + b"9" * 5_000), (b"accept-language", b"-" * 3_000), (b"accept-language", b"zh-Hant-" * 500)),
    *((b"cookie", value) for value in (b"desk=%ff", b"desk=\xff", b"desk", b"=;=;", b"desk=" + b"a" * 8_000, b"desk=a; " * 900)),
    *((b"cookie", value) for value in (b'desk="\\377\\000"', b"desk=a; desk=b", b"$Version=1; desk=a", b";" * 5_000, b"\x00")),
    *((b"origin", value) for value in (b"null", b"http://[", b"\xff", b"https://desk.test:x", b"http://desk.test" * 300)),
    *((b"sec-fetch-site", value) for value in (b"none", b"\xff", b"same-origin, cross-site")),
    *((b"range", b"bytes=" + b"0-0," * 1_000), (b"range", b"bytes=-"), (b"if-none-match", b'W/"' + b"*" * 3_000)),
    *((b"x-forwarded-for", value) for value in (b"::ffff:1.2.3.4", b"1.2.3.4.5", b"," * 3_000, b"\xff", b"1" * 4_000, b"fe80::1%")),
    *((b"expect", b"100-continue"), (b"content-length", b"-1"), (b"content-length", b"9" * 30), (b"transfer-encoding", b"chunked, x")),
    *((b"content-encoding", b"gzip"), (b"x-http-method-override", b"DELETE"), (b"accept", b"application/json;q=" + b"0" * 3_000)),
    *((b"if-modified-since", b"Thu, 01 Jan 99999 00:00:00 GMT"), (b"user-agent", b"\x1b[2J\xff" * 500), (b"referer", b"\xff")),
]  # fmt: skip
