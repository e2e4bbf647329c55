"""The queue: what is due first stands first, every row is shown once, and its cost does not grow."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from incidentdesk.rules.lifecycle import Status, Verdict
from incidentdesk.rules.next_step import NEVER, Duty, NextStep
from incidentdesk.tables import Clock, Incident, Member, new_id
from incidentdesk.triage import queries
from incidentdesk.triage.forms import Position, Search, View
from incidentdesk.triage.queries import PAGE, Board, board, listing
from incidentdesk.web.pages import Desk
from tests.people import Sit
from tests.triage.reports import Told, file, rows


async def seen(desk: Desk, search: Search, member: Member, *, now: datetime) -> Board:
    async with desk.database.read() as session:
        return await board(session, search, me=member, now=now)


def titles(shown: Board) -> list[str]:
    return [row.incident.title for row in shown.rows]


def plain_row(number: int, *, due_at: datetime, severity: int = 3, now: datetime) -> Incident:
    return Incident(
        reference=f"IR-26-{number:06d}",
        received_at=now,
        title=f"{number:03d}",
        kind="else",
        people="no",
        severity=severity,
        updated_at=now,
        next_step=NextStep.DECIDE,
        next_due_at=due_at,
    )


async def test_the_order_is_what_is_due_first(desk: Desk, rosa: Member, now: datetime) -> None:
    ages = {"new": 0, "late": 100, "old": 20, "no people": 1}
    for title, hours in ages.items():
        people = "no" if title == "no people" else "yes"
        await file(desk, Told(title, people=people), now=now - timedelta(hours=hours))
    shown = await seen(desk, Search(), rosa, now=now)
    due = []
    for row in shown.rows:
        clocks = [clock for clock in await rows(desk, Clock, row.incident) if clock.ended_at is None]
        due.append(min(clock.deadline_at for clock in clocks))
    assert due == sorted(due)
    assert titles(shown) == ["late", "old", "no people", "new"]
    assert [row.face.state for row in shown.rows] == ["late", "late", "soon", "ok"]


async def test_worse_and_older_come_first_among_equals(desk: Desk, rosa: Member, now: datetime) -> None:
    severities = [3, 1, 3, 2]
    async with desk.database.write() as session:
        session.add_all(
            plain_row(number, due_at=now, severity=level, now=now) for number, level in enumerate(severities)
        )
        session.add(plain_row(9, due_at=NEVER, severity=1, now=now))
    assert titles(await seen(desk, Search(), rosa, now=now)) == ["001", "003", "000", "002", "009"]


@pytest.mark.parametrize("view", [View.OPEN, View.CLOSED])
async def test_paging_over_equal_keys_shows_every_row_once(desk: Desk, rosa: Member, now: datetime, view: View) -> None:
    async with desk.database.write() as session:
        for number in range(2 * PAGE + 5):
            row = plain_row(number, due_at=now, now=now)
            if view is View.CLOSED:
                row.status, row.closed_at = Status.CLOSED, now
            session.add(row)
    found: list[str] = []
    after: Position | None = None
    for expected in (PAGE, PAGE, 5):
        shown = await seen(desk, Search(view=view, after=after), rosa, now=now)
        assert len(shown.rows) == expected
        found, after = found + titles(shown), shown.after
    assert after is None
    assert sorted(found) == sorted(set(found)) == [f"{number:03d}" for number in range(2 * PAGE + 5)]


async def cast(desk: Desk, rosa: Member, *, now: datetime) -> None:
    """One incident for each view."""
    async with desk.database.write() as session:
        for number, title in enumerate(("undecided", "mine", "clock", "waiting", "replied", "closed")):
            row = plain_row(number, due_at=now, now=now)
            row.title = title
            row.verdict = None if title in {"undecided", "waiting"} else Verdict.SECURITY_INCIDENT
            row.owner_id = rosa.id if title == "mine" else None
            row.legal_due_at = now if title == "clock" else None
            row.unread_reply = title in {"replied", "closed"}
            row.status = {"waiting": Status.WAITING, "closed": Status.CLOSED}.get(title, Status.HANDLING)
            row.closed_at = now if title == "closed" else None
            session.add(row)


@pytest.mark.parametrize(
    "view, expected",
    [
        (View.NEEDS_DECISION, ["undecided", "clock", "waiting", "replied"]),
        (View.MINE, ["mine"]),
        (View.CLOCK, ["clock"]),
        (View.WAITING, ["waiting"]),
        (View.OPEN, ["undecided", "mine", "clock", "waiting", "replied"]),
        (View.CLOSED, ["closed"]),
    ],
)
async def test_each_view_holds_what_it_says(
    desk: Desk, rosa: Member, now: datetime, view: View, expected: list[str]
) -> None:
    await cast(desk, rosa, now=now)
    shown = await seen(desk, Search(view=view), rosa, now=now)
    assert titles(shown) == expected
    assert shown.counts == {
        "needs_decision": 4,
        "mine": 1,
        "clock": 1,
        "waiting": 1,
        "open": 5,
        "closed": 1,
        "practice": 0,
    }


@pytest.mark.parametrize(
    "search, expected",
    [
        (Search(kind="phish"), ["a"]),
        (Search(severity="1"), ["b"]),
        (Search(people="no"), ["b"]),
        (Search(owner="none"), ["b"]),
        (Search(owner="me"), ["a"]),
        (Search(owner="me", kind="lost"), []),
    ],
)
async def test_filters_narrow_the_view(
    desk: Desk, rosa: Member, now: datetime, search: Search, expected: list[str]
) -> None:
    first = await file(desk, Told("a", kind="phish"), now=now)
    await file(desk, Told("b", kind="lost", severity=1, people="no"), now=now)
    async with desk.database.write() as session:
        (await session.get_one(Incident, first.id)).owner_id = rosa.id
    assert titles(await seen(desk, search, rosa, now=now)) == expected


async def test_a_reference_is_found_whatever_the_view(desk: Desk, rosa: Member, now: datetime) -> None:
    incident = await file(desk, now=now)
    await file(desk, now=now)
    for words in (incident.reference, incident.reference[-6:]):
        shown = await seen(desk, Search(View.CLOSED, reference=words), rosa, now=now)
        assert [row.incident.id for row in shown.rows] == [incident.id]
    assert titles(await seen(desk, Search(reference="nonsense"), rosa, now=now)) == []


async def test_counting_stops_where_nobody_reads_on(
    desk: Desk, rosa: Member, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_COUNTED", 3)
    for _ in range(4):
        await file(desk, now=now)
    assert (await seen(desk, Search(), rosa, now=now)).counts["open"] == 3


async def crowd(desk: Desk, member: Member, *, now: datetime) -> None:
    """Fill the queue, so that a database that plans by numbers has some."""
    async with desk.database.write() as session:
        for number in range(600):
            row = plain_row(number, due_at=now + timedelta(minutes=number), now=now)
            row.owner_id = member.id if number % 40 == 0 else None
            row.verdict = Verdict.SECURITY_INCIDENT if number % 4 else None
            row.legal_due_at = now if number % 50 == 1 else None
            row.status = Status.WAITING if number % 60 == 2 else Status.HANDLING
            row.closed_at = now if number % 3 == 0 and row.owner_id is None else None
            session.add(row)
        await session.flush()
        await session.execute(text("analyze"))


async def plan_of(session: AsyncSession, search: Search, me: Member) -> str:
    """Return how the database means to find the page, values bound as in the real query."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    if not is_sqlite:
        # A table of this size is read and sorted in one go; what counts is what happens when it is large.
        for way in ("seqscan", "bitmapscan", "sort"):
            await session.execute(text(f"set local enable_{way} = off"))
    explain = "EXPLAIN QUERY PLAN" if is_sqlite else "EXPLAIN"
    wanted = listing(search, me=me, year=2026)
    compiled = wanted.compile()
    named = text(f"{explain} {wanted}").bindparams(
        *(bindparam(name, bound.value, bound.type) for bound, name in compiled.bind_names.items())
    )
    return "\n".join(str(row) for row in await session.execute(named))


