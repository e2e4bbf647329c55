"""What a line on the bench moves, starts and ends; and what is known of one incident."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from incidentdesk.breach.awareness import queries
from incidentdesk.breach.awareness.actions import write_stamp
from incidentdesk.breach.awareness.forms import Stamped
from incidentdesk.breach.awareness.queries import Bench
from incidentdesk.breach.clock import actions as legal
from incidentdesk.breach.clock.forms import Aware, Decided, Filed
from incidentdesk.errors import Conflict
from incidentdesk.records import history
from incidentdesk.rules.awareness import Basis, InquiryState, Kind
from incidentdesk.rules.deadline import Period, Unit
from incidentdesk.rules.lifecycle import Verdict
from incidentdesk.rules.next_step import Duty
from incidentdesk.tables import Clock, HistoryEntry, Incident, Member, Report
from incidentdesk.triage import decisions
from incidentdesk.triage.forms import Change, Decision, Writing
from incidentdesk.web.pages import Desk
from tests.breach.conftest import REFERENCE
from tests.opened import opened

HOUR = timedelta(hours=1)
PLACE = "Europe/Amsterdam"


async def look(desk: Desk, member: Member) -> Bench:
    async with desk.database.read() as session:
        return await queries.bench_of(session, REFERENCE, by=member)


async def write(desk: Desk, member: Member, kind: Kind, at: datetime, *, now: datetime) -> Bench:
    async with desk.database.write() as session:
        bench = await queries.bench_of(session, REFERENCE, by=member, for_change=True)
        await write_stamp(session, bench, Stamped(kind, at, PLACE, "The log says so"), member=member, now=now)
    return await look(desk, member)


async def fix(desk: Desk, member: Member, at: datetime, *, now: datetime, source: str = "") -> Bench:
    value = Aware(at, PLACE, "The supplier called", "2018-05-25", Period(72, Unit.HOUR), source=source)
    async with desk.database.write() as session:
        bench = await queries.bench_of(session, REFERENCE, by=member, for_change=True)
        await legal.set_awareness(session, bench.case, value, member=member, now=now)
    return await look(desk, member)


def clock_of(bench: Bench) -> Clock:
    assert bench.case.clock is not None
    return bench.case.clock


async def inquiry_clock(desk: Desk, incident_id: UUID) -> Clock | None:
    async with desk.database.read() as session:
        wanted = select(Clock).where(Clock.incident_id == incident_id, Clock.duty == Duty.INQUIRY)
        found: Clock | None = await session.scalar(wanted)
        return found


async def test_the_first_signal_moves_a_provisional_clock_and_never_a_fixed_one(
    desk: Desk, dpo: Member, incident_id: UUID, now: datetime
) -> None:
    early = now - 30 * HOUR
    clock = clock_of(await write(desk, dpo, Kind.NOTICED, early, now=now))
    assert (clock.started_at, clock.deadline_at, clock.provisional) == (early, early + 72 * HOUR, True)
    assert (clock.revision, clock.next_check_at) == (1, now)
    # The correction is the newest line; what reached the desk is earlier than that.
    clock = clock_of(await write(desk, dpo, Kind.NOTICED, now - 2 * HOUR, now=now))
    assert (clock.started_at, clock.provisional) == (now - 24 * HOUR, True)
    await fix(desk, dpo, now - 10 * HOUR, now=now)
    clock = clock_of(await write(desk, dpo, Kind.NOTICED, early, now=now))
    assert (clock.started_at, clock.provisional) == (now - 10 * HOUR, False)


async def test_no_clock_runs_from_before_the_law(desk: Desk, dpo: Member, incident_id: UUID, now: datetime) -> None:
    clock = clock_of(await write(desk, dpo, Kind.NOTICED, datetime(2001, 1, 1, tzinfo=now.tzinfo), now=now))
    assert clock.started_at == now - 24 * HOUR


async def test_an_inquiry_promises_to_be_short_and_stops_no_clock(
    desk: Desk, dpo: Member, incident_id: UUID, now: datetime
) -> None:
    before = clock_of(await look(desk, dpo))
    bench = await write(desk, dpo, Kind.INQUIRY_FROM, now - 2 * HOUR, now=now)
    running = await inquiry_clock(desk, incident_id)
    assert running is not None
    assert (running.legal, running.deadline_at) == (False, now + 46 * HOUR)
    assert [step.key for step in running.steps] == ["inquiry_warn", "inquiry_alarm"]
    assert clock_of(bench).deadline_at == before.deadline_at
    assert queries.inquiry_of(bench, now=now).state is InquiryState.RUNNING
    assert queries.inquiry_of(bench, now=now + 22 * HOUR).state is InquiryState.LONG
    bench = await write(desk, dpo, Kind.INQUIRY_TO, now - HOUR, now=now)
    ended = await inquiry_clock(desk, incident_id)
    assert ended is not None
    assert (ended.ended_at, ended.late_seconds) == (now - HOUR, 0)
    assert queries.inquiry_of(bench, now=now).took == HOUR
    assert Basis.INQUIRY_ENDED in {one.basis for one in bench.known.candidates}


async def test_a_corrected_beginning_moves_the_alarm_and_a_second_inquiry_there_is_none(
    desk: Desk, dpo: Member, incident_id: UUID, now: datetime
) -> None:
    await write(desk, dpo, Kind.INQUIRY_FROM, now - 2 * HOUR, now=now)
    bench = await write(desk, dpo, Kind.INQUIRY_FROM, now - 5 * HOUR, now=now)
    moved = await inquiry_clock(desk, incident_id)
    assert moved is not None
    assert (moved.started_at, moved.deadline_at) == (now - 5 * HOUR, now + 43 * HOUR)
    assert not bench.may_inquire
    await write(desk, dpo, Kind.INQUIRY_TO, now - HOUR, now=now)
    await write(desk, dpo, Kind.INQUIRY_FROM, now - 6 * HOUR, now=now)
    over = await inquiry_clock(desk, incident_id)
    assert over is not None
    assert (over.started_at, over.ended_at) == (now - 5 * HOUR, now - HOUR)
    # Resumed, it goes on from what the corrected lines say that it took.
    await write(desk, dpo, Kind.INQUIRY_RESUMED, now - HOUR, now=now)
    again = await inquiry_clock(desk, incident_id)
    assert again is not None
    assert (again.started_at, again.deadline_at, again.ended_at) == (now - 6 * HOUR, now + 42 * HOUR, None)


@pytest.mark.parametrize("end", ["awareness", "filing", "decision", "verdict"])
async def test_whatever_answers_the_question_ends_the_inquiry(
    desk: Desk, dpo: Member, incident_id: UUID, now: datetime, end: str
) -> None:
    await write(desk, dpo, Kind.INQUIRY_FROM, now - 2 * HOUR, now=now)
    async with desk.database.write() as session:
        bench = await queries.bench_of(session, REFERENCE, by=dpo, for_change=True)
        match end:
            case "awareness":
                value = Aware(now, PLACE, "It is sure now", "2018-05-25", Period(72, Unit.HOUR))
                await legal.set_awareness(session, bench.case, value, member=dpo, now=now)
            case "filing":
                await legal.record_filing(session, bench.case, Filed(now, "AP-1", None), member=dpo, now=now)
            case "decision":
                signed = Decided("risk_unlikely", "Encrypted")
                await legal.sign_decision(session, bench.case, signed, member=dpo, now=now)
            case _:
                verdict = Decision(Change(Verdict.SECURITY_INCIDENT, ""), None, "No data", Writing("", "f" * 16))
                await decisions.decide(session, bench.case.incident, verdict, by=dpo, now=now)
    ended = await inquiry_clock(desk, incident_id)
    assert ended is not None
    assert (ended.ended_at, queries.inquiry_of(await look(desk, dpo), now=now).state) == (now, "ended")


async def test_no_inquiry_begins_after_what_it_would_come_before(
    desk: Desk, dpo: Member, incident_id: UUID, now: datetime
) -> None:
    assert (await look(desk, dpo)).may_inquire
    assert not (await fix(desk, dpo, now - HOUR, now=now)).may_inquire
    with pytest.raises(Conflict):
        await write(desk, dpo, Kind.INQUIRY_FROM, now - 2 * HOUR, now=now)
    with pytest.raises(Conflict):
        await write(desk, dpo, Kind.INQUIRY_TO, now - HOUR, now=now)


async def test_an_earlier_awareness_writes_down_where_it_comes_from_in_the_same_act(
    desk: Desk, dpo: Member, incident_id: UUID, now: datetime
) -> None:
    bench = await fix(desk, dpo, now - 30 * HOUR, now=now, source="Call 4711 of the helpdesk")
    assert [(row.kind, row.at, row.reason) for row in bench.case.stamps] == [
        ("noticed_at", now - 30 * HOUR, "Call 4711 of the helpdesk")
    ]
    async with desk.database.read() as session:
        [entry] = await opened(session, select(HistoryEntry).where(HistoryEntry.incident_id == incident_id))
    assert (entry.action, entry.after["source"]) == ("awareness.set", "Call 4711 of the helpdesk")


async def test_every_line_leaves_one_entry_with_what_it_changed(
    desk: Desk, dpo: Member, incident_id: UUID, now: datetime
) -> None:
    await write(desk, dpo, Kind.SIGNIFICANT, now - HOUR, now=now)
    await write(desk, dpo, Kind.SIGNIFICANT, now - 2 * HOUR, now=now)
    async with desk.database.read() as session:
        wanted = select(HistoryEntry).where(HistoryEntry.incident_id == incident_id).order_by(HistoryEntry.id)
        first, second = await opened(session, wanted)
    assert (first.action, first.before) == ("stamp.set", {})
    assert second.before == {"significant_aware_at": (now - HOUR).isoformat()}
    assert second.after["significant_aware_at"] == (now - 2 * HOUR).isoformat()


def a_report(incident_id: UUID, received: datetime) -> Report:
    promised = {"look_promised_at": received, "answer_promised_at": received}
    told = {"language": "en", "privacy_version": "1", "answers": {"noticed": "yesterday"}}
    hashes = {"form_hash": "f", "code_hash": "c"}
    return Report(incident_id=incident_id, received_at=received, **promised, **told, **hashes)


async def test_what_is_known_comes_from_the_report_the_looks_and_the_reporter(
    desk: Desk, dpo: Member, incident_id: UUID, now: datetime
) -> None:
    received = now - 24 * HOUR
    async with desk.database.write() as session:
        incident = await session.get_one(Incident, incident_id)
        session.add(a_report(incident_id, received))
        looks = [("report.opened", history.actor_of(dpo), 20), ("report.opened", f"member:{incident_id}", 10)]
        for action, actor, hours in (*looks, ("report.replied", "reporter", 5)):
            history.record(session, incident, action, actor=actor, now=now - hours * HOUR)
    bench = await look(desk, dpo)
    assert bench.opened_by == "Dipo Officer"
    found = {(one.basis, one.at) for one in bench.known.candidates}
    [told] = [at for basis, at in found if basis is Basis.TOLD]
    assert timedelta(0) < received - told < 49 * HOUR
    assert found - {(Basis.TOLD, told)} == {
        (Basis.RECEIVED, received),
        (Basis.OPENED, now - 20 * HOUR),
        (Basis.MESSAGE, now - 5 * HOUR),
    }


async def test_what_became_part_of_it_was_known_when_it_came_in(
    desk: Desk, dpo: Member, incident_id: UUID, now: datetime
) -> None:
    async with desk.database.write() as session:
        main = await session.get_one(Incident, incident_id)
        part = Incident(
            reference="IR-26-PART00",
            received_at=now - 40 * HOUR,
            title="The same",
            kind="mail",
            people="yes",
            severity=2,
            updated_at=now,
            next_step=main.next_step,
            next_due_at=main.next_due_at,
            merged_into_id=incident_id,
        )
        session.add(part)
        await session.flush()
        history.record(session, part, "report.opened", actor=history.actor_of(dpo), now=now - 39 * HOUR)
    bench = await look(desk, dpo)
    assert bench.known.candidates[0].at == now - 40 * HOUR
    assert (Basis.OPENED, now - 39 * HOUR) in {(one.basis, one.at) for one in bench.known.candidates}
