"""The daily verification: what the worker keeps, mails and logs, and what administrators see of it."""

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from sqlalchemy import select, update

from incidentdesk import upkeep, worker
from incidentdesk.records import rollback
from incidentdesk.records.chain import Anchor
from incidentdesk.records.checkpoints import close_checkpoint, last_checkpoint
from incidentdesk.rules.permissions import Role
from incidentdesk.tables import HistoryEntry, OutboxMail, Verification
from incidentdesk.web.pages import Desk
from tests.mail.relay import relay
from tests.mail.scene import with_relay
from tests.people import Sit
from tests.records.tampering import at_hand
from tests.triage.reports import file

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
async def newest(desk: Desk) -> Anchor:
    """The checkpoint over one report, read again by the worker."""
    await file(desk, now=NOW)
    async with desk.database.write() as session:
        made = await close_checkpoint(session, desk.vault, now=NOW)
    assert made is not None
    return Anchor(made.number, made.hash)


async def tamper(desk: Desk) -> None:
    async with at_hand(desk) as database:
        await database.execute(update(HistoryEntry).values(actor="desk"))


async def runs(desk: Desk) -> list[Verification]:
    async with desk.database.read() as session:
        return list(await session.scalars(select(Verification).order_by(Verification.started_at)))


@pytest.mark.usefixtures("newest")
async def test_all_evidence_is_read_again_once_a_day(desk: Desk) -> None:
    for hours in (0, 1, 23, 24, 25):
        await upkeep.verify_evidence(desk, now=NOW + timedelta(hours=hours))
    first, second = await runs(desk)
    assert (first.started_at, second.started_at) == (NOW, NOW + DAY)
    assert (first.entries, first.checkpoints, first.findings, first.first) == (1, 1, 0, "")


async def test_what_was_open_while_the_desk_stood_still_is_no_finding(desk: Desk) -> None:
    await file(desk, now=NOW)
    await upkeep.verify_evidence(desk, now=NOW + DAY)
    (run,) = await runs(desk)
    assert (run.checkpoints, run.findings) == (1, 0)


async def test_a_worker_that_is_told_to_stop_closes_what_it_wrote(desk: Desk) -> None:
    await file(desk, now=NOW)
    stop = asyncio.Event()
    stop.set()
    await worker.run(desk, stop)
    async with desk.database.read() as session:
        made = await last_checkpoint(session)
    assert made is not None
    assert rollback.noted(desk.settings.keys_dir) == Anchor(made.number, made.hash)


async def test_one_that_was_stopped_is_done_again_after_an_hour(desk: Desk) -> None:
    async with desk.database.write() as session:
        session.add(Verification(started_at=NOW))
    await upkeep.verify_evidence(desk, now=NOW + timedelta(minutes=59))
    assert [run.finished_at for run in await runs(desk)] == [None]
    await upkeep.verify_evidence(desk, now=NOW + timedelta(minutes=60))
    assert [run.finished_at for run in await runs(desk)] == [None, NOW + timedelta(minutes=60)]


@pytest.mark.usefixtures("newest")
async def test_what_was_found_is_logged_by_its_kind_and_shown_to_administrators(
    desk: Desk, sit: Sit, caplog: pytest.LogCaptureFixture
) -> None:
    await tamper(desk)
    with caplog.at_level(logging.ERROR):
        await upkeep.verify_evidence(desk, now=NOW)
    assert [record.getMessage() for record in caplog.records] == ["the evidence is not in order: entry_altered"]
    warning = "The evidence of this desk is not as it was written."
    assert warning in (await (await sit(Role.READER)).get("/desk")).text
    page = (await (await sit(Role.ADMINISTRATOR)).get("/desk/audit")).text
    assert "Not in order" in page
    assert ": it is not as it was written" in page


async def test_administrators_see_the_checkpoint_the_key_and_when_it_was_verified(
    desk: Desk, sit: Sit, newest: Anchor
) -> None:
    seat = await sit(Role.ADMINISTRATOR)
    assert "Nothing was verified yet" in (await seat.get("/desk/audit")).text
    await upkeep.verify_evidence(desk, now=NOW)
    page = (await seat.get("/desk/audit")).text
    assert "In order" in page
    assert str(newest) in page
    assert desk.vault.public_key in page
    assert 'href="/desk/audit"' in page
    assert 'href="/desk/audit"' not in (await (await sit(Role.DPO)).get("/desk")).text


async def mailed(desk: Desk, *, to: str = "audit@elsewhere.test") -> EmailMessage:
    async with relay() as running:
        sending = with_relay(desk, running.port)
        sending = replace(sending, settings=replace(sending.settings, audit_mail=to))
        await upkeep.verify_evidence(sending, now=NOW)
        assert await worker.deliver_next(sending, now=NOW) is True
        (taken,) = running.taken
    return message_from_bytes(taken, policy=policy.default)


async def test_the_daily_mail_carries_all_an_auditor_needs(desk: Desk, newest: Anchor) -> None:
    mail = await mailed(desk)
    text = str(mail.get_body(("plain",)))
    words = " ".join(str(mail.get_body(("plain",)).get_content()).split())  # type: ignore[union-attr]  # it has one
    async with desk.database.read() as session:
        last = await last_checkpoint(session)
    assert last is not None
    assert (mail["To"], mail["Subject"]) == ("audit@elsewhere.test", "Evidence of the incident desk: checkpoint 1")
    for fact in (f"Signature: {last.signature}", f"Public key: {desk.vault.public_key}", "1 entry, 1 checkpoint"):
        assert fact in words
    assert words.count(f"audit verify --anchor {newest} --key {desk.vault.public_key}") == 1
    assert text


@pytest.mark.usefixtures("newest")
async def test_a_mail_about_altered_evidence_says_so_in_its_subject(desk: Desk) -> None:
    await tamper(desk)
    mail = await mailed(desk)
    assert mail["Subject"] == "[NOT IN ORDER] The evidence of the incident desk was altered"


@pytest.mark.usefixtures("newest")
async def test_without_an_address_nothing_is_mailed(desk: Desk) -> None:
    await upkeep.verify_evidence(desk, now=NOW)
    async with desk.database.read() as session:
        assert list(await session.scalars(select(OutboxMail).where(OutboxMail.letter == "audit"))) == []
