"""Sign-in, welcome, people and profile: text to value, or a word per field."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from zxcvbn.frequency_lists import FREQUENCY_LISTS

from incidentdesk.i18n import LANGUAGES, zones
from incidentdesk.mail.addresses import is_address
from incidentdesk.rules.permissions import Role
from incidentdesk.staff.passwords import LONGEST, SHORTEST
from incidentdesk.web.forms import Form, clean, one

Errors = Mapping[str, str]
LONGEST_PROOF = 20_000
# Words of the product, which `docs/operations.md` lists, and how much a password must hold beside such words.
NEARBY = ("incidentdesk", "incident", "desk", "security", "password", "wachtwoord", "welcome", "welkom")
SHORTEST_WORD, LEAST_BESIDE = 3, 8
# The thirty thousand that whoever guesses tries first.
COMMON = frozenset(FREQUENCY_LISTS["passwords"])
THEMES = ("auto", "light", "dark")


@dataclass(frozen=True)
class SignIn:
    """What the sign-in page sends."""

    email: str
    password: str
    onward: str


def read_sign_in(form: Form) -> SignIn:
    """Read it; the onward path is ours or nothing."""
    return SignIn(one(form, "email", longest=254).casefold(), raw(form, "password"), read_onward(form))


def read_onward(form: Form) -> str:
    """Return where to go afterwards."""
    return safe_path(one(form, "onward"))


def safe_path(text: str) -> str:
    """Return a path of the desk as it is; whatever else somebody put into a link becomes the queue."""
    path = " ".join(clean(text).split())
    return path if path.startswith("/desk") and "\\" not in path and "//" not in path else "/desk"


def raw(form: Form, name: str) -> str:
    """Return a password as typed, spaces and all."""
    return (form.get(name) or [""])[0][: LONGEST + 1]


def proof_in(form: Form, name: str) -> str:
    """Return a code as typed, or what a passkey answered."""
    return (form.get(name) or [""])[0][:LONGEST_PROOF]


@dataclass(frozen=True)
class Person:
    """A person to add, or the first administrator."""

    name: str
    email: str
    role: Role
    errors: Errors = field(default_factory=dict)
    zone: str = "Europe/Amsterdam"
    language: str = "en"


def read_person(form: Form, *, zone: str, language: str) -> Person:
    """Read name, address and role; a new person starts in the desk's own zone and language."""
    name, email = one(form, "name", longest=120), one(form, "email", longest=255).casefold()
    role = one(form, "role")
    errors = {}
    if not name:
        errors["name"] = "name_missing"
    if not is_address(email):
        errors["email"] = "email_invalid"
    if role not in set(Role):
        errors["role"] = "role_missing"
    return Person(name, email, Role(role) if role in set(Role) else Role.READER, errors, zone, language)


def password_error(password: str, *, about: Sequence[str]) -> str | None:
    """Return why a new password is refused, or None. Length is what counts (NIST SP 800-63B).

    `about` is what everybody here knows of the person and the place: name, address, organisation.
    """
    if len(password) < SHORTEST:
        return "password_short"
    if len(password) > LONGEST:
        return "password_long"
    if len(set(password)) < 4 or _says_little(password.casefold(), [*about, *NEARBY]):  # noqa: PLR2004 - "aaaaaaaaaaaa"
        return "password_weak"
    return "password_common" if password.casefold() in COMMON else None


def _says_little(password: str, texts: Sequence[str]) -> bool:
    """Say whether too little is left of a password without the words that whoever guesses tries first."""
    words = {word for text in texts for word in re.split(r"\W+", text.casefold()) if len(word) >= SHORTEST_WORD}
    rest = password
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    return rest != password and sum(map(str.isalnum, rest)) < LEAST_BESIDE


@dataclass(frozen=True)
class Profile:
    """How a person wants to see the desk."""

    language: str
    zone: str
    theme: str
    shortcuts: bool
    errors: Errors = field(default_factory=dict)


def read_profile(form: Form) -> Profile:
    """Read the profile page."""
    language, zone, theme = one(form, "language"), one(form, "zone"), one(form, "theme")
    errors = {}
    if language not in LANGUAGES:
        errors["language"] = "language_unknown"
    if zone not in zones():
        errors["zone"] = "zone_unknown"
    if theme not in THEMES:
        errors["theme"] = "theme_unknown"
    return Profile(language, zone, theme, bool(form.get("shortcuts")), errors)
