"""From what was typed into a section to answers, or to one error code per field."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from incidentdesk.breach.moments import LONGEST_TEXT
from incidentdesk.breach.notification.sheet import EMPTY, Given, Sheet, Source, checked
from incidentdesk.rules.notification import Answer, Edition, Field, Kind, Phase, is_empty
from incidentdesk.web.forms import Form, block, one

LONGEST_LINE = 300
CHECKED, LATER, WORDS, SINCE = "-checked", "-later", "-words", "-since"
TAKE, HOLD = "take", "hold"
# 180, 1 200, 1.200 or a range of two.
COUNT = re.compile(r"\d{1,9}(-\d{1,9})?", re.ASCII)
SEPARATED = re.compile(r"(?<=\d)[ .,\u00a0](?=\d{3}(?!\d))")
PHASES = (Phase.PRELIMINARY, Phase.COMPLETE)


@dataclass(frozen=True)
class Written:
    """What was typed into a section: an answer for each of its fields, or why there is none."""

    given: dict[str, Given]
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Checker:
    """Who saves, and when: whoever changes a value vouches for it. `news`: what sources say otherwise since somebody did."""

    member_id: UUID
    at: datetime
    news: Sheet = field(default_factory=dict)


def section(form: Form, fields: Sequence[Field], sheet: Sheet, by: Checker) -> Written:
    """Read the fields of a section as they were shown. Words that a person changed are that person's, and checked."""
    written = Written({})
    for asked in fields:
        if asked.derived:
            continue
        answer, code = _answer(form, asked)
        if code:
            written.errors[asked.key] = code
        before = sheet.get(asked.key, EMPTY)
        written.given[asked.key] = _settled(form, asked, before, by) or _given(form, asked, answer, before, by)
    return written


def _settled(form: Form, asked: Field, before: Given, by: Checker) -> Given | None:
    """Return what a person chose where a source says something else since: to take that, or that theirs holds all the same."""
    news, chosen = by.news.get(asked.key), one(form, asked.key + SINCE)
    if news is None or chosen not in {TAKE, HOLD} or not Given(_answer(form, asked)[0]).says_as(before):
        return None
    return checked(news if chosen == TAKE else before, by=by.member_id, at=by.at)


def _answer(form: Form, asked: Field) -> tuple[Answer, str]:
    chosen = tuple(code for code in asked.options if code in form.get(asked.key, []))
    if asked.kind is Kind.ONE:
        chosen = chosen[:1]
    text, code = _text(form, asked)
    return Answer(chosen, text), code


def _text(form: Form, asked: Field) -> tuple[str, str]:
    """Return what was written: the field itself, or the words beside its options."""
    if asked.kind in {Kind.ONE, Kind.SOME}:
        text = block(form, asked.key + WORDS, longest=LONGEST_TEXT + 1) if asked.words else ""
        return text, _too_long(text, LONGEST_TEXT)
    if asked.kind is Kind.TEXT:
        text = block(form, asked.key, longest=LONGEST_TEXT + 1)
        return text, _too_long(text, LONGEST_TEXT)
    line = one(form, asked.key if asked.kind is not Kind.COUNT else asked.key + WORDS, longest=LONGEST_LINE + 1)
    readers = {Kind.COUNT: _count, Kind.DAY: _day}
    return readers[asked.kind](line) if line and asked.kind in readers else (line, _too_long(line, LONGEST_LINE))


def _too_long(text: str, longest: int) -> str:
    return "text_long" if len(text) > longest else ""


def _count(line: str) -> tuple[str, str]:
    plain = SEPARATED.sub("", line).replace("–", "-").replace(" - ", "-")
    if not COUNT.fullmatch(plain):
        return line, "count_unreadable"
    low, _, high = plain.partition("-")
    return plain, "count_order" if high and int(high) < int(low) else ""


def _day(line: str) -> tuple[str, str]:
    try:
        return date.fromisoformat(line).isoformat(), ""
    except ValueError:
        return line, "day_unreadable"


def _given(form: Form, asked: Field, answer: Answer, before: Given, by: Checker) -> Given:
    now = Given(answer)
    if is_empty(asked, answer) and not answer.text:
        return _left_empty(form, asked, now, before)
    if not now.says_as(before):
        return Given(Answer(answer.chosen, answer.text, checked=True), Source.MEMBER, by.member_id, by.at)
    if not form.get(asked.key + CHECKED):
        return Given(answer, before.source)
    known = before.by if before.answer.checked else by.member_id
    return Given(
        Answer(answer.chosen, answer.text, checked=True),
        before.source,
        known,
        before.at if before.answer.checked else by.at,
    )


def _left_empty(form: Form, asked: Field, now: Given, before: Given) -> Given:
    if asked.postponable and form.get(asked.key + LATER):
        return Given(Answer(postponed=True), Source.MEMBER)
    # Emptied by hand stays empty: what proposed it is not asked again.
    return EMPTY if before.source is not Source.MEMBER and now.says_as(before) else Given(Answer(), Source.MEMBER)


def choice(form: Form, edition: Edition) -> tuple[str, Phase] | None:
    """Read for which form, and in which phase; None for what is not offered."""
    code, phase = one(form, "form"), one(form, "phase")
    if code not in {known.code for known in edition.forms} or phase not in set(PHASES):
        return None
    return code, Phase(phase)


def number(form: Form, name: str) -> UUID | None:
    """Read the id of something chosen from a list; None when nothing was, or nothing that could be one."""
    try:
        return UUID(one(form, name))
    except ValueError:
        return None
