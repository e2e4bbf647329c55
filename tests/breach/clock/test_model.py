"""The verbs of the clock in any order, against a model of ten lines: what ends it, what it is late by, what stays in sight."""

import random
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from incidentdesk.breach.awareness.actions import write_stamp
from incidentdesk.breach.awareness.forms import Stamped
from incidentdesk.breach.awareness.queries import Bench, bench_of
from incidentdesk.breach.clock import actions, queries
from incidentdesk.breach.clock.forms import Aware, Decided, Filed
from incidentdesk.errors import Conflict
from incidentdesk.rules.awareness import Kind
from incidentdesk.rules.deadline import Period, Unit
from incidentdesk.tables import Member
from incidentdesk.web.pages import Desk
from tests.breach.conftest import REFERENCE
from tests.thorough import THOROUGH

PLACE, HOUR, TERM = "Europe/Amsterdam", timedelta(hours=1), timedelta(hours=72)
WALKS, STEPS = (12, 40) if THOROUGH else (3, 25)
VERBS = ("aware", "aware", "file", "sign", "reopen", "noticed", "inquiry_from", "inquiry_to", "confirmed_at")


@dataclass
class Model:
    """What should hold, said without the program."""

    received: datetime
    start: datetime
    fixed: list[datetime] = field(default_factory=list)
    end: tuple[datetime, str, int] | None = None
    filed: bool = False

    def does(self, verb: str, at: datetime, now: datetime) -> None:
        match verb:
            case "aware":
                self.fixed.append(at)
                self.start = at if self.end is None else self.start
            case "file":
                self.end = self.end if self.filed else (at, "filing", self._late(at))
                self.filed = True
            case "sign" if self.end is None:
                self.end = (now, "decision", self._late(now))
            case "reopen" if not self.filed:
                self.end = None
            case "noticed" if self.end is None and not self.fixed:
                self.start = min(self.received, at)

    def _late(self, at: datetime) -> int:
        return max(int((at - self.start - TERM).total_seconds()), 0)


async def act(desk: Desk, member: Member, verb: str, at: datetime, now: datetime) -> bool:
    """Do it; say whether it was refused."""
    with suppress(Conflict):
        async with desk.database.write() as session:
            bench = await bench_of(session, REFERENCE, by=member, for_change=True)
            who: dict[str, Any] = {"member": member, "now": now}
            match verb:
                case "aware":
                    value = Aware(at, PLACE, "A call", "2018-05-25", Period(72, Unit.HOUR))
                    await actions.set_awareness(session, bench.case, value, **who)
                case "file":
                    await actions.record_filing(session, bench.case, Filed(at, "AP-1", "Late"), **who)
                case "sign":
                    await actions.sign_decision(session, bench.case, Decided("risk_unlikely", "Encrypted"), **who)
                case "reopen":
                    await actions.reopen_duty(session, bench.case, Decided("reopened", "The key was in it"), **who)
                case _:
                    kind = Kind.NOTICED if verb == "noticed" else Kind(verb)
                    await write_stamp(session, bench, Stamped(kind, at, PLACE, "The log"), **who)
        return False
    return True


async def look(desk: Desk, member: Member) -> Bench:
    async with desk.database.read() as session:
        return await bench_of(session, REFERENCE, by=member)


def agrees(bench: Bench, model: Model, now: datetime) -> bool:
    clock = bench.case.clock
    assert clock is not None
    end = (clock.ended_at, clock.ended_by, clock.late_seconds)
    shown = queries.face(bench.case, now=now)
    strictest = min(shown.strictest_at or clock.deadline_at, clock.deadline_at)
    return (clock.started_at, clock.deadline_at, end, strictest) == (
        model.start,
        model.start + TERM,
        model.end or (None, None, None),
        min([model.start, *model.fixed]) + TERM,
    )


@pytest.mark.parametrize("seed", range(WALKS))
async def test_whatever_order_the_clock_is_as_the_model_says(
    desk: Desk, dpo: Member, incident_id: UUID, now: datetime, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
    received = now - 24 * HOUR
    model, late = Model(received, received), None
    for _ in range(STEPS):
        now += chance.randrange(1, 30) * HOUR
        verb, at = chance.choice(VERBS), now - chance.randrange(100) * HOUR
        refused = await act(desk, dpo, verb, at, now)
        assert not (refused and verb in {"aware", "file", "noticed", "confirmed_at"}), verb
        if not refused:
            model.does(verb, at, now)
        bench = await look(desk, dpo)
        assert agrees(bench, model, now), (verb, at)
        # Once a notification decided it, it stays.
        late = late if late is not None else model.end[2] if model.end and model.end[1] == "filing" else None
        assert late in {None, bench.case.clock.late_seconds if bench.case.clock else None}
