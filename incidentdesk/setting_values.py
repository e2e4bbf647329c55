"""From the text of a setting to its value. What cannot be read is a ValueError in a few words."""

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from incidentdesk.rules.deadline import Regime

HIGHEST_PORT = 65_535
USUAL_PORTS = {"http": 80, "https": 443}
# Compared with the catalogues by a test; this floor does not know them.
LANGUAGES = ("en", "nl")
SHORTEST_TOKEN = 20
# To whom the mail of the day goes, beside an address.
ADMINISTRATORS, NOBODY = "administrators", "nobody"
# Established nowhere in the Union: every authority is competent where people concerned live.
OUTSIDE = "outside"
_ESTABLISHED = re.compile(r"[A-Z]{2}(-[A-Z]+){0,2}")
_MAILBOX = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+")
_HOST = re.compile(r"([a-z0-9._-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?")


def zone(text: str) -> ZoneInfo:
    if text not in available_timezones():
        msg = "not a known time zone such as Europe/Amsterdam"
        raise ValueError(msg)
    return ZoneInfo(text)


def language(text: str) -> str:
    if text not in LANGUAGES:
        msg = f"one of {', '.join(LANGUAGES)} is needed"
        raise ValueError(msg)
    return text


def establishment(text: str) -> str:
    if text != OUTSIDE and not _ESTABLISHED.fullmatch(text):
        msg = f"a country such as NL, a German Land such as DE-BE, or {OUTSIDE} is needed"
        raise ValueError(msg)
    return text


def regimes(text: str) -> str:
    words = [part.strip() for part in text.split(",") if part.strip()]
    if unknown := [word for word in words if word not in set(Regime)]:
        msg = f"{', '.join(unknown)} unknown; known are {', '.join(Regime)}"
        raise ValueError(msg)
    return ",".join(words)


def natural(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        msg = "a whole number is needed"
        raise ValueError(msg)
    return int(text)


def port(text: str) -> int:
    number = natural(text)
    if number > HIGHEST_PORT:
        msg = f"a port is at most {HIGHEST_PORT}"
        raise ValueError(msg)
    return number


def networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def hosts(text: str) -> tuple[str, ...]:
    named = tuple(part.strip().lower() for part in text.split(",") if part.strip())
    if any(not _HOST.fullmatch(host) for host in named):
        msg = "names as in desk.internal or desk.internal:8443 are needed, without https://"
        raise ValueError(msg)
    return named


def database_url(text: str) -> str:
    """Accept the usual spellings of a PostgreSQL address; the driver is ours to choose."""
    for plain in ("postgresql://", "postgres://"):
        if text.startswith(plain):
            return "postgresql+psycopg://" + text.removeprefix(plain)
    if not text.startswith(("postgresql+psycopg://", "sqlite+aiosqlite://")):
        msg = "postgresql://… or sqlite+aiosqlite:///… is needed"
        raise ValueError(msg)
    return text


def private_url(text: str) -> str:
    """Accept it letter by letter, as the other side calls itself; http only for a trial on this machine."""
    if not is_private(text):
        msg = "https://… is needed (http only for this machine)"
        raise ValueError(msg)
    return text


def is_public(url: str) -> bool:
    """Tell whether it can stand at the beginning of a link. As browsers send it: a name of other letters begins with xn--."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in USUAL_PORTS and bool(parts.hostname) and url.isascii() and "@" not in parts.netloc


def is_private(url: str) -> bool:
    """Tell whether nobody on the way can read or change what is asked there: TLS, or this machine itself."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    near = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "::1", "localhost"}
    return bool(parts.hostname) and (parts.scheme == "https" or near) and not parts.username


def alive_mail(text: str) -> str:
    if text not in {ADMINISTRATORS, NOBODY} and not _MAILBOX.fullmatch(text):
        msg = f"{ADMINISTRATORS}, {NOBODY} or one address is needed"
        raise ValueError(msg)
    return text


def token(text: str) -> str:
    """Accept what a program sends behind `Bearer`; there is no limit to guessing it, so it has to be long."""
    if len(text) < SHORTEST_TOKEN or not text.isascii() or not text.isprintable() or " " in text:
        msg = f"{SHORTEST_TOKEN} letters, digits or signs without a space are needed, or more"
        raise ValueError(msg)
    return text
