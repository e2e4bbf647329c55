"""Languages: catalogues, dates as people write them, and clock words that never round up."""

import io
import re
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations

from incidentdesk.rules.clock_face import two_units

LANGUAGES = {"en": "English", "nl": "Nederlands"}
LOCALES = {"en": Locale("en", "GB"), "nl": Locale("nl", "NL")}
# A weekday names one day only within this distance from today.
NAMED_BY_WEEKDAY = timedelta(days=6)
CATALOGUES = Path(__file__).parent / "locale"
# The law's data and our templates name an article in one form, such as `NIS2 Art. 23(4)(a)` or `Arts 33(2) and 28(3)(f)`.
CITED_IN = "en"
# The article that defines words has points and no paragraphs.
DEFINITIONS = "4"
_PARTS = r"(?:\([0-9a-z]+\))"
_ITEM = rf"(?:\d+[a-z]?{_PARTS}*|{_PARTS}+)"
_ARTICLES = re.compile(rf"(?P<space>(?<=\w) )?(?<!\w)Art(?:\.|s) (?P<items>{_ITEM}(?:(?:, | and ){_ITEM})*)")


@cache
def zones() -> tuple[str, ...]:
    """Return the names of all time zones. The list is read from a few hundred files, so once is enough."""
    return tuple(sorted(available_timezones()))


@cache
def translations(language: str) -> NullTranslations:
    """Return the catalogue of a language, compiled in memory from its .po: nothing to build, nothing to forget."""
    path = CATALOGUES / f"{language}.po"
    if not path.exists():
        return NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return Translations(compiled)


def negotiate(wanted: str | None, accept: str, default: str) -> str:
    """Pick a language: asked for, else the browser's first that we have, else the desk's."""
    if wanted in LANGUAGES:
        return str(wanted)
    for part in accept[:200].split(","):
        code = part.split(";")[0].strip().lower()[:2]
        if code in LANGUAGES:
            return code
    return default if default in LANGUAGES else "en"


def day(value: date, language: str) -> str:
    """Return `23 November 2026`, for running text."""
    return format_date(value, "d MMMM y", locale=LOCALES[language])


def moment(value: datetime, zone: ZoneInfo, language: str) -> str:
    """Return `Thu 26 Nov 2026 14:02 CET`: always with the zone, which also tells the two autumn hours apart."""
    local = value.astimezone(zone)
    return f"{format_datetime(local, 'EEE d MMM y HH:mm', locale=LOCALES[language])} {zone_letters(local)}"


def short_moment(value: datetime, zone: ZoneInfo, language: str, *, now: datetime) -> str:
    """Return `Thu 14:02 CET`; where that could be another week's Thursday, `Thu 26 Nov 14:02 CET` or the whole moment."""
    local, today = value.astimezone(zone), now.astimezone(zone)
    if abs(local.date() - today.date()) <= NAMED_BY_WEEKDAY:
        pattern = "EEE HH:mm"
    else:
        pattern = "EEE d MMM HH:mm" if local.year == today.year else "EEE d MMM y HH:mm"
    return f"{format_datetime(local, pattern, locale=LOCALES[language])} {zone_letters(local)}"


def zone_letters(local: datetime) -> str:
    """Return CET, or UTC+03 where a zone has no letters."""
    name = local.tzname() or "UTC"
    return f"UTC{name}" if name[0] in "+-" else name


def span(value: timedelta, language: str) -> str:
    """Return `2 d 11 h`, `5 h 12 m`, `12 m`: two units at most, floored, so that nobody is told of time they lack."""
    _ = translations(language).gettext
    # Translators: d, h and m are days, hours and minutes.
    words = {"d": _("%(n)d d"), "h": _("%(n)d h"), "m": _("%(n)d m")}
    return " ".join(words[unit] % {"n": number} for number, unit in two_units(value))


def decimal(value: float, language: str) -> str:
    """Return a number with at most two decimals, as `2.25` or `2,25`."""
    return format_decimal(value, "0.##", locale=LOCALES[language])


def size(value: int, language: str) -> str:
    """Return `640 B`, `12 kB`, `1.4 MB`: how large a file is, as file managers say it."""
    for unit, letters, pattern in ((1_000_000, "MB", "0.0"), (1_000, "kB", "0")):
        if value >= unit:
            return f"{format_decimal(value / unit, pattern, locale=LOCALES[language])} {letters}"
    return f"{value} B"


@cache
def cited(reference: str, language: str) -> str:
    """Return where something stands in the law as its readers write it: `NIS2 Art. 23(4)(a)`, `NIS2, art. 23, lid 4, onder a`."""
    if language == CITED_IN:
        return reference
    phrases = _phrases(language)
    known = "|".join(re.escape(name) for name in sorted(phrases, key=len, reverse=True))
    named = re.sub(rf"(?<!\w)(?:{known})(?!\w)", lambda found: phrases[found[0]], reference)
    return _ARTICLES.sub(lambda found: (", " if found["space"] else "") + _articles(found["items"], language), named)


def _articles(items: str, language: str) -> str:
    """Return `33(2) and 28(3)(f)` as `art. 33, lid 2, en art. 28, lid 3, onder f`."""
    _ = translations(language).gettext
    both, text = _("and"), ""
    for between, item in re.findall(rf"(, | and |^)({_ITEM})", items):
        comma = "," if item[0].isdigit() and "," in text else ""
        joint = f"{comma} {both} " if between == " and " else between
        text += joint + _article(item, language)
    return text


def _article(item: str, language: str) -> str:
    _ = translations(language).gettext
    number = item.partition("(")[0]
    parts = [_("Art. %(number)s") % {"number": number}] if number else []
    for part in re.findall(r"\(([0-9a-z]+)\)", item):
        # Translators: a numbered paragraph of an article, and a lettered point of a paragraph.
        word = _("paragraph %(part)s") if part.isdigit() and number != DEFINITIONS else _("point %(part)s")
        parts.append(word % {"part": part})
    return ", ".join(parts)


@cache
def _phrases(language: str) -> dict[str, str]:
    """Return what stands around the articles."""
    _ = translations(language).gettext
    return {
        "GDPR": _("GDPR"),
        "UK GDPR": _("UK GDPR"),
        "AI Act": _("AI Act"),
        "CER Directive": _("CER Directive"),
        "ePrivacy Directive": _("ePrivacy Directive"),
        "Whistleblower Directive": _("Whistleblower Directive"),
        "Regulation": _("Regulation"),
        "Delegated Regulation": _("Delegated Regulation"),
        "Implementing Regulation": _("Implementing Regulation"),
        "Directive": _("Directive"),
        "Directive 2002/58/EC": _("Directive 2002/58/EC"),
        "(EU) No": _("(EU) No"),
        "Proposal": _("Proposal"),
        "as proposed": _("as proposed"),
        "as amended by": _("as amended by"),
        "as amended by the": _("as amended by the"),
        "dates moved by": _("dates moved by"),
        "in the Netherlands through the": _("in the Netherlands through the"),
    }
