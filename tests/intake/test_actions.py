"""What a reporter's actions write: rows, one history entry, clocks, mails; once each."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from incidentdesk.database import Database
from incidentdesk.intake import actions
from incidentdesk.intake.forms import SentReport
from incidentdesk.intake.queries import Filed, report_of_code, thread
from incidentdesk.records import clocks
from incidentdesk.rules.lifecycle import Outcome, Status, Verdict
from incidentdesk.rules.next_step import Duty, NextStep
from incidentdesk.tables import Clock, HistoryEntry, Incident, Message, OutboxMail, Report, fetch_keys
from tests.opened import opened

NOW = datetime(2026, 11, 23, 15, 12, tzinfo=UTC)
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def sent(number: int = 1, /, suspicious: str | None = None, **answers: str | list[str]) -> SentReport:
    return SentReport(
        answers={"what": "The badge\nis  gone", **answers},
        language="en",
        form_hash=f"form {number}",
        code_hash=f"code {number}",
        zone=AMSTERDAM,
        suspicious=suspicious,
    )


async def submit(database: Database, report: SentReport, *, now: datetime = NOW) -> Filed:
    async with database.write() as session:
        return await actions.submit_report(session, report, now=now)


async def do(database: Database, action: Callable[..., Awaitable[None]], *args: Any, **kwargs: Any) -> Filed:
    """Run one action on the report, in a transaction of its own."""
    async with database.write() as session:
        filed = await report_of_code(session, "code 1", to_change=True)
        assert filed is not None
        await action(session, filed, *args, now=NOW + timedelta(hours=1), **kwargs)
    return filed


async def all_of(database: Database, table: Any) -> list[Any]:
    async with database.read() as session:
        return await opened(session, select(table).order_by(table.id))


async def test_a_report_becomes_an_incident(database: Database) -> None:
    await submit(database, sent(kind="lost", people="yes", name="Jo", reach="code", answer_lang="nl"))
    [incident], [report] = await all_of(database, Incident), await all_of(database, Report)
    assert (incident.title, incident.kind, incident.people) == ("The badge is gone", "lost", "yes")
    assert (incident.status, incident.verdict, incident.reference[:6]) == (Status.NEW, None, "IR-26-")
    assert (incident.next_step, incident.next_duty) == (NextStep.FIRST_LOOK, Duty.FIRST_LOOK)
    assert report.answers == {"what": "The badge\nis  gone", "kind": "lost", "people": "yes"}
    assert report.identity == {"name": "Jo", "reach": "code"}
    assert (report.language, report.privacy_version) == ("nl", "1.0")


async def test_its_clocks_start_and_are_promised(database: Database) -> None:
    filed = await submit(database, sent())
    due = {clock.duty: clock.deadline_at for clock in await all_of(database, Clock)}
    assert set(due) == {Duty.FIRST_LOOK, Duty.FIRST_ANSWER, Duty.DECISION, Duty.AUTHORITY}
    assert due[Duty.AUTHORITY] == NOW + timedelta(hours=72)
    assert (filed.report.look_promised_at, filed.report.answer_promised_at) == (
        due[Duty.FIRST_LOOK],
        due[Duty.FIRST_ANSWER],
    )


async def test_no_legal_clock_runs_when_nobody_is_concerned(database: Database) -> None:
    await submit(database, sent(people="no"))
    assert Duty.AUTHORITY not in {clock.duty for clock in await all_of(database, Clock)}


async def test_empty_answers_count_as_not_known(database: Database) -> None:
    incident = (await submit(database, sent())).incident
    assert (incident.kind, incident.people, incident.severity) == ("else", "unknown", 3)
    [entry] = await all_of(database, HistoryEntry)
    assert (entry.action, entry.actor, entry.after["severity"]) == ("report.received", "reporter", 3)


async def test_the_title_is_one_short_line(database: Database) -> None:
    incident = (await submit(database, sent(what="🔥" * 9_000 + "\nx"))).incident
    assert incident.title == "🔥" * 79 + "…"
    incident = (await submit(database, sent(2, what="We lost\n" + "many bags " * 30))).incident
    assert incident.title == "We lost" + " many bags" * 7 + "…"


async def test_the_same_form_is_the_same_report(database: Database) -> None:
    first = await submit(database, sent())
    again = await submit(database, sent(what="something else"), now=NOW + timedelta(days=1))
    assert again.report.id == first.report.id
    assert len(await all_of(database, Incident)) == len(await all_of(database, HistoryEntry)) == 1


async def test_two_presses_at_the_same_moment_are_one_report(database: Database) -> None:
    filed = await asyncio.gather(*(submit(database, sent()) for _ in range(4)))
    assert len({one.report.id for one in filed}) == 1
    assert len(await all_of(database, Incident)) == len(await all_of(database, HistoryEntry)) == 1


async def test_a_reference_that_is_taken_is_drawn_again(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter([7, 7, 7, 8])
    monkeypatch.setattr("secrets.randbelow", lambda _space: next(drawn))
    first, second = await submit(database, sent(1)), await submit(database, sent(2))
    assert first.incident.reference == "IR-26-000007"
    assert second.incident.reference == "IR-26-000008"


async def test_a_clash_that_stays_is_an_error(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets.randbelow", lambda _space: 7)
    await submit(database, sent(1))
    with pytest.raises(IntegrityError):
        await submit(database, sent(2))
    assert len(await all_of(database, Incident)) == 1


@pytest.mark.parametrize(
    "answers, suspicious, mails",
    [({}, None, 0), ({"email": "jo@example.org"}, None, 1), ({"email": "x@example.org"}, "honeypot", 0)],
)
async def test_a_receipt_goes_to_whoever_gave_an_address(
    database: Database, answers: dict[str, Any], suspicious: str | None, mails: int
) -> None:
    await submit(database, sent(suspicious=suspicious, **answers))
    async with database.read() as session:
        query = select(func.count()).where(OutboxMail.letter == "reporter_receipt")
        assert await session.scalar(query) == mails


async def test_a_message_is_heard_once(database: Database) -> None:
    await submit(database, sent())
    for _ in range(2):
        await do(database, actions.hear, "It is back", form_hash="one")
    [message], [incident] = await all_of(database, Message), await all_of(database, Incident)
    assert (message.body, message.member_id) == ("It is back", None)
    assert incident.unread_reply
    assert [entry.action for entry in await all_of(database, HistoryEntry)] == ["report.received", "report.replied"]


async def test_a_message_ends_the_waiting_for_it(database: Database) -> None:
    filed = await submit(database, sent())
    async with database.write() as session:
        (await session.merge(filed.incident)).status = Status.WAITING
    await do(database, actions.hear, "Here it is", form_hash="one")
    [incident] = await all_of(database, Incident)
    assert incident.status is Status.ASSESSING
    assert (await all_of(database, HistoryEntry))[-1].before == {"status": "waiting", "outcome": None}


async def test_a_message_wakes_the_clocks_that_can_alarm(database: Database) -> None:
    await submit(database, sent())
    async with database.write() as session:
        for clock in await session.scalars(select(Clock)):
            clock.ladder, clock.next_check_at = ([{"key": "x"}] if clock.legal else []), None
    await do(database, actions.hear, "More", form_hash="one")
    assert [clock.legal for clock in await all_of(database, Clock) if clock.next_check_at] == [True]


async def test_a_finished_incident_is_open_again_when_its_reporter_writes(database: Database) -> None:
    filed = await submit(database, sent())
    async with database.write() as session:
        row = await session.merge(filed.incident)
        row.status, row.verdict, row.closed_at = Status.CLOSED, Verdict.SECURITY_INCIDENT, NOW
        row.outcome, row.read_at = Outcome.RESOLVED, NOW
        for clock in await session.scalars(select(Clock)):
            clocks.end(clock, by="incident.closed", at=NOW, now=NOW)
    await do(database, actions.hear, "It came back", form_hash="one")
    [incident] = await all_of(database, Incident)
    assert (incident.status, incident.outcome, incident.closed_at) == (Status.HANDLING, None, None)
    assert (incident.unread_reply, incident.next_step) == (True, NextStep.READ_REPLY)
    assert incident.verdict is Verdict.SECURITY_INCIDENT
    assert {clock.ended_at for clock in await all_of(database, Clock)} == {NOW}
    [_, entry] = await all_of(database, HistoryEntry)
    assert entry.before == {"status": "closed", "outcome": "resolved"}
    assert entry.after == {"status": "handling", "outcome": None}


async def test_what_was_decided_of_an_open_incident_stays_when_its_reporter_writes(database: Database) -> None:
    filed = await submit(database, sent())
    async with database.write() as session:
        row = await session.merge(filed.incident)
        row.status, row.verdict, row.outcome = Status.HANDLING, Verdict.NOT_AN_INCIDENT, Outcome.TEST
    await do(database, actions.hear, "Thanks", form_hash="one")
    [incident] = await all_of(database, Incident)
    assert (incident.status, incident.outcome) == (Status.HANDLING, Outcome.TEST)


async def test_the_conversation_is_the_reporters_alone(database: Database) -> None:
    first, second = await submit(database, sent(1)), await submit(database, sent(2))
    await do(database, actions.hear, "Mine", form_hash="one")
    async with database.read() as session:
        await fetch_keys(session, [first.incident.id])
        assert [message.body for message in await thread(session, first.report)] == ["Mine"]
        assert await thread(session, second.report) == []


async def test_the_code_is_kept_once(database: Database) -> None:
    await submit(database, sent())
    for _ in range(2):
        await do(database, actions.keep_code)
    [report] = await all_of(database, Report)
    assert report.code_saved_at == NOW + timedelta(hours=1)
    assert [entry.action for entry in await all_of(database, HistoryEntry)] == ["report.received", "report.code_saved"]


async def test_history_never_holds_an_address(database: Database) -> None:
    await submit(database, sent(reach="email", email="jo@example.org", name="Jo"))
    await do(database, actions.change_contact, {"reach": "phone", "phone": "020 123 4567"})
    [report], entries = await all_of(database, Report), await all_of(database, HistoryEntry)
    assert report.identity == {"reach": "phone", "phone": "020 123 4567", "name": "Jo"}
    assert (entries[-1].before, entries[-1].after) == ({"reach": "email"}, {"reach": "phone"})
    assert not any("jo@" in str((entry.before, entry.after)) for entry in entries)
