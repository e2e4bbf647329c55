"""In whatever order people press what: no duty ends but by a filing, a signed decision or proof of telling, and no lateness goes.

Two incidents, in the build three, which may be merged and separated again. What they owe together, and how late it is, stays
with one of them.
"""

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import inspect, select
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk import clock
from incidentdesk.breach.register import queries
from incidentdesk.breach.register.forms import Wanted
from incidentdesk.records import duties
from incidentdesk.records.clocks import FILED, SEPARATED
from incidentdesk.rules.lifecycle import Verdict
from incidentdesk.rules.next_step import Duty
from incidentdesk.rules.permissions import Role
from incidentdesk.staff import sessions
from incidentdesk.tables import (
    Awareness,
    Base,
    Clock,
    Filing,
    FilingSetAside,
    Incident,
    PeopleTold,
    RegisterLine,
    Stamp,
    filing_counts,
)
from incidentdesk.web.pages import Desk
from tests.breach.walking import Walk
from tests.people import Seat, Sit, hidden_fields
from tests.thorough import THOROUGH, walks
from tests.triage.merged import merge, record
from tests.triage.reports import Told, file
from tests.typed import typed

SEEDS, STEPS = (12, 200) if THOROUGH else (2, 60)
INCIDENTS = 3 if THOROUGH else 2
# What moves a clock, or is told of it; it ends nothing.
NO_END = {"awareness", "notice", "stamp"}
# What is written down for an incident moves each clock that runs from there.
MOVES: tuple[Any, ...] = (Stamp, Awareness)
# What ends a duty and names the incident only: the one of its kind.
ENDS_BY_DUTY: Mapping[str, Any] = {duties.REGISTER: RegisterLine, duties.PEOPLE: PeopleTold}
SIGN = ("clock-decision", {"decision": "risk_unlikely", "reasoning": "The key was safe"})
REOPEN = ("clock-reopening", {"new_facts": "It was copied"})
# After how many hours what was pressed, before a notification followed after all.
SIGNED: tuple[tuple[int, tuple[tuple[str, Mapping[str, str]], ...]], ...] = (
    (70, ()),
    (70, (SIGN,)),
    (73, (SIGN,)),
    (70, (SIGN, REOPEN, SIGN)),
)


@dataclass(frozen=True)
class State:
    """The legal clocks of all, every signed row that names each, by its table, which were closed, and what each is part of."""

    clocks: Mapping[UUID, Clock]
    rows: Mapping[UUID, frozenset[str]]
    # When the notification that was recorded first was handed in.
    filed: Mapping[UUID, datetime]
    closed: Mapping[UUID, bool]
    into: Mapping[UUID, UUID | None]
    now: datetime

    @property
    def running(self) -> set[UUID]:
        return {one.id for one in self.clocks.values() if one.ended_at is None}

    def ends(self, clock_id: UUID) -> frozenset[str]:
        return frozenset(row for row in self.rows[clock_id] if row.split()[0] not in NO_END)

    def is_filed(self, clock_id: UUID) -> bool:
        # The first line in the register is what hands in the documentation.
        return any(row.split()[0] in {"filing", "register_line"} for row in self.rows[clock_id])

    def is_late(self, one: Clock) -> bool:
        return bool(one.late_seconds) if one.ended_at else self.now > one.deadline_at

    def main_of(self, incident_id: UUID) -> UUID:
        main = self.into[incident_id]
        return self.main_of(main) if main else incident_id

    def whole_of(self, incident_id: UUID) -> set[UUID]:
        return {one for one in self.into if self.main_of(one) == self.main_of(incident_id)}


