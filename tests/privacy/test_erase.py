"""Erased is erased: the key, every blob, in every file; and what stays is still in order."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from incidentdesk import upkeep
from incidentdesk.errors import Erased
from incidentdesk.intake import actions as intake
from incidentdesk.intake.queries import Filed
from incidentdesk.mail import content, outbox
from incidentdesk.mail.addressee import NO_ADDRESS, Skip
from incidentdesk.privacy.actions import Hindered, replay
from incidentdesk.records.audit import verify
from incidentdesk.records.checkpoints import close_checkpoint
from incidentdesk.records.ledger import Ledger
from incidentdesk.records.vault import KeyFileError
from incidentdesk.rules.erasure import Extent
from incidentdesk.staff.access import find_incident
from incidentdesk.tables import (
    Base,
    DataKey,
    Erasure,
    HistoryEntry,
    Incident,
    Member,
    Message,
    Note,
    OutboxMail,
    Report,
    Seal,
    Sealed,
    SignedDecision,
)
from incidentdesk.triage import timeline
from incidentdesk.triage.timeline import Only
from incidentdesk.web.pages import Desk
from tests.opened import opened
from tests.privacy.conftest import MARK, told, wipe
from tests.triage.reports import fresh, rows


async def bytes_of(desk: Desk, incident: Incident) -> list[bytes]:
    """Every key and every blob the database holds of an incident, without those of its history."""
    held: list[bytes | None]
    async with desk.database.read() as session:
        held = list(await session.scalars(select(DataKey.wrapped).where(DataKey.scope == incident.id)))
        held += list(await session.scalars(select(Incident.sealed).where(Incident.id == incident.id)))
        for table in (Report, Message, Note, SignedDecision):
            found = await session.scalars(select(table).where(table.incident_id == incident.id))
            held += [getattr(row, column) for row in found for column in table.COLUMNS.values()]
    return [blob for blob in held if blob]


async def keys_of(desk: Desk, incident: Incident) -> set[Seal]:
    async with desk.database.read() as session:
        return set(await session.scalars(select(DataKey.seal).where(DataKey.scope == incident.id)))


async def audited(desk: Desk, *, now: datetime) -> tuple[object, ...]:
    async with desk.database.write() as session:
        await close_checkpoint(session, desk.vault, now=now)
    async with desk.database.read() as session:
        return (await verify(session, desk.vault, now=now + timedelta(minutes=10))).findings


async def test_the_whole_incident_loses_its_keys_and_every_blob(
    desk: Desk, incident: Incident, dipo: Member, now: datetime
) -> None:
    assert len(await bytes_of(desk, incident)) == 9
    assert await wipe(desk, incident, Extent.INCIDENT, dipo, now=now) is not None
    assert await bytes_of(desk, incident) == []
    row = await fresh(desk, incident)
    assert (row.title, row.erased_at, row.identity_erased_at) == ("", now, now)
    assert [message.body for message in await rows(desk, Message, incident)] == ["", ""]
    assert [entry.after for entry in await rows(desk, HistoryEntry, incident) if entry.after] == []


async def test_no_table_with_sealed_rows_of_an_incident_is_forgotten(
    desk: Desk, incident: Incident, dipo: Member, now: datetime
) -> None:
    await wipe(desk, incident, Extent.INCIDENT, dipo, now=now)
    async with desk.database.read() as session:
        for mapper in Base.registry.mappers:
            table = mapper.class_
            if (
                issubclass(table, Sealed)
                and table.__name__ not in {"HistoryEntry", "Erasure"}
                and hasattr(table, "incident_id")
            ):
                blobs = await session.scalars(select(table.sealed).where(table.incident_id == incident.id))
                assert set(blobs) <= {None}, table


async def test_a_name_goes_alone_and_the_story_stays(
    desk: Desk, incident: Incident, dipo: Member, now: datetime
) -> None:
    await wipe(desk, incident, Extent.IDENTITY, dipo, now=now)
    (report,) = await rows(desk, Report, incident)
    assert report.identity == {}
    assert MARK in report.answers["what"]
    assert (await fresh(desk, incident)).title == f"{MARK} in title"
    assert await keys_of(desk, incident) == {Seal.CONTENT}


async def test_whoever_was_erased_gets_no_mail_any_more(
    desk: Desk, incident: Incident, dipo: Member, now: datetime
) -> None:
    await wipe(desk, incident, Extent.IDENTITY, dipo, now=now)
    (report,) = await rows(desk, Report, incident)
    async with desk.database.write() as session:
        await outbox.put(session, letter="reporter_answer", dedupe="x", now=now, report_id=report.id)
    async with desk.database.read() as session:
        mail = (await session.scalars(select(OutboxMail).where(OutboxMail.dedupe == "x"))).one()
        assert await content.find_addressee(session, mail, desk.settings) == Skip(NO_ADDRESS)


async def test_an_address_the_relay_repeated_goes_with_the_name(
    desk: Desk, incident: Incident, dipo: Member, now: datetime
) -> None:
    about = {"letter": "test", "due_at": now, "give_up_at": now, "created_at": now, "incident_id": incident.id}
    answers = {"reporter": "550 <nel@example.org> is unknown", "member": "250 <dipo@example.org> Ok"}
    async with desk.database.write() as session:
        for name, answer in answers.items():
            to = {"member_id": dipo.id} if name == "member" else {}
            session.add(OutboxMail(dedupe=name, message_id=name, answer=answer, **about, **to))
    await wipe(desk, incident, Extent.IDENTITY, dipo, now=now)
    async with desk.database.read() as session:
        kept = {row.dedupe: row.answer for row in await session.scalars(select(OutboxMail))}
    assert (kept["reporter"], kept["member"]) == (None, answers["member"])


async def test_history_stays_in_order_and_says_who_erased_what(
    desk: Desk, incident: Incident, dipo: Member, now: datetime
) -> None:
    for extent in (Extent.IDENTITY, Extent.INCIDENT):
        await wipe(desk, incident, extent, dipo, now=now)
    assert await audited(desk, now=now) == ()
    entries = [(entry.action, entry.actor) for entry in await rows(desk, HistoryEntry, incident)][-2:]
    assert entries == [("identity.erased", f"member:{dipo.id}"), ("incident.erased", f"member:{dipo.id}")]
    async with desk.database.read() as session:
        erasures = await opened(session, select(Erasure).order_by(Erasure.number))
        file = await timeline.dossier(session, incident.reference, by=dipo, only=Only.ALL, now=now)
    assert [row.reason for row in erasures] == ["The reporter asked for it"] * 2
    assert erasures[1].counts == {"incident": 1, "report": 1, "message": 2, "note": 1, "signed_decision": 1}
    assert len(file.entries) > 10


async def test_a_key_that_comes_back_after_an_erasure_is_found(
    desk: Desk, incident: Incident, dipo: Member, now: datetime
) -> None:
    async with desk.database.read() as session:
        key = await session.get_one(DataKey, (incident.id, Seal.CONTENT))
    await wipe(desk, incident, Extent.INCIDENT, dipo, now=now)
    async with desk.database.write() as session:
        session.add(DataKey(scope=key.scope, seal=key.seal, epoch=key.epoch, wrapped=key.wrapped))
    assert [finding.what for finding in await audited(desk, now=now)] == ["key_back"]  # type: ignore[attr-defined]


async def test_a_blob_removed_by_hand_is_no_erasure(desk: Desk, incident: Incident, now: datetime) -> None:
    async with desk.database.write() as session:
        await session.execute(text("UPDATE note SET sealed = NULL"))
    assert [finding.what for finding in await audited(desk, now=now)] == ["row_altered"]  # type: ignore[attr-defined]


async def test_erasing_again_changes_nothing(
    desk: Desk, incident: Incident, dipo: Member, ledger: Ledger, now: datetime
) -> None:
    for extent in (Extent.INCIDENT, Extent.INCIDENT, Extent.IDENTITY):
        await wipe(desk, incident, extent, dipo, now=now)
    assert len(ledger.lines()) == 1
    assert len([entry for entry in await rows(desk, HistoryEntry, incident) if "erased" in entry.action]) == 1


async def test_of_two_who_erase_at_once_one_does(
    desk: Desk, incident: Incident, dipo: Member, ledger: Ledger, now: datetime
) -> None:
    made = await asyncio.gather(*(wipe(desk, incident, Extent.INCIDENT, dipo, now=now) for _ in range(4)))
    assert len([one for one in made if one]) == len(ledger.lines()) == 1
    assert await audited(desk, now=now) == ()


async def test_of_two_incidents_erased_at_once_each_has_its_line(
    desk: Desk, incident: Incident, dipo: Member, ledger: Ledger, now: datetime
) -> None:
    others = [incident, *[await told(desk, dipo, now=now) for _ in range(3)]]
    await asyncio.gather(*(wipe(desk, one, Extent.IDENTITY, dipo, now=now) for one in others))
    assert {line.incident_id for line in ledger.lines()} == {one.id for one in others}
    assert await audited(desk, now=now) == ()


async def test_what_somebody_works_on_is_not_erased(desk: Desk, dipo: Member, ledger: Ledger, now: datetime) -> None:
    still_open = await told(desk, dipo, now=now)
    with pytest.raises(Hindered):
        await wipe(desk, still_open, Extent.INCIDENT, dipo, now=now)
    assert (await fresh(desk, still_open)).title == f"{MARK} in title"
    assert ledger.lines() == []


async def test_nothing_is_added_to_what_was_erased(desk: Desk, incident: Incident, dipo: Member, now: datetime) -> None:
    await wipe(desk, incident, Extent.INCIDENT, dipo, now=now)
    async with desk.database.write() as session:
        with pytest.raises(Erased):
            await find_incident(session, incident.reference, by=dipo, to_change=True)
        report = (await session.scalars(select(Report).where(Report.incident_id == incident.id))).one()
        row = await session.get_one(Incident, incident.id)
        with pytest.raises(Erased):
            await intake.hear(session, Filed(report, row), "again", form_hash="f", now=now)


async def test_no_file_holds_a_byte_of_it_any_more(
    desk: Desk, incident: Incident, dipo: Member, now: datetime, tmp_path: Path
) -> None:
    if desk.database.writer.dialect.name != "sqlite":
        pytest.skip("PostgreSQL keeps old rows; there the epoch's key is destroyed")
    held = await bytes_of(desk, incident)
    assert all(is_in_a_file(blob, tmp_path) for blob in held)
    await wipe(desk, incident, Extent.INCIDENT, dipo, now=now)
    await upkeep.scrub_erased(file_desk(desk, tmp_path), now=now)
    assert [blob for blob in held if is_in_a_file(blob, tmp_path)] == []
    async with desk.database.read() as session:
        assert (await session.scalars(select(Erasure.scrubbed_at))).one() == now


def file_desk(desk: Desk, folder: Path) -> Desk:
    """The same desk under the settings that lead to its database."""
    return replace(desk, settings=replace(desk.settings, data_dir=folder))


def is_in_a_file(blob: bytes, folder: Path) -> bool:
    return any(blob in path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def test_a_database_from_before_forgets_again_when_it_starts(
    desk: Desk, dipo: Member, ledger: Ledger, now: datetime
) -> None:
    """The copy is older than the end of the incident, and than its erasure."""
    still_open = await told(desk, dipo, now=now)
    living = await told(desk, dipo, now=now)
    ledger.note(still_open.id, Extent.INCIDENT, at=now)
    assert await replay(desk.database, ledger, now=now) == 1
    assert await bytes_of(desk, still_open) == []
    assert (await fresh(desk, living)).title == f"{MARK} in title"
    assert (await fresh(desk, still_open)).status == "closed"
    assert await replay(desk.database, ledger, now=now) == 0
    assert await audited(desk, now=now) == ()


async def test_an_incident_the_copy_never_had_is_passed_over(
    desk: Desk, dipo: Member, ledger: Ledger, now: datetime
) -> None:
    ledger.note(dipo.id, Extent.INCIDENT, at=now)
    assert await replay(desk.database, ledger, now=now) == 0


async def test_with_a_shortened_ledger_nothing_starts(
    desk: Desk, incident: Incident, dipo: Member, ledger: Ledger, now: datetime
) -> None:
    for extent in (Extent.IDENTITY, Extent.INCIDENT):
        await wipe(desk, incident, extent, dipo, now=now)
    lines = ledger.path.read_bytes().splitlines(keepends=True)
    for kept in (lines[:1], []):
        ledger.path.write_bytes(b"".join(kept))
        with pytest.raises(KeyFileError, match="does not hold every erasure"):
            await replay(desk.database, ledger, now=now)
    ledger.path.unlink()
    with pytest.raises(KeyFileError):
        await replay(desk.database, ledger, now=now)
