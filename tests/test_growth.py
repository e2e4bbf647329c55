"""What the years must not slow down: each statement of a working day is asked how it would find its rows."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from benchmarks import rows
from incidentdesk import clock, upkeep, worker
from incidentdesk.insight.queries import figures
from incidentdesk.mail import signs
from incidentdesk.mail.outbox import Letter
from incidentdesk.rules.permissions import Role
from incidentdesk.settings import MailTLS
from incidentdesk.staff import feed
from incidentdesk.tables import (
    Attachment,
    Clock,
    HistoryEntry,
    Incident,
    JsonObject,
    MailState,
    Notice,
    OutboxMail,
    Report,
    new_id,
)
from incidentdesk.web.pages import Desk
from tests.intake.visitor import send
from tests.people import Sit

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
MANY = 1_000
# Of what is signed about a breach `tests/breach/test_growth.py` has rows.
GROWING = "incident|clock|report|notice|outbox_mail|history_entry|attachment"
ASKS = ("SELECT", "UPDATE", "DELETE")


@dataclass(frozen=True)
class Said:
    """One statement as the driver got it."""

    statement: str
    parameters: Any

    async def plan(self, connection: AsyncConnection) -> str:
        word = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
        lines = await connection.exec_driver_sql(f"{word} {self.statement}", self.parameters)
        return "\n".join(str(line[-1]) for line in lines)


@contextmanager
def overheard(desk: Desk) -> Iterator[list[Said]]:
    """Collect every statement that is said meanwhile."""
    said: list[Said] = []

    def listen(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if statement.startswith(ASKS):
            said.append(Said(statement, parameters))

    engines = {desk.database.writer.sync_engine, desk.database.reader.sync_engine}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", listen)
    yield said
    for engine in engines:
        event.remove(engine, "before_cursor_execute", listen)


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long the suite runs before, the pages live in the moment the worker is told."""
    monkeypatch.setattr(clock, "now", lambda: NOW)


async def test_a_working_day_reads_no_growing_table_from_end_to_end(desk: Desk, sit: Sit) -> None:
    reference = await years_of_incidents(desk)
    browser, reporter = await sit(Role.ADMINISTRATOR), await sit()
    mailing = replace(desk.settings, smtp_host="127.0.0.1", smtp_port=9, smtp_tls=MailTLS.NONE, mail_from="d@e.example")
    with overheard(desk) as said:
        rests = ("", "/clock", "/assessment", "/awareness", "/notification", "/escalations", "/escalations.csv")
        for path in ("/desk", "/desk/mail", *(f"/desk/incidents/{reference}{rest}" for rest in rests)):
            assert (await browser.get(path)).status_code == 200
        visitor = await send(reporter)
        async with desk.database.write() as session:
            assert browser.member is not None
            secret = await feed.renew(session, browser.member, now=NOW)
        assert "BEGIN:VEVENT" in (await reporter.get(f"/calendar/{secret}.ics")).text
        async with desk.database.read() as session:
            await figures(session, now=NOW)
        assert "Your report" in (await visitor.submit("/r")).text
        await worker.sweep_clocks(desk, now=NOW)
        assert await worker.deliver_next(replace(desk, settings=mailing), now=NOW + timedelta(minutes=1))
        await upkeep.look_for_gaps(desk, now=NOW)
    assert {word for word in ASKS for one in said if one.statement.startswith(word)} == set(ASKS)
    async with desk.database.writer.connect() as connection:
        plans = [(one.statement, await one.plan(connection)) for one in said]
    assert [found for found in plans if reads_it_all(*found)] == []


async def test_a_watchdog_that_asks_for_ever_reads_no_growing_table(desk: Desk, sit: Sit) -> None:
    await years_of_incidents(desk)
    client = (await sit()).client
    async with desk.database.write() as session:
        await signs.note_relay(session, let_in=False)
        session.add(
            OutboxMail(**{**mail({"id": new_id(), "incident_id": None}), "notice_id": None, "state": "waiting"})
        )
    with overheard(desk) as said:
        answers = [(await client.get(path)).text for path in ("/readyz", "/health/escalations")]
    assert answers[0] == "ok\n"
    assert len(said) > 7
    async with desk.database.writer.connect() as connection:
        plans = [(one.statement, await one.plan(connection)) for one in said]
    assert [found for found in plans if reads_it_all(*found)] == []


def reads_it_all(statement: str, plan: str, growing: str = GROWING) -> bool:
    """Say whether the plan reads a whole table that grows. Walking an index in its order is fine up to a LIMIT."""
    if re.search(rf"Seq Scan on ({growing})\b", plan) or re.search(rf"SCAN ({growing})(?! USING)\b", plan):
        return True
    walks = re.search(rf"SCAN ({growing}) USING", plan)
    return walks is not None and ("LIMIT" not in statement or "TEMP B-TREE" in plan)


async def years_of_incidents(desk: Desk) -> str:
    """Fill every table that grows, let two clocks be due, and return a reference."""
    await rows.fill(desk.database, MANY, now=NOW)
    await rows.make_due(desk.database, 2, now=NOW)
    async with desk.database.write() as session:
        pairs = [
            (clock_id, incident_id)
            for clock_id, incident_id in await session.execute(select(Clock.id, Clock.incident_id))
        ]
        notices = [{"id": new_id(), **notice(*pair)} for pair in pairs]
        for table, made in (
            (Notice, notices),
            (OutboxMail, [mail(one) for one in notices]),
        ):
            await session.execute(insert(table), made)
        reports = [report(incident_id) for _, incident_id in pairs]
        session.add_all(reports)
        await session.flush()
        session.add_all(row for sent in reports for row in (entry(sent.incident_id), attachment(sent)))
        await session.flush()
        await session.execute(text("analyze"))
        return str(await session.scalar(select(Incident.reference).limit(1)))


def attachment(sent: Report) -> Attachment:
    number = new_id().hex
    facts = {"size": 1, "place": number, "digest": number, "content_hash": number, "added_at": NOW}
    return Attachment(incident_id=sent.incident_id, report_id=sent.id, name="a.txt", kind="", **facts)


def notice(clock_id: UUID, incident_id: UUID) -> JsonObject:
    step = {"step": "left_48h", "round": 0, "occurrence": 0, "due_at": NOW, "noticed_at": NOW}
    return {"clock_id": clock_id, "incident_id": incident_id, **step}


def mail(about: JsonObject) -> JsonObject:
    told = {"dedupe": str(about["id"]), "message_id": str(about["id"]), "letter": Letter.DEADLINE.value}
    when = {"created_at": NOW, "due_at": NOW, "give_up_at": NOW, "settled_at": NOW}
    return {"notice_id": about["id"], "incident_id": about["incident_id"], "state": MailState.SENT, **told, **when}


def report(incident_id: UUID) -> Report:
    hashes = {"form_hash": f"form {incident_id}", "code_hash": f"code {incident_id}"}
    when = {"received_at": NOW, "look_promised_at": NOW, "answer_promised_at": NOW}
    told = {"language": "en", "answers": {"what": "words"}, "identity": {}, "privacy_version": "1"}
    return Report(incident_id=incident_id, **hashes, **when, **told)


def entry(incident_id: UUID) -> HistoryEntry:
    return HistoryEntry(incident_id=incident_id, at=NOW, actor="desk", action="a", before={}, after={})
