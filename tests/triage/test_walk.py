"""Whatever people press, in whatever order, from pages new and old: no fault, one entry an act, and a lawful state."""

import random
from datetime import datetime, timedelta

import pytest

from incidentdesk.breach.clock import queries
from incidentdesk.rules.lifecycle import Outcome, Status, Verdict
from incidentdesk.tables import Clock, Incident, Member
from incidentdesk.triage.access import circle_of
from incidentdesk.web.pages import Desk
from tests.people import Seat, Sit
from tests.thorough import walks
from tests.triage.reports import Told, done, file, fresh, rows
from tests.triage.test_pages import at
from tests.triage.test_replies import hear
from tests.typed import typed

WORDS = ("Encrypted, key safe", "The key was with it", "")
NOUNS = ("taking", "owner", "severity", "title", "verdict", "verdict", "messages", "notes", "closure", "closure")
LEGAL = ("reopening", "reading", "awareness", "filings", "clock-decision", "clock-reopening", "access")


def press(chance: random.Random, people: list[Member], *, now: datetime) -> tuple[str, dict[str, str]]:
    """Fill in every field a page could have; what a button does not know it passes over."""
    any_of = chance.choice
    texts = ("reason", "message", "note", "title", "aware_reason", "reason_for_delay", "reasoning", "new_facts")
    fields = {name: any_of(WORDS) for name in texts} | {
        "verdict": any_of([*Verdict, "?"]),
        "outcome": any_of([*Outcome, ""]),
        "severity": any_of("1234?"),
        "owner": any_of([*(str(member.id) for member in people), "none", "?"]),
        "decision": any_of(["no_personal_data", "risk_unlikely", ""]),
        "open_to": any_of(["desk", "members"]),
        "member": str(any_of(people).id),
        "intent": any_of(["ask", "tell"]),
        "form_id": any_of("ab"),
        "authority_reference": any_of(["AP-1", ""]),
    }
    moments = [now - timedelta(hours=any_of([-2, 0, 5, 90])) for _ in range(2)]
    return any_of(NOUNS + LEGAL), fields | typed("aware", moments[0]) | typed("filed", moments[1])


async def seen(desk: Desk, incident: Incident, by: Member, chance: random.Random) -> dict[str, str]:
    """What the page showed when it was loaded; now and then it is an old one."""
    row = await fresh(desk, incident)
    async with desk.database.read() as session:
        stamp = (await queries.case_of(session, incident.reference, by=by)).stamp
        access = (await circle_of(session, row, by=by)).stamp
    now_is = {"owner": row.owner_id, "severity": row.severity, "title": row.title, "verdict": row.verdict}
    shown = {**now_is, "status": row.status, "revision": stamp, "access": access}
    return {f"seen_{name}": "old" if chance.random() < 0.1 else str(value or "") for name, value in shown.items()}


async def assert_lawful(desk: Desk, incident: Incident, by: Member) -> None:
    row = await fresh(desk, incident)
    clocks = await rows(desk, Clock, incident)
    legal = [clock for clock in clocks if clock.legal and clock.ended_at is None]
    async with desk.database.read() as session:
        case = await queries.case_of(session, incident.reference, by=by)
    assert (row.status is Status.CLOSED) == (row.closed_at is not None)
    assert row.legal_due_at == min((clock.deadline_at for clock in legal), default=None)
    if row.status is Status.CLOSED:
        assert row.verdict
        assert row.outcome
        assert all(clock.ended_at for clock in clocks)
    if row.verdict is None:
        assert row.outcome is None
    elif row.verdict is not Verdict.PERSONAL_DATA_BREACH:
        assert legal == []
    if case.clock and case.clock.ended_at:
        assert case.filings or case.decisions[-1].decision != "reopened"


async def press_twice(desk: Desk, seat: Seat, incident: Incident, noun: str, fields: dict[str, str]) -> None:
    before = len(await done(desk, incident))
    first = await seat.post(at(incident, noun), **fields)
    between = len(await done(desk, incident))
    second = await seat.post(at(incident, noun), **fields)
    assert {first.status_code, second.status_code} <= {200, 303, 409, 422}
    assert between - before <= (first.status_code == 303)
    assert len(await done(desk, incident)) == between
    if first.status_code == 303:
        assert second.status_code == 303


@pytest.mark.parametrize("seed", walks(3))
async def test_no_way_leads_to_an_unlawful_state(desk: Desk, sit: Sit, rosa: Member, dipo: Member, seed: int) -> None:
    chance, seat = random.Random(seed), await sit(dipo)  # noqa: S311 - repeatable on purpose
    now = rosa.created_at
    incident = await file(desk, Told(people=chance.choice(["yes", "no"])), now=now - timedelta(hours=seed * 40))
    for _ in range(40):
        if chance.random() < 0.1:
            await hear(desk.database, incident, str(chance.random()), now=now)
        noun, fields = press(chance, [rosa, dipo], now=now)
        await press_twice(desk, seat, incident, noun, fields | await seen(desk, incident, dipo, chance))
        await assert_lawful(desk, incident, dipo)