@pytest.mark.parametrize(
    "view, index",
    [
        (View.NEEDS_DECISION, "ix_incident_decision"),
        (View.MINE, "ix_incident_mine"),
        (View.CLOCK, "ix_incident_clock"),
        (View.WAITING, "ix_incident_waiting"),
        (View.OPEN, "ix_incident_open"),
        (View.CLOSED, "ix_incident_closed"),
    ],
)
async def test_each_view_reads_its_own_index_and_never_sorts(
    desk: Desk, rosa: Member, now: datetime, view: View, index: str
) -> None:
    await crowd(desk, rosa, now=now)
    for after in (None, Position(now, 2, new_id())):
        async with desk.database.read() as session:
            plan = await plan_of(session, Search(view=view, after=after), rosa)
        assert index in plan
        assert "SCAN incident\n" not in plan
        assert "TEMP B-TREE" not in plan
        assert "Sort" not in plan


async def test_a_late_answer_hides_no_late_notification(desk: Desk, sit: Sit, rosa: Member, now: datetime) -> None:
    incident = await file(desk, Told("Salaries", people="yes"), now=now - timedelta(hours=100))
    seat = await sit(rosa)
    await seat.post(f"/desk/incidents/{incident.reference}/verdict", verdict="personal_data_breach", form_id="v")
    (row,) = (await seen(desk, Search(), rosa, now=now)).rows
    assert (row.incident.next_duty, row.plan.step, row.face.duty) == ("first_answer", "notify", Duty.AUTHORITY)
    for page in ("/desk?view=open", f"/desk/incidents/{incident.reference}"):
        assert "Notify the authority" in (await seat.get(page)).text.split('class="next-step">')[1][:40]
    # A day after it came in, the answer is what is missing.
    (earlier,) = (await seen(desk, Search(), rosa, now=now - timedelta(hours=70))).rows
    assert earlier.plan.step is NextStep.ANSWER