async def state(desk: Desk, walk: Walk) -> State:
    async with desk.database.read() as session:
        ours = (await session.scalars(select(Incident).where(Incident.reference.in_(walk.references)))).all()
        query = select(Clock).where(Clock.incident_id.in_([one.id for one in ours]), Clock.legal)
        clocks = {one.id: one for one in await session.scalars(query)}
        aside = set(await session.scalars(select(FilingSetAside.filing_id)))
        rows = dict.fromkeys(clocks, frozenset[str]())
        for mapper in Base.registry.mappers:
            table = inspect(mapper.class_).local_table
            if "clock_id" not in table.c:
                continue
            found = await session.execute(select(table.c.id, table.c.clock_id).where(table.c.clock_id.in_(clocks)))
            for number, clock_id in found:
                rows[clock_id] |= {f"{'aside' if number in aside else table.name} {number}"}
        await _note_for_incidents(session, clocks.values(), rows)
        newest_first = select(Filing).where(Filing.clock_id.in_(clocks), filing_counts()).order_by(Filing.id.desc())
        filed = {one.clock_id: one.filed_at for one in await session.scalars(newest_first)}
    closed, into = {one.id: one.closed_at is not None for one in ours}, {one.id: one.merged_into_id for one in ours}
    return State(clocks, rows, filed, closed, into, walk.now)


async def _note_for_incidents(session: AsyncSession, clocks: Iterable[Clock], rows: dict[UUID, frozenset[str]]) -> None:
    known = [*clocks]
    for table in MOVES:
        for row in await session.scalars(select(table)):
            theirs = [one for one in known if one.incident_id == row.incident_id]
            _note(rows, f"{table.__tablename__} {row.id}", theirs)
    for duty, table in ENDS_BY_DUTY.items():
        for line in await session.scalars(select(table)):
            theirs = [one for one in known if (one.duty, one.incident_id) == (duty, line.incident_id)]
            _note(rows, f"{table.__tablename__} {line.id}", theirs)


def _note(rows: dict[UUID, frozenset[str]], said: str, clocks: Iterable[Clock]) -> None:
    for one in clocks:
        rows[one.id] |= {said}


def faults(before: State, after: State, did: str) -> Iterator[str]:
    """Say what one step did that it may not do."""
    if not before.clocks.keys() <= after.clocks.keys():
        yield "a clock went"
    if any(len(rows) > len(after.rows[number]) for number, rows in before.rows.items()):
        yield "evidence went"
    if any(after.closed[after.clocks[number].incident_id] for number in after.running):
        yield "closed over a duty that runs"
    if any(one.ended_by == FILED and not after.is_filed(one.id) for one in after.clocks.values()):
        yield "ended by what counts no more"
    yield from _faults_of_each(before, after, did)


def _faults_of_each(before: State, after: State, did: str) -> Iterator[str]:
    joins = did.endswith(f" 303 {after.now}") and ("/merging" in did or "/separation" in did)
    for was in before.clocks.values():
        yield from _faults_of_whole(was, before, after, did) if joins else _faults_of_one(was, before, after)


def _faults_of_whole(was: Clock, before: State, after: State, did: str) -> Iterator[str]:
    """Merged or separated, another may run on for it, or be late for it; apart, each is held to its own deadline again."""
    kin = before.whole_of(was.incident_id) | after.whole_of(was.incident_id)
    same = [one for one in after.clocks.values() if one.name == was.name and one.incident_id in kin]
    if was.ended_at is None and not any(one.ended_at is None or after.ends(one.id) for one in same):
        yield "a duty went with its incident"
    if "/merging" in did and before.is_late(was) and not any(after.is_late(one) for one in same):
        yield "lateness went with its incident"


def _faults_of_one(was: Clock, before: State, after: State) -> Iterator[str]:
    now_is, signed = after.clocks[was.id], after.ends(was.id) - before.ends(was.id)
    if was.ended_by == SEPARATED and now_is.ended_at is None:
        # A part had brought it and took it along; what it owes by itself since is another beginning.
        return
    has_ended, had_ended = now_is.ended_at is not None, was.ended_at is not None
    if has_ended and not had_ended and not (signed or after.is_filed(was.id)):
        yield "a duty ended unsigned"
    if had_ended and end_of(was) != end_of(now_is) and (was.ended_by == FILED or not signed):
        yield "how it ended was changed"
    # In time is what was filed by the deadline, and nothing else: a signature before it changes nothing about that.
    if was.id in after.filed and after.is_late(now_is) != (after.filed[was.id] > now_is.deadline_at):
        yield "a filing is late in one place and not in another"
    if before.is_late(was) and not after.is_late(now_is) and after.rows[was.id] == before.rows[was.id]:
        yield "lateness went, and nobody wrote why"


