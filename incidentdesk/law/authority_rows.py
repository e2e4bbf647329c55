"""Supervisory authorities by where a company is established: `authorities.json`."""

import json
import re
from dataclasses import dataclass
from enum import StrEnum

from incidentdesk.law.reading import LawError, Row, Said, each, rows

NAME = "authorities.json"
_KEYS = ("code", "place", "name", "site", "form_languages")
_CODE = re.compile(r"[A-Z]{2}(-[A-Z]+){0,2}")
_SITE = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
_LANGUAGE = re.compile(r"[a-z]{2}")


class Channel(StrEnum):
    """How an authority takes a notification, where that is known."""

    WEB_FORM = "web_form"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Authority:
    """One authority; `code` is the country, or the country and Land, in which it is competent."""

    code: str
    place: str
    name: str
    site: str
    form_languages: tuple[str, ...]
    channel: Channel
    note: Said | None
    # Outside the European Economic Area it leads for nobody under the GDPR.
    in_area: bool = True


def read_authorities(text: str) -> tuple[Authority, ...]:
    """Return the authorities of `text`; LawError when one is wrong or two share a code."""
    found = each(rows(text, name=NAME, key="authorities"), _authority)
    file = Row(NAME, json.loads(text))
    file.check_keys(("about", "source", "effective_from", "effective_to", "authorities"))
    file.text("source")
    file.day("effective_from")
    file.day_or_none("effective_to")
    codes = [one.code for one in found]
    if twice := sorted({code for code in codes if codes.count(code) > 1}):
        raise LawError(f"{NAME}: {', '.join(twice)} there twice")
    return found


def _authority(row: Row) -> Authority:
    row.check_keys(_KEYS, ("channel", "note", "in_area"))
    return Authority(
        code=_like(row, "code", _CODE, "such as NL or DE-BE"),
        place=row.text("place"),
        name=row.text("name"),
        site=_like(row, "site", _SITE, "a host such as example.org"),
        form_languages=_languages(row),
        channel=Channel(row.choice("channel", Channel)) if "channel" in row.values else Channel.UNKNOWN,
        note=row.said("note") if "note" in row.values else None,
        in_area=row.truth("in_area") if "in_area" in row.values else True,
    )


def _like(row: Row, key: str, pattern: re.Pattern[str], example: str) -> str:
    text = row.text(key)
    if not pattern.fullmatch(text):
        raise row.wrong(f"{key} must be {example}")
    return text


def _languages(row: Row) -> tuple[str, ...]:
    value = row.values["form_languages"]
    if not isinstance(value, list) or not all(isinstance(one, str) and _LANGUAGE.fullmatch(one) for one in value):
        raise row.wrong("form_languages must be a list of codes such as nl")
    return tuple(value)
