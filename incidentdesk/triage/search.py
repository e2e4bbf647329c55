"""Words searched for in what is sealed: the clear columns narrow first, then the newest are opened slice by slice."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.expressions import IdText
from incidentdesk.records.sealing import Values, content_key, contents
from incidentdesk.tables import DataKey, Incident, Member, Message, Note, Report, Seal
from incidentdesk.triage.forms import Search
from incidentdesk.triage.queries import PAGE, Row, narrowed, rows_of
from incidentdesk.web.forms import Form, one

# Opened between two turns of the loop: a few milliseconds in which nobody else is served.
SLICE = 500
MOST = 50_000
MOST_WORDS, LONGEST = 10, 100
# The answers that a reporter wrote in words; the others are choices.
STORY = ("what", "l_where", "v_where", "w_where", "w_how", "w_when", "w_credit", "noticed_on", "began_about")


@dataclass(frozen=True)
class Words:
    """What to look for: every word must occur, in any case. `before` is the incident where the last search ended."""

    typed: str
    everywhere: bool
    before: UUID | None = None

    @property
    def each(self) -> tuple[str, ...]:
        """The words one by one, as they are compared."""
        return tuple(dict.fromkeys(self.typed.casefold().split()))[:MOST_WORDS]


@dataclass(frozen=True)
class Found:
    """The newest incidents in which all words occur. `before` is where to go on; None when all were looked at."""

    rows: tuple[Row, ...]
    looked_at: int
    before: UUID | None


def read_words(form: Form) -> Words:
    """Read the box above the queue."""
    try:
        before = UUID(one(form, "before"))
    except ValueError:
        before = None
    return Words(one(form, "q", longest=LONGEST), one(form, "where") != "view", before)


async def find(session: AsyncSession, search: Search, words: Words, *, me: Member, now: datetime) -> Found:
    """Look through what this person may see, the newest first, until a page is full or enough were opened."""
    wanted = narrowed(search, me=me, everywhere=words.everywhere)
    ids, looked_at, before = await _search(session, wanted, words)
    query = select(Incident).where(Incident.id.in_(ids)).order_by(Incident.id.desc())
    return Found(await rows_of(session, list(await session.scalars(query)), now=now), looked_at, before)


async def _search(session: AsyncSession, wanted: Select[Any], words: Words) -> tuple[list[UUID], int, UUID | None]:
    found: list[UUID] = []
    looked_at, each = 0, words.each
    async for name, text in _texts(session, wanted, words.before):
        looked_at += 1
        if all(word in text for word in each):
            found.append(UUID(name))
        if len(found) == PAGE or looked_at == MOST:
            return found, looked_at, UUID(name)
    return found, looked_at, None


async def _texts(session: AsyncSession, wanted: Select[Any], before: UUID | None) -> AsyncIterator[tuple[str, str]]:
    """Yield each incident's id with all that was written about it."""
    wanted = wanted.with_only_columns(Incident.id).order_by(Incident.id.desc()).limit(SLICE).correlate(None)
    while True:
        texts = await _slice(session, wanted.where(Incident.id < before) if before else wanted)
        for name, told in texts.items():
            yield name, "\n".join(told).casefold()
        if len(texts) < SLICE:
            return
        before = UUID(name)


async def _slice(session: AsyncSession, chosen: Select[Any]) -> dict[str, list[str]]:
    """Return what was written about the chosen incidents, in their order."""
    row, key = Incident.__table__.c, DataKey.__table__.c
    its_key = (key.scope == row.id) & (key.seal == Seal.CONTENT)
    query = select(IdText(row.id), key.epoch, key.wrapped, row.sealed, row.sealed_revision)
    query = query.select_from(Incident.__table__.outerjoin(DataKey.__table__, its_key)).where(row.id.in_(chosen))
    rows = (await session.execute(query.order_by(row.id.desc()))).all()
    keys = {name: opened for name, *key, _, _ in rows if (opened := content_key(session, name, *key))}
    texts: dict[str, list[str]] = {name: [] for name, *_ in rows}
    titles = ((name, name, blob, revision) for name, _, _, blob, revision in rows)
    for name, values in contents("incident", titles, keys):
        texts[name].append(values["title"])
    for table, written in TOLD.items():
        for name, values in contents(table.__tablename__, await session.execute(_told(table, chosen)), keys):
            texts[name] += written(values)
    return texts


def _told(table: type[Any], chosen: Select[Any]) -> Select[Any]:
    row = table.__table__.c
    told = select(IdText(row.incident_id), IdText(row.id), row.sealed, row.sealed_revision)
    return told.where(row.incident_id.in_(chosen))


def _story(values: Values) -> list[str]:
    answers = values["answers"]
    return [answers[name] for name in STORY if name in answers]


def _body(values: Values) -> list[str]:
    return [values["body"]]


TOLD: dict[type[Any], Callable[[Values], list[str]]] = {Report: _story, Message: _body, Note: _body}