def end_of(one: Clock) -> tuple[datetime | None, str | None, int | None]:
    return one.ended_at, one.ended_by, one.late_seconds


@pytest.fixture
async def walk(desk: Desk, sit: Sit, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Walk:
    """Two people of the desk whose sessions last as long as the walk."""
    for name in ("IDLE", "ABSOLUTE", "CONFIRMED_FOR"):
        monkeypatch.setattr(sessions, name, timedelta(days=999))
    began = clock.now()
    main, part, *more = [await file(desk, Told(people="yes"), now=began) for _ in range(INCIDENTS)]
    seats = [await sit(Role.DPO), await sit(Role.RESPONDER)]
    chance = random.Random(request.param)  # noqa: S311 - repeatable on purpose
    references = tuple(one.reference for one in (main, part, *more))
    made = Walk(seats, references, chance, began=began, now=began)
    monkeypatch.setattr(clock, "now", lambda: made.now)
    if request.param % 2:
        # Some walks begin where what was filed for one of the two is owed for the other.
        await record(seats[0], part, began)
        assert await merge(seats[0], part, main) == 303
    return made


@pytest.mark.parametrize("walk", walks(SEEDS), indirect=True)
async def test_no_order_of_acts_ends_a_duty_in_silence(desk: Desk, walk: Walk) -> None:
    before, turns = await state(desk, walk), 0
    for _ in range(STEPS):
        did = await walk.step()
        after = await state(desk, walk)
        assert [*faults(before, after, did)] == [], did
        turns += before.running != after.running
        before = after
    assert turns, "the walk meets what ends a duty"
    assert await counted(desk, walk) == await counted_by_hand(desk, before)


async def counted(desk: Desk, walk: Walk) -> tuple[int, int, int]:
    """Return what stands on top of the register: how many were notified, were so late, and should have been by now."""
    async with desk.database.read() as session:
        assert walk.seats[0].member is not None
        found = await queries.book(session, Wanted(), me=walk.seats[0].member, now=walk.now)
    return found.punctuality.notified, found.punctuality.late, found.punctuality.overdue


async def counted_by_hand(desk: Desk, last: State) -> tuple[int, int, int]:
    breach = (Incident.verdict == Verdict.PERSONAL_DATA_BREACH, Incident.merged_into_id.is_(None))
    async with desk.database.read() as session:
        breaches = set(await session.scalars(select(Incident.id).where(*breach)))
    every = [one for one in last.clocks.values() if one.duty == Duty.AUTHORITY and one.incident_id in breaches]
    notified = [one for one in every if one.id in last.filed]
    late = [one for one in notified if last.filed[one.id] > one.deadline_at]
    overdue = [one for one in every if one.ended_at is None and one.deadline_at < last.now]
    return len(notified), len(late), len(overdue)


async def press(seat: Seat, base: str, noun: str, fields: Mapping[str, str]) -> int:
    shown = hidden_fields((await seat.get(f"{base}/clock")).text)
    return (await seat.post(f"{base}/{noun}", seen_revision=shown["seen_revision"], **fields)).status_code


@pytest.mark.parametrize("walk", [0], indirect=True)
async def test_reasons_are_asked_exactly_of_what_counts_as_late(desk: Desk, walk: Walk) -> None:
    seat, began = walk.seats[0], walk.began
    for (signed_after, acts), filed_after in product(SIGNED, (71, 74)):
        walk.now = began
        walk.references = ((await file(desk, Told(people="yes"), now=began)).reference,)
        walk.now = began + timedelta(hours=signed_after)
        assert {await press(seat, walk.bases[0], *act) for act in acts} <= {303}
        walk.now, stood = began + timedelta(hours=80), await state(desk, walk)
        filing = typed("filed", began + timedelta(hours=filed_after)) | {"authority_reference": "AP-1"}
        is_late = await press(seat, walk.bases[0], "filings", filing) == 422
        if is_late:
            assert await press(seat, walk.bases[0], "filings", filing | {"reason_for_delay": "We were wrong"}) == 303
        after = await state(desk, walk)
        assert ([*faults(stood, after, "")], is_late) == ([], filed_after == 74), (signed_after, acts)
        assert {(one.ended_by, after.is_late(one)) for one in after.clocks.values()} == {(FILED, is_late)}
